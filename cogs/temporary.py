"""Temporary sessions: *Keep this*, and telling people once whose temporary session a restart has ended.

How one is begun and left is in `sessions.py`.
"""

import logging
from collections import defaultdict
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from cogs.reply import Interaction, actor_of, place_after, reply_to
from cogs.router import uuid_in
from cogs.services import Services
from cogs.words import saved_now
from delivery.errors import DeliveryError
from storage.errors import StoreError
from storage.records import Actor, Surface, Target

log = logging.getLogger(__name__)

LOST: Final = "Your temporary session {} is gone: I was restarted."

AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu


class Temporary(commands.Cog):
    """Keeps what was temporary, and tells of what is lost with the next thing that its owner does."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._untold: dict[Actor, list[int]] | None = None
        """The numbers of what the last restart ended; `None` until somebody does something."""
        services.router.add("keep", self._keep)

    async def _keep(self, interaction: Interaction, arguments: list[str]) -> None:
        """*Keep this*: the message that it stands under says so."""
        session_id, reply = uuid_in(arguments), reply_to(interaction, in_place=True)
        await reply.defer()
        session = await self._services.runtimes.of(actor_of(interaction)).keep(session_id)
        await reply.say(saved_now(session))

    @commands.Cog.listener()
    async def on_app_command_completion(self, interaction: Interaction, _command: AnyCommand) -> None:
        """Called by discord.py after a command has been answered."""
        await self._tell(actor_of(interaction), place_after(interaction))

    @commands.Cog.listener()
    async def on_press_completion(self, interaction: Interaction) -> None:
        """Called for the router after a press has been answered."""
        await self._tell(actor_of(interaction), place_after(interaction))

    @commands.Cog.listener()
    async def on_direct_words(self, message: discord.Message) -> None:
        """Called for the inbox when it takes a direct message, also one that came while the bot was away."""
        await self._tell(Actor(message.author.id), Target(surface=Surface.DIRECT, channel_id=message.channel.id))

    async def _tell(self, actor: Actor, place: Target) -> None:
        """Tell the person there, once, what of theirs is gone; where that fails, with the next thing they do."""
        numbers: list[int] = []
        try:
            numbers = (await self._read()).pop(actor, [])
            if numbers:
                await self._services.sender.send(place, "\n".join(map(LOST.format, numbers)))
                await self._services.store.temporaries.told(actor)
        except (StoreError, DeliveryError) as error:
            log.warning("somebody could not be told of a lost session: %s", type(error).__name__)
            if numbers and self._untold is not None:
                self._untold[actor] = numbers

    async def _read(self) -> dict[Actor, list[int]]:
        if self._untold is None:
            untold: dict[Actor, list[int]] = defaultdict(list)
            for actor, number in await self._services.store.temporaries.untold():
                untold[actor].append(number)
            self._untold = self._untold or untold
        return self._untold
