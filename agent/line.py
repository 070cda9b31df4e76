"""`WaitingLine`: the prompts that wait in one session, as the store has them, and the telling of each change.

Used by `AgentSession`, which decides when the next one is taken. A line is told of as it is read from the store, one telling
at a time, so that what listeners hear last is what was true last.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from storage.errors import StoreError, TurnNotFound, WrongTurnState
from storage.records import Actor, Prompt, Turn, TurnState
from storage.store import Store

log = logging.getLogger(__name__)


class WaitingLine:
    """At most `limit` prompts of one session, in order. `tell` is called with all of them whenever they changed."""

    def __init__(
        self, store: Store, actor: Actor, session_id: UUID, *, limit: int, tell: Callable[[tuple[Turn, ...]], None]
    ) -> None:
        self._turns = store.turns
        self._actor, self._session_id, self._limit = actor, session_id, limit
        self._tell = tell
        self._telling = asyncio.Lock()
        self._sent: UUID | None = None
        """What was put ahead since the last stop, if anything."""

    async def add(self, prompt: Prompt) -> Turn:
        """Put a prompt at the end. Raises `QueueFull`, `DuplicateSource`, `StoreUnavailable`."""
        limit = None if prompt.missed else self._limit
        turn = await self._turns.submit(self._actor, self._session_id, prompt, TurnState.QUEUED, limit=limit)
        await self._told()
        return turn

    async def remove(self, turn_id: UUID) -> Turn:
        """Take a prompt out. Raises `TurnNotFound`, `WrongTurnState`, `StoreUnavailable`."""
        turn = await self._turns.remove(self._actor, turn_id)
        await self._told()
        return turn

    async def reword(self, turn_id: UUID, text: str) -> Turn:
        """Give a prompt other words. Raises as `remove()`, and `TemporaryFull`."""
        turn = await self._turns.reword(self._actor, turn_id, text)
        await self._told()
        return turn

    async def put_ahead(self, turn_id: UUID) -> None:
        """Have this prompt asked before the others, queued or paused. Raises as `remove()`."""
        self._sent = turn_id
        await self._turns.put_ahead(self._actor, turn_id)

    def none_sent(self) -> None:
        """Let no prompt go on by itself that was sent until now: a stop holds them all."""
        self._sent = None

    async def take(self, may_go_on: Callable[[], bool], before: Callable[[], Awaitable[None]]) -> Turn | None:
        """Ask the first queued prompt, once `before` is done, unless nothing may be asked now. Raises `StoreUnavailable`."""
        while may_go_on():
            if await self._first() is None:
                return None
            await before()
            first = await self._first()  # another may have been put ahead meanwhile
            if first is None or not may_go_on():
                return None
            try:
                turn = await self._turns.ask(self._actor, first.id)
            except (TurnNotFound, WrongTurnState):
                continue  # its owner took it back at the same moment
            await self._told()
            return turn
        return None

    async def pause(self) -> None:
        """Hold every queued prompt until its owner sends or removes it, but one that was sent since the stop.

        Raises `StoreUnavailable`.
        """
        if await self._turns.pause(self._actor, self._session_id, but=self._sent):
            await self._told()

    async def resume(self) -> tuple[Turn, ...]:
        """Let every paused prompt go on; returns all that wait. Raises `StoreUnavailable`."""
        waiting = tuple(await self._turns.resume(self._actor, self._session_id))
        await self._told()
        return waiting

    async def _first(self) -> Turn | None:
        return next((turn for turn in await self._waiting() if turn.state is TurnState.QUEUED), None)

    async def _waiting(self) -> Sequence[Turn]:
        return await self._turns.waiting(self._actor, self._session_id)

    async def _told(self) -> None:
        """Tell how the line is now. The change itself is stored, so a failure to read it is no failure of the change."""
        async with self._telling:
            try:
                self._tell(tuple(await self._waiting()))
            except StoreError as error:
                log.warning("session %s: its line could not be read: %s", self._session_id, type(error).__name__)
