"""Sessions, the active pointer, and reading what was said, in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

from storage.ids import new_id
from storage.memory.state import Session, State
from storage.records import EVERYWHERE, Actor, Entry, Page, SessionInfo
from storage.text import clean, clean_name


class MemorySessions:
    """The `SessionManager` of the in-memory store."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    async def create(self, actor: Actor, name: str | None = None) -> SessionInfo:
        """See `SessionManager.create`."""
        number = len(self._state.owned(actor)) + 1
        session = Session(id=new_id(), number=number, owner=actor.user_id, name=clean_name(name), created=self._now())
        self._state.sessions[session.id] = session
        return session.info

    async def get(self, actor: Actor, session_id: UUID) -> SessionInfo:
        """See `SessionManager.get`."""
        return self._state.session(actor, session_id).info

    async def find(self, actor: Actor, number: int) -> SessionInfo:
        """See `SessionManager.find`."""
        return self._state.numbered(actor, number).info

    async def list(self, actor: Actor, *, page: int = 0, size: int = 10, archived: bool = False) -> Page[SessionInfo]:
        """See `SessionManager.list`."""
        infos = [info for info in self._newest(actor) if info.archived == archived]
        shown = max(0, min(page, (len(infos) - 1) // size))
        return Page(items=tuple(infos[shown * size :][:size]), number=shown, total=len(infos), size=size)

    async def search(self, actor: Actor, text: str, *, limit: int = 25) -> Sequence[SessionInfo]:
        """See `SessionManager.search`."""
        found = (info for info in self._newest(actor) if not info.archived and _fits(info, clean(text).casefold()))
        return tuple(islice(found, limit))

    async def open(self, actor: Actor, number: int, *, place: str = EVERYWHERE) -> SessionInfo:
        """See `SessionManager.open`."""
        session = self._state.numbered(actor, number)
        self._state.active[actor.user_id, place] = session.id
        return session.info

    async def close(self, actor: Actor, *, place: str = EVERYWHERE) -> SessionInfo | None:
        """See `SessionManager.close`."""
        session_id = self._state.active.pop((actor.user_id, place), None)
        return None if session_id is None else self._state.sessions[session_id].info

    async def active(self, actor: Actor, *, place: str = EVERYWHERE) -> SessionInfo | None:
        """See `SessionManager.active`."""
        session_id = self._state.active.get((actor.user_id, place))
        return None if session_id is None else self._state.sessions[session_id].info

    async def rename(self, actor: Actor, number: int, name: str | None) -> SessionInfo:
        """See `SessionManager.rename`."""
        session = self._state.numbered(actor, number)
        session.name = clean_name(name)
        return session.info

    def _newest(self, actor: Actor) -> Sequence[SessionInfo]:
        infos = [session.info for session in self._state.owned(actor)]
        return sorted(infos, key=lambda info: (info.modified, info.number), reverse=True)


class MemoryTranscripts:
    """The `Transcripts` of the in-memory store."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def tail(self, actor: Actor, session_id: UUID, *, limit: int, before: int | None = None) -> Sequence[Entry]:
        """See `Transcripts.tail`."""
        session = self._state.session(actor, session_id)
        if before is None:
            return tuple(islice(session.up(session.leaf), limit))[::-1]
        above = session.entries[before].parent if before in session.entries else None
        return tuple(islice(session.up(above), limit))[::-1]

    async def path(self, actor: Actor, session_id: UUID, *, characters: int | None = None) -> Sequence[Entry]:
        """See `Transcripts.path`."""
        newest: list[Entry] = []
        for entry in self._state.session(actor, session_id).path()[::-1]:
            newest.append(entry)
            if characters is not None and sum(len(taken.text) for taken in newest) >= characters:
                break
        return tuple(newest[::-1])


def _fits(info: SessionInfo, wanted: str) -> bool:
    texts = (info.name or "", info.first_message or "")
    return str(info.number).startswith(wanted) or any(wanted in text.casefold() for text in texts)
