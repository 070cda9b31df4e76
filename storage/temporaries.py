"""`Temporaries`: sessions that live as long as the process does, unless they are kept (see `store.py`)."""

from collections.abc import Sequence
from typing import Final, Protocol
from uuid import UUID

from storage.records import Actor, SessionInfo, Turn

MOST_CHARACTERS: Final = 500_000
"""Characters of a temporary session's entries and prompts beyond which it takes no further one: they are in memory."""


class Temporaries(Protocol):
    """Only ids, times and usage of a temporary session are stored, so its words go with the process.

    It is made by `SessionManager.create` and lives like any other, except that search does not find its words, that it takes
    prompts up to `MOST_CHARACTERS`, and that naming, keeping in order, forking and reading it whole raise `SessionTemporary`.
    """

    async def keep(self, actor: Actor, session_id: UUID) -> SessionInfo:
        """Store its words, all at once: it is an ordinary session from now on. One that is already stays as it is.

        Raises `SessionNotFound`.
        """
        ...

    async def end(self, actor: Actor, session_id: UUID) -> None:
        """Delete it for good, running turns too; only its number stays taken, and its tokens counted.

        Raises `SessionNotFound`, also where it is not temporary.
        """
        ...

    async def cut_off(self) -> Sequence[Turn]:
        """At the start: the turns of the temporary sessions that the last run left, as far as their messages show something
        that passes. Nothing else may be done with those sessions but to end them.
        """
        ...

    async def end_cut_off(self) -> int:
        """At the start: end those sessions; returns how many. Of those in which something was said their owners are told."""
        ...

    async def untold(self) -> Sequence[tuple[Actor, int]]:
        """The numbers of sessions that ended so, and whose owners were not told yet."""
        ...

    async def told(self, actor: Actor) -> None:
        """The person was told of theirs."""
        ...
