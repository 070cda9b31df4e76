"""What people wrote in direct messages while the bot was away: whose channels to look at, and what Discord has of them.

Discord sends the bot its own ephemeral messages of a server without a `guild_id`, so a channel's id alone does not prove that
it is somebody's direct messages: its type and its recipient are asked of Discord before a word of it is read.
"""

import asyncio
from datetime import timedelta
from typing import Final

import discord

from cogs.services import Services
from storage.housekeeping import DirectChannel
from storage.records import Actor

LOOK_BACK: Final = timedelta(days=30)
"""Channels in which nobody wrote for longer are not looked at."""

TAKEN_TYPES: Final = (discord.MessageType.default, discord.MessageType.reply)
"""A person's own words; what else there is are Discord's notices."""


class Missed:
    """The channels that are yet to be looked at since the bot last connected anew."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._channels: dict[int, DirectChannel] | None = {}
        self._connection = 0
        self._reading = asyncio.Lock()

    def expect(self) -> None:
        """The bot was away: whatever comes next, what was missed comes before it."""
        self._channels = None
        self._connection += 1

    async def channels(self) -> dict[int, DirectChannel]:
        """The channels to look at, by their people's ids. Raises `StoreUnavailable`."""
        async with self._reading:
            while self._channels is None:
                connection = self._connection
                since = self._services.now() - LOOK_BACK
                found = await self._services.store.upkeep.direct_channels(since)
                if connection == self._connection:  # else it was away once more, and others may have written
                    self._channels = {channel.actor.user_id: channel for channel in found}
            return self._channels

    def again(self, message: discord.Message) -> None:
        """The message was neither taken nor refused in words: it comes before its author's next one."""
        if self._channels is not None:  # else all are looked at anyway
            actor = Actor(message.author.id)
            known = DirectChannel(actor=actor, channel_id=message.channel.id, last_message=message.id - 1)
            self._channels.setdefault(actor.user_id, known)

    async def take(self, actor: Actor) -> list[discord.Message]:
        """What the person wrote meanwhile, oldest first; once read it is missed no longer.

        Raises `StoreUnavailable`, and what is `explain.UNREACHED`; it can be asked again then.
        """
        channels = await self.channels()
        channel = channels.get(actor.user_id)
        if channel is None:
            return []
        messages = await written(self._services.client, channel)
        channels.pop(actor.user_id, None)
        return messages


async def written(client: discord.Client, known: DirectChannel, *, last: int | None = None) -> list[discord.Message]:
    """The person's messages in the channel after the known one, up to `last`, oldest first; none of a channel not theirs.

    Raises what is `explain.UNREACHED`.
    """
    try:
        channel = await client.fetch_channel(known.channel_id)
    except (discord.NotFound, discord.Forbidden):
        return []
    if not isinstance(channel, discord.DMChannel) or channel.recipient is None or channel.recipient.id != known.actor.user_id:
        return []
    before = None if last is None else discord.Object(last + 1)
    history = channel.history(after=discord.Object(known.last_message), before=before, oldest_first=True, limit=None)
    return [message async for message in history if is_their_own(message) and message.author.id == known.actor.user_id]


def is_their_own(message: discord.Message) -> bool:
    """Whether these are a person's words, and not the bot's or a notice of Discord."""
    return not message.author.bot and message.type in TAKEN_TYPES
