"""What is said under an answer of a full context, and of the summary that was made for it; and what its buttons need."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from storage.records import Actor, Turn
from storage.store import Store

TRIMMED: Final = "Older messages no longer fit; I answered from the newer ones."
NEARLY_FULL: Final = "This session is four fifths full; then I summarise its older messages to make room. See /status."
SUMMED: Final = "I summarised the older messages to make room. They are all kept."
SUMMED_IN_PART: Final = "I summarised the older messages to make room; the oldest didn't fit. They are all kept."
UNSUMMARISED: Final = "Older messages no longer fit, and I couldn't summarise them; I answered from the newer ones."


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """The summary that an answer was the first to be given with."""

    session_id: UUID
    entry: int
    left_out: bool
    """Whether the oldest messages did not fit it."""

    @property
    def sentence(self) -> str:
        """What people are told of it."""
        return SUMMED_IN_PART if self.left_out else SUMMED


async def summed_for(store: Store, actor: Actor, turn: Turn) -> Summed | None:
    """The summary that was made when a turn was asked, unless it was taken back. Raises `NotFound`, `StoreUnavailable`."""
    if turn.prompt_entry is None:
        return None
    summary = await store.compactions.hanging(actor, turn.session_id, turn.prompt_entry)
    if summary is None:
        return None
    return Summed(session_id=turn.session_id, entry=summary.id, left_out=bool(summary.data.get("left_out")))
