"""`Transfers`: sessions as a whole, for export and import (see `store.py`)."""

from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, Protocol
from uuid import UUID

from storage.records import Actor, Draft, DraftEntry, Entry, File, Provenance, SessionInfo

THOUGHTS: Final = "thoughts"
"""The key of an answer's data, in what goes out, under which stands what the model thought before it."""


class Transfers(Protocol):
    """Whole sessions, every branch of them, going out and coming in."""

    def every(self, actor: Actor, *, size: int = 100) -> AsyncIterator[SessionInfo]:
        """Each session of the person's that is neither in the bin nor temporary, by its number, read so many at a time.

        One that is deleted meanwhile may still come.
        """
        ...

    def read_all(self, actor: Actor, session_id: UUID, *, size: int = 500) -> AsyncIterator[Sequence[Entry]]:
        """Every entry of a session in the order of their ids, parents before their children, so many at a time.

        With an answer comes what the model thought before it, as `THOUGHTS` of its data. Memory holds one batch. What is
        appended meanwhile comes too. Raises `SessionNotFound`, also between batches, and `SessionTemporary`.
        """
        ...

    async def adopt(self, actor: Actor, draft: Draft, entries: Sequence[DraftEntry], files: Sequence[File] = ()) -> SessionInfo:
        """Take a session in as it is described, under the person's next number: all of it or, where this raises, nothing.

        User entries become the person's. Of the files that they name, the session has those that come with it and those that
        the person has already (`Files.known`), whatever other people have. Ids are new; the draft's are looked up by `known`
        from then on. It is not made active. Raises `BrokenTree`, and `FilesFull` where the files have no room.
        """
        ...

    async def provenance(self, actor: Actor, session_id: UUID) -> Provenance | None:
        """Where a session was taken in from; `None` where it was begun here. Raises `SessionNotFound`."""
        ...

    async def known(self, actor: Actor, source: str, external_ids: Sequence[str]) -> AbstractSet[str]:
        """Those of the ids from this source that are a session of the person's, which isn't in the bin: one that was taken in
        or, from `HERE` by its own id as text, one that was begun here.
        """
        ...
