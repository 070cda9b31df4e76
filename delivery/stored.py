"""Answers that ended before, read back from the store to be shown again: after a restart, or because a person asked."""

from dataclasses import dataclass, replace
from typing import Final

from agent.events import TurnEnded
from delivery.flips import Flip, flip_of
from delivery.idle import came_after
from delivery.long import wants_file
from delivery.means import Means
from delivery.render import Ending, error_of
from delivery.summing import summed_for
from storage.records import Actor, Entry, SessionInfo, Turn, TurnState
from storage.store import Store

STEP: Final = 20
"""Entries read at a time while looking for an answer that is not the session's newest."""

UNSEEN: Final = "The picture wasn't looked at: the model that answered reads words only. Tell me in words what it shows."
CLIPPED: Final = "The attached text is longer than what I can read at once, so I answered from its beginning."


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """An ended turn as it is to be shown."""

    session: SessionInfo
    turn: Turn
    ending: Ending
    last: bool
    """Whether it is its session's last exchange."""
    flip: Flip | None
    """The way to what stands beside it, while it is the last."""


def ending_of(event: TurnEnded, model_label: str | None) -> Ending:
    """What a turn's end says."""
    return Ending(
        outcome=event.outcome,
        text=event.text,
        error=event.error or error_of(event.turn.error),
        trimmed=event.context_trimmed,
        unsummarised=event.unsummarised,
        nearly_full=event.context_nearly_full,
        saved=event.saved,
        near_limit=event.near_limit,
        model_gone=event.model_gone,
        files=_about_files(event),
        model_label=model_label,
    )


def _about_files(event: TurnEnded) -> str | None:
    """What of the prompt's files the model was not given."""
    if event.outcome is TurnState.FAILED:
        return None
    remarks = [UNSEEN if event.pictures_unseen else None, CLIPPED if event.files_clipped else None]
    return " ".join(filter(None, remarks)) or None


async def stored_answer(
    store: Store, actor: Actor, session: SessionInfo, turn: Turn, model_label: str | None
) -> StoredAnswer | None:
    """Read how the turn ended; `None` if its answer is not on the session's current path any more.

    Raises `NotFound`, `StoreUnavailable`.
    """
    entry = await _entry(store, actor, turn)
    if entry is None:
        return None
    latest = await store.turns.latest(actor, session.id)
    summed = await summed_for(store, actor, turn)
    ending = Ending(outcome=turn.state, text=entry.text, error=error_of(turn.error), model_label=model_label, summed=summed)
    last = latest is not None and latest.id == turn.id
    flip = await flip_of(store, actor, turn) if last else None
    return StoredAnswer(session=session, turn=turn, ending=ending, last=last, flip=flip)


async def said_now(means: Means, actor: Actor, stored: StoredAnswer) -> Ending:
    """What is said under it where it is shown now. Raises `NotFound`, `StoreUnavailable`."""
    late = stored.last and await came_after(means.long_silence, means.store, actor, stored.session, stored.turn)
    as_file = await wants_file(means.store, actor)
    return replace(stored.ending, operator_told=means.operator_told(), late=late, as_file=as_file, flip=stored.flip)


async def _entry(store: Store, actor: Actor, turn: Turn) -> Entry | None:
    """The entry that ended the turn, looked for from the newest up."""
    before: int | None = None
    while turn.answer_entry is not None:
        entries = await store.transcripts.tail(actor, turn.session_id, limit=STEP, before=before)
        found = next((entry for entry in entries if entry.id == turn.answer_entry), None)
        if found is not None or not entries or entries[0].id < turn.answer_entry:
            return found
        before = entries[0].id
    return None
