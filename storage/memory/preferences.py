"""What people chose for themselves, in memory."""

import json
from typing import Any

from storage.memory.state import State
from storage.records import Actor


class MemoryPreferences:
    """The `Preferences` of the in-memory store."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def get(self, actor: Actor, name: str) -> Any:
        """See `Preferences.get`."""
        return json.loads(self._state.preferences.get((actor.user_id, name), "null"))

    async def set(self, actor: Actor, name: str, value: Any) -> None:
        """See `Preferences.set`."""
        self._state.preferences[actor.user_id, name] = json.dumps(value)
