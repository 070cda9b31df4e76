"""`Budget`: how many tokens a person, and all people together, may use in a day (UTC).

An answer's tokens are reserved before the model is asked and settled once they are known, so that answers written at the same
time cannot overspend together. What was spent is in the store, with each turn's end; here it is only kept at hand.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from agent.config import AgentConfig
from agent.errors import OverBudget
from storage.ids import utc_now
from storage.records import Actor
from storage.store import Store

NEARLY: Final = 0.8
"""The part of a day's share at which its owner is told."""


@dataclass(slots=True)
class _Account:
    """What is used of a day's share, and what running answers may use yet."""

    limit: int
    spent: int
    reserved: int = 0
    is_told: bool = field(init=False)
    """Whether it was said that it nears its end; what was low when it was read is not said again."""

    def __post_init__(self) -> None:
        self.is_told = self.is_low

    def has_room(self, tokens: int) -> bool:
        return self.limit == 0 or self.spent + self.reserved + tokens <= self.limit

    @property
    def is_low(self) -> bool:
        return self.limit > 0 and self.spent >= NEARLY * self.limit

    def is_news(self) -> bool:
        """Whether it nears its end and nobody has said so; from now on somebody has."""
        was_told, self.is_told = self.is_told, self.is_low
        return self.is_low and not was_told


@dataclass(frozen=True, slots=True)
class Reservation:
    """Tokens that one answer may use; to be settled once, whatever becomes of it."""

    actor: Actor
    tokens: int
    accounts: tuple[_Account, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person used of their day's share."""

    spent: int
    limit: int
    """0 is none."""
    refills: datetime


@dataclass(frozen=True, slots=True)
class _Day:
    date: date
    everybody: _Account
    people: dict[int, _Account]


class Budget:
    """One for the whole bot; a limit of 0 is none. `now` gives the time in UTC.

    `all_low` is called with true when everybody's tokens of a day are nearly used, and with false when a day begins well.
    """

    def __init__(
        self,
        store: Store,
        *,
        person: int,
        everybody: int,
        now: Callable[[], datetime],
        all_low: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._store, self._person, self._everybody, self._now = store, person, everybody, now
        self._all_low = all_low
        self._day: _Day | None = None
        self._reading = asyncio.Lock()

    async def reserve(self, actor: Actor, tokens: int) -> Reservation:
        """Set tokens aside for one answer. Raises `OverBudget` where they are not there, `StoreUnavailable`."""
        if not self._person and not self._everybody:
            return Reservation(actor, tokens, ())
        day, account = await self._accounts(actor)
        for whose, is_everyones in ((account, False), (day.everybody, True)):
            if not whose.has_room(tokens):
                raise OverBudget(_midnight_after(day.date), everyone=is_everyones)
        account.reserved += tokens
        day.everybody.reserved += tokens
        return Reservation(actor, tokens, (account, day.everybody))

    def settle(self, reservation: Reservation, used: int, *, silently: bool = False) -> datetime | None:
        """Give a reservation back and count what was used; tells when there is more, where its owner now nears the end.

        What is settled `silently`, since nobody would hear of it, leaves that for the next one to tell.
        """
        for account in reservation.accounts:
            account.reserved -= reservation.tokens
        day = self._day
        if day is None or not reservation.accounts or (account := day.people.get(reservation.actor.user_id)) is None:
            return None
        for each in (day.everybody, account):
            each.spent += used
        if day.everybody.is_news():
            self._all_low(True)
        return _midnight_after(day.date) if not silently and account.is_news() else None

    async def standing(self, actor: Actor) -> Standing:
        """What the person used today, answers that are being written left out. Raises `StoreUnavailable`."""
        today = self._now().astimezone(UTC).date()
        return Standing(await self._store.turns.spent(actor, today), self._person, _midnight_after(today))

    async def _accounts(self, actor: Actor) -> tuple[_Day, _Account]:
        """Today's, read from the store at first need."""
        async with self._reading:
            today = self._now().astimezone(UTC).date()
            if self._day is None or self._day.date != today:
                spent = await self._store.upkeep.spent(today)
                self._day = _Day(today, _Account(self._everybody, spent), {})
                self._all_low(self._day.everybody.is_low)
            day = self._day
            if actor.user_id not in day.people:
                day.people[actor.user_id] = _Account(self._person, await self._store.turns.spent(actor, today))
            return day, day.people[actor.user_id]


def budget_of(
    config: AgentConfig,
    store: Store,
    now: Callable[[], datetime] = utc_now,
    all_low: Callable[[bool], None] = lambda _: None,
) -> Budget:
    """The budget with the limits of `config`."""
    return Budget(store, person=config.day_tokens_person, everybody=config.day_tokens_all, now=now, all_low=all_low)


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)
