"""What a single setting may be: each type checks one value and says, in words for people, what it must be instead.

Used by `settings.py` alone, whose fields are of these types.
"""

import ipaddress
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)


def _told(words: str) -> WrapValidator:
    """Answer whatever pydantic finds wrong with `words`, which end the sentence "it must be ..."."""

    def check(value: object, handler: ValidatorFunctionWrapHandler) -> object:
        try:
            return handler(value)
        except ValidationError:
            raise ValueError(f"it must be {words}") from None

    return WrapValidator(check)


def _credential(value: SecretStr) -> SecretStr:
    """Refuse what cannot travel in an HTTP header."""
    secret = value.get_secret_value()
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise ValueError("it has a space or a character that does not belong; copy it again, whole and alone")
    return value


def _split_url(value: str) -> SplitResult:
    """Take an http address apart; ValueError, in words for people, if it is none."""
    fault = ValueError("it must be an address that starts with http:// or https://")
    if not value.isprintable() or " " in value:
        raise fault
    try:
        parts = urlsplit(value)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # an unclosed bracket, a port that is none
        raise fault from None
    if not is_usable:
        raise fault
    return parts


def _base_url(value: str) -> str:
    """Check a model server's address; paths are appended to it, so it ends without a slash."""
    parts = _split_url(value)
    if parts.username is not None or parts.password is not None:
        raise ValueError("it must not hold a name or password; the key belongs in OPENAI_API_KEY")
    if "?" in value or "#" in value:
        raise ValueError("it must not hold ? or #; requests go to addresses below it")
    return value.rstrip("/")


def _loopback_url(value: str) -> str:
    """Check the stand-in's address: this machine only, so that no token can be sent elsewhere by a setting."""
    url = _base_url(value)
    parts = _split_url(url)
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        raise ValueError("it must be an http:// address of this machine itself")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _written_out(value: Path) -> Path:
    """Refuse a home sign, which would make a folder named `~`."""
    if value.parts[:1] and "~" in value.parts[0]:
        raise ValueError("write the path out; ~ is not filled in here")
    return value


def _address(value: str) -> str:
    """Check where to listen: an address of this machine, as numbers, or the name that every machine has for itself."""
    if value != "localhost":
        try:
            ipaddress.ip_address(value)
        except ValueError:
            raise ValueError("it must be an address of this machine in numbers, or localhost") from None
    return value


def _split_ids(value: object) -> object:
    """Ids stand apart by commas or spaces, as people write them."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _split_models(value: object) -> object:
    """Names apart by commas, each with its tokens of context behind a = where somebody wrote them; pairs."""
    if not isinstance(value, str):
        return value
    pairs = [item.partition("=") for item in map(str.strip, value.split(",")) if item]
    return [(name.strip(), context.strip() if between else None) for name, between, context in pairs]


def _split_names(value: object) -> object:
    return [name for name in map(str.strip, value.split(",")) if name] if isinstance(value, str) else value


Credential = Annotated[SecretStr, AfterValidator(_credential)]
Switch = Annotated[bool, _told("on or off")]
Count = Annotated[int, Field(gt=0, le=100_000_000), _told("a whole number above 0")]
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False), _told("a number of seconds above 0, at most 86400")]
Limit = Annotated[int, Field(ge=0, le=1_000_000_000_000), _told("a whole number, or 0 for no limit")]
Amount = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6), _told("an amount of money such as 0.50, or 0 for any")]
Days = Annotated[int, Field(ge=0, le=36_500), _told("a number of days, at most 36500, or 0 for never")]
Port = Annotated[int, Field(gt=0, le=65_535), _told("a port of this machine, from 1 to 65535")]
Snowflake = Annotated[int, Field(gt=0, lt=2**63), _told("an id: the digits that Discord's Copy ID gives")]
Snowflakes = Annotated[
    frozenset[Annotated[int, Field(gt=0, lt=2**63)]],
    BeforeValidator(_split_ids),
    _told("server ids apart by commas: the digits that Discord's Copy Server ID gives"),
]
ModelName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S+$")]
ModelNames = Annotated[frozenset[ModelName], BeforeValidator(_split_names), _told("names of models apart by commas")]
Offers = Annotated[
    tuple[tuple[ModelName, Annotated[int, Field(ge=2048, le=100_000_000)] | None], ...],
    BeforeValidator(_split_models),
    _told("names of models apart by commas, each with = and its tokens of context (2048 or more) if known; or * for all"),
]
Level = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    BeforeValidator(_upper),
    _told("one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
]

LogForm = Annotated[Literal["text", "json"], BeforeValidator(_lower), _told("text or json")]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
LoopbackUrl = Annotated[str, AfterValidator(_loopback_url)]
WrittenOut = Annotated[Path, AfterValidator(_written_out)]
Address = Annotated[str, AfterValidator(_address)]
