"""The child process: one file from stdin, one result to stdout (`wire.py`). Whatever else happens to it, its reader sees."""

import sys

from documents.confinement import confine
from documents.parsing import parse
from documents.wire import pack_answer, unpack_task


def main() -> None:
    """Read the one file and answer."""
    name, limits = unpack_task(sys.stdin.buffer.readline())
    confine(limits)
    sys.stdout.buffer.write(pack_answer(parse(sys.stdin.buffer.read(), name, limits)))


if __name__ == "__main__":
    main()
