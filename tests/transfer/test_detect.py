"""A file is what is in it, whatever it is called."""

from io import BytesIO
from pathlib import Path

import pytest

from tests.transfer.samples import BRANCHED, written
from transfer import json_file, pi_writer
from transfer.detect import EMPTY, LARGE, detect, is_zip
from transfer.results import Format, TransferRefused

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ((FILES / "chatgpt.json").read_bytes(), Format.CHATGPT),
        ((FILES / "claude.json").read_bytes(), Format.CLAUDE),
        ((FILES / "pi.jsonl").read_bytes(), Format.PI),
        (written(json_file.write, BRANCHED), Format.JSON),
        (written(pi_writer.write, BRANCHED), Format.PI),
        (b"\xef\xbb\xbf\n " + (FILES / "claude.json").read_bytes(), Format.CLAUDE),
        (b'[{"broken": nan}, [], {"mapping": {}}]', Format.CHATGPT),
        (b'{"mapping": {}}', Format.CHATGPT),
        (b'{"chat_messages": []}', Format.CLAUDE),
        (b'{"type": "session", "ver\n{"type": "message", "id": "1", "parentId": null}', Format.PI),
    ],
)
def test_formats_are_known_by_their_content(data: bytes, kind: Format) -> None:
    assert detect(BytesIO(data)) == kind


@pytest.mark.parametrize(
    "data", [b"hello", b"\0\1\2", b"{}", b"[1, 2]", b'{"a": [', b"%PDF-1.7", b"<html>", b"[" * 100_000, b'"x"']
)
def test_anything_else_is_refused_with_what_is_taken(data: bytes) -> None:
    with pytest.raises(TransferRefused, match="ChatGPT and Claude"):
        detect(BytesIO(data))


@pytest.mark.parametrize("data", [b"", b" \n", b"[]", b"[ ]\n", b"\xef\xbb\xbf"])
def test_nothing_is_called_nothing(data: bytes) -> None:
    with pytest.raises(TransferRefused, match=EMPTY):
        detect(BytesIO(data))


def test_too_large_to_tell_is_said() -> None:
    with pytest.raises(TransferRefused, match=LARGE):
        detect(BytesIO(b'[{"mapping": {"a": [' + b"[]," * 500_000 + b"[]]}}]"))


def test_a_zip_is_known_from_any_position() -> None:
    file = BytesIO(b"PK\x03\x04...")
    file.seek(3)
    assert is_zip(file)
    assert not is_zip(BytesIO(b"[]"))
