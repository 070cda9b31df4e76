"""Everything that passes between Cubby and the stand-in on a walk through what it does, judged by Discord's description."""

from pathlib import Path

import pytest

from tests.e2e.team import Team, ended, is_ended
from tests.playground.openapi import Spec, load_spec, loud_skip

PI_SESSION = (Path(__file__).parents[1] / "transfer" / "files" / "pi.jsonl").read_bytes()


@pytest.fixture
def spec(request: pytest.FixtureRequest) -> Spec:
    return load_spec() or loud_skip(request.config)


async def test_a_walk_through_what_cubby_does_is_as_described(spec: Spec, team: Team) -> None:
    await in_the_server(team)
    await in_direct_messages(team)
    await everything_deleted(team)
    calls = team.discord.calls
    assert len({call.route for call in calls}) > 10
    assert [fault for call in calls for fault in spec.faults_of(call)] == []
    assert [fault for sent in team.discord.gateway.sent for fault in spec.faults_of_dispatch(sent)] == []


async def in_the_server(team: Team) -> None:
    answer = await team.ask(team.ann, "My favorite programming language is Rust")
    modal = (await (await team.ann.press(answer, "Reply")).acknowledged()).modal
    assert modal is not None
    notes = ("notes.txt", b"the moon is made of rock", "text/plain")
    await ended(await team.ann.submit(modal, {"Your message": "word " * 700}, files=[notes]))
    await team.ann.slash(team.general, "new", name="Second")
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    running = await held.message(lambda m: "first words" in m.text)
    asked = await (await team.ann.slash(team.general, "open", session="1")).message(lambda m: len(m.buttons) == 3)
    await team.ann.press(asked, "Stay here")
    await team.ann.press(running, "Stop")
    await ended(held)
    for command in ("status", "sessions", "history", "privacy", "help", "quit", "stop"):
        await (await team.ann.slash(team.general, command)).message()
    await team.ann.autocomplete(team.general, "open", session="1")
    renamed = await (await team.ann.slash(team.general, "rename", name="Third", session="1")).message()
    await (await team.ann.press(renamed, "Undo")).acknowledged()
    panel = await (await team.ann.slash(team.general, "sessions")).message()
    await (await team.ann.choose(panel, "1")).acknowledged()
    await (await team.ann.press(panel, "Archive")).acknowledged()
    await (await team.ann.choose(panel, "archived", custom_id=panel.selects[-1].custom_id)).acknowledged()
    await (await team.ann.choose(panel, "1")).acknowledged()
    rename = (await (await team.ann.press(panel, "Rename")).acknowledged()).modal
    assert rename is not None
    await (await team.ann.submit(rename, {"Its name": "Fourth"})).acknowledged()
    await (await team.ann.press(panel, "Undo")).acknowledged()
    await what_more_offers(team)
    await (await team.ann.slash(team.general, "fork", session="1")).message()
    await team.ann.autocomplete(team.general, "fork", session="1")
    found = await (await team.ann.slash(team.general, "search", words="word", since="2020-01-01")).message()
    await (await team.ann.press(found, "Open here")).message()
    await (await team.ann.slash(team.general, "export", session="all")).message(lambda m: bool(m.attachments))
    session = ("session.jsonl", PI_SESSION, "application/octet-stream")
    question = await (await team.ann.slash(team.general, "import", file=session)).message(lambda m: bool(m.buttons))
    await team.ann.press(question, "Import")
    await team.ann.wait_for(lambda m: m.id == question.id and "imported" in m.text)
    await team.bob.say(team.general, "hello", mention_bot=True)
    await team.bob.wait_for(lambda m: m.author.bot and bool(m.buttons), channel=team.general)


async def what_more_offers(team: Team) -> None:
    await team.ask(team.ann, "one")
    answer = await team.ask(team.ann, "two")
    offered = await (await team.ann.press(answer, "More…")).message(lambda m: m.id != answer.id)
    for button in ("Forget this", "Remember it again"):
        await (await team.ann.press(offered, button)).acknowledged()
    modal = (await (await team.ann.press(offered, "Edit my message")).acknowledged()).modal
    assert modal is not None
    revised = await ended(await team.ann.submit(modal, {"Your message": "or rather"}))
    await (await team.ann.press(revised, "◀")).acknowledged()
    await team.ann.wait_for(lambda m: m.id == revised.id and any(b.label == "▶" for b in m.buttons))
    offered = await (await team.ann.press(revised, "More…")).message(lambda m: m.id != revised.id)
    await (await team.ann.press(offered, "Move to a new session")).message(lambda m: m.id != offered.id)


async def in_direct_messages(team: Team) -> None:
    first = await team.write(team.ann, "hello")
    await team.ann.say(team.ann.dm, "and in reply", reply_to=first)
    await team.ann.wait_for(lambda m: "echo: and in reply" in m.text and is_ended(m), channel=team.ann.dm)
    await team.ann.slash(team.ann.dm, "ask", prompt="by command")
    await team.ann.wait_for(lambda m: "echo: by command" in m.text and is_ended(m), channel=team.ann.dm)
    await (await team.ann.slash(team.ann.dm, "export")).message(lambda m: bool(m.attachments))
    edited = await team.ann.say(team.ann.dm, "to be edited")
    await team.ann.wait_for(lambda m: "echo: to be edited" in m.text and is_ended(m), channel=team.ann.dm)
    await team.ann.edit(edited, "edited")
    offer = await team.ann.wait_for(lambda m: "You changed your message" in m.text, channel=team.ann.dm)
    await team.ann.press(offer, "Answer the edit")
    await team.ann.wait_for(lambda m: "echo: edited" in m.text and is_ended(m), channel=team.ann.dm)
    team.discord.gateway.shut = True
    team.discord.gateway.drop()
    await team.ann.say(team.ann.dm, "meanwhile")
    team.discord.gateway.shut = False
    await team.ann.wait_for(lambda m: "echo: meanwhile" in m.text and is_ended(m), channel=team.ann.dm, timeout=20)
    await team.restart()
    await team.write(team.ann, "after")


async def everything_deleted(team: Team) -> None:
    page = await (await team.ann.slash(team.general, "privacy")).message(lambda m: bool(m.buttons))
    modal = (await (await team.ann.press(page, "Delete everything about me")).acknowledged()).modal
    assert modal is not None
    used = await team.ann.submit(modal, {"Type DELETE to delete it all for good": "DELETE"})
    await used.message(lambda m: "deleted for good" in m.text)
    await team.discord.until(lambda: any(call.method == "DELETE" for call in team.discord.calls) or None)
