"""The operator's price file (docs/hosting.md has an example): TOML, read once at the start, whole or not at all."""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from agent.prices import Price, Prices

Amount = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)]


class PricesRefused(Exception):
    """The file can't be used; the message says where it is wrong."""


class _Listed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    model: Annotated[str, Field(min_length=1)]
    since: Annotated[date, Field(alias="from", strict=True)]
    input: Amount
    cached_input: Amount | None = None
    output: Amount


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    prices: Annotated[list[_Listed], Field(min_length=1)]


WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_pattern_mismatch": 'must be three capital letters, such as "USD"',
    "date_type": "must be a date without quotes, such as 2026-01-31",
}
"""What is said of the faults that are likely; of the others pydantic's own words."""


def read_prices(path: Path) -> Prices:
    """The prices in the file. Raises `PricesRefused`."""
    try:
        return parse_prices(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PricesRefused(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise PricesRefused(f"{path} is not UTF-8 text; save it as UTF-8.") from None
    except PricesRefused as error:
        raise PricesRefused(f"{path}: {error}") from None


def prices_in(path: Path | None, *, needed: bool) -> Prices:
    """The prices in the file, if there is to be one. Raises `PricesRefused`, also where none is named and they are `needed`."""
    if path is not None:
        return read_prices(path)
    if needed:
        raise PricesRefused("ASK_FIRST_ABOVE needs PRICE_FILE: without prices no cost is known.")
    return Prices()


def parse_prices(text: str) -> Prices:
    """The same from the file's text. Amounts are read as they are written, never as floats."""
    try:
        file = _File.model_validate(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise PricesRefused(f"it is not TOML: {error}.") from None
    except ValidationError as error:
        raise PricesRefused(_fault(error.errors(include_url=False)[0])) from None
    found = {(each.model, each.since) for each in file.prices}
    if len(found) < len(file.prices):
        raise PricesRefused("a model has two prices from the same day on; remove one.")
    return Prices(currency=file.currency, prices=tuple(map(_price, file.prices)))


def _price(listed: _Listed) -> Price:
    cached = listed.cached_input if listed.cached_input is not None else listed.input
    return Price(model=listed.model, since=listed.since, input=listed.input, cached_input=cached, output=listed.output)


def _fault(found: ErrorDetails) -> str:
    """Where the fault is and what it is; prices are counted from 1, as people do."""
    where: list[Any] = [part + 1 if isinstance(part, int) else part for part in found["loc"]]
    return f"{' '.join(map(str, where))} {WORDS.get(found['type']) or 'is not right: ' + found['msg']}."
