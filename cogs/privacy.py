"""`/privacy`: what is kept, *Export everything* (in `exporting.py`), and *Delete everything about me*.

Everything that is stored goes first, as one act of the person's runtime; then the bot's own direct messages, which are found in
Discord's history, since nothing is known of them any more. That can take long, so its message has *Go on* from the beginning,
for where the bot ends meanwhile. Nothing of it is remembered, and what is said of it is linked to nobody.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from cogs import controls
from cogs.explain import Told
from cogs.ids import custom_id
from cogs.reply import Interaction, actor_of, reply_to, say_long
from cogs.router import message_id_in, submitted, tell
from cogs.services import Services
from cogs.words import in_backups, messages
from delivery.clearing import Cleared, Clearing
from delivery.errors import DeliveryError
from storage.backups import Copies
from storage.records import Actor, Surface, Target

log = logging.getLogger(__name__)

WORD: Final = "DELETE"
"""What is to be typed, in capitals or not."""

ERASED: Final = "erased"
"""The event by which other cogs let go of what they hold of a person in memory: their `on_erased` is called with the actor."""

NOT_TYPED: Final = f"Nothing was deleted: that wasn't the word {WORD}."
AT_IT: Final = "I'm deleting everything about you. I'll say where you asked for it when that's done."
CLEARING: Final = (
    "Now I'm deleting what I wrote in our direct messages, about one message a second. If I'm restarted before I say here that "
    "it's done, press *Go on*."
)
DONE: Final = "Done: in our direct messages nothing is left that I wrote before."
NOT_MINE: Final = (
    "I can't delete what you wrote me in direct messages, which only you can, nor what Discord and the model's provider keep. "
    "My private answers in servers vanish when you restart Discord. My log keeps your id with the times and tokens of your "
    "answers, and no word of them, for as long as whoever runs me keeps it."
)


class Privacy(commands.Cog):
    """Says what is kept, and deletes it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clearing = Clearing(services.client)
        self._at_it: set[int] = set()
        """People for whom something is being deleted now."""
        services.router.add("erase", self._pressed)
        services.router.add("erased", self._submitted)
        services.router.add("clear", self._go_on)

    @app_commands.command(
        name="privacy", description="What is kept about you, where and how long, who could read it; export or delete it all"
    )
    async def privacy(self, interaction: Interaction) -> None:
        """Show the privacy page, which whoever runs the bot can edit."""
        export = controls.button("Export everything", "exportall")
        erase = controls.button("Delete everything about me", "erase", style=discord.ButtonStyle.danger)
        await say_long(reply_to(interaction), self._services.privacy(), view=controls.row(export, erase))

    async def _pressed(self, interaction: Interaction, _arguments: list[str]) -> None:
        await interaction.response.send_modal(_modal())

    async def _submitted(self, interaction: Interaction, _arguments: list[str]) -> None:
        if submitted(interaction).strip().upper() != WORD:
            raise Told(NOT_TYPED)
        self._begin(interaction, self._erase)

    async def _go_on(self, interaction: Interaction, arguments: list[str]) -> None:
        before = message_id_in(arguments)
        self._begin(interaction, partial(self._clear_again, before))

    def _begin(self, interaction: Interaction, work: Callable[[Interaction], Awaitable[None]]) -> None:
        """Do it in a task, one at a time for each person."""
        if interaction.user.id in self._at_it:
            raise Told(AT_IT)
        self._at_it.add(interaction.user.id)
        self._services.tasks.start(f"delete-everything-{interaction.id}", self._do(interaction, work))

    async def _do(self, interaction: Interaction, work: Callable[[Interaction], Awaitable[None]]) -> None:
        try:
            await work(interaction)
        except Exception as error:  # noqa: BLE001 - whatever fails, the person is told
            await tell(interaction, error)
        finally:
            self._at_it.discard(interaction.user.id)

    async def _erase(self, interaction: Interaction) -> None:
        actor, reply, services = actor_of(interaction), reply_to(interaction), self._services
        await reply.defer()
        copies, counts = await services.copies(), await services.store.sessions.counts(actor)
        with services.errands.alone(actor, AT_IT):
            await services.runtimes.of(actor).erase(partial(services.deliverer.forget, actor))
        services.wipe_soon()
        services.client.dispatch(ERASED, actor)
        await reply.say(_erased(counts.open + counts.archived + counts.bin, copies))
        shown = await reply.say(CLEARING, view=_go_on_later(interaction.id))
        await self._clear(actor, interaction.id, replace(reply.next_target(), message_id=shown))

    async def _clear_again(self, before: int, interaction: Interaction) -> None:
        reply = reply_to(interaction, in_place=True)
        await reply.say(CLEARING, view=_go_on_later(before))
        await self._clear(actor_of(interaction), before, reply.target())

    async def _clear(self, actor: Actor, before: int, target: Target) -> None:
        """Delete the bot's direct messages that are older than this id, and say in the message at `target` how it went; where
        that can't be, in direct messages. Nothing of that is stored.
        """
        cleared, sender = await self._clearing.clear(actor, before), self._services.sender
        log.info("cleared somebody's direct messages: %d deleted, %d left", cleared.deleted, cleared.left)
        text, view = _cleared(cleared), None if cleared.is_done else _go_on_later(before)
        try:
            await sender.edit(target, text, view)
        except DeliveryError as error:
            log.info("how a deletion went is told in direct messages: %s %s", type(error).__name__, error)
            channel = await self._services.client.create_dm(discord.Object(actor.user_id))
            await sender.send(Target(surface=Surface.DIRECT, channel_id=channel.id), text, view)


def _modal() -> discord.ui.Modal:
    field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="text", placeholder=WORD, max_length=20, required=True
    )
    about = f"Type {WORD} to delete it all for good"
    return controls.one_field("Delete everything about me", custom_id("erased"), about, field)


def _go_on_later(before: int) -> discord.ui.View:
    return controls.row(controls.button("Go on", "clear", before))


def _erased(many: int, copies: Copies) -> str:
    sessions = "1 session" if many == 1 else f"{many} sessions"
    what = f"Everything you had with me is deleted for good: {sessions} with all that was said, and what you chose."
    return f"{what} {in_backups(copies)} What you ask from now on begins anew.\n\n{NOT_MINE}"


def _cleared(cleared: Cleared) -> str:
    if not cleared.whole:
        return "I couldn't look through all of our direct messages: Discord didn't let me. *Go on* tries again."
    if cleared.left:
        return f"Discord didn't let me delete {messages(cleared.left)} of mine in our direct messages. *Go on* tries again."
    return DONE
