"""Finding messages by their words, in memory: a look at everything that the person's sessions hold."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from storage.memory.state import State
from storage.records import Actor, Hit
from storage.words import hits, phrases, snippet


def find(
    state: State,
    actor: Actor,
    query: str,
    *,
    session: UUID | None,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
) -> Iterator[Hit]:
    """The hits, newest first."""
    wanted = phrases(query)
    for place, entry in sorted(state.places.get(actor.user_id, {}).items(), reverse=True):
        is_meant = (before is None or place < before) and session in (None, entry.session_id)
        is_then = (since is None or entry.created >= since) and (until is None or entry.created < until)
        is_looked_into = state.is_at_hand(entry.session_id) and not state.sessions[entry.session_id].temporary
        if not (wanted and is_meant and is_then and is_looked_into):
            continue
        marked = hits(entry.text, wanted)
        if marked:
            yield Hit(
                session=state.sessions[entry.session_id].info,
                entry=entry.id,
                kind=entry.kind,
                created=entry.created,
                snippet=snippet(entry.text, marked),
                place=place,
            )
