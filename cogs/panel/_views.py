"""What the panel looks like: a page of a list, and the card of one session. Plain functions from data to Components V2.

Limits (Discord's documentation, "Component Reference"): 40 components a message, 25 options a select, 5 buttons a row, and
4,000 characters over all text displays. What is longest stays well below each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import discord

from cogs.controls import button, line_up
from cogs.ids import custom_id
from cogs.panel._where import Where
from cogs.resting import Resting, rule, select
from cogs.words import ago, inert, label, messages, plain_label, quote
from delivery.inert import shorten
from delivery.render import title
from storage.records import BIN_KEEPS, Counts, Page, SessionInfo, Shelf

HEADINGS: Final = {
    Shelf.OPEN: "Your sessions",
    Shelf.PINNED: "Your pinned sessions",
    Shelf.ARCHIVED: "Your archived sessions",
    Shelf.BIN: "Your bin",
}
FILTERS: Final = {Shelf.OPEN: "Open", Shelf.PINNED: "Pinned", Shelf.ARCHIVED: "Archived", Shelf.BIN: "Bin"}
EMPTY: Final = {
    Shelf.OPEN: "You have no sessions yet. `/ask` something, or write to me in a direct message, and the first one starts.",
    Shelf.PINNED: "Nothing is pinned. Choose a session, then *Pin*, and it comes first in your list.",
    Shelf.ARCHIVED: "Nothing is archived. Choose a session, then *Archive*, and it makes room in your list.",
    Shelf.BIN: f"The bin is empty. What you delete rests here for {BIN_KEEPS.days} days.",
}
ALL_AWAY: Final = "None of your sessions is open. `/new` starts one; the others are in the lists below."

Box = discord.ui.Container[discord.ui.LayoutView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What a person's sessions are doing while the panel is drawn."""

    active: UUID | None = None
    writing: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What was just done, above all else, with the way back where there is one."""

    text: str
    undo: UUID | None = None


def list_view(
    page: Page[SessionInfo],
    shelf: Shelf,
    counts: Counts,
    now: Now,
    note: Note | None = None,
    resting: Resting | None = None,
) -> discord.ui.LayoutView:
    """One page of a list, with a select to choose from it, one for another list, the pager, and what `resting` lets choose."""
    where = Where(shelf, page.number)
    view, box = started(where, note)
    box.add_item(discord.ui.TextDisplay(f"### {HEADINGS[shelf]}"))
    box.add_item(discord.ui.TextDisplay("\n".join(_line(session, now) for session in page.items) or _empty(shelf, counts)))
    for line in _footer(page, shelf, counts, resting):
        box.add_item(discord.ui.TextDisplay(f"-# {line}"))
    if page.items:
        view.add_item(line_up(_chooser(page, where, now)))
    if counts != Counts():
        view.add_item(line_up(_filter(where, counts)))
    if page.pages > 1:
        view.add_item(line_up(*_pager(page, where)))
    if resting is not None:
        view.add_item(line_up(select(resting)))
    return view


def card_view(
    session: SessionInfo,
    where: Where,
    now: Now,
    note: Note | None = None,
    parent: SessionInfo | None = None,
    *,
    goes_on_elsewhere: bool = False,
) -> discord.ui.LayoutView:
    """One session with all that can be done to it, and the way back to `where` it was chosen. A fork's `parent` is named.
    *Branches* is offered where there are several, or where the one there is `goes_on_elsewhere`.
    """
    view, box = started(where, note)
    box.add_item(discord.ui.TextDisplay(f"### {label(session, 100)}"))
    box.add_item(discord.ui.TextDisplay("\n".join(_facts(session, now, parent))))
    for buttons in _offers(session, where, has_ways=session.branches > 1 or goes_on_elsewhere):
        view.add_item(line_up(*buttons))
    return view


def stop_first_view(session: SessionInfo, where: Where) -> discord.ui.LayoutView:
    """Asks whether to delete a session while an answer is being written in it."""
    view, box = started(where, None)
    box.add_item(discord.ui.TextDisplay(f"{label(session)} is still writing."))
    place = (session.id, *where.arguments)
    stop = button("Stop & delete", "stopbin", *place, style=discord.ButtonStyle.danger)
    view.add_item(line_up(stop, button("Stay", "card", *place)))
    return view


def for_good_view(session: SessionInfo, where: Where) -> discord.ui.LayoutView:
    """Asks once more before a session in the bin goes for good."""
    view, box = started(where, None)
    question = f"Delete {label(session)} for good? Its {messages(session.message_count)} can't be brought back then."
    box.add_item(discord.ui.TextDisplay(question))
    place = (session.id, *where.arguments)
    delete = button("Delete for good", "purge", *place, style=discord.ButtonStyle.danger)
    view.add_item(line_up(delete, button("Keep it", "card", *place)))
    return view


def started(where: Where, note: Note | None) -> tuple[discord.ui.LayoutView, Box]:
    """A panel's view with its box, in which the note stands already."""
    view = discord.ui.LayoutView(timeout=None)
    box: Box = discord.ui.Container()
    if note is not None and note.undo is not None:
        undo = button("Undo", "unact", note.undo, *where.arguments)
        box.add_item(discord.ui.Section(discord.ui.TextDisplay(note.text), accessory=undo))
    elif note is not None:
        box.add_item(discord.ui.TextDisplay(note.text))
    view.add_item(box)
    return view, box


def _empty(shelf: Shelf, counts: Counts) -> str:
    return EMPTY[shelf] if shelf is not Shelf.OPEN or counts == Counts() else ALL_AWAY


