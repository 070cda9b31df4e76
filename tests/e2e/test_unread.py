"""*New answer*: every way in which a person comes to see an answer takes the mark off, and no other does."""

from collections.abc import Awaitable, Callable

import pytest

from playground.standin import Message
from tests.e2e.team import Team

Way = Callable[[Team, Message], Awaitable[object]]


async def reply(team: Team, answer: Message) -> None:
    await (await team.ann.press(answer, "Reply")).acknowledged()


async def more(team: Team, answer: Message) -> None:
    await (await team.ann.press(answer, "More…")).message(lambda m: m.id != answer.id)


async def history_from_the_answer(team: Team, answer: Message) -> None:
    offered = await (await team.ann.press(answer, "More…")).message(lambda m: m.id != answer.id)
    await (await team.ann.press(offered, "History")).message(lambda m: "and the end." in m.text)


async def history(team: Team, _: Message) -> None:
    await (await team.ann.slash(team.general, "history", session="1")).message()


async def open_here(team: Team, _: Message) -> None:
    found = await (await team.ann.slash(team.general, "search", words="first words")).message()
    await (await team.ann.press(found, "Open here")).message(lambda m: "and the end." in m.text)


async def opened(team: Team, _: Message) -> None:
    await (await team.ann.slash(team.general, "open", session="1")).message()


async def from_the_notice(team: Team, _: Message) -> None:
    notice = await team.ann.wait_for(lambda m: m.text.endswith("** answered."))
    await (await team.ann.press(notice, "Open")).message(lambda m: "opened" in m.text)


async def answered_elsewhere(team: Team) -> Message:
    """The answer of a session that Ann left to finish, ended while she is in another one."""
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    guard = await (await team.ann.slash(team.general, "new")).message(lambda m: bool(m.buttons))
    await team.ann.press(guard, "Let it finish")
    await team.ann.wait_for(lambda m: "Session 2 started" in m.text)
    team.gate.release()
    await team.ann.wait_for(lambda m: m.text.endswith("** answered."))
    return await held.message(lambda m: "and the end." in m.text)


async def marked(team: Team) -> bool:
    return "new answer" in (await (await team.ann.slash(team.general, "sessions")).message()).text


@pytest.mark.parametrize(
    "way", [reply, more, history_from_the_answer, history, open_here, opened, from_the_notice], ids=lambda way: way.__name__
)
async def test_to_see_it_takes_the_mark_off(team: Team, way: Way) -> None:
    answer = await answered_elsewhere(team)
    assert await marked(team)
    await way(team, answer)
    while await marked(team):  # it goes once what was asked for is there
        pass


async def test_what_is_done_to_an_older_answer_leaves_the_mark(team: Team) -> None:
    older = await team.ask(team.ann, "one")
    await answered_elsewhere(team)
    await reply(team, older)
    await more(team, older)
    assert await marked(team)


async def test_only_the_newest_page_takes_it_off(team: Team) -> None:
    await team.ask(team.ann, "elephants " * 150)
    await answered_elsewhere(team)
    found = await (await team.ann.slash(team.general, "search", words="elephants")).message()
    older = await (await team.ann.press(found, "Open here")).message(lambda m: "Newer" in [b.label for b in m.buttons])
    assert await marked(team)
    await (await team.ann.press(older, "Newer")).acknowledged()
    await team.ann.wait_for(lambda m: m.id == older.id and "and the end." in m.text)
    while await marked(team):
        pass
