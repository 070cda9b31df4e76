"""`Worker`: the one task of an `AgentSession`. It answers a turn, then what waits in line, until nothing does or it is stopped.

The session starts and stops it; what a turn does is in `turn.py`. Its states decide what a stop does: an answer is cancelled,
the storing of one never is.
"""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace
from enum import Enum, auto
from typing import Any, Final, TypeVar
from uuid import UUID

from agent.answer import Answer, stopped
from agent.checkpoints import Sleep
from agent.choices import forget_model
from agent.context import correction_from
from agent.ended import Ended
from agent.errors import Costly
from agent.line import WaitingLine
from agent.teller import Teller
from agent.turn import TurnRunner
from storage.errors import StoreError, StoreUnavailable
from storage.records import Actor, Turn, TurnState
from storage.store import Store

T = TypeVar("T")

log = logging.getLogger(__name__)

PATIENCE: Final = (1.0, 2.0, 5.0, 15.0)
"""Seconds until a line that the store did not give is asked for again; the last one repeats."""


class State(Enum):
    """What a `Worker` does."""

    IDLE = auto()
    ANSWERING = auto()
    """The model is at work, or a failing store is waited for; a stop cancels that."""
    BETWEEN = auto()
    """A turn is being stored, or the next one taken; a stop waits for that and then holds the line."""


