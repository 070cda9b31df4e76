"""What becomes of a model's words for a name, and of a question where there is no model to ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.titles import JOINERS, PLAIN_LENGTH, READ, ROOM, plain_title, request_for, title_from
from storage.records import NAME_LIMIT


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Auth bug in login form", "Auth bug in login form"),
        ('"Auth bug."', "Auth bug"),
        ("**“Auth bug”**.", "Auth bug"),
        ("„Fehler bei der Anmeldung“", "Fehler bei der Anmeldung"),
        ("« Bogue d'authentification »", "Bogue d'authentification"),
        ("「認証のバグ」。", "認証のバグ"),
        ("# Title: Auth bug\n\nI chose this name because", "Auth bug"),
        ("<think>They ask of login.\nSo:</think>\n\nAuth bug", "Auth bug"),
        ("\n - \n  Auth \u00a0 bug\t\n", "Auth bug"),
        ("```\nAuth bug\n```", "Auth bug"),
        ("Learning C# and .NET", "Learning C# and .NET"),
        ('"Yes" or "no"', '"Yes" or "no"'),
        ("And so on ...", "And so on ..."),
        ("Auth\x07 \u202ebug\u2066\u200b", "Auth bug"),
        ("नव\u200dभारत 👩\u200d💻 कोड", "नव\u200dभारत 👩\u200d💻 कोड"),
        ("x" * 300, f"{'x' * 99}…"),
        *((nothing, None) for nothing in ("", "  \n", '""', "...", "🎉", "Title: !", "<think>only thoughts</think>")),
    ],
)
def test_a_name_is_what_is_left_of_the_first_line(said: str, title: str | None) -> None:
    assert title_from(said) == title


@given(st.text() | st.text(alphabet='a. \n#*`"“”„\u2018\u2019«»title:…'))
def test_whatever_is_said_a_name_is_one_line_within_its_limit_and_cleaned_again_the_same(said: str) -> None:
    title = title_from(said)
    assert title is None or 0 < len(title) <= NAME_LIMIT
    assert title is None or all(sign.isprintable() or sign in JOINERS for sign in title)
    assert title is None or title_from(title) == title


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("My favorite programming language is Rust.", "My favorite programming language is Rust"),
        ("What should I cook tonight?", "What should I cook tonight?"),
        ("Please write me a long story about a cupboard", "Please write me a long story…"),
        ("Donaudampfschifffahrtsgesellschaft " * 3, "Donaudampfschifffahrtsgesellschaft Donaudampfschi…"),
        ("认" * 200, f"{'认' * 49}…"),
        ("🎉", None),
    ],
)
def test_without_a_model_the_question_is_shortened(question: str, title: str | None) -> None:
    assert plain_title(question) == title
    assert title is None or len(title) <= PLAIN_LENGTH


def test_of_a_long_exchange_only_the_beginning_is_sent() -> None:
    request = request_for("q" * 70_000, "a" * 70_000)
    assert sum(len(message.content) for message in request.messages) < 2 * READ + 1000
    assert request.max_output_tokens == ROOM
