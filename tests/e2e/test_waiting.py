"""What waits behind an answer can be seen, edited until it is asked, and sent at once."""

from playground.standin import Message
from playground.standin.invocations import Modal
from tests.e2e.team import Team, is_ended


async def held(team: Team, text: str = "hold the door") -> Message:
    """Ask something that the model holds; returns the answer in mid-stream."""
    return await (await team.ann.slash(team.general, "ask", prompt=text)).message(lambda m: "first words" in m.text)


async def waits(team: Team, text: str) -> Message:
    """Ask something behind it; returns the message that waits."""
    asked = await team.ann.slash(team.general, "ask", prompt=text)
    return await asked.message(lambda m: "Remove" in [b.label for b in m.buttons])


async def editing(team: Team, waiting: Message, label: str = "Edit") -> Modal:
    pressed = await (await team.ann.press(waiting, label)).acknowledged()
    assert pressed.modal is not None
    return pressed.modal


def last_prompts(team: Team) -> list[str]:
    return [request[-1].content for request in team.gate.asked]


async def test_an_edited_prompt_shows_its_new_words_and_is_asked_with_them(team: Team) -> None:
    await held(team)
    waiting = await waits(team, "the first wording")
    assert "> the first wording" in waiting.text
    modal = await editing(team, waiting)
    assert modal.fields[0].value == "the first wording"
    await (await team.ann.submit(modal, {"Your message": "the second wording"})).message(lambda m: "Changed" in m.text)
    await team.ann.wait_for(lambda m: m.id == waiting.id and "> the second wording" in m.text)
    team.gate.release()
    answer = await team.ann.wait_for(lambda m: m.id == waiting.id and is_ended(m))
    assert "echo: the second wording" in answer.text
    assert "the first wording" not in last_prompts(team)


async def test_words_that_come_once_it_is_asked_are_given_back_with_the_reason(team: Team) -> None:
    answer = await held(team)
    waiting = await waits(team, "hold this too")
    modal = await editing(team, waiting)
    await team.ann.press(answer, "Stop")
    notice = await team.ann.wait_for(lambda m: "still waits" in m.text)
    await team.ann.press(notice, "Send")
    await team.ann.wait_for(lambda m: m.id == waiting.id and "first words" in m.text)
    late = await team.ann.submit(modal, {"Your message": "too late for this"})
    assert "already being answered" in (await late.message()).text
    await team.ann.wait_for(lambda m: "Your message, to send again:\ntoo late for this" in m.text)
    team.gate.release()
    await team.ann.wait_for(lambda m: m.id == waiting.id and is_ended(m))
    assert "too late for this" not in last_prompts(team)


async def test_what_a_stop_paused_is_listed_with_its_words_and_can_be_edited_there(team: Team) -> None:
    answer = await held(team)
    for text in ("one *waits*", "two waits"):
        await waits(team, text)
    await team.ann.press(answer, "Stop")
    notice = await team.ann.wait_for(lambda m: "still wait" in m.text)
    assert notice.text.splitlines()[1:] == ["> 1. one \\*waits\\*", "> 2. two waits"]
    assert [b.label for b in notice.buttons] == ["Send all", "Edit 1", "Edit 2", "Remove 1", "Remove 2"]
    modal = await editing(team, notice, "Edit 2")
    await (await team.ann.submit(modal, {"Your message": "two is other"})).message(lambda m: "Changed" in m.text)
    await team.ann.wait_for(lambda m: "Paused in" in m.text and "> two is other" in m.text)
    await team.ann.press(notice, "Send all")
    await team.ann.wait_for(lambda m: "echo: two is other" in m.text and is_ended(m))


async def test_one_that_is_too_long_for_the_form_is_left_as_it_is(team: Team) -> None:
    await held(team)
    waiting = await waits(team, "y" * 5000)
    await team.ann.press(waiting, "Edit")
    await team.ann.wait_for(lambda m: "doesn't hold a message that long" in m.text)
    team.gate.release()
    await team.ann.wait_for(lambda m: m.id > waiting.id and "yyy" in m.text and is_ended(m))
    assert "y" * 5000 in last_prompts(team)


