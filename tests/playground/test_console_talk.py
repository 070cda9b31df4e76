"""The console's own doings over a small bot: numbers, options, modals, quiet, and who has gone."""

import asyncio
import io
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from playground.console import run_console
from playground.console_commands import being_typed, options_in, typed_options
from playground.console_offers import named_choices
from playground.console_screen import Screen
from playground.console_text import goes_on, is_live, printable, readable, tail
from playground.standin import CannotDo, Channel, Message, Person, StandIn, point_discord_at
from playground.standin.changes import MessageEdited
from playground.standin.parts import Option, Select
from tests.playground.sample_bot import make_sample
from tests.playground.stage import TOKEN

STOP = {"type": 1, "components": [{"type": 2, "label": "Stop", "custom_id": "s", "style": 2}]}


@asynccontextmanager
async def sample_bot(api_url: str) -> AsyncGenerator[None, None]:
    bot, _ = make_sample()
    with point_discord_at(api_url):
        async with bot:
            task = asyncio.create_task(bot.start(TOKEN), name="test-bot")
            await bot.wait_for("ready")
            yield
        await task


async def talk(*lines: str) -> str:
    said = io.StringIO()
    source = io.StringIO("".join(f"{line}\n" for line in lines))
    code = await run_console(
        sample_bot, token=TOKEN, name="Ann", notice="a sample", stop=asyncio.Event(), source=source, out=said
    )
    assert code == 0
    return said.getvalue()


async def a_message(text: str, *components: object) -> tuple[StandIn, Message]:
    discord = StandIn()
    bot = discord.add_bot(TOKEN)
    ann: Person = discord.add_person("Ann")
    dm: Channel = ann.dm
    return discord, discord.world.post(dm, bot.user, text, components=list(components))


async def test_a_number_presses_and_a_modal_is_filled_in_on_the_next_line() -> None:
    said = await talk("/slow", "!2", "my words")
    assert "[!2 Reply]" in said
    assert "you said my words" in said


async def test_an_empty_line_leaves_a_modal() -> None:
    said = await talk("/slow", "!2", "", "/ask hi")
    assert "(Left.)" in said
    assert "echo hi" in said


async def test_a_select_is_chosen_by_what_is_shown() -> None:
    said = await talk("/ask hi", "!3 2")
    assert "opened 2" in said


async def test_a_choice_that_is_not_shown_is_refused_with_what_is() -> None:
    assert "(choose one of 1, 2)" in await talk("/ask hi", "!3 9")


def test_what_can_be_chosen_is_named_by_its_place_where_its_value_is_an_id() -> None:
    options = (Option("first", "7"), Option("second", "1099512676363"))
    assert [name for name, _, _ in named_choices(Select("branch", options))] == ["1", "2"]
    assert [name for name, _, _ in named_choices(Select("session", options[:1]))] == ["7"]


async def test_an_answer_that_only_loses_a_button_is_not_printed_again() -> None:
    buttons = [{"type": 2, "label": w, "custom_id": w, "style": 2} for w in ("Reply", "Retry")]
    discord, message = await a_message("an answer\n-# 1 · hi", {"type": 1, "components": buttons})
    out = io.StringIO()
    screen = Screen(discord.add_person("Ann"), discord.clock, out)
    screen.open()
    discord.world.edit(message, {"components": [{"type": 1, "components": buttons[:1]}]})
    screen.changed(MessageEdited(message))
    assert out.getvalue() == "an answer\n1 · hi\n[!1 Reply] [!2 Retry]\n"


async def test_a_button_that_has_gone_is_not_pressed() -> None:
    said = await talk("/slow", "!1", "!2")
    assert said.count("you said") == 0
    assert "no longer offered" in said or "nothing is offered" in said


async def test_options_of_any_type_are_given_as_such() -> None:
    assert "(hidden takes yes or no)" in await talk("/slow hidden:maybe")


async def test_no_escape_sequence_reaches_the_terminal() -> None:
    said = await talk("/ask \x1b[31mred\x1b]0;title\x07 \u202eback")
    assert "echo [31mred]0;title back" in said


