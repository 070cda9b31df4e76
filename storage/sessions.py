"""`SessionManager`: a person's sessions, and which one is active (see `store.py`)."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from storage.records import EVERYWHERE, Actor, Counts, Page, SessionInfo, Shelf


class SessionManager(Protocol):
    """A person's sessions and which one is active. Costs the page, never the transcripts."""

    async def create(self, actor: Actor, name: str | None = None, *, temporary: bool = False) -> SessionInfo:
        """Make a session with the owner's next number; a name is the person's. It is not made active.

        What `temporary` means is said by `Temporaries`.
        """
        ...

    async def get(self, actor: Actor, session_id: UUID, *, binned: bool = False) -> SessionInfo:
        """The session with this id; with `binned`, in the bin too. Raises `SessionNotFound`."""
        ...

    async def find(self, actor: Actor, number: int, *, binned: bool = False) -> SessionInfo:
        """The session with this number; with `binned`, in the bin too. Raises `SessionNotFound`."""
        ...

    async def list(self, actor: Actor, *, page: int = 0, size: int = 10, shelf: Shelf = Shelf.OPEN) -> Page[SessionInfo]:
        """One page of a person's list: pinned ones first, then newest `modified` first; in the bin, what was deleted last.

        A page beyond the end is the last one.
        """
        ...

    async def counts(self, actor: Actor) -> Counts:
        """How many sessions are in each list."""
        ...

    async def search(self, actor: Actor, text: str, *, limit: int = 25) -> Sequence[SessionInfo]:
        """Up to `limit` open sessions whose number, name or first message matches `text`, in the order of `list`; all of
        them for "".
        """
        ...

    async def open(self, actor: Actor, number: int, *, place: str = EVERYWHERE) -> SessionInfo:
        """Make the session with this number the active one: it is read, and an archived one is brought back.

        Raises `SessionNotFound`.
        """
        ...

    async def read(self, actor: Actor, session_id: UUID) -> None:
        """Its newest words were shown: it is not unread any more. Raises `SessionNotFound`."""
        ...

    async def close(self, actor: Actor, *, place: str = EVERYWHERE) -> SessionInfo | None:
        """Make no session active; returns the one that was."""
        ...

    async def active(self, actor: Actor, *, place: str = EVERYWHERE) -> SessionInfo | None:
        """The active session, or `None`."""
        ...
