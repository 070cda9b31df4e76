"""Deleting what the bot wrote in somebody's direct messages: one message after another, at a pace that Discord takes.

A bot may delete its own messages there, one a call (Discord's documentation, "Delete Message"; "Bulk Delete Messages" is for
servers), and nobody else's. They are looked for in the channel's history, so that nothing need be stored for it, and what was
cut off can be done again.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Final

import discord

from agent.checkpoints import Sleep
from delivery.errors import DeliveryError, Gone, Passing, translated
from delivery.governor import Right, with_right
from storage.records import Actor

log = logging.getLogger(__name__)

PACE: Final = 1.0
"""Seconds between two deletions."""

PATIENCE: Final = (1.0, 5.0, 15.0, 60.0)
"""Seconds until what failed in passing is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """What came of it."""

    deleted: int
    left: int
    """Messages that Discord would not delete."""
    whole: bool
    """Whether the channel was gone through to its beginning."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be deleted."""
        return self.whole and not self.left


@dataclass(slots=True)
class _Tally:
    deleted: int = 0
    refused: set[int] = field(default_factory=set[int])

    def cleared(self, *, whole: bool) -> Cleared:
        return Cleared(deleted=self.deleted, left=len(self.refused), whole=whole)


class Clearing:
    """Clears people's direct messages of the bot's own."""

    def __init__(self, client: discord.Client, sleep: Sleep = asyncio.sleep) -> None:
        self._client, self._sleep = client, sleep

    async def clear(self, actor: Actor, before: int) -> Cleared:
        """Delete the bot's messages to the person that are older than this id, the newest first."""
        tally = _Tally()
        for pause in (*PATIENCE, None):
            try:
                await self._go_through(actor, before, tally)
            except DeliveryError as error:
                log.info("somebody's direct messages could not be cleared: %s %s", type(error).__name__, error)
                if pause is None or not isinstance(error, Passing):
                    break
                await self._sleep(pause)
            else:
                return tally.cleared(whole=True)
        return tally.cleared(whole=False)

    async def _go_through(self, actor: Actor, before: int, tally: _Tally) -> None:
        with translated(), with_right(Right.INTERIM):  # whatever people wait for comes first
            channel = await self._client.create_dm(discord.Object(actor.user_id))
            me = self._client.user
            async for message in channel.history(limit=None, before=discord.Object(before)):
                if me is not None and message.author.id == me.id and message.id not in tally.refused:
                    await self._delete(message, tally)

    async def _delete(self, message: discord.Message, tally: _Tally) -> None:
        try:
            with translated():
                await message.delete()
        except Gone:
            return
        except Passing:
            raise
        except DeliveryError as error:
            log.info("message %s stays: %s %s", message.id, type(error).__name__, error)
            tally.refused.add(message.id)
        else:
            tally.deleted += 1
        await self._sleep(PACE)
