"""*Answer the edit*: the latest prompt, edited in a direct message, is answered as it reads now, where that is asked for."""

from cogs.edits import AS_IT_WAS, CHANGED, DELETED, STILL_WAITS
from cogs.words import GONE
from playground.standin import Message
from tests.e2e.team import Team, ended, is_ended
from tests.e2e.test_more import asked

OFFER = "Answer the edit"


def labels(message: Message) -> list[str | None]:
    return [b.label for b in message.buttons]


async def written(team: Team, text: str) -> Message:
    """A message of Ann's that was answered."""
    await team.write(team.ann, text)
    return next(m for m in reversed(team.ann.sees(team.ann.dm)) if m.text == text and not m.author.bot)


async def edited(team: Team, message: Message, text: str) -> Message:
    """The offer that an edit brings."""
    before = {m.id for m in team.ann.sees(team.ann.dm)}
    await team.ann.edit(message, text)
    return await team.ann.wait_for(lambda m: OFFER in labels(m) and m.id not in before, channel=team.ann.dm)


async def answered(team: Team, offer: Message, text: str) -> Message:
    await team.ann.press(offer, OFFER)
    return await team.ann.wait_for(lambda m: f"echo: {text}" in m.text and is_ended(m), channel=team.ann.dm)


def offers(team: Team) -> int:
    return sum(OFFER in labels(m) for m in team.ann.sees(team.ann.dm))


async def test_the_edit_is_answered_beside_the_old_answer_once_that_is_asked_for(team: Team) -> None:
    await team.write(team.ann, "one")
    message = await written(team, "two")
    offer = await edited(team, message, "or rather")
    assert (offer.text, len(team.gate.asked)) == (CHANGED, 2)
    answer = await answered(team, offer, "or rather")
    assert await asked(team) == ["one", "echo: one", "or rather"]
    assert "2/2" in labels(answer)
    await team.ann.wait_for(lambda m: m.id == offer.id and labels(m) == [], channel=team.ann.dm)


async def test_edited_again_it_is_offered_again_and_the_newest_words_count(team: Team) -> None:
    message = await written(team, "one")
    offer = await edited(team, message, "two")
    await team.ann.edit(message, "three")
    await answered(team, offer, "three")
    answer = await answered(team, await edited(team, message, "four"), "four")
    assert "3/3" in labels(answer)
    assert offers(team) == 0


async def test_after_a_restart_the_offer_still_works_and_after_a_regenerate_too(team: Team) -> None:
    message = await written(team, "one")
    offer = await edited(team, message, "two")
    await team.restart()
    answer = await answered(team, offer, "two")
    await team.ann.press(answer, "Regenerate")
    await team.ann.wait_for(lambda m: "3/3" in labels(m) and is_ended(m), channel=team.ann.dm)
    assert "4/4" in labels(await answered(team, await edited(team, message, "three"), "three"))


async def test_pressed_twice_it_is_answered_once(team: Team) -> None:
    offer = await edited(team, await written(team, "one"), "two")
    custom_id = offer.buttons[0].custom_id or ""
    await answered(team, offer, "two")
    again = await team.ann.forge(custom_id, channel=team.ann.dm, message=offer)
    assert (await again.message(lambda m: m.id != offer.id)).text == AS_IT_WAS
    assert len(team.gate.asked) == 2


async def test_an_older_prompt_is_left_alone_and_an_old_offer_says_that_it_went_on(team: Team) -> None:
    message = await written(team, "one")
    offer = await edited(team, message, "two")
    newer = await written(team, "later")
    await team.ann.edit(message, "three")
    pressed = await team.ann.press(offer, OFFER)
    assert (await pressed.message(lambda m: m.id != offer.id)).text == "The conversation has gone on since then."
    await edited(team, newer, "later still")
    assert offers(team) == 2


