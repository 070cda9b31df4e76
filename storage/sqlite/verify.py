"""Looking for what is wrong in a database: SQLite's own integrity check, then the laws that our rows keep.

`python bot.py --verify` uses it, beside a live bot as well as without one: it takes no lock and changes nothing. Each law is
one query for the rows that break it, found by recounting from the entries; the sentences name ids and counters and never what
people wrote. The rows go by one at a time, so memory stays the same whatever the size.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Final

from storage.errors import DatabaseRefused
from storage.sqlite.backup import connect_to_read, unheard
from storage.sqlite.copying import INSTRUCTIONS, Progress
from storage.sqlite.entries import preview_of
from storage.sqlite.inspect import inspect_database
from storage.sqlite.law import Law
from storage.sqlite.laws import LAWS
from storage.sqlite.migrate import migrations
from storage.threads import in_own_thread

MOST: Final = 20
"""Sentences of one law at most; where one is broken all over, more say nothing more."""


async def verify(path: Path, progress: Progress = unheard) -> list[str]:
    """A sentence for each thing that is wrong in the database at `path`; none where all is well.

    `progress` hears how many of how many checks are done, in the checking thread. Raises `DatabaseRefused` where there is no
    database of this version's schema. A cancel ends it.
    """
    return await in_own_thread(lambda stop: _verify(Path(os.path.realpath(path)), progress, stop), "verify")


def _verify(path: Path, progress: Progress, stop: Event) -> list[str]:
    version, newest = inspect_database(path, pages=False, writable=False), len(migrations())
    if version == 0:
        raise DatabaseRefused(f"There is no database at {path} yet.")
    if version < newest:
        raise DatabaseRefused(f"{path} has schema {version} and this Cubby {newest}; start it once, then verify.")
    found: list[str] = []
    checks = len(LAWS) + 2
    try:
        with closing(connect_to_read(path)) as connection:
            connection.set_progress_handler(stop.is_set, INSTRUCTIONS)
            connection.create_function("preview", 1, _preview, deterministic=True)
            connection.execute("BEGIN")  # one snapshot: a live bot's writes do not look like faults
            for done, sentences in enumerate((_pages(connection), _references(connection), *_laws(connection))):
                found.extend(sentences)
                progress(done + 1, checks)
    except sqlite3.Error as error:
        found.append(f"The file is damaged: {error}.")
    return found


def _pages(connection: sqlite3.Connection) -> Iterator[str]:
    for (told,) in connection.execute(f"PRAGMA integrity_check({MOST:d})"):
        if told != "ok":
            yield f"SQLite: {told}."


def _references(connection: sqlite3.Connection) -> Iterator[str]:
    rows = connection.execute('SELECT DISTINCT "table", parent FROM pragma_foreign_key_check LIMIT ?', (MOST,))
    for table, parent in rows:
        yield f"SQLite: rows of {table} point at rows of {parent} that are not there."


def _laws(connection: sqlite3.Connection) -> Iterator[Iterator[str]]:
    return (_broken(connection, law) for law in LAWS)


def _broken(connection: sqlite3.Connection, law: Law) -> Iterator[str]:
    for count, row in enumerate(connection.execute(law.sql)):
        if count == MOST:
            yield f"There are more of these: {law.rule}."
            return
        yield law.sentence.format(*row)


def _preview(text: str | None) -> str | None:
    return None if text is None else preview_of(text)
