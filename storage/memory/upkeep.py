"""The bot's own housekeeping, in memory."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from storage.housekeeping import DirectChannel, Incident, IncidentKind
from storage.memory.session import Session
from storage.memory.state import State
from storage.preferences import AUTO_ARCHIVE_DAYS
from storage.records import BIN_KEEPS, Actor, Delivery, DeliveryState, Shelf, Target, Turn

SETTLED = (DeliveryState.FINAL, DeliveryState.UNDELIVERABLE)


class MemoryUpkeep:
    """The `Upkeep` of the in-memory store."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def running_turns(self) -> Sequence[Turn]:
        """See `Upkeep.running_turns`."""
        return tuple(
            turn for turn in self._state.turns.values() if turn.state.is_running and self._state.lasts(turn.session_id)
        )

    async def waiting_turns(self) -> Sequence[Turn]:
        """See `Upkeep.waiting_turns`."""
        return tuple(
            turn for turn in self._state.turns.values() if turn.state.is_waiting and self._state.lasts(turn.session_id)
        )

    async def open_deliveries(self) -> Sequence[tuple[Actor, Delivery]]:
        """See `Upkeep.open_deliveries`."""
        return tuple(
            (Actor(turn.owner), delivery)
            for turn in self._state.turns.values()
            if turn.state.is_ended and self._state.lasts(turn.session_id)
            for delivery in sorted(self._parts(turn.id), key=lambda delivery: delivery.part)
            if delivery.state not in SETTLED
        )

    async def direct_channels(self, since: datetime) -> Sequence[DirectChannel]:
        """See `Upkeep.direct_channels`."""
        known = sorted(self._state.direct.values(), key=lambda direct: direct.active)
        return tuple(direct.channel for direct in known if direct.active >= since)

    async def spent(self, day: date) -> int:
        """See `Upkeep.spent`."""
        return sum(tokens for (spent_on, _), tokens in self._state.spending.items() if spent_on == day)

    async def incidents(self) -> Sequence[Incident]:
        """See `Upkeep.incidents`."""
        found = sorted((began, kind) for kind, began in self._state.incidents.items())
        return tuple(Incident(kind=kind, began=began) for began, kind in found)

    async def begin_incident(self, kind: IncidentKind, began: datetime) -> bool:
        """See `Upkeep.begin_incident`."""
        is_new = kind not in self._state.incidents
        self._state.incidents.setdefault(kind, began)
        return is_new

    async def end_incident(self, kind: IncidentKind) -> Incident | None:
        """See `Upkeep.end_incident`."""
        began = self._state.incidents.pop(kind, None)
        return None if began is None else Incident(kind=kind, began=began)

    async def forget_choices(self, before: datetime) -> int:
        """See `Upkeep.forget_choices`."""
        old = [choice.id for choice in self._state.choices.values() if choice.created < before]
        for choice_id in old:
            del self._state.choices[choice_id]
        for undo_id in [undo_id for undo_id, undo in self._state.undos.items() if undo.created < before]:
            del self._state.undos[undo_id]
        return len(old)

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

    async def auto_archive(self, now: datetime, days: int) -> int:
        """See `Upkeep.auto_archive`."""
        due = [session for session in self._state.sessions.values() if self._rests(session, now, days)]
        for session in due:
            session.flags = replace(session.flags, archived=True, archived_by_itself=now)
        return len(due)

    async def expired(self, now: datetime) -> Sequence[tuple[Actor, int]]:
        """See `Upkeep.expired`."""
        binned = [(session.flags.deleted, session) for session in self._state.sessions.values()]
        old = [(deleted, session) for deleted, session in binned if deleted is not None and deleted <= now - BIN_KEEPS]
        return tuple((Actor(session.owner), session.number) for _, session in sorted(old, key=lambda one: one[0]))

    async def wipe(self) -> bool:
        """See `Upkeep.wipe`; what is out of memory is gone."""
        return True

    def _rests(self, session: Session, now: datetime, days: int) -> bool:
        chosen = json.loads(self._state.preferences.get(session.owner, {}).get(AUTO_ARCHIVE_DAYS, "null"))
        days = chosen if isinstance(chosen, int) and not isinstance(chosen, bool) else days
        info = session.info
        is_busy = any(turn.session_id == session.id and not turn.state.is_ended for turn in self._state.turns.values())
        stays = info.pinned or info.unread or info.temporary or is_busy or self._state.is_active(session.id)
        return (
            days > 0
            and info.shelf is Shelf.OPEN
            and not stays
            and max(info.modified, session.touched) <= now - timedelta(days=days)
        )

    def _parts(self, turn_id: UUID) -> list[Delivery]:
        return [delivery for delivery in self._state.deliveries.values() if delivery.turn_id == turn_id]


def _is_stale(target: Target, now: datetime) -> bool:
    return target.token is not None and target.token_expires is not None and target.token_expires < now
