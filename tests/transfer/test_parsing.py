"""No piece of foreign JSON costs more than it may, or comes out as something JSON cannot say."""

import json
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transfer.samples import json_values
from transfer import parsing
from transfer.limits import MIB, MOST_DEPTH
from transfer.parsing import LARGE_NUMBER, NOT_JSON, TOO_DEEP, TOO_LARGE, Parsed, Unreadable, parse


@given(json_values)
def test_what_json_says_is_what_is_read(value: Any) -> None:
    parsed = parse(json.dumps(value, ensure_ascii=False).encode())
    assert isinstance(parsed, Parsed)
    assert repr(parsed.value) == repr(value)


def test_a_large_piece_leaves_other_threads_their_turns_while_it_is_parsed() -> None:
    """The event loop's, say: it waits until json's parser, which is C, calls something that is not."""
    calls, piece = Counter[str](), json.dumps([{"id": "x"}] * 1000).encode()
    sys.setprofile(lambda frame, event, _: calls.update([frame.f_code.co_filename] if event == "call" else []))
    try:
        parse(piece)
    finally:
        sys.setprofile(None)
    assert calls[parsing.__file__] >= 1000


@given(st.binary(max_size=60) | st.text('{}[]",:\\u0dD8e1-. ', max_size=40).map(str.encode))
def test_any_bytes_are_a_value_or_a_reason(data: bytes) -> None:
    parsed = parse(data)
    if isinstance(parsed, Parsed):
        json.dumps(parsed.value, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        (b"[" * 100_000, TOO_LARGE + TOO_DEEP),
        (b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1), TOO_DEEP),
        (b"[" * 5_000_000, TOO_LARGE),
        (b'{"a":' * 3_000 + b"1" + b"}" * 3_000, TOO_DEEP),
        (b"[" + b"1" * 5_000 + b"]", LARGE_NUMBER),
        (b"[1e400]", LARGE_NUMBER),
        (b"[1e999999999999]", LARGE_NUMBER),
        (b"[9223372036854775808]", LARGE_NUMBER),
        (b"[NaN]", NOT_JSON),
        (b"[-Infinity]", NOT_JSON),
        (b"{", NOT_JSON),
        (b"", NOT_JSON),
        (b"[" + b"[]," * 3_000_000 + b"[]]", TOO_LARGE),
        (b'"' + b"x" * (33 * MIB) + b'"', TOO_LARGE),
        (('"😀' + "x" * (17 * MIB) + '"').encode(), TOO_LARGE),
        (rb'"\ud83d\ude00' + b"x" * (17 * MIB) + b'"', TOO_LARGE),
    ],
    ids=lambda value: value[:12].decode("ascii", "replace") if isinstance(value, bytes) else "",
)
def test_hostile_piece_is_dropped_with_a_reason(piece: bytes, reason: str) -> None:
    parsed = parse(piece)
    assert isinstance(parsed, Unreadable)
    assert parsed.reason in reason


def test_a_million_keys_are_not_taken() -> None:
    piece = b"{" + b",".join(b'"%d":1' % number for number in range(1_000_000)) + b"}"
    assert parse(piece) == Unreadable(TOO_LARGE)


def test_depth_in_text_counts_for_nothing() -> None:
    parsed = parse(json.dumps(["[{" * 500, '"[']).encode())
    assert isinstance(parsed, Parsed)
    assert parsed.value == ["[{" * 500, '"[']


@pytest.mark.parametrize(
    ("piece", "value"),
    [
        (rb'"\ud83d\ude00"', "😀"),
        (rb'"\ud83d"', "\ufffd"),
        (rb'"\ud83d\ud83d\ude00\ude00"', "\ufffd😀\ufffd"),
        (rb'"\\ud83d"', r"\ud83d"),
        (rb'"\\\ud83dA"', "\\\ufffdA"),
        (b'"\xff\xc3"', "\ufffd\ufffd"),
        (rb'"a\u0000b"', "a\0b"),
    ],
)
def test_halves_of_characters_become_the_mark_for_one(piece: bytes, value: str) -> None:
    parsed = parse(piece)
    assert isinstance(parsed, Parsed)
    assert parsed.value == value
