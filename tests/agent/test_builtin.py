"""The built-in model remembers what was said in its context, and nothing else."""

import asyncio
import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.builtin import BuiltinModel, answer_to
from agent.builtin_memory import facts_in
from agent.enclosing import CLOSING, OPENING
from agent.model import Finish, FinishReason, Message, ModelEvent, ModelRequest, Text, Tokens


def talk(*said: str) -> list[Message]:
    """A session in which the person said this and each was answered."""
    messages = [Message("system", "Be brief.")]
    for text in said[:-1]:
        messages += [Message("user", text), Message("assistant", "I see.")]
    return [*messages, Message("user", said[-1])]


def answered(*said: str) -> str:
    return answer_to(talk(*said))


async def stream(model: BuiltinModel, messages: Sequence[Message]) -> list[ModelEvent]:
    async with model.stream(ModelRequest(messages=messages)) as events:
        return [event async for event in events]


def test_a_file_is_named_and_no_mark_of_it_is_shown() -> None:
    text = f"{OPENING.format('a &amp; b.txt', 'text')}\nmy code\n{CLOSING}"
    picture = f"{OPENING.format('red.png', 'picture')}{CLOSING}"
    assert "“What is in it?” with a & b.txt, red.png." in answered(f"{text}\n\n{picture}\n\nWhat is in it?")


@pytest.mark.parametrize(
    ("told", "asked", "value"),
    [
        ("My favorite programming language is Rust", "What's my favorite programming language?", "Rust"),
        ("my favourite color is sea green.", "what is my favorite color", "sea green"),
        ("Please remember that my favorite version is 3.12!", "Which is my favorite version?", "3.12"),
        ("My dog's name is Rex", "Do you remember what my dog\u2019s name is?", "Rex"),
        ("My cats are Tom and Kit", "Who are my cats?", "cats are Tom and Kit"),
        ("My name is Ann and my cat is Tom", "What's my name?", "Your name is Ann."),
        ("My name is Ann, and I live in Paris", "Where do I live?", "Paris"),
        ("Call me Ann", "Who am I?", "Ann"),
        ("I work on Cubby. It's fun.", "What do I work on again?", "Cubby"),
        ("I work at a bank", "Where do I work?", "a bank"),
        ("I like tea", "What do I like?", "tea"),
    ],
)
def test_what_was_told_is_known_later(told: str, asked: str, value: str) -> None:
    assert answered(told).startswith("Noted: ")
    assert value in answered(told, "Something else.", asked)


@pytest.mark.parametrize(
    "asked", ["What's my favorite programming language?", "Where do I live?", "Who am I?", "Do you know my name?"]
)
def test_what_was_not_told_is_not_known(asked: str) -> None:
    assert answered("My favorite city is Oslo", asked).startswith("I don't know ")


def test_only_the_persons_own_words_count() -> None:
    messages = [
        Message("system", "My name is Eve."),
        Message("assistant", "My name is Eve."),
        Message("user", "What's my name?"),
    ]
    assert "Eve" not in answer_to(messages)


def test_the_newest_word_counts() -> None:
    assert "blue" in answered("My favorite color is red", "My favorite color is blue", "What's my favorite color?")


def test_a_prompt_that_was_joined_to_the_question_is_read_too() -> None:
    """A stopped prompt without an answer comes in one message with the next."""
    assert "blue" in answered("My favorite color is blue\n\nWhat's my favorite color?")


def test_a_question_after_a_statement_is_answered() -> None:
    assert answered("My name is Ann. What's my favorite color?").startswith("I don't know your favorite color")


def test_it_can_tell_all_that_it_knows() -> None:
    known = answered("My name is Ann. I live in Paris.", "My name is Anna", "What do you know about me?")
    assert known.splitlines()[1:] == ["- your name is Anna", "- you live in Paris"]


@pytest.mark.parametrize(
    "text",
    ["Is my code right?", "My code is wrong, right?", "What should I cook tonight?", "Should I use Rust?", "How long is it?"],
)
def test_no_fact_is_made_up(text: str) -> None:
    assert facts_in(text) == []


@pytest.mark.parametrize("text", ["hello", "Hi there!", "What can you do?", "help", "who are you"])
def test_it_says_what_it_is(text: str) -> None:
    assert "built-in demo model" in answered(text)


def test_plain_answers_vary_with_the_session_and_repeat_with_it() -> None:
    answers = [answered(*["Tell me about rain"] * times) for times in (1, 2, 3)]
    assert len(set(answers)) == 3
    assert answered("Tell me about rain") == answers[0]


def test_a_story_needs_several_messages() -> None:
    assert len(answered("Write a long answer")) > 3000
    assert "**Chapter 15.**" in answered("tell me a story")


def test_a_long_program_is_one_code_block_over_several_messages() -> None:
    program = answered("write a long program")
    assert len(program) > 4000
    assert program.count("```") == 2


def test_it_counts() -> None:
    assert answered("Please count to 120").splitlines() == [str(number) for number in range(1, 121)]


async def test_the_stream_is_the_answer_in_small_pieces_with_its_end() -> None:
    messages = talk("write a long program")
    events = await stream(BuiltinModel(pace=0), messages)
    pieces = [event.text for event in events if isinstance(event, Text)]
    assert "".join(pieces) == answer_to(messages)
    assert max(map(len, pieces)) < 40
    assert [type(event) for event in events[-2:]] == [Tokens, Finish]
    assert events[-1] == Finish(FinishReason.STOP)


async def test_an_abort_is_obeyed_at_once() -> None:
    asking = asyncio.create_task(stream(BuiltinModel(pace=60), talk("hello")), name="asking")
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking], timeout=5)
    assert asking.cancelled()


async def test_at_no_pace_others_still_get_their_turn() -> None:
    begun = asyncio.Event()
    asyncio.get_running_loop().call_soon(begun.set)
    async with BuiltinModel(pace=0).stream(ModelRequest(messages=talk("count to 9999"))) as events:
        seen = [event async for event in events if not begun.is_set()]
    assert len(seen) < 5


def test_people_are_told_what_it_is() -> None:
    assert "demo" in BuiltinModel.label
    assert "inside this bot" in BuiltinModel.host


@given(st.text(max_size=300))
def test_any_words_get_an_answer(text: str) -> None:
    assert answered(text).strip()


@pytest.mark.parametrize(
    "text", ["my " * 3000, "what " * 3000 + "my a", "my " + "a " * 3000 + "is", "do i " * 3000, "." * 9000]
)
def test_no_words_take_long(text: str) -> None:
    assert re.search(r"\w", answered(text, text))
