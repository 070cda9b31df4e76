"""The ends of a session's branches."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """A user or assistant entry with no further one below it: where a branch of the session ends."""

    entry: int
    kind: str
    text: str
    messages: int
    """User and assistant entries on the path to it, itself included."""
    created: datetime
    is_current: bool
    """Whether it is on the session's current path."""
