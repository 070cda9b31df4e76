"""Whatever is sent, there is a survey and sessions, or a sentence; never a traceback."""

import json
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transfer.samples import BRANCHED, json_values, written
from transfer import json_file, pi_writer
from transfer.limits import MOST_DAMAGES_LISTED
from transfer.reading import sessions, survey
from transfer.results import Format, TransferRefused
from transfer.saved import Loaded

FILES = Path(__file__).parent / "files"
SAMPLES = [
    *(path.read_bytes() for path in sorted(FILES.iterdir())),
    written(json_file.write, BRANCHED),
    written(pi_writer.write, BRANCHED),
]
PIECES = [b"null", b"[]", b"{}", b'"', b"1e999", b"\\ud800", b"-", b"\n"]
STARTS = [b"", b"[", b"{", b"PK\x03\x04", b"PK\x05\x06", b'{"type":"session","version":3}\n']


def read_all(data: bytes) -> None:
    """Read it as an import does, and write again what came of it; a refusal is as good."""
    with suppress(TransferRefused):
        for result in sessions(BytesIO(data)):
            if isinstance(result, Loaded):
                written(json_file.write, result)
                written(pi_writer.write, result)
            else:
                str(result).encode()
        survey(BytesIO(data))


@pytest.mark.parametrize(
    ("name", "kind", "conversations", "messages"),
    [("chatgpt.json", Format.CHATGPT, 2, 4), ("claude.json", Format.CLAUDE, 3, 6), ("pi.jsonl", Format.PI, 1, 5)],
)
def test_survey_counts(name: str, kind: Format, conversations: int, messages: int) -> None:
    with (FILES / name).open("rb") as file:
        found = survey(file)
    assert (found.format, found.conversations, found.messages, found.damages) == (kind, conversations, messages, 0)


def test_survey_lists_the_first_damages_and_counts_all() -> None:
    data = (FILES / "pi.jsonl").read_bytes() + b"\n" + b"{oh\n" * 1000
    found = survey(BytesIO(data))
    assert found.damages == 1000
    assert len(found.listed) == MOST_DAMAGES_LISTED
    assert str(found.listed[0]) == "line 20: It isn't JSON."


def test_survey_and_sessions_may_follow_each_other_on_one_file() -> None:
    file = BytesIO(SAMPLES[0])
    assert survey(file) == survey(file)
    assert len(list(sessions(file))) == len(list(sessions(file)))


@given(st.binary(max_size=200), st.sampled_from(STARTS))
def test_random_bytes_are_read_or_refused(data: bytes, start: bytes) -> None:
    read_all(start + data)


@settings(max_examples=300)
@given(st.sampled_from(SAMPLES), st.data())
def test_mutated_files_are_read_or_refused(sample: bytes, data: st.DataObject) -> None:
    mutated = bytearray(sample)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        piece = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"null", b"[]", b"{}", b'"', b"1e999", b"\\ud800", b"-", b"\n"])
        )
        mutated[at : at + data.draw(st.integers(0, 12))] = piece
    read_all(bytes(mutated))


@st.composite
def of_wrong_types(draw: st.DrawFn) -> bytes:
    """A sample in which some values are anything at all."""
    sample = draw(st.sampled_from(SAMPLES))
    is_lines = sample.startswith(b'{"type"')
    texts = sample.splitlines() if is_lines else [sample]
    documents = [json.loads(text) for text in texts]
    for _ in range(draw(st.integers(1, 6))):
        holder: Any = documents
        while holder:
            key: Any = draw(st.sampled_from(list(holder) if hasattr(holder, "keys") else range(len(holder))))
            if draw(st.integers(0, 3)) == 0 or type(holder[key]) not in (list, dict):
                holder[key] = draw(json_values)
                break
            holder = holder[key]
    return b"\n".join(json.dumps(document).encode() for document in documents)


@settings(max_examples=300)
@given(of_wrong_types())
def test_wrong_types_anywhere_are_read_or_refused(data: bytes) -> None:
    read_all(data)
