"""The only way to get an `AgentSession`."""

import asyncio

from agent.budget import Budget
from agent.checkpoints import Sleep
from agent.compactor import Compactor
from agent.config import AgentConfig
from agent.context import correction_after
from agent.ended import Ended
from agent.events import Listener
from agent.floor import Floor
from agent.model import ModelClient
from agent.session import AgentSession
from agent.spending import begun
from storage.ids import utc_now
from storage.records import Actor, SessionInfo, Turn, TurnState
from storage.store import Store


async def build_session(
    *,
    store: Store,
    model: ModelClient,
    config: AgentConfig,
    actor: Actor,
    info: SessionInfo,
    generation: int,
    listener: Listener,
    floor: Floor | None = None,
    budget: Budget | None = None,
    compactor: Compactor | None = None,
    sleep: Sleep = asyncio.sleep,
) -> AgentSession:
    """A fresh live object for a stored session, with `listener` subscribed.

    Without a `floor` or a `compactor` it has one to itself, without a `budget` no limit.

    Raises `SessionNotFound`, `StoreUnavailable`.
    """
    latest = await store.turns.latest(actor, info.id)
    budget = budget or Budget(store, person=0, everybody=0, now=utc_now)
    session = AgentSession(
        store=store,
        model=model,
        config=config,
        actor=actor,
        info=info,
        generation=generation,
        correction=correction_after(latest),
        floor=floor or Floor(1),
        budget=budget,
        compactor=compactor or Compactor(store, model, budget, asyncio.get_running_loop().time),
        unsaved=_unended(latest),
        sleep=sleep,
    )
    session.subscribe(listener)
    return session


def _unended(latest: Turn | None) -> tuple[Turn, Ended] | None:
    """A turn that nobody is at work on, since its session is only being built: the store did not take its end."""
    if latest is None or not latest.state.is_running:
        return None
    return latest, Ended(outcome=TurnState.INTERRUPTED, text=latest.partial, spent=begun(latest.partial))
