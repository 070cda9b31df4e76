"""What a child process that reads files gives up before it looks at one."""

import os
import sys
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Any, Final

from documents.results import Limits

try:
    import resource
except ImportError:  # Windows has no such limits: what there is are the reader's clock and what each parser counts by itself
    resource = None

OUT_OF_REACH: Final = (
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "pty.",
    "socket.",
    "subprocess.",
)
"""Beginnings of the names of Python's audit events (docs.python.org/3/library/audit_events.html)."""

CALMER: Final = 5
"""How much the bot goes before its readers, as `nice` counts."""


def confine(limits: Limits) -> None:
    """Limit this process for good."""
    sys.addaudithook(_refuse)
    _limit(limits)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith(OUT_OF_REACH):
        raise PermissionError(event)


def _limit(limits: Limits) -> None:
    if resource is None:
        return
    os.nice(CALMER)
    with suppress(OSError):  # Linux alone has it: where memory runs out all the same, this process goes, and not the bot
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    seconds = ceil(limits.seconds) + 1  # the reader's clock comes first; this ends a child whose reader is gone
    for limit, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NPROC, 0),  # no more processes, whoever asks; the superuser may all the same
        (resource.RLIMIT_FSIZE, 0),  # no file grows by it
        (resource.RLIMIT_CORE, 0),  # and no crash leaves on the disk what it read
    ):
        with suppress(ValueError, OSError):  # macOS does not take every limit; a lower one that is there stays
            resource.setrlimit(limit, (value, value))
