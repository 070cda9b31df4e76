"""A file is cut where its elements end, wherever its chunks end; a broken element costs no other."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transfer.samples import json_values
from transfer.parsing import TOO_LARGE, Unreadable
from transfer.splitting import BROKEN_OFF, STRAY, elements, lines


class Dripping(BytesIO):
    """A file that gives a few bytes at a time, however many are asked for."""

    def __init__(self, data: bytes, at_once: int) -> None:
        super().__init__(data)
        self._at_once = at_once

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(self._at_once, size if size and size > 0 else self._at_once))


containers = st.lists(json_values, max_size=3) | st.dictionaries(st.text(max_size=5), json_values, max_size=3)


@given(st.lists(containers, max_size=5), st.integers(1, 9), st.sampled_from([None, 1]))
def test_elements_are_those_of_the_array(values: list[Any], at_once: int, indent: int | None) -> None:
    data = json.dumps(values, ensure_ascii=False, indent=indent).encode()
    assert [json.loads(piece) for piece in elements(Dripping(data, at_once)) if isinstance(piece, bytes)] == values


@given(st.binary(max_size=80) | st.text('{}[]",:\\ab ', max_size=60).map(str.encode), st.integers(1, 9))
def test_chunks_make_no_difference(data: bytes, at_once: int) -> None:
    assert list(elements(Dripping(data, at_once))) == list(elements(BytesIO(data)))


@pytest.mark.parametrize(
    ("data", "pieces"),
    [
        (b'[{"a": NaN}, {"b": [}, {"c": 1}]', [b'{"a": NaN}', b'{"b": [}, {"c": 1}]', Unreadable(BROKEN_OFF)]),
        (b'[{"a": 1e}, {"c": 1}]', [b'{"a": 1e}', b'{"c": 1}']),
        (b'[{"a": 1}, {"b": "x', [b'{"a": 1}', Unreadable(BROKEN_OFF)]),
        (b'[{"a": 1}, 3, {"c": 1}]', [b'{"a": 1}', b'{"c": 1}', Unreadable(STRAY)]),
        (b'\xef\xbb\xbf {"a": 1}\n', [b'{"a": 1}']),
        (b"[]", []),
        (b"", []),
        (b"hello", [Unreadable(STRAY)]),
    ],
)
def test_damage_costs_what_it_must(data: bytes, pieces: list[Any]) -> None:
    assert list(elements(BytesIO(data))) == pieces


def test_too_large_an_element_is_passed_over() -> None:
    data = b'[{"a":"' + b"x" * 200_000 + b'"},{"b":1}]'
    assert list(elements(BytesIO(data), 100_000)) == [Unreadable(TOO_LARGE), b'{"b":1}']


def test_lines_have_the_numbers_people_see_and_long_ones_are_passed_over() -> None:
    data = b"\xef\xbb\xbfone\r\n\n" + b"x" * 50 + b"\nfour\n" + b"y" * 20
    assert list(lines(BytesIO(data), 20)) == [(1, b"one"), (3, Unreadable(TOO_LARGE)), (4, b"four"), (5, b"y" * 20)]


def test_long_strings_of_escapes_are_read_once() -> None:
    """A string over many chunks must not be looked at again for each of them."""
    data = b'[{"a":"' + rb"\\" * 2_000_000 + b'"}]'
    assert [len(piece) for piece in elements(Dripping(data, 4096)) if isinstance(piece, bytes)] == [4_000_008]
