"""`Accounts`: what people used, and what it cost (see `store.py`). It is written by `TurnJournal.end` and `spend`."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from storage.records import Actor, Used


class Accounts(Protocol):
    """Kept by day (UTC), session and model, until the person is erased. What was spent in a session outlives it, without its
    number.
    """

    async def used(self, actor: Actor, since: date) -> Sequence[Used]:
        """All that the person used from that day on, by session, model and currency. Costs what they used since."""
        ...
