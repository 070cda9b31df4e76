"""How a turn ended, as `answer.py` and `turn.py` make it, and `worker.py` stores and tells it."""

from dataclasses import dataclass
from datetime import datetime

from agent.errors import ModelError
from storage.records import Spent, TurnState, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a turn ended, before the store has it."""

    outcome: TurnState
    text: str
    error: ModelError | None = None
    kind: str | None = None
    model: str | None = None
    """What answered, or was asked to, where that is known."""
    gone: str | None = None
    """The model that was chosen and is to be had no more."""
    thoughts: str = ""
    """What the model thought before, as far as it is kept."""
    usage: Usage | None = None
    trimmed: bool = False
    unsummarised: bool = False
    """Whether something was left out since its summary failed."""
    unseen: bool = False
    clipped: bool = False
    """Whether the prompt's pictures weren't looked at, and whether only the beginning of its files fit."""
    nearly_full: bool = False
    """Whether the session leaves little room in the context from now on."""
    spent: Spent | None = None
    """What its owner's day is charged with."""
    near_limit: datetime | None = None
    """When there are new ones, where this answer brought them near the day's end of them."""
