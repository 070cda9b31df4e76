"""`/sessions`: the panel that lists a person's sessions, ten a page, and opens one.

A Components V2 message. Its buttons carry page numbers only and always show the presser's own sessions, fresh at each press.
"""

from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from cogs.controls import button
from cogs.ids import custom_id
from cogs.present import present
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import chosen, number_in
from cogs.services import Services
from cogs.words import ago, inert, messages, shorten, title
from storage.records import Actor, Departure, Leave, Page, SessionInfo

PAGE_SIZE: Final = 10
EMPTY: Final = "You have no sessions yet. `/ask` something, or write to me in a direct message, and the first one starts."


class Panel(commands.Cog):
    """Shows and pages the list of sessions."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("page", self._turn_page)
        services.router.add("pick", self._picked)

    @app_commands.command(name="sessions", description="List your sessions and open one")
    async def sessions(self, interaction: Interaction) -> None:
        """Show the first page."""
        await reply_to(interaction).say(view=await self._page(actor_of(interaction), 0))

    async def _turn_page(self, interaction: Interaction, arguments: list[str]) -> None:
        page = number_in(arguments)
        await reply_to(interaction, in_place=True).say(view=await self._page(actor_of(interaction), page))

    async def _picked(self, interaction: Interaction, arguments: list[str]) -> None:
        """Open what was chosen in a message of its own, then show the panel as it now is."""
        page, number = number_in(arguments), number_in(chosen(interaction))
        actor, reply = actor_of(interaction), reply_to(interaction)
        await self._services.store.sessions.find(actor, number)
        await reply.refresh(await self._page(actor, page))
        went = await self._services.runtimes.of(actor).go(Departure(leave=Leave.OPEN, number=number))
        await present(self._services, actor, reply, went)
        await reply.refresh(await self._page(actor, page))

    async def _page(self, actor: Actor, number: int) -> discord.ui.LayoutView:
        listed = await self._services.store.sessions.list(actor, page=number, size=PAGE_SIZE)
        active = await self._services.runtimes.of(actor).active()
        return panel(listed, active.number if active else None)


def panel(page: Page[SessionInfo], active: int | None) -> discord.ui.LayoutView:
    """The panel for one page, with the active session marked."""
    view = discord.ui.LayoutView(timeout=None)
    if not page.items:
        view.add_item(discord.ui.TextDisplay(EMPTY))
        return view
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container()
    box.add_item(discord.ui.TextDisplay("### Your sessions"))
    box.add_item(discord.ui.TextDisplay("\n".join(_line(session, session.number == active) for session in page.items)))
    if page.pages > 1:
        box.add_item(discord.ui.TextDisplay(f"-# Page {page.number + 1} of {page.pages} · {page.total} sessions"))
    view.add_item(box)
    view.add_item(_row(_opener(page, active)))
    if page.pages > 1:
        view.add_item(_row(*_pager(page)))
    return view


def _row(*items: discord.ui.Item[Any]) -> discord.ui.ActionRow[discord.ui.LayoutView]:
    row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
    for item in items:
        row.add_item(item)
    return row


def _line(session: SessionInfo, is_active: bool) -> str:
    shown = inert(session.name or session.first_message or "empty", 50)
    here = " · **you're here**" if is_active else ""
    return f"**{session.number}** · {shown} · {messages(session.message_count)} · {ago(session.modified)}{here}"


def _opener(page: Page[SessionInfo], active: int | None) -> discord.ui.Select[discord.ui.LayoutView]:
    options = [
        discord.SelectOption(
            label=shorten(f"{session.number} · {title(session)}", 100),
            value=str(session.number),
            description="you're here" if session.number == active else None,
        )
        for session in page.items
    ]
    return discord.ui.Select(placeholder="Open a session", options=options, custom_id=custom_id("pick", page.number))


def _pager(page: Page[SessionInfo]) -> tuple[discord.ui.Button[Any], ...]:
    previous, following = button("Previous", "page", max(page.number - 1, 0)), button("Next", "page", page.number + 1)
    previous.disabled, following.disabled = page.number == 0, page.number + 1 >= page.pages
    return previous, following
