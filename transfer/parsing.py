"""One piece of foreign JSON as a value: the one place where JSON from outside is parsed, after it was weighed.

The standard library's parser does it, since a piece is never large. (ijson 3.6 was tried: a number of 5,000 digits crashed the
process, by a fault in its C parser.)
"""

import json
import re
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, NoReturn

from transfer.limits import MOST_DEPTH, MOST_WEIGHT

CONTAINER_WEIGHT: Final = 64
ITEM_WEIGHT: Final = 56
"""What a list or mapping, and an item of one, takes in memory beside its text, roughly."""
WIDE_WEIGHT: Final = 2
"""What a byte weighs where there is an emoji or the like: a text with one takes four bytes for each of its characters."""
MOST_INTEGER: Final = 2**63
"""Integers beyond 64 bits name nothing in a conversation, and cost time in whatever reads them."""
MOST_DIGITS: Final = 20

OPENING: Final = b"{["

NOT_JSON: Final = "It isn't JSON."
TOO_DEEP: Final = "It is nested too deep."
TOO_LARGE: Final = "It is larger than I take."
LARGE_NUMBER: Final = "It holds a number too large to be one."

BRACKET: Final = re.compile(rb'(?>[^"{}\[\]]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^"{}\[\]]*)*)([{}\[\]"])', re.DOTALL)
"""Up to the next bracket that is in no string, or to a quote whose string has no end here; never goes back.

An atomic group and no possessive repeats: Python 3.11.2, Debian 12's, matches those wrongly when one stands in another.
"""
_WIDE: Final = tuple(bytes([lead]) for lead in range(0xF0, 0xF5))
"""What a character of four bytes begins with. Each is looked for by itself: one expression for all is 25 times slower."""
_WIDE_ESCAPE: Final = re.compile(rb"\\u[dD][89abAB]")
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, and what it weighs in memory: at most that, roughly, since brackets and commas in its text count too."""

    value: Any
    weight: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value that was dropped, with the reason as a sentence."""

    reason: str


class _Refused(ValueError):
    """A number that is none."""


def parse(piece: bytes, *, most_depth: int = MOST_DEPTH, most_weight: int = MOST_WEIGHT) -> Parsed | Unreadable:
    """The value that `piece` is. Bytes that are no UTF-8, and halves of surrogate pairs, become U+FFFD."""
    containers = piece.count(b"{") + piece.count(b"[")
    width = WIDE_WEIGHT if any(lead in piece for lead in _WIDE) or _WIDE_ESCAPE.search(piece) else 1
    weight = len(piece) * width + containers * CONTAINER_WEIGHT + piece.count(b",") * ITEM_WEIGHT
    if weight > most_weight:
        return Unreadable(TOO_LARGE)
    if containers > most_depth and _depth(piece) > most_depth:
        return Unreadable(TOO_DEEP)
    try:
        value = json.loads(
            _whole_pairs(piece).decode("utf-8", "replace"),
            object_hook=_let_others_go_on,
            parse_constant=_refuse,
            parse_int=_integer,
            parse_float=_number,
        )
    except _Refused:
        return Unreadable(LARGE_NUMBER)
    except ValueError:
        return Unreadable(NOT_JSON)
    return Parsed(value, weight)


def _depth(piece: bytes) -> int:
    """How deep it nests, without parsing it."""
    depth = deepest = at = 0
    while (match := BRACKET.match(piece, at)) is not None and match[1] != b'"':
        depth += 1 if match[1] in OPENING else -1
        deepest = max(deepest, depth)
        at = match.end()
    return deepest


def _whole_pairs(piece: bytes) -> bytes:
    if _SURROGATE.search(piece) is None:
        return piece
    return _ESCAPE.sub(lambda match: rb"\ufffd" if match[1] else match[0], piece)


def _let_others_go_on(value: dict[str, Any]) -> dict[str, Any]:
    """Nothing but a call: json's parser is C, and keeps all other threads from going on, the event loop's too, as long as it
    calls nothing (Python's documentation, "Thread State and the Global Interpreter Lock").
    """
    return value


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS or abs(value := int(digits)) >= MOST_INTEGER:
        raise _Refused
    return value


def _number(digits: str) -> float:
    if not isfinite(value := float(digits)):
        raise _Refused
    return value
