"""A `Store` that keeps everything in the process and nothing after it.

It is what the tests hold SQLite against, so it is written the plain way: no counters to keep in step, what a list shows is
recounted from the entries each time. It costs the history, and loses everything at the end: not for people's sessions.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from storage.ids import utc_now
from storage.memory.accounts import MemoryAccounts
from storage.memory.branches import MemoryBranches
from storage.memory.compactions import MemoryCompactions
from storage.memory.deliveries import MemoryDeliveries
from storage.memory.files import MemoryFiles
from storage.memory.omissions import MemoryOmissions
from storage.memory.preferences import MemoryPreferences
from storage.memory.sessions import MemorySessions, MemoryTranscripts
from storage.memory.shelves import MemoryShelves
from storage.memory.state import State
from storage.memory.temporaries import MemoryTemporaries
from storage.memory.transfers import MemoryTransfers
from storage.memory.turns import MemoryTurns
from storage.memory.upkeep import MemoryUpkeep
from storage.records import Actor

__all__ = ["MemoryStore"]


class MemoryStore:
    """See `storage.store.Store`. No call awaits anything, so each happens whole."""

    def __init__(self, *, file_space: int = 0, now: Callable[[], datetime] = utc_now) -> None:
        self._state = State()
        self.sessions = MemorySessions(self._state, now)
        self.shelves = MemoryShelves(self._state, now)
        self.branches = MemoryBranches(self._state, now)
        self.omissions = MemoryOmissions(self._state)
        self.compactions = MemoryCompactions(self._state, now)
        self.transfers = MemoryTransfers(self._state, now, file_space)
        self.temporaries = MemoryTemporaries(self._state)
        self.preferences = MemoryPreferences(self._state)
        self.files = MemoryFiles(self._state, file_space)
        self.transcripts = MemoryTranscripts(self._state)
        self.turns = MemoryTurns(self._state, now, file_space)
        self.deliveries = MemoryDeliveries(self._state, now)
        self.accounts = MemoryAccounts(self._state)
        self.upkeep = MemoryUpkeep(self._state)

    async def first_time(self, actor: Actor, notice: str, session_id: UUID | None = None) -> bool:
        """See `Store.first_time`."""
        if session_id is not None:
            self._state.session(actor, session_id)
        given = (actor.user_id, session_id, notice)
        is_new = given not in self._state.notices
        self._state.notices.add(given)
        return is_new

    async def close(self) -> None:
        """See `Store.close`: there is nothing to let go of."""
