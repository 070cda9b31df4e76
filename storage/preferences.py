"""`Preferences`: what a person chose for themselves (see `store.py`)."""

from typing import Any, Final, Protocol

from storage.records import Actor

AUTO_ARCHIVE_DAYS: Final = "auto_archive_days"
"""An integer: after how many days untouched sessions are archived; 0 is never."""


class Preferences(Protocol):
    """By name; the values are whatever JSON can say."""

    async def get(self, actor: Actor, name: str) -> Any:
        """What the person chose; `None` where they chose nothing."""
        ...

    async def set(self, actor: Actor, name: str, value: Any) -> None:
        """Keep a choice; `None` takes it back."""
        ...
