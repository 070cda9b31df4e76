"""Naming, pinning, archiving and the bin, each with its way back; and the end of things, in memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from storage.errors import SessionNotFound, SessionTemporary, SessionWriting, UndoNotFound
from storage.ids import new_id
from storage.memory.session import Session
from storage.memory.state import State, Undo
from storage.records import Actor, Changed, NamedBy, SessionInfo, TurnState
from storage.text import clean, clean_name


class MemoryShelves:
    """The `Shelves` of the in-memory store."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    async def rename(self, actor: Actor, number: int, name: str | None) -> Changed:
        """See `Shelves.rename`."""
        session = self._state.numbered(actor, number)
        return self._change(session, name=clean_name(name), named_by=None if name is None else NamedBy.PERSON)

    async def name_by_model(self, actor: Actor, session_id: UUID, name: str) -> SessionInfo:
        """See `Shelves.name_by_model`."""
        session = self._state.lasting(actor, session_id)
        if session.flags.named_by is not NamedBy.PERSON:
            session.flags = replace(session.flags, name=clean(name), named_by=NamedBy.MODEL)
        return session.info

    async def pin(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.pin`."""
        return self._change(self._state.numbered(actor, number), pinned=True)

    async def unpin(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.unpin`."""
        return self._change(self._state.numbered(actor, number), pinned=False)

    async def archive(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.archive`."""
        return self._change(self._state.numbered(actor, number), archived=True, archived_by_itself=None)

    async def unarchive(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.unarchive`."""
        return self._change(self._state.numbered(actor, number), archived=False, archived_by_itself=None)

    async def delete(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.delete`."""
        return self._change(self._state.numbered(actor, number), deleted=self._now())

    async def restore(self, actor: Actor, number: int) -> Changed:
        """See `Shelves.restore`."""
        return self._change(self._in_the_bin(actor, number), deleted=None)

    async def undo(self, actor: Actor, undo_id: UUID) -> SessionInfo:
        """See `Shelves.undo`."""
        undo = self._state.undos.get(undo_id)
        if undo is None or self._state.sessions[undo.session_id].owner != actor.user_id:
            raise UndoNotFound
        session = self._state.sessions[undo.session_id]
        self._write(session, **undo.before)
        del self._state.undos[undo_id]
        return session.info

    async def purge(self, actor: Actor, number: int, *, since: datetime | None = None) -> None:
        """See `Shelves.purge`."""
        session = self._in_the_bin(actor, number)
        if since is not None and (session.flags.deleted or since) > since:
            raise SessionNotFound
        self._state.forget(session)

    async def erase(self, actor: Actor) -> None:
        """See `Shelves.erase`."""
        state, user_id = self._state, actor.user_id
        for session in state.owned(actor):
            state.forget(session)
        state.notices = {notice for notice in state.notices if notice[0] != user_id}
        state.preferences.pop(user_id, None)
        for day, owner in [key for key in state.spending if key[1] == user_id]:
            tokens = state.spending.pop((day, owner))
            state.spending[day, 0] = state.spending.get((day, 0), 0) + tokens
        state.charges = [charge for charge in state.charges if charge.owner != user_id]
        state.direct.pop(user_id, None)
        state.numbers.pop(user_id, None)

    def _in_the_bin(self, actor: Actor, number: int) -> Session:
        session = self._state.numbered(actor, number, binned=True)
        if session.flags.deleted is None:
            raise SessionNotFound
        return session

    def _change(self, session: Session, **flags: Any) -> Changed:
        if session.temporary:
            raise SessionTemporary
        before, undo_id = session.info, new_id()
        was = {name: getattr(session.flags, name) for name in flags}
        self._write(session, **flags)
        self._state.undos[undo_id] = Undo(session.id, was, session.touched)
        return Changed(session=session.info, before=before, undo=undo_id)

    def _write(self, session: Session, **flags: Any) -> None:
        turns = [turn for turn in self._state.turns.values() if turn.session_id == session.id]
        if flags.get("deleted") is not None and session.flags.deleted is None:
            if any(turn.state.is_running for turn in turns):
                raise SessionWriting
            for key in [key for key, active in self._state.active.items() if active == session.id]:
                del self._state.active[key]
            for turn in turns:
                if turn.state is TurnState.QUEUED:
                    self._state.turns[turn.id] = replace(turn, state=TurnState.PAUSED)
        session.flags = replace(session.flags, **flags)
        session.touched = self._now()
