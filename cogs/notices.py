"""What is said later, where a person last acted: a session that was left with *Let it finish* has answered, or failed to."""

import logging
from collections import OrderedDict
from typing import Final

import discord
from discord.ext import commands

from agent.events import KeptFinished
from cogs import controls
from cogs.reply import Interaction, expired, place_after, unlisted
from cogs.services import Services
from cogs.words import label
from delivery.errors import DeliveryError
from storage.records import Actor, Target

log = logging.getLogger(__name__)

REMEMBERED: Final = 10_000
"""People whose last place is remembered."""


class Notices(commands.Cog):
    """Remembers where each person last acted, and speaks there."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._last: OrderedDict[int, Target] = OrderedDict()

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Called by discord.py for every interaction."""
        if interaction.type is not discord.InteractionType.autocomplete:
            self._remember(interaction.user.id, place_after(interaction))

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Called by discord.py for every message; a direct message is a place to speak in."""
        if message.guild is None and not message.author.bot and isinstance(message.channel, discord.DMChannel):
            self._last.pop(message.author.id, None)

    @commands.Cog.listener()
    async def on_erased(self, actor: Actor) -> None:
        """Called when everything about a person was deleted; see `privacy.py`."""
        self._last.pop(actor.user_id, None)

    def kept_finished(self, event: KeptFinished) -> None:
        """Tell the owner; called on the event loop by `delivery/`."""
        self._services.tasks.start(f"notice-{event.session.id}", self._tell(event))

    async def _tell(self, event: KeptFinished) -> None:
        text = f"{label(event.session)} {'got no answer' if event.failed else 'answered'}."
        target = self._last.get(event.actor.user_id)
        if target is not None and not expired(target, self._services.now()):
            try:
                await self._send(event, target, text)
            except DeliveryError as error:
                log.info("a notice found its first door shut: %s", type(error).__name__)
            else:
                return
        await self._send(event, await self._services.direct(event.actor), text)

    async def _send(self, event: KeptFinished, target: Target, text: str) -> None:
        view = unlisted(controls.open_session(event.session))
        await self._services.sender.send(target, text, view)

    def _remember(self, user_id: int, target: Target) -> None:
        self._last[user_id] = target
        self._last.move_to_end(user_id)
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)
