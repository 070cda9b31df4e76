"""Plain text, code, JSON and CSV: one kind of bytes, told apart once they are text."""

import json
from typing import Final

from charset_normalizer import from_bytes

from documents.results import Limits, Reason, Unreadable, Written
from documents.tables import table_of

NOT_IN_TEXT: Final = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f\b\x1b")
"""Control characters of binary files; of the rest, logs have the escape and old printouts the backspace."""


def read(data: bytes, name: str, limits: Limits) -> Written:
    """The text, as a table where it is one. Raises `Unreadable` where it is no text, or nothing but white space."""
    text = decoded(data).replace("\r\n", "\n")
    if not text.strip():
        raise Unreadable(Reason.EMPTY)
    if is_json(text):
        return _written("JSON", text, limits)
    table = table_of(text, name, limits.characters)
    return _written("CSV", table, limits) if table is not None else _written("text", text, limits)


def decoded(data: bytes) -> str:
    """The text in whatever encoding it has. Raises `Unreadable` where there is none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        if best is None:
            raise Unreadable(Reason.UNKNOWN_KIND) from None
        text = str(best)
    if not NOT_IN_TEXT.isdisjoint(text):
        raise Unreadable(Reason.UNKNOWN_KIND)
    return text


def is_json(text: str) -> bool:
    """Whether all of it is one JSON object or list; of what is nested too deeply to tell it is not said."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError, MemoryError):
        return False
    return True


def _written(kind: str, text: str, limits: Limits) -> Written:
    return Written(kind=kind, text=text[: limits.characters], pages=None, cut=len(text) > limits.characters)
