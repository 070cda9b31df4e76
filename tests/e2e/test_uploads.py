"""Files in the forms that ask: they go with what is written there, as with `/ask`; what can't be read is told."""

from cogs.attachments import UNREAD
from documents.reading import Reason
from playground.standin import Message, Modal
from tests.e2e.team import Team, ended, is_ended
from tests.e2e.test_more import more

NOTES = ("notes.txt", b"the moon is made of rock", "text/plain")
FILM = ("film.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)), "video/mp4")
ENCLOSED = '<file name="notes.txt" kind="text">\nthe moon is made of rock\n</file>\n\n'
MARKED = ("a*b*.txt", b"stars", "text/plain")
GIVEN_BACK = r"Your message, to send again (attach notes.txt, a\*b\*.txt again, too):"
REFUSED = UNREAD[Reason.UNKNOWN_KIND].format("film.mp4")
FIELD = "Your message"


async def form(team: Team, message: Message, button: str) -> Modal:
    modal = (await (await team.ann.press(message, button)).acknowledged()).modal
    assert modal is not None
    return modal


async def held(team: Team) -> None:
    """Have an answer written in the active session."""
    running = await team.ann.slash(team.general, "ask", prompt="hold it")
    await running.message(lambda m: "first words" in m.text)


async def test_a_file_in_a_reply_reaches_the_model_with_its_words_at_the_end_of_that_session(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    replied = await team.ann.submit(await form(team, answer, "Reply"), {FIELD: "what is it made of?"}, files=[NOTES])
    assert (await ended(replied)).ephemeral
    said = [message.content for message in team.gate.asked[-1]]
    assert said[-3:] == ["one", "echo: one", f"{ENCLOSED}what is it made of?"]


async def test_what_cannot_be_read_in_a_reply_is_told_and_the_rest_is_asked(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    replied = await team.ann.submit(await form(team, answer, "Reply"), {FIELD: "and this?"}, files=[FILM, NOTES])
    await replied.message(lambda m: "echo" in m.text and is_ended(m))
    told = await replied.message(lambda m: "film.mp4" in m.text)
    assert told.text == REFUSED
    assert told.ephemeral
    assert team.gate.asked[-1][-1].content == f"{ENCLOSED}and this?"
    assert not [m for m in team.bob.sees(team.general) if m.author.bot]


async def test_a_reply_takes_no_file_as_well(team: Team) -> None:
    answer = await team.write(team.ann, "one")
    replied = await team.ann.submit(await form(team, answer, "Reply"), {FIELD: "two"})
    await replied.message(lambda m: "echo: two" in m.text and is_ended(m))
    assert team.gate.asked[-1][-1].content == "two"


async def test_the_form_of_ask_takes_files(team: Team) -> None:
    opened = (await (await team.ann.slash(team.general, "ask")).acknowledged()).modal
    assert opened is not None
    used = await team.ann.submit(opened, {FIELD: "what is it made of?"}, files=[NOTES, FILM])
    await used.message(lambda m: "echo" in m.text and is_ended(m))
    assert (await used.message(lambda m: "film.mp4" in m.text)).text == REFUSED
    assert team.gate.asked[-1][-1].content == f"{ENCLOSED}what is it made of?"


async def test_a_reply_that_the_guard_holds_back_keeps_its_file_and_leaves_nothing_loading(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    await team.ann.slash(team.general, "new")
    await held(team)
    replied = await team.ann.submit(await form(team, answer, "Reply"), {FIELD: "and this?"}, files=[NOTES, FILM])
    choice = await replied.message(lambda m: any(b.label == "Stop & switch" for b in m.buttons))
    assert [m.text for m in replied.messages if m.id != choice.id] == [REFUSED]
    pressed = await team.ann.press(choice, "Stop & switch")
    await team.discord.until(lambda: team.gate.asked[-1][-1].content == f"{ENCLOSED}and this?")
    await team.ann.wait_for(lambda m: "rock" in m.text and is_ended(m), channel=team.general)
    assert not pressed.failed


async def test_a_prompt_that_is_taken_out_names_the_files_that_came_with_it(team: Team) -> None:
    await held(team)
    asked = await team.ann.slash(team.general, "ask", prompt="and this?", file=NOTES)
    waits = await asked.message(lambda m: "Remove" in [b.label for b in m.buttons])
    taken = await (await team.ann.press(waits, "Remove")).message(lambda m: "Taken out" in m.text)
    assert taken.text.endswith("Your message, if you want it again (attach notes.txt again, too):")


async def test_a_form_that_words_a_question_anew_asks_for_no_files(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    assert (await form(team, offered, "Edit my message")).uploads == ()


async def test_words_that_are_given_back_by_the_guard_name_the_files_that_came_with_them(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    await team.ann.slash(team.general, "new")
    await held(team)
    replied = await team.ann.submit(await form(team, answer, "Reply"), {FIELD: "and this?"}, files=[NOTES, MARKED])
    choice = await replied.message(lambda m: any(b.label == "Stay here" for b in m.buttons))
    await team.ann.press(choice, "Stay here")
    back = await team.ann.wait_for(lambda m: "and this?" in m.text, channel=team.general)
    assert back.text == f"{GIVEN_BACK}\nand this?"
    assert back.ephemeral


async def test_words_that_do_not_fit_in_the_queue_are_given_back_with_the_names_of_their_files(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    await held(team)
    for number in range(5):
        await (await team.ann.slash(team.general, "ask", prompt=f"waiting {number}")).message(lambda m: bool(m.buttons))
    asked = await team.ann.slash(team.general, "ask", prompt="and this?", file=NOTES, file2=MARKED)
    replied = await team.ann.submit(await form(team, answer, "Reply"), {FIELD: "and this?"}, files=[NOTES, MARKED])
    for refused in (asked, replied):
        assert (await refused.message(lambda m: "to send again" in m.text)).text == f"{GIVEN_BACK}\nand this?"
