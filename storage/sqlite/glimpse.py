"""A glimpse of the journal beside a running bot: states and times of the newest turns, and no text of any kind.

For the playground's process, whose person holds the disk anyway: it takes no actor. Never within the bot's process: each look
closes the file again, and that may drop the process's locks on it (SQLite, "How To Corrupt An SQLite Database File", section
2.2). Between two looks nothing is held, so the file may be replaced, restored or removed.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from storage.errors import DatabaseRefused
from storage.records import DeliveryState, PartKind, Surface, TurnState
from storage.sqlite.inspect import read_only
from storage.sqlite.migrate import APPLICATION_ID, version_of
from storage.sqlite.rows import moment

NEWEST: Final = """
    SELECT t.id, o.user_id, t.number, t.state, t.error, t.created, t.asked, t.first_delta, t.ended
    FROM turns t LEFT JOIN owners o ON o.id = t.owner ORDER BY t.id DESC LIMIT ?
"""
"""By time, since the ids are UUIDv7."""
DELIVERIES: Final = "SELECT turn, part, kind, state, surface FROM deliveries WHERE turn >= ? ORDER BY turn, part"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryGlimpse:
    """How far one message part of an answer has come."""

    part: int
    kind: PartKind
    state: DeliveryState
    surface: Surface


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnGlimpse:
    """A turn's way through the journal."""

    id: UUID
    user_id: int
    """Its owner's Discord id."""
    number: int
    """Its session's."""
    state: TurnState
    error: str | None
    """The kind of the error that ended it."""
    created: datetime
    asked: datetime | None
    first_delta: datetime | None
    ended: datetime | None
    deliveries: tuple[DeliveryGlimpse, ...]


class JournalGlimpse:
    """Looks at the database at `path`, which it never makes and never changes, off the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: Sequence[TurnGlimpse] = ()
        self._looks: set[asyncio.Task[Sequence[TurnGlimpse]]] = set()

    async def newest(self, limit: int) -> Sequence[TurnGlimpse]:
        """The newest turns, newest first; none where there is no file. While it cannot be read, what was read last."""
        look = asyncio.create_task(asyncio.to_thread(newest_turns, self._path, limit), name="journal-glimpse")
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)
        with suppress(DatabaseRefused):
            self._seen = await asyncio.shield(look)
        return self._seen

    async def close(self) -> None:
        """Wait until no look is under way; also one whose asker was cancelled holds the file until it ends."""
        await asyncio.gather(*self._looks, return_exceptions=True)


def newest_turns(path: Path, limit: int) -> Sequence[TurnGlimpse]:
    """The newest `limit` turns, newest first; none where there is no file, or nothing in it yet.

    Blocks; costs the turns that it gives. Raises `DatabaseRefused` where the file cannot be read now, or is not Cubby's.
    """
    try:
        if not path.exists() or path.stat().st_size == 0:
            return ()
        with closing(read_only(path)) as connection:
            connection.execute("BEGIN")
            if version_of(connection) == 0:
                return ()
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise DatabaseRefused(f"{path} belongs to another program.")
            return _turns(connection, limit)
    except (OSError, sqlite3.Error, ValueError, KeyError, TypeError) as error:  # the last ones: a file torn while it is read
        raise DatabaseRefused(f"{path} cannot be read now: {error}.") from error


def _turns(connection: sqlite3.Connection, limit: int) -> Sequence[TurnGlimpse]:
    rows = connection.execute(NEWEST, (limit,)).fetchall()
    parts: dict[str, list[DeliveryGlimpse]] = {row[0]: [] for row in rows}
    for turn, part, kind, state, surface in connection.execute(DELIVERIES, (min(parts, default="~"),)):
        parts[turn].append(
            DeliveryGlimpse(part=part, kind=PartKind(kind), state=DeliveryState(state), surface=Surface(surface))
        )
    return tuple(
        TurnGlimpse(
            id=UUID(turn),
            user_id=user_id,
            number=number,
            state=TurnState(state),
            error=error,
            created=moment(created),
            asked=_moment(asked),
            first_delta=_moment(first_delta),
            ended=_moment(ended),
            deliveries=tuple(parts[turn]),
        )
        for turn, user_id, number, state, error, created, asked, first_delta, ended in rows
    )


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else moment(stored)
