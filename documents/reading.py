"""`Reader`: what people attach, as something that a model can be given.

A file from outside is read in a child process that has nothing to lose: no secrets in its environment, no network, and limits
on time, memory and output. See `docs/decisions/0006-files-are-read-in-a-child-process.md`.
"""

import asyncio
import logging
import os
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

from documents.results import Limits, Picture, Reason, Result, Unread, Written
from documents.wire import pack_task, unpack_answer

__all__ = ["Limits", "Picture", "Reader", "Reason", "Result", "Unread", "Written"]

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parent.parent
COMMAND: Final = (sys.executable, "-s", "-m", "documents.child")

NEEDED: Final = ("SYSTEMROOT",)
"""All that a child gets of our environment: Windows starts no Python without it."""

KILLED: Final = -9
"""The return code of a child that a system short of memory has ended; we ourselves do it for other reasons."""

PIECE: Final = 2**16

MOST_PICTURE_BYTES: Final = 32 * 2**20
"""More than any picture that a child sends."""


class Reader:
    """Reads files, at most `children` at once, each in a process of its own that ends with it. To be closed."""

    def __init__(self, limits: Limits, *, children: int = 2, command: Sequence[str] = COMMAND) -> None:
        self.limits = limits
        self._command = command
        self._places = asyncio.Semaphore(children)
        self._count = children
        self._children: set[Process] = set()
        self._is_closed = False

    async def read(self, data: bytes, name: str) -> Result:
        """What is in a file; its name only breaks ties between kinds of text.

        Raises nothing for any bytes: what a file does to its child is `Unread`. A cancel kills the child.
        """
        if not data:
            return Unread(reason=Reason.EMPTY)
        if len(data) > self.limits.bytes:
            return Unread(reason=Reason.TOO_LARGE)
        async with self._places:
            if self._is_closed:
                return Unread(reason=Reason.NOT_NOW)
            return await self._read(data, name)

    async def close(self) -> None:
        """Kill the children; whoever waits for one gets `NOT_NOW`, as does whoever comes later. Returns when all are gone."""
        self._is_closed = True
        for child in self._children:
            _kill(child)
        for _ in range(self._count):
            await self._places.acquire()
        for _ in range(self._count):
            self._places.release()

    async def _read(self, data: bytes, name: str) -> Result:
        try:
            child = await _start(self._command)
        except OSError:
            log.exception("no process to read a file in")
            return Unread(reason=Reason.NOT_NOW)
        self._children.add(child)
        if self._is_closed:  # meanwhile
            _kill(child)
        try:
            async with asyncio.timeout(self.limits.seconds):
                answer = await _converse(child, (pack_task(name, self.limits), data), self._most_bytes)
        except TimeoutError:
            return Unread(reason=Reason.TOO_LONG)
        finally:
            self._children.discard(child)
            await _end(child)
        return self._understood(child, answer)

    @property
    def _most_bytes(self) -> int:
        return max(MOST_PICTURE_BYTES, 4 * self.limits.characters)  # UTF-8 has up to four bytes for one

    def _understood(self, child: Process, answer: bytes | None) -> Result:
        """What a child that has ended said; or, where it didn't come to that, what that says of the file."""
        if self._is_closed:
            return Unread(reason=Reason.NOT_NOW)
        if answer is None or child.returncode == KILLED:
            return Unread(reason=Reason.TOO_MUCH)
        try:
            return unpack_answer(answer)
        except ValueError:
            log.warning("a child that read a file ended with code %s and without an answer", child.returncode)
            return Unread(reason=Reason.DAMAGED)


async def _start(command: Sequence[str]) -> Process:
    environment = {name: os.environ[name] for name in NEEDED if name in os.environ}
    # A session of its own: Ctrl-C in our terminal is for us, and we end our children.
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, cwd=ROOT, start_new_session=True
    )


async def _converse(child: Process, task: Iterable[bytes], most: int) -> bytes | None:
    """Give a child its task and hear it to the end; `None` where it says more than it may."""
    stdin, stdout = cast("StreamWriter", child.stdin), cast("StreamReader", child.stdout)
    with suppress(ConnectionError):  # it ended before it had read all; what it said, if anything, is there
        for piece in task:
            for start in range(0, len(piece), PIECE):  # in one, asyncio would copy it while everybody waits
                stdin.write(memoryview(piece)[start : start + PIECE])
                await stdin.drain()
    stdin.close()
    answer = bytearray()
    while heard := await stdout.read(PIECE):
        answer += heard
        if len(answer) > most:
            return None
    await child.wait()
    return bytes(answer)


async def _end(child: Process) -> None:
    """Kill a child that still runs, and wait until it is gone."""
    stdin, stdout = cast("StreamWriter", child.stdin), cast("StreamReader", child.stdout)
    _kill(child)
    stdin.close()
    await stdout.read()  # asyncio takes no process for ended before its output is read
    await child.wait()


def _kill(child: Process) -> None:
    with suppress(ProcessLookupError):
        child.kill()
