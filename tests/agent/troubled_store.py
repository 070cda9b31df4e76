"""An in-memory store with bad moments: calls that the disk refuses, and calls that take their time."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from storage.errors import StoreUnavailable
from storage.ids import utc_now
from storage.memory import MemoryStore
from storage.memory.turns import MemoryTurns
from storage.records import Actor, Turn, TurnState
from tests.agent.scripted_model import Pause


class TroubledTurns(MemoryTurns):
    """`refuses` names calls that fail; `slow` has, for a call's name, the pause in which it waits once it is done."""

    refuses: set[str]
    slow: dict[str, Pause]

    async def _trouble(self, call: str) -> None:
        if call in self.refuses:
            raise StoreUnavailable("disk full")

    async def _take_time(self, call: str) -> None:
        pause = self.slow.pop(call, None)
        if pause is not None:
            pause.reached.set()
            await pause.release.wait()

    async def ask(self, actor: Actor, turn_id: UUID) -> Turn:
        await self._trouble("ask")
        turn = await super().ask(actor, turn_id)
        await self._take_time("ask")
        return turn

    async def checkpoint(self, actor: Actor, turn_id: UUID, text: str) -> None:
        await self._trouble("checkpoint")
        await super().checkpoint(actor, turn_id, text)
        await self._take_time("checkpoint")

    async def end(self, actor: Actor, turn_id: UUID, outcome: TurnState, **more: Any) -> Turn:
        await self._trouble("end")
        turn = await super().end(actor, turn_id, outcome, **more)
        await self._take_time("end")
        return turn

    async def get(self, actor: Actor, turn_id: UUID) -> Turn:
        turn = await super().get(actor, turn_id)
        await self._take_time("get")
        return turn

    async def waiting(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        await self._trouble("waiting")
        waiting = await super().waiting(actor, session_id)
        await self._take_time("waiting")
        return waiting

    async def pause(self, actor: Actor, session_id: UUID, *, but: UUID | None = None) -> Sequence[Turn]:
        waiting = await super().pause(actor, session_id, but=but)
        await self._take_time("pause")
        return waiting


class TroubledStore(MemoryStore):
    """A `MemoryStore` whose turns can be troubled."""

    turns: TroubledTurns

    def __init__(self) -> None:
        super().__init__()
        self.turns = TroubledTurns(self._state, utc_now)
        self.turns.refuses = set()
        self.turns.slow = {}
