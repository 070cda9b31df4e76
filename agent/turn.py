"""Running one asked turn: from the stored prompt to the stored end.

Reads the context, asks the model, tries again what fails for a moment before any text came, checkpoints the text while it
streams, and says how it ended. It tells of deltas and waits, and owns no task but its checkpoints; `AgentSession` owns the
task that runs it and cancels that to stop.
"""

import asyncio
import logging
import math
import random
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from agent.answer import Answer, failed, finished
from agent.budget import Budget
from agent.checkpoints import Checkpoints, Sleep
from agent.choices import chosen_for, fitted, without
from agent.config import AgentConfig
from agent.deadlines import within_deadlines
from agent.ended import Ended
from agent.errors import ContextTooLong, CutOff, ModelError, NoSuchModel, SessionUnread
from agent.floor import Floor
from agent.model import Finish, ModelClient, ModelEvent, ModelRequest, Text, Thinking, Tokens
from agent.recall import is_nearly_full
from agent.room import RoomMaker, smaller
from agent.spending import agreed_to, took
from agent.thoughts import Thoughts
from storage.errors import StoreError
from storage.records import PICTURE, Actor, Turn
from storage.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRunner:
    """Runs turns of one session. `delta`, `thought`, `retrying` and `in_line` are called on the loop and must not block."""

    store: Store
    model: ModelClient
    config: AgentConfig
    actor: Actor
    sleep: Sleep
    delta: Callable[[Turn, str], None]
    thought: Callable[[Turn, str], None]
    retrying: Callable[[Turn, ModelError, float, int], None]
    floor: Floor
    budget: Budget
    in_line: Callable[[Turn, int], None]
    room: RoomMaker

    async def answer(self, turn: Turn, answer: Answer, correction: float) -> Ended:
        """Ask the model until the answer has ended, well or not; `answer` holds the text if this is cancelled.

        What it goes on from is told as its first delta, so that who follows it has the whole text.

        `correction` is that of the session's last answer (see `context.py`).
        """
        if answer.begun:
            self.delta(turn, answer.begun)
        try:
            return await self._tried(turn, answer, correction)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return failed(answer, CutOff("cancelled from within"))
        except Exception as error:
            log.error("turn %s: unforeseen %s", turn.id, type(error).__name__, exc_info=error)  # noqa: TRY400 - with its kind
            return failed(answer, ModelError(type(error).__name__))

    async def store_end(self, turn: Turn, ended: Ended) -> Turn:
        """Close the turn in the store. Raises `StoreError`."""
        return await self.store.turns.end(
            self.actor,
            turn.id,
            ended.outcome,
            text=ended.text,
            error=ended.kind,
            blame_prompt=ended.error is not None and ended.error.blame_prompt and not ended.text,
            model=self._name(turn, ended),
            usage=ended.usage,
            spent=ended.spent,
            thoughts=ended.thoughts,
        )

    def settled(self, turn: Turn, answer: Answer, ended: Ended, correction: float) -> Ended:
        """The end with who answered, what it thought and what it cost: what the server counted, else an estimate where anything
        came of it; and with whether the session is nearly full by it.
        """
        ended = replace(
            ended,
            thoughts=answer.thoughts.text,
            unsummarised=answer.unsummarised,
            unseen=answer.unseen,
            clipped=answer.context is not None and answer.context.clipped,
        )
        if answer.chosen is not None:
            ended = replace(ended, model=answer.chosen.model or None, gone=answer.chosen.refused)
        if ended.text and answer.chosen is not None and answer.context is not None and not ended.trimmed:
            config = fitted(self.config, answer.chosen)
            ended = replace(ended, nearly_full=is_nearly_full(config, answer.context, ended.text, correction))
        if answer.reservation is None:
            return ended
        day, name = (turn.asked or turn.created).date(), self._name(turn, ended)
        sent = answer.context.estimated_tokens if answer.context is not None else 0
        spent = took(self.config.prices, name, day, ended.usage, sent=sent, text=answer.new)
        near_limit = self.budget.settle(answer.reservation, spent.tokens if spent is not None else 0)
        return replace(ended, spent=spent, near_limit=near_limit)

    def _name(self, turn: Turn, ended: Ended) -> str:
        return ended.model or turn.model or self.model.name

    async def _tried(self, turn: Turn, answer: Answer, correction: float) -> Ended:
        for attempt in range(1, self.config.attempts + 1):
            try:
                # A wait for the next try holds no place: meanwhile somebody else may be answered.
                async with self.floor.place(self.actor.user_id, lambda position: self.in_line(turn, position)):
                    await self._ask(turn, answer, correction)
                return finished(answer)
            except ModelError as error:
                if isinstance(error, ContextTooLong) and self._is_made_shorter(answer, correction):
                    return await self._tried(turn, answer, correction)
                if answer.pieces or not error.transient or attempt == self.config.attempts:
                    return failed(answer, error)
                await self._wait(turn, error, attempt)
        raise AssertionError("a try returns or waits")

    async def _ask(self, turn: Turn, answer: Answer, correction: float) -> None:
        try:
            if answer.chosen is None:
                answer.chosen = await chosen_for(self.store, self.config, self.actor, turn.session_id, model=turn.model)
            config = fitted(self.config, answer.chosen)
            name = answer.chosen.model or self.model.name
            if answer.context is None:
                sees = name in config.models.seeing
                made = await self.room.context(turn, config, answer.chosen, correction, answer.begun, sees=sees)
                answer.context, answer.unsummarised = made.context, answer.unsummarised or made.failed
                answer.unseen = not sees and any(file.kind == PICTURE for file in turn.files)
            if answer.context.messages == answer.refused:
                raise ContextTooLong("nothing to leave out")
            sent, reserve = math.ceil(answer.context.estimated_tokens * correction), config.reply_reserve
            await agreed_to(self.store, config, self.actor, turn, name, sent=sent, reserve=reserve)
            if answer.reservation is None:
                answer.reservation = await self.budget.reserve(self.actor, sent + reserve)
        except StoreError as error:
            raise SessionUnread(type(error).__name__) from error
        request = ModelRequest(
            messages=answer.context.messages,
            max_output_tokens=self.config.max_output_tokens,
            model=answer.chosen.model or None,
            effort=answer.chosen.effort,
        )
        try:
            await self._stream(turn, request, answer)
        except NoSuchModel:
            if answer.pieces or answer.chosen.model == self.config.models.default:
                raise
            log.info("turn %s: the model that was chosen isn't there", turn.id)
            answer.chosen, answer.context = without(self.config, answer.chosen), None
            await self._ask(turn, answer, correction)

    def _is_made_shorter(self, answer: Answer, correction: float) -> bool:
        """Have a context that the server found too long made anew with less room, once."""
        if answer.refused is not None or answer.pieces or answer.chosen is None or answer.context is None:
            return False
        answer.chosen = smaller(answer.chosen, self.config, answer.context, correction)
        answer.refused, answer.context = answer.context.messages, None
        return True

    async def _stream(self, turn: Turn, request: ModelRequest, answer: Answer) -> None:
        checkpoints = Checkpoints(
            lambda: self.store.turns.checkpoint(self.actor, turn.id, answer.text),
            seconds=self.config.checkpoint_seconds,
            sleep=self.sleep,
            name=f"checkpoints-{turn.id}",
        )
        answer.thoughts = Thoughts()  # those of a try that failed led to nothing
        try:
            async with (
                self.model.stream(request) as events,
                aclosing(within_deadlines(events, self.config.deadlines)) as timed,
            ):
                async for event in timed:
                    self._take(turn, event, answer, checkpoints)
        finally:
            await checkpoints.close()
        if answer.finish is None:
            raise CutOff("the stream ended without a finish reason")

    def _take(self, turn: Turn, event: ModelEvent, answer: Answer, checkpoints: Checkpoints) -> None:
        match event:
            case Text():
                answer.pieces.append(event.text)
                checkpoints.mark()
                self.delta(turn, event.text)
            case Tokens():
                answer.tokens = event
            case Finish():
                answer.finish = event.reason
            case Thinking():
                answer.thoughts.add(event.text)
                self.thought(turn, event.text)

    async def _wait(self, turn: Turn, error: ModelError, attempt: int) -> None:
        backoff = self.config.backoff * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
        seconds = min(error.wait if error.wait is not None else backoff, self.config.longest_wait)
        self.retrying(turn, error, seconds, attempt + 1)
        await self.sleep(seconds)
