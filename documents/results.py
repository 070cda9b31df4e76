"""What becomes of a file that was attached, and how much of it is looked at."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Reason(StrEnum):
    """Why a file could not be read."""

    UNKNOWN_KIND = "unknown_kind"
    """Nothing that is read here: a video, a program, a spreadsheet."""
    DAMAGED = "damaged"
    """It begins as what it says it is, and then does not hold together."""
    ENCRYPTED = "encrypted"
    """It opens with a password only."""
    TOO_LARGE = "too_large"
    """It has more bytes than are taken."""
    TOO_LONG = "too_long"
    """Reading it took more time than there is for it."""
    TOO_MUCH = "too_much"
    """It unfolds to more than there is memory for, as a bomb does."""
    EMPTY = "empty"
    """Nothing is written in it."""
    SCANNED = "scanned"
    """Its pages have no words, as where they are pictures only."""
    NOT_NOW = "not_now"
    """Nobody looked at it: the system has no process to spare, or the bot is ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far a file is read."""

    bytes: int = 25 * 2**20
    seconds: float = 20.0
    """By the clock; then the child process is killed."""
    memory_bytes: int = 768 * 2**20
    """Of address space, where the system can limit it; a picture of the most pixels needs about half of it."""
    unpacked_bytes: int = 64 * 2**20
    """What a packed file may unfold to."""
    pages: int = 300
    characters: int = 200_000
    pixels: int = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture drawn anew: no larger than a model looks at, upright, and without what a camera writes beside it."""

    mime: str
    data: bytes
    width: int
    height: int
    resized: bool
    """Whether it had other measures before it was drawn anew: it was scaled down, or turned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Words out of a file."""

    kind: str
    """For people and for the model: "PDF", "Word", "CSV", "JSON" or "text"."""
    text: str
    pages: int | None
    """How many the file has, read or not; `None` where a kind has none."""
    cut: bool
    """Only the beginning was read, as a limit was reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Nothing came out of a file."""

    reason: Reason


Result: TypeAlias = Picture | Written | Unread


class Unreadable(Exception):
    """What a parser raises where it can tell why a file is `Unread`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
