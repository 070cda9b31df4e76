"""`Branches`: the tree behind a session's current path (see `store.py`)."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from storage.records import Actor, SessionInfo, Tip


class Branches(Protocol):
    """All raise `SessionNotFound`."""

    async def tips(self, actor: Actor, session_id: UUID, *, limit: int = 25) -> Sequence[Tip]:
        """The ends of the session's branches, newest first, `limit` at most. Costs the session's entries at most."""
        ...

    async def switch(self, actor: Actor, session_id: UUID, entry: int) -> SessionInfo:
        """Make the path to this entry the current one. Raises `EntryNotFound`, and `SessionWriting` while a turn runs."""
        ...

    async def fork(self, actor: Actor, session_id: UUID, at: int | None = None, *, before: int | None = None) -> SessionInfo:
        """A new session with copies of the path to `at` (`None`: of the current path), linked to this one, with its name;
        instead of that with `before`, of what is above this entry, be it nothing. A model's name, which was for what was said,
        is not that of an empty copy.

        It is not made active. What was said, when and by whom, and what the entries' data name, is as it was; the turns stay
        the old session's. Raises `EntryNotFound`, and `SessionTemporary` for a temporary session.
        """
        ...

    async def lift(self, actor: Actor, turn_id: UUID) -> SessionInfo:
        """Move a session's last exchange, which has ended, out into a new session, linked to its old one and with no name.

        The turn is the new session's then, with copies of its two entries; those of the old session stay as they are, and its
        path ends above them. It is not made active. Raises `TurnNotFound`, `WrongTurnState`, `NotLastTurn`, `ExchangeAlone`
        where nothing is above it, and `SessionTemporary`.
        """
        ...
