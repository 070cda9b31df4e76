"""Which messages show which turn, and which session a message of the bot belongs to."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from storage.errors import SessionNotFound
from storage.records import Actor, Delivery, SessionInfo, Target, Turn
from storage.sqlite import direct
from storage.sqlite.database import Database
from storage.sqlite.held import Held
from storage.sqlite.permission import may_touch, session_by_id, turn_by_id
from storage.sqlite.rows import (
    SESSION_COLUMNS,
    SESSION_TABLES,
    TURN_COLUMNS,
    TURN_TABLES,
    delivery_of,
    micros,
    session_of,
    turn_of,
)


class SqliteDeliveries:
    """The `DeliveryJournal` of the SQLite store."""

    def __init__(self, database: Database, held: Held, now: Callable[[], datetime]) -> None:
        self._database, self._held = database, held
        self._now = now

    async def put(self, actor: Actor, delivery: Delivery) -> None:
        """See `DeliveryJournal.put`."""

        def work(connection: sqlite3.Connection) -> None:
            turn_by_id(connection, actor, delivery.turn_id, binned=True)
            _write(connection, delivery)

        await self._database.write(work)

    async def of_turn(self, actor: Actor, turn_id: UUID) -> Sequence[Delivery]:
        """See `DeliveryJournal.of_turn`."""

        def work(connection: sqlite3.Connection) -> Sequence[Delivery]:
            turn_by_id(connection, actor, turn_id, binned=True)
            rows = connection.execute("SELECT * FROM deliveries WHERE turn = ? ORDER BY part", (turn_id.hex,))
            return tuple(map(delivery_of, rows))

        return await self._database.read(work)

    async def undeliverable(self, actor: Actor, *, limit: int = 5) -> Sequence[Turn]:
        """See `DeliveryJournal.undeliverable`."""
        sql = (
            f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} WHERE o.user_id = ? "  # noqa: S608 - constants
            "AND t.ended IS NOT NULL AND t.state != 'removed' AND s.deleted IS NULL "
            "AND t.id IN (SELECT turn FROM deliveries WHERE state = 'undeliverable') ORDER BY t.id LIMIT ?"
        )
        return await self._database.read(
            lambda c: tuple(turn_of(row, self._held) for row in c.execute(sql, (actor.user_id, limit)))
        )

    async def saw(self, actor: Actor, channel_id: int, message_id: int) -> None:
        """See `DeliveryJournal.saw`."""
        now = micros(self._now())
        await self._database.write(lambda connection: direct.saw(connection, actor, channel_id, message_id, now))

    async def met(self, actor: Actor, channel_id: int, message_id: int) -> None:
        """See `DeliveryJournal.met`."""
        now = micros(self._now())
        await self._database.write(lambda connection: direct.met(connection, actor, channel_id, message_id, now))

    async def link(self, actor: Actor, message_id: int, session_id: UUID) -> None:
        """See `DeliveryJournal.link`."""

        def work(connection: sqlite3.Connection) -> None:
            session = session_by_id(connection, actor, session_id)
            connection.execute(
                "INSERT INTO links(message_id, owner, number) VALUES (?, ?, ?) "
                "ON CONFLICT(message_id, owner) DO UPDATE SET number = excluded.number",
                (message_id, session["owner"], session["number"]),
            )

        await self._database.write(work)

    async def session_of(self, actor: Actor, message_id: int) -> SessionInfo:
        """See `DeliveryJournal.session_of`."""

        def work(connection: sqlite3.Connection) -> SessionInfo:
            if message_id.bit_length() > 63:
                raise SessionNotFound  # no id of Discord's, and more than SQLite's integers hold
            for row in connection.execute(
                f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} JOIN ("  # noqa: S608 - constants
                "SELECT owner, number, '' AS turn FROM links WHERE message_id = :message UNION ALL "
                "SELECT t.owner, t.number, t.id FROM deliveries d JOIN turns t ON t.id = d.turn WHERE d.message_id = :message"
                ") m ON m.owner = s.owner AND m.number = s.number WHERE s.deleted IS NULL ORDER BY m.turn DESC",
                {"message": message_id},
            ):
                if may_touch(actor, row["user_id"]):
                    return session_of(row, self._held)
            raise SessionNotFound

        return await self._database.read(work)


def first_part(connection: sqlite3.Connection, turn_id: UUID, target: Target) -> None:
    """The place of an answer that is to come, in the transaction that takes its prompt in."""
    _write(connection, Delivery(turn_id=turn_id, part=0, target=target))


def _write(connection: sqlite3.Connection, delivery: Delivery) -> None:
    target = delivery.target
    connection.execute(
        "INSERT INTO deliveries(turn, part, kind, state, surface, channel_id, message_id, token, token_expires) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(turn, part) DO UPDATE SET kind = excluded.kind, "
        "state = excluded.state, surface = excluded.surface, channel_id = excluded.channel_id, "
        "message_id = excluded.message_id, token = excluded.token, token_expires = excluded.token_expires",
        (
            delivery.turn_id.hex,
            delivery.part,
            delivery.kind,
            delivery.state,
            target.surface,
            target.channel_id,
            target.message_id,
            target.token,
            micros(target.token_expires) if target.token_expires else None,
        ),
    )
