"""Answers that stand beside each other: which there are, for the buttons that flip from one to another."""

from dataclasses import dataclass
from uuid import UUID

from agent.errors import Costly
from storage.records import Actor, Turn
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """The place of an answer among those that were given where it was."""

    position: int
    """From 1."""
    count: int
    before: UUID | None
    """The turn of the answer before it."""
    after: UUID | None
    question: str | None
    """What it answers, where one beside it answers other words."""
    model: str | None
    """What gave it, where another model gave one beside it."""


async def flip_of(store: Store, actor: Actor, turn: Turn) -> Flip | None:
    """The place of a turn's answer; `None` where it is the only one. One without text stands behind those that have some, of
    which it took the place; one that is to be agreed to first takes no place yet. Raises `NotFound`, `StoreUnavailable`.
    """
    if turn.error == Costly.kind:
        return None
    beside = list(await store.turns.siblings(actor, turn.id))
    ids = [each.id for each in beside]
    if turn.id not in ids:
        beside.append(turn)
        ids.append(turn.id)
    if len(ids) < 2:
        return None
    at = ids.index(turn.id)
    before, after = ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None
    question = turn.prompt if any(each.prompt != turn.prompt for each in beside) else None
    model = turn.model if any(each.model != turn.model for each in beside) else None
    return Flip(position=at + 1, count=len(ids), before=before, after=after, question=question, model=model)
