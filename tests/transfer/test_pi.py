"""pi's sessions come in whole and go out as they came; ours go out as pi reads them."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tests.transfer.samples import BRANCHED, NOON, entry, loadeds, only, session, sorted_out, written
from transfer import pi_reader, pi_writer
from transfer.results import TransferRefused
from transfer.saved import Loaded
from transfer.trees import path

FILE = (Path(__file__).parent / "files/pi.jsonl").read_bytes()
HEADER = FILE.split(b"\n")[0]


def rows(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def read_lines(*fields: dict[str, Any]) -> tuple[list[Loaded], list[str]]:
    return sorted_out(pi_reader.read(BytesIO(b"\n".join([HEADER, *(json.dumps(each).encode() for each in fields)]))))


def said(number: int, parent: int | None, role: str = "user", **more: Any) -> dict[str, Any]:
    parent_id = None if parent is None else f"{parent:08x}"
    message = {"role": role, "content": f"words {number}"}
    return {"type": "message", "id": f"{number:08x}", "parentId": parent_id, "message": message} | more


def test_every_line_comes_out_again_in_order() -> None:
    assert rows(written(pi_writer.write, only(pi_reader.read(BytesIO(FILE))))) == rows(FILE)


def test_what_a_list_shows_survives() -> None:
    loaded = only(pi_reader.read(BytesIO(FILE)))
    assert loaded.session.name == "Cart and cookie"
    assert loaded.session.model == "claude-opus-4-5"
    assert loaded.session.parent == "11111111-2222-4333-8444-555555555555"
    assert loaded.session.created == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert loaded.session.modified == datetime(2026, 3, 2, 9, 1, 5, tzinfo=UTC)
    assert loaded.session.leaf == "00000011"
    assert next(each.text for each in loaded.entries if each.kind == "user") == "Why is the cart empty after login?"


def test_words_and_marks_are_where_we_have_them() -> None:
    kinds = {each.id[-2:]: each for each in only(pi_reader.read(BytesIO(FILE))).entries}
    assert kinds["04"].text == "Let me look at the session code."
    assert kinds["05"].kind == "tool"
    assert kinds["06"].data["outcome"] == "stopped"
    assert kinds["09"].text == "The cookie is set\n\nfor another domain."
    assert kinds["0b"].kind == "compaction"
    assert kinds["0b"].text == "The cookie has the wrong domain."
    assert kinds["0d"].text == "Two things are open."
    assert kinds["11"].kind == "pi.hologram"
    assert [each.id[-2:] for each in path(kinds.values(), "00000009")] == ["01", "02", "03", "07", "08", "09"]


def test_a_compaction_says_by_depth_from_where_on_it_keeps_what_is_above_it() -> None:
    told = next(each.data for each in only(pi_reader.read(BytesIO(FILE))).entries if each.kind == "compaction")
    assert (told["first_kept"], told["tokens_before"]) == (4, 4100)


@pytest.mark.parametrize("odd", [{}, {"firstKeptEntryId": "nobody"}, {"firstKeptEntryId": [3], "tokensBefore": "many"}])
def test_a_compaction_that_names_no_entry_says_nothing_of_it(odd: dict[str, Any]) -> None:
    compaction = {"type": "compaction", "id": "0000000b", "parentId": "00000007", "summary": "gist"} | odd
    loaded, damage = read_lines(said(7, None), compaction)
    assert (set(loaded[0].entries[1].data), damage) == ({"pi"}, [])


def test_words_are_kept_once() -> None:
    loaded = only(pi_reader.read(BytesIO(FILE)))
    assert not [
        each.id for each in loaded.entries if each.text and "\n\n" not in each.text and each.text in json.dumps(each.data)
    ]


@given(loadeds())
def test_export_import_export_is_the_identity(loaded: Loaded) -> None:
    first = written(pi_writer.write, loaded)
    again = only(pi_reader.read(BytesIO(first)))
    assert written(pi_writer.write, again) == first
    told = [(each.kind, each.text) for each in loaded.entries if each.kind in ("user", "weather", "tool")]
    assert [(each.kind, each.text) for each in again.entries if each.kind in ("user", "weather", "tool")] == told
    assert again.session.name == (" ".join(loaded.session.name.split())[:200].strip() or None if loaded.session.name else None)


@given(loadeds())
def test_current_path_survives_whatever_the_newest_entry_is(loaded: Loaded) -> None:
    again = only(pi_reader.read(BytesIO(written(pi_writer.write, loaded))))
    shown = [each.text for each in path(loaded.entries, loaded.session.leaf) if each.kind == "user"]
    assert [each.text for each in path(again.entries, again.session.leaf) if each.kind == "user"] == shown


@given(loadeds())
def test_what_pi_requires_holds_for_every_export(loaded: Loaded) -> None:
    header, *entries = rows(written(pi_writer.write, loaded))
    assert (header["type"], header["version"]) == ("session", 3)
    known: set[str | None] = {None}
    for each in entries:
        assert re.fullmatch("[0-9a-f]{8}", each["id"])
        assert each["id"] not in known
        assert each["parentId"] in known
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", each["timestamp"])
        known.add(each["id"])


def test_current_path_is_that_of_the_last_line() -> None:
    """The newest entry is on another branch, so a line is added after the leaf."""
    again = only(pi_reader.read(BytesIO(written(pi_writer.write, BRANCHED))))
    words = [each.text for each in path(again.entries, again.session.leaf) if each.text]
    assert words == ["Why does the login fail?", "Is the *clock* right?", "It is <b>right</b> & set."]
    assert again.session.name == "Auth bug"


def test_stopped_and_failed_answers_say_so_both_ways() -> None:
    told = Loaded(
        session(leaf="3", name=None),
        (
            entry(1, None, "user", "Hi"),
            entry(2, 1, "assistant", "Well", outcome="stopped"),
            entry(3, 2, "failure", error="timeout", blame_prompt=False),
        ),
    )
    data = written(pi_writer.write, told)
    assert [each["message"].get("stopReason") for each in rows(data)[1:]] == [None, "aborted", "error"]
    again = only(pi_reader.read(BytesIO(data))).entries
    assert [(each.kind, each.data.get("outcome"), each.data.get("error")) for each in again[1:]] == [
        ("assistant", "stopped", None),
        ("failure", None, "timeout"),
    ]


def test_references_follow_ids_that_pi_would_not_have() -> None:
    loaded, _ = read_lines(
        {"type": "message", "id": "one", "parentId": None, "message": {"role": "user", "content": "Hi"}},
        {"type": "label", "id": "two", "parentId": "one", "targetId": "one", "label": "here"},
    )
    _, first, label = rows(written(pi_writer.write, loaded[0]))
    assert label["targetId"] == label["parentId"] == first["id"] != "one"


def test_ids_are_the_same_at_every_export_and_after_new_ones_here() -> None:
    loaded = only(pi_reader.read(BytesIO(FILE)))
    renumbered = {each.id: str(at) for at, each in enumerate(loaded.entries, 1)}
    stored = tuple(replace(each, id=renumbered[each.id], parent=renumbered.get(each.parent or "")) for each in loaded.entries)
    moved = Loaded(
        session(id=loaded.session.id, name=loaded.session.name, leaf=str(len(stored)), extra=loaded.session.extra), stored
    )
    assert rows(written(pi_writer.write, moved))[1:] == rows(FILE)[1:]


@pytest.mark.parametrize(
    ("version", "words"), [(b"2", "current pi"), (b"1", "current pi"), (b"4", "newer pi"), (b'"x"', "current pi")]
)
def test_another_version_is_refused_with_what_to_do(version: bytes, words: str) -> None:
    with pytest.raises(TransferRefused, match=words):
        list(pi_reader.read(BytesIO(FILE.replace(b'"version":3', b'"version":' + version))))


def test_a_damaged_line_costs_itself_and_is_named() -> None:
    lines = FILE.split(b"\n")
    lines[4] = lines[4][:50]
    loaded, damage = sorted_out(pi_reader.read(BytesIO(b"\n".join(lines))))
    assert len(loaded[0].entries) == 16
    assert damage == [
        "line 5: It isn't JSON.",
        "line 6: What it answers is missing, so it was put after what came before it.",
    ]
    assert loaded[0].session.name == "Cart and cookie"


@pytest.mark.parametrize(
    "fields",
    [
        {"type": [], "id": "x"},
        {"type": "message", "id": {}, "message": 3},
        {"type": "message"},
        {"id": "00000001"},
        {"type": "x" * 500, "id": "00000001"},
    ],
)
def test_odd_lines_are_left_out_and_said(fields: dict[str, Any]) -> None:
    loaded, damage = read_lines(said(7, None), fields)
    assert [each.text for each in loaded[0].entries] == ["words 7"]
    assert damage == ["line 3: It has no id or no type."]


@pytest.mark.parametrize(
    "message",
    [3, None, {}, {"role": 4, "content": {"a": 1}}, {"role": "user", "content": [3, {"type": "text"}]}],
)
def test_odd_messages_are_kept_as_they_are(message: Any) -> None:
    loaded, damage = read_lines(said(7, None, message=message, timestamp=1e300))
    assert damage == []
    first = written(pi_writer.write, loaded[0])
    assert written(pi_writer.write, only(pi_reader.read(BytesIO(first)))) == first


@pytest.mark.parametrize("type_", ["label", "compaction", "hologram"])
def test_a_value_without_a_name_is_no_words_and_is_kept(type_: str) -> None:
    loaded, damage = read_lines({"type": type_, "id": "00000001", "": "nameless"})
    assert ([each.text for each in loaded[0].entries], damage) == ([""], [])
    assert rows(written(pi_writer.write, loaded[0]))[1][""] == "nameless"


def test_without_its_first_line_a_session_is_read_all_the_same() -> None:
    loaded, damage = sorted_out(pi_reader.read(BytesIO(json.dumps(said(1, None)).encode())))
    assert len(loaded[0].entries) == 1
    assert "made up" in damage[0]


def test_several_sessions_one_after_another_are_several() -> None:
    loaded, damage = sorted_out(pi_reader.read(BytesIO(FILE + FILE)))
    assert (len(loaded), damage) == (2, [])


def test_our_data_cannot_forge_a_line_that_begins_a_session() -> None:
    forged = Loaded(
        session(leaf="1", extra={"pi": {"type": "label", "id": 3}}),
        (entry(1, None, pi={"type": "session", "id": [], "parentId": 7}),),
    )
    header, *entries = rows(written(pi_writer.write, forged))
    assert (header["type"], header["id"]) == ("session", forged.session.id)
    assert (entries[0]["type"], entries[0]["parentId"]) == ("message", None)


def test_time_of_a_line_without_one_is_that_of_the_line_before() -> None:
    loaded, _ = read_lines(said(1, None, timestamp="2026-03-01T12:00:00.000Z"), said(2, 1))
    assert [each.created for each in loaded[0].entries] == [NOON, NOON]
