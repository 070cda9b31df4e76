"""What a search finds."""

from dataclasses import dataclass
from datetime import datetime

from storage.records.sessions import SessionInfo


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet: plain text, on one line."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A message in which all that was asked for was said."""

    session: SessionInfo
    entry: int
    kind: str
    created: datetime
    snippet: tuple[Piece, ...]
    """Cut around the first word that was found."""
    place: int
    """Where it stands in the order of time, for its owner; `before` of the next page."""
