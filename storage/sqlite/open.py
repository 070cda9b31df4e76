"""Opening the store: look at the file, lock it, bring its schema up to date, start the writer and the reader.

The lock is an OS lock on a sibling file, so it goes with the process that holds it, however that ends. It is taken by the
file's resolved path: a second bot is refused by whatever path it comes.
"""

import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import aiosqlite
from filelock import FileLock, Timeout

from storage.errors import BackupFailed, DatabaseInUse, DatabaseRefused
from storage.ids import utc_now
from storage.sqlite.database import BUSY_TIMEOUT, PRAGMAS, Database, in_thread
from storage.sqlite.inspect import inspect_database
from storage.sqlite.migrate import Migration, migrate, migrations
from storage.sqlite.store import SqliteStore

log = logging.getLogger(__name__)


async def open_store(
    path: Path,
    *,
    file_space: int = 0,
    now: Callable[[], datetime] = utc_now,
    steps: Sequence[Migration] | None = None,
) -> SqliteStore:
    """Open the database at `path`, making it and its folder where there are none, with mode 0600. Prompts may come with files
    until those of their author take `file_space` bytes; 0 is no limit.

    Raises `DatabaseRefused`, or `DatabaseInUse` where another process has it; the file is then as it was.
    """
    path = place(path)
    steps = migrations() if steps is None else steps
    inspect_database(path, newest=len(steps), pages=False)
    async with AsyncExitStack() as stack:
        lock = locked(path)
        stack.callback(lock.release)
        inspect_database(path, newest=len(steps))
        try:
            _make(path)
            writer = await stack.enter_async_context(_connect(path))
            await in_thread(writer, lambda connection: _prepare(connection, path, steps))
            reader = await stack.enter_async_context(_connect(path))
            await in_thread(reader, _prepare_reader)
        except (sqlite3.Error, OSError, BackupFailed) as error:
            raise DatabaseRefused(f"{path} cannot be used: {error}.") from error
        stack.pop_all()
        return SqliteStore(Database(writer, reader), lock, now, file_space)


async def open_to_read(path: Path, *, now: Callable[[], datetime] = utc_now) -> SqliteStore:
    """Open the database at `path` beside a live bot, or without one: it takes no lock, and every write is refused.

    Raises `DatabaseRefused`, also where there is none of this version's schema.
    """
    path = _there(path)
    # `mode=rw` makes no file, and what a killed bot left in the write-ahead log is read too.
    address = f"file:{quote(os.fsencode(path))}?mode=rw"
    async with AsyncExitStack() as stack:
        try:
            opened = [aiosqlite.connect(address, uri=True, isolation_level=None) for _ in range(2)]
            connections = [await stack.enter_async_context(each) for each in opened]
            for connection in connections:
                await in_thread(connection, _prepare_guest)
        except sqlite3.Error as error:
            raise DatabaseRefused(f"{path} cannot be read: {error}.") from error
        stack.pop_all()
        return SqliteStore(Database(*connections), None, now)


def _there(path: Path) -> Path:
    """Where the file of this version's schema really is. Raises `DatabaseRefused`."""
    path, newest = Path(os.path.realpath(path)), len(migrations())
    version = inspect_database(path, pages=False, writable=False)
    if version == 0:
        raise DatabaseRefused(f"There is no database at {path} yet.")
    if version < newest:
        raise DatabaseRefused(f"{path} has schema {version} and this Cubby {newest}; start the bot once before.")
    return path


def place(path: Path) -> Path:
    """Where the file really is, its folder made. Raises `DatabaseRefused`."""
    path = Path(os.path.realpath(path))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseRefused(f"The folder {path.parent} cannot be made: {error.strerror}.") from None
    return path


def locked(path: Path) -> FileLock:
    """The lock that keeps other processes off the database, taken. Raises `DatabaseInUse`, `DatabaseRefused`."""
    lock = FileLock(f"{path}.lock", timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise DatabaseInUse(f"{path} is in use by another Cubby; stop that one first.") from None
    except OSError as error:
        raise DatabaseRefused(f"{path} cannot be locked: {error.strerror}.") from None
    return lock


def _make(path: Path) -> None:
    """Make the file, for its owner alone. Before anything is connected: to close a file drops the process's locks on it,
    also SQLite's (SQLite, "How To Corrupt An SQLite Database File", section 2.2).
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


def _connect(path: Path) -> aiosqlite.Connection:
    return aiosqlite.connect(path, isolation_level=None)


def _prepare(connection: sqlite3.Connection, path: Path, steps: Sequence[Migration]) -> None:
    connection.row_factory = sqlite3.Row
    for pragma in PRAGMAS:
        connection.execute(pragma)
    backup = migrate(connection, path, steps)
    if backup is not None:
        log.info("the database was copied before its schema changed: %s", backup.name)


def _prepare_guest(connection: sqlite3.Connection) -> None:
    """For a file that is another's: nothing about it is set."""
    connection.row_factory = sqlite3.Row
    connection.execute(BUSY_TIMEOUT)
    connection.execute("PRAGMA query_only=ON")


def _prepare_reader(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.execute("PRAGMA query_only=ON")
