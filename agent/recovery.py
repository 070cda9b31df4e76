"""Mending what a crash or a restart left open, before new work is taken.

A streaming turn becomes interrupted, with its checkpointed text kept. An asked one, and what is queued, goes on by itself
while it is fresh; what is older waits for its owner, who may no longer want it. (Asking once more for an answer that was there
before is no prompt that could wait: that is interrupted.)
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from agent.config import AgentConfig
from agent.events import Listener, QueueChanged, TurnEnded
from agent.runtimes import Runtimes
from agent.spending import begun
from storage.errors import WrongTurnState
from storage.records import Actor, Turn, TurnState
from storage.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What was found and what became of it."""

    interrupted: tuple[Turn, ...] = ()
    resumed: tuple[Turn, ...] = ()
    """Asked turns that are answered after all, and queued ones that will be."""
    paused: tuple[Turn, ...] = ()
    """What was asked long ago or queued, and now waits for its owner."""


async def recover(
    store: Store, runtimes: Runtimes, config: AgentConfig, listener: Listener, now: Callable[[], datetime]
) -> Recovered:
    """Mend every open turn; `listener` hears of those that ended and of all that wait. Raises `StoreUnavailable`."""
    fresh = now() - timedelta(seconds=config.fresh_seconds)
    running = await store.upkeep.running_turns()
    waiting = await store.upkeep.waiting_turns()
    asked = [turn for turn in running if turn.state is TurnState.ASKED and (turn.asked or turn.created) >= fresh]
    shelved, interrupted = await _set_aside(store, [turn for turn in running if turn not in asked], listener)
    queued = [turn for turn in waiting if turn.state is TurnState.QUEUED]
    old = _by_session([*shelved, *(turn for turn in queued if turn.created < fresh)])
    paused = [turn for one in old.values() for turn in await _pause(store, one) if turn.id in {was.id for was in queued}]
    going_on = [turn for turn in queued if turn.session_id not in old]
    for turn in _by_session([*waiting, *shelved]).values():
        await _tell_queue(store, turn, listener)
    for turn in _by_session([*going_on, *asked]).values():
        await _wake(store, runtimes, turn)
    if running or waiting:
        waits = len(shelved) + len(paused)
        log.info("interrupted %d, resumed %d, paused %d turns", len(interrupted), len(asked) + len(going_on), waits)
    return Recovered(interrupted=tuple(interrupted), resumed=(*asked, *going_on), paused=(*shelved, *paused))


def _by_session(turns: Iterable[Turn]) -> Mapping[UUID, Turn]:
    """One turn of each session, the last."""
    return {turn.session_id: turn for turn in turns}


async def _set_aside(store: Store, turns: Iterable[Turn], listener: Listener) -> tuple[list[Turn], list[Turn]]:
    """What no longer goes on by itself: prompts that wait for their owner, and answers that are interrupted."""
    shelved: list[Turn] = []
    interrupted: list[Turn] = []
    for turn in turns:
        try:
            shelved.append(await store.turns.shelve(Actor(turn.owner), turn.id))
        except WrongTurnState:
            interrupted.append(await _interrupt(store, turn, listener))
    return shelved, interrupted


async def _interrupt(store: Store, turn: Turn, listener: Listener) -> Turn:
    actor = Actor(turn.owner)
    ended = await store.turns.end(
        actor, turn.id, TurnState.INTERRUPTED, text=turn.partial, model=turn.model, spent=begun(turn.partial)
    )
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


async def _pause(store: Store, turn: Turn) -> Iterable[Turn]:
    return await store.turns.pause(Actor(turn.owner), turn.session_id)


async def _tell_queue(store: Store, turn: Turn, listener: Listener) -> None:
    actor = Actor(turn.owner)
    session = await store.sessions.get(actor, turn.session_id)
    waiting = tuple(await store.turns.waiting(actor, turn.session_id))
    listener(QueueChanged(actor=actor, session=session, generation=0, waiting=waiting))


async def _wake(store: Store, runtimes: Runtimes, turn: Turn) -> None:
    """Go on with an asked turn and what waits behind it, or with what waits."""
    actor = Actor(turn.owner)
    session = await store.sessions.get(actor, turn.session_id)
    await runtimes.of(actor).wake(session, turn if turn.state is TurnState.ASKED else None)
