"""What people read at each moment of a turn."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ContextTooLong, CutOff, ModelError, Overloaded, Refused
from agent.events import RetryWaiting
from delivery import render
from delivery.graphemes import units
from delivery.render import Ending
from delivery.summing import TRIMMED
from storage.records import Actor, SessionInfo, Source, SourceKind, Turn, TurnState

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def session(name: str | None = "Auth bug", number: int = 3) -> SessionInfo:
    return SessionInfo(
        id=UUID(int=1),
        number=number,
        owner=7,
        name=name,
        created=NOW,
        modified=NOW,
        message_count=2,
        first_message="Why does the login fail?",
        model=None,
    )


def turn(prompt: str = "Why?") -> Turn:
    return Turn(
        id=UUID(int=2),
        session_id=UUID(int=1),
        session_number=3,
        owner=7,
        state=TurnState.PAUSED,
        prompt=prompt,
        source=Source(kind=SourceKind.MESSAGE, id=9, channel_id=8),
        created=NOW,
    )


def test_an_answer_ends_in_its_sessions_line() -> None:
    assert render.ended(session(), Ending(outcome=TurnState.COMPLETED, text="Because.")) == ["Because.\n-# 3 · Auth bug"]


def test_while_it_is_written_the_line_says_so() -> None:
    assert render.streaming(session(None), "Bec") == ["Bec\n-# 3 · Why does the login fail? · writing…"]
    assert render.streaming(session(), " \n") == ["-# 3 · Auth bug · thinking…"]


def test_a_place_in_line_is_told() -> None:
    assert render.waiting(session(), turn("*hi*"), 2) == "Waiting in **3 · Auth bug**, number 2 in line.\n> \\*hi\\*"


def test_a_paused_prompt_is_quoted_on_one_inert_line() -> None:
    shown = render.paused(session(), turn("**hi**\n@everyone"))
    assert shown == "Paused in **3 · Auth bug**: send it, edit it or remove it.\n> \\*\\*hi\\*\\* @\u200beveryone"


def test_a_retry_tells_why_when_and_which_try() -> None:
    event = RetryWaiting(
        actor=Actor(7), session=session(), generation=1, turn=turn(), error=Overloaded(), seconds=3.9, attempt=2, attempts=3
    )
    assert render.held_up(event).startswith("-# The model service is overloaded right now; trying again in 4 s, 2 of 3\n")


@pytest.mark.parametrize(
    ("outcome", "error", "words"),
    [
        (TurnState.STOPPED, None, "-# ■ Stopped. What was written is kept."),
        (TurnState.TRUNCATED, CutOff(), f"-# {CutOff.sentence}"),
        (TurnState.TRUNCATED, None, "-# The answer reached its length limit."),
        (TurnState.INTERRUPTED, None, "-# I was restarted while writing this. What was written is kept."),
    ],
)
def test_an_end_that_is_none_is_marked_above_the_line(outcome: TurnState, error: ModelError | None, words: str) -> None:
    (shown,) = render.ended(session(), Ending(outcome=outcome, text="So far", error=error))
    assert shown == f"So far\n{words}\n-# 3 · Auth bug"


def test_a_failure_is_told_in_its_sentence_with_the_models_words_quoted() -> None:
    (shown,) = render.ended(session(), Ending(outcome=TurnState.FAILED, text="", error=Refused(words="No.\n# Never.")))
    assert shown == f"{Refused.sentence}\n> No.\n> # Never.\n-# 3 · Auth bug"


def test_what_else_there_is_to_say_comes_in_small_lines() -> None:
    ending = Ending(
        outcome=TurnState.COMPLETED, text="Yes.", trimmed=True, saved=False, model_label="demo", notice="Private.\nReally."
    )
    (shown,) = render.ended(session(), ending)
    assert shown.splitlines()[1:4] == ["-# demo", "-# Private.", "-# Really."]
    assert shown.splitlines()[4:6] == [f"-# {TRIMMED}", f"-# {render.NOT_SAVED}"]


def test_every_stored_error_kind_finds_its_sentence() -> None:
    assert isinstance(render.error_of("context_too_long"), ContextTooLong)
    assert type(render.error_of("of a later version")) is ModelError
    assert render.error_of("length") is None


@given(st.text(max_size=300), st.integers(1, 10**6))
def test_a_label_is_one_short_line_without_effect(name: str, number: int) -> None:
    label = render.label(session(name, number))
    assert "\n" not in label
    assert units(render.small(f"{label} · writing…")) < 2000 - render.BODY_LIMIT
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<\[]|://|@(?!\u200b)", label)


@given(st.text(max_size=6000) | st.integers(0, 6000).map("x".__mul__), st.sampled_from(TurnState), st.booleans())
def test_every_content_fits_and_the_text_is_whole(text: str, outcome: TurnState, full: bool) -> None:
    ending = Ending(
        outcome=outcome, text=text, trimmed=full, saved=not full, model_label="m" * 100 * full, notice="n" * 300 * full
    )
    contents = render.ended(session("n" * 40), ending)
    assert all(content.strip() and units(content) <= 2000 for content in contents)
    if outcome is not TurnState.FAILED and "`" not in text:
        assert "".join("".join(contents).split()).startswith("".join(text.split()))


@given(st.integers(0, 9000))
def test_streamed_parts_before_the_last_are_those_of_the_end(length: int) -> None:
    text = "some words " * (length // 11)
    streamed = render.streaming(session(), text)
    assert render.ended(session(), Ending(outcome=TurnState.COMPLETED, text=text))[: len(streamed) - 1] == streamed[:-1]


@given(
    st.text(max_size=200).map(lambda text: text * 60),
    st.sampled_from([TurnState.COMPLETED, TurnState.STOPPED, TurnState.INTERRUPTED]),
)
def test_a_long_answer_has_at_most_three_messages_that_fit(text: str, outcome: TurnState) -> None:
    ending = Ending(outcome=outcome, text=text, as_file=True, trimmed=True, saved=False, model_label="a model " * 5)
    for contents in (render.streaming(session("name " * 40), text, as_file=True), render.ended(session("n" * 90), ending)):
        assert all(units(content) <= 2000 for content in contents)
        file = render.whole_file(session(), ending)
        assert file is None or (len(contents) == 3 and file.file.read().decode() == text)
