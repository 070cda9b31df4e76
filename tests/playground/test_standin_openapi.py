"""Everything that passes between a real discord.py bot and the stand-in, judged by Discord's own description."""

import io
from typing import Any

import discord
import pytest
from discord.http import Route

from playground.standin.rest import ROUTES
from tests.playground.openapi import Spec, load_spec, loud_skip
from tests.playground.sample_bot import Answer, Panel, Sample
from tests.playground.stage import Stage


@pytest.fixture
def spec(request: pytest.FixtureRequest) -> Spec:
    return load_spec() or loud_skip(request.config)


def test_every_route_is_described(spec: Spec) -> None:
    assert [r.name for r in ROUTES if not spec.has(r.name)] == []


async def test_a_whole_scenario_is_as_described(spec: Spec, stage: Stage, sample: Sample) -> None:
    await _in_the_server(stage, sample)
    await _in_direct_messages(stage, sample)
    await _with_tokens(stage, sample)
    await _mistakes(stage, sample)
    calls = stage.discord.calls
    assert {r.name for r in ROUTES} - {f"{c.method} {c.route}" for c in calls} == set()
    assert [fault for call in calls for fault in spec.faults_of(call)] == []
    assert [fault for sent in stage.discord.gateway.sent for fault in spec.faults_of_dispatch(sent)] == []


async def _in_the_server(stage: Stage, sample: Sample) -> None:
    asked = await stage.ann.slash(stage.general, "ask", prompt="hi")
    answer = await asked.message()
    modal = (await (await stage.ann.press(answer, "Reply")).acknowledged()).modal
    assert modal is not None
    await (await stage.ann.submit(modal, {"Your words": "and then?"})).message()
    await (await stage.ann.choose(answer, "1")).acknowledged()
    await (await stage.ann.press(answer, "Stop")).acknowledged()
    await stage.ann.autocomplete(stage.general, "open", session="1")
    await (await stage.bob.slash(stage.general, "slow", hidden=False)).message(lambda m: "follow-up" in m.text)
    await (await stage.bob.slash(stage.general, "panel")).message()
    await (await stage.bob.slash(stage.general, "import", file=("a.txt", b"a", "text/plain"))).message()
    said = await stage.bob.say(stage.general, "hello", mention_bot=True)
    await stage.bob.edit(said, f"{said.content} <@{stage.ann.id}>")
    stage.guild.add_text_channel("more")


async def _in_direct_messages(stage: Stage, sample: Sample) -> None:
    said = await stage.ann.say(stage.ann.dm, "hello", attachments=[("a.txt", b"a", "text/plain")])
    ann = await sample.bot.fetch_user(stage.ann.id)
    channel = await sample.bot.create_dm(ann)
    async with channel.typing():
        sent = await channel.send("hi", view=Answer(), nonce="n-1", file=discord.File(io.BytesIO(b"x"), "x.txt"))
    await sent.edit(content="ho", attachments=[])
    await channel.send("to that", reference=await channel.fetch_message(said.id))
    await channel.send(view=Panel())
    assert len([m async for m in channel.history()]) == 4
    await (await stage.ann.press(stage.ann.dm.messages[sent.id], "Stop")).acknowledged()
    await sent.delete()
    await sample.bot.fetch_channel(stage.general.id)
    assert sample.bot.guilds
    await sample.bot.guilds[0].fetch_member(stage.bob.id)


async def _with_tokens(stage: Stage, sample: Sample) -> None:
    silent = await stage.ann.slash(stage.general, "silent")
    used = await sample.used.get()
    while used.id != silent.interaction.id:
        used = await sample.used.get()
    await used.response.send_message("first", ephemeral=True, file=discord.File(io.BytesIO(b"x"), "x.txt"))
    await (await used.original_response()).edit(content="again")
    more = await used.followup.send("more", wait=True, ephemeral=True)
    await used.followup.fetch_message(more.id)
    await more.edit(content="less", view=Answer())
    await more.delete()
    await used.delete_original_response()


async def _mistakes(stage: Stage, sample: Sample) -> None:
    channel = sample.bot.get_partial_messageable(stage.general.id)
    for wrong in (channel.send("x" * 2001), channel.fetch_message(1), sample.bot.fetch_channel(1)):
        with pytest.raises(discord.HTTPException):
            await wrong
    http, own = sample.bot.http, stage.discord.world.applications
    application = next(iter(own.values())).id
    command: Any = {"name": "extra", "description": "More", "type": 1}
    created = await http.upsert_global_command(application, command)
    await http.delete_global_command(application, int(created["id"]))
    await http.get_global_commands(application)
    await http.get_bot_gateway()
    await http.request(Route("GET", "/gateway"))
