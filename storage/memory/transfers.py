"""Sessions as a whole, going out and coming in, in memory."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from storage.ids import new_id
from storage.memory.files import refuse_files
from storage.memory.session import Flags
from storage.memory.state import State
from storage.omissions import coming_in, going_out, is_omitted
from storage.preferences import INSTRUCTIONS
from storage.records import HERE, Actor, Draft, DraftEntry, Entry, EntryKind, File, Provenance, SessionInfo
from storage.text import clean, clean_name
from storage.transfers import THOUGHTS
from storage.tree import leaf_of, places_of


class MemoryTransfers:
    """The `Transfers` of the in-memory store."""

    def __init__(self, state: State, now: Callable[[], datetime], file_space: int) -> None:
        self._state = state
        self._now, self._file_space = now, file_space

    async def every(self, actor: Actor, *, size: int = 100) -> AsyncIterator[SessionInfo]:
        """See `Transfers.every`."""
        del size
        for session in self._state.owned(actor):
            if self._state.lasts(session.id):
                yield session.info

    async def read_all(self, actor: Actor, session_id: UUID, *, size: int = 500) -> AsyncIterator[Sequence[Entry]]:
        """See `Transfers.read_all`."""
        read = 0
        while entries := tuple(self._state.lasting(actor, session_id).entries.values())[read : read + size]:
            omitted = self._state.session(actor, session_id).omitted
            yield tuple(going_out(self._with_thoughts(entry), omitted=entry.id in omitted) for entry in entries)
            read += len(entries)

    def _with_thoughts(self, entry: Entry) -> Entry:
        turn = next((turn for turn in self._state.turns.values() if turn.answer_entry == entry.id), None)
        thoughts = self._state.thoughts.get(turn.id) if turn is not None else None
        return entry if thoughts is None else replace(entry, data={**entry.data, THOUGHTS: thoughts})

    async def adopt(self, actor: Actor, draft: Draft, entries: Sequence[DraftEntry], files: Sequence[File] = ()) -> SessionInfo:
        """See `Transfers.adopt`."""
        places_of(draft, entries)
        refuse_files(self._state, actor, files, self._file_space)
        flags = Flags(
            name=clean_name(draft.name),
            named_by=None if draft.name is None else draft.named_by,
            pinned=draft.pinned,
            archived=draft.archived,
        )
        session = self._state.add_session(new_id(), actor.user_id, draft.created, flags, self._now())
        session.model = draft.model
        if draft.instructions is not None:
            session.preferences[INSTRUCTIONS] = json.dumps(clean(draft.instructions))
        ids: dict[int, int] = {}
        for entry in entries:
            ids[entry.id] = session.next_entry
            parent = None if entry.parent is None else ids[entry.parent]
            session.entries[ids[entry.id]] = Entry(
                id=ids[entry.id],
                session_id=session.id,
                parent=parent,
                depth=0 if parent is None else session.entries[parent].depth + 1,
                kind=entry.kind,
                author=actor.user_id if entry.kind == EntryKind.USER else None,
                text=clean(entry.text),
                data=coming_in(entry.kind, entry.data),
                created=entry.created,
            )
            session.omitted |= {ids[entry.id]} if is_omitted(entry.kind, entry.data) else set()
        for entry in sorted(session.entries.values(), key=lambda one: one.created):
            self._state.place(session.owner, entry)
        for file in files:
            self._state.files[session.owner, file.attached.digest] = file.content
        leaf = leaf_of(draft, entries)
        session.leaf = None if leaf is None else ids[leaf]
        if draft.provenance is not None:
            self._state.provenances[session.id] = draft.provenance
        return session.info

    async def provenance(self, actor: Actor, session_id: UUID) -> Provenance | None:
        """See `Transfers.provenance`."""
        return self._state.provenances.get(self._state.session(actor, session_id).id)

    async def known(self, actor: Actor, source: str, external_ids: Sequence[str]) -> AbstractSet[str]:
        """See `Transfers.known`."""
        known: set[str] = set()
        for session in self._state.owned(actor):
            made = self._state.provenances.get(session.id)
            if self._state.is_at_hand(session.id):
                known |= {made.external_id} if made is not None and made.source == source else set()
                known |= {str(session.id)} if source == HERE else set()
        return known & set(external_ids)
