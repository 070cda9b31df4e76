"""The context of a turn, and room made in it where it is full: its older part is summarised before the model is asked.

Where there is no summary (it failed, its owner took one back, nothing stands above the question), the oldest is left out.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from agent.choices import Chosen
from agent.compaction import Plan
from agent.compactor import Compactor, Wanted
from agent.config import AgentConfig
from agent.context import Context
from agent.errors import Costly, ModelError
from agent.estimates import CHARACTERS_PER_TOKEN
from agent.recall import context_of, halved, room_of
from agent.spending import agreed_to
from storage.errors import StoreError
from storage.records import Actor, Turn
from storage.store import Store

GROWN: Final = 0.5
"""The share of the room that a path grows by, after a summary was taken back, until one is made by itself again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A context, and whether a summary was tried for it and failed."""

    context: Context
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMaker:
    """Makes the contexts of one session's turns. `making` is told when a summary begins to be made, and whether it is over."""

    store: Store
    compactor: Compactor
    actor: Actor
    making: Callable[[Turn, bool], None]

    async def context(
        self, turn: Turn, config: AgentConfig, chosen: Chosen, correction: float, begun: str, *, sees: bool
    ) -> Made:
        """What is sent for the turn; `config` is what was chosen in it. Raises `Costly`, `StoreError`."""
        session_id = turn.session_id

        async def now() -> Context:
            return await context_of(self.store, config, self.actor, session_id, correction=correction, begun=begun, sees=sees)

        context = await now()
        if not context.trimmed or not self.compactor.may_try(session_id) or await self._is_held_off(turn, config, correction):
            return Made(context=context)
        self.making(turn, False)
        try:
            async with self.compactor.lock(session_id):
                context = await now()
                if not context.trimmed or not self.compactor.may_try(session_id):
                    return Made(context=context)  # somebody else has tried meanwhile
                wanted = Wanted(
                    actor=self.actor,
                    session_id=session_id,
                    config=config,
                    model=chosen.model or None,
                    correction=correction,
                    before=math.ceil(context.estimated_tokens * correction),
                    sees=sees,
                )
                plan = await self.compactor.plan(wanted)
                if plan is not None:
                    await self._agreed(turn, wanted, plan)
                    await self.compactor.make(wanted, plan)
        except Costly:
            raise
        except (ModelError, StoreError):
            return Made(context=await now(), failed=True)  # what was forgotten meanwhile is not sent
        finally:
            self.making(turn, True)
        return Made(context=await now())

    async def _agreed(self, turn: Turn, wanted: Wanted, plan: Plan) -> None:
        """Raises `Costly` as `agreed_to` does, by what the summary and the answer cost together at most: so its owner is asked
        before it is paid for, and no more once it is made.
        """
        sent = room_of(wanted.config) + math.ceil(plan.sent * wanted.correction)
        reserve = wanted.config.reply_reserve + plan.reply
        name = self.compactor.name_of(wanted)
        await agreed_to(self.store, wanted.config, self.actor, turn, name, sent=sent, reserve=reserve)

    async def _is_held_off(self, turn: Turn, config: AgentConfig, correction: float) -> bool:
        """Whether a summary was taken back, and the session has not grown by much since."""
        undone = (await self.store.compactions.standing(self.actor, turn.session_id)).undone
        if undone is None:
            return False
        enough = int(GROWN * (config.context_tokens - config.reply_reserve) / correction * CHARACTERS_PER_TOKEN)
        since = await self.store.transcripts.path(self.actor, turn.session_id, characters=enough, since=undone + 1)
        return sum(len(entry.text) for entry in since) < enough


def smaller(chosen: Chosen, config: AgentConfig, context: Context, correction: float) -> Chosen:
    """What was chosen, with less room: the server refused this context."""
    return replace(chosen, context_tokens=halved(context.estimated_tokens * correction, config))
