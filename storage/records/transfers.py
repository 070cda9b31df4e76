"""Sessions as a whole, coming in from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from storage.records.sessions import NamedBy

HERE: Final = "cubby"
"""The source of sessions that were begun in a Cubby, this one or another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a session comes from that was taken in, so that it is known again, and goes out as it came."""

    source: str
    """The kind of program it was begun in."""
    external_id: str
    """What it is called there."""
    parent: str | None = None
    """What the session is called there that it was forked from."""
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What is said of it there and we have no place for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftEntry:
    """An entry under an id of its own file's; its parent comes before it."""

    id: int
    parent: int | None
    kind: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A session that is to be taken in, but for its entries."""

    created: datetime
    name: str | None = None
    named_by: NamedBy = NamedBy.PERSON
    """Counts only where there is a name."""
    model: str | None = None
    instructions: str | None = None
    """What the model is told in it, kept as a choice for it (see `Preferences`)."""
    pinned: bool = False
    archived: bool = False
    leaf: int | None = None
    """The id of the entry at which its current path ends; `None` for the last one."""
    provenance: Provenance | None = None
