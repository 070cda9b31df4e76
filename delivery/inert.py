"""What people or models named, as part of a line of ours: short, on one line, and without any effect in Discord."""

import re
import unicodedata
from typing import Final

from delivery.graphemes import is_boundary

_SPECIAL: Final = re.compile(r"([\\*_~`|\[\]<>#])")
_UNSEEN: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_TURNS_AROUND: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TAKES_NO_ROOM: Final = "\u200b\u2060\ufeff"
_LEFT_OUT: Final = frozenset(_TURNS_AROUND + _TAKES_NO_ROOM)
"""Characters that would turn the line's direction around, or make a name of nothing that can be seen."""


def shorten(text: str, limit: int) -> str:
    """The text on one line, of at most `limit` characters, with "…" where something was left out."""
    kept = (char for char in text[: limit * 20] if char not in _LEFT_OUT)
    line = " ".join("".join(" " if unicodedata.category(char) in _UNSEEN else char for char in kept).split())
    if len(line) <= limit:
        return line
    at = limit - 1
    while not is_boundary(line, at):
        at -= 1
    return line[:at].rstrip() + "…"


def inert(text: str) -> str:
    """The text without any effect as Markdown, mention or link; at most twice as long."""
    return _SPECIAL.sub(r"\\\1", text).replace("@", "@\u200b").replace("://", ":\u200b//")
