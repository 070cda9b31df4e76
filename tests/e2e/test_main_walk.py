"""The walk that Cubby exists for, through the real discord.py client, in a server and in direct messages."""

import pytest

from tests.e2e.team import Team, ended, is_ended


async def test_a_session_remembers_and_the_other_does_not_know(team: Team) -> None:
    await team.ask(team.ann, "My favorite programming language is Rust")
    started = await (await team.ann.slash(team.general, "new")).message()
    assert "Session 2 started" in started.text
    await team.ask(team.ann, "what about tea?")
    unknowing = await team.ask(team.ann, "What's my favorite programming language?")
    assert "Rust" not in unknowing.text

    panel = await (await team.ann.slash(team.general, "sessions")).message()
    assert "My favorite programming language is Rust" in panel.text
    assert "what about tea?" in panel.text

    await (await team.ann.slash(team.general, "open", session="1")).message(lambda m: "opened" in m.text)
    assert "Rust" in (await team.ask(team.ann, "What's my favorite programming language?")).text


async def test_the_walk_in_direct_messages(team: Team) -> None:
    ann = team.ann
    await team.write(ann, "My favorite programming language is Rust")
    await (await ann.slash(ann.dm, "new")).message(lambda m: "Session 2 started" in m.text)
    assert "Rust" not in (await team.write(ann, "What's my favorite programming language?")).text
    await (await ann.slash(ann.dm, "open", session="1")).message(lambda m: "opened" in m.text)
    assert "Rust" in (await team.write(ann, "What's my favorite programming language?")).text


@pytest.mark.parametrize("restart_before", range(5))
async def test_a_restart_between_any_two_steps_changes_nothing(team: Team, restart_before: int) -> None:
    ann, general = team.ann, team.general

    async def step(number: int, command: str, **options: str) -> None:
        if number == restart_before:
            await team.restart()
        await (await ann.slash(general, command, **options)).message(is_ended if "prompt" in options else None)

    await step(0, "ask", prompt="My favorite programming language is Rust")
    await step(1, "new", prompt="what about tea?")
    await step(2, "sessions")
    await step(3, "open", session="#1")
    if restart_before == 4:
        await team.restart()
    assert "Rust" in (await team.ask(ann, "What's my favorite programming language?")).text


async def test_every_answer_tells_its_session(team: Team) -> None:
    answer = await team.ask(team.ann, "hello there")
    assert "-# 1 · hello there" in answer.text


async def test_server_and_direct_messages_share_the_active_session(team: Team) -> None:
    await team.ask(team.ann, "My favorite color is blue")
    assert "blue" in (await team.write(team.ann, "What's my favorite color?")).text


async def test_the_first_answer_alone_says_who_can_read_it(team: Team) -> None:
    first = await team.ask(team.ann, "hello")
    second = await team.ask(team.ann, "hello again")
    assert "/privacy" in first.text
    assert "/privacy" not in second.text


async def test_new_with_a_prompt_answers_in_the_new_session(team: Team) -> None:
    await team.ask(team.ann, "hello")
    answer = await ended(await team.ann.slash(team.general, "new", prompt="second topic", name="Plans"))
    assert "echo: second topic" in answer.text
    assert "-# 2 · Plans" in answer.text


async def test_an_empty_session_is_kept_by_new(team: Team) -> None:
    await (await team.ann.slash(team.general, "new")).message()
    again = await (await team.ann.slash(team.general, "new")).message()
    assert "still empty" in again.text


async def test_quit_saves_and_the_next_message_starts_a_new_one(team: Team) -> None:
    await team.ask(team.ann, "hello")
    quit_ = await (await team.ann.slash(team.general, "quit")).message()
    assert "Session 1 is saved" in quit_.text
    assert "-# 2 · fresh start" in (await team.ask(team.ann, "fresh start")).text
