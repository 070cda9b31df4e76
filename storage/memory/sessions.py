"""Sessions, the active pointer, and reading what was said, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from storage.ids import new_id
from storage.memory.search import find
from storage.memory.session import Flags
from storage.memory.state import State
from storage.records import EVERYWHERE, Actor, Counts, Entry, Hit, NamedBy, Page, SessionInfo, Shelf
from storage.text import clean, clean_name


class MemorySessions:
    """The `SessionManager` of the in-memory store."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    async def create(self, actor: Actor, name: str | None = None, *, temporary: bool = False) -> SessionInfo:
        """See `SessionManager.create`."""
        flags, now = Flags(name=clean_name(name), named_by=None if name is None else NamedBy.PERSON), self._now()
        session = self._state.add_session(new_id(), actor.user_id, now, flags, now)
        session.temporary = temporary
        return session.info

    async def get(self, actor: Actor, session_id: UUID, *, binned: bool = False) -> SessionInfo:
        """See `SessionManager.get`."""
        return self._state.session(actor, session_id, binned=binned).info

    async def find(self, actor: Actor, number: int, *, binned: bool = False) -> SessionInfo:
        """See `SessionManager.find`."""
        return self._state.numbered(actor, number, binned=binned).info

    async def list(self, actor: Actor, *, page: int = 0, size: int = 10, shelf: Shelf = Shelf.OPEN) -> Page[SessionInfo]:
        """See `SessionManager.list`."""
        infos = [info for info in self._newest(actor) if _is_on(info, shelf)]
        if shelf is Shelf.BIN:
            infos.sort(key=lambda info: (info.deleted or info.created, info.number), reverse=True)
        shown = max(0, min(page, (len(infos) - 1) // size))
        return Page(items=tuple(infos[shown * size :][:size]), number=shown, total=len(infos), size=size)

    async def counts(self, actor: Actor) -> Counts:
        """See `SessionManager.counts`."""
        infos, week_ago = self._newest(actor), self._now() - timedelta(days=7)
        many = {shelf: sum(_is_on(info, shelf) for info in infos) for shelf in Shelf}
        lately = [info for info in infos if _is_on(info, Shelf.ARCHIVED) and (info.archived_by_itself or week_ago) > week_ago]
        return Counts(
            open=many[Shelf.OPEN],
            pinned=many[Shelf.PINNED],
            archived=many[Shelf.ARCHIVED],
            bin=many[Shelf.BIN],
            archived_lately=len(lately),
        )

    async def search(self, actor: Actor, text: str, *, limit: int = 25) -> Sequence[SessionInfo]:
        """See `SessionManager.search`."""
        found = (info for info in self._newest(actor) if _is_on(info, Shelf.OPEN) and _fits(info, clean(text).casefold()))
        return tuple(islice(found, limit))

    async def open(self, actor: Actor, number: int, *, place: str = EVERYWHERE) -> SessionInfo:
        """See `SessionManager.open`."""
        session, now = self._state.numbered(actor, number), self._now()
        self._leave(actor, place, now)
        self._state.active[actor.user_id, place] = session.id
        session.flags = replace(session.flags, archived=False, archived_by_itself=None)
        session.unread, session.touched = False, now
        return session.info

    async def read(self, actor: Actor, session_id: UUID) -> None:
        """See `SessionManager.read`."""
        self._state.session(actor, session_id).unread = False

    async def close(self, actor: Actor, *, place: str = EVERYWHERE) -> SessionInfo | None:
        """See `SessionManager.close`."""
        return self._leave(actor, place, self._now())

    async def active(self, actor: Actor, *, place: str = EVERYWHERE) -> SessionInfo | None:
        """See `SessionManager.active`."""
        session_id = self._state.active.get((actor.user_id, place))
        return None if session_id is None else self._state.sessions[session_id].info

    def _leave(self, actor: Actor, place: str, now: datetime) -> SessionInfo | None:
        session_id = self._state.active.pop((actor.user_id, place), None)
        if session_id is None:
            return None
        self._state.sessions[session_id].touched = now
        return self._state.sessions[session_id].info

    def _newest(self, actor: Actor) -> Sequence[SessionInfo]:
        infos = [session.info for session in self._state.owned(actor)]
        return sorted(infos, key=lambda info: (info.pinned, info.modified, info.number), reverse=True)


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

    async def path(self, actor: Actor, session_id: UUID, *, characters: int | None = None, since: int = 0) -> Sequence[Entry]:
        """See `Transcripts.path`."""
        newest: list[Entry] = []
        for entry in self._state.session(actor, session_id).path()[since:][::-1]:
            newest.append(entry)
            if characters is not None and sum(len(taken.text) for taken in newest) >= characters:
                break
        return tuple(newest[::-1])

    async def search_messages(
        self,
        actor: Actor,
        query: str,
        *,
        session: UUID | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
        before: int | None = None,
    ) -> Sequence[Hit]:
        """See `Transcripts.search_messages`."""
        only = None if session is None else self._state.session(actor, session).id
        found = find(self._state, actor, query, session=only, since=since, until=until, before=before)
        return tuple(islice(found, max(limit, 0)))


def _is_on(info: SessionInfo, shelf: Shelf) -> bool:
    return (info.shelf is Shelf.OPEN and info.pinned) if shelf is Shelf.PINNED else info.shelf is shelf


def _fits(info: SessionInfo, wanted: str) -> bool:
    texts = (info.name or "", info.first_message or "")
    return str(info.number).startswith(wanted) or any(wanted in text.casefold() for text in texts)
