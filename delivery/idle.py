"""Whether an answer came after a long silence: then it says in which session it is, and offers to move it out of that."""

import logging
from datetime import timedelta

from storage.errors import StoreError
from storage.records import Actor, SessionInfo, Turn
from storage.store import Store

log = logging.getLogger(__name__)


async def came_after(silence: timedelta, store: Store, actor: Actor, session: SessionInfo, turn: Turn) -> bool:
    """Whether an ended turn's question came so long after what stands above it. Where the store doesn't tell, it is left
    unsaid; a temporary session's exchanges are never moved.
    """
    if turn.answer_entry is None or session.temporary:
        return False
    try:
        above = await store.transcripts.tail(actor, turn.session_id, limit=2, before=turn.answer_entry)
    except StoreError as error:
        log.warning("turn %s: how long it was quiet is not known: %s", turn.id, type(error).__name__)
        return False
    return len(above) == 2 and above[1].created - above[0].created >= silence