def _footer(page: Page[SessionInfo], shelf: Shelf, counts: Counts, resting: Resting | None) -> Sequence[str]:
    facts = [f"Page {page.number + 1} of {page.pages}", f"{page.total} sessions"] if page.pages > 1 else []
    if counts.archived_lately and shelf in (Shelf.OPEN, Shelf.ARCHIVED):
        facts.append(f"{counts.archived_lately} archived this week")
    return [*([" · ".join(facts)] if facts else []), *([rule(resting)] if resting is not None else [])]


def _line(session: SessionInfo, now: Now) -> str:
    shown = inert(title(session, 50), 50)
    when = f"deleted {ago(session.deleted)}" if session.deleted is not None else ago(session.modified)
    marks = [f"**{mark}**" if is_news else mark for mark, is_news in _marks(session, now)]
    if session.origin is not None:
        marks.append(f"forked from {session.origin.number}")
    return " · ".join([f"**{session.number}**", shown, messages(session.message_count), when, *marks])


def _marks(session: SessionInfo, now: Now) -> Sequence[tuple[str, bool]]:
    """What sets a session apart; with those a person looks for, true."""
    marks = (
        (session.id == now.active, "you're here", True),
        (session.temporary, "temporary", False),
        (session.pinned, "pinned", False),
        (session.id in now.writing, "writing", True),
        (session.unread, "new answer", True),
        (session.branches > 1, f"{session.branches} branches", False),
        (session.archived_by_itself is not None, "archived by itself", False),
    )
    return [(mark, is_news) for is_so, mark, is_news in marks if is_so]


def _facts(session: SessionInfo, now: Now, parent: SessionInfo | None) -> Sequence[str]:
    facts = [f"{messages(session.message_count)} · last {ago(session.modified)} · started {ago(session.created)}"]
    if session.name is not None and session.first_message is not None:
        facts.append(quote(session.first_message))
    marks = " · ".join(mark for mark, _ in _marks(session, now))
    if marks:
        facts.append(marks[0].upper() + marks[1:])
    if session.origin is not None:
        facts.append(f"Forked from {label(parent) if parent is not None else session.origin.number}")
    if session.model is not None:
        facts.append(f"-# Answered by {inert(session.model, 100)}")
    if session.deleted is not None:
        facts.append(f"In the bin since {ago(session.deleted)}; deleted for good {ago(session.deleted + BIN_KEEPS)}.")
    return facts


def _offers(session: SessionInfo, where: Where, *, has_ways: bool) -> Sequence[Sequence[discord.ui.Button[Any]]]:
    """The card's buttons, row by row. What is in the bin comes back or goes for good; what is temporary can be kept."""
    place = (session.id, *where.arguments)
    back = button("Back", "page", *where.arguments)
    if session.deleted is not None:
        restore = button("Restore", "restore", *place, style=discord.ButtonStyle.primary)
        return [[restore, button("Delete for good", "sure", *place, style=discord.ButtonStyle.danger), back]]
    reading = [button("Open", "enter", *place, style=discord.ButtonStyle.primary), button("History", "read", *place)]
    ending = [button("Delete", "bin", *place, style=discord.ButtonStyle.danger), back]
    if session.temporary:
        return [[*reading, button("Keep this", "lasts", *place)], ending]
    acts = [
        *reading,
        button("Rename", "newname", *place),
        button("Unpin", "unpin", *place) if session.pinned else button("Pin", "pin", *place),
        button("Unarchive", "unarchive", *place) if session.archived else button("Archive", "archive", *place),
    ]
    ways = [button("Fork", "forkone", *place)] if session.leaf is not None else []
    if has_ways:
        ways.append(button("Branches", "branches", *place))
    if session.leaf is not None:
        ways.append(button("Export", "exportone", session.id))
    return [acts, [*ways, *ending]]


def _chooser(page: Page[SessionInfo], where: Where, now: Now) -> discord.ui.Select[discord.ui.LayoutView]:
    options = [
        discord.SelectOption(
            label=shorten(plain_label(session), 100),
            value=str(session.number),
            description=", ".join(mark for mark, _ in _marks(session, now)) or None,
        )
        for session in page.items
    ]
    return discord.ui.Select(placeholder="Choose a session", options=options, custom_id=custom_id("pick", *where.arguments))


def _filter(where: Where, counts: Counts) -> discord.ui.Select[discord.ui.LayoutView]:
    many = {Shelf.OPEN: counts.open, Shelf.PINNED: counts.pinned, Shelf.ARCHIVED: counts.archived, Shelf.BIN: counts.bin}
    options = [
        discord.SelectOption(label=f"{name} · {many[shelf]}", value=shelf.value, default=shelf is where.shelf)
        for shelf, name in FILTERS.items()
    ]
    return discord.ui.Select(placeholder="Which list", options=options, custom_id=custom_id("shelf"))


def _pager(page: Page[SessionInfo], where: Where) -> Sequence[discord.ui.Button[Any]]:
    """No two ids in a message may be the same, so each says which button it is, behind what is read of it."""
    last = page.pages - 1
    targets = {"First": 0, "Previous": max(page.number - 1, 0), "Next": min(page.number + 1, last), "Last": last}
    shown = targets if page.pages > 2 else {name: targets[name] for name in ("Previous", "Next")}
    buttons: list[discord.ui.Button[Any]] = []
    for name, target in shown.items():
        turn = button(name, "page", *Where(where.shelf, target).arguments, name.lower())
        turn.disabled = target == page.number
        buttons.append(turn)
    return buttons
