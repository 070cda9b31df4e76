"""Sessions that nobody touched for long: archiving them, and finding what has rested in the bin."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from storage.preferences import AUTO_ARCHIVE_DAYS
from storage.records import Actor
from storage.sqlite.database import Database

OWNERS: Final = 1_000
"""People looked after in one transaction, so that nobody waits for all of them."""

_ARCHIVE: Final = """
    UPDATE sessions SET archived = 1, archived_by_itself = :now WHERE (owner, number) IN (
        SELECT s.owner, s.number FROM (
            SELECT o.id AS owner, :now - 86400000000 * CASE json_type(p.value) WHEN 'integer' THEN p.value ELSE :days END AS due
            FROM owners o LEFT JOIN preferences p ON p.owner = o.id AND p.name = :name
            WHERE o.id BETWEEN :first AND :last
        ) o CROSS JOIN sessions s ON s.owner = o.owner AND s.shelf = 0 AND s.pinned = 0 AND s.modified <= o.due
        WHERE o.due < :now AND s.touched <= o.due AND s.unread = 0 AND s.temporary = 0
        AND NOT EXISTS (SELECT 1 FROM active a WHERE a.owner = s.owner AND a.number = s.number)
        AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.owner = s.owner AND t.number = s.number AND t.ended IS NULL))"""


async def auto_archive(database: Database, now: int, days: int) -> int:
    """Archive what was not touched for so many days, some people at a time; returns how many."""
    last = await database.read(lambda connection: connection.execute("SELECT max(id) FROM owners").fetchone()[0] or 0)
    archived = 0
    for first in range(1, last + 1, OWNERS):
        values = {"now": now, "days": days, "name": AUTO_ARCHIVE_DAYS, "first": first, "last": first + OWNERS - 1}
        archived += await database.write(lambda connection, values=values: connection.execute(_ARCHIVE, values).rowcount)
    return archived


def expired(connection: sqlite3.Connection, before: int) -> Sequence[tuple[Actor, int]]:
    """What went to the bin before then, oldest first."""
    sql = (
        "SELECT o.user_id, s.number FROM sessions s JOIN owners o ON o.id = s.owner "
        "WHERE s.deleted <= ? ORDER BY s.deleted, s.owner, s.number"
    )
    return tuple((Actor(user_id), number) for user_id, number in connection.execute(sql, (before,)))
