"""The panel's mark where an answer came while one was elsewhere, until it is opened or read."""

from tests.e2e.team import Team
from tests.e2e.test_panel import chosen, listed


async def left_to_finish(team: Team) -> None:
    """The first session goes on writing by itself; Ann is in the second."""
    await (await team.ann.slash(team.general, "ask", prompt="hold it")).message(lambda m: "first words" in m.text)
    guard = await (await team.ann.slash(team.general, "new")).message(lambda m: bool(m.buttons))
    await team.ann.press(guard, "Let it finish")
    await team.ann.wait_for(lambda m: "Session 2 started" in m.text)


async def finished(team: Team) -> None:
    team.gate.release()
    await team.ann.wait_for(lambda m: "1 · hold it** answered" in m.text)


async def test_a_session_that_answered_while_one_was_elsewhere_is_marked_until_it_is_opened(team: Team) -> None:
    await left_to_finish(team)
    panel = await listed(team)
    assert "**writing**" in panel.text
    assert "new answer" not in panel.text
    await finished(team)
    panel = await listed(team)
    assert "writing" not in panel.text
    assert "**new answer**" in panel.text
    await (await team.ann.slash(team.general, "open", session="1")).message(lambda m: "opened" in m.text)
    assert "new answer" not in (await listed(team)).text


async def test_to_read_it_takes_the_mark_off_too(team: Team) -> None:
    await left_to_finish(team)
    await finished(team)
    card = await chosen(team, await listed(team), 1)
    assert "New answer" in card.text
    await (await team.ann.press(card, "History")).message(lambda m: "and the end." in m.text)
    await team.ann.wait_for(lambda m: m.id == card.id and "New answer" not in m.text)
    assert "new answer" not in (await listed(team)).text


async def test_a_mark_outlives_a_restart_and_the_command_for_history_takes_it_off(team: Team) -> None:
    await left_to_finish(team)
    await finished(team)
    await team.restart()
    assert "**new answer**" in (await listed(team)).text
    await (await team.ann.slash(team.general, "history", session="1")).message()
    while "new answer" in (await listed(team)).text:  # it is taken off once the page is there
        pass


async def test_what_was_stopped_or_is_where_one_is_has_no_mark(team: Team) -> None:
    await left_to_finish(team)
    await team.ann.press(await (await team.ann.slash(team.general, "stop")).message(), "Stop 1")
    await team.ann.wait_for(lambda m: "Stopped" in m.text)
    await team.ask(team.ann, "here")
    panel = await listed(team)
    assert "writing" not in panel.text
    assert "new answer" not in panel.text
