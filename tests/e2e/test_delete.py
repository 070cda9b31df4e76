"""`/delete` as people use it; what is deleted for good, and the files, are in `test_panel_deleting.py`."""

import pytest

from cogs.words import GONE, NO_SUCH_SESSION, NOTHING_OPEN
from playground.standin import Invocation, Message
from tests.e2e.team import Team, ended


async def deleted(team: Team, **options: str) -> Message:
    return await (await team.ann.slash(team.general, "delete", **options)).message()


async def pressed(team: Team, asked: Message, button: str) -> Message:
    """The message whose button was pressed, once it asks no more."""
    await (await team.ann.press(asked, button)).acknowledged()
    return await team.ann.wait_for(lambda m: m.id == asked.id and "still writing" not in m.text)


async def writing(team: Team) -> Invocation:
    """An answer that is being written until the gate is opened."""
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    return held


async def test_where_one_is_goes_to_the_bin_and_the_next_message_starts_anew(team: Team) -> None:
    await team.ask(team.ann, "hello")
    told = await deleted(team)
    assert told.ephemeral
    assert "**1 · hello** is in the bin. `/sessions` has it there for 30 days." in told.text
    assert "-# 2 · " in (await team.ask(team.ann, "and on")).text


async def test_another_goes_by_its_number_and_one_stays_where_one_is(team: Team) -> None:
    await team.ask(team.ann, "hello")
    await (await team.ann.slash(team.general, "new")).message()
    told = await deleted(team, session="1")
    assert "No session is open now" not in told.text
    assert "-# 2 · " in (await team.ask(team.ann, "still here?")).text
    assert (await (await team.ann.slash(team.general, "open", session="1")).message()).text == NO_SUCH_SESSION


async def test_undo_brings_it_back_also_after_a_restart_and_once(team: Team) -> None:
    await team.ask(team.ann, "hello")
    told = await deleted(team)
    undo = told.buttons[0].custom_id
    assert undo is not None
    await team.restart()
    back = (await (await team.ann.press(told, "Undo")).acknowledged()).updated
    assert back is not None
    assert [b.label for b in back.buttons] == ["Open"]
    await (await team.ann.press(back, "Open")).message(lambda m: "1 · hello" in m.text)
    again = await team.ann.forge(undo, channel=team.general, message=back)
    assert (await again.message(lambda m: m.id != back.id)).text == GONE


async def test_while_it_writes_it_asks_and_stay_leaves_it_alone(team: Team) -> None:
    held = await writing(team)
    asked = await deleted(team)
    assert asked.text == "**1 · hold it** is still writing."
    assert [b.label for b in asked.buttons] == ["Stop & delete", "Stay"]
    stayed = await pressed(team, asked, "Stay")
    assert stayed.text == "**1 · hold it** stays as it is."
    team.gate.release()
    assert "and the end." in (await ended(held)).text


async def test_stop_and_delete_stops_it_first_and_keeps_what_was_written(team: Team) -> None:
    held = await writing(team)
    binned = await pressed(team, await deleted(team), "Stop & delete")
    assert "is in the bin" in binned.text
    assert "Stopped" in (await ended(held)).text
    await (await team.ann.press(binned, "Undo")).acknowledged()
    read = await (await team.ann.slash(team.general, "history", session="1")).message()
    assert "first words" in read.text


async def test_stop_and_delete_pressed_twice_acts_once(team: Team) -> None:
    await writing(team)
    asked = await deleted(team)
    stop = asked.buttons[0].custom_id
    assert stop is not None
    await pressed(team, asked, "Stop & delete")
    again = await team.ann.forge(stop, channel=team.general, message=asked)
    assert (await again.message(lambda m: m.id != asked.id)).text == GONE


async def test_one_that_finishes_in_the_background_is_asked_about_too(team: Team) -> None:
    held = await writing(team)
    guard = await (await team.ann.slash(team.general, "new")).message()
    await (await team.ann.press(guard, "Let it finish")).acknowledged()
    asked = await deleted(team, session="1")
    assert "is still writing" in asked.text
    await pressed(team, asked, "Stop & delete")
    assert "Stopped" in (await ended(held)).text


async def test_somebody_else_can_delete_nothing(team: Team) -> None:
    held = await writing(team)
    asked = await deleted(team)
    for button in asked.buttons:
        forged = await team.bob.forge(button.custom_id or "", channel=team.general, message=asked)
        assert (await forged.message()).text == GONE
    team.gate.release()
    assert "and the end." in (await ended(held)).text


async def test_in_direct_messages_it_works_the_same(team: Team) -> None:
    await team.ask(team.ann, "hello")
    used = await team.ann.slash(team.ann.dm, "delete")
    told = await used.message(lambda m: "is in the bin" in m.text)
    assert not told.ephemeral


@pytest.mark.parametrize(("options", "sentence"), [({}, NOTHING_OPEN), ({"session": "7"}, NO_SUCH_SESSION)])
async def test_what_is_not_there_is_told(team: Team, options: dict[str, str], sentence: str) -> None:
    assert (await deleted(team, **options)).text == sentence
