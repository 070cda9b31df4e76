"""`Preferences`: what a person chose for themselves, in general and for single sessions (see `store.py`)."""

from collections.abc import Mapping
from typing import Any, Final, Protocol
from uuid import UUID

from storage.records import Actor

AUTO_ARCHIVE_DAYS: Final = "auto_archive_days"
"""An integer: after how many days untouched sessions are archived; 0 is never."""

LONG_ANSWERS: Final = "long_answers"
"""How answers of more than three messages come: `IN_MESSAGES`; else, and where nothing was chosen, in a file."""
IN_MESSAGES: Final = "messages"

TITLES: Final = "titles"
"""False where sessions get no names by themselves."""

MODEL: Final = "model"
"""The name of the model that answers; also of a session."""

INSTRUCTIONS: Final = "instructions"
"""What the model is told before all that is said, behind the operator's words; also of a session, whose come last."""

EFFORT: Final = "effort"
"""How much a model thinks that can be told so; also of a session."""


class Preferences(Protocol):
    """By name; the values are whatever JSON can say.

    A session's are its own: they go and come with it, a fork gets a copy, and those of a temporary session are not stored.
    """

    async def get(self, actor: Actor, name: str) -> Any:
        """What the person chose; `None` where they chose nothing."""
        ...

    async def all(self, actor: Actor) -> Mapping[str, Any]:
        """Everything that the person chose, but for single sessions."""
        ...

    async def set(self, actor: Actor, name: str, value: Any) -> None:
        """Keep a choice; `None` takes it back."""
        ...

    async def of_session(self, actor: Actor, session_id: UUID) -> Mapping[str, Any]:
        """What the person chose for this session. Raises `SessionNotFound`."""
        ...

    async def set_for_session(self, actor: Actor, session_id: UUID, name: str, value: Any) -> None:
        """Keep a choice for this session; `None` takes it back. Raises `SessionNotFound`."""
        ...