async def test_while_the_answer_is_written_it_says_to_wait(team: Team) -> None:
    await team.ann.say(team.ann.dm, "hold it")
    running = await team.ann.wait_for(lambda m: "first words" in m.text, channel=team.ann.dm)
    message = next(m for m in team.ann.sees(team.ann.dm) if m.text == "hold it")
    offer = await edited(team, message, "let go")
    pressed = await team.ann.press(offer, OFFER)
    told = await pressed.message(lambda m: m.id != offer.id)
    assert "is still writing. Press *Answer the edit* when it's done" in told.text
    team.gate.release()
    await team.ann.wait_for(lambda m: m.id == running.id and is_ended(m), channel=team.ann.dm)
    assert "2/2" in labels(await answered(team, offer, "let go"))


async def test_while_another_session_writes_the_guard_asks(team: Team) -> None:
    message = await written(team, "one")
    await (await team.ann.slash(team.ann.dm, "new", name="other")).message()
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    offer = await edited(team, message, "two")
    guard = await (await team.ann.press(offer, OFFER)).message(lambda m: "still writing" in m.text)
    await team.ann.press(guard, "Let it finish")
    answer = await team.ann.wait_for(lambda m: "echo: two" in m.text and is_ended(m), channel=team.ann.dm)
    assert answer.text.endswith("-# 1 · one")


async def test_what_waits_in_line_takes_the_edit_when_that_is_asked_for(team: Team) -> None:
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    await team.ann.say(team.ann.dm, "next")
    await team.ann.wait_for(lambda m: "Remove" in labels(m), channel=team.ann.dm)
    message = next(m for m in team.ann.sees(team.ann.dm) if m.text == "next")
    offer = await edited(team, message, "or rather")
    assert offer.text == STILL_WAITS
    await team.ann.press(offer, OFFER)
    await team.ann.wait_for(lambda m: m.id == offer.id and m.text.startswith("It waits in"), channel=team.ann.dm)
    team.gate.release()
    await team.ann.wait_for(lambda m: "echo: or rather" in m.text and is_ended(m), channel=team.ann.dm)
    assert [request[-1].content for request in team.gate.asked] == ["hold it", "or rather"]


async def test_a_deleted_message_and_one_that_says_nothing_are_told(team: Team) -> None:
    offer = await edited(team, message := await written(team, "one"), "two")
    await team.ann.edit(message, "\u200b")
    pressed = await team.ann.press(offer, OFFER)
    assert "There's nothing in that message" in (await pressed.message(lambda m: m.id != offer.id)).text
    team.ann.delete(message)
    pressed = await team.ann.press(offer, OFFER)
    assert (await pressed.message(lambda m: m.id != offer.id)).text == DELETED


async def test_nobody_else_can_and_no_prompt_from_elsewhere(team: Team) -> None:
    offer = await edited(team, await written(team, "one"), "two")
    custom_id = offer.buttons[0].custom_id or ""
    pressed = await team.bob.forge(custom_id, channel=team.general, message=offer)
    assert (await pressed.message()).text == GONE
    command = await team.ann.slash(team.general, "ask", prompt="by command")
    answer = await ended(command)
    forged = await team.ann.forge(f"cubby:answeredit:{command.interaction.id}", channel=team.general, message=answer)
    assert (await forged.message(lambda m: m.id != answer.id)).text == GONE


async def test_an_offer_is_not_taken_for_the_answers_own_message(team: Team) -> None:
    await team.ann.say(team.ann.dm, "hold it")
    await team.ann.wait_for(lambda m: "first words" in m.text, channel=team.ann.dm)
    message = next(m for m in team.ann.sees(team.ann.dm) if m.text == "hold it")
    offer = await edited(team, message, "let go")
    stop = next(m for m in team.ann.sees(team.ann.dm) if "Stop" in labels(m)).buttons[0].custom_id or ""
    assert stop.rpartition(":")[2] not in str([b.custom_id for b in offer.buttons])
