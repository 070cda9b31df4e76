"""What an answer, or a request beside the answers, took: what the server counted, else an estimate where anything came."""

from datetime import date

from agent.config import AgentConfig
from agent.errors import Costly
from agent.estimates import estimated_tokens
from agent.model import Tokens
from agent.prices import Prices
from storage.records import Actor, Spent, Turn, Usage
from storage.store import Store


def usage_of(tokens: Tokens | None, *, estimated: int = 0) -> Usage | None:
    """What the server counted, if it did, beside what was `estimated` to be sent."""
    if tokens is None:
        return None
    return Usage(
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cached_tokens=tokens.cached,
        estimated_input_tokens=estimated,
    )


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


async def agreed_to(
    store: Store, config: AgentConfig, actor: Actor, turn: Turn, model: str, *, sent: int, reserve: int
) -> None:
    """Raises `Costly` where the turn would cost more than `ask_first_above`, as the tokens to be `sent` and those kept free for
    the answer tell, unless its owner was told so before of this question and this model, and asked again. What has no price is
    not asked about. Raises `StoreError`.
    """
    day = (turn.asked or turn.created).date()
    about = config.prices.cost(model, day, input_tokens=sent, output_tokens=reserve)
    if config.ask_first_above == 0 or about is None or about.millionths <= config.ask_first_above:
        return
    tries = await store.turns.tries(actor, turn.id)
    if not any(each.error == Costly.kind and each.model == model for each in tries):
        raise Costly(about)


def begun(text: str) -> Spent | None:
    """Of an answer that nobody saw the end of, what came of it; what was sent for it isn't known any more."""
    return Spent(output_tokens=estimated_tokens(text)) if text else None
