"""ChatGPT's export comes in with its branches, and nothing odd in it costs more than itself."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.transfer.samples import sorted_out
from transfer import chatgpt
from transfer.saved import Loaded
from transfer.trees import path

FILE = (Path(__file__).parent / "files/chatgpt.json").read_bytes()


def read(*conversations: Any) -> tuple[list[Loaded], list[str]]:
    return sorted_out(chatgpt.read(BytesIO(json.dumps(conversations).encode())))


def node(parent: Any, text: Any = "words", role: Any = "user", **fields: Any) -> dict[str, Any]:
    message = {"author": {"role": role}, "content": {"content_type": "text", "parts": [text]}, "create_time": None}
    return {"message": message | fields, "parent": parent}


def conversation(mapping: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": "c", "title": "T", "create_time": 1.7e9, "mapping": mapping} | fields


def test_what_a_list_shows() -> None:
    loaded, damage = sorted_out(chatgpt.read(BytesIO(FILE)))
    assert damage == []
    first, second = (each.session for each in loaded)
    assert (first.name, first.archived, first.model, first.source) == ("Sourdough that does not rise", True, "o3", "chatgpt")
    assert first.created == datetime(2024, 3, 1, 8, 0, 0, 250_000, tzinfo=UTC)
    assert first.modified == datetime(2024, 3, 1, 8, 0, 30, tzinfo=UTC)
    assert first.extra["chatgpt"]["default_model_slug"] == "auto"
    assert (second.name, second.leaf) == (None, "q")


def test_current_path_reads_as_it_was_shown() -> None:
    loaded, _ = sorted_out(chatgpt.read(BytesIO(FILE)))
    assert [(each.kind, each.text) for each in path(loaded[0].entries, loaded[0].session.leaf)] == [
        ("context", "I bake on Sundays.\n\nShort answers."),
        ("user", "[picture]\n\nWhy is my bread flat?"),
        ("thinking", "**Looking at the crumb**\nDense at the bottom."),
        ("tool_call", "print(72 / 100)"),
        ("tool", "0.72"),
        ("assistant", "At 72 % water it needs **longer**."),
    ]


def test_other_branch_is_there_with_its_mark_and_what_we_do_not_know() -> None:
    loaded, _ = sorted_out(chatgpt.read(BytesIO(FILE)))
    by_id = {each.id: each for each in loaded[0].entries}
    assert by_id["a-1"].parent == "u-1"
    assert by_id["a-1"].data["outcome"] == "stopped"
    assert by_id["u-1"].data["chatgpt"]["content"]["parts"][0]["asset_pointer"] == "file-service://file-abc"
    assert "content" not in by_id["a-4"].data["chatgpt"]


@pytest.mark.parametrize("odd", [3, None, "x", [], {"mapping": []}, {"title": "no mapping"}])
def test_what_is_no_conversation_is_told_by_number(odd: Any) -> None:
    loaded, damage = read(conversation({"a": node(None)}), [odd], odd or {}, conversation({"a": node(None)}))
    assert len(loaded) == 2
    assert damage[0] == "conversation 2: It isn't a conversation of ChatGPT's."


@pytest.mark.parametrize(
    "odd", [3, None, "x", [], {}, {"message": 3}, {"message": {"author": 3, "content": 4}}, {"parent": {}}]
)
def test_odd_nodes_do_not_harm_the_others(odd: Any) -> None:
    loaded, _ = read(conversation({"a": node(None, "one"), "b": odd, "c": node("a", "two")}, current_node=["c"]))
    assert [each.text for each in path(loaded[0].entries, loaded[0].session.leaf)][-2:] == ["one", "two"]


@pytest.mark.parametrize("parts", [3, None, [None, 3, {"text": 4}, {"content_type": []}], {"a": 1}])
def test_odd_parts_have_no_words(parts: Any) -> None:
    loaded, _ = read(conversation({"a": node(None, content={"content_type": "text", "parts": parts})}))
    assert [each.text for each in loaded[0].entries] == [""]


def test_circles_and_missing_parents_are_told() -> None:
    loaded, damage = read(conversation({"a": node("b"), "b": node("a"), "c": node("nowhere"), "": node(None)}))
    assert len(loaded[0].entries) == 3
    assert len(damage) == 3


def test_circle_of_nodes_without_message_ends() -> None:
    loaded, _ = read(conversation({"x": {"parent": "y"}, "y": {"parent": "x"}, "a": node("x")}))
    assert loaded[0].entries[0].parent is None


def test_long_way_of_empty_nodes_is_gone_once() -> None:
    empty = {f"e{at}": {"message": None, "parent": f"e{at - 1}"} for at in range(20_000)}
    leaves = {f"n{at}": node("e19999") for at in range(20_000)}
    mapping = {"root": node(None)} | empty | leaves
    mapping["e0"] = {"message": None, "parent": "root"}
    loaded, _ = read(conversation(mapping))
    assert {each.parent for each in loaded[0].entries[1:]} == {"root"}


@pytest.mark.parametrize("time", [-1, 1e300, "yesterday", True, [], 1e18, -(2**62)])
def test_odd_times_are_those_of_what_came_before(time: Any) -> None:
    loaded, _ = read(conversation({"a": node(None, create_time=time)}))
    assert loaded[0].entries[0].created == loaded[0].session.created


def test_conversation_without_id_has_the_same_at_every_import() -> None:
    nameless = conversation({"a": node(None)}, id=None)
    assert (
        read(nameless)[0][0].session.id
        == read(nameless)[0][0].session.id
        != read(conversation({"b": node(None)}, id=None))[0][0]
    )
