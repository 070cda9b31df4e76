import asyncio
import sys

import aiohttp
import discord
import pytest
from discord.ext import commands

from playground.standin import Application, StandIn, point_discord_at
from playground.standin.changes import BotConnected, BotDisconnected
from tests.playground.sample_bot import Sample
from tests.playground.stage import TOKEN, Stage, make_bot, running


async def connected_again(standin: StandIn) -> BotConnected:
    """Give the next connection of a bot."""
    with standin.changes.stream() as changes:
        async for change in changes:
            if isinstance(change, BotConnected):
                return change
    raise AssertionError


async def test_dropped_line_is_resumed_and_replayed(stage: Stage, sample: Sample) -> None:
    again = asyncio.create_task(connected_again(stage.discord))
    stage.discord.gateway.drop()
    await stage.discord.until(lambda: not stage.discord.gateway.connected(_bot(stage)))
    await stage.ann.say(stage.ann.dm, "said meanwhile")
    assert (await again).resumed
    assert (await sample.heard.get()).content == "said meanwhile"


async def test_request_to_reconnect_is_followed_by_a_resume(stage: Stage, sample: Sample) -> None:
    again = asyncio.create_task(connected_again(stage.discord))
    await asyncio.sleep(0)
    stage.discord.gateway.ask_to_reconnect()
    assert (await again).resumed


async def test_invalidated_session_cannot_be_resumed(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(stage.discord.gateway_url) as socket:
        await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 0}})
        hello, ready = await socket.receive_json(), await socket.receive_json()
        stage.discord.gateway.invalidate()
        told = await socket.receive_json()
        await socket.send_json({"op": 6, "d": {"token": TOKEN, "session_id": ready["d"]["session_id"], "seq": 1}})
        again = await socket.receive_json()
    assert [m["op"] for m in (hello, told, again)] == [10, 9, 9]


async def test_killed_process_leaves_the_world_to_the_next(stage: Stage) -> None:
    command = (sys.executable, "-m", "tests.playground.sample_bot", stage.discord.api_url)
    for expected in ("one", "two"):
        child = await asyncio.create_subprocess_exec(*command)
        await stage.discord.bot_connected(timeout=30)
        asked = await stage.ann.slash(stage.general, "ask", prompt=expected)
        await asked.message(lambda m: m.text.startswith("echo"))
        child.kill()
        await child.wait()
        await stage.discord.until(lambda: not stage.discord.gateway.connected(_bot(stage)))
    assert [m.text for m in stage.ann.sees(stage.general)] == ["echo one", "echo two"]


async def test_goodbye_ends_the_session(stage: Stage) -> None:
    gateway = stage.discord.gateway
    async with aiohttp.ClientSession() as session, session.ws_connect(stage.discord.gateway_url) as socket:
        await socket.send_json({"op": 2, "d": {"token": TOKEN, "intents": 0}})
        await stage.discord.bot_connected()
        assert len(gateway.sessions) == 1
        await socket.close(code=1000)
        await stage.discord.until(lambda: not gateway.connected(_bot(stage)))
    assert gateway.sessions == {}


async def test_session_of_a_killed_bot_is_forgotten_in_time(stage: Stage) -> None:
    async with running(stage.discord, make_bot()):
        pass
    stage.clock.advance(3600)
    async with running(stage.discord, make_bot()):
        assert len(stage.discord.gateway.sessions) == 1


async def test_bot_without_heartbeats_is_hung_up_on() -> None:
    async with (
        StandIn(heartbeat_seconds=0.1) as standin,
        aiohttp.ClientSession() as session,
        session.ws_connect(standin.gateway_url) as socket,
    ):
        hello, end = await socket.receive_json(), await socket.receive()
    assert (hello["op"], end.type, end.data) == (10, aiohttp.WSMsgType.CLOSE, 4009)


async def test_real_client_keeps_its_heart_beating() -> None:
    async with StandIn(heartbeat_seconds=0.2) as standin:
        application = standin.add_bot(TOKEN)
        with point_discord_at(standin.api_url):
            async with running(standin, make_bot()):
                await asyncio.sleep(0.8)
                assert standin.gateway.connected(application)


async def test_privileged_intents_are_refused_unless_switched_on(stage: Stage) -> None:
    wants_content = commands.Bot(command_prefix=[], intents=discord.Intents(message_content=True))
    async with wants_content:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await wants_content.start(TOKEN)


async def test_content_is_sent_with_the_intent() -> None:
    async with StandIn() as standin:
        standin.add_bot(TOKEN, privileged=1 << 15)
        general = standin.add_guild("Team").add_text_channel("general")
        bot = make_bot(message_content=True)
        with point_discord_at(standin.api_url):
            async with running(standin, bot):
                heard = asyncio.create_task(bot.wait_for("message"))
                await asyncio.sleep(0)
                await standin.add_person("Ann").say(general, "read me")
                assert (await heard).content == "read me"


async def test_own_ephemeral_message_comes_without_its_server(stage: Stage, sample: Sample) -> None:
    asked = await stage.ann.slash(stage.general, "ask", prompt="hi")
    await asked.message()
    heard = await sample.heard.get()
    assert heard.flags.ephemeral
    assert (heard.guild, type(heard.channel), heard.channel.id) == (None, discord.DMChannel, stage.general.id)


async def test_closing_code_of_the_gateway_reaches_the_bot(stage: Stage, sample: Sample) -> None:
    again = asyncio.create_task(connected_again(stage.discord))
    with stage.discord.changes.stream() as changes:
        await stage.discord.gateway.hang_up(4000)
        assert isinstance(await anext(aiter(changes)), BotDisconnected)
    assert (await again).resumed


def _bot(stage: Stage) -> Application:
    return next(iter(stage.discord.world.applications.values()))
