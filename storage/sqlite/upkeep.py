"""What the bot looks after on its own account: what a crash left open, and tokens that have expired."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from storage.housekeeping import DirectChannel, Incident, IncidentKind
from storage.records import BIN_KEEPS, Actor, Delivery, Turn
from storage.sqlite import resting, spending, wiping
from storage.sqlite.database import Database
from storage.sqlite.held import Held
from storage.sqlite.migrate import APPLICATION_ID
from storage.sqlite.rows import TURN_COLUMNS, TURN_TABLES, delivery_of, micros, moment, turn_of


class SqliteUpkeep:
    """The `Upkeep` of the SQLite store."""

    def __init__(self, database: Database, held: Held) -> None:
        self._database, self._held = database, held

    async def running_turns(self) -> Sequence[Turn]:
        """See `Upkeep.running_turns`."""
        return await self._database.read(lambda connection: _turns(connection, self._held, "('asked', 'streaming')"))

    async def waiting_turns(self) -> Sequence[Turn]:
        """See `Upkeep.waiting_turns`."""
        return await self._database.read(lambda connection: _turns(connection, self._held, "('queued', 'paused')"))

    async def open_deliveries(self) -> Sequence[tuple[Actor, Delivery]]:
        """See `Upkeep.open_deliveries`."""

        def work(connection: sqlite3.Connection) -> Sequence[tuple[Actor, Delivery]]:
            rows = connection.execute(
                "SELECT d.*, o.user_id FROM deliveries d JOIN turns t ON t.id = d.turn JOIN owners o ON o.id = t.owner "
                "JOIN sessions s ON s.owner = t.owner AND s.number = t.number "
                "WHERE d.state IN ('pending', 'sent', 'unknown') AND t.ended IS NOT NULL AND s.deleted IS NULL "
                "AND s.temporary = 0 ORDER BY d.turn, d.part"
            )
            return tuple((Actor(row["user_id"]), delivery_of(row)) for row in rows)

        return await self._database.read(work)

    async def direct_channels(self, since: datetime) -> Sequence[DirectChannel]:
        """See `Upkeep.direct_channels`."""
        sql = (
            "SELECT o.user_id, d.channel_id, d.last_message FROM direct_channels d JOIN owners o ON o.id = d.owner "
            "WHERE d.active >= ? ORDER BY d.active"
        )
        rows = await self._database.read(lambda connection: connection.execute(sql, (micros(since),)).fetchall())
        return tuple(
            DirectChannel(actor=Actor(row["user_id"]), channel_id=row["channel_id"], last_message=row["last_message"])
            for row in rows
        )

    async def spent(self, day: date) -> int:
        """See `Upkeep.spent`."""
        return await self._database.read(lambda connection: spending.of_all(connection, day))

    async def incidents(self) -> Sequence[Incident]:
        """See `Upkeep.incidents`."""
        return await self._database.read(
            lambda connection: tuple(map(_incident, connection.execute("SELECT * FROM incidents ORDER BY began, kind")))
        )

    async def begin_incident(self, kind: IncidentKind, began: datetime) -> bool:
        """See `Upkeep.begin_incident`."""
        sql, values = "INSERT INTO incidents(kind, began) VALUES (?, ?) ON CONFLICT DO NOTHING", (kind, micros(began))
        return await self._database.write(lambda connection: connection.execute(sql, values).rowcount == 1)

    async def end_incident(self, kind: IncidentKind) -> Incident | None:
        """See `Upkeep.end_incident`."""

        def work(connection: sqlite3.Connection) -> Incident | None:
            row = connection.execute("SELECT * FROM incidents WHERE kind = ?", (kind,)).fetchone()
            connection.execute("DELETE FROM incidents WHERE kind = ?", (kind,))
            return None if row is None else _incident(row)

        return await self._database.write(work)

    async def forget_choices(self, before: datetime) -> int:
        """See `Upkeep.forget_choices`."""

        def work(connection: sqlite3.Connection) -> list[UUID]:
            connection.execute("DELETE FROM undos WHERE created < ?", (micros(before),))
            gone = connection.execute("DELETE FROM choices WHERE created < ? RETURNING id", (micros(before),)).fetchall()
            return [UUID(hex=row["id"]) for row in gone]

        gone = await self._database.write(work)
        for choice in gone:
            self._held.forget_departure(choice)
        return len(gone)

    async def erase_tokens(self, now: datetime) -> int:
        """See `Upkeep.erase_tokens`."""
        stored = micros(now)

        def work(connection: sqlite3.Connection) -> int:
            erased = connection.execute(
                "UPDATE deliveries SET token = NULL WHERE token IS NOT NULL AND token_expires < ?", (stored,)
            ).rowcount
            return erased + _erase_from_choices(connection, stored)

        return await self._database.write(work)

    async def probe(self) -> None:
        """See `Upkeep.probe`. SQLite writes the file's first page anew when `application_id` is set, also to what it is."""
        await self._database.write(lambda connection: connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}").close())

    async def auto_archive(self, now: datetime, days: int) -> int:
        """See `Upkeep.auto_archive`."""
        return await resting.auto_archive(self._database, micros(now), days)

    async def expired(self, now: datetime) -> Sequence[tuple[Actor, int]]:
        """See `Upkeep.expired`."""
        return await self._database.read(lambda connection: resting.expired(connection, micros(now - BIN_KEEPS)))

    async def wipe(self) -> bool:
        """See `Upkeep.wipe`."""
        return await wiping.wipe(self._database)


def _incident(row: sqlite3.Row) -> Incident:
    return Incident(kind=IncidentKind(row["kind"]), began=moment(row["began"]))


def _turns(connection: sqlite3.Connection, held: Held, states: str) -> Sequence[Turn]:
    sql = (
        f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} WHERE t.ended IS NULL AND t.state IN {states} "  # noqa: S608 - constants
        "AND s.deleted IS NULL AND s.temporary = 0 ORDER BY t.id"
    )
    return tuple(turn_of(row, held) for row in connection.execute(sql))


def _erase_from_choices(connection: sqlite3.Connection, now: int) -> int:
    """A choice keeps its prompt's target; its token goes when it has expired, the words stay."""
    rows = connection.execute(
        "SELECT id, departure FROM choices WHERE json_extract(departure, '$.prompt.target.token') IS NOT NULL "
        "AND json_extract(departure, '$.prompt.target.token_expires') < ?",
        (now,),
    ).fetchall()
    for row in rows:
        departure = json.loads(row["departure"])
        departure["prompt"]["target"]["token"] = None
        connection.execute("UPDATE choices SET departure = ? WHERE id = ?", (json.dumps(departure), row["id"]))
    return len(rows)
