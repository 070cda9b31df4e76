"""`Upkeep`: the part of the `Store` that works for the bot itself, over all people (see `store.py`)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from storage.housekeeping import DirectChannel, Incident, IncidentKind
from storage.records import Actor, Delivery, Turn


class Upkeep(Protocol):
    """What the bot does on its own account, for nobody in particular: it returns ids and journal rows, no transcripts."""

    async def running_turns(self) -> Sequence[Turn]:
        """Every turn that is asked or streaming: at start, those that a crash left behind."""
        ...

    async def waiting_turns(self) -> Sequence[Turn]:
        """Every queued or paused turn, in the order they came."""
        ...

    async def open_deliveries(self) -> Sequence[tuple[Actor, Delivery]]:
        """Every part of an ended turn, removed ones too, that is neither final nor undeliverable."""
        ...

    async def direct_channels(self, since: datetime) -> Sequence[DirectChannel]:
        """The direct-message channels in which a person wrote, or was written to, since then."""
        ...

    async def spent(self, day: date) -> int:
        """The tokens of all people's turns that ended on that day (UTC)."""
        ...

    async def incidents(self) -> Sequence[Incident]:
        """What the operator was told of and is not over."""
        ...

    async def begin_incident(self, kind: IncidentKind, began: datetime) -> bool:
        """Remember an incident; false where one of this kind is not over yet."""
        ...

    async def end_incident(self, kind: IncidentKind) -> Incident | None:
        """Forget the incident of this kind, and return it."""
        ...

    async def forget_choices(self, before: datetime) -> int:
        """Forget the choices that nobody made since before then, with what came with them; returns how many."""
        ...

    async def erase_tokens(self, now: datetime) -> int:
        """Erase the interaction tokens that expired before `now`; returns how many."""
        ...

    async def probe(self) -> None:
        """Write something that changes nothing and commit it, to see whether that can be done. Raises `StoreUnavailable`."""
        ...
