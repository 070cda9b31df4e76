"""`Compactor`: has the model summarise the older part of a session, and hangs the summary beside the path.

It owns no task: whoever asks for a summary waits for it, and cancels it by not waiting. At most one is made of a session at a
time, and one that failed is not tried again by itself for a while.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

from agent.aside import Side
from agent.budget import Budget
from agent.choices import chosen_for, fitted
from agent.compaction import LEAST_SHARE, MOST_STEPS, RECENT, Plan, cut, frame_of, most_of, notes_from, pieces_of, request_for
from agent.config import AgentConfig
from agent.context import correction_after
from agent.enclosing import enclose
from agent.errors import ContextTooLong, CutOff, NoSuchModel, Stalled
from agent.estimates import CHARACTERS_PER_TOKEN, message_tokens
from agent.model import Message, ModelClient, ModelRequest
from agent.recall import halved, meter_of, room_of
from storage.ids import utc_now
from storage.omissions import masked
from storage.records import Actor, Entry, NewSummary, first_kept
from storage.store import Store

log = logging.getLogger(__name__)

AGAIN: Final = 600.0
"""Seconds in which a session's summary that failed is not tried again by itself."""
BY_HAND: Final = 0.0
"""The same where a person asks for a summary, who wants room now: the last exchange alone stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which summary is wanted: of whose session, for which model and room, and how much stays as it is."""

    actor: Actor
    session_id: UUID
    config: AgentConfig
    """With what was chosen in it (`choices.fitted`)."""
    model: str | None
    correction: float
    before: int
    """The tokens of the context without it."""
    sees: bool
    """Whether the model looks at pictures, so that those that stay take room."""
    keep: float = RECENT
    focus: str = ""

    @property
    def room(self) -> float:
        """Tokens, as we estimate them, that the model takes beside the instructions and its answer."""
        return room_of(self.config) / self.correction - message_tokens(Message("system", self.config.system_prompt))


