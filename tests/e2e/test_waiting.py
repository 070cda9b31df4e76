"""What waits behind an answer can be seen, and edited until it is asked."""

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
