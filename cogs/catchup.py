"""Direct messages that came while the bot was away: looked for whenever it has connected anew, and *Answer these* for old ones.

A resumed connection needs nothing of this: Discord sends again what it missed (Discord's documentation, "Gateway", Resuming).
"""

import asyncio
import logging
from typing import Final

from discord.ext import commands

from agent.checkpoints import Sleep
from cogs.explain import UNREACHED
from cogs.inbox import Inbox, Taken
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import Unreadable, message_id_in
from cogs.services import Services
from storage.errors import StoreError
from storage.records import Actor

log = logging.getLogger(__name__)

AT_ONCE: Final = 4
"""So many people's channels are looked at at a time."""

PATIENCE: Final = (1.0, 5.0, 15.0, 60.0)
"""Seconds until what could not be read is tried again."""

ANSWERED: Final = "You have the answers to those already."
ON_IT: Final = "-# Answering what you wrote while I was away."


class CatchUp(commands.Cog):
    """Sees to it that nothing that people wrote meanwhile is left unanswered."""

    def __init__(self, services: Services, inbox: Inbox, sleep: Sleep = asyncio.sleep) -> None:
        self._services, self._inbox, self._sleep = services, inbox, sleep
        services.router.add("missed", self._answer_these)

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """Called by discord.py after each READY, which a resumed connection does not have, and before anything that follows."""
        self._inbox.missed.expect()
        self._services.tasks.start("missed-messages", self._sweep())

    async def _sweep(self) -> None:
        """Look at every channel; what fails is tried again a few times, and before its person's next message anyway."""
        for seconds in (*PATIENCE, None):
            if await self._swept() or seconds is None:
                return
            await self._sleep(seconds)

    async def _swept(self) -> bool:
        try:
            people = [channel.actor for channel in (await self._inbox.missed.channels()).values()]
        except StoreError as error:
            log.warning("it could not be read whose messages to look for: %s", type(error).__name__)
            return False
        turns = asyncio.Semaphore(AT_ONCE)
        done = await asyncio.gather(*(self._catch_up(actor, turns) for actor in people))
        return all(done)

    async def _catch_up(self, actor: Actor, turns: asyncio.Semaphore) -> bool:
        async with turns:
            try:
                await self._inbox.catch_up(actor)
            except (StoreError, *UNREACHED) as error:
                log.warning("missed messages could not be taken: %s", type(error).__name__)
                return False
            return True

    async def _answer_these(self, interaction: Interaction, arguments: list[str]) -> None:
        first, last = message_id_in(arguments), message_id_in(arguments, 1)
        if interaction.guild_id is not None or interaction.channel_id is None:
            raise Unreadable
        reply = reply_to(interaction, in_place=True)
        await reply.defer()
        taken = await self._inbox.answer_again(actor_of(interaction), interaction.channel_id, first, last)
        if not taken:
            raise Unreadable
        await reply.say(ANSWERED if set(taken) == {Taken.KNOWN} else ON_IT)
