"""A summary that holds is one to pi as well, and comes back as the one that it was."""

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from tests.transfer.samples import entry, only, session, written
from transfer import json_file, pi_reader, pi_writer
from transfer.saved import Loaded, SavedEntry

SAID = tuple(entry(n, n - 1 or None, "assistant" if n % 2 == 0 else "user", f"words {n}") for n in range(1, 7))
GIST = replace(entry(7, 6, "summary", "the gist", first_kept=4, tokens_before=900, model="small"), author="system")
UNDONE = entry(8, 7, "undone", depth=5)


def loaded(*more: SavedEntry, leaf: int = 6, **fields: Any) -> Loaded:
    return Loaded(session(leaf=str(leaf), **fields), (*SAID, *more))


def lines(given: Loaded) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(pi_writer.write, given).splitlines()]


def back(rows: list[dict[str, Any]]) -> Loaded:
    return only(pi_reader.read(BytesIO(b"\n".join(json.dumps(row).encode() for row in rows))))


def ours(given: Loaded) -> list[tuple[str, str]]:
    """Its entries but for those that only pi has a use for."""
    return [(each.kind, each.text) for each in given.entries if each.kind != "session_info"]


def read_by_pi(rows: list[dict[str, Any]]) -> list[str]:
    """What pi sends of a session: its newest compaction on the path, then what that keeps and what came after."""
    by_id, at, path = {row["id"]: row for row in rows[1:]}, rows[-1]["id"], list[dict[str, Any]]()
    while at is not None:
        path.insert(0, by_id[at])
        at = by_id[at]["parentId"]
    found = [n for n, row in enumerate(path) if row["type"] == "compaction"]
    since = next(n for n, row in enumerate(path) if row["id"] == path[found[-1]]["firstKeptEntryId"]) if found else 0
    told = [row["message"]["content"] for row in path[since:] if row["type"] == "message"]
    words = [each if isinstance(each, str) else each[0]["text"] for each in told]
    return [*(path[n]["summary"] for n in found[-1:]), *words]


@pytest.mark.parametrize("name", ["Auth bug", None])
def test_pi_goes_on_from_the_summary_that_holds(name: str | None) -> None:
    rows = lines(loaded(GIST, name=name))
    assert read_by_pi(rows) == ["the gist", "words 5", "words 6"]
    assert rows[-1]["tokensBefore"] == 900


def test_it_comes_back_once_and_goes_out_the_same() -> None:
    given = loaded(GIST)
    rows = lines(given)
    came = back(rows)
    assert ours(came) == ours(given)
    assert next(each.data for each in came.entries if each.kind == "summary") == GIST.data
    assert lines(came) == rows
    again = only(json_file.read(BytesIO(written(json_file.write, came))))
    assert lines(again) == rows


def test_pi_reads_all_where_it_was_taken_back() -> None:
    assert read_by_pi(lines(loaded(GIST, UNDONE))) == [f"words {n}" for n in range(1, 7)]


def test_of_two_pi_goes_on_from_the_older_where_the_newer_was_taken_back() -> None:
    newer = replace(GIST, id="8", text="newer", created=UNDONE.created)
    rows = lines(loaded(GIST, newer, replace(UNDONE, id="9", parent="8")))
    assert read_by_pi(rows) == ["the gist", "words 5", "words 6"]
    assert read_by_pi(lines(loaded(GIST, newer)))[0] == "newer"


def test_on_a_branch_where_it_does_not_hold_pi_has_none() -> None:
    beside = entry(8, 5, "assistant", "another answer")
    assert read_by_pi(lines(loaded(GIST, beside, leaf=8))) == [*(f"words {n}" for n in range(1, 6)), "another answer"]


def test_what_was_said_in_pi_after_it_goes_on_from_it_here_too() -> None:
    rows = lines(loaded(GIST))
    more = {"type": "message", "id": "0000000f", "parentId": rows[-1]["id"], "message": {"role": "user", "content": "and on"}}
    came = back([*rows, more])
    kinds = [each.kind for each in came.entries if each.text in ("the gist", "and on")]
    assert kinds == ["summary", "compaction", "user"]
    by_id = {each.id: each for each in came.entries}
    compaction = by_id[by_id[came.session.leaf or ""].parent or ""]
    assert (compaction.text, compaction.data["first_kept"]) == ("the gist", 4)
    assert read_by_pi(lines(came)) == ["the gist", "words 5", "words 6", "and on"]


@pytest.mark.parametrize("kept", [None, "4", -1, 99])
def test_a_summary_that_says_nothing_of_what_it_keeps_is_none_to_pi(kept: Any) -> None:
    odd = replace(GIST, data={"first_kept": kept})
    assert read_by_pi(lines(loaded(odd))) == [f"words {n}" for n in range(1, 7)]
