"""What a file is, told by what is in it; its name counts for nothing."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO, Final

from transfer import json_file
from transfer.chatgpt import is_chatgpt
from transfer.claude import is_claude
from transfer.fields import object_of
from transfer.limits import CHUNK, MOST_OWN_DEPTH, MOST_OWN_WEIGHT
from transfer.parsing import Unreadable, parse
from transfer.pi_reader import is_pi_line
from transfer.results import Format, TransferRefused
from transfer.splitting import BOM, SPACE, Piece, elements, lines

UNKNOWN: Final = (
    "I don't know this kind of file. I can import Cubby's own JSON and ZIP, pi's sessions (JSONL), and the data exports of "
    "ChatGPT and Claude (conversations.json, or the ZIP it came in)."
)
EMPTY: Final = "There are no conversations in this file."
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
    for found in _looks(file, start[:1] == b"{"):
        if found is not None:
            return found
    raise TransferRefused(UNKNOWN)


def _looks(file: BinaryIO, is_object: bool) -> Iterator[Format | None]:
    """What the first pieces of it look like, as lines and as elements."""
    if is_object:
        file.seek(0)
        for _, line in islice(lines(file), LOOKED_AT):
            yield Format.PI if is_pi_line(_fields(line)) else None
    file.seek(0)
    for piece in islice(elements(file, MOST_OWN_WEIGHT), LOOKED_AT):
        fields = _fields(piece)
        yield next((kind for kind, test in TESTS if test(fields)), None)


def _fields(piece: Piece) -> dict[str, Any]:
    parsed = piece if isinstance(piece, Unreadable) else parse(piece, most_depth=MOST_OWN_DEPTH, most_weight=MOST_OWN_WEIGHT)
    return {} if isinstance(parsed, Unreadable) else object_of(parsed.value)