class Compactor:
    """One for the whole bot. `clock` tells seconds."""

    def __init__(self, store: Store, model: ModelClient, budget: Budget, clock: Callable[[], float]) -> None:
        self._store, self._model, self._budget, self._clock = store, model, budget, clock
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._failed: dict[UUID, float] = {}

    def lock(self, session_id: UUID) -> asyncio.Lock:
        """To be held around a look whether a summary is needed and the making of it."""
        return self._locks.setdefault(session_id, asyncio.Lock())

    def is_at_it(self, session_id: UUID) -> bool:
        """Whether a summary of the session is being made."""
        lock = self._locks.get(session_id)
        return lock is not None and lock.locked()

    def may_try(self, session_id: UUID) -> bool:
        """Whether a summary of the session has not failed just now."""
        due = self._clock() - AGAIN
        self._failed = {each: failed for each, failed in self._failed.items() if failed > due}
        return session_id not in self._failed

    async def by_hand(self, config: AgentConfig, actor: Actor, session_id: UUID, focus: str) -> Entry | None:
        """Summarise as a person asks for it; `None` where there is nothing to summarise.

        Raises `ModelError`, `StoreError`.
        """
        async with self.lock(session_id):
            latest = await self._store.turns.latest(actor, session_id)
            chosen = await chosen_for(self._store, config, actor, session_id)
            meter = await meter_of(self._store, config, actor, session_id)
            wanted = Wanted(
                actor=actor,
                session_id=session_id,
                config=fitted(config, chosen),
                model=chosen.model or None,
                correction=correction_after(latest),
                before=meter.used,
                sees=chosen.model in config.models.seeing,
                keep=BY_HAND,
                focus=focus,
            )
            plan = await self.plan(wanted)
            return None if plan is None else await self._made(wanted, plan)

    async def _made(self, wanted: Wanted, plan: Plan) -> Entry:
        """As `make`; where the server takes less than it is said to, once more with half of what it refused, as a turn does."""
        try:
            return await self.make(wanted, plan)
        except ContextTooLong:
            sent = plan.largest * wanted.correction
            context_tokens = halved(min(room_of(wanted.config), sent), wanted.config)
            less = replace(wanted, config=replace(wanted.config, context_tokens=context_tokens))
            if (smaller := await self.plan(less)) is None:
                raise
            return await self.make(less, smaller)

    def name_of(self, wanted: Wanted) -> str:
        """The model that is asked for it."""
        return wanted.model or self._model.name

    async def plan(self, wanted: Wanted) -> Plan | None:
        """What the summary is to be made of. `None` where there is nothing to summarise. Raises `StoreError`."""
        standing = (await self._store.compactions.standing(wanted.actor, wanted.session_id)).compaction
        frame = frame_of(wanted.room, model=wanted.model, reply=wanted.config.reply_reserve, focus=wanted.focus)
        since = 0 if standing is None else first_kept(standing)
        characters = MOST_STEPS * frame.piece + int(wanted.room * CHARACTERS_PER_TOKEN)
        entries = await self._store.transcripts.path(wanted.actor, wanted.session_id, characters=characters, since=since)
        omitted = await self._store.omissions.of(wanted.actor, wanted.session_id)
        said = masked(entries, omitted)
        room = int(wanted.room) * MOST_STEPS
        files = await enclose(self._store, wanted.actor, wanted.session_id, said, sees=wanted.sees, room=room, is_sent=False)
        found = cut(said, wanted.keep * wanted.room, files)
        if found is None or (most := most_of(wanted.room, found)) < wanted.room * LEAST_SHARE:
            return None
        # Some megabytes of it for a model that takes much.
        pieces = await asyncio.to_thread(pieces_of, found.older, frame.piece)
        told = "" if standing is None else standing.text
        so_far = told[: frame.piece // 2]
        return Plan(
            frame=frame,
            cut=found,
            most=most,
            pieces=pieces[-MOST_STEPS:],
            so_far=so_far,
            instead_of=None if standing is None else standing.id,
            left_out=len(pieces) > MOST_STEPS or len(so_far) < len(told) or entries[0].depth > since,
            omitted={answer for answer in omitted if answer <= found.newest},
        )

    async def make(self, wanted: Wanted, plan: Plan) -> Entry:
        """Have the summary made and keep it. To be called with the session's `lock`, which `plan` was made with.

        Raises `ModelError`, `StoreError`; `SummaryOutdated` where its owner has left, forgotten or taken back some of what it
        tells of meanwhile: then it is thrown away.
        """
        summary = NewSummary(
            text=await self._ask(wanted, plan),
            first_kept=plan.cut.first_kept,
            newest=plan.cut.newest,
            model=self.name_of(wanted),
            tokens_before=wanted.before,
            left_out=plan.left_out,
            omitted=plan.omitted,
        )
        return await self._store.compactions.add(wanted.actor, wanted.session_id, summary, instead_of=plan.instead_of)

    async def _ask(self, wanted: Wanted, plan: Plan) -> str:
        """The summary, made piece by piece. That it failed is remembered, except of a model that is gone: another is asked."""
        notes = plan.so_far
        try:
            async with asyncio.timeout(wanted.config.summary_seconds):
                for piece in plan.pieces:
                    notes = await self._notes(wanted, request_for(plan.frame, piece, notes), plan.most)
        except NoSuchModel:
            raise
        except Exception as error:
            self._failed[wanted.session_id] = self._clock()
            log.info("session %s could not be summarised: %s", wanted.session_id, type(error).__name__)
            if isinstance(error, TimeoutError):
                raise Stalled(f"no summary for {wanted.config.summary_seconds:g} s") from None
            raise
        self._failed.pop(wanted.session_id, None)
        return notes

    async def _notes(self, wanted: Wanted, request: ModelRequest, most: float) -> str:
        config, day = wanted.config, utc_now().date()
        side = Side(self._store, self._budget, self._model, config.prices, wanted.actor, wanted.session_id, day)
        async with side.asking(request, config.reply_reserve) as asked:
            await asked.read(None)  # the clock is that of all steps together
        if asked.finish is None:
            raise CutOff("a summary ended without a finish reason")
        return notes_from(asked.text, asked.finish, most)
