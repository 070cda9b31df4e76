"""`Preferences`: what a person chose for themselves (see `store.py`)."""

from typing import Any, Final, Protocol

from storage.records import Actor

AUTO_ARCHIVE_DAYS: Final = "auto_archive_days"
"""An integer: after how many days untouched sessions are archived; 0 is never."""

LONG_ANSWERS: Final = "long_answers"
"""How answers of more than three messages come: `IN_MESSAGES`; else, and where nothing was chosen, in a file."""
IN_MESSAGES: Final = "messages"


class Preferences(Protocol):
    """By name; the values are whatever JSON can say."""

    async def get(self, actor: Actor, name: str) -> Any:
        """What the person chose; `None` where they chose nothing."""
        ...

    async def set(self, actor: Actor, name: str, value: Any) -> None:
        """Keep a choice; `None` takes it back."""
        ...
