"""Which messages show which turn, and where people's direct messages are, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from storage.errors import SessionNotFound
from storage.memory.state import State
from storage.records import Actor, Delivery, DeliveryState, SessionInfo, Turn, TurnState


class MemoryDeliveries:
    """The `DeliveryJournal` of the in-memory store."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    async def put(self, actor: Actor, delivery: Delivery) -> None:
        """See `DeliveryJournal.put`."""
        self._state.turn(actor, delivery.turn_id, binned=True)
        self._state.deliveries[delivery.turn_id, delivery.part] = delivery

    async def of_turn(self, actor: Actor, turn_id: UUID) -> Sequence[Delivery]:
        """See `DeliveryJournal.of_turn`."""
        self._state.turn(actor, turn_id, binned=True)
        parts = [delivery for delivery in self._state.deliveries.values() if delivery.turn_id == turn_id]
        return tuple(sorted(parts, key=lambda delivery: delivery.part))

    async def undeliverable(self, actor: Actor, *, limit: int = 5) -> Sequence[Turn]:
        """See `DeliveryJournal.undeliverable`."""
        lost = {
            delivery.turn_id for delivery in self._state.deliveries.values() if delivery.state is DeliveryState.UNDELIVERABLE
        }
        turns = [
            turn
            for turn in self._state.turns.values()
            if turn.owner == actor.user_id and turn.id in lost and self._state.is_at_hand(turn.session_id)
        ]
        return tuple(turn for turn in turns if turn.state.is_ended and turn.state is not TurnState.REMOVED)[:limit]

    async def saw(self, actor: Actor, channel_id: int, message_id: int) -> None:
        """See `DeliveryJournal.saw`."""
        self._state.saw(actor, channel_id, message_id, self._now())

    async def met(self, actor: Actor, channel_id: int, message_id: int) -> None:
        """See `DeliveryJournal.met`."""
        known = self._state.direct.get(actor.user_id)
        if known is None:
            self._state.saw(actor, channel_id, message_id, self._now())
        else:
            self._state.direct[actor.user_id] = replace(known, active=self._now())

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
            if session.owner == actor.user_id and session.flags.deleted is None:
                return session.info
        raise SessionNotFound
