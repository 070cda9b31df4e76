"""Answers that could be shown nowhere: their owner gets them with the next command, whose own answer comes first.

That is the last door: the message was gone or its token had expired, and direct messages were shut.
"""

import logging
from dataclasses import replace
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from cogs.reply import Interaction, actor_of, place_after, reply_to
from cogs.seen import seen
from cogs.services import Services
from delivery.errors import DeliveryError
from storage.errors import NotFound, StoreError
from storage.records import Actor, DeliveryState, Target, Turn

log = logging.getLogger(__name__)

AT_ONCE: Final = 3
"""Answers shown after one command; what is left comes with the next."""

BEFORE: Final = "-# This answer couldn't reach you before:"

AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu


class Owed(commands.Cog):
    """Shows what is owed."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._showing: set[int] = set()
        """People who are being shown something now: two commands at once show it once."""

    @commands.Cog.listener()
    async def on_app_command_completion(self, interaction: Interaction, _command: AnyCommand) -> None:
        """Called by discord.py after a command has been answered."""
        actor = actor_of(interaction)
        if actor.user_id in self._showing or not reply_to(interaction).responded:
            return
        self._showing.add(actor.user_id)
        try:
            for turn in await self._services.store.deliveries.undeliverable(actor, limit=AT_ONCE):
                await self._show(actor, turn, place_after(interaction))
        except (StoreError, DeliveryError, discord.HTTPException) as error:
            log.warning("what is owed to somebody could not be shown: %s", type(error).__name__)
        finally:
            self._showing.discard(actor.user_id)

    async def _show(self, actor: Actor, turn: Turn, target: Target) -> None:
        try:
            session = await self._services.store.sessions.get(actor, turn.session_id)
            await self._services.sender.send(target, BEFORE, None)
            await self._services.deliverer.again.show(actor, session, turn, target)
            await seen(self._services.store, actor, session, turn)
        except NotFound:
            log.info("turn %s: nothing is left to show", turn.id)
        for part in await self._services.store.deliveries.of_turn(actor, turn.id):
            if part.state is DeliveryState.UNDELIVERABLE:
                await self._services.store.deliveries.put(actor, replace(part, state=DeliveryState.FINAL))
