"""Sessions that nobody touches: archived by themselves, said so, brought back; and the bin, which empties after its days."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cogs.words import GONE
from playground.standin import Message
from storage.preferences import AUTO_ARCHIVE_DAYS
from storage.records import Actor
from tests.e2e.team import Team, a_team

DAY = 86_400 * 1_000_000


async def listed(team: Team) -> Message:
    return await (await team.ann.slash(team.general, "sessions")).message()


async def shown(team: Team, is_wanted: Callable[[str], bool]) -> Message:
    """The list, once it looks so: the caretaker is at work beside."""
    while not is_wanted((panel := await listed(team)).text):
        pass
    return panel


async def later(team: Team, days: int) -> None:
    """End the bot, let everything be so many days older, and start it again."""
    await team.end()
    with closing(sqlite3.connect(team.settings.database_path)) as connection, connection:
        connection.execute(
            "UPDATE sessions SET created = created - :by, modified = modified - :by, touched = touched - :by, "
            "deleted = deleted - :by",
            {"by": days * DAY},
        )
    await team.start()


async def archived(team: Team, panel: Message) -> Message:
    await (await team.ann.choose(panel, "archived", custom_id="cubby:shelf")).acknowledged()
    return panel


async def two_sessions(team: Team) -> None:
    await team.ask(team.ann, "left alone")
    await (await team.ann.slash(team.general, "new")).message()
    await team.ask(team.ann, "where one is")


async def test_what_is_left_untouched_is_archived_said_so_and_comes_back_when_opened(team: Team) -> None:
    await two_sessions(team)
    await later(team, 31)
    panel = await shown(team, lambda text: "1 archived this week" in text)
    assert "left alone" not in panel.text
    assert "where one is" in panel.text
    panel = await archived(team, panel)
    assert "archived by itself" in panel.text
    assert "untouched for 30 days" in panel.text
    await (await team.ann.slash(team.general, "open", session="1")).message(lambda m: "opened" in m.text)
    assert "left alone" in (await listed(team)).text


@pytest.mark.parametrize("usual", [0, 30])
async def test_each_person_chooses_when(tmp_path: Path, usual: int) -> None:
    async with a_team(tmp_path, auto_archive_days=usual) as team:
        await two_sessions(team)
        await team.ask(team.bob, "his alone")
        await (await team.bob.slash(team.general, "quit")).message()
        panel = await archived(team, await listed(team))
        chosen = "7" if usual == 0 else "0"
        await (await team.ann.choose(panel, chosen, custom_id="cubby:rests")).acknowledged()
        await later(team, 31)
        if usual == 0:
            assert "left alone" not in (await shown(team, lambda text: "1 archived this week" in text)).text
        his = await (await team.bob.slash(team.general, "sessions")).message()
        while usual == 30 and "1 archived this week" not in his.text:
            his = await (await team.bob.slash(team.general, "sessions")).message()
        assert ("his alone" in his.text) == (usual == 0)
        assert ("left alone" in (await listed(team)).text) == (usual == 30)


async def test_the_choice_can_be_taken_back(team: Team) -> None:
    await team.ask(team.ann, "hello")
    panel = await archived(team, await listed(team))
    for chosen, said in (("0", "Nothing comes here by itself"), ("usual", "untouched for 30 days")):
        await (await team.ann.choose(panel, chosen, custom_id="cubby:rests")).acknowledged()
        assert said in panel.text
    assert team.bot is not None
    assert await team.bot.store.preferences.get(Actor(team.ann.user.id), AUTO_ARCHIVE_DAYS) is None


async def test_the_bin_empties_by_itself_after_its_days(team: Team) -> None:
    await two_sessions(team)
    assert team.bot is not None
    await team.bot.store.shelves.delete(Actor(team.ann.user.id), 1)
    panel = await listed(team)
    await (await team.ann.choose(panel, "bin", custom_id="cubby:shelf")).acknowledged()
    await (await team.ann.choose(panel, "1")).acknowledged()
    await later(team, 31)
    await shown(team, lambda _: "Bin · 0" in str(panel_options(team)))
    assert (await (await team.ann.press(panel, "Restore")).message()).text == GONE


def panel_options(team: Team) -> list[str]:
    """What the newest panel offers."""
    newest = max((m for m in team.ann.sees(team.general) if m.selects), key=lambda m: m.id)
    return [option.label for select in newest.selects for option in select.options]
