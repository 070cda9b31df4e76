"""Mending what a crash or a restart left open, before new work is taken.

A streaming turn becomes interrupted, with its checkpointed text kept. An asked one, and what is queued, goes on by itself
while it is fresh; older ones wait for their owner, who may no longer want them answered.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.config import AgentConfig
from agent.events import Listener, QueueChanged, TurnEnded
from agent.runtimes import Runtimes
from storage.records import Actor, Turn, TurnState
from storage.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What was found and what became of it."""

    interrupted: tuple[Turn, ...] = ()
    resumed: tuple[Turn, ...] = ()
    paused: tuple[Turn, ...] = ()


async def recover(
    store: Store, runtimes: Runtimes, config: AgentConfig, listener: Listener, now: Callable[[], datetime]
) -> Recovered:
    """Mend every open turn; `listener` hears of those that ended. Raises `StoreUnavailable`."""
    fresh = now() - timedelta(seconds=config.fresh_seconds)
    running = await store.upkeep.running_turns()
    waiting = await store.upkeep.waiting_turns()
    asked_again = [turn for turn in running if turn.state is TurnState.ASKED and (turn.asked or turn.created) >= fresh]
    interrupted = [await _interrupt(store, turn, listener) for turn in running if turn not in asked_again]
    for turn in asked_again:
        await _wake(store, runtimes, turn, turn)
    old = [turn for turn in waiting if turn.state is TurnState.QUEUED and turn.created < fresh]
    for turn in {turn.session_id: turn for turn in old}.values():
        await store.turns.pause(Actor(turn.owner), turn.session_id)
    stale = {turn.session_id for turn in old}
    queued = [turn for turn in waiting if turn.state is TurnState.QUEUED and turn.session_id not in stale]
    busy = {turn.session_id for turn in asked_again}
    for turn in {turn.session_id: turn for turn in queued if turn.session_id not in busy}.values():
        await _wake(store, runtimes, turn, None)
    for turn in {turn.session_id: turn for turn in waiting}.values():
        await _tell_queue(store, turn, listener)
    found = Recovered(interrupted=tuple(interrupted), resumed=(*asked_again, *queued), paused=tuple(old))
    if running or waiting:
        log.info("mended %d, resumed %d, paused %d turns", len(interrupted), len(found.resumed), len(old))
    return found


async def _interrupt(store: Store, turn: Turn, listener: Listener) -> Turn:
    actor = Actor(turn.owner)
    ended = await store.turns.end(actor, turn.id, TurnState.INTERRUPTED, text=turn.partial, model=turn.model)
    session = await store.sessions.get(actor, turn.session_id)
    listener(
        TurnEnded(
            actor=actor,
            session=session,
            generation=0,
            turn=ended,
            outcome=TurnState.INTERRUPTED,
            text=turn.partial,
        )
    )
    return ended


async def _wake(store: Store, runtimes: Runtimes, turn: Turn, asked: Turn | None) -> None:
    actor = Actor(turn.owner)
    await runtimes.of(actor).wake(await store.sessions.get(actor, turn.session_id), asked)


async def _tell_queue(store: Store, turn: Turn, listener: Listener) -> None:
    actor = Actor(turn.owner)
    session = await store.sessions.get(actor, turn.session_id)
    waiting = tuple(await store.turns.waiting(actor, turn.session_id))
    listener(QueueChanged(actor=actor, session=session, generation=0, waiting=waiting))
