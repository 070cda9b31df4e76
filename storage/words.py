"""Words: how text is cut into them, what a person's query asks for, and where it is in a text.

Every store searches by these rules, so what is found does not depend on the store. A word is a run of letters and digits,
folded: without case, accents and compatibility forms. Each character of Chinese, Japanese and Korean is a word of its own.
What a person types is a list of phrases, all of which must be there: each piece without a space is one (so `e-mail` is the
words *e* and *mail* beside each other), and so is what stands in quotes. A `*` after it lets its last word be the beginning
of one. Characters that touch in the query must touch in the text. Nothing that can be typed is an error.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from storage.records import Piece
from storage.text import clean

CJK: Final = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003134f"
)
"""Ideographs, kana and Hangul syllables, as a character class (The Unicode Standard, "Blocks")."""

_WORD: Final = re.compile(f"[{CJK}]|(?:(?![{CJK}])[^\\W_]|[\\u0300-\\u036f])+")
_RUN: Final = re.compile(f"[{CJK}]{{2,}}")
_IDEOGRAPH: Final = re.compile(f"[{CJK}]")
_ASCII_WORD: Final = re.compile("[a-z0-9]+")
_ASCII_REST: Final = re.compile("[\x00-/:-@\\[-`{-\x7f]")
_TYPED: Final = re.compile(r'"([^"]*)(?:"(\*)?|$)|([^\s"]+)')
_LONGEST_QUERY: Final = 1_000
_BEFORE_HIT: Final = 60
_SNIPPET: Final = 220
_FIRST_TIME: Final = datetime(2015, 1, 1, tzinfo=UTC)
_TIMES: Final = (1 << 40) - (1 << 24)


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word, and where it stands in the text."""

    text: str
    start: int
    end: int
    is_ideograph: bool
    joined: bool
    """Whether it and the one before it are ideographs that touch."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must stand beside each other; the last may be a beginning."""

    words: tuple[Word, ...]
    is_beginning: bool = False


def time_of(created: datetime) -> int:
    """Where a time stands in the order of the search: milliseconds since 2015, within 40 bits with room to move on."""
    return max(0, min((created - _FIRST_TIME) // timedelta(milliseconds=1), _TIMES))


def folded_words(text: str) -> list[str]:
    """The words of a text."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    return [word for word in map(_fold, _WORD.findall(text)) if word]


def pairs(text: str) -> list[str]:
    """Each two ideographs that touch, once."""
    if text.isascii():
        return []
    runs = ["".join(map(_fold, run)) for run in _RUN.findall(text)]
    return list(dict.fromkeys(run[at : at + 2] for run in runs for at in range(len(run) - 1)))


def words(text: str) -> Iterator[Word]:
    """The same words as `folded_words`, each with its place."""
    end = -1
    for found in _WORD.finditer(text):
        word = _fold(found.group())
        if not word:
            continue
        is_ideograph = _IDEOGRAPH.match(found.group()) is not None
        joined = is_ideograph and end == found.start()
        end = found.end() if is_ideograph else -1
        yield Word(word, found.start(), found.end(), is_ideograph, joined)


def phrases(query: str) -> tuple[Phrase, ...]:
    """What a query asks for; nothing where it has no words."""
    found: list[Phrase] = []
    for typed in _TYPED.finditer(clean(query)[:_LONGEST_QUERY]):
        quoted, star, bare = typed.groups()
        piece = bare if bare is not None else quoted
        asked = tuple(words(piece))
        if asked:
            found.append(Phrase(asked, is_beginning=star is not None or piece.endswith("*")))
    return tuple(found)


def hits(text: str, wanted: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Where the phrases are in a text, in order; nothing unless it has every one of them."""
    said = list(words(text))
    found: list[tuple[int, int]] = []
    for phrase in wanted:
        places = [(said[at].start, said[at + len(phrase.words) - 1].end) for at in _places(said, phrase)]
        if not places:
            return []
        found += places
    return sorted(set(found))


def snippet(text: str, marked: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """A line or two of a text around the first of the marked places, as plain pieces."""
    first = marked[0][0] if marked else 0
    start = 0 if first <= _BEFORE_HIT else text.find(" ", first - _BEFORE_HIT, first) + 1 or first - _BEFORE_HIT
    end = min(len(text), start + _SNIPPET)
    if end < len(text):
        end = text.rfind(" ", first + 1, end) + 1 or end
    pieces: list[Piece] = [Piece("…")] if start > 0 else []
    at = start
    for begin, finish in marked:
        if at <= begin < end:
            pieces += [Piece(_line(text[at:begin])), Piece(_line(text[begin : min(finish, end)]), is_hit=True)]
            at = min(finish, end)
    pieces.append(Piece(_line(text[at:end])))
    if end < len(text):
        pieces.append(Piece("…"))
    return tuple(piece for piece in pieces if piece.text)


def _places(said: Sequence[Word], phrase: Phrase) -> Iterator[int]:
    for at in range(len(said) - len(phrase.words) + 1):
        if all(
            _fits(said[at + nth], word, is_beginning=phrase.is_beginning and nth == len(phrase.words) - 1)
            for nth, word in enumerate(phrase.words)
        ):
            yield at


def _fits(said: Word, wanted: Word, *, is_beginning: bool) -> bool:
    if wanted.joined and not said.joined:
        return False
    return said.text.startswith(wanted.text) if is_beginning else said.text == wanted.text


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    if _IDEOGRAPH.match(word):
        return unicodedata.normalize("NFKC", word)
    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return _ASCII_REST.sub("", unicodedata.normalize("NFKD", bare.casefold()))


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
