"""`/history` and *Open here*: the transcript of a session, newest page first, or the page on which something was said.

A page is cut from the end of the current path, so it costs what was paged through, not the session's length.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from cogs.controls import button, row
from cogs.find import choices, wanted
from cogs.reply import Answering, Interaction, actor_of, reply_to
from cogs.router import entry_in, number_in, uuid_in
from cogs.services import Services
from cogs.words import NOTHING_OPEN, inert, label
from delivery.splitting import fence_lines, split
from storage.omissions import OMITTED, going_out, left_out
from storage.records import Actor, Entry, EntryKind, SessionInfo, TurnState, files_in
from storage.store import Store

FILE_NAME: Final = 30
PAGE_CHARACTERS: Final = 1600
"""Characters of transcript a page holds; the rest of a message's 2,000 is for its frame."""

READ_AHEAD: Final = 30
"""Entries read from the store at once."""

ELSEWHERE: Final = "That stands beside the conversation in {} now. *Branches* on its card in `/sessions` leads to it."
"""For what is off the current path: by a retry, an edit or a move."""

MARKS: Final = {
    TurnState.STOPPED.value: "stopped",
    TurnState.TRUNCATED.value: "cut",
    TurnState.INTERRUPTED.value: "interrupted",
}

FORGOTTEN: Final = "forgotten"
"""The mark of what is left out of what models are sent."""

BACKTICKS: Final = re.compile(r"`{3,}")

SUMMED_UP: Final = "-# The model reads a summary in place of older messages from here on. They are all kept."


class History(commands.Cog):
    """Shows what was said."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("history", self._turn_page)
        services.router.add("here", self._at_an_entry)
        services.router.add("newest", self._from_an_answer)

    @app_commands.command(name="history", description="Read a session again from its newest page back")
    @app_commands.describe(session="Its number, or a name that fits only one; leave it out for the one you're in")
    async def history(self, interaction: Interaction, session: app_commands.Range[str, 1, 200] | None = None) -> None:
        """Show the newest page of a session's transcript."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        meant = await wanted(self._services, reply, session)
        if meant is None:
            await reply.say(NOTHING_OPEN)
        else:
            await show_page(self._services.store, actor, reply, meant)

    @history.autocomplete("session")
    async def _session_choices(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await choices(self._services, interaction, current)

    async def _turn_page(self, interaction: Interaction, arguments: list[str]) -> None:
        actor = actor_of(interaction)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        await show_page(self._services.store, actor, reply_to(interaction, in_place=True), session, number_in(arguments, 1))

    async def _from_an_answer(self, interaction: Interaction, arguments: list[str]) -> None:
        """Show the newest page in a message of its own."""
        actor = actor_of(interaction)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        await show_page(self._services.store, actor, reply_to(interaction), session)

    async def _at_an_entry(self, interaction: Interaction, arguments: list[str]) -> None:
        """Show the page on which an entry begins, in a message of its own."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        session, wanted = await self._services.store.sessions.get(actor, uuid_in(arguments)), entry_in(arguments, 1)
        entries = await _read(self._services.store, actor, session, lambda read: read[0].id <= wanted)
        since = [entry for entry in entries if entry.id >= wanted]
        if not since or since[0].id != wanted:
            await reply.say(ELSEWHERE.format(label(session)))
            return
        await show_page(self._services.store, actor, reply, session, len(pages_of(since)) - 1)


async def show_page(store: Store, actor: Actor, reply: Answering, session: SessionInfo, number: int = 0) -> None:
    """Say a page of a session's transcript, from the end; an answer in the newest one is unread no more.

    Raises `SessionNotFound`.
    """
    text, view = await _page(store, actor, session, number)
    await reply.say(text, view=view)
    if session.unread and number == 0:
        await store.sessions.read(actor, session.id)


async def _page(store: Store, actor: Actor, session: SessionInfo, number: int) -> tuple[str, discord.ui.View | None]:
    """Page `number` from the end (0 is the newest), or the oldest where there are fewer."""
    entries = await _read(store, actor, session, lambda read: len(pages_of(read)) >= number + 2)
    pages = pages_of(entries)
    if not pages:
        return f"{label(session)} is still empty.", None
    shown = min(number, len(pages) - 1)
    older = button("Older", "history", session.id, shown + 1)
    newer = button("Newer", "history", session.id, max(shown - 1, 0))
    older.disabled, newer.disabled = shown + 1 >= len(pages), shown == 0
    remember = button("Remember all that's forgotten", "rememberall", session.id, shown)
    buttons = [*([older, newer] if len(pages) > 1 else []), *([remember] if any(map(is_forgotten, entries)) else [])]
    return f"{label(session)}\n{pages[shown]}", row(*buttons) if buttons else None


async def _read(store: Store, actor: Actor, session: SessionInfo, enough: Callable[[Sequence[Entry]], bool]) -> Sequence[Entry]:
    """The newest entries of the current path, until they are `enough` or all. Each read doubles what there is, so that a far
    page costs about twice the entries it is away.
    """
    entries: list[Entry] = []
    omitted = await store.omissions.of(actor, session.id)
    while not entries or not enough(entries):
        limit, before = max(READ_AHEAD, len(entries)), entries[0].id if entries else None
        more = await store.transcripts.tail(actor, session.id, limit=limit, before=before)
        read = [*more, *entries]
        out = left_out(read, omitted)
        entries = [going_out(entry, omitted=entry.id in out) for entry in read]
        if len(more) < limit:
            break
    return entries


def is_forgotten(entry: Entry) -> bool:
    """Whether an entry that was read here is left out of what models are sent."""
    return entry.data.get(OMITTED) is True


def pages_of(entries: Sequence[Entry]) -> list[str]:
    """The transcript in pages, newest page first; within a page the oldest words come first."""
    pages: list[list[str]] = [[]]
    for block in reversed([block for entry in entries for block in _blocks(entry)]):
        if pages[-1] and sum(map(len, pages[-1])) + len(block) > PAGE_CHARACTERS:
            pages.append([])
        pages[-1].append(block)
    return ["\n".join(reversed(page)) for page in pages if page]


def _with_files(entry: Entry) -> str | None:
    match files_in(entry.data):
        case ():
            return None
        case (file,):
            return f"with {inert(file.name, FILE_NAME)}"
        case files:
            return f"with {len(files)} files"


def _blocks(entry: Entry) -> list[str]:
    """One entry under a line that tells who spoke and when, cut so that each block fits a page."""
    match entry.kind:
        case EntryKind.USER:
            speaker, mark = "You", _with_files(entry)
        case EntryKind.ASSISTANT:
            mark = MARKS.get(str(entry.data.get("outcome")))
            speaker = "Cubby"
        case EntryKind.FAILURE:
            return ["-# No answer came to this."]
        case EntryKind.COMPACTION:
            return [SUMMED_UP]
        case _:
            return []
    told = ", ".join(filter(None, (mark, FORGOTTEN if is_forgotten(entry) else None)))
    head = f"**{speaker}{f' ({told})' if told else ''}** · {discord.utils.format_dt(entry.created, 'f')}"
    first, *rest = map(_apart, split(entry.text, PAGE_CHARACTERS - 100) or [""])
    return [f"{head}\n{first}", *rest]


def _apart(block: str) -> str:
    """With no backticks that would, in Discord, make code of what another message on the page says up to its own."""
    fences = fence_lines(block)
    loose = [run for run in BACKTICKS.finditer(block) if not any(begin <= run.start() < end for begin, end, _ in fences)]
    if len(loose) % 2 == 0:
        return block
    at = loose[-1].start() + 1
    return f"{block[:at]}\u200b{block[at:]}"