async def test_an_unknown_command_lists_what_there_is() -> None:
    assert "(There is no /nope. There are: /ask, /greet, /import, /open, /panel, /silent, /slow)" in (
        await talk("/nope")
    ).replace("/offer, ", "")


async def test_nobody_reading_any_more_ends_it() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        async with asyncio.timeout(10):
            assert (
                await run_console(
                    sample_bot,
                    token=TOKEN,
                    name="Ann",
                    notice="",
                    stop=asyncio.Event(),
                    source=io.StringIO("/ask hi\n" * 9),
                    out=out,
                )
                == 0
            )


async def test_the_word_to_stop_ends_it() -> None:
    stop = asyncio.Event()
    stop.set()
    arguments = {"token": TOKEN, "name": "Ann", "notice": "a sample"}
    assert await run_console(sample_bot, **arguments, stop=stop, source=io.StringIO(""), out=io.StringIO()) == 0


@pytest.mark.parametrize("text", ["hello\n-# 2 · writing…", "writing…", "-# 2 · thinking…"])
async def test_words_alone_never_look_like_an_answer_being_written(text: str) -> None:
    _, message = await a_message(text)
    assert not is_live(message)


async def test_an_answer_that_moved_on_to_a_second_message_has_not_ended() -> None:
    discord, message = await a_message("part one\n-# 1 · hi · writing…", STOP)
    assert is_live(message)
    discord.world.edit(message, {"content": "part one", "components": []})
    assert goes_on(message)
    discord.world.edit(message, {"content": "part one\n-# 1 · hi"})
    assert not goes_on(message)


def test_spaces_inside_an_option_are_kept_and_a_name_counts_once() -> None:
    assert options_in("a  b name:x  y name:z", ["prompt", "name"]) == {"prompt": "a  b", "name": "x  y name:z"}


def test_completion_knows_the_option_being_typed() -> None:
    assert being_typed("hello name:Pl", ["prompt", "name"]) == ("name", "Pl")
    assert being_typed("", ["session"]) == ("session", "")


def test_a_value_of_the_wrong_type_is_told() -> None:
    with pytest.raises(CannotDo, match="count takes a whole number"):
        typed_options("three", [{"name": "count", "type": 4}])


def test_a_file_is_given_by_its_path(tmp_path: Path) -> None:
    option = {"name": "file", "type": 11}
    (tmp_path / "a b.txt").write_bytes(b"words")
    assert typed_options(str(tmp_path / "a b.txt"), [option])["file"][:2] == ("a b.txt", b"words")
    (tmp_path / "large").write_bytes(bytes(10 * 1024 * 1024 + 1))
    for missing in ("nowhere", "large", "."):
        with pytest.raises(CannotDo, match="file takes the path of a file of at most 10 MiB"):
            typed_options(str(tmp_path / missing), [option])


async def test_a_file_is_told_with_where_it_can_be_had() -> None:
    discord, message = await a_message("")
    file = discord.world.attach(message.channel, "words.md", None, b"words")
    out = io.StringIO()
    screen = Screen(discord.add_person("Ann"), discord.clock, out, "http://here")
    screen.open()
    discord.world.edit(message, {"content": "as it is:", "attachments": [file]})
    screen.changed(MessageEdited(message))
    assert out.getvalue().endswith(f"as it is:\n[words.md, 5 bytes: http://here{file.url_path}]\n")


def test_what_discord_draws_is_plain_and_code_is_as_it_is() -> None:
    assert readable("one ```js\n-# small\n**bold**", 0) == "one ```js\nsmall\nbold"
    assert readable("```\n-# code\n```\n-# small", 0) == "```\n-# code\n```\nsmall"
    assert readable("```\n-# still being written", 0) == "```\n-# still being written"
    assert readable(r"\"words\" \_", 0) == '"words" _'


def test_the_end_of_a_long_text_fits_the_screen() -> None:
    assert tail("one\n" + "x" * 25 + "\n漢字漢", 10, 4) == "xxxxxxxxxx\nxxxxxxxxxx\nxxxxx\n漢字漢"
    assert printable("a\rb\x9bc") == "abc"
