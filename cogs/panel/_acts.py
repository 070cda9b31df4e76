"""What the panel's buttons do to a session by a single call of the store, and what is said of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from storage.records import Actor, Changed
from storage.shelves import Shelves


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One of them. `said` follows the session's label."""

    do: Callable[[Shelves, Actor, int], Awaitable[Changed]]
    said: str
    stays: bool = False
    """Whether the session stays in its list, so that its card is shown again."""


ACTS: Final[Mapping[str, Act]] = {
    "pin": Act(do=lambda shelves, actor, number: shelves.pin(actor, number), said="is pinned and comes first.", stays=True),
    "unpin": Act(do=lambda shelves, actor, number: shelves.unpin(actor, number), said="is no longer pinned.", stays=True),
    "archive": Act(do=lambda shelves, actor, number: shelves.archive(actor, number), said="is archived."),
    "unarchive": Act(do=lambda shelves, actor, number: shelves.unarchive(actor, number), said="is out of the archive."),
    "restore": Act(do=lambda shelves, actor, number: shelves.restore(actor, number), said="is out of the bin."),
}
"""By the verb of its button."""
