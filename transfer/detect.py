"""What a file is, told by what is in it; its name counts for nothing."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, BinaryIO, Final

from transfer import json_file
from transfer.chatgpt import is_chatgpt
from transfer.claude import is_claude
from transfer.fields import object_of
from transfer.limits import CHUNK, MOST_OWN_DEPTH, MOST_OWN_WEIGHT
from transfer.parsing import TOO_LARGE, Unreadable, parse
from transfer.pi_reader import is_pi_line
from transfer.results import Format, TransferRefused
from transfer.splitting import BOM, SPACE, Piece, elements, lines

UNKNOWN: Final = (
    "I don't know this kind of file. I can import Cubby's own JSON and ZIP, pi's sessions (JSONL), and the data exports of "
    "ChatGPT and Claude (conversations.json, or the ZIP it came in)."
)
EMPTY: Final = "There are no conversations in this file."
LARGE: Final = "What is in this file is larger than I take at once, so I can't tell what it is."
LOOKED_AT: Final = 10
"""Elements or lines that may be damaged before the file is given up."""
ZIP_MARKS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

TESTS: Final[tuple[tuple[Format, Callable[[Mapping[str, Any]], bool]], ...]] = (
    (Format.JSON, lambda fields: fields.get("format") == json_file.FORMAT),
    (Format.CHATGPT, is_chatgpt),
    (Format.CLAUDE, is_claude),
)


def is_zip(file: BinaryIO) -> bool:
    """Whether the file, which is looked at from its beginning, is a ZIP."""
    file.seek(0)
    return file.read(4) in ZIP_MARKS


def detect(file: BinaryIO) -> Format:
    """The format of a file that is no ZIP. Raises `TransferRefused` for one that is nothing we know."""
    file.seek(0)
    start = file.read(CHUNK).removeprefix(BOM).lstrip(SPACE)
    if not start or start.split() in ([b"[]"], [b"[", b"]"]):
        raise TransferRefused(EMPTY)
    if start[:1] not in (b"{", b"["):
        raise TransferRefused(UNKNOWN)
    if start[:1] == b"{" and _is_pi(file):
        return Format.PI
    return _of_elements(file)


def _is_pi(file: BinaryIO) -> bool:
    """Whether one of the first lines is one of pi's."""
    file.seek(0)
    return any(is_pi_line(object_of(_value(line))) for _, line in islice(lines(file), LOOKED_AT))


def _of_elements(file: BinaryIO) -> Format:
    """What the first conversations are that can be read."""
    file.seek(0)
    why = UNKNOWN
    for piece in islice(elements(file, MOST_OWN_WEIGHT), LOOKED_AT):
        value = _value(piece)
        for kind, test in TESTS:
            if test(object_of(value)):
                return kind
        if value == Unreadable(TOO_LARGE):
            why = LARGE
    raise TransferRefused(why)


def _value(piece: Piece) -> Any:
    parsed = piece if isinstance(piece, Unreadable) else parse(piece, most_depth=MOST_OWN_DEPTH, most_weight=MOST_OWN_WEIGHT)
    return parsed if isinstance(parsed, Unreadable) else parsed.value
