"""The console as a process with a pipe at either end, and its pure parts."""

import signal
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.console import options_in
from playground.console_text import ago, readable
from tests.processes import started


async def talk(folder: Path, *lines: str, flags: tuple[str, ...] = ()) -> str:
    process = await started(folder, "--console", *flags)
    out, _ = await process.communicate("".join(f"{line}\n" for line in lines).encode())
    assert process.returncode == 0
    return out.decode()


async def test_a_favorite_is_remembered_over_runs_and_by_its_session_alone(tmp_path: Path) -> None:
    await talk(tmp_path, "My favorite programming language is Rust")
    said = await talk(
        tmp_path, "What's my favorite programming language?", "/open 1", "What's my favorite programming language?"
    )
    unknowing, knowing = said.split("> /open 1")
    assert "I don't know your favorite" in unknowing
    assert "Your favorite programming language is Rust" in knowing


async def test_the_end_of_input_is_quit(tmp_path: Path) -> None:
    assert "Session 1 is saved" in await talk(tmp_path, "hello")


async def test_two_names_see_different_things(tmp_path: Path) -> None:
    await talk(tmp_path, "My secret plan is zebra", flags=("--as", "Ann"))
    assert "zebra" not in await talk(tmp_path, "/sessions", "/open 1", "/history 1", flags=("--as", "Bob"))


async def test_an_offer_is_pressed_by_its_number_and_a_modal_filled_in(tmp_path: Path) -> None:
    said = await talk(tmp_path, "My favorite color is blue", "/new", "/open 1", "!1", "What's my favorite color?")
    assert "Your favorite color is blue" in said


async def test_a_modal_says_what_stands_in_it(tmp_path: Path) -> None:
    said = await talk(tmp_path, "My favorite color is blue", "!3", "!2", "My favorite color is red")
    assert "Your message (now): My favorite color is blue" in said
    assert "Noted: your favorite color is red" in said


async def test_a_session_is_chosen_in_the_panel(tmp_path: Path) -> None:
    said = await talk(tmp_path, "the first one", "/new", "the second one", "/sessions", "!1 1")
    assert said.split("> !1 1")[1].count("1 · the first one") >= 1


@pytest.mark.parametrize("line", ["!9", "/nonsense", "/ask prompt:", "!1 x"])
async def test_a_slip_is_told_and_the_talk_goes_on(tmp_path: Path, line: str) -> None:
    assert "> hello" in await talk(tmp_path, line, "", "hello")


async def test_long_answers_come_whole(tmp_path: Path) -> None:
    said = await talk(tmp_path, "tell me a long story")
    assert "Chapter 1." in said
    assert "Chapter 15." in said


async def test_no_control_codes_are_printed_to_a_pipe(tmp_path: Path) -> None:
    said = await talk(tmp_path, "say \x1b[31mred\x07", "/sessions")
    assert not any(ord(c) < 32 and c != "\n" for c in said)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
async def test_ctrl_c_ends_it_and_the_session_stays_open(tmp_path: Path) -> None:
    process = await started(tmp_path, "--console")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"My favorite color is blue\n")
    while b"[!1 Reply]" not in await process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    await process.stdout.read()
    assert await process.wait() == 0
    assert "Your favorite color is blue" in await talk(tmp_path, "What's my favorite color?")


@given(st.text())
def test_readable_text_has_no_control_characters(text: str) -> None:
    assert not any((ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 for c in readable(text, 0))


def test_marks_are_taken_off_prose_and_left_in_code() -> None:
    assert readable("**3 · a\\_b**\n-# small\n```py\n**kwargs\n```", 0) == "3 · a_b\nsmall\n```py\n**kwargs\n```"


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "just now"), (61, "1 minute ago"), (7200, "2 hours ago"), (-90, "in 1 minute")]
)
def test_spans_are_told_as_people_say_them(seconds: float, words: str) -> None:
    assert ago(seconds) == words


def test_options_are_read_by_name_and_the_first_without() -> None:
    assert options_in("hello there name:Big plans", ["prompt", "name"]) == {"prompt": "hello there", "name": "Big plans"}
    assert options_in("http://x.y is not an option", ["prompt"]) == {"prompt": "http://x.y is not an option"}
