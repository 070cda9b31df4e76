"""A mention in a server's channel: one short public line, and a private answer for its author.

What was said beside the mention is held in memory, bounded, for as long as the line stands.
"""

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import discord
from discord.ext import commands

from agent.checkpoints import Sleep
from cogs import controls
from cogs.asking import NOTHING_IN_IT, ask
from cogs.reply import NO_MENTIONS, Interaction, reply_to, unlisted
from cogs.router import Unreadable, number_in
from cogs.services import Services
from storage.records import Actor

STANDS: Final = 120.0
"""Seconds after which the public line goes by itself."""

HELD: Final = 1_000
"""Mentions held at once; beyond it the oldest can no longer be answered."""

IN_PRIVATE: Final = "I answer in private"


@dataclass(frozen=True, slots=True)
class Mention:
    """What somebody said beside a mention."""

    author_id: int
    text: str
    files: tuple[discord.Attachment, ...] = ()
    """What is said of them: they are fetched when it is answered."""


class Mentions(commands.Cog):
    """Turns public mentions into private answers."""

    def __init__(self, services: Services, sleep: Sleep = asyncio.sleep) -> None:
        self._services = services
        self._sleep = sleep
        self._held: OrderedDict[int, Mention] = OrderedDict()
        self._next = 0
        services.router.add("private", self._pressed)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Called by discord.py for every message; only mentions by people in servers are taken here."""
        me = self._services.client.user
        if message.author.bot or message.guild is None or me is None or me not in message.mentions:
            return
        refusal = await self._services.access.refusal(message.author.id, message.guild.id)
        try:
            if refusal is not None:
                await message.channel.send(refusal, allowed_mentions=NO_MENTIONS)
                return
            text = _without_mention(message.content, me.id)
            await self._offer(message, Mention(message.author.id, text, tuple(message.attachments)))
        except discord.Forbidden:
            return  # no right to write here, so there is no door to tell anybody through

    @commands.Cog.listener()
    async def on_erased(self, actor: Actor) -> None:
        """Called when everything about a person was deleted; see `privacy.py`."""
        for key in [key for key, mention in self._held.items() if mention.author_id == actor.user_id]:
            del self._held[key]

    async def _offer(self, message: discord.Message, mention: Mention) -> None:
        self._next += 1
        key = self._next
        self._held[key] = mention
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        view = controls.row(controls.button("Answer me privately", "private", key, mention.author_id))
        # A plain message and no reply: Discord wants Read Message History for those (error 160002), a right we don't ask for.
        text = f"{message.author.mention}: {IN_PRIVATE}"
        line = await message.channel.send(text, view=unlisted(view), allowed_mentions=NO_MENTIONS)
        self._services.tasks.start(f"mention-{line.id}", self._take_down(key, line))

    async def _pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        held = self._held.get(number_in(arguments))
        if held is None or held.author_id != interaction.user.id:
            raise Unreadable
        self._held.pop(number_in(arguments))
        if held.text or held.files:
            await ask(self._services, interaction, reply_to(interaction), held.text, held.files)
        else:
            await reply_to(interaction).say(f"{NOTHING_IN_IT} `/ask` takes it, for your eyes only.")
        await _delete(interaction.message)

    async def _take_down(self, key: int, line: discord.Message) -> None:
        try:
            await self._sleep(STANDS)
        finally:
            self._held.pop(key, None)
            await _delete(line)


async def _delete(message: discord.Message | None) -> None:
    if message is None:
        return
    try:
        await message.delete()
    except discord.NotFound:
        return  # gone already: pressed, or removed by a moderator


def _without_mention(text: str, user_id: int) -> str:
    return re.sub(rf"<@!?{user_id}>", " ", text).strip()
