"""Cutting a text into messages: at a paragraph, a line or a word, with code fences closed and reopened.

Used for answers (also half-written ones) and by `cogs/` for anything long. Every cut is decided by the text of its own part
alone, so the parts before the last stay as they are while a text grows, and the time is linear. A fence opens with three to
eight backticks that begin a line (also after a list's or a quote's mark) or end one, with its language, and closes with as
many at the end of a line; a cut inside one closes it and opens it again in the next part, in its quote. A line of a quote that
is too long for its part goes on in the next one as a quote.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

from delivery.graphemes import is_boundary, units

MESSAGE_LIMIT: Final = 2000
"""Characters of a message's content (Discord's documentation, "Create Message"); counted here as UTF-16 code units."""

_MARKER: Final = 8
_LANGUAGE: Final = 32
_QUOTE: Final = "> "
_CLOSING: Final = 1 + len(_QUOTE) + _MARKER
"""Room that a part with a fence in it keeps for closing it: a line break and the longest marker in a quote."""

_FENCE: Final = re.compile(r"`(?<!``)(?:(`{2,7})(?!`)([^`\n]*)$|`{0,7}\Z)", re.MULTILINE)
"""What may be a fence by the end of its line, or may become one as the text grows; with a backtick first it is found fast."""
_BEGINNING: Final = re.compile(r"(?>[ \t]*(?:> ?)?[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)")
"""What may stand before a fence that begins its line."""
_ONLY_LANGUAGE: Final = re.compile(r"[\w+.#-]*+")
_RUN: Final = re.compile(r"`{3,}")

_LINK: Final = re.compile(
    r"(?=[\[!h<`*_~|])(?:!?\[[^\[\]\n]{0,300}\]\((?:[^()\n]|\([^()\n]*\))*\)"
    r"|!?\[[^\[\]\n]{0,300}(?:\](?:\((?:[^()\n]|\([^()\n]*\))*(?:\([^()\n]*)?)?)?\Z"
    r"|https?://\S+|<[^<>\s]{1,100}(?:>|\Z)"
    r"|(?<!`)```[^`\n]{1,1000}+(?:```|`{0,2}\Z)|(?<!`)`[^`\n]{1,200}+(?:`|\Z)"
    r"|(?P<mark>\*\*|__|~~|\|\|)(?=\S)[^\n]{1,200}?(?:(?P=mark)|\Z))"
)
"""What is kept together: a masked link (or what may become one), a bare one, a mention or custom emoji; a short span of code,
or of bold, underlined, struck or hidden words. Each alternative is linear.
"""

_BLANK_LINES: Final = re.compile(r"(?:[^\S\n]*\n)*+")
_REST_OF_LINE: Final = re.compile(r"[^\S\n]*+(?:\n(?:[^\S\n]*\n)*+)?")
_PARAGRAPH: Final = re.compile(r"\n[^\S\n]*\n")
_LINE: Final = re.compile(r"\n")
_WORD: Final = re.compile(r"\s(?=\S)")
_TIERS: Final = ((_PARAGRAPH, 0.5), (_LINE, 0.3), (_WORD, 0.2))
"""Where to cut, best first, and how much of the part must be filled for it."""


class Opened(NamedTuple):
    """A fence that is open: its marker, and the lines that close it and open it again."""

    marker: str
    closing: str
    line: str


class _Cut(NamedTuple):
    """Where a part ends in its window, and the fence that is open there."""

    at: int
    fence: Opened | None


FenceLine = tuple[int, int, Opened | None]
"""Where a fence's line begins and ends, and the fence that is open after it."""


