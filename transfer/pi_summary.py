"""The summary that a session goes on from, as pi has one: a compaction at the end of the path.

Ours hang beside paths, where pi does not look, and travel as `custom` entries. So that pi goes on from it too, the one that
holds is written once more, last, and is not read again where nothing was said after it. A compaction of pi's keeps what is on
its path from `firstKeptEntryId` on, and the last line is the leaf (`packages/coding-agent/docs/session.md` of pi-mono).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from storage.compactions import Step, what_holds
from storage.records import EntryKind
from transfer.fields import iso_milliseconds, object_of
from transfer.pi import CUSTOM_TYPE, KEY
from transfer.saved import SavedEntry

BESIDE: Final = (EntryKind.SUMMARY, EntryKind.UNDONE)
DETAILS: Final = {"customType": CUSTOM_TYPE}
"""What marks it as the one that was written once more."""


@dataclass(slots=True)
class Trail:
    """What of a session's entries tells which summary holds."""

    steps: list[Step] = field(default_factory=list[Step])
    ids: list[str] = field(default_factory=list[str])
    places: dict[str, int] = field(default_factory=dict[str, int])
    summaries: dict[int, SavedEntry] = field(default_factory=dict[int, SavedEntry])

    def passed(self, entry: SavedEntry) -> None:
        """Note an entry; its parent was noted before it."""
        place = self.places[entry.id] = len(self.steps)
        self.ids.append(entry.id)
        self.steps.append(Step(place, None if entry.parent is None else self.places.get(entry.parent), entry.kind))
        if entry.kind == EntryKind.SUMMARY:
            self.summaries[place] = entry

    def compaction(self, leaf: str | None, id_of: Callable[[str], str | None]) -> dict[str, Any] | None:
        """The fields that pi has of the summary that holds at the leaf, but for an id and a parent; none where nothing holds or
        a compaction of pi's does. `id_of` gives the id that an entry has in pi.
        """
        holds = what_holds(self._up(leaf), [step for step in self.steps if step.kind in BESIDE]).compaction
        found = None if holds is None else self.summaries.get(holds)
        if found is None:
            return None
        path, kept = [step.id for step in self._up(found.parent)][::-1], found.data.get("first_kept")
        if not isinstance(kept, int) or not 0 <= kept < len(path):
            return None
        before = found.data.get("tokens_before")
        return {
            "type": "compaction",
            "timestamp": iso_milliseconds(found.created),
            "summary": found.text,
            "firstKeptEntryId": id_of(self.ids[path[kept]]),
            "tokensBefore": before if isinstance(before, int) else 0,
            "details": DETAILS,
        }

    def _up(self, leaf: str | None) -> Iterator[Step]:
        at = None if leaf is None else self.places.get(leaf)
        while at is not None:
            yield self.steps[at]
            at = self.steps[at].parent


def is_once_more(entry: SavedEntry) -> bool:
    """Whether it is one that we wrote beside the summary itself."""
    kept: Mapping[str, Any] = object_of(entry.data.get(KEY))
    return entry.kind == EntryKind.COMPACTION and object_of(kept.get("details")) == DETAILS
