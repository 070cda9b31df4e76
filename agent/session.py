"""`AgentSession`: one live conversation. It takes prompts, runs one turn at a time in a task of its own, and tells listeners.

Built only by `build_session`, owned by one `SessionRuntime`, and never reused for another session: every switch disposes it
and builds a fresh one. Here is what may be asked of it and how it ends; its task is in `worker.py`, what a turn does in
`turn.py`, what waits in `line.py`.
"""

import asyncio
import warnings
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum, auto
from uuid import UUID

from agent.budget import Budget
from agent.checkpoints import Sleep
from agent.compactor import Compactor
from agent.config import AgentConfig
from agent.ended import Ended
from agent.errors import SessionBusy, SessionDisposed
from agent.events import Listener
from agent.floor import Floor
from agent.line import WaitingLine
from agent.model import ModelClient
from agent.room import RoomMaker
from agent.teller import Teller
from agent.turn import TurnRunner
from agent.worker import Worker
from storage.errors import StoreError, TurnNotFound
from storage.records import Actor, Prompt, SessionInfo, Turn, TurnState
from storage.store import Store
from storage.turns import TurnJournal


class Life(Enum):
    """Where an `AgentSession` is in its life; each state is entered once."""

    LIVE = auto()
    ENDING = auto()
    """`dispose()` was called: nothing new is taken, what runs is stopped and stored."""
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
        floor: Floor,
        budget: Budget,
        compactor: Compactor,
        unsaved: tuple[Turn, Ended] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.generation = generation
        self._life = Life.LIVE
        self._store, self._actor = store, actor
        self._lock = asyncio.Lock()
        self._disposal: asyncio.Task[None] | None = None
        # Nothing below holds the session itself: one that is let go of is freed at once, and heard of if never disposed.
        self._teller = Teller(actor, info, generation, config.attempts)
        self._line = WaitingLine(store, actor, info.id, limit=config.queue_limit, tell=self._teller.queue)
        self._worker = Worker(
            store=store,
            actor=actor,
            runner=TurnRunner(
                store=store,
                model=model,
                config=config,
                actor=actor,
                sleep=sleep,
                delta=self._teller.delta,
                thought=self._teller.thought,
                retrying=self._teller.retrying,
                floor=floor,
                budget=budget,
                in_line=self._teller.in_line,
                room=RoomMaker(store=store, compactor=compactor, actor=actor, making=self._teller.making_room),
            ),
            line=self._line,
            teller=self._teller,
            correction=correction,
            unsaved=unsaved,
            sleep=sleep,
        )

    @property
    def info(self) -> SessionInfo:
        """The session as it was last read."""
        return self._teller.info

    @property
    def is_streaming(self) -> bool:
        """Whether a turn runs or the next one is about to: without a gap until nothing more is to be asked."""
        return self._worker.is_busy

    @property
    def turn(self) -> Turn | None:
        """The running turn, or the last one."""
        return self._worker.turn

    @property
    def running(self) -> Turn | None:
        """The turn that is being answered now."""
        return self.turn if self.turn is not None and not self.turn.state.is_ended else None

    def renew(self, info: SessionInfo) -> None:
        """The session was just read (it may have a new name); a running turn reads it itself."""
        if not self.is_streaming:
            self._teller.info = info

    async def prompt(self, prompt: Prompt) -> Turn:
        """Store a prompt and start answering it. Raises `SessionBusy` while one runs, `SessionDisposed`, `StoreError`."""
        async with self._lock:
            self._must_be_free()
            await self._worker.settle()
            turn = await self._store.turns.submit(self._actor, self.info.id, prompt, TurnState.ASKED)
            self._worker.start(turn)
            return turn

    async def retry(self, turn_id: UUID, prompt: Prompt) -> Turn:
        """Ask an ended turn's prompt once more. Raises as `prompt()`, `TurnNotFound`, `WrongTurnState`, `NotLastTurn`."""
        return await self._again(turn_id, lambda turns: turns.retry(self._actor, turn_id, prompt))

    async def finish(self, turn_id: UUID, prompt: Prompt) -> Turn:
        """Go on with an ended turn's answer. Raises as `retry()`."""
        return await self._again(turn_id, lambda turns: turns.finish(self._actor, turn_id, prompt))

    async def revise(self, turn_id: UUID, prompt: Prompt) -> Turn:
        """Ask another prompt in the stead of an ended turn's. Raises as `retry()`."""
        return await self._again(turn_id, lambda turns: turns.revise(self._actor, turn_id, prompt))

    async def _again(self, turn_id: UUID, ask: Callable[[TurnJournal], Awaitable[Turn]]) -> Turn:
        async with self._lock:
            self._must_be_free()
            if (await self._store.turns.get(self._actor, turn_id)).session_id != self.info.id:
                raise TurnNotFound
            await self._worker.settle()
            turn = await ask(self._store.turns)
            self._worker.start(turn)
            return turn

    async def carry_on(self, turn: Turn) -> None:
        """Answer a turn that was asked before the bot ended. Raises as `prompt()`."""
        async with self._lock:
            self._must_be_free()
            self._worker.start(turn)

    async def follow_up(self, prompt: Prompt) -> Turn:
        """Store a prompt that waits until the running answer has ended. Raises `QueueFull`, `SessionDisposed`, `StoreError`."""
        async with self._lock:
            self._must_live()
            turn = await self._line.add(prompt)
            self._worker.go_on()
            return turn

    async def remove(self, turn_id: UUID) -> Turn:
        """Take a waiting prompt out. Raises `TurnNotFound`, `WrongTurnState`, `SessionDisposed`, `StoreError`."""
        self._must_live()
        return await self._line.remove(turn_id)

    async def reword(self, turn_id: UUID, text: str) -> Turn:
        """Give a waiting prompt other words. Raises as `remove()`, and `TemporaryFull`."""
        self._must_live()
        return await self._line.reword(turn_id, text)

    async def send_now(self, turn_id: UUID) -> None:
        """Ask a waiting prompt next, before the others, which go on after it as they are, queued or paused. An answer that is
        being written is stopped for it, with its text kept.

        Raises `TurnNotFound`, `WrongTurnState` where it waits no longer, `SessionDisposed`, `StoreError`.
        """
        async with self._lock:
            self._must_live()
            if (await self._store.turns.get(self._actor, turn_id)).session_id != self.info.id:
                raise TurnNotFound
            await self._worker.send_now(turn_id)

    async def resume_waiting(self) -> tuple[Turn, ...]:
        """Let what is paused go on, in order; returns what waits. Raises `SessionDisposed`, `StoreError`."""
        async with self._lock:
            self._must_live()
            waiting = await self._line.resume()
            if waiting:
                self._worker.go_on()
            return waiting

    async def go_on(self) -> None:
        """Take what is queued, if nothing runs. Raises `SessionDisposed`."""
        async with self._lock:
            self._must_live()
            self._worker.go_on()

    async def settle(self) -> None:
        """Store the end of the last turn, if the store did not take it when it came. Raises `SessionDisposed`, `StoreError`."""
        async with self._lock:
            self._must_live()
            await self._worker.settle()

    async def abort(self, outcome: TurnState = TurnState.STOPPED) -> Turn | None:
        """Stop the running turn and wait until its end is stored; what waits is paused (`INTERRUPTED` leaves it queued).

        Returns the turn that this ended. It never waits for a prompt that is being taken in.
        """
        return await self._worker.stop(outcome)

    def drain(self) -> None:
        """Let the running turn end, but start no further one."""
        self._worker.drain()

    async def until_idle(self) -> None:
        """Wait until nothing runs."""
        await self._worker.until_idle()

    async def dispose(self, outcome: TurnState = TurnState.STOPPED) -> None:
        """Abort what runs, write what is pending, drop every listener; after it no event reaches anyone.

        Twice, or at once from two sides, is the same as once.
        """
        if self._disposal is None:
            self._move(Life.ENDING)
            self._disposal = asyncio.create_task(self._dispose(outcome), name=f"dispose-{self.info.id}")
        await asyncio.shield(self._disposal)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; returns what ends that. Raises `SessionDisposed`."""
        self._must_live()
        return self._teller.subscribe(listener)

    def __del__(self) -> None:
        if self._life is not Life.DISPOSED:
            warnings.warn(f"session {self.info.id} was never disposed", ResourceWarning, stacklevel=1)

    async def _dispose(self, outcome: TurnState) -> None:
        await self.abort(outcome)
        async with self._lock:
            while self.is_streaming:  # a prompt that was being taken in has started since
                await self.abort(outcome)
            with suppress(StoreError):  # it stays unended, and is mended when the session is built again
                await self._worker.settle()
            self._teller.fall_silent()
            self._move(Life.DISPOSED)

    def _must_live(self) -> None:
        if self._life is not Life.LIVE:
            raise SessionDisposed

    def _must_be_free(self) -> None:
        self._must_live()
        if self.is_streaming:
            raise SessionBusy

    def _move(self, life: Life) -> None:
        """The one place where its life goes on."""
        self._life = life
