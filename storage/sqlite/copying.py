"""Copying a database that is in use into a file of its own, whole or not at all.

Backups, restores and migrations all copy this way: SQLite's backup API reads one snapshot in small steps, so writers go on
beside it ("SQLite Backup API"); the copy is written under a temporary name beside its place, checked, brought to the disk and
only then renamed. Whoever calls decides what may be copied where; here is only how.
"""

import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Final

from storage.errors import BackupFailed

Progress = Callable[[int, int], None]
"""Hears how many pages of how many are done, in the copying thread."""

STEP: Final = 256
"""Pages copied at a time: a mebibyte of 4 KiB pages, so that a stop is heard at once."""

INSTRUCTIONS: Final = 10_000
"""Of SQLite's virtual machine, between two looks at whether to stop."""

PART: Final = ".part"
"""How the name of a copy ends that is still being written."""


class Stopped(Exception):
    """The copy was told to stop; nothing is left of it."""


def copy_whole(source: sqlite3.Connection, to: Path, progress: Progress, stop: Event) -> None:
    """Copy what `source` sees now to `to`, which is replaced in one step; mode 0600, one file without a WAL.

    Raises `BackupFailed`, and `Stopped` where `stop` was set; `to` is then as it was.
    """
    temporary = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{to.name}.", suffix=PART, dir=to.parent)  # mkstemp makes mode 0600
        os.close(handle)
        temporary = Path(name)
        _copy(source, temporary, progress, stop)
        sync(temporary)
        if stop.is_set():
            raise Stopped
        temporary.replace(to)
        sync(to.parent)
    except sqlite3.Error as error:
        raise _stopped_or(f"{to} could not be made: {error}.", stop) from error
    except OSError as error:
        raise BackupFailed(f"{to} could not be made: {error.strerror}.") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Bring a file's bytes, or a folder's names, to the disk. Raises `OSError`."""
    if sys.platform == "win32" and path.is_dir():
        return  # Windows opens no folders, and writes their names by itself
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(source: sqlite3.Connection, temporary: Path, progress: Progress, stop: Event) -> None:
    def after_step(_status: int, remaining: int, total: int) -> None:
        if stop.is_set():
            raise Stopped
        progress(total - remaining, total)

    with closing(sqlite3.connect(temporary, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode=OFF")  # a copy that is not whole is thrown away,
        copy.execute("PRAGMA synchronous=OFF")  # and a whole one is synced once
        source.execute("BEGIN")  # with one snapshot the copy need not start anew at each write beside it
        try:
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(copy, pages=STEP, progress=after_step)
        finally:
            source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode=DELETE")  # the copied header says WAL
        copy.set_progress_handler(stop.is_set, INSTRUCTIONS)
        found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise BackupFailed(f"The copy is damaged, as its source is ({found}); it was thrown away.")


def _stopped_or(sentence: str, stop: Event) -> Exception:
    return Stopped() if stop.is_set() else BackupFailed(sentence)
