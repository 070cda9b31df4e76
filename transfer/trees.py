"""Makes a tree of entries that claim to be one: each id once, each parent there and earlier, no circles, one leaf.

What is wrong is put right where it loses least, and said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from transfer.saved import SavedEntry


@dataclass(frozen=True, slots=True)
class Fault:
    """What was put right, and at which of the entries that were given."""

    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The entries, parents first, otherwise in the order they came in."""

    entries: tuple[SavedEntry, ...]
    leaf: str | None
    faults: tuple[Fault, ...] = ()


def grow(given: Sequence[SavedEntry], leaf: str | None) -> Tree:
    """The tree of `given`. A second entry with an id is dropped; one whose parent is missing follows the one before it, so that
    a conversation with a hole stays one; a circle is opened at its first entry. A `leaf` that is not there is the last entry.
    """
    faults: list[Fault] = []
    places: dict[str, int] = {}
    for at, entry in enumerate(given):
        if places.setdefault(entry.id, at) != at:
            faults.append(Fault(at, "Its id was used before, so it was left out."))
    kept = list(places.values())
    parents = _parents(given, kept, places, faults)
    order = _parents_first(kept, parents, faults)
    ids = {at: given[at].id for at in kept}
    entries = tuple(_with_parent(given[at], None if (parent := parents[at]) is None else ids[parent]) for at in order)
    last = given[kept[-1]].id if kept else None
    return Tree(entries, leaf if leaf in places else last, tuple(sorted(faults, key=lambda fault: fault.at)))


def path(entries: Iterable[SavedEntry], leaf: str | None) -> list[SavedEntry]:
    """The entries from the root to `leaf`, of a tree that was grown."""
    by_id = {entry.id: entry for entry in entries}
    found: list[SavedEntry] = []
    at = leaf
    while at is not None and (entry := by_id.pop(at, None)) is not None:
        found.append(entry)
        at = entry.parent
    return found[::-1]


def _parents(
    given: Sequence[SavedEntry], kept: list[int], places: dict[str, int], faults: list[Fault]
) -> dict[int, int | None]:
    """The place of each kept entry's parent; of one that is missing, that of the entry before."""
    parents: dict[int, int | None] = {}
    before: int | None = None
    for at in kept:
        wanted = given[at].parent
        if wanted is None or wanted in places:
            parents[at] = None if wanted is None else places[wanted]
        else:
            parents[at] = before
            faults.append(Fault(at, "What it answers is missing, so it was put after what came before it."))
        before = at
    return parents


def _parents_first(kept: list[int], parents: dict[int, int | None], faults: list[Fault]) -> list[int]:
    """The order in which parents come first; opens circles in `parents` on the way."""
    order: dict[int, None] = {}
    for start in kept:
        way, again = _way_up(start, parents, order)
        if again is not None:
            circle = way[way.index(again) :]
            first = min(circle)
            parents[first] = None
            faults.append(Fault(first, "It and what it answers answer each other, so it was put first."))
            way, _ = _way_up(start, parents, order)
        order.update(dict.fromkeys(reversed(way)))
    return list(order)


def _way_up(start: int, parents: dict[int, int | None], done: dict[int, None]) -> tuple[list[int], int | None]:
    """From `start` up to a root or to what is done; and the place that came a second time, if one did."""
    way: dict[int, None] = {}
    at: int | None = start
    while at is not None and at not in done and at not in way:
        way[at] = None
        at = parents[at]
    return list(way), at if at in way else None


def _with_parent(entry: SavedEntry, parent: str | None) -> SavedEntry:
    return entry if entry.parent == parent else replace(entry, parent=parent)
