"""From a session's events to Discord: one `AnswerDelivery` for each turn that waits, runs, or is being mended.

`on_event` is the listener that every session is given. The answers that a crash left half shown are mended at the start. All
tasks are owned here and end in `close()`.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any
from uuid import UUID

from agent.events import (
    Event,
    KeptFinished,
    LineWaiting,
    MakingRoom,
    QueueChanged,
    RetryWaiting,
    TextDelta,
    ThoughtDelta,
    TurnEnded,
    TurnSaved,
    TurnStarted,
)
from delivery.again import Again
from delivery.answer import AnswerDelivery
from delivery.means import Means
from delivery.offers import Offers
from delivery.stored import ending_of, stored_answer
from delivery.tokens import erase_hourly
from delivery.unsaved import Unsaved
from delivery.withdrawing import find_lost, withdraw, withdraw_lost
from storage.errors import NotFound
from storage.records import Actor, SessionInfo, Turn, TurnState

log = logging.getLogger(__name__)


class Deliverer:
    """Shows every turn to its owner."""

    def __init__(self, means: Means, *, on_kept_finished: Callable[[KeptFinished], None], now: Callable[[], datetime]) -> None:
        self._means = means
        self._on_kept_finished = on_kept_finished
        self._now = now
        self._answers: dict[UUID, AnswerDelivery] = {}
        self._offers = Offers()
        self.again = Again(means, self._offers)
        """Shows answers that ended before."""
        self._unsaved = Unsaved()
        self._tasks: dict[asyncio.Task[None], AnswerDelivery | None] = {}
        self._closed = False

    def on_event(self, event: Event) -> None:
        """The `Listener` of every session: never blocks, never raises."""
        if self._closed:
            return
        try:
            self._take(event)
        except Exception:
            log.exception("an event of session %s could not be taken", event.session.id)

    async def recover(self) -> None:
        """Mend every answer that the last run left open, and erase expired tokens, now and each hour.

        Returns when the mending is under way. Raises `StoreUnavailable`.
        """
        await self._means.store.upkeep.erase_tokens(self._now())
        self._own("erase-tokens", erase_hourly(self._means.store.upkeep, self._now))
        found = await self._means.store.upkeep.open_deliveries()
        for turn_id, actor in {delivery.turn_id: actor for actor, delivery in found}.items():
            if turn_id not in self._answers:
                await self._mend(actor, turn_id)

    async def withdraw_lost(self) -> None:
        """Let what temporary sessions still show as under way say that the restart has ended them, and end them.

        Returns when that is under way. Raises `StoreUnavailable`.
        """
        for turn, parts in await find_lost(self._means):
            self._own(f"lost-{turn.id}", withdraw_lost(turn, parts))
        await self._means.store.temporaries.end_cut_off()

    async def stands_again(self, actor: Actor, session: SessionInfo, turn: Turn) -> None:
        """An ended turn is its session's last once more: its message offers what the last one does, once that is taken off it
        for what came after it. Raises `NotFound`, `StoreUnavailable`.
        """
        if taking := [task for task in self._tasks if task.get_name() == f"take-back-{turn.id}"]:
            await asyncio.wait(taking)
        await self.again.offer_again(actor, session, turn)

    def let_be(self, turn: Turn) -> None:
        """What is asked next in this turn's session takes nothing off its answer: it was moved out, or says by now that it was
        not asked.
        """
        self._offers.drop(turn.session_id, turn.id)

    async def forget(self, actor: Actor, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - as `close`
        """Show a person nothing more of their turns, and take down what was not yet at its end. What has just ended is let be
        shown for up to `timeout` seconds, since only then all its messages are known.
        """
        theirs = {task: answer for task, answer in self._tasks.items() if answer is not None and answer.actor == actor}
        if ending := [task for task, answer in theirs.items() if answer.ending is not None]:
            await asyncio.wait(ending, timeout=timeout)
        for task in theirs:
            task.cancel()
        await asyncio.gather(*theirs, return_exceptions=True)
        await asyncio.gather(*(answer.take_down() for answer in theirs.values()))
        self._offers.forget(actor)
        self._unsaved.forget(actor)

    async def close(self, timeout: float = 2.0) -> None:  # noqa: ASYNC109 - the time for the last edits, not a limit on the call
        """Let answers that have ended be shown for up to `timeout` seconds, then end every task. Twice is as once."""
        self._closed = True
        ending = [task for task, answer in self._tasks.items() if answer is not None and answer.ending is not None]
        for task in [task for task in self._tasks if task not in ending]:
            task.cancel()
        if ending:
            await asyncio.wait(ending, timeout=timeout)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _take(self, event: Event) -> None:
        match event:
            case QueueChanged():
                self._take_queue(event)
            case TurnStarted():
                self._supersede(event.session, event.turn)
                self._answer(event.actor, event.session, event.turn).run(event.session, event.turn, event.generation)
            case TextDelta() | ThoughtDelta() | RetryWaiting() | LineWaiting() | MakingRoom():
                self._take_progress(event)
            case TurnEnded():
                ending = ending_of(event, self._means.model_label)
                self._answer(event.actor, event.session, event.turn).end(event.session, event.turn, ending)
            case TurnSaved():
                self._take_saved(event)
            case KeptFinished():
                self._own(f"kept-{event.session.id}", self._tell_kept(event))

    def _take_saved(self, event: TurnSaved) -> None:
        """An end was stored after all. Where less was kept than was shown, what was shown stays as it is."""
        shown = self._unsaved.take(event.turn.id)
        answer = shown or self._answers.get(event.turn.id)
        if answer is None or answer.ending is None or answer.ending.outcome is not event.turn.state:
            return
        answer.was_saved = True
        if shown is not None:
            self._own(f"saved-{event.turn.id}", self._show_saved(answer))

    async def _show_saved(self, answer: AnswerDelivery) -> None:
        await answer.show_saved()
        self._remember(answer)

    async def _tell_kept(self, event: KeptFinished) -> None:
        """A kept session has answered: say so once the answer itself can be read whole."""
        ended = [(task, answer) for task, answer in self._tasks.items() if answer is not None and answer.ending is not None]
        showing = [task for task, answer in ended if answer.turn.session_id == event.session.id]
        if showing:
            await asyncio.wait(showing)
        self._on_kept_finished(event)

    def _take_queue(self, event: QueueChanged) -> None:
        position = 0
        for turn in event.waiting:
            answer = self._answer(event.actor, event.session, turn)
            answer.turn = turn  # its words may be others by now
            if turn.state is TurnState.PAUSED:
                answer.pause(event.session)
            else:
                position += 1
                answer.wait_in_line(event.session, position)
        still = {turn.id for turn in event.waiting}
        for answer in self._answers.values():
            if answer.waits and answer.turn.session_id == event.session.id and answer.turn.id not in still:
                answer.vanish(event.session)

    def _take_progress(self, event: TextDelta | ThoughtDelta | RetryWaiting | LineWaiting | MakingRoom) -> None:
        """Progress of an older build of the session comes late and is dropped."""
        answer = self._answers.get(event.turn.id)
        if answer is None or answer.generation != event.generation:
            return
        if isinstance(event, TextDelta):
            answer.add(event.text)
        elif isinstance(event, ThoughtDelta):
            answer.think()
        else:
            answer.hold_up(event)

    def _answer(self, actor: Actor, session: SessionInfo, turn: Turn) -> AnswerDelivery:
        """The turn's delivery, begun if there is none."""
        answer = self._answers.get(turn.id)
        if answer is None:
            before = [a for a in self._answers.values() if a.turn.session_id == session.id and not a.placed.is_set()]
            answer = self._answers[turn.id] = AnswerDelivery(self._means, actor, session, turn, before)
            self._own(f"answer-{turn.id}", answer.deliver(), answer)
        return answer

    def _supersede(self, session: SessionInfo, turn: Turn) -> None:
        """Something new was asked in the session: its older answers offer *Retry* no longer. What waits comes after."""
        for answer in self._answers.values():
            if answer.turn.session_id == session.id and answer.turn.id != turn.id and not answer.waits:
                answer.superseded = True
        self._take_back(session.id)

    def _take_back(self, session_id: UUID) -> None:
        for offer in self._offers.take(session_id):
            self._own(f"take-back-{offer.turn.id}", self.again.take_off(offer))

    async def _mend(self, actor: Actor, turn_id: UUID) -> None:
        store = self._means.store
        try:
            turn = await store.turns.get(actor, turn_id)
            session = await store.sessions.get(actor, turn.session_id)
            stored = await stored_answer(store, actor, session, turn, self._means.model_label)
            if stored is None:
                self._own(f"withdraw-{turn.id}", withdraw(self._means, actor, session, turn))
            elif turn_id not in self._answers:
                self._answer(actor, session, turn).end(session, turn, stored.ending, last=stored.last)
        except NotFound:
            log.warning("turn %s: nothing left to mend", turn_id)

    def _own(self, name: str, work: Coroutine[Any, Any, None], answer: AnswerDelivery | None = None) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks[task] = answer
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        answer = self._tasks.pop(task)
        if answer is not None:
            self._answers.pop(answer.turn.id, None)
            self._remember(answer)
            self._watch_saving(answer)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s ended in an unforeseen %s", task.get_name(), type(error).__name__, exc_info=error)

    def _watch_saving(self, answer: AnswerDelivery) -> None:
        """Keep an answer at hand whose end the store did not take, for when it does."""
        if answer.ending is None or answer.ending.saved or self._closed:
            return
        if answer.was_saved:
            self._own(f"saved-{answer.turn.id}", self._show_saved(answer))
            return
        self._unsaved.keep(answer)

    def _remember(self, answer: AnswerDelivery) -> None:
        offer = answer.offer()
        if offer is None:
            return
        self._offers.add(offer)
        if answer.superseded and not self._closed:
            self._take_back(offer.turn.session_id)
