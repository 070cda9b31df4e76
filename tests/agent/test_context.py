"""What the model is sent: laws over random paths, and each kind of entry by example."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.context import Context, build_context, characters_needed, correction_from, read_context
from agent.model import Message
from storage.records import Entry, EntryKind, Usage

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SESSION = UUID(int=1)
BLAMED = {"blame_prompt": True}
SYSTEM = "Be brief."

Said = tuple[str, str, dict[str, Any]]


def path(*said: Said) -> list[Entry]:
    return [
        Entry(
            id=n,
            session_id=SESSION,
            parent=n - 1 or None,
            depth=n - 1,
            kind=kind,
            author=None,
            text=text,
            data=data,
            created=NOW,
        )
        for n, (kind, text, data) in enumerate(said, start=1)
    ]


def user(text: str) -> Said:
    return (EntryKind.USER, text, {})


def answer(text: str) -> Said:
    return (EntryKind.ASSISTANT, text, {})


def failure(data: dict[str, Any]) -> Said:
    return (EntryKind.FAILURE, "", data)


def context(entries: Sequence[Entry], budget: int = 1000, reserve: int = 100, correction: float = 1.0) -> Context:
    return build_context(entries, system_prompt=SYSTEM, budget_tokens=budget, reserve_tokens=reserve, correction=correction)


def contents(made: Context) -> list[str]:
    return [message.content for message in made.messages[1:]]


words = st.text(alphabet="abc ", min_size=1, max_size=60).filter(str.strip)
kinds = st.sampled_from([EntryKind.USER.value, EntryKind.ASSISTANT.value, EntryKind.FAILURE.value, "compaction"])
entry = st.tuples(kinds, words, st.sampled_from([{}, BLAMED]))
paths = st.lists(entry, max_size=30).map(
    # Numbered, so that nothing equals anything else, and ended by a question.
    lambda said: path(*((kind, f"{n}:{text}", data) for n, (kind, text, data) in enumerate([*said, ("user", "last?", {})])))
)
budgets = st.integers(min_value=20, max_value=400)
corrections = st.floats(min_value=0.75, max_value=4.0)


def pieces(made: Context) -> list[str]:
    return "\n\n".join(contents(made)).split("\n\n")


@given(paths, budgets, corrections)
def test_it_fits_unless_only_the_question_is_in(entries: list[Entry], budget: int, correction: float) -> None:
    made = context(entries, budget, 10, correction)
    assert made.estimated_tokens * correction <= budget - 10 + 1e-6 or pieces(made) == [entries[-1].text]


@given(paths, budgets, corrections)
def test_it_is_a_suffix_in_order_with_nothing_twice(entries: list[Entry], budget: int, correction: float) -> None:
    every = pieces(context(entries, 100_000))
    kept = pieces(context(entries, budget, 10, correction))
    assert every[-len(kept) :] == kept
    assert len(set(every)) == len(every)


@given(paths, budgets)
def test_roles_alternate_from_the_users_first_word_to_the_question(entries: list[Entry], budget: int) -> None:
    roles = [message.role for message in context(entries, budget, 10).messages]
    assert roles == ["system", *(("user", "assistant") * len(roles))[: len(roles) - 1]]
    assert roles[-1] == "user"


@given(paths, budgets)
def test_trimmed_is_told_exactly_when_something_is_left_out(entries: list[Entry], budget: int) -> None:
    made = context(entries, budget, 10)
    assert made.trimmed == (pieces(made) != pieces(context(entries, 100_000)))


@given(paths)
def test_with_room_for_all_nothing_is_left_out_but_what_was_to_blame(entries: list[Entry]) -> None:
    blamed = {
        one.id for one, after in itertools.pairwise(entries) if after.kind == "failure" and after.data and one.kind == "user"
    }
    said = [one for one in entries if one.kind in ("user", "assistant") and one.id not in blamed]
    first = next(n for n, one in enumerate(said) if one.kind == "user")
    made = context(entries, 100_000)
    assert pieces(made) == [one.text for one in said[first:]]
    assert not made.trimmed


def test_a_prompt_that_failed_stays_and_one_that_was_the_cause_goes() -> None:
    entries = path(user("cut"), failure({}), user("too long"), failure(BLAMED), user("now"))
    assert contents(context(entries)) == ["cut\n\nnow"]


def test_stopped_and_interrupted_answers_are_in() -> None:
    entries = path(user("a"), ("assistant", "half", {"outcome": "stopped"}), user("b"))
    assert contents(context(entries)) == ["a", "half", "b"]


def test_unknown_kinds_are_skipped() -> None:
    assert contents(context(path(user("a"), ("settings", "x", {}), answer("b"), user("c")))) == ["a", "b", "c"]


def test_a_huge_prompt_that_failed_does_not_push_out_the_question() -> None:
    made = context(path(user("a"), answer("b"), user("x" * 9000), failure({}), user("now")))
    assert contents(made) == ["now"]
    assert made.trimmed


def test_an_answer_whose_question_does_not_fit_goes_too() -> None:
    assert contents(context(path(user("x" * 9000), answer("b"), user("c")))) == ["c"]


def test_a_question_that_does_not_fit_is_sent_all_the_same() -> None:
    made = context(path(user("a"), answer("b"), user("x" * 9000)))
    assert contents(made) == ["x" * 9000]


def test_the_system_prompt_is_first() -> None:
    assert context(path(user("a"))).messages[0] == Message("system", SYSTEM)


@pytest.mark.parametrize(
    ("reported", "estimated", "expected"),
    [(0, 100, 1.0), (100, 0, 1.0), (10_000, 10_000, 1.0), (90_000, 10_000, 4.0), (100, 10_000, 0.75)],
)
def test_the_correction_is_a_ratio_within_sane_bounds(reported: int, estimated: int, expected: float) -> None:
    assert correction_from(Usage(input_tokens=reported, output_tokens=1, estimated_input_tokens=estimated)) == expected


def test_a_servers_template_says_little_while_the_context_is_short() -> None:
    assert correction_from(Usage(input_tokens=60, output_tokens=1, estimated_input_tokens=12)) < 1.2


def test_without_usage_nothing_is_corrected() -> None:
    assert correction_from(None) == 1.0


@given(paths, budgets, corrections)
async def test_reading_part_of_the_path_gives_the_same_as_reading_all(
    entries: list[Entry], budget: int, correction: float
) -> None:
    async def newest(characters: int) -> list[Entry]:
        start, left = len(entries), characters
        while start and left > 0:
            start -= 1
            left -= len(entries[start].text)
        return entries[start:]

    made = await read_context(newest, system_prompt=SYSTEM, budget_tokens=budget, reserve_tokens=10, correction=correction)
    assert made.messages == context(entries, budget, 10, correction).messages


async def test_a_refused_long_paste_does_not_hide_what_came_before() -> None:
    entries = path(user("a"), answer("b"), user("x" * 60_000), failure(BLAMED), user("now"))
    reads: list[int] = []

    async def newest(characters: int) -> list[Entry]:
        reads.append(characters)
        return entries if characters > 60_000 else entries[2:]

    made = await read_context(newest, system_prompt=SYSTEM, budget_tokens=8192, reserve_tokens=2048)
    assert contents(made) == ["a", "b", "now"]
    assert (len(reads), made.trimmed) == (2, False)


def test_what_is_read_covers_what_fits() -> None:
    assert characters_needed(1000, 200, 2.0) == 1600
    assert characters_needed(100, 200) == 1
