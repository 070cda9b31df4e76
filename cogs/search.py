"""`/search`: what a person and their models said, found by its words, newest first, five a page.

A Components V2 message. Its button carries where the next page begins and what narrows the search; the words stand in the
message's own first line and are read from there, so that it still pages after a restart.
"""

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

import discord
from discord import app_commands
from discord.ext import commands

from cogs.controls import button
from cogs.explain import Told
from cogs.find import choices, find
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import Unreadable, entry_in, number_in
from cogs.services import Services
from cogs.words import ago, label
from delivery.inert import inert
from storage.records import Actor, EntryKind, Hit, Piece
from storage.words import phrases

PAGE_SIZE: Final = 5

WORDS_LIMIT: Final = 200
"""Characters of what is searched for."""

SNIPPET_LIMIT: Final = 450
"""Characters of a snippet with its marks, so that a page fits the 4,000 of a message's texts."""

HEAD: Final = "### Messages with "
NO_WORDS: Final = "Write at least one word to look for; signs alone can't be found."
NO_DATE: Final = "I read dates like `2026-03-31`: year, month, day."
TURNED_AROUND: Final = "`since` is after `until`, so nothing can be between them."
NOTHING: Final = "Nothing in your sessions has all of that. Fewer words find more, and `auth*` finds what begins so."
NOT_LOOKED_INTO: Final = "{} is temporary, so search doesn't look into it. `/history` shows it."
NO_MORE: Final = "There's nothing older with that."

_SIGN: Final = re.compile(f"([{re.escape(string.punctuation)}])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is searched for, and where."""

    words: str
    number: int = 0
    """Of the session; 0 is any."""
    since: int = 0
    """The first day, as `date.toordinal` counts; 0 is any."""
    until: int = 0
    """The last day, which is included; 0 is any."""


class Search(commands.Cog):
    """Finds what was said."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("found", self._turn_page)

    @app_commands.command(name="search", description="Find what was said in your sessions by its words")
    @app_commands.describe(
        words='All of them must be there; "in quotes" beside each other, and auth* is what begins so',
        session="Only in this one: its number, or a name that fits only one",
        since="From this day on, like 2026-03-01",
        until="Up to this day, like 2026-03-31",
    )
    async def search(
        self,
        interaction: Interaction,
        words: app_commands.Range[str, 1, WORDS_LIMIT],
        session: app_commands.Range[str, 1, 200] | None = None,
        since: app_commands.Range[str, 1, 20] | None = None,
        until: app_commands.Range[str, 1, 20] | None = None,
    ) -> None:
        """Show the newest hits."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        only = await find(self._services, actor, session) if session is not None else None
        if only is not None and only.temporary:
            raise Told(NOT_LOOKED_INTO.format(label(only)))
        asked = Asked(
            words=" ".join(words.split()),
            number=only.number if only is not None else 0,
            since=day(since),
            until=day(until),
        )
        if not phrases(asked.words):
            raise Told(NO_WORDS)
        if asked.until and asked.since > asked.until:
            raise Told(TURNED_AROUND)
        await reply.say(view=await self._page(actor, asked, 0))

    @search.autocomplete("session")
    async def _session_choices(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await choices(self._services, interaction, current)

    async def _turn_page(self, interaction: Interaction, arguments: list[str]) -> None:
        before, number, since, until = entry_in(arguments, 0), *(number_in(arguments, at) for at in (1, 2, 3))
        asked = Asked(words=words_of(interaction.message), number=number, since=since, until=until)
        view = await self._page(actor_of(interaction), asked, before)
        await reply_to(interaction, in_place=True).say(view=view)

    async def _page(self, actor: Actor, asked: Asked, before: int) -> discord.ui.LayoutView:
        """The hits older than the place `before`, or the newest ones for 0. Raises `SessionNotFound`."""
        session = await self._services.store.sessions.find(actor, asked.number) if asked.number else None
        found = await self._services.store.transcripts.search_messages(
            actor,
            asked.words,
            session=session.id if session is not None else None,
            since=midnight(asked.since),
            until=midnight(asked.until + 1 if asked.until else 0),
            limit=PAGE_SIZE + 1,
            before=before or None,
        )
        return results(asked, found, before)


def day(text: str | None) -> int:
    """The day that a person typed; 0 for none. Raises `Told`."""
    if text is None:
        return 0
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC).toordinal()
    except ValueError:
        raise Told(NO_DATE) from None


def midnight(ordinal: int) -> datetime | None:
    """The beginning of that day (UTC), or of the last day that dates have; `None` for 0."""
    return datetime.combine(date.fromordinal(min(ordinal, date.max.toordinal())), time(), UTC) if ordinal else None


def words_of(message: discord.Message | None) -> str:
    """The words that the message shows hits of. Raises `Unreadable` where it shows none."""
    first = message.components[0] if message is not None and message.components else None
    if not isinstance(first, discord.TextDisplay) or not first.content.startswith(HEAD):
        raise Unreadable
    return re.sub(r"\\(.)", r"\1", first.content.removeprefix(HEAD))


def head(words: str) -> str:
    """The first line, from which `words_of` gets the words back: each sign has a backslash, so none has any effect."""
    return HEAD + _SIGN.sub(r"\\\1", words)


def results(asked: Asked, found: Sequence[Hit], before: int) -> discord.ui.LayoutView:
    """A page of hits; one more than a page holds says that there are older ones."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.TextDisplay(head(asked.words)))
    shown = found[:PAGE_SIZE]
    if shown:
        box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container()
        for place, hit in enumerate(shown):
            box.add_item(discord.ui.TextDisplay(told(hit)))
            # Ids in one message differ (Discord's documentation, "Component Reference"), and two hits may be of one session.
            opener = button("Open", "open", hit.session.id, place)
            box.add_item(discord.ui.ActionRow(button("Open here", "here", hit.session.id, hit.entry), opener))
        view.add_item(box)
    else:
        view.add_item(discord.ui.TextDisplay(NO_MORE if before else NOTHING))
    pager = _pager(asked, found, before)
    if pager:
        view.add_item(discord.ui.ActionRow(*pager))
    return view


def told(hit: Hit) -> str:
    """Where it was said, by whom, when, and the snippet with the hits in bold."""
    speaker = "You" if hit.kind == EntryKind.USER else "Cubby"
    return f"{label(hit.session)} · {speaker} · {ago(hit.created)}\n> {snippet(hit.snippet)}"


def snippet(pieces: Sequence[Piece]) -> str:
    """The pieces as inert text, hits in bold, cut between two where they get too long."""
    text = ""
    for piece in pieces:
        shown = f"**{inert(piece.text)}**" if piece.is_hit else inert(piece.text)
        if len(text) + len(shown) >= SNIPPET_LIMIT:
            return text + "…"
        text += shown
    return text


def _pager(asked: Asked, found: Sequence[Hit], before: int) -> list[discord.ui.Button[Any]]:
    narrowed = (asked.number, asked.since, asked.until)
    buttons: list[discord.ui.Button[Any]] = []
    if before:
        buttons.append(button("Newest", "found", 0, *narrowed))
    if len(found) > PAGE_SIZE:
        buttons.append(button("Older", "found", found[PAGE_SIZE - 1].place, *narrowed))
    return buttons
