"""Claude's export comes in with its words in order, and nothing odd in it costs more than itself."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.transfer.samples import sorted_out
from transfer import claude
from transfer.saved import Loaded
from transfer.trees import path

FILE = (Path(__file__).parent / "files/claude.json").read_bytes()


def read(*conversations: Any) -> tuple[list[Loaded], list[str]]:
    return sorted_out(claude.read(BytesIO(json.dumps(conversations).encode())))


def test_what_a_list_shows() -> None:
    loaded, damage = sorted_out(claude.read(BytesIO(FILE)))
    assert damage == []
    assert [each.session.name for each in loaded] == ["Trip to the coast", None, "Branches"]
    assert [len(each.entries) for each in loaded] == [3, 0, 3]
    assert loaded[0].session.created == datetime(2026, 2, 10, 8, 15, 30, 123_456, tzinfo=UTC)
    assert loaded[0].session.modified == datetime(2026, 2, 10, 8, 20, tzinfo=UTC)


def test_words_read_as_they_were_shown() -> None:
    loaded, _ = sorted_out(claude.read(BytesIO(FILE)))
    assert [(each.kind, each.text) for each in path(loaded[0].entries, loaded[0].session.leaf)] == [
        ("user", "How far is the sea from here?"),
        ("assistant", "About 40 km.\n\nBy train, an hour."),
        ("user", "[file: bill.pdf]"),
    ]


def test_attachments_thoughts_and_tools_are_kept() -> None:
    first, second, _ = sorted_out(claude.read(BytesIO(FILE)))[0][0].entries
    assert first.data["claude"]["attachments"][0]["extracted_content"] == "north: hill"
    assert [block["type"] for block in second.data["claude"]["content"]] == [
        "thinking",
        "text",
        "tool_use",
        "tool_result",
        "text",
    ]
    assert "By train" not in json.dumps(second.data)


def test_newest_of_two_answers_is_the_current_one() -> None:
    branched = sorted_out(claude.read(BytesIO(FILE)))[0][2]
    assert [each.text for each in path(branched.entries, branched.session.leaf)] == ["One?", "Eins."]
    assert [each.parent for each in branched.entries] == [None, "b-1", "b-1"]


@pytest.mark.parametrize(
    "odd", [3, None, "x", [], {}, {"uuid": []}, {"sender": 3, "content": 4, "text": []}, {"created_at": "soon"}]
)
def test_odd_messages_do_not_harm_the_others(odd: Any) -> None:
    said = [{"uuid": "1", "text": "one", "sender": "human"}, odd, {"uuid": "3", "text": "two", "sender": "assistant"}]
    loaded, _ = read({"uuid": "c", "created_at": "2026-01-01", "chat_messages": said})
    assert [each.text for each in path(loaded[0].entries, loaded[0].session.leaf) if each.text] == ["one", "two"]


@pytest.mark.parametrize("odd", [[], {}, {"chat_messages": 3}, {"mapping": {}}])
def test_what_is_no_conversation_is_told_by_number(odd: Any) -> None:
    loaded, damage = read(odd, {"uuid": "c", "chat_messages": []})
    assert len(loaded) == 1
    assert damage == ["conversation 1: It isn't a conversation of Claude's."]
