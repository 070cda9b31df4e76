"""Exchanges that are left out of what models are sent, in memory."""

from collections.abc import Set as AbstractSet
from uuid import UUID

from storage.errors import EntryNotFound
from storage.memory.session import Session
from storage.memory.state import State
from storage.omissions import ANSWERS
from storage.records import Actor


class MemoryOmissions:
    """The `Omissions` of the in-memory store."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def omit(self, actor: Actor, session_id: UUID, answer: int) -> None:
        """See `Omissions.omit`."""
        self._with_answer(actor, session_id, answer).omitted.add(answer)

    async def restore(self, actor: Actor, session_id: UUID, answer: int) -> None:
        """See `Omissions.restore`."""
        self._with_answer(actor, session_id, answer).omitted.discard(answer)

    async def of(self, actor: Actor, session_id: UUID) -> AbstractSet[int]:
        """See `Omissions.of`."""
        return frozenset(self._state.session(actor, session_id).omitted)

    def _with_answer(self, actor: Actor, session_id: UUID, answer: int) -> Session:
        """The session, where this is an answer of it."""
        session = self._state.session(actor, session_id)
        entry = session.entries.get(answer)
        if entry is None or entry.kind not in ANSWERS:
            raise EntryNotFound
        return session
