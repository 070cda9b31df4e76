"""Wiping what deletions for good leave in the live files.

SQLite writes zeros over what is deleted (SQLite, "PRAGMA secure_delete"). Two places keep more: the search index, which notes
that a word is gone and keeps it until its parts are merged (SQLite, "FTS5", sections 6.8 and 6.9), and the write-ahead log,
which keeps pages as they were until it is cut off (SQLite, "PRAGMA wal_checkpoint"). A merge of the whole index goes by steps
of some pages; others write in between.
"""

import asyncio
import sqlite3
from typing import Final

from storage.sqlite.database import Database

PAGES: Final = 64
"""Pages of the index merged in one transaction: some milliseconds."""
TRIES: Final = 20
PAUSE: Final = 0.05


async def wipe(database: Database) -> bool:
    """Do it, if anything asked for it; false where readers kept the log from being cut off."""
    newest = await database.read(lambda connection: connection.execute("SELECT max(id) FROM to_wipe").fetchone()[0])
    if newest is None:
        return True
    pages = -PAGES
    while await database.write(lambda connection, pages=pages: _merge(connection, pages)):
        pages = PAGES
    for _ in range(TRIES):
        if await database.cut_log():
            await database.write(lambda connection: connection.execute("DELETE FROM to_wipe WHERE id <= ?", (newest,)).close())
            return True
        await asyncio.sleep(PAUSE)
    return False


def _merge(connection: sqlite3.Connection, pages: int) -> bool:
    """Merge so many pages, all of the index where negative; whether there may be more: fewer than two changes say that there
    was nothing to do (SQLite, "FTS5", section 6.8).
    """
    before = connection.total_changes
    connection.execute("INSERT INTO words(words, rank) VALUES ('merge', ?)", (pages,))
    return connection.total_changes - before >= 2