class Worker:
    """Runs a session's turns, one at a time. `correction` is that of the session's last answer (see `context.py`).

    `unsaved` is an end that the store did not take yet. Nothing is asked before it has: an end that came after further prompts
    would move the session back to where its turn was.
    """

    def __init__(
        self,
        *,
        store: Store,
        actor: Actor,
        runner: TurnRunner,
        line: WaitingLine,
        teller: Teller,
        correction: float,
        unsaved: tuple[Turn, Ended] | None,
        sleep: Sleep,
    ) -> None:
        self.turn: Turn | None = None
        """The running turn, or the last one."""
        self._store, self._actor, self._sleep = store, actor, sleep
        self._runner, self._line, self._teller = runner, line, teller
        self._correction = correction
        self._unsaved = unsaved
        self._settling = asyncio.Lock()
        self._state = State.IDLE
        self._task: asyncio.Task[Turn | None] | None = None
        self._stopping: TurnState | None = None
        self._making_way = False
        """The running answer is stopped for a prompt that goes before the others, and the line goes on."""
        self._has_more = False
        """Something was put in line since the task last looked."""
        self._draining = False

    @property
    def is_busy(self) -> bool:
        """Whether a turn runs or the next one is about to: without a gap until nothing more is to be asked."""
        return self._task is not None

    def start(self, turn: Turn | None) -> None:
        """Answer this asked turn, or the first in line. Only while not busy."""
        self.turn = turn or self.turn
        if turn is not None and self._unsaved is not None and self._unsaved[0].id == turn.id:
            self._unsaved = None  # it is carried on, so it has no end yet
        self._move(State.BETWEEN)
        self._task = asyncio.create_task(self._run(turn), name=f"session-{self._teller.info.id}")

    def go_on(self) -> None:
        """Something may be in line: the running task will look, or a new one does."""
        self._has_more = True
        if self._task is None:
            self.start(None)

    async def send_now(self, turn_id: UUID) -> None:
        """See `AgentSession.send_now`.

        An answer that begins as this comes is let be: nobody has seen it run. This prompt is then the next.
        """
        running = self.turn if self._state is State.ANSWERING else None
        await self._line.put_ahead(turn_id)
        if self._state is State.ANSWERING and self.turn is running and self._task is not None and self._may_go_on():
            self._making_way = True
            self._move(State.BETWEEN)
            self._task.cancel()
        self.go_on()

    async def stop(self, outcome: TurnState) -> Turn | None:
        """See `AgentSession.abort`."""
        task = self._task
        if task is None:
            return None
        self._stopping = self._stopping or outcome
        self._line.none_sent()
        if self._state is State.ANSWERING:
            self._move(State.BETWEEN)
            task.cancel()
        await asyncio.wait([task])
        return None if task.cancelled() else task.result()

    async def settle(self) -> None:
        """See `AgentSession.settle`."""
        async with self._settling:
            unsaved = self._unsaved
            if unsaved is not None:
                saved = await self._runner.store_end(*unsaved)
                self._unsaved = None if self._unsaved is unsaved else self._unsaved
                self._teller.saved(saved)

    def drain(self) -> None:
        """Let the running turn end, but start no further one."""
        self._draining = True

    async def until_idle(self) -> None:
        """Wait until nothing runs."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self, turn: Turn | None) -> Turn | None:
        """Answer this turn, then what waits, until nothing does or a stop holds the queue; returns the last one answered."""
        last: Turn | None = None
        try:
            turn = turn or await self._next()
            while turn is not None:
                last = await self._answer(turn)
                turn = await self._next()
            if self._stopping is TurnState.STOPPED:
                await self._line.pause()
        except asyncio.CancelledError:
            self._has_more = False  # no stop, but the end of the loop
            raise
        except Exception as error:
            log.error("session %s: unforeseen %s", self._teller.info.id, type(error).__name__, exc_info=error)  # noqa: TRY400 - with its kind
        finally:
            self._task = self._stopping = None
            self._move(State.IDLE)
            if self._has_more:
                self.start(None)
        return last

    async def _next(self) -> Turn | None:
        """Ask the first prompt that is queued, if there is one and nothing holds the queue."""
        failures = 0
        while True:
            self._has_more = False
            try:
                return await self._line.take(self._may_go_on, self.settle)
            except StoreUnavailable as error:
                log.warning("session %s: its line could not be taken from: %s", self._teller.info.id, type(error).__name__)
            await self._unless_stopped(self._patience(failures))
            failures += 1

    async def _patience(self, failures: int) -> None:
        await self._sleep(PATIENCE[min(failures, len(PATIENCE) - 1)])

    def _may_go_on(self) -> bool:
        return self._stopping is None and not self._draining

    async def _answer(self, turn: Turn) -> Turn:
        self.turn = turn
        await self._refresh()
        self._teller.started(turn)
        answer, ended = Answer(begun=turn.partial), None
        if self._stopping is None:
            ended = await self._unless_stopped(self._runner.answer(turn, answer, self._correction))
        if ended is None:
            ended = stopped(answer, self._stopping or TurnState.STOPPED)
        return await self._end(turn, self._runner.settled(turn, answer, ended, self._correction))

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What the work gives, or `None` if it was stopped or made way: the cancellations that are taken for an end."""
        self._move(State.ANSWERING)
        try:
            return await work
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or (self._stopping is None and not self._making_way):
                raise
            task.uncancel()
            return None
        finally:
            self._making_way = False
            self._move(State.BETWEEN)

    async def _end(self, turn: Turn, ended: Ended) -> Turn:
        """Store the end, which no stop cancels, and tell of it whether the store took it or not."""
        saved = True
        try:
            turn = await self._runner.store_end(turn, ended)
        except StoreError as error:
            saved, self._unsaved = False, (turn, ended)
            log.warning("turn %s: its end could not be saved: %s", turn.id, type(error).__name__)
        await self._refresh()
        trimmed = ended.trimmed and (await self._is_first("trimmed") or ended.unsummarised)
        nearly_full = ended.nearly_full and await self._is_first("nearly full")
        if ended.gone is not None:
            await self._forget(ended.gone)
        if ended.usage is not None:
            self._correction = correction_from(ended.usage)
        if ended.kind == Costly.kind:
            await self._hold_line()
        self.turn = turn if saved else replace(turn, state=ended.outcome)
        self._teller.ended(turn, ended, trimmed=trimmed, nearly_full=nearly_full, saved=saved)
        return self.turn

    async def _is_first(self, notice: str) -> bool:
        try:
            return await self._store.first_time(self._actor, notice, self._teller.info.id)
        except StoreError:
            return True  # said twice is better than never

    async def _hold_line(self) -> None:
        """What waits is asked only after its owner has said whether this turn shall be, which has to stay the last for that."""
        try:
            await self._line.pause()
        except StoreError as error:
            log.warning("session %s: its line goes on: %s", self._teller.info.id, type(error).__name__)

    async def _forget(self, model: str) -> None:
        """Choose a model no more that is gone, so that this is said once."""
        try:
            await forget_model(self._store, self._actor, self._teller.info.id, model)
        except StoreError as error:
            log.warning("session %s: its model stays chosen: %s", self._teller.info.id, type(error).__name__)

    async def _refresh(self) -> None:
        try:
            self._teller.info = await self._store.sessions.get(self._actor, self._teller.info.id)
        except StoreError as error:
            log.warning("session %s: it could not be read: %s", self._teller.info.id, type(error).__name__)

    def _move(self, state: State) -> None:
        """The one place where the state changes."""
        self._state = state
