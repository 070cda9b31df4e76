"""Sessions as a whole, coming in from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage.records.sessions import NamedBy


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
    pinned: bool = False
    archived: bool = False
    leaf: int | None = None
    """The id of the entry at which its current path ends; `None` for the last one."""
    source: str | None = None
    external_id: str | None = None
    """With `source`: what it is called where it comes from, so that it can be known again."""
