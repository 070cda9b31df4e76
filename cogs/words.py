"""The words that several commands share: a session's label, a quoted line, lists, and the sentences that must be the same
everywhere.

Whatever people typed is made inert here before it is shown: Markdown is escaped, line breaks become spaces.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import discord

from agent.outcomes import Deleted
from delivery.inert import inert as without_effect
from delivery.inert import shorten
from delivery.render import TEMPORARY, small, title
from storage.backups import Copies
from storage.records import BIN_KEEPS, Departure, Leave, SessionInfo, Turn

GONE: Final = "That isn't available any more. `/sessions` shows what's yours."
"""The one answer to any button or choice that is foreign, expired or unknown."""

NO_SUCH_SESSION: Final = "You have no session like that. `/sessions` shows the ones you have."
"""The one answer to a session that is missing or somebody else's."""

NEXT_STARTS: Final = "No session is open now; your next message starts a new one."

NOT_SAVED: Final = small(TEMPORARY)
"""What a temporary session is, said at its start."""

NOTHING_OPEN: Final = "No session is open. Your next message starts a new one, and `/sessions` shows the others."


LISTED: Final = 8
"""How many prompts that wait are listed, with buttons for each: Discord takes 25 in a message."""

FILE_NAME: Final = 60
"""Characters of a file's name that are shown."""


def inert(text: str, limit: int) -> str:
    """Text that people wrote, on one line of at most `limit` characters, without any effect as Markdown, mention or link."""
    return without_effect(shorten(text, limit))


def plain_label(session: SessionInfo, limit: int = 50) -> str:
    """Number and title as plain text, for labels and choices (no Markdown is read there): `3 · Auth bug`."""
    return f"{session.number} · {title(session, limit)}"


def label(session: SessionInfo, limit: int = 50) -> str:
    """Number and title for message content, inert and bold."""
    return f"**{session.number} · {without_effect(title(session, limit))}**"


def messages(count: int) -> str:
    """The count with its noun: `1 message`, `12 messages`."""
    return "1 message" if count == 1 else f"{count} messages"


def ago(moment: datetime) -> str:
    """A time that Discord shows relative to now, in the reader's language."""
    return discord.utils.format_dt(moment, "R")


def quote(text: str, limit: int = 200) -> str:
    """One inert line as a block quote."""
    return f"> {inert(text, limit)}"


def paused_line(session: SessionInfo, paused: Sequence[Turn]) -> str:
    """What is said of prompts that a stop has paused."""
    if len(paused) == 1:
        return f"1 message still waits in {label(session)}. Send it, edit it or remove it:\n{quote(paused[0].prompt)}"
    lines = [f"> {place}. {inert(turn.prompt, 100)}" for place, turn in enumerate(paused[:LISTED], start=1)]
    if len(paused) > LISTED:
        lines.append(f"> and {len(paused) - LISTED} more")
    return "\n".join([f"{len(paused)} messages still wait in {label(session)}. Send, edit or remove them:", *lines])


def binned(deleted: Deleted) -> str:
    """What is said of a session that went to the bin."""
    said = f"{label(deleted.changed.session)} is in the bin. `/sessions` has it there for {BIN_KEEPS.days} days."
    return f"{said} {NEXT_STARTS}" if deleted.was_active else said


def saved_now(session: SessionInfo) -> str:
    """What is said of a session that was temporary and is kept."""
    return f"{label(session)} is saved now, like any other session of yours."


def gone(session: SessionInfo, *, was_active: bool = False) -> str:
    """What is said of a temporary session that has ended."""
    said = f"{label(session)} is gone: it was temporary."
    return f"{said} {NEXT_STARTS}" if was_active else said


def purged(session: SessionInfo, copies: Copies) -> str:
    """What is said of a session that is deleted for good."""
    return f"{label(session)} is deleted for good. {in_backups(copies)}"


def in_backups(copies: Copies) -> str:
    """What is said of the backups that may still hold what is deleted."""
    if copies.kept:
        return "Backups that were made before may hold it until whoever runs me deletes them."
    if copies.until is not None:
        return f"The last of my backups that may hold it goes {ago(copies.until)}."
    return "None of my backups holds it."


def given_back(departure: Departure) -> str:
    """Everything that came with a request, whole, so that nothing a person typed is lost."""
    parts: list[str] = []
    if departure.name:
        parts.append(f"Name: {inert(departure.name, 100)}")
    if departure.prompt and departure.prompt.text and departure.leave not in (Leave.RETRY, Leave.FINISH):
        names = [file.attached.name for file in departure.prompt.files]
        parts.append(to_send_again(departure.prompt.text, names))
    return "\n".join(parts)


def to_send_again(text: str, files: Sequence[str]) -> str:
    """What a person wrote, whole, with the names of the files that came with it: nobody but they can attach these again."""
    return f"Your message, to send again{attach_too(files)}:\n{text}"


def attach_too(files: Sequence[str]) -> str:
    """What is said of the files with words that are given back, by name."""
    names = ", ".join(inert(name, FILE_NAME) for name in files)
    return f" (attach {names} again, too)" if names else ""
