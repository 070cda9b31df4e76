"""The live connection: who is told what, and what a page that comes back is told."""

import asyncio
from typing import Any

import aiohttp
import pytest

from playground.standin.things import MessageFlag
from playground.web import shapes
from playground.web.live import OWN_FAULT
from tests.playground.web.site import Site

SECRET = "ann's own words"


def whisper(site: Site, text: str = SECRET) -> Any:
    """What the bot says to Ann alone, in the channel where Bob is too."""
    bot = next(iter(site.discord.world.applications.values())).user
    return site.discord.world.post(site.general, bot, text, only_for=site.ann.user, flags=MessageFlag.EPHEMERAL)


async def test_a_page_begins_with_all_there_is(site: Site) -> None:
    await site.ann.say(site.general, "hello")
    async with site.page() as page:
        snapshot = await page.told("snapshot")
    assert [person["name"] for person in snapshot["people"]] == ["Ann", "Bob"]
    for person in (site.ann, site.bob):
        view = snapshot["views"][str(person.id)][str(site.general.id)]
        assert [message["content"] for message in view["messages"]] == ["hello"]


async def test_what_is_for_ann_alone_is_in_no_view_of_bob(site: Site) -> None:
    async with site.page() as page:
        await page.told("snapshot")
        message = whisper(site)
        told = await page.told("message")
        site.discord.world.edit(message, {"content": f"{SECRET}, edited"})
        site.ann.dismiss(message)
        gone = await page.told("gone")
    assert told["viewers"] == gone["viewers"] == [str(site.ann.id)]
    assert all(each["viewers"] == [str(site.ann.id)] for each in page.of("message"))
    whisper(site)
    async with site.page() as page:
        views = (await page.told("snapshot"))["views"]
    assert SECRET in str(views[str(site.ann.id)])
    assert SECRET not in str(views[str(site.bob.id)])


async def test_direct_messages_are_in_one_persons_view(site: Site) -> None:
    async with site.page() as page:
        await page.ask("say", person=str(site.ann.id), channel=str(site.ann.dm.id), text=SECRET)
        told = await page.told("message")
    assert told["viewers"] == [str(site.ann.id)]
    async with site.page() as page:
        views = (await page.told("snapshot"))["views"]
    assert str(site.ann.dm.id) not in views[str(site.bob.id)]
    assert SECRET not in str(views[str(site.bob.id)])


@pytest.mark.parametrize("act", ["say", "slash", "older", "complete", "typing"])
async def test_bob_does_nothing_in_anns_direct_messages(site: Site, act: str) -> None:
    fields: dict[str, Any] = {"text": "hi", "command": "new", "options": {}, "before": "1", "focus": "x"}
    async with site.page() as page:
        answer = await page.ask(act, person=str(site.bob.id), channel=str(site.ann.dm.id), **fields)
    assert answer["error"] == "That channel isn't there any more."


@pytest.mark.parametrize("act", ["press", "choose", "dismiss", "use", "delete"])
async def test_bob_does_nothing_with_what_he_does_not_see(site: Site, act: str) -> None:
    hidden, nowhere = str(whisper(site).id), "12345"
    fields: dict[str, Any] = {"person": str(site.bob.id), "custom_id": "x", "values": [], "command": "Ask"}
    async with site.page() as page:
        answers = [await page.ask(act, message=message, **fields) for message in (hidden, nowhere)]
    assert {answer["error"] for answer in answers} == {"That message isn't there any more."}


async def test_a_break_loses_nothing_and_doubles_nothing(site: Site) -> None:
    async with site.page() as page:
        snapshot = await page.told("snapshot")
        await site.ann.say(site.general, "before")
        last = (await page.told("message"))["seq"]
    await site.ann.say(site.general, "meanwhile")
    async with site.page({"run": snapshot["run"], "seq": last}) as page:
        await page.told("resumed")
        await site.ann.say(site.general, "after")
        told = await page.told_times("message", 2)
        numbers = [each["seq"] for each in page.seen if "seq" in each]
    assert [each["message"]["content"] for each in told] == ["meanwhile", "after"]
    assert page.of("snapshot") == []
    assert numbers == list(range(last + 1, last + 1 + len(numbers)))


