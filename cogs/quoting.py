"""*Ask about this in my session*, in the menu of a message in a server: it is quoted in a question of the person's own.

Only that menu's payload has the message's text: without the Message Content intent a bot gets the content of a server's message
where it wrote it, is mentioned in it, or a command of the message's menu is used on it (Discord's documentation, "Gateway",
Message Content Intent). So the quote is held in memory, bounded, from the menu to the modal's return.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from cogs.asking import ask, checked, give_back
from cogs.controls import prompt_modal
from cogs.explain import Told
from cogs.quotes import below, quoted, said_in
from cogs.reply import Interaction, reply_to
from cogs.router import message_id_in, submitted
from cogs.services import Services
from cogs.words import inert
from storage.records import Actor

MENU: Final = "Ask about this in my session"
ABOUT: Final = "Quotes the message in a question of yours; only you see the answer"

STANDS: Final = 1800.0
"""Seconds that a quote is held."""
MOST: Final = 500
"""Quotes held at once, over all people; the oldest goes for one more."""
NAME_LENGTH: Final = 60
"""Characters of an author's name that are quoted."""

NO_WORDS: Final = "There are no words on that message that I could quote."
NOT_HELD: Final = (
    f"I don't have that message any more: I hold it for half an hour, and not when I'm restarted. Use *{MENU}* on it once more."
)


@dataclass(frozen=True, slots=True)
class Held:
    """A quote, and who asks about it."""

    asker: int
    quote: str
    timer: asyncio.TimerHandle


class HeldQuotes:
    """Quotes by the interaction that brought them, at most `most`, each for `seconds`."""

    def __init__(self, *, seconds: float = STANDS, most: int = MOST) -> None:
        self._seconds, self._most = seconds, most
        self._held: OrderedDict[int, Held] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, key: int, asker: int, quote: str) -> None:
        """Hold one more; the oldest goes where there are too many."""
        timer = asyncio.get_running_loop().call_later(self._seconds, self._drop, key)
        self._held[key] = Held(asker, quote, timer)
        if len(self._held) > self._most:
            self._drop(next(iter(self._held)))

    def take(self, key: int, asker: int) -> str | None:
        """The quote, which is then held no longer; `None` where it isn't, or is somebody else's."""
        held = self._held.get(key)
        if held is None or held.asker != asker:
            return None
        self._drop(key)
        return held.quote

    def forget(self, asker: int | None = None) -> None:
        """Let go of what somebody asks about, or of everything."""
        for key in [key for key, held in self._held.items() if asker in (None, held.asker)]:
            self._drop(key)

    def _drop(self, key: int) -> None:
        self._held.pop(key).timer.cancel()


class Quoting(commands.Cog):
    """Asks in private about what was said in public."""

    def __init__(self, services: Services, tree: app_commands.CommandTree[Any]) -> None:
        self._services, self._tree = services, tree
        self._held = HeldQuotes()
        self._menu = app_commands.ContextMenu(
            name=MENU,
            callback=self._chosen,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            extras={"description": ABOUT},
        )
        services.router.add("about", self._submitted)

    async def cog_load(self) -> None:
        """Called by discord.py, which finds no menu in a cog by itself."""
        self._tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Called by discord.py at the bot's end."""
        self._tree.remove_command(self._menu.name, type=self._menu.type)
        self._held.forget()

    @commands.Cog.listener()
    async def on_erased(self, actor: Actor) -> None:
        """Called when everything about a person was deleted; see `privacy.py`."""
        self._held.forget(actor.user_id)

    async def _chosen(self, interaction: Interaction, message: discord.Message) -> None:
        """Hold the quote and ask for the question."""
        said = said_in(message)
        if not said.text:
            raise Told(f"{NO_WORDS} (It has {said.besides}.)" if said.besides else NO_WORDS)
        link = f"https://discord.com/channels/{interaction.guild_id}/{interaction.channel_id}/{message.id}"
        quote = quoted(said, f"About this message of {inert(message.author.display_name, NAME_LENGTH)}, {link}")
        self._held.hold(interaction.id, interaction.user.id, quote)
        await interaction.response.send_modal(prompt_modal("Ask about this message", "about", interaction.id))

    async def _submitted(self, interaction: Interaction, arguments: list[str]) -> None:
        """Ask with the quote; the question is given back where that is held no longer."""
        key, question = message_id_in(arguments), checked(submitted(interaction))
        quote = self._held.take(key, interaction.user.id)
        if quote is None:
            await give_back(self._services, interaction, NOT_HELD, question)
        else:
            await ask(self._services, interaction, reply_to(interaction), below(question, quote))
