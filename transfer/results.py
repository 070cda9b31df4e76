"""What reading a file can come to: sessions, damage that was passed over, or a refusal."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from storage.records import EntryKind
from transfer.limits import MOST_DAMAGES_LISTED
from transfer.saved import Loaded, SavedEntry


class TransferRefused(Exception):
    """The file is not taken at all; the message is a sentence for the person who sent it."""


class Format(StrEnum):
    """What a file is, by its content."""

    JSON = "json"
    """One session in our own schema."""
    ARCHIVE = "archive"
    """A ZIP of ours."""
    PI = "pi"
    CHATGPT = "chatgpt"
    CLAUDE = "claude"


class Place(StrEnum):
    """What a damage's number counts."""

    LINE = "line"
    CONVERSATION = "conversation"
    FILE = "file"
    """A whole file of an archive."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that could not be read, or not as it was; the rest was."""

    place: Place
    number: int
    """From 1."""
    reason: str
    """A sentence."""
    file: str | None = None
    """The file it was in, where it came in an archive."""

    def __str__(self) -> str:
        if self.place is Place.FILE:
            return f"{self.file}: {self.reason}"
        inside = f"{self.file}, " if self.file else ""
        return f"{inside}{self.place} {self.number}: {self.reason}"


Result = Loaded | Damage


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a file holds, for the preview."""

    format: Format
    conversations: int
    messages: int
    """User and assistant messages, of all branches."""
    damages: int
    listed: tuple[Damage, ...]
    """The first of the damages."""


def is_message(entry: SavedEntry) -> bool:
    """Whether it counts as a message."""
    return entry.kind in (EntryKind.USER, EntryKind.ASSISTANT)


def count(kind: Format, results: Iterable[Result]) -> Survey:
    """The survey of what was read, one result in memory at a time."""
    conversations = messages = damages = 0
    listed: list[Damage] = []
    for result in results:
        if isinstance(result, Loaded):
            conversations += 1
            messages += sum(map(is_message, result.entries))
        else:
            damages += 1
            listed.extend(islice([result], MOST_DAMAGES_LISTED - len(listed)))
    return Survey(format=kind, conversations=conversations, messages=messages, damages=damages, listed=tuple(listed))
