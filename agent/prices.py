"""`Prices`: what asking a model costs, by the operator's list. Sums are whole millionths of a currency; nothing is a float.

A price holds from its date on, until a later one of the same model. What isn't listed is unknown, which is not nothing.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from storage.records import Cost

SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
CENT: Final = 10_000
"""Millionths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Of one model, for a million tokens each."""

    model: str
    since: date
    input: Decimal
    cached_input: Decimal
    """For tokens of the input that the server still had."""
    output: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """All that is known of prices; empty, where nothing is."""

    currency: str = ""
    prices: tuple[Price, ...] = ()

    def of(self, model: str, day: date) -> Price | None:
        """The price that holds for the model on that day."""
        known = [price for price in self.prices if price.model == model and price.since <= day]
        return max(known, key=lambda price: price.since, default=None)

    def cost(self, model: str, day: date, *, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> Cost | None:
        """What so many tokens cost; the cached ones are counted in `input_tokens` too. `None` where that isn't known.

        A price for a million tokens in whole units is that of one token in millionths.
        """
        price = self.of(model, day)
        if price is None:
            return None
        cached = min(cached_tokens, input_tokens)
        sum_ = (input_tokens - cached) * price.input + cached * price.cached_input + output_tokens * price.output
        return Cost(int(sum_.to_integral_value(ROUND_HALF_UP)), self.currency)

    def describe(self, model: str, day: date) -> str | None:
        """Such as "$0.15 in, $0.60 out per million tokens"; `None` where it isn't known."""
        price = self.of(model, day)
        if price is None:
            return None
        return f"{self._amount(price.input)} in, {self._amount(price.output)} out per million tokens"

    def _amount(self, amount: Decimal) -> str:
        cents = amount.quantize(Decimal("0.01"))
        return _signed(f"{cents if cents == amount else amount.normalize():f}", self.currency)


def money(cost: Cost) -> str:
    """A sum for people, to the cent."""
    if 0 < cost.millionths < CENT:
        return f"less than {_signed('0.01', cost.currency)}"
    cents = (cost.millionths + CENT // 2) // CENT
    return _signed(f"{cents // 100:,}.{cents % 100:02}", cost.currency)


def _signed(amount: str, currency: str) -> str:
    return f"{SIGNS[currency]}{amount}" if currency in SIGNS else f"{amount} {currency}"