def split(text: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """The text as message contents of at most `limit` UTF-16 units, none of them blank; `[]` for a blank text.

    Joined they are the text but for white space at the cuts, and fence lines and quote marks added there; fences are balanced
    in each. `limit` must be at least 200.
    """
    return list(_parts(text, limit))


def _parts(text: str, limit: int) -> Iterator[str]:
    at, end, fence = 0, len(text.rstrip()), None
    while True:
        at, fence = _skip(text, at, fence)
        if at >= end:
            return
        opening = f"{fence.line}\n" if fence else _quote_at(text, at)
        window = _window(text, at, end, limit - units(opening) - (_CLOSING if fence else 0))
        if fence is None and _FENCE.search(window):
            window = _window(text, at, end, limit - _CLOSING)
        cut = _last(window, fence) if at + len(window) == end else _find_cut(text[at : at + len(window) + 1], fence)
        body = text[at : at + cut.at]
        if body.strip():
            yield opening + _closed(body, cut.fence)
        at, fence = at + cut.at, cut.fence


def _skip(text: str, at: int, fence: Opened | None) -> tuple[int, Opened | None]:
    """Go past blank lines at the beginning of a part (indentation stays), and past a fence's end if nothing else is in it."""
    begins_line = at == 0 or text[at - 1] == "\n"
    found = (_BLANK_LINES if begins_line else _REST_OF_LINE).match(text, at)
    at = found.end() if found else at
    closing = re.compile(rf"[ \t]*+(?:> ?)?[ \t]*+{fence.marker}`*[ \t]*(?:\n|\Z)").match(text, at) if fence else None
    return _skip(text, closing.end(), None) if closing else (at, fence)


def _quote_at(text: str, at: int) -> str:
    """What makes a quote of the rest of a quote's line; "" where no such line is torn."""
    line = text.rfind("\n", 0, at) + 1
    return _QUOTE if line < at and text.startswith(_QUOTE, line) else ""


def _window(text: str, at: int, end: int, room: int) -> str:
    """As much of the text from `at` as fits into `room` units."""
    window = text[at : min(end, at + room)]
    excess = units(window) - room
    while excess > 0:
        window = window[: -max(1, excess // 2)]
        excess = units(window) - room
    return window


def _closed(body: str, fence: Opened | None) -> str:
    return body.rstrip() if fence is None else f"{body.rstrip()}\n{fence.closing}"


def _last(window: str, fence: Opened | None) -> _Cut:
    return _Cut(len(window), _fence_at(fence_lines(window, fence), len(window), fence))


def fence_lines(window: str, fence: Opened | None = None) -> list[FenceLine]:
    """The window's fence lines, in order; `fence` is open where it begins."""
    found: list[FenceLine] = []
    for match in _FENCE.finditer(window):
        if match[1] is None:
            found.append((match.start(), match.end(), fence))
            continue
        marker, info = "`" + match[1], match[2].strip()
        line = window.rfind("\n", 0, match.start()) + 1
        before = window[line : match.start()]
        begins = _BEGINNING.fullmatch(before) is not None
        if fence is not None:
            if info or len(marker) < len(fence.marker):
                continue
            fence = None
        elif begins or _opens_late(before, info):
            fence = _opened(_QUOTE if before.lstrip().startswith(">") else "", marker, info)
        else:
            continue
        found.append((line if begins else match.start(), match.end(), fence))
    return found


def _opens_late(before: str, info: str) -> bool:
    """Whether backticks open a fence though words stand before them: a language ends the line, and no span of code."""
    return _ONLY_LANGUAGE.fullmatch(info) is not None and len(_RUN.findall(before)) % 2 == 0


def _opened(quote: str, marker: str, info: str) -> Opened:
    return Opened(marker, quote + marker, quote + marker + "".join(info.split()[:1])[:_LANGUAGE])


def _fence_at(fences: list[FenceLine], at: int, before: Opened | None) -> Opened | None:
    index = bisect_right(fences, at, key=lambda line: line[1])
    return fences[index - 1][2] if index else before


def _find_cut(seen: str, fence: Opened | None) -> _Cut:
    """Where the part that begins with `seen` ends; the last character of `seen` is the first that does not fit."""
    window = seen[:-1]
    fences = fence_lines(window, fence)
    held = _held_together(window, fences)
    for place in _wishes(window):
        if not held[place] and is_boundary(seen, place) and not _makes_fence(seen, place):
            return _Cut(place, _fence_at(fences, place, fence))
    return _Cut(len(window), _fence_at(fences, len(window), fence))


def _makes_fence(seen: str, place: int) -> bool:
    """Whether backticks from the middle of a line would come to begin one, or to end one."""
    before, after = seen[place - 1], seen[place]
    if before == "\n" or after == "\n":
        return False
    begins = after in "` \t" and seen[place:].lstrip(" \t")[:1] in ("`", "")
    return begins or (before in "` \t" and seen[:place].rstrip(" \t").endswith("`"))


def _wishes(window: str) -> Iterator[int]:
    """Places to cut, the best first."""
    for pattern, filled in _TIERS:
        places = [match.end() for match in pattern.finditer(window, int(len(window) * filled))]
        yield from reversed(places)
    yield from range(len(window), 0, -1)


def _held_together(window: str, fences: list[FenceLine]) -> bytearray:
    """For each place of the window, whether a cut there would tear a link or a fence's line, or leave a block empty.

    What reaches the window's end may go on beyond it. A link that fills the whole window must be torn after all.
    """
    held, size = bytearray(len(window) + 1), len(window)
    for match in _LINK.finditer(window):
        start, end = match.span()
        if end < size or start > 0:
            stop = end + (end == size)
            held[start + 1 : stop] = b"\1" * (stop - start - 1)
    for start, end, opened in fences:
        stop = min(size, end + 1) + 1 if opened else end + (end == size)
        held[start + 1 : stop] = b"\1" * (stop - start - 1)
    return held
