"""`Upkeep`: the part of the `Store` that works for the bot itself, over all people (see `store.py`)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from storage.housekeeping import DirectChannel, Incident, IncidentKind
from storage.records import Actor, Delivery, Turn


class Upkeep(Protocol):
    """What the bot does on its own account, for nobody in particular: it returns ids and journal rows, no transcripts."""

    async def running_turns(self) -> Sequence[Turn]:
        """Every turn that is asked or streaming: at start, those that a crash left behind. (None is in the bin.) Not those of
        temporary sessions: they have nothing to go on with.
        """
        ...

    async def waiting_turns(self) -> Sequence[Turn]:
        """Every queued or paused turn, in the order they came; not what waits in the bin or in a temporary session."""
        ...

    async def open_deliveries(self) -> Sequence[tuple[Actor, Delivery]]:
        """Every part of an ended turn, removed ones too, that is neither final nor undeliverable; not those in the bin, nor
        those of temporary sessions.
        """
        ...

    async def direct_channels(self, since: datetime) -> Sequence[DirectChannel]:
        """The direct-message channels in which a person wrote, or was written to, since then."""
        ...

    async def spent(self, day: date) -> int:
        """The tokens of all people on that day (UTC), as `TurnJournal.spent` counts them."""
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
        """Forget the choices that nobody made since before then, with what came with them; returns how many. What nobody has
        undone since can't be undone any more.
        """
        ...

    async def erase_tokens(self, now: datetime) -> int:
        """Erase the interaction tokens that expired before `now`; returns how many."""
        ...

    async def probe(self) -> None:
        """Write something that changes nothing and commit it, to see whether that can be done. Raises `StoreUnavailable`."""
        ...

    async def auto_archive(self, now: datetime, days: int) -> int:
        """Archive the open sessions that nobody touched for so many days; returns how many. 0 days: none.

        Each person's preference `auto_archive_days` goes before `days`. A session that is active, pinned, unread or temporary,
        or in which a turn runs or waits, stays. To say something in it, open, leave, name, pin, restore or undo is to touch it.
        """
        ...

    async def expired(self, now: datetime) -> Sequence[tuple[Actor, int]]:
        """The numbers of the sessions that have rested in the bin for `BIN_KEEPS`."""
        ...

    async def wipe(self) -> bool:
        """See to it that nothing of what was deleted for good is in the live files any more; returns whether that is so.

        Costs up to the whole search index, in steps short enough for others to write in between. False where somebody read all
        the while: then call again. What is left to do survives a restart; where there is nothing, it costs nothing.
        """
        ...
