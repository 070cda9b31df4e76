"""Markdown's tables as people can read them in Discord, which shows none: aligned in a block of code, or a record for each row.

A table is what GitHub's Markdown takes for one (its specification, "Tables"), but ends at the first line without a `|`. It is
aligned where all of it fits the width and is plain words. A wider one, or one with links, with words from right to left, or
with backticks that would end its block, is shown as lines of `**header:** value`. Used by `readable.py`; the model's text
itself is kept as it came.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain
from typing import Final

from delivery.graphemes import cells

WIDEST: Final = 64
"""Columns of an aligned table: about what a narrow window shows of a line of code."""

_GAP: Final = "  "
_DELIMITERS: Final = re.compile(r"^ {0,3}[|:\- \t]+$", re.MULTILINE)
"""A line that may be a table's second one, found in one pass."""
_DELIMITER: Final = re.compile(r":?-+:?")
_BAR: Final = re.compile(r"(?<!\\)\|")
_LINE_BREAK: Final = re.compile(r"<br ?/?>", re.IGNORECASE)
_DROPPED: Final = re.compile(r"\*\*(?=\S)([^*]+)\*\*|(?<!`)`([^`]+)`(?!`)")
"""Bold words and spans of code, whose marks would be seen in a block of code."""
_BOUND: Final = re.compile(r"```|://|\]\(|<(?:[@#:]|a:|t:)")
"""What has no effect in a block of code (links, mentions, Discord's emoji and times), or ends it."""
_INDENT: Final = 4


class _Side(Enum):
    LEFT = auto()
    RIGHT = auto()
    MIDDLE = auto()


@dataclass(frozen=True, slots=True)
class _Table:
    """A table's cells, each row as long as the header."""

    sides: Sequence[_Side]
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def with_tables(text: str) -> str:
    """The text, which has no fences in it, with each table as it is to be read. All else stays to the character."""
    if _DELIMITERS.search(text) is None:
        return text
    lines = text.split("\n")
    shown, at = list[str](), 0
    while at < len(lines):
        end = _end(lines, at)
        shown.extend(_shown(_table(lines[at:end])) if end > at else [lines[at]])
        at = max(end, at + 1)
    return "\n".join(shown)


def finished(text: str) -> str:
    """The text of an answer that is still being written without what is known only with the next line: whether its last line
    begins a table, or all of a row.
    """
    lines = text.split("\n")
    first = len(lines) - (lines[-1] == "")
    while first > 0 and lines[first - 1].startswith("|"):
        first -= 1
    if first == len(lines):
        return text
    keeps = len(lines) - 1 if _end(lines[:-1], first) > first or len(lines) - first > 2 else first
    return "".join(f"{line}\n" for line in lines[:keeps])


def _end(lines: Sequence[str], at: int) -> int:
    """Where the table that begins at this line ends; `at` if none does."""
    if at + 1 >= len(lines) or not _is_row(lines[at]) or not _DELIMITERS.fullmatch(lines[at + 1]):
        return at
    marks = _cells(lines[at + 1])
    if "|" not in lines[at + 1] or len(marks) != len(_cells(lines[at])) or not all(map(_DELIMITER.fullmatch, marks)):
        return at
    end = at + 2
    while end < len(lines) and _is_row(lines[end]):
        end += 1
    return end


def _is_row(line: str) -> bool:
    return "|" in line and len(line) - len(line.lstrip(" ")) < _INDENT and not line.startswith((">", "\t"))


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    found = [_LINE_BREAK.sub(" ", cell.replace("\\|", "|")).strip() for cell in _BAR.split(inner)]
    return found[:-1] if len(found) > 1 and not found[-1] else found


def _table(lines: Sequence[str]) -> _Table:
    header, marks, *rows = map(_cells, lines)
    wide = len(header)
    return _Table([_side(mark) for mark in marks], header, [[*row, *[""] * wide][:wide] for row in rows])


def _side(mark: str) -> _Side:
    if not mark.endswith(":"):
        return _Side.LEFT
    return _Side.MIDDLE if mark.startswith(":") else _Side.RIGHT


def _shown(table: _Table) -> list[str]:
    rows = [[_plain(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(1, *map(cells, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > WIDEST or any(map(_is_bound, chain(*rows))):
        return _records(table)
    header, *body = (_aligned(row, widths, table.sides) for row in rows)
    return ["```", header, _GAP.join("-" * width for width in widths), *body, "```"]


def _plain(cell: str) -> str:
    return _DROPPED.sub(lambda found: found[1] or found[2], cell)


def _is_bound(cell: str) -> bool:
    """Whether a block of code would take something from the cell."""
    return _BOUND.search(cell) is not None or any(unicodedata.bidirectional(char) in {"R", "AL"} for char in cell)


def _aligned(row: Sequence[str], widths: Sequence[int], sides: Sequence[_Side]) -> str:
    return _GAP.join(map(_padded, row, widths, sides)).rstrip()


def _padded(cell: str, width: int, side: _Side) -> str:
    room = width - cells(cell)
    before = {_Side.LEFT: 0, _Side.RIGHT: room, _Side.MIDDLE: room // 2}[side]
    return " " * before + cell + " " * (room - before)


def _records(table: _Table) -> list[str]:
    """A line for each cell that has words, and a blank one between the rows; a table without rows is its header alone."""
    if not table.rows:
        return [" · ".join(filter(None, table.header))]
    lines = list[str]()
    for row in table.rows:
        lines += ["", *(_named(name, cell) for name, cell in zip(table.header, row, strict=True) if cell)]
    return lines[1:]


def _named(name: str, cell: str) -> str:
    plain = name.replace("**", "").strip()
    return f"**{plain}:** {cell}" if plain else cell
