"""Makes the disk full for one process alone, and lets it have room again: every write of it beyond a first byte fails.

The limit belongs to the process, so that one started in its place is without it. SQLite tells it as an error of the disk.
"""

import sys
from importlib import import_module
from typing import Any, Final

ONLY_ON_LINUX: Final = "Only on Linux can one process's disk be made full and the others' not."
FULL: Final = 1
"""Bytes that a file may have."""


def why_not() -> str:
    """Why a disk cannot be made full here, in a sentence; empty where it can."""
    return "" if sys.platform == "linux" else ONLY_ON_LINUX


def disk_full(pid: int, *, on: bool) -> None:
    """Let the process's writes fail from now on, or not any more. It has no effect where `why_not()` has a reason.

    Raises `ProcessLookupError` where the process has ended.
    """
    if why_not():
        return
    resource: Any = import_module("resource")
    soft, _ = resource.getrlimit(resource.RLIMIT_FSIZE)  # what a child of this process starts with
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL if on else soft, hard))
