"""`Compactions`: summaries that stand for the older part of a session's path (see `store.py`), and which of them holds.

A summary hangs beside the path, on the entry that was the leaf when it was made, and holds for each path through that entry; so
flips, branches and second tries never lose or meet it by accident. Taking one back hangs a mark on it. Nothing is rewritten.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from storage.records import Actor, Entry, EntryKind, NewSummary, Standing, Undone


class Compactions(Protocol):
    """All raise `SessionNotFound`."""

    async def standing(self, actor: Actor, session_id: UUID) -> Standing:
        """What holds on the current path. Costs the path since then at most."""
        ...

    async def get(self, actor: Actor, session_id: UUID, entry: int) -> Entry:
        """A compaction of the session's, whether it holds or not. Raises `EntryNotFound`."""
        ...

    async def hanging(self, actor: Actor, session_id: UUID, entry: int) -> Entry | None:
        """The newest summary that hangs on this entry and was not taken back."""
        ...

    async def add(self, actor: Actor, session_id: UUID, summary: NewSummary, *, instead_of: int | None) -> Entry:
        """Hang a summary on the leaf. Raises `SummaryOutdated`, with nothing done, where what it was made from has changed:
        another compaction holds by now than `instead_of`, what it tells of is not on the path any more, or other exchanges of
        that are left out by now.
        """
        ...

    async def undo(self, actor: Actor, session_id: UUID, entry: int) -> Undone:
        """Take a compaction back, for every path. Raises `EntryNotFound`."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """An entry without its words."""

    id: int
    parent: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class Found:
    """The entries that say what holds: a compaction, and a mark on a newer one that was taken back."""

    compaction: int | None = None
    mark: int | None = None


def what_holds(up: Iterable[Step], beside: Sequence[Step]) -> Found:
    """What holds on a path, which is given from its end up; of `beside`, what hangs beside paths, oldest first.

    No more is taken from `up` than is needed.
    """
    marks = {step.parent: step.id for step in beside if step.kind == EntryKind.UNDONE}
    summaries = [step for step in reversed(beside) if step.kind == EntryKind.SUMMARY]
    mark: int | None = None
    for step in up:
        here = [summary.id for summary in summaries if summary.parent == step.id]
        for compaction in [*here, *([step.id] if step.kind == EntryKind.COMPACTION else [])]:
            if compaction not in marks:
                return Found(compaction, mark)
            mark = mark or marks[compaction]
    return Found(None, mark)


def told_of(summary: NewSummary) -> dict[str, object]:
    """The data of a summary's entry."""
    told: dict[str, object] = {
        "first_kept": summary.first_kept,
        "tokens_before": summary.tokens_before,
        "model": summary.model,
    }
    return told | ({"left_out": True} if summary.left_out else {})
