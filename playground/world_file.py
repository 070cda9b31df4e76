"""`WorldFile`: keeps the stand-in's world in a file, so that the playground's Discord is there again after a restart.

What changes is written in batches of one transaction each, off the event loop; a kill loses the last half second at most.
The file is the playground's own: the bot neither knows nor needs it.
"""

import asyncio
import logging
import sqlite3
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from playground.standin import Message, StandIn
from playground.standin.changes import (
    Change,
    ChannelAdded,
    ChannelRemoved,
    DirectMessagesSet,
    GuildAdded,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    PersonAdded,
)
from playground.world_rows import is_kept, message_row, places_of, restore
from playground.world_sql import Batch, WorldFileRefused, damaged, open_world, read_world, write_batch

log = logging.getLogger(__name__)

PAUSE: Final = 0.5
"""Seconds between a change and the batch that it is written in."""


class WorldFile:
    """Use it as `async with WorldFile(path, standin):`.

    Servers, people and the bot are added after that; those that were there before are found again by their names.
    """

    def __init__(self, path: Path, standin: StandIn) -> None:
        self._path = path
        self._world = standin.world
        self._messages: dict[int, Message] = {}
        self._removed: set[int] = set()
        self._places = ""
        """People, servers and channels as they were last written."""
        self._is_failing = False
        self._changed, self._closing = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> Self:
        """Put what the file holds into the world, and keep what changes from now on. Raises `WorldFileRefused`."""
        rows = await asyncio.to_thread(read_world, self._path)
        try:
            restore(self._world, rows)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WorldFileRefused(damaged(self._path, error)) from error
        self._connection = await asyncio.to_thread(open_world, self._path)
        self._changed.set()  # what was in the world before
        self._stop_listening = self._world.changes.listen(self._take)
        self._task = asyncio.create_task(self._write_changes(), name="playground-world-file")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is left, and close the file."""
        self._stop_listening()
        self._closing.set()
        self._changed.set()
        try:
            await self._task
        finally:
            await asyncio.to_thread(self._connection.close)

    def _take(self, change: Change) -> None:
        match change:
            case MessageSent(message) | MessageEdited(message) | MessageDeleted(message):
                if message.ephemeral:
                    return
                self._messages[message.id] = message
            case ChannelRemoved(channel):
                self._removed.add(channel.id)
            case GuildAdded() | ChannelAdded() | PersonAdded() | DirectMessagesSet():
                pass
            case _:
                return
        self._changed.set()

    async def _write_changes(self) -> None:
        is_last = False
        while not is_last:
            await self._changed.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), PAUSE)
            is_last = self._closing.is_set()
            self._changed.clear()
            await self._write()

    async def _write(self) -> None:
        messages, self._messages = self._messages, {}
        removed, self._removed = self._removed, set()
        places = places_of(self._world)
        kept = {i: m for i, m in messages.items() if is_kept(self._world, m)}
        batch = Batch(
            places=None if places == self._places else places,
            removed=[(channel,) for channel in removed],
            gone=[(i,) for i in messages if i not in kept],
            rows=[(i, m.channel.id, message_row(self._world, m)) for i, m in kept.items()],
            files=[(a.id, i, a.data) for i, m in kept.items() for a in m.attachments],
        )
        try:
            await asyncio.to_thread(write_batch, self._connection, batch)
        except sqlite3.Error as error:
            if not self._is_failing:
                log.warning("What happened in the playground cannot be saved (%s); it is tried again until it can.", error)
            self._is_failing = True
            self._messages = messages | self._messages
            self._removed |= removed
            self._changed.set()
        else:
            self._is_failing = False
            self._places = places
