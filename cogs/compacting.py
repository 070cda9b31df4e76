"""Summaries that stand for a session's older messages: made by hand from `/status`, shown, and taken back."""

from typing import Final

import discord
from discord.ext import commands

from agent.compaction import MOST_FOCUS
from agent.errors import ModelError, OverBudget
from cogs.bulletin import Bulletin
from cogs.controls import on_summary, one_field, row
from cogs.explain import Told
from cogs.ids import custom_id
from cogs.reply import Interaction, actor_of, reply_to, say_long
from cogs.router import entry_in, submitted, uuid_in
from cogs.services import Services
from cogs.words import label, plain_label
from storage.records import Actor, Entry, SessionInfo, Undone

WRITING: Final = "An answer is being written there. Summarise it when that's done, or `/stop` it."
AT_IT: Final = "I'm summarising it already."
BUSY: Final = "I'm summarising a session of yours. Try that again when that's done."
NOTHING_TO_DO: Final = "There's nothing to summarise in {} yet: all of it is recent."
FAILED: Final = "I couldn't summarise {}. Nothing was changed; try again in a minute."
BROKEN_OFF: Final = "I was restarted before the summary was done. Nothing was changed; try again."
OLDEST_LEFT_OUT: Final = "The oldest messages didn't fit the summary."
ALL_KEPT: Final = (
    "-# The model reads it in place of the older messages, which are all kept: `/history` and `/search` have them."
)

OUTCOMES: Final = {
    Undone.NOW: "Undone. From your next message on {} is read without that summary; what doesn't fit is left out.",
    Undone.ALREADY: "That was undone already.",
    Undone.REPLACED: "A newer summary has taken the place of that one in {}. `/status` shows it and can undo it.",
}


class Compacting(commands.Cog):
    """Makes room in a session when its owner wants it, and shows what was made of the older part."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("summary", self._show)
        services.router.add("unsum", self._undo)
        services.router.add("compact", self._ask_for_focus)
        services.router.add("compacted", self._compact)

    async def _show(self, interaction: Interaction, arguments: list[str]) -> None:
        """Show what the summary says, below what is there."""
        actor, session = await self._session(interaction, arguments)
        summary = await self._services.store.compactions.get(actor, session.id, entry_in(arguments, 1))
        text = f"{_head(session, summary)}\n\n{summary.text}\n\n{ALL_KEPT}"
        await say_long(reply_to(interaction), text, view=row(on_summary(session.id, summary.id)[1]))

    async def _undo(self, interaction: Interaction, arguments: list[str]) -> None:
        """Take it back; what was done is said beside what is there."""
        actor, session = await self._session(interaction, arguments)
        outcome = await self._services.store.compactions.undo(actor, session.id, entry_in(arguments, 1))
        await reply_to(interaction).say(OUTCOMES[outcome].format(label(session)))

    async def _ask_for_focus(self, interaction: Interaction, arguments: list[str]) -> None:
        """Open a modal that asks what matters most."""
        actor, session = await self._session(interaction, arguments)
        self._must_be_quiet(actor, session)
        await interaction.response.send_modal(_focus_modal(session))

    async def _compact(self, interaction: Interaction, arguments: list[str]) -> None:
        """Have the older messages summarised, which may take a while."""
        actor, session = await self._session(interaction, arguments)
        focus, reply = submitted(interaction), reply_to(interaction)
        self._must_be_quiet(actor, session)
        await reply.defer()
        bulletin = Bulletin(self._services, reply)
        bulletin.follow(f"summary-{session.id}", self._summarise(bulletin, session, focus), BROKEN_OFF)

    async def _summarise(self, bulletin: Bulletin, session: SessionInfo, focus: str) -> None:
        compactor = self._services.runtimes.compactor
        if compactor.is_at_it(session.id):
            await bulletin.say(AT_IT)
            return
        try:
            with self._services.errands.beside(bulletin.actor, BUSY):
                summary = await compactor.by_hand(self._services.config, bulletin.actor, session.id, focus)
        except OverBudget:
            raise
        except ModelError as error:
            raise Told(FAILED.format(label(session))) from error
        if summary is None:
            await bulletin.say(NOTHING_TO_DO.format(label(session)))
            return
        meter = await self._services.meter(bulletin.actor, session.id)
        before, oldest = summary.data["tokens_before"], f" {OLDEST_LEFT_OUT}" if summary.data.get("left_out") else ""
        done = f"I summarised the older messages of {label(session)}: {before:,} tokens before, {meter.used:,} now.{oldest}"
        await bulletin.say(done, view=row(*on_summary(session.id, summary.id)))

    async def _session(self, interaction: Interaction, arguments: list[str]) -> tuple[Actor, SessionInfo]:
        actor = actor_of(interaction)
        return actor, await self._services.store.sessions.get(actor, uuid_in(arguments))

    def _must_be_quiet(self, actor: Actor, session: SessionInfo) -> None:
        if session.id in self._services.runtimes.of(actor).writing:
            raise Told(WRITING)


def _head(session: SessionInfo, summary: Entry) -> str:
    """A line on which summary it is, when it was made and by which model."""
    model = summary.data.get("model")
    by = f" by {discord.utils.escape_markdown(model)}" if isinstance(model, str) else ""
    return f"**Summary** in {label(session)}, made {discord.utils.format_dt(summary.created, 'R')}{by}:"


def _focus_modal(session: SessionInfo) -> discord.ui.Modal:
    field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="text", style=discord.TextStyle.paragraph, max_length=MOST_FOCUS, required=False
    )
    title, submitted_to = f"Summarise {plain_label(session, 30)}", custom_id("compacted", session.id)
    return one_field(title, submitted_to, "What matters most (optional)", field)
