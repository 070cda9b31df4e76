"""The exchange that a button or a form is about: its turn with its session, and its answer where that is wanted once more."""

from typing import Final

from cogs.explain import Told
from cogs.reply import Interaction, actor_of
from cogs.router import uuid_in
from delivery.stored import StoredAnswer, stored_answer
from storage.records import Actor, SessionInfo, Turn
from storage.store import Store

BESIDE: Final = "That answer stands beside the conversation now. *Branches* in `/sessions` leads to it."
"""What is said of an answer that is on no current path any more."""
STILL_WRITTEN: Final = "That answer is still being written. Press that again when it's done."
STILL_WAITS: Final = "That message still waits, so it has no answer yet."
NO_ANSWER: Final = "That message has no answer."


async def turn_in(store: Store, interaction: Interaction, arguments: list[str]) -> tuple[Turn, SessionInfo]:
    """The turn that is named first, and its session. Raises `TurnNotFound`, `SessionNotFound`, `StoreUnavailable`."""
    actor = actor_of(interaction)
    turn = await store.turns.get(actor, uuid_in(arguments))
    return turn, await store.sessions.get(actor, turn.session_id)


async def answer_to(store: Store, actor: Actor, session: SessionInfo, turn: Turn) -> StoredAnswer:
    """What the turn was answered. Raises `Told` where there is nothing to show (yet), `StoreUnavailable`."""
    if turn.state.is_running:
        raise Told(STILL_WRITTEN)
    if turn.state.is_waiting:
        raise Told(STILL_WAITS)
    if turn.answer_entry is None:
        raise Told(NO_ANSWER)
    stored = await stored_answer(store, actor, session, turn, None)
    if stored is None:
        raise Told(BESIDE)
    if not stored.ending.text:
        raise Told(NO_ANSWER)
    return stored
