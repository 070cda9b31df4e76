"""`Transfers`: sessions as a whole, for export and import (see `store.py`)."""

from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol
from uuid import UUID

from storage.records import Actor, Draft, DraftEntry, Entry, SessionInfo


class Transfers(Protocol):
    """Whole sessions, every branch of them, going out and coming in."""

    def read_all(self, actor: Actor, session_id: UUID, *, size: int = 500) -> AsyncIterator[Sequence[Entry]]:
        """Every entry of a session in the order of their ids, parents before their children, so many at a time.

        Memory holds one batch. What is appended meanwhile comes too. Raises `SessionNotFound`, also between batches.
        """
        ...

    async def adopt(self, actor: Actor, draft: Draft, entries: Sequence[DraftEntry]) -> SessionInfo:
        """Take a session in as it is described, under the person's next number: all of it or, where this raises, nothing.

        User entries become the person's. Ids are new; the draft's are looked up by `known` from then on. It is not made
        active. Raises `BrokenTree`.
        """
        ...

    async def known(self, actor: Actor, source: str, external_ids: Sequence[str]) -> AbstractSet[str]:
        """Those of the ids from this source that are a session of the person's, which isn't in the bin."""
        ...
