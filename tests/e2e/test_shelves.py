"""`/rename` and *Undo* as people use them."""

import pytest

from cogs.explain import UNFORESEEN
from cogs.shelves import NO_NAME
from cogs.words import GONE, NO_SUCH_SESSION, NOTHING_OPEN
from playground.standin import Message
from tests.e2e.team import Team, ended


async def renamed(team: Team, **options: str) -> Message:
    return await (await team.ann.slash(team.general, "rename", **options)).message()


async def test_the_active_session_gets_a_name_that_opens_it(team: Team) -> None:
    await team.ask(team.ann, "hello")
    told = await renamed(team, name="Auth  *bug*")
    assert told.ephemeral
    assert "1 · Auth \\*bug\\*" in told.text
    assert "-# 1 · Auth" in (await team.ask(team.ann, "and now?")).text
    await (await team.ann.slash(team.general, "new")).message()
    await (await team.ann.slash(team.general, "open", session="auth *bug*")).message(lambda m: "1 · Auth" in m.text)


async def test_another_session_is_renamed_from_where_one_is(team: Team) -> None:
    await team.ask(team.ann, "hello")
    await (await team.ann.slash(team.general, "new")).message()
    assert "1 · First" in (await renamed(team, name="First", session="1")).text
    assert "2 · Second" in (await renamed(team, name="Second")).text
    assert "-# 2 · Second" in (await team.ask(team.ann, "still here?")).text


async def test_without_a_name_a_modal_shows_the_one_it_has(team: Team) -> None:
    await team.ask(team.ann, "hello")
    await renamed(team, name="One")
    modal = (await (await team.ann.slash(team.general, "rename")).acknowledged()).modal
    assert modal is not None
    assert "One" in str(modal)
    told = await (await team.ann.submit(modal, {"Its name": "Two"})).message()
    assert "1 · Two" in told.text


async def test_undo_gives_the_old_name_back_also_after_a_restart_and_once(team: Team) -> None:
    await team.ask(team.ann, "hello")
    await renamed(team, name="One")
    told = await renamed(team, name="Two")
    undo = told.buttons[0].custom_id
    assert undo is not None
    await team.restart()
    back = (await (await team.ann.press(told, "Undo")).acknowledged()).updated
    assert back is not None
    assert "1 · One" in back.text
    assert [b.label for b in back.buttons] == ["Open"]
    again = await team.ann.forge(undo, channel=team.general, message=back)
    assert (await again.message(lambda m: m.id != back.id)).text == GONE


async def test_somebody_else_can_undo_nothing(team: Team) -> None:
    await team.ask(team.ann, "hello")
    told = await renamed(team, name="Mine")
    pressed = await team.bob.forge(told.buttons[0].custom_id or "", channel=team.general, message=told)
    assert (await pressed.message()).text == GONE
    assert "1 · Mine" in (await (await team.ann.slash(team.general, "history")).message()).text


async def test_a_session_that_is_writing_can_be_renamed(team: Team) -> None:
    asked = await team.ann.slash(team.general, "ask", prompt="hold it")
    await asked.message(lambda m: "first words" in m.text)
    await renamed(team, name="Held")
    team.gate.release()
    assert "and the end." in (await ended(asked)).text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "x"}, NOTHING_OPEN),
        ({}, NOTHING_OPEN),
        ({"name": "x", "session": "7"}, NO_SUCH_SESSION),
        ({"session": "7"}, NO_SUCH_SESSION),
    ],
)
async def test_what_is_not_there_is_told(team: Team, options: dict[str, str], sentence: str) -> None:
    assert (await renamed(team, **options)).text == sentence


@pytest.mark.parametrize("name", [" ", "\u200b", "\u2060 \ufeff"])
async def test_a_name_that_nobody_can_see_is_refused(team: Team, name: str) -> None:
    await team.ask(team.ann, "hello")
    assert (await renamed(team, name=name)).text == NO_NAME


async def test_a_name_of_any_signs_stays_within_limits(team: Team) -> None:
    await team.ask(team.ann, "hello")
    for name in ("*" * 100, "@everyone" * 11, "名" * 100, "a\ud800b"):
        await renamed(team, name=name)
        modal = (await (await team.ann.slash(team.general, "rename")).acknowledged()).modal
        assert modal is not None
    assert UNFORESEEN not in "\n".join(m.text for m in team.ann.sees(team.general))
