"""What people used, in memory."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from storage.memory.state import Charge, State
from storage.records import Actor, Spent, Used


class MemoryAccounts:
    """The `Accounts` of the in-memory store."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def used(self, actor: Actor, since: date) -> Sequence[Used]:
        """See `Accounts.used`."""
        charges = [each for each in self._state.charges if each.owner == actor.user_id and each.day >= since]
        return tuple(_sum(list(alike)) for _, alike in groupby(sorted(charges, key=_key), key=_key))


def charge(state: State, day: date, owner: int, number: int | None, model: str | None, spent: Spent, *, aside: bool) -> None:
    """Count a turn, or a request beside the turns, as an owner's of the day."""
    key = (day, owner)
    if spent.tokens > 0:
        state.spending[key] = state.spending.get(key, 0) + spent.tokens
    state.charges.append(Charge(day=day, owner=owner, number=number, model=model or "", spent=spent, aside=aside))


def _key(charge: Charge) -> tuple[int, str, str]:
    return charge.number or 0, charge.model, charge.spent.cost.currency if charge.spent.cost else ""


def _sum(alike: Sequence[Charge]) -> Used:
    number, model, currency = _key(alike[0])
    asides = sum(each.aside for each in alike)
    spent = [each.spent for each in alike]
    return Used(
        number=number or None,
        model=model,
        currency=currency or None,
        turns=len(alike) - asides,
        asides=asides,
        input_tokens=sum(each.input_tokens for each in spent),
        cached_tokens=sum(each.cached_tokens for each in spent),
        output_tokens=sum(each.output_tokens for each in spent),
        millionths=sum(each.cost.millionths for each in spent if each.cost),
    )
