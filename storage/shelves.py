"""`Shelves`: what a person does to keep their sessions in order, and how things end (see `store.py`)."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from storage.records import Actor, Changed, SessionInfo


class Shelves(Protocol):
    """Each act returns its way back. Archived ones are left by opening them or saying something in them, too.

    All raise `SessionNotFound`, and all but `purge` and `erase` raise `SessionTemporary`. A session keeps its number through
    all of it, and to the last it is nobody else's.
    """

    async def rename(self, actor: Actor, number: int, name: str | None) -> Changed:
        """Give the session a name (`None`: none)."""
        ...

    async def name_by_model(self, actor: Actor, session_id: UUID, name: str) -> SessionInfo:
        """Give the session a name that a model thought of, unless a person named it; returns it as it now is."""
        ...

    async def pin(self, actor: Actor, number: int) -> Changed:
        """Show it first among the open ones."""
        ...

    async def unpin(self, actor: Actor, number: int) -> Changed:
        """Show it where it belongs by its time."""
        ...

    async def archive(self, actor: Actor, number: int) -> Changed:
        """Take it out of the open ones. An active session stays active."""
        ...

    async def unarchive(self, actor: Actor, number: int) -> Changed:
        """Bring it back to the open ones."""
        ...

    async def delete(self, actor: Actor, number: int) -> Changed:
        """Put it in the bin: it is active nowhere any more, and what is queued in it is paused.

        Raises `SessionWriting` while a turn runs in it.
        """
        ...

    async def restore(self, actor: Actor, number: int) -> Changed:
        """Take it out of the bin, as it was. Raises `SessionNotFound` too where it isn't in there."""
        ...

    async def undo(self, actor: Actor, undo_id: UUID) -> SessionInfo:
        """Make what an act changed as it was before it, and nothing else; once. (No session becomes active by it.)

        Raises `UndoNotFound`, and `SessionWriting` where that would put it in the bin.
        """
        ...

    async def purge(self, actor: Actor, number: int, *, since: datetime | None = None) -> None:
        """Delete a session that is in the bin for good, with all that was said in it. Its number stays taken.

        `Upkeep.wipe` then sees to what the files still hold of it. Raises `SessionNotFound` too where it isn't in the bin, or
        went there later than `since`.
        """
        ...

    async def erase(self, actor: Actor) -> None:
        """Delete all that there is of a person for good, running turns too; again is the same as once.

        What stays is a row with the small key that was theirs, so that nobody is ever given it, and the tokens that it spent on
        each day, which the bot's budget counts; neither leads back to them. Cut off by a crash, it is done in part: repeat it.
        """
        ...
