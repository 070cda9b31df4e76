"""Which messages show which turn, and the bot's own housekeeping, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from storage.errors import SessionNotFound
from storage.memory.state import State
from storage.records import Actor, Delivery, DeliveryState, SessionInfo, Target, Turn, TurnState

SETTLED = (DeliveryState.FINAL, DeliveryState.UNDELIVERABLE)


class MemoryDeliveries:
    """The `DeliveryJournal` of the in-memory store."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def put(self, actor: Actor, delivery: Delivery) -> None:
        """See `DeliveryJournal.put`."""
        self._state.turn(actor, delivery.turn_id)
        self._state.deliveries[delivery.turn_id, delivery.part] = delivery

    async def of_turn(self, actor: Actor, turn_id: UUID) -> Sequence[Delivery]:
        """See `DeliveryJournal.of_turn`."""
        self._state.turn(actor, turn_id)
        parts = [delivery for delivery in self._state.deliveries.values() if delivery.turn_id == turn_id]
        return tuple(sorted(parts, key=lambda delivery: delivery.part))

    async def link(self, actor: Actor, message_id: int, session_id: UUID) -> None:
        """See `DeliveryJournal.link`."""
        self._state.links[actor.user_id, message_id] = self._state.session(actor, session_id).id

    async def session_of(self, actor: Actor, message_id: int) -> SessionInfo:
        """See `DeliveryJournal.session_of`."""
        shown = {delivery.turn_id for delivery in self._state.deliveries.values() if delivery.target.message_id == message_id}
        sessions = [turn.session_id for turn in self._state.turns.values() if turn.id in shown][::-1]
        linked = self._state.links.get((actor.user_id, message_id))
        sessions += [] if linked is None else [linked]
        for session in map(self._state.sessions.__getitem__, sessions):
            if session.owner == actor.user_id:
                return session.info
        raise SessionNotFound


class MemoryUpkeep:
    """The `Upkeep` of the in-memory store."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def running_turns(self) -> Sequence[Turn]:
        """See `Upkeep.running_turns`."""
        return tuple(turn for turn in self._state.turns.values() if turn.state.is_running)

    async def waiting_turns(self) -> Sequence[Turn]:
        """See `Upkeep.waiting_turns`."""
        return tuple(turn for turn in self._state.turns.values() if turn.state.is_waiting)

    async def open_deliveries(self) -> Sequence[tuple[Actor, Delivery]]:
        """See `Upkeep.open_deliveries`."""
        return tuple(
            (Actor(turn.owner), delivery)
            for turn in self._state.turns.values()
            if turn.state.is_ended and turn.state is not TurnState.REMOVED
            for delivery in sorted(self._parts(turn.id), key=lambda delivery: delivery.part)
            if delivery.state not in SETTLED
        )

    async def erase_tokens(self, now: datetime) -> int:
        """See `Upkeep.erase_tokens`."""
        erased = 0
        for key, delivery in self._state.deliveries.items():
            if _is_stale(delivery.target, now):
                self._state.deliveries[key] = replace(delivery, target=replace(delivery.target, token=None))
                erased += 1
        for choice in self._state.choices.values():
            prompt = choice.departure.prompt
            if prompt is not None and prompt.target is not None and _is_stale(prompt.target, now):
                bare = replace(prompt, target=replace(prompt.target, token=None))
                self._state.choices[choice.id] = replace(choice, departure=replace(choice.departure, prompt=bare))
                erased += 1
        return erased

    async def probe(self) -> None:
        """See `Upkeep.probe`; memory can always be written to."""

    def _parts(self, turn_id: UUID) -> list[Delivery]:
        return [delivery for delivery in self._state.deliveries.values() if delivery.turn_id == turn_id]


def _is_stale(target: Target, now: datetime) -> bool:
    return target.token is not None and target.token_expires is not None and target.token_expires < now
