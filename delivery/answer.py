"""Delivering one turn's answer: one task that follows the turn's state and keeps its messages up to it.

The deliverer calls the plain methods from the turn's events; each only notes the newest state. The task shows it at a pace,
and its last act is the ending, which arrives whole whatever became of the session, of the messages or of their token.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from enum import Enum, auto
from typing import Final

from agent.events import LineWaiting, MakingRoom, RetryWaiting
from delivery import render
from delivery.closing import Closing
from delivery.governor import Right
from delivery.last_call import LastCall
from delivery.live import Look, Pace, looks_of
from delivery.long import wants_file
from delivery.means import Means
from delivery.offers import Offer
from delivery.parts import Parts
from delivery.render import Ending
from storage.errors import StoreError, TurnNotFound
from storage.records import Actor, SessionInfo, Turn, TurnState

log = logging.getLogger(__name__)

ORDER_SECONDS: Final = 5.0
"""How long a new message waits for those that belong above it; a failing line must not hold it up for longer."""


class Phase(Enum):
    """What the messages are to show."""

    NOTHING = auto()
    WAITING = auto()
    PAUSED = auto()
    VANISHED = auto()
    """It left the queue: removed, or about to start."""
    RUNNING = auto()
    ENDED = auto()


class AnswerDelivery:
    """The messages of one turn. `deliver()` is to run in a task of its own; the other methods only tell it what is new."""

    def __init__(
        self, means: Means, actor: Actor, session: SessionInfo, turn: Turn, after: Sequence["AnswerDelivery"] = ()
    ) -> None:
        self._means = means
        self.actor, self.session, self.turn = actor, session, turn
        self.phase = Phase.NOTHING
        self.generation = 0
        """Of the `AgentSession` that runs the turn."""
        self.placed = asyncio.Event()
        """Set once it has its first message, or never will have one."""
        self._after = after
        """Answers that were asked for before; their messages come first."""
        self.ending: Ending | None = None
        self.was_saved = False
        """The store took its end after all, which `ending` says it did not."""
        self._as_file = True
        self.superseded = False
        """Something else was asked in its session since."""
        self._closing = Closing(means, actor)
        self._parts = Parts(means, actor, turn)
        self._pace = Pace(means.governor, lambda: self._parts.next)
        self._last_call = LastCall(means, self._parts, self._pace.hurry)
        self._pieces: list[str] = []
        self._wrote, self._position = False, 0
        self._holdup: RetryWaiting | LineWaiting | MakingRoom | None = None
        self._speaks_at = self._thinks_since = float("inf")
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def waits(self) -> bool:
        """Whether the turn was last seen in the queue."""
        return self.phase in (Phase.WAITING, Phase.PAUSED)

    def wait_in_line(self, session: SessionInfo, position: int) -> None:
        """The turn waits; `position` counts from 1."""
        self._position = position
        self._note(session, Phase.WAITING)

    def pause(self, session: SessionInfo) -> None:
        """The turn waits for its owner."""
        self._note(session, Phase.PAUSED)

    def vanish(self, session: SessionInfo) -> None:
        """The turn waits no longer; the store knows why."""
        self._note(session, Phase.VANISHED)

    def run(self, session: SessionInfo, turn: Turn, generation: int) -> None:
        """The turn started."""
        self.turn, self.generation = turn, generation
        loop = asyncio.get_running_loop()
        self._speaks_at = loop.time() + self._means.silence
        self._alarm = loop.call_later(self._means.silence, self._pace.mark)
        self._note(session, Phase.RUNNING)

    def speak(self) -> None:
        """Something comes after it: it takes its place now, and does not wait for the first words."""
        self._speaks_at = 0.0
        self._pace.mark()

    def hold_up(self, event: RetryWaiting | LineWaiting | MakingRoom) -> None:
        """The model failed for a moment, or as many answers are being written as may be."""
        is_over = event.is_over if isinstance(event, MakingRoom) else isinstance(event, LineWaiting) and event.position == 0
        self._holdup = None if is_over else event
        self._speaks_at, self._thinks_since = 0.0, float("inf")
        self._note(event.session, Phase.RUNNING)

    def add(self, text: str) -> None:
        """More of the answer."""
        self._pieces.append(text)
        self._holdup = None
        if self._wrote:
            self._pace.mark()
        elif text.strip():
            self._wrote = True
            self._pace.hurry()

    def think(self) -> None:
        """The model thinks before it writes."""
        self._holdup = None
        self._thinks_since = min(self._thinks_since, asyncio.get_running_loop().time())
        self._pace.mark()

    def end(self, session: SessionInfo, turn: Turn, ending: Ending, *, last: bool = True) -> None:
        """The turn has its outcome; `last` while it is its session's last exchange."""
        if self.ending is None:
            self.turn, self.ending = turn, ending
            self.superseded = self.superseded or not last
            self._note(session, Phase.ENDED)
            self._pace.hurry()

    def offer(self) -> Offer | None:
        """The message under which *Retry* may be, once the end was shown."""
        message = self._parts.last
        if message is None or message.shown is None or self.ending is None:
            return None
        shown, target = message.shown, message.delivery.target
        return Offer(turn=self.turn, outcome=self.ending.outcome, target=target, content=shown.content)

    def _note(self, session: SessionInfo, phase: Phase) -> None:
        if self.phase is not Phase.ENDED:
            self.session, self.phase = session, phase
            self._pace.mark()

    async def deliver(self) -> None:
        """Keep the messages up to the turn's state until it has ended and is shown whole."""
        try:
            await self._parts.find()
            self._as_file = await wants_file(self._means.store, self.actor)
            self._last_call.watch()
            self._look_whether_placed()
            if not self.placed.is_set():
                await self._take_turns()
            self._after = ()
            while await self._step():
                self._look_whether_placed()
        except StoreError as error:
            log.warning("turn %s: its state could not be read: %s", self.turn.id, type(error).__name__)
        finally:
            self.placed.set()
            self._last_call.stop()
            if self._alarm is not None:
                self._alarm.cancel()

    async def show_saved(self) -> None:
        """Take back that it could not be saved. The delivery itself has ended by then."""
        if self.ending is not None:
            self.ending = replace(self.ending, saved=True)
            await self._parts.correct(await self._last_looks(self.ending))

    async def take_down(self) -> None:
        """Delete what is to be seen of it. The delivery itself has ended by then."""
        await self._parts.take_down()

    async def _take_turns(self) -> None:
        """Let answers that were asked for before have their first messages, so that the channel reads in order."""
        for other in self._after:
            other.speak()
        with suppress(TimeoutError):
            async with asyncio.timeout(ORDER_SECONDS):
                for other in self._after:
                    await other.placed.wait()

    def _look_whether_placed(self) -> None:
        if not self._parts.quiet:
            self.placed.set()

    async def _step(self) -> bool:
        """Show the newest state once; false when there will be no newer one."""
        is_hurried = await self._pace.wait()
        if self.ending is not None:
            looks = await self._last_looks(self.ending)
            await self._parts.settle(looks, render.refused(self.session), render.rest_elsewhere(self.session))
            return False
        if self.phase is Phase.VANISHED:
            return not await self._was_removed()
        if self._last_call.is_due and self.phase is Phase.RUNNING:
            await self._last_call.leave(self.turn, self._looks())
        right = Right.FIRST if is_hurried else Right.INTERIM
        if await self._parts.show(self._looks(), right, insist=self.phase is Phase.PAUSED):
            self._pace.spend()
        if self._parts.goes_on or (self._parts.behind and self.waits):
            self._pace.mark()  # nothing newer may come for long
        return True

    async def _was_removed(self) -> bool:
        """Whether the turn left the queue because its owner took it back, or gave up its session; its message then says so."""
        with suppress(TurnNotFound):
            turn = await self._means.store.turns.get(self.actor, self.turn.id)
            if turn.state is not TurnState.REMOVED:
                return False
        await self._parts.settle([Look(render.REMOVED)], render.REMOVED)
        return True

    def _looks(self) -> list[Look]:
        """What the messages shall look like while the turn waits or runs."""
        controls, turn = self._means.controls, self.turn
        match self.phase:
            case Phase.WAITING:
                return [Look(render.waiting(self.session, turn, self._position), "waiting", lambda: controls.waiting(turn))]
            case Phase.PAUSED:
                return [Look(render.paused(self.session, turn), "paused", lambda: controls.paused(turn))]
            case Phase.RUNNING if self._speaks():
                *before, last = looks_of(self._contents(), "streaming", lambda: controls.streaming(turn))
                return [*before, replace(last, lasting=render.lasting(self.session, last.content))]
            case _:
                return []

    def _speaks(self) -> bool:
        """Whether there is something to say by now; a new message waits a moment for the first words."""
        return self._wrote or not self._parts.quiet or asyncio.get_running_loop().time() >= self._speaks_at

    def _contents(self) -> list[str]:
        if self._holdup is not None:
            return [render.held_up(self._holdup)]
        if not self._wrote:
            return [render.thinking(self.session, asyncio.get_running_loop().time() - self._thinks_since)]
        self._pieces[:] = ["".join(self._pieces)]
        return render.streaming(self.session, "".join(self._pieces), as_file=self._as_file)

    async def _last_looks(self, ending: Ending) -> list[Look]:
        ending = replace(ending, as_file=self._as_file)
        return await self._closing.looks(self.session, self.turn, ending, is_last=lambda: not self.superseded)
