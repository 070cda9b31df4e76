"""What people used, over the database."""

import sqlite3
from collections.abc import Sequence
from datetime import date

from storage.records import Actor, Used
from storage.sqlite.database import Database


class SqliteAccounts:
    """The `Accounts` of the SQLite store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def used(self, actor: Actor, since: date) -> Sequence[Used]:
        """See `Accounts.used`."""
        sql = (
            "SELECT u.number, u.model, u.currency, sum(u.turns) AS turns, sum(u.asides) AS asides, sum(u.input) AS input, "
            "sum(u.cached) AS cached, sum(u.output) AS output, sum(u.cost) AS cost "
            "FROM usage u JOIN owners o ON o.id = u.owner WHERE o.user_id = ? AND u.day >= ? "
            "GROUP BY u.number, u.model, u.currency ORDER BY u.number, u.model, u.currency"
        )
        rows = await self._database.read(lambda c: c.execute(sql, (actor.user_id, since.isoformat())).fetchall())
        return tuple(map(_used, rows))


def _used(row: sqlite3.Row) -> Used:
    return Used(
        number=row["number"] or None,
        model=row["model"],
        currency=row["currency"] or None,
        turns=row["turns"],
        asides=row["asides"],
        input_tokens=row["input"],
        cached_tokens=row["cached"],
        output_tokens=row["output"],
        millionths=row["cost"],
    )
