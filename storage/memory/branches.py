"""The tips of a session's tree, moving between them, and forks, in memory."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from storage.errors import EntryNotFound, ExchangeAlone, NotLastTurn, SessionWriting, WrongTurnState
from storage.ids import new_id
from storage.memory.session import Flags, Session
from storage.memory.state import State
from storage.records import BESIDE, FIRST_MESSAGE_LENGTH, Actor, Entry, NamedBy, Origin, SessionInfo, Tip


class MemoryBranches:
    """The `Branches` of the in-memory store."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    async def tips(self, actor: Actor, session_id: UUID, *, limit: int = 25) -> Sequence[Tip]:
        """See `Branches.tips`."""
        session = self._state.session(actor, session_id)
        return tuple(_tip(session, entry) for entry in session.tips()[::-1][: max(limit, 0)])

    async def switch(self, actor: Actor, session_id: UUID, entry: int) -> SessionInfo:
        """See `Branches.switch`."""
        session = self._state.session(actor, session_id)
        if entry not in session.entries:
            raise EntryNotFound
        if any(turn.session_id == session.id and turn.state.is_running for turn in self._state.turns.values()):
            raise SessionWriting
        session.leaf = entry
        return session.info

    async def fork(self, actor: Actor, session_id: UUID, at: int | None = None, *, before: int | None = None) -> SessionInfo:
        """See `Branches.fork`."""
        session, now = self._state.lasting(actor, session_id), self._now()
        if any(given is not None and given not in session.entries for given in (at, before)):
            raise EntryNotFound
        start = session.leaf if at is None else at
        if before is not None:
            start = session.entries[before].parent
        has_name = start is not None or session.flags.named_by is NamedBy.PERSON
        flags = Flags(name=session.flags.name, named_by=session.flags.named_by) if has_name else Flags()
        fork = self._state.add_session(new_id(), session.owner, now, flags, now)
        fork.model, fork.preferences = session.model, dict(session.preferences)
        fork.origin = Origin(session_id=session.id, number=session.number, entry=start)
        path = tuple(session.up(start))[::-1]
        self._copy(path, fork, session.omitted)
        self._copy_beside(session, path, fork)
        return fork.info

    async def lift(self, actor: Actor, turn_id: UUID) -> SessionInfo:
        """See `Branches.lift`."""
        turn, now = self._state.turn(actor, turn_id), self._now()
        session = self._state.lasting(actor, turn.session_id)
        if turn.prompt_entry is None or turn.answer_entry is None:
            raise WrongTurnState
        if session.leaf != turn.answer_entry:
            raise NotLastTurn
        above = session.entries[turn.prompt_entry].parent
        if above is None:
            raise ExchangeAlone
        lifted = self._state.add_session(new_id(), session.owner, now, Flags(), now)
        lifted.model, lifted.preferences = turn.model, dict(session.preferences)
        lifted.origin = Origin(session_id=session.id, number=session.number, entry=turn.answer_entry)
        self._copy([session.entries[turn.prompt_entry], session.entries[turn.answer_entry]], lifted, session.omitted)
        prompt, answer = lifted.entries
        self._state.turns[turn.id] = replace(
            turn, session_id=lifted.id, session_number=lifted.number, prompt_entry=prompt, answer_entry=answer
        )
        session.leaf = above
        return lifted.info

    def _copy_beside(self, session: Session, path: Sequence[Entry], fork: Session) -> None:
        """Copies of what hangs beside the path that was copied."""
        ids = {entry.id: copy.id for entry, copy in zip(path, fork.path(), strict=True)}
        for entry in session.entries.values():
            if entry.kind in BESIDE and entry.parent in ids:
                ids[entry.id] = fork.next_entry
                copy = replace(entry, id=ids[entry.id], session_id=fork.id, parent=ids[entry.parent])
                self._state.add_entry(fork, copy)

    def _copy(self, entries: Sequence[Entry], session: Session, omitted: AbstractSet[int]) -> None:
        """Copies of entries that follow each other, as the path of a session that has none, with those that are `omitted`."""
        for depth, entry in enumerate(entries):
            copied = session.next_entry
            session.entries[copied] = replace(entry, id=copied, session_id=session.id, parent=session.leaf, depth=depth)
            session.leaf = copied
            session.omitted |= {copied} if entry.id in omitted else set()
        for entry in sorted(session.entries.values(), key=lambda one: one.created):
            self._state.place(session.owner, entry)


def _tip(session: Session, entry: Entry) -> Tip:
    return Tip(
        entry=entry.id,
        kind=entry.kind,
        text=" ".join(entry.text.split())[:FIRST_MESSAGE_LENGTH],
        messages=sum(above.kind in ("user", "assistant") for above in session.up(entry.id)),
        created=entry.created,
        is_current=session.said_at(session.leaf) == entry,
    )
