"""What people chose for themselves, in memory, as JSON."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from storage.memory.state import State
from storage.records import Actor


class MemoryPreferences:
    """The `Preferences` of the in-memory store."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def get(self, actor: Actor, name: str) -> Any:
        """See `Preferences.get`."""
        return (await self.all(actor)).get(name)

    async def all(self, actor: Actor) -> Mapping[str, Any]:
        """See `Preferences.all`."""
        return _read(self._state.preferences.get(actor.user_id, {}))

    async def set(self, actor: Actor, name: str, value: Any) -> None:
        """See `Preferences.set`."""
        _write(self._state.preferences.setdefault(actor.user_id, {}), name, value)

    async def of_session(self, actor: Actor, session_id: UUID) -> Mapping[str, Any]:
        """See `Preferences.of_session`."""
        return _read(self._state.session(actor, session_id).preferences)

    async def set_for_session(self, actor: Actor, session_id: UUID, name: str, value: Any) -> None:
        """See `Preferences.set_for_session`."""
        _write(self._state.session(actor, session_id).preferences, name, value)


def _read(kept: Mapping[str, str]) -> Mapping[str, Any]:
    return {name: json.loads(value) for name, value in kept.items()}


def _write(kept: dict[str, str], name: str, value: Any) -> None:
    if value is None:
        kept.pop(name, None)
    else:
        kept[name] = json.dumps(value)
