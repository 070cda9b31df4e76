"""Where a string may be cut without tearing what a person sees as one character.

A small, cautious reading of Unicode's grapheme clusters (UAX #29), enough for cutting messages: combining marks, emoji with
joiners, modifiers, variation selectors and tags, flags, Hangul syllables, and CR LF. Used by `splitting.py`, and by
`tables.py` for how wide a text is.
"""

import unicodedata
from itertools import pairwise
from typing import Final

JOINER: Final = "\u200d"
_EMOJI_STYLE: Final = "\ufe0f"
_MARKS: Final = frozenset({"Mn", "Me", "Mc"})


def units(text: str) -> int:
    """The length as Discord's clients may count it at worst: UTF-16 code units."""
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def is_boundary(text: str, at: int, start: int = 0) -> bool:
    """Whether `text` may be cut before `text[at]`; nothing before `start`, itself a boundary, is looked at."""
    if at <= start or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before.isascii() and after.isascii():
        return not (before == "\r" and after == "\n")
    if JOINER in (before, after) or _extends(after) or _is_hangul_run(before, after):
        return False
    return not (_is_flag_half(before) and _is_flag_half(after) and _halves_before(text, at, start) % 2)


def _extends(char: str) -> bool:
    if unicodedata.category(char) in _MARKS:
        return True
    return "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"


def _is_hangul_run(before: str, after: str) -> bool:
    """Conjoining jamo follow one another or a syllable; two whole syllables stand apart."""
    return "\u1100" <= after <= "\u11ff" and ("\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3")


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _halves_before(text: str, at: int, start: int) -> int:
    count = 0
    while at - count > start and _is_flag_half(text[at - count - 1]):
        count += 1
    return count


def cells(text: str) -> int:
    """The columns that the text takes in a fixed-width font: wide characters (UAX #11) and emoji take two, what has no width
    of its own none.
    """
    if text.isascii():
        return len(text)
    starts = [at for at in range(len(text)) if is_boundary(text, at)]
    return sum(_width(text[start:end]) for start, end in pairwise([*starts, len(text)]))


def _width(cluster: str) -> int:
    if unicodedata.category(cluster[0]) in {"Mn", "Me", "Cf", "Cc"}:
        return 0
    is_wide = _EMOJI_STYLE in cluster or _is_flag_half(cluster[0]) or unicodedata.east_asian_width(cluster[0]) in {"W", "F"}
    return 2 if is_wide else 1
