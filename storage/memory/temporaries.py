"""Temporary sessions, in memory: all is, so one that is kept lasts no longer than the others."""

from collections.abc import Sequence
from uuid import UUID

from storage.errors import SessionNotFound
from storage.memory.state import State
from storage.records import Actor, SessionInfo, Turn


class MemoryTemporaries:
    """The `Temporaries` of the in-memory store."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def keep(self, actor: Actor, session_id: UUID) -> SessionInfo:
        """See `Temporaries.keep`."""
        session = self._state.session(actor, session_id)
        session.temporary = False
        return session.info

    async def end(self, actor: Actor, session_id: UUID) -> None:
        """See `Temporaries.end`."""
        session = self._state.session(actor, session_id)
        if not session.temporary:
            raise SessionNotFound
        self._state.forget(session)

    async def cut_off(self) -> Sequence[Turn]:
        """See `Temporaries.cut_off`; no run left anything to this store."""
        return ()

    async def end_cut_off(self) -> int:
        """See `Temporaries.end_cut_off`."""
        return 0

    async def untold(self) -> Sequence[tuple[Actor, int]]:
        """See `Temporaries.untold`."""
        return ()

    async def told(self, actor: Actor) -> None:
        """See `Temporaries.told`."""
