"""Looking at a database file before it is opened for writing, without changing a byte of it.

Used at every start, and by `--check`, which takes no lock. A file is refused with one sentence that names it and the reason.
"""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from storage.errors import DatabaseRefused
from storage.sqlite.migrate import APPLICATION_ID, migrations, version_of

HEADER: Final = b"SQLite format 3\x00"
CHECKED_BYTES: Final = 256 * 1024 * 1024
"""Files up to this size are checked page by page at every start; larger ones would keep people waiting."""


def inspect_database(path: Path, *, newest: int | None = None, pages: bool = True, writable: bool = True) -> int:
    """The schema version of the file at `path`: 0 where there is none yet. Raises `DatabaseRefused`.

    `newest` is the highest version that is understood; by default that of the migrations there are. With `pages`, each page
    of the file is checked too, which costs the file. A file that is only read need not be `writable`. Never to be called in
    the process that has this file open: closing a file drops the process's locks on it (SQLite, "How To Corrupt An SQLite
    Database File", section 2.2).
    """
    path = Path(os.path.realpath(path))  # unlike `resolve`, it raises nothing for links that lead round in a ring
    try:
        if path.is_dir():
            raise DatabaseRefused(f"{path} is a folder; DATABASE_PATH must name a file.")
        if writable:
            _refuse_sealed(path)
        if not path.exists() or path.stat().st_size == 0:
            return 0
        with path.open("rb") as file:
            header = file.read(len(HEADER))
    except OSError as error:
        raise DatabaseRefused(f"{path} cannot be read: {error.strerror}.") from None
    if header != HEADER:
        raise DatabaseRefused(f"{path} is not a database; it was left as it is.")
    if writable and not (os.access(path, os.W_OK) and path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)):
        raise DatabaseRefused(f"{path} is read-only; Cubby must be able to write to it.")
    return _look_inside(path, len(migrations()) if newest is None else newest, pages=pages)


def _refuse_sealed(path: Path) -> None:
    """The file, its lock and its WAL are made in its folder, as are folders that are missing. Raises `DatabaseRefused`."""
    folder = next(each for each in path.parents if each.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DatabaseRefused(f"{path} cannot be kept there: Cubby must be able to write to the folder {folder}.")


def _look_inside(path: Path, newest: int, *, pages: bool) -> int:
    try:
        with closing(read_only(path)) as connection:
            version = version_of(connection)
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            is_empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
            if application != APPLICATION_ID and not (is_empty and application == version == 0):
                raise DatabaseRefused(f"{path} belongs to another program; it was left as it is.")
            if version > newest:
                raise DatabaseRefused(f"{path} was written by a newer Cubby; start that one, or a copy from before it.")
            if pages:
                _check_pages(connection, path)
            return version
    except sqlite3.Error as error:
        raise DatabaseRefused(f"{path} is damaged ({error}); restore a copy of it.") from None


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that leaves no trace: where no WAL lies beside the file, `mode=ro` alone would make one (SQLite, page
    "Write-Ahead Logging", section "Read-Only Databases").
    """
    has_wal = path.with_name(f"{path.name}-wal").exists()
    how = "mode=ro" if has_wal else "mode=ro&immutable=1"
    return sqlite3.connect(f"file:{quote(os.fsencode(path))}?{how}", uri=True)


def _check_pages(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size > CHECKED_BYTES:
        return
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DatabaseRefused(f"{path} is damaged; restore a copy of it. It was left as it is.")
