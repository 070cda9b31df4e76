"""`Files`: what people attached to their prompts (see `store.py`).

A file comes with its prompt (`Prompt.files`) or with a session that is taken in (`Transfers.adopt`), in that transaction. It
belongs to its owner, who has each content once, and to every session in which it was sent, forks and moved exchanges too; with
the last of these it is gone, and what came with a prompt that was taken out before it was asked goes with that. Those of a
temporary session are held in memory.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Protocol
from uuid import UUID

from storage.records import Actor


class Files(Protocol):
    """Reading them. A digest that the session has no file of is answered by nothing."""

    async def texts(self, actor: Actor, session_id: UUID, digests: Iterable[str]) -> Mapping[str, str]:
        """The words that were read from these files of the session, by digest. Raises `SessionNotFound`."""
        ...

    async def data(self, actor: Actor, session_id: UUID, digest: str) -> bytes | None:
        """The bytes of a file of the session. Raises `SessionNotFound`."""
        ...

    async def known(self, actor: Actor, digests: Iterable[str]) -> AbstractSet[str]:
        """Those of the digests that are a file of the person's, be it of another session: one that is taken in has these by
        naming them.
        """
        ...

    async def used(self, actor: Actor) -> int:
        """How many bytes all of the person's files take, those in the bin and in temporary sessions too."""
        ...

    async def room(self, actor: Actor) -> int | None:
        """How many bytes more they may take; `None` where there is no limit."""
        ...
