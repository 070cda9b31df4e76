"""What a person used, put together for `/usage`: the day against its budget, and the month, by session and by model."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

from agent.budget import Budget, Standing
from storage.errors import SessionNotFound
from storage.records import Actor, Cost, SessionInfo, Used
from storage.store import Store

K = TypeVar("K", int, str)

LISTED: Final = 8
"""Sessions and models that are told of one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What several answers, and requests beside them, took together."""

    turns: int = 0
    asides: int = 0
    tokens: int = 0
    costs: tuple[Cost, ...] = ()
    """What is known, a sum for each currency."""
    unknown_turns: int = 0
    """Answers whose cost isn't known."""
    unknown_asides: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it; in the lists what took most comes first, and `others` is the month's that they leave out."""

    standing: Standing
    today: Sum
    month: Sum
    sessions: Sequence[tuple[SessionInfo, Sum]]
    """The month's, of some sessions that are at hand: none that is in the bin or gone."""
    other_sessions: Sum
    models: Sequence[tuple[str, Sum]]
    """The month's, by the model's name."""
    other_models: Sum


async def report_of(store: Store, budget: Budget, now: Callable[[], datetime], actor: Actor) -> Report:
    """What the person used until now. Raises `StoreUnavailable`."""
    today = now().astimezone(UTC).date()
    month = await store.accounts.used(actor, today.replace(day=1))
    sessions, other_sessions = await _at_hand(store, actor, _grouped(month, lambda used: used.number or 0))
    models = _grouped(month, lambda used: used.model)
    return Report(
        standing=await budget.standing(actor),
        today=sum_of(map(_sum, await store.accounts.used(actor, today))),
        month=sum_of(map(_sum, month)),
        sessions=sessions,
        other_sessions=other_sessions,
        models=models[:LISTED],
        other_models=sum_of(one for _, one in models[LISTED:]),
    )


def sum_of(sums: Iterable[Sum]) -> Sum:
    """One sum of all of these."""
    sums = list(sums)
    costs = Counter[str]()
    for cost in (cost for one in sums for cost in one.costs):
        costs[cost.currency] += cost.millionths
    return Sum(
        turns=sum(one.turns for one in sums),
        asides=sum(one.asides for one in sums),
        tokens=sum(one.tokens for one in sums),
        costs=tuple(Cost(costs[currency], currency) for currency in sorted(costs)),
        unknown_turns=sum(one.unknown_turns for one in sums),
        unknown_asides=sum(one.unknown_asides for one in sums),
    )


def _sum(used: Used) -> Sum:
    known = used.currency is not None
    return Sum(
        turns=used.turns,
        asides=used.asides,
        tokens=used.tokens,
        costs=(Cost(used.millionths, used.currency),) if used.currency is not None else (),
        unknown_turns=0 if known else used.turns,
        unknown_asides=0 if known else used.asides,
    )


def _grouped(rows: Iterable[Used], key: Callable[[Used], K]) -> list[tuple[K, Sum]]:
    """A sum for each key, that of most tokens first."""
    groups = defaultdict[K, list[Sum]](list)
    for row in rows:
        groups[key(row)].append(_sum(row))
    return sorted(((key, sum_of(sums)) for key, sums in groups.items()), key=lambda one: -one[1].tokens)


async def _at_hand(
    store: Store, actor: Actor, by_number: Iterable[tuple[int, Sum]]
) -> tuple[list[tuple[SessionInfo, Sum]], Sum]:
    """The first of these sessions that are at hand, and a sum of all others."""
    listed: list[tuple[SessionInfo, Sum]] = []
    others: list[Sum] = []
    for number, spent in by_number:
        try:
            if len(listed) < LISTED:
                listed.append((await store.sessions.find(actor, number), spent))
            else:
                others.append(spent)
        except SessionNotFound:
            others.append(spent)
    return listed, sum_of(others)
