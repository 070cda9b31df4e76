"""While an answer streams, whatever would leave the session asks first."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.errors import BadKey
from agent.model import ModelEvent, Text
from playground.standin import Message
from tests.e2e.team import Gate, Team, a_team, ended, is_ended
from tests.e2e.test_every_button import Moody


async def streaming(team: Team, text: str = "hold the door") -> Message:
    """Ask something that the model holds; returns the answer in mid-stream."""
    return await (await team.ann.slash(team.general, "ask", prompt=text)).message(lambda m: "first words" in m.text)


async def guarded(team: Team, command: str = "new", **options: str) -> Message:
    return await (await team.ann.slash(team.general, command, **options)).message(lambda m: "still writing" in m.text)


@pytest.mark.parametrize(("command", "options"), [("new", {}), ("open", {"session": "1"}), ("quit", {})])
async def test_leaving_a_writing_session_offers_three_ways(team: Team, command: str, options: dict[str, str]) -> None:
    await team.ask(team.ann, "hello")
    await (await team.ann.slash(team.general, "new")).message()
    await streaming(team)
    asked = await guarded(team, command, **options)
    assert [b.label for b in asked.buttons] == ["Stop & switch", "Let it finish", "Stay here"]
    assert "2 · hold the door" in asked.text


async def test_stop_and_switch_keeps_what_was_written(team: Team) -> None:
    answer = await streaming(team)
    choice = await guarded(team)
    await team.ann.press(choice, "Stop & switch")
    await team.ann.wait_for(lambda m: "Session 2 started" in m.text)
    stopped = await team.ann.wait_for(lambda m: m.id == answer.id and is_ended(m))
    assert "first words" in stopped.text
    assert "Stopped" in stopped.text


async def test_let_it_finish_switches_now_and_tells_when_it_is_done(team: Team) -> None:
    answer = await streaming(team)
    await team.ann.press(await guarded(team), "Let it finish")
    await team.ann.wait_for(lambda m: "Session 2 started" in m.text)
    assert "-# 2 · " in (await team.ask(team.ann, "meanwhile")).text
    team.gate.release()
    whole = await team.ann.wait_for(lambda m: m.id == answer.id and is_ended(m))
    notice = await team.ann.wait_for(lambda m: "answered" in m.text)
    assert "and the end." in whole.text
    assert notice.ephemeral
    assert [b.label for b in notice.buttons] == ["Open"]


class Failing(Gate):
    """What is held fails once it is released."""

    async def _held(self, text: str) -> AsyncIterator[ModelEvent]:
        await self._open.wait()
        raise BadKey
        yield Text(text)


async def test_what_failed_in_the_background_is_told_of_as_such(tmp_path: Path) -> None:
    async with a_team(tmp_path, model=Failing()) as team:
        await (await team.ann.slash(team.general, "ask", prompt="hold it")).message(lambda m: bool(m.buttons))
        await team.ann.press(await guarded(team), "Let it finish")
        await team.ann.wait_for(lambda m: "Session 2 started" in m.text)
        team.gate.release()
        notice = await team.ann.wait_for(lambda m: "got no answer" in m.text)
        assert notice.text == "**1 · hold it** got no answer."


async def test_stay_here_gives_back_what_came_with_it(team: Team) -> None:
    await streaming(team)
    choice = await guarded(team, "new", prompt="my long and careful question")
    await team.ann.press(choice, "Stay here")
    await team.ann.wait_for(lambda m: "my long and careful question" in m.text and m.id != choice.id)
    team.gate.release()
    assert "-# 1 · " in (await team.ask(team.ann, "still here")).text


async def test_a_prompt_held_by_the_guard_is_answered_after_the_switch(team: Team) -> None:
    await streaming(team)
    choice = await guarded(team, "new", prompt="the held question")
    await team.ann.press(choice, "Stop & switch")
    answer = await team.ann.wait_for(lambda m: "echo: the held question" in m.text and is_ended(m))
    assert "-# 2 · " in answer.text
    assert answer.ephemeral


async def test_a_double_click_on_a_choice_acts_once(team: Team) -> None:
    await streaming(team)
    choice = await guarded(team)
    first = await team.ann.press(choice, "Stop & switch")
    second = await team.ann.forge(choice.buttons[0].custom_id or "", channel=team.general, message=choice)
    await first.acknowledged()
    await second.acknowledged()
    await team.ann.wait_for(lambda m: "Session 2 started" in m.text)
    panel = await (await team.ann.slash(team.general, "sessions")).message()
    assert "**3**" not in panel.text


async def test_the_third_writing_session_cannot_be_left_running(team: Team) -> None:
    for number in (1, 2):
        await streaming(team, f"hold {number}")
        await team.ann.press(await guarded(team), "Let it finish")
        await team.ann.wait_for(lambda m, n=number: f"Session {n + 1} started" in m.text)
    await streaming(team, "hold 3")
    asked = await guarded(team)
    assert [b.label for b in asked.buttons] == ["Stop & switch", "Stay here"]
    assert "Two others" in asked.text


async def test_a_second_prompt_waits_and_is_answered_in_turn(team: Team) -> None:
    await streaming(team)
    second = await team.ann.slash(team.general, "ask", prompt="and then this")
    waiting = await second.message(lambda m: "Remove" in [b.label for b in m.buttons])
    assert "1" in waiting.text
    team.gate.release()
    answer = await ended(second)
    assert "echo: and then this" in answer.text


async def test_a_waiting_prompt_can_be_taken_back(team: Team) -> None:
    await streaming(team)
    second = await team.ann.slash(team.general, "ask", prompt="take me back")
    waiting = await second.message(lambda m: "Remove" in [b.label for b in m.buttons])
    await team.ann.press(waiting, "Remove")
    await team.ann.wait_for(lambda m: "Taken out" in m.text)
    team.gate.release()
    await team.ask(team.ann, "next")
    assert not any(message.content == "take me back" for request in team.gate.asked for message in request)


async def test_the_sixth_waiting_prompt_is_refused_with_the_reason(team: Team) -> None:
    await streaming(team)
    for number in range(5):
        await (await team.ann.slash(team.general, "ask", prompt=f"waiting {number}")).message(lambda m: bool(m.buttons))
    refused = await (await team.ann.slash(team.general, "ask", prompt="one too many")).message()
    assert "5 messages are already waiting" in refused.text


async def test_stop_pauses_what_waits_and_send_lets_it_go_on(team: Team) -> None:
    await streaming(team)
    second = await team.ann.slash(team.general, "ask", prompt="after the stop")
    await second.message(lambda m: bool(m.buttons))
    stop = await team.ann.slash(team.general, "stop")
    assert "Stopped" in (await stop.message()).text
    notice = await team.ann.wait_for(lambda m: "still waits" in m.text)
    await team.ann.press(notice, "Send")
    await team.ann.wait_for(lambda m: "echo: after the stop" in m.text and is_ended(m))


async def test_of_an_answer_without_a_word_it_is_not_said_that_words_are_kept(tmp_path: Path) -> None:
    async with a_team(tmp_path, model=Moody()) as team:
        for prompt, words, said in (("think", "thinking", ""), ("hold on", "first words", " What was written is kept.")):
            await (await team.ann.slash(team.general, "new", name="elsewhere")).message()
            asked = await team.ann.slash(team.general, "ask", prompt=prompt)
            await asked.message(lambda m, words=words: words in m.text)
            stopped = await (await team.ann.slash(team.general, "stop")).message()
            assert stopped.text.endswith(f"elsewhere**.{said}")


async def test_the_stop_button_ends_the_answer_where_it_is(team: Team) -> None:
    answer = await streaming(team)
    await team.ann.press(answer, "Stop")
    stopped = await team.ann.wait_for(lambda m: m.id == answer.id and is_ended(m))
    assert [b.label for b in stopped.buttons] == ["Reply", "Finish the answer", "Retry", "More…"]


async def test_the_guard_holds_in_direct_messages_too(team: Team) -> None:
    await team.ann.say(team.ann.dm, "hold on")
    await team.ann.wait_for(lambda m: "first words" in m.text, channel=team.ann.dm)
    assert next(b.label for b in (await guarded(team)).buttons) == "Stop & switch"


async def test_stop_when_nothing_runs_says_so(team: Team) -> None:
    assert "Nothing is being written" in (await (await team.ann.slash(team.general, "stop")).message()).text


async def test_a_stop_that_comes_too_late_says_so_beside_the_answer(team: Team) -> None:
    answer = await streaming(team)
    stop = next(b.custom_id for b in answer.buttons if b.label == "Stop")
    assert stop is not None
    team.gate.release()
    ended = await team.ann.wait_for(lambda m: m.id == answer.id and is_ended(m))
    whole = ended.text
    pressed = await team.ann.forge(stop, channel=team.general, message=answer)
    await pressed.message(lambda m: m.id != answer.id)
    assert ended.text == whole
