"""What a person has in front of them is no new answer any more, whichever way they came to see it."""

from contextlib import suppress

from storage.errors import StoreUnavailable
from storage.records import Actor, SessionInfo, Turn
from storage.store import Store


async def seen(store: Store, actor: Actor, session: SessionInfo, turn: Turn) -> None:
    """They act on a turn's answer, or it was shown to them: where it is its session's newest, the mark goes off.

    What they asked for is done by then; where the disk doesn't take this, the mark stays. Raises `SessionNotFound`.
    """
    if session.unread and turn.answer_entry is not None and turn.answer_entry == session.leaf:
        with suppress(StoreUnavailable):
            await store.sessions.read(actor, session.id)
