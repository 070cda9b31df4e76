"""`AgentSession`: one live conversation. It takes prompts, runs one turn at a time in a task of its own, and tells listeners.

Built only by `build_session`, owned by one `SessionRuntime`, and never reused for another session: every switch disposes it
and builds a fresh one. What a turn does is in `turn.py`; here are the states, the queue and the end.
"""

import asyncio
import logging
import warnings
from collections.abc import Callable
from enum import Enum, auto
from uuid import UUID

from agent.config import AgentConfig
from agent.context import correction_from
from agent.errors import ModelError, SessionBusy, SessionDisposed
from agent.events import Listener
from agent.model import ModelClient
from agent.teller import Teller
from agent.turn import Answer, Ended, Sleep, TurnRunner
from storage.errors import StoreError
from storage.records import Actor, Prompt, SessionInfo, Turn, TurnState
from storage.store import Store

log = logging.getLogger(__name__)


class State(Enum):
    """Where an `AgentSession` is in its life."""

    IDLE = auto()
    ANSWERING = auto()
    """The model is at work; a stop cancels it."""
    BETWEEN = auto()
    """A turn is being stored, or the next one taken; a stop waits for that and then holds the queue."""
    DISPOSED = auto()


class AgentSession:
    """One live conversation of one person. `dispose()` must be awaited before it is let go of."""

    def __init__(
        self,
        *,
        store: Store,
        model: ModelClient,
        config: AgentConfig,
        actor: Actor,
        info: SessionInfo,
        generation: int,
        correction: float,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.info = info
        self.generation = generation
        self.turn: Turn | None = None
        """The running turn, or the last one."""
        self._store, self._config, self._actor = store, config, actor
        self._correction = correction
        self._teller = Teller(actor, generation, config.attempts)
        self._state = State.IDLE
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._stopping: TurnState | None = None
        self._draining = False
        self._disposal: asyncio.Task[None] | None = None
        self._runner = TurnRunner(
            store=store,
            model=model,
            config=config,
            actor=actor,
            sleep=sleep,
            delta=lambda turn, text: self._teller.delta(self.info, turn, text),
            waiting=lambda turn, error, seconds, attempt: self._teller.waiting(self.info, turn, error, seconds, attempt),
        )

    @property
    def is_streaming(self) -> bool:
        """Whether a turn runs, or the next one is about to."""
        return self._task is not None

    async def prompt(self, prompt: Prompt) -> Turn:
        """Store a prompt and start answering it. Raises `SessionBusy` while one runs, `SessionDisposed`, `StoreError`."""
        async with self._lock:
            self._must_be_free()
            return await self._started(await self._store.turns.submit(self._actor, self.info.id, prompt, TurnState.ASKED))

    async def retry(self, turn_id: UUID, prompt: Prompt) -> Turn:
        """Ask an ended turn's prompt once more. Raises as `prompt()`, and `NotLastTurn`."""
        async with self._lock:
            self._must_be_free()
            return await self._started(await self._store.turns.retry(self._actor, turn_id, prompt))

    async def carry_on(self, turn: Turn) -> None:
        """Answer a turn that was asked before the bot ended. Raises as `prompt()`."""
        async with self._lock:
            self._must_be_free()
            await self._started(turn)

    async def follow_up(self, prompt: Prompt) -> Turn:
        """Store a prompt that waits until the running answer has ended. Raises `QueueFull`, `SessionDisposed`, `StoreError`."""
        async with self._lock:
            self._must_live()
            limit = self._config.queue_limit
            turn = await self._store.turns.submit(self._actor, self.info.id, prompt, TurnState.QUEUED, limit=limit)
            self._go_on()
            await self._tell_queue()
            return turn

    async def remove(self, turn_id: UUID) -> Turn:
        """Take a waiting prompt out. Raises `TurnNotFound`, `WrongTurnState`, `StoreError`."""
        turn = await self._store.turns.remove(self._actor, turn_id)
        await self._tell_queue()
        return turn

    async def resume(self) -> tuple[Turn, ...]:
        """Let what is paused go on; returns what waits. Raises `SessionDisposed`, `StoreError`."""
        async with self._lock:
            self._must_live()
            waiting = tuple(await self._store.turns.resume(self._actor, self.info.id))
            if waiting:
                self._go_on()
            return waiting

    async def go_on(self) -> None:
        """Take what is queued, if nothing runs. Raises `SessionDisposed`."""
        async with self._lock:
            self._must_live()
            self._go_on()

    async def abort(self, outcome: TurnState = TurnState.STOPPED) -> None:
        """Stop the running turn and wait until its end is stored; what waits is paused. `INTERRUPTED` leaves it queued."""
        task = self._task
        if task is None:
            return
        self._stopping = self._stopping or outcome
        if self._state is State.ANSWERING:
            self._move(State.BETWEEN)
            task.cancel()
        await asyncio.wait([task])

    def drain(self) -> None:
        """Let the running turn end, but start no further one."""
        self._draining = True

    async def until_idle(self) -> None:
        """Wait until nothing runs."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def dispose(self, outcome: TurnState = TurnState.STOPPED) -> None:
        """Abort what runs, write what is pending, drop every listener; after it no event reaches anyone.

        Twice, or at once from two sides, is the same as once.
        """
        if self._disposal is None:
            self._disposal = asyncio.create_task(self._dispose(outcome), name=f"dispose-{self.info.id}")
        await asyncio.shield(self._disposal)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; returns what ends that."""
        return self._teller.subscribe(listener)

    def __del__(self) -> None:
        if self._state is not State.DISPOSED:
            warnings.warn(f"session {self.info.id} was never disposed", ResourceWarning, stacklevel=1)

    async def _dispose(self, outcome: TurnState) -> None:
        await self.abort(outcome)
        async with self._lock:
            await self.abort(outcome)
            self._teller.fall_silent()
            self._move(State.DISPOSED)

    async def _started(self, turn: Turn) -> Turn:
        self._move(State.BETWEEN)
        self._task = asyncio.create_task(self._run(turn), name=f"session-{self.info.id}")
        return turn

    def _go_on(self) -> None:
        """Take what waits, unless the running task will."""
        if self._task is None:
            self._move(State.BETWEEN)
            self._task = asyncio.create_task(self._run(None), name=f"session-{self.info.id}")

    async def _run(self, turn: Turn | None) -> None:
        """Answer this turn, then what waits, until nothing does or a stop holds the queue."""
        try:
            turn = turn or await self._next()
            while turn is not None:
                await self._answer(turn)
                turn = await self._next()
            if self._stopping is TurnState.STOPPED:
                await self._store.turns.pause(self._actor, self.info.id)
                await self._tell_queue()
        except StoreError as error:
            log.warning("session %s: the queue could not be read: %s", self.info.id, type(error).__name__)
        finally:
            self._task = self._stopping = None
            self._move(State.IDLE)

    async def _answer(self, turn: Turn) -> None:
        self.turn = turn
        self.info = await self._fresh_info()
        self._teller.started(self.info, turn)
        answer = Answer()
        if self._stopping is None:
            ended = await self._asked(turn, answer)
        else:
            ended = self._runner.stopped(answer, self._stopping)
        self._move(State.BETWEEN)
        await self._end(turn, ended)

    async def _asked(self, turn: Turn, answer: Answer) -> Ended:
        """The turn's end, however it comes; a stop is the one cancellation that is taken for an end."""
        self._move(State.ANSWERING)
        try:
            return await self._runner.answer(turn, answer, self._correction)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._stopping is None or task is None:
                raise
            task.uncancel()
            return self._runner.stopped(answer, self._stopping)
        except Exception as error:
            log.error("turn %s: unforeseen %s", turn.id, type(error).__name__, exc_info=error)  # noqa: TRY400 - with its kind
            return Ended(
                outcome=TurnState.TRUNCATED if answer.text else TurnState.FAILED,
                text=answer.text,
                error=ModelError(),
                kind=ModelError.kind,
            )

    async def _end(self, turn: Turn, ended: Ended) -> None:
        saved, trimmed = True, False
        try:
            turn = await self._runner.store_end(turn, ended)
            trimmed = ended.trimmed and await self._store.first_time(self._actor, "trimmed", self.info.id)
            self.info = await self._fresh_info()
        except StoreError as error:
            saved = False
            log.warning("turn %s: its end could not be saved: %s", turn.id, type(error).__name__)
        if ended.usage is not None:
            self._correction = correction_from(ended.usage)
        self.turn = turn
        self._teller.ended(self.info, turn, ended, trimmed=trimmed, saved=saved)

    async def _next(self) -> Turn | None:
        """Ask the first prompt that is queued, if there is one and nothing holds the queue."""
        if self._stopping is not None or self._draining:
            return None
        waiting = await self._store.turns.waiting(self._actor, self.info.id)
        first = next((turn for turn in waiting if turn.state is TurnState.QUEUED), None)
        if first is None or self._stopping is not None:
            return None
        turn = await self._store.turns.ask(self._actor, first.id)
        await self._tell_queue()
        return turn

    async def _fresh_info(self) -> SessionInfo:
        try:
            return await self._store.sessions.get(self._actor, self.info.id)
        except StoreError:
            return self.info

    async def _tell_queue(self) -> None:
        self._teller.queue(self.info, tuple(await self._store.turns.waiting(self._actor, self.info.id)))

    def _must_live(self) -> None:
        if self._disposal is not None:
            raise SessionDisposed

    def _must_be_free(self) -> None:
        self._must_live()
        if self.is_streaming:
            raise SessionBusy

    def _move(self, state: State) -> None:
        """The one place where the state changes; nothing leaves DISPOSED."""
        if self._state is not State.DISPOSED:
            self._state = state
