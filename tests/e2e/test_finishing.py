"""*Finish the answer*, as people see it."""

from playground.standin import Message
from tests.e2e.team import Team, ended, is_ended

FINISH = "Finish the answer"


async def stopped(team: Team, text: str = "hold it") -> Message:
    """An answer that Ann stopped after its first words."""
    asked = await team.ann.slash(team.general, "ask", prompt=text)
    streaming = await asked.message(lambda m: "first words" in m.text)
    await (await team.ann.press(streaming, "Stop")).acknowledged()
    return await ended(asked)


async def test_the_whole_answer_comes_once_and_the_old_one_stays(team: Team) -> None:
    old = await stopped(team)
    assert [b.label for b in old.buttons] == ["Reply", FINISH, "Retry", "More…"]
    whole = await ended(await team.ann.press(old, FINISH))
    assert whole.text.startswith("first words and the rest.")
    assert [b.label for b in whole.buttons] == ["Reply", "Regenerate", "More…", "◀", "2/2", "▶"]
    assert whole.ephemeral
    await team.ann.wait_for(lambda m: m.id == old.id and [b.label for b in m.buttons] == ["Reply", "More…"])
    assert old.text.startswith("first words")
    history = await (await team.ann.slash(team.general, "history")).message()
    assert history.text.count("first words") == 1


async def test_two_clicks_finish_it_once(team: Team) -> None:
    old = await stopped(team)
    first, second = await team.ann.press(old, FINISH), await team.ann.press(old, FINISH)
    await ended(first)
    told = await second.message()
    assert "and the rest" not in told.text
    assert len([messages for messages in team.gate.asked if messages[-1].content.startswith("Your answer")]) == 1


async def test_it_works_after_a_restart(team: Team) -> None:
    old = await stopped(team)
    await team.restart()
    whole = await ended(await team.ann.press(old, FINISH))
    assert whole.text.startswith("first words and the rest.")


async def test_another_streaming_session_is_guarded(team: Team) -> None:
    old = await stopped(team)
    await (await team.ann.slash(team.general, "new")).message()
    team.gate.hold()
    asked = await team.ann.slash(team.general, "ask", prompt="hold on")
    await asked.message(lambda m: "first words" in m.text)
    choice = await (await team.ann.press(old, FINISH)).message(lambda m: "still writing" in m.text)
    switched = await team.ann.press(choice, "Stop & switch")
    await team.ann.wait_for(lambda m: m.text.startswith("first words and the rest.") and is_ended(m))
    await switched.acknowledged()
