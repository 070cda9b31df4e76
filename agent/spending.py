"""What an answer, or a request beside the answers, took: what the server counted, else an estimate where anything came."""

from datetime import date

from agent.context import estimated_tokens
from agent.prices import Prices
from storage.records import Spent, Usage


def took(prices: Prices, model: str, day: date, usage: Usage | None, *, sent: int, text: str) -> Spent | None:
    """The server's `usage` at the price of that day; without it an estimate of unknown cost, from the tokens that were `sent`
    and the `text` that came. `None` where nothing came.

    An answer that was stopped is counted by nobody: an estimate is good for a budget, not for a bill.
    """
    if usage is None:
        return Spent(input_tokens=sent, output_tokens=estimated_tokens(text)) if text else None
    cost = prices.cost(
        model,
        day,
        input_tokens=usage.input_tokens,
        cached_tokens=usage.cached_tokens,
        output_tokens=usage.output_tokens,
    )
    return Spent(
        input_tokens=usage.input_tokens,
        cached_tokens=min(usage.cached_tokens, usage.input_tokens),
        output_tokens=usage.output_tokens,
        cost=cost,
    )


def begun(text: str) -> Spent | None:
    """Of an answer that nobody saw the end of, what came of it; what was sent for it isn't known any more."""
    return Spent(output_tokens=estimated_tokens(text)) if text else None
