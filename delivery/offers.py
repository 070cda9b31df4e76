"""The *Retry* and *Regenerate* buttons that are out: when something else is asked in a session, its older answers lose them.

Kept in memory alone: a press on one that outlived this process is refused by the store.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from storage.records import Actor, Target, Turn, TurnState

REMEMBERED: Final = 1000
"""Sessions whose offers are remembered."""
EACH: Final = 5
"""Offers remembered of each: an answer can be shown again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A message that offers one, with what it shows: one whose answer is moved to another session says so under that."""

    turn: Turn
    outcome: TurnState
    target: Target
    content: str


class Offers:
    """The offers by session, the oldest sessions forgotten first."""

    def __init__(self) -> None:
        self._offers: OrderedDict[UUID, list[Offer]] = OrderedDict()

    def add(self, offer: Offer) -> None:
        """Remember it."""
        offers = self._offers.setdefault(offer.turn.session_id, [])
        offers.append(offer)
        del offers[:-EACH]
        while len(self._offers) > REMEMBERED:
            self._offers.popitem(last=False)

    def take(self, session_id: UUID) -> list[Offer]:
        """The session's offers, which are forgotten."""
        return self._offers.pop(session_id, [])

    def drop(self, session_id: UUID, turn_id: UUID) -> list[Offer]:
        """Forget those of a turn, which is another session's now, or is not shown any more; returns them."""
        offers = self._offers.pop(session_id, [])
        left = [offer for offer in offers if offer.turn.id != turn_id]
        if left:
            self._offers[session_id] = left
        return [offer for offer in offers if offer.turn.id == turn_id]

    def forget(self, actor: Actor) -> None:
        """Forget a person's."""
        for session_id in [each for each, offers in self._offers.items() if offers[0].turn.owner == actor.user_id]:
            del self._offers[session_id]
