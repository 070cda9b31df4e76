"""What travels in and out: one session and its entries, in no format and in no store.

Ids are text, whatever they were where the session came from; they are unique in their session, and nothing is made of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage.records import HERE


class SessionGone(Exception):
    """A session was deleted while it was being written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSession:
    """A session without its entries. Times are aware and UTC."""

    id: str
    number: int | None = None
    """Its owner's number for it, where it had one; an import gives it a new one."""
    name: str | None = None
    created: datetime
    modified: datetime
    """The newest user or assistant message, else the creation."""
    archived: bool = False
    pinned: bool = False
    parent: str | None = None
    """The session it was forked from."""
    leaf: str | None = None
    """The entry at the end of the current path."""
    model: str | None = None
    """The model that gave the newest answer."""
    instructions: str | None = None
    """What its owner has the model told in it."""
    source: str = HERE
    """The format it first came from: a `Format` value or `HERE`."""
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What that format had and we have not, under the format's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedEntry:
    """One entry. `kind` is an `EntryKind` value or any other text: what we do not know is carried as it is."""

    id: str
    parent: str | None
    kind: str
    author: str | None = None
    """The role of who said it (`user`, `assistant`, `tool`, `system`), where that is known."""
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    created: datetime


@dataclass(frozen=True, slots=True)
class Loaded:
    """A session that was read, its entries in order: a parent always comes before its children."""

    session: SavedSession
    entries: tuple[SavedEntry, ...]
