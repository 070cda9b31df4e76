"""Cuts a file into pieces that are small enough to be parsed: the elements of one big array, or the lines of JSONL.

Only brackets and strings are looked at. So a piece that is broken inside is cut out all the same, and the next one is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from transfer.limits import CHUNK, MOST_WEIGHT
from transfer.parsing import BRACKET, OPENING, TOO_LARGE, Unreadable

BROKEN_OFF: Final = "The file breaks off here, before its end."
STRAY: Final = "Something between the conversations, or after the last, is none."

BOM: Final = b"\xef\xbb\xbf"
SPACE: Final = b" \t\r\n"

_STRING_END: Final = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
"""Fits in one way only, so going back costs no more than going on (for possessive repeats see `BRACKET`)."""

Piece = bytes | Unreadable


def elements(file: BinaryIO, most: int = MOST_WEIGHT) -> Iterator[Piece]:
    """Each object or array in the array that `file` is, or the one object; what has more than `most` bytes is passed over."""
    cutter = _Cutter(most)
    is_first = True
    while chunk := file.read(CHUNK):
        yield from cutter.cut(chunk.removeprefix(BOM) if is_first else chunk)
        is_first = False
    yield from cutter.end()


def lines(file: BinaryIO, most: int = MOST_WEIGHT) -> Iterator[tuple[int, Piece]]:
    """Each line that is not blank, with its number from 1; one of more than `most` bytes is passed over."""
    number = 0
    while line := file.readline(most + 1):
        number += 1
        if len(line) > most:
            while line and not line.endswith(b"\n"):
                line = file.readline(CHUNK)
            yield number, Unreadable(TOO_LARGE)
        elif bare := (line.removeprefix(BOM) if number == 1 else line).strip(SPACE):
            yield number, bare


@dataclass(slots=True)
class _Cutter:
    """Takes the chunks of a file and gives the pieces that end in them."""

    most: int
    depth: int = 0
    floor: int | None = None
    """The depth at which pieces lie: 1 in an array, 0 where the file is one object; `None` until the first bracket."""
    in_string: bool = False
    is_escaped: bool = False
    is_dropping: bool = False
    is_stray: bool = False
    held: bytearray = field(default_factory=bytearray)
    """The piece so far, of earlier chunks."""

    def cut(self, chunk: bytes) -> Iterator[Piece]:
        """The pieces that end in `chunk`."""
        begun = 0
        for end in self._brackets(chunk):
            if chunk[end - 1] in OPENING:
                begun = self._open(chunk, begun, end)
            elif self.floor is not None:
                self.depth -= 1
                if self.depth == self.floor:
                    self._hold(chunk[begun:end])
                    yield self._take()
                    begun = end
                elif self.depth < self.floor:
                    self._look(chunk[begun : end - 1])
                    self.is_stray |= self.depth < 0
                    self.depth, begun = max(self.depth, 0), end
        if self._is_in_piece:
            self._hold(chunk[begun:])
        else:
            self._look(chunk[begun:])

    def end(self) -> Iterator[Piece]:
        """What is to be said at the end of the file."""
        if self.depth or self.in_string:
            yield Unreadable(BROKEN_OFF)
        elif self.is_stray:
            yield Unreadable(STRAY)

    @property
    def _is_in_piece(self) -> bool:
        return self.floor is not None and self.depth > self.floor

    def _open(self, chunk: bytes, begun: int, end: int) -> int:
        """Go a level deeper; where what is not held yet begins now."""
        is_new = not self._is_in_piece
        self.depth += 1
        if not is_new:
            return begun
        self._look(chunk[begun : end - 1])
        if self.floor is None:
            self.floor = int(chunk[end - 1 : end] == b"[")
        return end - 1 if self._is_in_piece else end

    def _brackets(self, chunk: bytes) -> Iterator[int]:
        """The position after each bracket that is in no string."""
        at = 0
        while at < len(chunk):
            if self.in_string:
                at = self._leave_string(chunk, at)
            elif (match := BRACKET.match(chunk, at)) is None:
                return
            else:
                at = match.end()
                self.in_string = match[1] == b'"'
                if not self.in_string:
                    yield at

    def _leave_string(self, chunk: bytes, at: int) -> int:
        """The position after the string that goes on at `at`, or the chunk's end."""
        if self.is_escaped:
            self.is_escaped = False
            return at + 1
        if match := _STRING_END.match(chunk, at):
            self.in_string = False
            return match.end()
        rest = chunk[at:]
        self.is_escaped = (len(rest) - len(rest.rstrip(b"\\"))) % 2 == 1
        return len(chunk)

    def _look(self, part: bytes) -> None:
        """Note whether there is anything between pieces that has no business there."""
        self.is_stray |= bool(part.strip(SPACE + b","))

    def _hold(self, part: bytes) -> None:
        self.is_dropping |= len(self.held) + len(part) > self.most
        if self.is_dropping:
            self.held.clear()
        else:
            self.held += part

    def _take(self) -> Piece:
        piece = Unreadable(TOO_LARGE) if self.is_dropping else bytes(self.held)
        self.held.clear()
        self.is_dropping = False
        return piece
