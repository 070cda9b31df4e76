"""The real client's HTTP session under a governor."""

import asyncio

import aiohttp

from delivery.governed import govern
from delivery.governor import Governor, Next, Right
from delivery.routes import Route
from delivery.sender import Sender
from delivery.windows import OVER_ALL
from playground.standin import Person, StandIn, point_discord_at
from playground.standin.limits import DISCORD
from storage.records import Surface, Target
from tests.delivery.cast import make_client
from tests.playground.stage import TOKEN, running

COUNTED = Route(None, counts=True)


async def test_calls_wait_for_room_and_the_end_goes_first() -> None:
    trace, governor = aiohttp.TraceConfig(), Governor()
    govern(trace, governor)
    async with StandIn(limits=DISCORD) as standin:
        with point_discord_at(standin.api_url):
            standin.add_bot(TOKEN)
            standin.add_guild("Team").add_text_channel("general")
            people = [standin.add_person(name) for name in ("Ann", "Bob", "Cem")]
            client = make_client(trace)
            async with running(standin, client):
                sender, rights = Sender(client), (Right.INTERIM, Right.NEW, Right.FINAL)
                places = [await _said(sender, person) for person in people]
                for _ in range(OVER_ALL):
                    await governor.begin(Right.ANSWER, COUNTED)
                edits = [
                    asyncio.create_task(sender.edit(place, right.name, right=right))
                    for place, right in zip(places, rights, strict=True)
                ]
                await asyncio.wait(edits, timeout=0.2)
                assert not any(edit.done() for edit in edits)
                for _ in range(OVER_ALL):
                    governor.end(COUNTED, None, {})
                await asyncio.gather(*edits)
                assert [call.request["content"] for call in standin.calls if call.method == "PATCH"] == [
                    "FINAL",
                    "NEW",
                    "INTERIM",
                ]
                assert governor.ready(Next(places[0]), governor.now()) > governor.now() + 1.0


async def _said(sender: Sender, person: Person) -> Target:
    place = Target(surface=Surface.DIRECT, channel_id=person.dm.id)
    message_id = await sender.send(place, "so far")
    return Target(surface=Surface.DIRECT, channel_id=person.dm.id, message_id=message_id)
