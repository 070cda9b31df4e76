"""Our own format keeps everything, through any number of trips."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given

from tests.transfer.samples import BRANCHED, entry, loadeds, only, session, sorted_out, written
from transfer import json_file
from transfer.results import TransferRefused
from transfer.saved import Loaded


@given(loadeds())
def test_export_import_export_is_the_identity(loaded: Loaded) -> None:
    first = written(json_file.write, loaded)
    again = only(json_file.read(BytesIO(first)))
    assert again == loaded
    assert written(json_file.write, again) == first


def test_branches_marks_and_unknown_kinds_come_back() -> None:
    assert only(json_file.read(BytesIO(written(json_file.write, BRANCHED)))) == BRANCHED


def test_each_entry_is_a_line() -> None:
    assert written(json_file.write, BRANCHED).count(b"\n") == 2 + len(BRANCHED.entries) + 2


@pytest.mark.parametrize("data", [{"odd": float("nan")}, {"deep": [{"odd": float("inf")}]}])
def test_numbers_that_json_has_not_are_none(data: dict[str, Any]) -> None:
    again = only(json_file.read(BytesIO(written(json_file.write, Loaded(session(), (entry(1, None, **data),))))))
    assert "null" in json_file.dumped(again.entries[0].data)


def test_half_a_character_is_written_as_the_mark_for_one() -> None:
    assert "\ufffd".encode() in written(json_file.write, Loaded(session(), (entry(1, None, text="a\ud83d"),)))


def test_a_newer_cubbys_file_is_refused_with_what_to_do() -> None:
    newer = written(json_file.write, BRANCHED).replace(b'"version": 1', b'"version": 2')
    with pytest.raises(TransferRefused, match="newer Cubby"):
        list(json_file.read(BytesIO(newer)))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"session": 3, "entries": 4}', b'{"session": {"id": []}}', b"\0\xff"])
def test_what_is_no_session_is_no_session(data: bytes) -> None:
    loaded, _ = sorted_out(json_file.read(BytesIO(data)))
    assert loaded == []


def test_odd_entries_are_left_out_and_said() -> None:
    odd = written(json_file.write, BRANCHED).replace(b'"kind": "weather"', b'"kind": 7')
    loaded, said = sorted_out(json_file.read(BytesIO(odd)))
    assert [each.id for each in loaded[0].entries] == ["1", "2", "3", "4"]
    assert said == ["conversation 1: One of its entries has no id or no kind, so it was left out."]
