"""Starting, ending and coming back: what people were told is saved is there afterwards."""

import asyncio
import threading
from pathlib import Path

import pytest

from storage.errors import DatabaseInUse
from tests.e2e.team import Team, a_team, is_ended


async def test_a_running_answer_is_kept_and_marked_at_the_end(team: Team) -> None:
    answer = await (await team.ann.slash(team.general, "ask", prompt="hold on")).message(lambda m: "first words" in m.text)
    team.gate.release = lambda: None
    await team.restart()
    mended = await team.ann.wait_for(lambda m: m.id == answer.id and is_ended(m))
    assert "first words" in mended.text
    assert "Retry" in [b.label for b in mended.buttons]


async def test_waiting_prompts_survive_a_restart(team: Team) -> None:
    await (await team.ann.slash(team.general, "ask", prompt="hold on")).message(lambda m: "first words" in m.text)
    second = await team.ann.slash(team.general, "ask", prompt="after the restart")
    await second.message(lambda m: bool(m.buttons))
    team.gate.release = lambda: None
    await team.restart()
    assert "echo: after the restart" in (await second.message(is_ended)).text


async def test_buttons_work_after_a_restart(team: Team) -> None:
    answer = await team.ask(team.ann, "hello")
    await team.restart()
    pressed = await (await team.ann.press(answer, "Reply")).acknowledged()
    assert pressed.modal is not None


async def test_a_modal_opened_before_a_restart_can_be_submitted_after_it(team: Team) -> None:
    opened = await (await team.ann.slash(team.general, "ask")).acknowledged()
    assert opened.modal is not None
    await team.restart()
    assert "echo: late" in (await (await team.ann.submit(opened.modal, {"text": "late"})).message(is_ended)).text


async def test_commands_are_registered_once_and_not_again(team: Team) -> None:
    before = [c for c in team.discord.calls if c.method == "PUT"]
    await team.restart()
    assert len(before) == 1
    assert [c for c in team.discord.calls if c.method == "PUT"] == before


async def test_nothing_is_left_running_at_the_end(tmp_path: Path) -> None:
    threads, tasks = set(threading.enumerate()), len(asyncio.all_tasks())
    async with a_team(tmp_path) as team:
        await team.ask(team.ann, "hello")
    for thread in set(threading.enumerate()) - threads:
        thread.join(5)  # SQLite's have been told to end
        assert not thread.is_alive()
    async with asyncio.timeout(5):
        while len(asyncio.all_tasks()) > tasks:  # discord.py's own last ones end by themselves
            await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, return_when=asyncio.FIRST_COMPLETED)


async def test_a_second_bot_on_the_same_database_is_refused(team: Team) -> None:
    with pytest.raises(DatabaseInUse):
        async with a_team(team.settings.database_path.parent):
            pass
