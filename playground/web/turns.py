"""The way of each turn through the bot's journal, read beside the running bot: states and times, and never a word."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from playground.standin.world import World
from playground.web.shapes import milliseconds
from storage.sqlite.glimpse import JournalGlimpse, TurnGlimpse

Json = dict[str, Any]

MOST: Final = 40
"""The newest turns, which are shown."""


class Turns:
    """Reads the journal of the database at `path`; use as an async context."""

    def __init__(self, path: Path, world: World) -> None:
        self._world = world
        self._glimpse = JournalGlimpse(path)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._glimpse.close()

    async def newest(self) -> Sequence[Json]:
        """The newest turns, newest first, as the page is told."""
        return [self._shape(turn) for turn in await self._glimpse.newest(MOST)]

    def _shape(self, turn: TurnGlimpse) -> Json:
        owner = self._world.users.get(turn.user_id)
        steps = [("received", turn.created), ("asked", turn.asked), ("first words", turn.first_delta), ("ended", turn.ended)]
        return {
            "id": turn.id.hex,
            "person": owner.name if owner else "somebody",
            "session": turn.number,
            "state": turn.state.value,
            "error": turn.error,
            "steps": [{"name": name, "at": milliseconds(at.timestamp())} for name, at in steps if at is not None],
            "parts": [
                {"part": part.part, "kind": part.kind.value, "state": part.state.value, "surface": part.surface.value}
                for part in turn.deliveries
            ],
        }
