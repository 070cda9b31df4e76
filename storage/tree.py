"""Whether what comes from elsewhere is a tree of entries; every store asks it before it takes anything."""

from collections.abc import Sequence

from storage.errors import BrokenTree
from storage.records import Draft, DraftEntry


def places_of(draft: Draft, entries: Sequence[DraftEntry]) -> dict[int, int]:
    """Where in the list each id is. Raises `BrokenTree` unless ids are unique, parents come first, and the leaf is there."""
    places: dict[int, int] = {}
    for place, entry in enumerate(entries):
        if entry.id in places or (entry.parent is not None and entry.parent not in places):
            raise BrokenTree
        places[entry.id] = place
    if draft.leaf is not None and draft.leaf not in places:
        raise BrokenTree
    return places


def leaf_of(draft: Draft, entries: Sequence[DraftEntry]) -> int | None:
    """The id of the entry that the current path ends at."""
    return draft.leaf if draft.leaf is not None or not entries else entries[-1].id
