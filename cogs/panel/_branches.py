"""*Branches*: the ends of one session's branches, and the way from one to another."""

from collections.abc import Sequence
from typing import Final

import discord
from discord.ext import commands

from agent.outcomes import Busy
from cogs.controls import button
from cogs.ids import custom_id
from cogs.panel._views import Note, line_up, started
from cogs.panel._where import Where, where_in
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import chosen, entry_in, uuid_in
from cogs.services import Services
from cogs.words import ago, inert, label, messages
from delivery.inert import shorten
from storage.records import EntryKind, SessionInfo, Tip

MOST: Final = 25
"""Branches that are listed: the options a select takes (Discord's documentation, "Component Reference", String Select)."""

EXPLAINED: Final = "-# The newest comes first. What is said next goes on from the one that is chosen; the others stay."


class Branches(commands.Cog):
    """Lists a session's branches and switches between them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("branches", self._show)
        services.router.add("branch", self._switch)

    async def _show(self, interaction: Interaction, arguments: list[str]) -> None:
        session = await self._services.store.sessions.get(actor_of(interaction), uuid_in(arguments))
        await self._refresh(interaction, session, where_in(arguments, 1))

    async def _switch(self, interaction: Interaction, arguments: list[str]) -> None:
        """Go to the end of a branch, unless an answer is being written in the session."""
        actor, where = actor_of(interaction), where_in(arguments, 1)
        match await self._services.runtimes.of(actor).switch(uuid_in(arguments), entry_in(chosen(interaction), 0)):
            case Busy(session=session):
                said = f"{label(session)} is still writing. Wait until it's done, or `/stop` it, then choose again."
            case session:
                said = f"{label(session)} goes on from there now."
        await self._refresh(interaction, session, where, Note(text=said))

    async def _refresh(self, interaction: Interaction, session: SessionInfo, where: Where, note: Note | None = None) -> None:
        tips = await self._services.store.branches.tips(actor_of(interaction), session.id, limit=MOST)
        await reply_to(interaction).refresh(branches_view(session, tips, where, note))


def branches_view(session: SessionInfo, tips: Sequence[Tip], where: Where, note: Note | None = None) -> discord.ui.LayoutView:
    """The newest branches of a session, a select to go to one, and the way back to its card."""
    view, box = started(where, note)
    box.add_item(discord.ui.TextDisplay(f"### Branches of {label(session)}"))
    box.add_item(discord.ui.TextDisplay("\n".join(_line(place, tip) for place, tip in enumerate(tips, start=1))))
    box.add_item(discord.ui.TextDisplay(EXPLAINED))
    if session.branches > len(tips):
        box.add_item(discord.ui.TextDisplay(f"-# {session.branches - len(tips)} older ones are not listed."))
    place = (session.id, *where.arguments)
    options = [_option(nth, tip) for nth, tip in enumerate(tips, start=1)]
    select: discord.ui.Select[discord.ui.LayoutView] = discord.ui.Select(
        placeholder="Choose a branch", options=options, custom_id=custom_id("branch", *place)
    )
    view.add_item(line_up(select))
    view.add_item(line_up(button("Back", "card", *place)))
    return view


def _line(place: int, tip: Tip) -> str:
    said = inert(tip.text, 40) or "(nothing that can be shown)"
    facts = [f"**{place}**", f"{_speaker(tip)}: {said}", messages(tip.messages), ago(tip.created)]
    return " · ".join([*facts, "**chosen**"] if tip.is_current else facts)


def _option(place: int, tip: Tip) -> discord.SelectOption:
    description = f"{messages(tip.messages)}, chosen" if tip.is_current else messages(tip.messages)
    return discord.SelectOption(
        label=shorten(f"{place} · {_speaker(tip)}: {tip.text}", 100), value=str(tip.entry), description=description
    )


def _speaker(tip: Tip) -> str:
    return "You" if tip.kind == EntryKind.USER else "Cubby"
