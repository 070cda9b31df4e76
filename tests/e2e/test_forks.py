"""Trying another way without losing the first, as people see it."""

import pytest

from cogs.forks import EMPTY
from cogs.words import NO_SUCH_SESSION, NOTHING_OPEN
from playground.standin import Message
from tests.e2e.team import Team, ended, is_ended


async def forked(team: Team, **options: str) -> Message:
    """What `/fork` answers."""
    return await (await team.ann.slash(team.general, "fork", **options)).message()


async def history(team: Team, number: int) -> str:
    return (await (await team.ann.slash(team.general, "history", session=str(number))).message()).text


async def test_a_fork_has_what_was_said_and_leaves_the_first_alone(team: Team) -> None:
    await team.ask(team.ann, "one")
    await team.ask(team.ann, "two")
    assert (await forked(team)).text == "Session 2 started from **1 · one**."
    assert (await team.ask(team.ann, "three")).text.endswith("-# 2 · one")
    assert [m.content for m in team.gate.asked[-1][1:]] == ["one", "echo: one", "two", "echo: two", "three"]
    assert "three" in await history(team, 2)
    first = await history(team, 1)
    assert "echo: two" in first
    assert "three" not in first


async def test_a_fork_of_another_session_is_linked_to_it_and_opened(team: Team) -> None:
    await team.ask(team.ann, "one")
    await (await team.ann.slash(team.general, "new", name="Second")).message()
    assert (await forked(team, session="1")).text == "Session 3 started from **1 · one**."
    card = await (await team.ann.slash(team.general, "sessions")).message()
    await (await team.ann.choose(card, "3")).acknowledged()
    assert "Forked from **1 · one**" in card.text
    assert "You're here" in card.text


async def test_a_fork_keeps_the_name_and_shows_its_last_answer_when_opened(team: Team) -> None:
    await team.ask(team.ann, "one")
    await (await team.ann.slash(team.general, "rename", name="Auth bug")).message()
    assert (await forked(team)).text == "Session 2 started from **1 · Auth bug**."
    await team.restart()
    opened = await team.ann.slash(team.general, "open", session="2")
    assert "**2 · Auth bug** is open, 2 messages." in (await opened.message()).text
    assert (await opened.message(lambda m: "echo" in m.text)).text == "echo: one"


async def test_a_reply_to_what_a_fork_shows_goes_into_the_fork(team: Team) -> None:
    await team.write(team.ann, "one")
    await team.ann.slash(team.ann.dm, "fork")
    started = await team.ann.wait_for(lambda m: "Session 2 started" in m.text, channel=team.ann.dm)
    await team.ann.slash(team.ann.dm, "new", name="Third")
    await team.ann.wait_for(lambda m: "Session 3 started" in m.text, channel=team.ann.dm)
    await team.ann.say(team.ann.dm, "two", reply_to=started)
    answer = await team.ann.wait_for(lambda m: "echo: two" in m.text and is_ended(m), channel=team.ann.dm)
    assert answer.text.endswith("-# 2 · one")


async def test_while_an_answer_is_written_the_guard_asks_and_stop_takes_what_there_is_along(team: Team) -> None:
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    asked = await forked(team)
    assert [b.label for b in asked.buttons] == ["Stop & switch", "Let it finish", "Stay here"]
    await team.ann.press(asked, "Stop & switch")
    await team.ann.wait_for(lambda m: m.text == "Session 2 started from **1 · hold it**.")
    assert "Stopped" in (await ended(held)).text
    assert "first words" in await history(team, 2)


async def test_let_it_finish_forks_what_was_said_so_far(team: Team) -> None:
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    await team.ann.press(await forked(team), "Let it finish")
    await team.ann.wait_for(lambda m: m.text == "Session 2 started from **1 · hold it**.")
    team.gate.release()
    assert "and the end." in (await ended(held)).text
    assert "hold it" in await history(team, 2)
    assert "first words" not in await history(team, 2)


async def test_stay_here_makes_no_session(team: Team) -> None:
    await (await team.ann.slash(team.general, "ask", prompt="hold it")).message(lambda m: "first words" in m.text)
    await team.ann.press(await forked(team), "Stay here")
    await team.ann.wait_for(lambda m: "You're still in" in m.text)
    assert "**2**" not in (await (await team.ann.slash(team.general, "sessions")).message()).text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [({}, NOTHING_OPEN), ({"session": "7"}, NO_SUCH_SESSION), ({"session": "nobody's"}, NO_SUCH_SESSION)],
)
async def test_what_is_not_there_cannot_be_forked(team: Team, options: dict[str, str], sentence: str) -> None:
    assert (await forked(team, **options)).text == sentence


async def test_an_empty_session_is_not_forked(team: Team) -> None:
    await (await team.ann.slash(team.general, "new", name="Empty")).message()
    assert (await forked(team)).text == EMPTY.format("**1 · Empty**")
