"""Prices: whole millionths, by the day, and a file that is taken whole or refused with the place that is wrong."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.price_file import PricesRefused, parse_prices, read_prices
from agent.prices import Price, Prices, money
from storage.records import Cost

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 6, 1)
GOOD = """
currency = "USD"
[[prices]]
model = "m"
from = 2026-01-01
input = 0.1
cached_input = 0.01
output = 3
[[prices]]
model = "m"
from = 2026-07-01
input = 0.2
output = 4
"""


def amounts(most: int = 1000) -> st.SearchStrategy[Decimal]:
    return st.decimals(0, most, places=6)


def test_the_example_of_the_hosting_page_can_be_read() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs/hosting.md").read_text(encoding="utf-8"), re.DOTALL)
    prices = parse_prices(example)
    assert prices.describe("gpt-5-mini", DAY) == "$0.25 in, $2.00 out per million tokens"
    assert prices.cost("gpt-5-nano", DAY, input_tokens=1_000_000, output_tokens=0) == Cost(50_000, "USD")


def test_a_price_holds_from_its_day_until_the_next_one() -> None:
    prices = parse_prices(GOOD)
    found = [prices.of("m", day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))]
    assert [price and price.input for price in found] == [None, Decimal("0.1"), Decimal("0.1"), Decimal("0.2")]


def test_cached_tokens_cost_their_own_price_or_that_of_others() -> None:
    prices = parse_prices(GOOD)
    asked = {"input_tokens": 1000, "cached_tokens": 400, "output_tokens": 10}
    assert prices.cost("m", DAY, **asked) == Cost(600 // 10 + 4 + 30, "USD")
    assert prices.cost("m", date(2026, 8, 1), **asked) == Cost(200 + 40, "USD")


def test_more_cached_tokens_than_there_were_cost_no_less_than_nothing() -> None:
    assert parse_prices(GOOD).cost("m", DAY, input_tokens=10, cached_tokens=999, output_tokens=0) == Cost(0, "USD")


def test_what_has_no_price_is_unknown_and_not_free() -> None:
    assert parse_prices(GOOD).cost("other", DAY, input_tokens=1, output_tokens=1) is None
    assert parse_prices(GOOD).describe("other", DAY) is None
    assert Prices().cost("m", DAY, input_tokens=1, output_tokens=1) is None


@given(amounts(), amounts(), amounts(), st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 10**8))
def test_a_cost_is_exact_to_half_a_millionth(
    ask: Decimal, cached: Decimal, answer: Decimal, input_tokens: int, cached_tokens: int, output_tokens: int
) -> None:
    prices = Prices(currency="EUR", prices=(Price(model="m", since=DAY, input=ask, cached_input=cached, output=answer),))
    cost = prices.cost("m", DAY, input_tokens=input_tokens, cached_tokens=cached_tokens, output_tokens=output_tokens)
    kept = min(cached_tokens, input_tokens)
    exact = (input_tokens - kept) * Fraction(ask) + kept * Fraction(cached) + output_tokens * Fraction(answer)
    assert cost is not None
    assert abs(cost.millionths - exact) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("cost", "shown"),
    [
        (Cost(0, "USD"), "$0.00"),
        (Cost(1, "USD"), "less than $0.01"),
        (Cost(10_000, "EUR"), "€0.01"),
        (Cost(1_995_000, "USD"), "$2.00"),
        (Cost(1_234_560_000, "CHF"), "1,234.56 CHF"),
    ],
)
def test_money_is_read_to_the_cent(cost: Cost, shown: str) -> None:
    assert money(cost) == shown


def test_prices_are_read_with_all_their_digits() -> None:
    prices = parse_prices(GOOD.replace("0.01", "0.0125").replace("USD", "CHF").replace("0.1\n", "0.075\n"))
    assert prices.describe("m", DAY) == "0.075 CHF in, 3.00 CHF out per million tokens"


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("[[prices]]", "[prices", "it is not TOML"),
        ('"USD"', '"dollars"', 'currency must be three capital letters, such as "USD".'),
        ("output = 3\n", "", "prices 1 output is missing."),
        ("output = 4", "outputs = 4", "prices 2 output is missing."),
        ("output = 4", "output = 4\nfree = true", "prices 2 free is not known here."),
        ("2026-07-01", '"2026-07-01"', "prices 2 from must be a date without quotes, such as 2026-01-31."),
        ("input = 0.2", "input = -1", "prices 2 input is not right"),
        ("input = 0.2", "input = nan", "prices 2 input is not right"),
        ("2026-07-01", "2026-01-01", "a model has two prices from the same day on; remove one."),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(was: str, becomes: str, said: str) -> None:
    with pytest.raises(PricesRefused, match=re.escape(said)):
        parse_prices(GOOD.replace(was, becomes))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'currency = "\xff"')
    for name in ("absent.toml", "latin.toml"):
        with pytest.raises(PricesRefused, match=name):
            read_prices(tmp_path / name)
