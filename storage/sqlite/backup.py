"""Backups: a copy of a database that may be in use, and putting such a copy in its place.

`back_up` takes no lock, so it runs beside a live bot, or within it; it opens the database through SQLite alone, since closing
a file that was opened otherwise would drop the bot's own locks on it. `restore` takes the bot's lock. Both run in a thread.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Final
from urllib.parse import quote

from storage.errors import BackupFailed, DatabaseRefused
from storage.ids import utc_now
from storage.sqlite.copying import Progress, copy_whole, sync
from storage.sqlite.inspect import inspect_database, read_only
from storage.sqlite.migrate import APPLICATION_ID
from storage.sqlite.open import locked, place
from storage.threads import in_own_thread

STAMP: Final = "%Y%m%dT%H%M%SZ"
"""How a time stands in a file's name, in UTC: names then sort by time, and hold no sign that a system refuses."""


def unheard(_done: int, _total: int) -> None:
    """The progress that nobody watches."""


async def back_up(path: Path, to: Path, progress: Progress = unheard) -> None:
    """Copy the database at `path` to `to`, which is replaced in one step; the copy is one checked file of mode 0600.

    Cost: the file is read once and written once; a live bot's writers are not held up. Raises `DatabaseRefused` where
    `path` is no database of Cubby's, and `BackupFailed`; `to` is then as it was, with nothing beside it. A cancel stops the
    copy and leaves nothing of it.
    """
    await in_own_thread(lambda stop: _back_up(path, to, progress, stop), "backup")


def holds_sessions(path: Path) -> bool:
    """Whether there is anything to keep in the database at `path`. Reads from the disk. Raises `BackupFailed`."""
    try:
        with closing(connect_to_read(path)) as connection:
            return connection.execute("SELECT EXISTS (SELECT 1 FROM sessions)").fetchone()[0] == 1
    except sqlite3.Error as error:
        raise BackupFailed(f"{path} could not be read: {error}.") from error


async def restore(
    path: Path, from_file: Path, progress: Progress = unheard, *, now: Callable[[], datetime] = utc_now
) -> Path | None:
    """Put a copy of the database `from_file` at `path`, in one step; returns where the old file now is, if there was one.

    It is kept beside, as `<name>.before-restore-<time>`, with all that was committed in it. Raises `DatabaseInUse` over a live
    bot, `DatabaseRefused` where `from_file` is no Cubby database or a newer one's, `BackupFailed` where it is damaged or the
    disk fails; both files are then as they were.
    """
    kept = f".before-restore-{now().strftime(STAMP)}"
    return await in_own_thread(lambda stop: _restore(path, from_file, kept, progress, stop), "restore")


def _back_up(path: Path, to: Path, progress: Progress, stop: Event) -> None:
    path, to = (Path(os.path.realpath(each)) for each in (path, to))
    if path == to:
        raise DatabaseRefused(f"{to} is the database itself; name another file.")
    if not path.exists():
        raise DatabaseRefused(f"There is no database at {path} yet.")
    try:
        with closing(connect_to_read(path)) as source:
            if source.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise DatabaseRefused(f"{path} is no database of Cubby's; it was not copied.")
            copy_whole(source, to, progress, stop)
    except sqlite3.Error as error:
        raise BackupFailed(f"{path} could not be read: {error}.") from error


def _restore(path: Path, from_file: Path, kept: str, progress: Progress, stop: Event) -> Path | None:
    path, from_file = place(path), Path(os.path.realpath(from_file))
    if path == from_file:
        raise DatabaseRefused(f"{from_file} is the database itself; name a copy of it.")
    if inspect_database(from_file, pages=False, writable=False) == 0:
        raise DatabaseRefused(f"{from_file} holds no sessions: it is missing or empty.")
    with locked(path):
        return _replace(path, from_file, _beside(path, kept), progress, stop)


def _replace(path: Path, from_file: Path, kept: Path, progress: Progress, stop: Event) -> Path | None:
    """The new file is whole beside the old one before the old one is touched."""
    ready = path.with_name(f".{path.name}.restored")
    try:
        with closing(read_only(from_file)) as source:
            copy_whole(source, ready, progress, stop)
        old = _set_aside(path, kept) if path.exists() else None
        ready.replace(path)
        sync(path.parent)
    except sqlite3.Error as error:
        raise BackupFailed(f"{from_file} could not be read: {error}.") from error
    except OSError as error:
        raise BackupFailed(f"{path} could not be replaced: {error.strerror}.") from error
    else:
        return old
    finally:
        ready.unlink(missing_ok=True)


def _set_aside(path: Path, kept: Path) -> Path:
    """Give the old database a second name, so that there is one at `path` at each moment, and take its WAL with it: left
    there, SQLite would play it into the new file.
    """
    kept = _free(kept)
    wal, kept_wal = _beside(path, "-wal"), _beside(kept, "-wal")
    if wal.exists() and wal.stat().st_size:
        shutil.copy2(wal, kept_wal)  # SQLite drops one that it cannot read
        sync(kept_wal)
    try:
        _bring_together(path)
    except sqlite3.Error:
        pass  # too damaged for that: it is kept as it is, WAL and all
    except BackupFailed:
        kept_wal.unlink(missing_ok=True)
        raise
    else:
        kept_wal.unlink(missing_ok=True)
    _name(path, kept)
    wal.unlink(missing_ok=True)
    _beside(path, "-shm").unlink(missing_ok=True)
    return kept


def _bring_together(path: Path) -> None:
    """Take what is in the WAL into the file."""
    with closing(_connect(path)) as connection:
        if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise BackupFailed(f"{path} is being read, perhaps by --backup; try again when that has ended.")


def _name(path: Path, kept: Path) -> None:
    """Give a file a second name."""
    try:
        kept.hardlink_to(path)
    except OSError:  # a file system without such links
        shutil.copy2(path, kept)
        sync(kept)
    sync(path.parent)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection beside a live bot's, which changes nothing. Raises `sqlite3.Error`."""
    connection = _connect(path)
    connection.execute("PRAGMA query_only=ON")
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    """`mode=rw` makes no file; what a killed bot left in the WAL is read too."""
    return sqlite3.connect(f"file:{quote(os.fsencode(path))}?mode=rw", uri=True, isolation_level=None)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}{ending}")


def _free(path: Path) -> Path:
    """The name, or one like it that nothing has: two restores may come in one second."""
    names = (path, *(_beside(path, f"-{again}") for again in range(2, 100)))
    return next(name for name in names if not name.exists())
