"""After a long silence an answer says in which session it is, and moves out of it when that is asked for.

Eight hours are none here, so every answer but a session's first comes late; one test has the real ones.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.config import AgentConfig
from cogs.words import GONE
from playground.standin import Message
from storage.errors import ExchangeAlone, NotLastTurn
from tests.e2e.team import Team, a_team, ended

MOVE = "Move to a new session"
AT_ONCE = AgentConfig(silence=timedelta(0))


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with a_team(tmp_path, config=AT_ONCE) as running:
        yield running


def labels(message: Message) -> list[str | None]:
    return [button.label for button in message.buttons]


async def moved(team: Team, answer: Message) -> Message:
    """What is said of the move."""
    return await (await team.ann.press(answer, MOVE)).message(lambda m: m.id != answer.id)


async def asked(team: Team) -> list[str]:
    return [message.content for message in team.gate.asked[-1][1:]]


async def test_an_answer_after_little_silence_says_and_offers_nothing(tmp_path: Path) -> None:
    async with a_team(tmp_path) as team:
        await team.ask(team.ann, "one")
        answer = await team.ask(team.ann, "two")
        assert answer.text == "echo: two\n-# 1 · one"
        assert MOVE not in labels(answer)


async def test_a_late_answer_says_where_it_is_and_moves_with_its_question(team: Team) -> None:
    first = await team.ask(team.ann, "one")
    assert (first.text.splitlines()[-1], MOVE in labels(first)) == ("-# 1 · one", False)
    answer = await team.ask(team.ann, "two")
    assert answer.text == "echo: two\n-# Still in 1 · one"
    assert labels(answer) == ["Reply", "Regenerate", "More…", MOVE]
    said = await moved(team, answer)
    assert said.ephemeral
    assert said.text == (
        "This exchange has a session of its own now, **2 · two**, and your next message goes there. "
        "**1 · one** is as it was before; the exchange stays among its *Branches* in `/sessions`."
    )
    assert (answer.text, labels(answer)) == ("echo: two\n-# 2 · two", ["Reply", "Regenerate", "More…"])
    await team.ask(team.ann, "three")
    assert await asked(team) == ["two", "echo: two", "three"]
    await (await team.ann.slash(team.general, "open", session="1")).message(lambda m: "echo: one" in m.text)
    await team.ask(team.ann, "four")
    assert await asked(team) == ["one", "echo: one", "four"]


async def test_in_a_direct_message_after_a_restart_too(team: Team) -> None:
    await team.write(team.ann, "one")
    answer = await team.write(team.ann, "two")
    await team.restart()
    await team.ann.press(answer, MOVE)
    await team.ann.wait_for(lambda m: "session of its own now" in m.text, channel=team.ann.dm)
    assert answer.text == "echo: two\n-# 2 · two"
    await team.ann.say(team.ann.dm, "three", reply_to=answer)
    await team.ann.wait_for(lambda m: m.text == "echo: three\n-# Still in 2 · two", channel=team.ann.dm)


async def test_a_second_press_moves_nothing_more(team: Team) -> None:
    await team.ask(team.ann, "one")
    answer = await team.ask(team.ann, "two")
    again = await team.ann.press(answer, MOVE), await team.ann.press(answer, MOVE)
    said = [(await pressed.message(lambda m: m.id != answer.id)).text for pressed in again]
    assert sum("session of its own now" in text for text in said) == 1
    panel = await (await team.ann.slash(team.general, "sessions")).message()
    assert "**2**" in panel.text
    assert "**3**" not in panel.text


async def test_what_is_not_the_last_exchange_any_more_stays_and_that_is_said(team: Team) -> None:
    await team.ask(team.ann, "one")
    answer = await team.ask(team.ann, "two")
    offered = next(str(button.custom_id) for button in answer.buttons if button.label == MOVE)
    await team.ask(team.ann, "three")
    await team.ann.wait_for(lambda m: m.id == answer.id and MOVE not in labels(m))
    pressed = await team.ann.forge(offered, channel=team.general, message=answer)
    assert (await pressed.message(lambda m: m.id != answer.id)).text == str(NotLastTurn())
    await team.ask(team.ann, "four")
    assert await asked(team) == ["one", "echo: one", "two", "echo: two", "three", "echo: three", "four"]


async def test_while_another_session_writes_the_guard_asks_first(team: Team) -> None:
    await team.ask(team.ann, "one")
    answer = await team.ask(team.ann, "two")
    await (await team.ann.slash(team.general, "new")).message()
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    guard = await moved(team, answer)
    assert labels(guard) == ["Stop & switch", "Let it finish", "Stay here"]
    await team.ann.press(guard, "Stop & switch")
    await team.ann.wait_for(lambda m: "session of its own now, **3 · two**" in m.text)
    assert "Stopped" in (await ended(held)).text
    assert (await moved(team, answer)).text == str(ExchangeAlone())


async def test_the_old_branch_is_listed_and_gone_back_to(team: Team) -> None:
    await team.ask(team.ann, "one")
    await moved(team, await team.ask(team.ann, "two"))
    panel = await (await team.ann.slash(team.general, "sessions")).message()
    await (await team.ann.choose(panel, "1")).acknowledged()
    await (await team.ann.press(panel, "Branches")).acknowledged()
    assert "Cubby: echo: two" in panel.text
    option = panel.selects[0].options[0]
    await (await team.ann.choose(panel, option.value)).acknowledged()
    await (await team.ann.slash(team.general, "open", session="1")).message(lambda m: "echo: two" in m.text)
    await team.ask(team.ann, "three")
    assert await asked(team) == ["one", "echo: one", "two", "echo: two", "three"]


async def test_opened_again_it_still_offers_the_move(team: Team) -> None:
    await team.ask(team.ann, "one")
    await team.ask(team.ann, "two")
    await (await team.ann.slash(team.general, "new")).message()
    opened = await team.ann.slash(team.general, "open", session="1")
    shown = await opened.message(lambda m: "echo: two" in m.text)
    assert shown.text.endswith("-# Still in 1 · one")
    assert "session of its own now" in (await moved(team, shown)).text


async def from_more(team: Team, answer: Message) -> Message:
    """What *More…* offers for the answer."""
    return await (await team.ann.press(answer, "More…")).message(lambda m: m.id != answer.id)


async def test_more_moves_the_last_exchange_and_the_answer_says_where_it_is(tmp_path: Path) -> None:
    async with a_team(tmp_path) as team:
        first = await team.ask(team.ann, "one")
        assert MOVE not in labels(await from_more(team, first))
        answer = await team.ask(team.ann, "two")
        assert MOVE not in labels(await from_more(team, first))
        offered = await from_more(team, answer)
        pressed = await team.ann.press(offered, MOVE)
        said = await pressed.message(lambda m: m.id != offered.id)
        assert said.text.startswith("This exchange has a session of its own now, **2 · two**")
        await team.ann.wait_for(lambda m: m.id == answer.id and m.text == "echo: two\n-# 2 · two")
        await team.ask(team.ann, "three")
        assert await asked(team) == ["two", "echo: two", "three"]
        await team.ann.wait_for(lambda m: m.id == answer.id and labels(m) == ["Reply", "More…"])


async def test_more_moves_it_once_after_a_restart_and_for_nobody_else(tmp_path: Path) -> None:
    async with a_team(tmp_path) as team:
        await team.ask(team.ann, "one")
        offered = await from_more(team, await team.ask(team.ann, "two"))
        await team.restart()
        custom_id = next(b.custom_id for b in offered.buttons if b.label == MOVE) or ""
        assert (await (await team.bob.forge(custom_id, channel=team.general, message=offered)).message()).text == GONE
        await (await team.ann.press(offered, MOVE)).message(lambda m: "session of its own now" in m.text)
        again = await team.ann.press(offered, MOVE)
        assert (await again.message(lambda m: m.id != offered.id)).text == str(ExchangeAlone())


async def test_more_asks_first_while_another_answer_is_written(tmp_path: Path) -> None:
    async with a_team(tmp_path) as team:
        await team.ask(team.ann, "one")
        offered = await from_more(team, await team.ask(team.ann, "two"))
        await (await team.ann.slash(team.general, "new", name="other")).message()
        held = await team.ann.slash(team.general, "ask", prompt="hold it")
        await held.message(lambda m: "first words" in m.text)
        guard = await (await team.ann.press(offered, MOVE)).message(lambda m: "still writing" in m.text)
        await team.ann.press(guard, "Let it finish")
        await team.ann.wait_for(lambda m: "session of its own now, **3 · two**" in m.text)
        team.gate.release()
        assert "and the end." in (await ended(held)).text


async def test_more_moves_nothing_of_what_has_gone_on(tmp_path: Path) -> None:
    async with a_team(tmp_path) as team:
        await team.ask(team.ann, "one")
        offered = await from_more(team, await team.ask(team.ann, "two"))
        await team.ask(team.ann, "three")
        pressed = await team.ann.press(offered, MOVE)
        assert (await pressed.message(lambda m: m.id != offered.id)).text == str(NotLastTurn())
