"""Writing to the bot: any text is a prompt, Discord's own reply addresses its message's session, text files are read."""

from playground.standin import Message
from tests.e2e.team import Team, is_ended


async def sent(team: Team, name: str, data: bytes, kind: str, text: str = "") -> Message:
    ann = team.ann
    before = {m.id for m in ann.sees(ann.dm)}
    await ann.say(ann.dm, text, attachments=[(name, data, kind)])
    return await ann.wait_for(lambda m: m.author.bot and m.id not in before and bool(m.text), channel=ann.dm)


async def test_a_reply_to_an_old_answer_goes_to_its_session(team: Team) -> None:
    ann = team.ann
    old = await team.write(ann, "My favorite color is blue")
    await (await ann.slash(ann.dm, "new")).message(lambda m: "started" in m.text)
    await team.write(ann, "elsewhere")
    await ann.say(ann.dm, "What's my favorite color?", reply_to=old)
    answer = await ann.wait_for(lambda m: "blue" in m.text and m.id > old.id and is_ended(m), channel=ann.dm)
    assert "-# 1 · " in answer.text


async def test_a_reply_to_session_started_goes_there(team: Team) -> None:
    ann = team.ann
    await team.write(ann, "first")
    started = await (await ann.slash(ann.dm, "new", name="Plans")).message(lambda m: "started" in m.text)
    await (await ann.slash(ann.dm, "open", session="1")).message(lambda m: "opened" in m.text)
    await ann.say(ann.dm, "into the plans", reply_to=started)
    answer = await ann.wait_for(lambda m: "echo: into the plans" in m.text and is_ended(m), channel=ann.dm)
    assert "-# 2 · Plans" in answer.text


async def test_the_reply_button_goes_on_in_that_answers_session(team: Team) -> None:
    old = await team.ask(team.ann, "My favorite color is blue")
    await (await team.ann.slash(team.general, "new", prompt="elsewhere")).message(is_ended)
    pressed = await (await team.ann.press(old, "Reply")).acknowledged()
    assert pressed.modal is not None
    answer = await (await team.ann.submit(pressed.modal, {"text": "What's my favorite color?"})).message(is_ended)
    assert "blue" in answer.text
    assert answer.ephemeral


async def test_a_long_paste_is_read_as_a_prompt(team: Team) -> None:
    await sent(team, "message.txt", b"a long paste", "text/plain; charset=utf-8")
    assert team.gate.asked[-1][-1].content == "a long paste"


async def test_ask_without_a_prompt_opens_a_modal(team: Team) -> None:
    opened = await (await team.ann.slash(team.general, "ask")).acknowledged()
    assert opened.modal is not None
    answer = await (await team.ann.submit(opened.modal, {"text": "line one\nline two"})).message(is_ended)
    assert "line two" in answer.text


async def test_an_empty_prompt_is_told(team: Team) -> None:
    told = await (await team.ann.slash(team.general, "ask", prompt="\u200b ")).message()
    assert "nothing in that message" in told.text


async def test_a_servers_own_chatter_is_not_taken(team: Team) -> None:
    await team.ann.say(team.general, "just talking among ourselves")
    await team.ask(team.bob, "hello")
    assert len(team.gate.asked) == 1