@pytest.mark.parametrize(
    "resume", [{"run": "another", "seq": 1}, {"run": None}, {"seq": 10**9}, [], "x", {"run": 1, "seq": []}]
)
async def test_a_page_that_cannot_resume_gets_everything_anew(site: Site, resume: Any) -> None:
    async with site.page(resume) as page:
        await page.told("snapshot")
    assert page.of("resumed") == []


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"act": "no such act"},
        {"act": "say"},
        {"act": "say", "person": 1},
        {"act": "say", "person": "٣"},
        {"act": "press", "message": "9" * 40},
        {"act": "bot", "do": "__init__"},
        {"act": "switch", "switch": {}, "value": 1},
        {"act": "call", "number": "1"},
        {"act": "submit", "modal": [], "values": 3},
        {"act": ["say"]},
    ],
)
async def test_what_makes_no_sense_is_answered_in_words(site: Site, asked: dict[str, Any]) -> None:
    async with site.page() as page:
        await page.socket.send_json({"n": 100, **asked})
        answer = await page.told("answer", n=100)
        assert not answer["ok"]
        assert answer["error"].endswith(".")
        assert (await page.ask("typing", person=str(site.ann.id), channel=str(site.general.id)))["ok"]


@pytest.mark.parametrize("text", ["no json", "[]", "3", "null", '{"n": {}}', "[" * 100_000])
async def test_what_is_no_request_ends_nothing(site: Site, text: str) -> None:
    async with site.page() as page:
        await page.socket.send_str(text)
        assert (await page.ask("typing", person=str(site.ann.id), channel=str(site.general.id)))["ok"]


async def test_a_request_without_end_is_cut_off(site: Site) -> None:
    async with site.http.ws_connect(f"{site.url}/live", headers={"Origin": site.url}) as socket:
        await socket.send_json({"token": site.token})
        await socket.send_str("x" * (1 << 19))
        async for told in socket:
            assert told.type is aiohttp.WSMsgType.TEXT
        assert socket.close_code == 1009


async def test_nobody_answering_is_told_to_the_one_who_asked(site: Site) -> None:
    application = next(iter(site.discord.world.applications.values()))
    site.discord.world.set_commands(application, {1: {"id": "1", "name": "new", "type": 1, "description": "x", "options": []}})
    async with site.page() as page:
        asking = asyncio.create_task(page.ask("slash", person=str(site.ann.id), channel=str(site.general.id), command="new"))
        await site.discord.until(lambda: site.discord.world.interactions or None)
        site.clock.advance(4)
        failed = await page.told("failed")
        answer = await asking
    assert not answer.get("answered")
    assert (failed["person"], failed["name"], failed["message"]) == (str(site.ann.id), "new", None)


async def test_older_messages_come_page_by_page(site: Site) -> None:
    for number in range(shapes.PAGE * 2 + 5):
        await site.ann.say(site.general, str(number))
    async with site.page() as page:
        view = (await page.told("snapshot"))["views"][str(site.bob.id)][str(site.general.id)]
        found, more = view["messages"], view["more"]
        while more:
            asked = {"person": str(site.bob.id), "channel": str(site.general.id), "before": found[0]["id"]}
            answer = await page.ask("older", **asked)
            found, more = answer["messages"] + found, answer["more"]
    assert [message["content"] for message in found] == [str(number) for number in range(shapes.PAGE * 2 + 5)]


async def test_a_page_that_is_told_of_an_edit_can_replace_what_it_has(site: Site) -> None:
    async with site.page() as page:
        await page.told("snapshot")
        message = whisper(site, "first")
        site.discord.world.edit(message, {"content": "second"})
        first, second = (each["message"] for each in await page.told_times("message", 2))
    assert first["id"] == second["id"]
    assert (first["edited"], second["content"]) == (None, "second")
    assert second["edited"] is not None


async def test_what_was_begun_is_done_though_the_page_goes(site: Site) -> None:
    begun, let_go, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def do(_: object) -> dict[str, Any]:
        begun.set()
        await let_go.wait()
        done.set()
        return {}

    site.live._do = do
    async with site.page() as page:
        await page.socket.send_json({"n": 1, "act": "bot", "do": "restart"})
        await begun.wait()
    await asyncio.sleep(0.1)  # long enough for the server to see that the page has gone
    let_go.set()
    await asyncio.wait_for(done.wait(), 5)


async def test_a_fault_of_the_playgrounds_own_is_told_and_ends_no_connection(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    do = site.live._do

    async def fail(_: object) -> dict[str, Any]:
        raise ZeroDivisionError

    async with site.page() as page:
        site.live._do = fail
        assert (await page.ask("typing"))["error"] == OWN_FAULT
        site.live._do = do
        assert (await page.ask("typing", person=str(site.ann.id), channel=str(site.general.id)))["ok"]
    assert "ZeroDivisionError" in caplog.text


async def test_the_servers_end_ends_every_page(site: Site) -> None:
    async with site.page() as page:
        await page.told("snapshot")
        await site.live.close()
        assert page._reading is not None
        await asyncio.wait_for(page._reading, 5)
        assert page.socket.closed
