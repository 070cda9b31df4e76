"""Answers that will never be whole: what is to be seen of them says so."""

import logging
from collections.abc import Sequence

from delivery import render
from delivery.live import Look
from delivery.means import Means
from delivery.parts import Parts
from storage.records import Actor, SessionInfo, Turn, TurnState

log = logging.getLogger(__name__)


async def withdraw(means: Means, actor: Actor, session: SessionInfo, turn: Turn) -> None:
    """There is no answer to show: the prompt was taken back, or a later answer took this one's place before it was shown
    whole.
    """
    parts = Parts(means, actor, turn)
    await parts.find()
    await parts.withdraw(Look(render.REMOVED if turn.state is TurnState.REMOVED else render.replaced(session)))
    log.info("turn %s: %s before it was shown", turn.id, "removed" if turn.state is TurnState.REMOVED else "replaced")


async def find_lost(means: Means) -> Sequence[tuple[Turn, Parts]]:
    """The messages of temporary sessions that the last run left with something that passes. Raises `StoreUnavailable`."""
    found = [(turn, Parts(means, Actor(turn.owner), turn)) for turn in await means.store.temporaries.cut_off()]
    for _, parts in found:
        await parts.find()
    return found


async def withdraw_lost(turn: Turn, parts: Parts) -> None:
    """The restart has ended its session."""
    await parts.withdraw(Look(render.lost(turn.session_number)))
