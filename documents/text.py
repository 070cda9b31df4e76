"""Plain text, code, JSON and CSV: one kind of bytes, told apart once they are text."""

import json
from typing import Final

from charset_normalizer import CharsetMatch, from_bytes

from documents.results import Limits, Reason, Unreadable, Written
from documents.tables import table_of

NOT_IN_TEXT: Final = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f\b\x1b")
"""Control characters of binary files; of the rest, logs have the escape and old printouts the backspace."""

ENCODINGS: Final = (
    *("utf_8", "utf_16", "utf_32", "cp1252", "cp1251", "gb18030", "cp932", "cp949", "big5", "euc_jp"),
    *("cp1250", "cp1254", "cp1253", "cp1256", "cp1255", "cp874", "koi8_r"),
)
"""Those that people's files have, the common first: several fit as well where a text has few letters that are not ASCII."""


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
        likeliest = min(from_bytes(data, cp_isolation=list(ENCODINGS)), key=_doubt, default=None)
        if likeliest is None:
            raise Unreadable(Reason.UNKNOWN_KIND) from None
        text = str(likeliest)
    if not NOT_IN_TEXT.isdisjoint(text):
        raise Unreadable(Reason.UNKNOWN_KIND)
    return text


def _doubt(match: CharsetMatch) -> tuple[float, float, int]:
    """How little text and encoding look like each other; where that is the same, how rare the encoding is."""
    same_text = map(ENCODINGS.index, set(match.could_be_from_charset) & set(ENCODINGS))
    return match.chaos, -match.coherence, min(same_text, default=len(ENCODINGS))


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
