"""Summaries that stand for the older part of a path: what makes one, and what holds."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from storage.records.turns import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSummary:
    """What a summary says, and of what."""

    text: str
    first_kept: int
    """The depth of the oldest entry that is sent to the model beside it."""
    newest: int
    """The entry above that one: the newest that it stands for."""
    model: str
    tokens_before: int
    """What the context had before it."""
    left_out: bool = False
    """Whether the oldest of what it stands for did not fit it."""
    omitted: AbstractSet[int] = frozenset()
    """The answers up to `newest` whose exchanges it tells nothing of, since they are left out (`storage/omissions.py`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds on a path."""

    compaction: Entry | None = None
    """The newest compaction of the path that was not taken back."""
    undone: int | None = None
    """Where a newer one was taken back: how long the path was then, as the depth of its end."""


class Undone(StrEnum):
    """What became of taking a compaction back."""

    NOW = "now"
    ALREADY = "already"
    """It was before."""
    REPLACED = "replaced"
    """A newer one of its path holds, which tells of it; nothing was changed."""
