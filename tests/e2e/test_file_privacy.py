"""Files are their owner's: nobody else sees one or gets at it, whatever they press or send, the same file itself included."""

import re

from cogs.words import GONE
from playground.standin import Message, Modal, Person
from storage.records import Actor
from storage.sqlite.verify import verify
from tests.e2e.team import Team, ended, is_ended
from tests.e2e.test_erase import erased
from tests.e2e.test_exporting import file_of
from tests.e2e.test_more import more

PLANS = ("plans.txt", b"xylophone at noon", "text/plain")
FILM = ("plans.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)), "video/mp4")
SECRET = re.compile("plans|xylophone")
FIELD = "Your message"


async def asked(team: Team, who: Person, text: str = "what is planned?") -> Message:
    """The ended answer to a question with a file."""
    return await ended(await who.slash(team.general, "ask", prompt=text, file=PLANS))


async def form(team: Team, message: Message, button: str) -> Modal:
    modal = (await (await team.ann.press(message, button)).acknowledged()).modal
    assert modal is not None
    return modal


async def held_back(team: Team, answer: Message) -> Message:
    """The guard's question about a *Reply* with a file, while another session is writing and a question with it waits there."""
    await (await team.ann.slash(team.general, "new")).message()
    await (await team.ann.slash(team.general, "ask", prompt="hold it")).message(lambda m: "first words" in m.text)
    waits = await team.ann.slash(team.general, "ask", prompt="and then?", file=PLANS)
    await waits.message(lambda m: "Remove" in [b.label for b in m.buttons])
    replied = await team.ann.submit(await form(team, answer, "Reply"), {FIELD: "and this?"}, files=[PLANS, FILM])
    return await replied.message(lambda m: "Stay here" in [b.label for b in m.buttons])


async def used(team: Team, who: Person) -> int:
    assert team.bot is not None
    return await team.bot.store.files.used(Actor(who.user.id))


def posted(team: Team, who: Person) -> list[Message]:
    """What the bot shows somebody in the channel."""
    return [m for m in who.sees(team.general) if m.author.bot]


async def test_what_is_shown_of_a_file_is_shown_to_its_owner_alone(team: Team) -> None:
    answer = await asked(team, team.ann)
    again = await ended(await team.ann.press(answer, "Regenerate"))
    await (await team.ann.press(again, "◀")).acknowledged()
    await team.ann.wait_for(lambda m: m.id == again.id and "1/2" in [b.label for b in m.buttons])
    offered = await more(team, again)
    await ended(await team.ann.submit(await form(team, offered, "Ask differently"), {FIELD: "what are the plans?"}))
    await (await team.ann.press(offered, "Fork")).message(lambda m: "Session 3" in m.text)
    assert SECRET.search((await (await team.ann.slash(team.general, "history")).message()).text)
    sent = await (await team.ann.slash(team.general, "export")).message(lambda m: bool(m.attachments))
    assert SECRET.search(file_of(sent)[1].decode())
    await team.ann.press(await held_back(team, answer), "Stay here")
    await team.ann.wait_for(lambda m: "attach plans.txt" in m.text, channel=team.general)
    assert any("I can't read plans.mp4" in m.text for m in posted(team, team.ann))
    assert posted(team, team.bob) == []


async def test_nobody_elses_press_or_form_gets_at_a_file(team: Team) -> None:
    answer = await asked(team, team.ann)
    offered = await more(team, answer)
    forms = [(await form(team, answer, "Reply")).custom_id, (await form(team, offered, "Edit my message")).custom_id]
    forms.append((await form(team, offered, "Ask differently")).custom_id)
    await held_back(team, answer)
    names = [b.custom_id for m in posted(team, team.ann) for b in m.buttons if re.search("[0-9a-f]{32}", b.custom_id or "")]
    asks = len(team.gate.asked)
    assert {name.split(":")[1] for name in names if name} >= {"more", "differently", "edit", "forkhere", "remove", "decide"}
    for custom_id in filter(None, names):
        pressed = await team.bob.forge(custom_id, channel=team.general, message=answer)
        assert (await pressed.message(lambda m: m.id != answer.id)).text == GONE, custom_id
    for custom_id in forms:
        assert (await (await team.bob.forge_modal(custom_id, {"text": "mine?"}, channel=team.general)).message()).text == GONE
    assert len(team.gate.asked) == asks
    assert await used(team, team.bob) == 0


async def test_what_another_reads_of_their_own_has_no_word_of_it(team: Team) -> None:
    await asked(team, team.ann)
    await team.ask(team.bob, "his own")
    shown = [
        (await (await team.bob.slash(team.general, command)).message()).text for command in ("history", "sessions", "status")
    ]
    sent = await (await team.bob.slash(team.general, "export")).message(lambda m: bool(m.attachments))
    found = await (await team.bob.slash(team.general, "search", words="xylophone")).message()
    assert "his own" in shown[0]
    assert not SECRET.search("\n".join([*shown, file_of(sent)[1].decode()]))
    assert "plans" not in found.text
    assert not SECRET.search(str(team.gate.asked[-1]))


async def test_one_file_of_two_people_is_each_ones_own(team: Team) -> None:
    await asked(team, team.ann)
    alone = await used(team, team.ann)
    await asked(team, team.bob)
    assert await used(team, team.bob) == alone == await used(team, team.ann)
    await erased(team, team.ann, team.general)
    assert await used(team, team.ann) == 0
    assert await used(team, team.bob) == alone
    assert await verify(team.settings.database_path) == []
    await team.bob.slash(team.general, "ask", prompt="when?")
    await team.bob.wait_for(lambda m: "echo: when?" in m.text and is_ended(m), channel=team.general)
    assert "xylophone at noon" in team.gate.asked[-1][1].content