async def test_one_that_was_taken_out_is_not_edited(team: Team) -> None:
    await held(team)
    waiting = await waits(team, "never mind")
    modal = await editing(team, waiting)
    await team.ann.press(waiting, "Remove")
    await team.ann.wait_for(lambda m: "Taken out" in m.text)
    late = await team.ann.submit(modal, {"Your message": "but this"})
    assert "taken out already" in (await late.message()).text
    await team.ann.wait_for(lambda m: "Your message, to send again:\nbut this" in m.text)
    team.gate.release()
    await team.ask(team.ann, "and now")
    assert len(late.messages) == 2  # the reason and the words: what was told is not told of as a fault too


async def test_what_is_sent_now_stops_the_answer_and_comes_before_the_others(team: Team) -> None:
    answer = await held(team)
    second, third = await waits(team, "hold second"), await waits(team, "third")
    assert [b.label for b in third.buttons] == ["Send now", "Edit", "Remove"]
    await team.ann.press(third, "Send now")
    stopped = await team.ann.wait_for(lambda m: m.id == answer.id and is_ended(m))
    assert "first words" in stopped.text
    assert "Stopped. What was written is kept." in stopped.text
    asked = await team.ann.wait_for(lambda m: m.id == third.id and is_ended(m))
    assert "echo: third" in asked.text
    await team.ann.wait_for(lambda m: m.id == second.id and "first words" in m.text)
    team.gate.release()
    await team.ann.wait_for(lambda m: m.id == second.id and is_ended(m))
    assert last_prompts(team) == ["hold the door", "third", "hold second"]


async def test_a_double_press_of_send_now_stops_only_the_answer_before(team: Team) -> None:
    await held(team)
    second = await waits(team, "hold second")
    send_now = next(b.custom_id for b in second.buttons if b.label == "Send now")
    assert send_now is not None
    await team.ann.press(second, "Send now")
    await team.ann.wait_for(lambda m: m.id == second.id and "first words" in m.text)
    late = await team.ann.forge(send_now, channel=team.general, message=second)
    assert "already being answered" in (await late.message(lambda m: m.id != second.id)).text
    team.gate.release()
    whole = await team.ann.wait_for(lambda m: m.id == second.id and is_ended(m))
    assert "of hold second, and the end." in whole.text


async def test_opening_the_session_lists_what_waits_behind_its_answer(team: Team) -> None:
    await held(team)
    await waits(team, "second")
    await waits(team, "third")
    await team.ann.slash(team.general, "open", session="1")
    listed = await team.ann.wait_for(lambda m: "2 messages still wait" in m.text)
    labels = [b.label for b in listed.buttons]
    assert labels == ["Send now 1", "Send now 2", "Edit 1", "Edit 2", "Remove 1", "Remove 2"]
    await team.ann.press(listed, "Send now 2")
    await team.ann.wait_for(lambda m: "echo: third" in m.text and is_ended(m))


async def test_send_now_in_a_session_that_was_left_opens_it_and_asks_first_while_another_writes(team: Team) -> None:
    await held(team)
    waiting = await waits(team, "left behind")
    send_now = next(b.custom_id for b in waiting.buttons if b.label == "Send now")
    assert send_now is not None
    guard = await (await team.ann.slash(team.general, "new")).message(lambda m: "still writing" in m.text)
    await team.ann.press(guard, "Stop & switch")
    await team.ann.wait_for(lambda m: "Session 2 started" in m.text)
    await held(team, "hold another")
    await team.ann.forge(send_now, channel=team.general, message=waiting)
    asked = await team.ann.wait_for(lambda m: m.id > guard.id and "still writing" in m.text)
    await team.ann.press(asked, "Stop & switch")
    await team.ann.wait_for(lambda m: "echo: left behind" in m.text and is_ended(m))
