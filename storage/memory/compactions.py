"""Summaries beside the paths of a session, and which of them holds, in memory."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from storage.compactions import Found, Step, told_of, what_holds
from storage.errors import EntryNotFound, SummaryOutdated
from storage.memory.entries import append
from storage.memory.session import Session
from storage.memory.state import State
from storage.records import BESIDE, Actor, Entry, EntryKind, NewSummary, Standing, Undone
from storage.text import clean


class MemoryCompactions:
    """The `Compactions` of the in-memory store."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    async def standing(self, actor: Actor, session_id: UUID) -> Standing:
        """See `Compactions.standing`."""
        session = self._state.session(actor, session_id)
        found = holding(session, session.leaf)
        return Standing(
            compaction=None if found.compaction is None else session.entries[found.compaction],
            undone=None if found.mark is None else int(session.entries[found.mark].data.get("depth", 0)),
        )

    async def get(self, actor: Actor, session_id: UUID, entry: int) -> Entry:
        """See `Compactions.get`."""
        return _compaction(self._state.session(actor, session_id), entry)

    async def hanging(self, actor: Actor, session_id: UUID, entry: int) -> Entry | None:
        """See `Compactions.hanging`."""
        session = self._state.session(actor, session_id)
        found = what_holds([Step(entry, None, EntryKind.USER)], _beside(session))
        return None if found.compaction is None else session.entries[found.compaction]

    async def add(self, actor: Actor, session_id: UUID, summary: NewSummary, *, instead_of: int | None) -> Entry:
        """See `Compactions.add`."""
        session = self._state.session(actor, session_id)
        omitted = {answer for answer in session.omitted if answer <= summary.newest}
        is_on_path = any(entry.id == summary.newest for entry in session.path())
        if (holding(session, session.leaf).compaction, omitted) != (instead_of, summary.omitted) or not is_on_path:
            raise SummaryOutdated
        return self._hang(session, session.leaf, EntryKind.SUMMARY, clean(summary.text), told_of(summary))

    async def undo(self, actor: Actor, session_id: UUID, entry: int) -> Undone:
        """See `Compactions.undo`."""
        session = self._state.session(actor, session_id)
        compaction = _compaction(session, entry)
        if any(step.parent == entry and step.kind == EntryKind.UNDONE for step in _beside(session)):
            return Undone.ALREADY
        holds = holding(session, session.leaf).compaction
        is_newer = holds is not None and holds > entry
        if is_newer and any(above.id == compaction.parent for above in session.path()):
            return Undone.REPLACED
        depth = 0 if session.leaf is None else session.entries[session.leaf].depth
        self._hang(session, entry, EntryKind.UNDONE, "", {"depth": depth})
        return Undone.NOW

    def _hang(self, session: Session, parent: int | None, kind: EntryKind, text: str, data: Mapping[str, object]) -> Entry:
        new = append(self._state, session, parent, kind, text, None, data, self._now(), is_leaf=False)
        return session.entries[new]


def holding(session: Session, end: int | None) -> Found:
    """What holds on the path that ends there."""
    return what_holds((Step(entry.id, entry.parent, entry.kind) for entry in session.up(end)), _beside(session))


def _beside(session: Session) -> list[Step]:
    return [Step(entry.id, entry.parent, entry.kind) for entry in session.entries.values() if entry.kind in BESIDE]


def _compaction(session: Session, entry: int) -> Entry:
    found = session.entries.get(entry)
    if found is None or found.kind not in (EntryKind.SUMMARY, EntryKind.COMPACTION):
        raise EntryNotFound
    return found
