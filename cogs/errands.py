"""What takes long for a person: some of it may go on beside the rest, and what deletes everything is alone.

Without this an import that is under way would go on after everything was deleted, and leave the half of a file.
"""

from collections.abc import Generator
from contextlib import contextmanager

from cogs.explain import Told
from storage.records import Actor


class Errands:
    """What is under way for whom. `busy` is what somebody is told whose next errand it is in the way of."""

    def __init__(self) -> None:
        self._beside: dict[int, list[str]] = {}
        self._alone: dict[int, str] = {}

    @contextmanager
    def beside(self, actor: Actor, busy: str) -> Generator[None, None, None]:
        """Be at it inside, beside others. Raises `Told` while one is at it alone."""
        if (alone := self._alone.get(actor.user_id)) is not None:
            raise Told(alone)
        others = self._beside.setdefault(actor.user_id, [])
        others.append(busy)
        try:
            yield
        finally:
            others.remove(busy)
            if not others:
                del self._beside[actor.user_id]

    @contextmanager
    def alone(self, actor: Actor, busy: str) -> Generator[None, None, None]:
        """Be at it inside, with nothing beside it. Raises `Told` while anything else is under way."""
        if (alone := self._alone.get(actor.user_id)) is not None:
            raise Told(alone)
        if others := self._beside.get(actor.user_id):
            raise Told(others[0])
        self._alone[actor.user_id] = busy
        try:
            yield
        finally:
            del self._alone[actor.user_id]
