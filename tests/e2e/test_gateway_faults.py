"""The gateway fails in each of its ways: nothing that people do meanwhile is lost, and nothing runs twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

import wiring
from bot import until_stopped
from cogs.client import Cubby
from playground.standin import Person
from playground.standin.gateway import Gateway
from tests.e2e.team import TOKEN, Team, a_team, is_ended

PASSING_CODES = (1001, 1011, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009)
FATAL_CODES = (4004, 4010, 4011, 4012, 4013, 4014)


def answered(who: Person, words: str) -> int:
    return sum(m.text.startswith(f"echo: {words}") for m in who.sees(who.dm))


async def until_answered(who: Person, words: str) -> None:
    await who.wait_for(lambda m: m.text.startswith(f"echo: {words}") and is_ended(m), channel=who.dm, timeout=20)


async def said_meanwhile(team: Team, words: str) -> None:
    """Write while the line is broken, and be answered once."""
    await team.ann.say(team.ann.dm, words)
    await until_answered(team.ann, words)
    await team.write(team.ann, f"after {words}")
    assert answered(team.ann, words) == 1


async def test_whatever_it_closes_with_the_bot_comes_back_and_misses_nothing(team: Team) -> None:
    await team.write(team.ann, "before")
    for code in PASSING_CODES:
        await team.discord.gateway.hang_up(code)
        await team.ann.say(team.ann.dm, f"number {code}.")
        await until_answered(team.ann, f"number {code}.")
    await team.write(team.ann, "after")
    assert [answered(team.ann, f"number {code}.") for code in PASSING_CODES] == [1] * len(PASSING_CODES)


def drop(gateway: Gateway) -> None:
    gateway.drop()


def forget(gateway: Gateway) -> None:
    """The session is gone, so that nothing is replayed."""
    gateway.invalidate()


def ask_to_reconnect(gateway: Gateway) -> None:
    gateway.ask_to_reconnect()


def invalidate_for_now(gateway: Gateway) -> None:
    gateway.invalidate(resumable=True)


@pytest.fixture(autouse=True)
def _no_wait_before_identifying(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py waits five seconds before it begins a new session."""

    async def at_once(*_: object, **__: object) -> None:
        pass

    monkeypatch.setattr(Cubby, "before_identify_hook", at_once)


@pytest.mark.parametrize("break_it", [drop, forget, ask_to_reconnect, invalidate_for_now])
async def test_what_is_written_meanwhile_is_answered_once(team: Team, break_it: Callable[[Gateway], None]) -> None:
    await team.write(team.ann, "before")
    break_it(team.discord.gateway)
    await said_meanwhile(team, "meanwhile")


async def test_a_session_that_is_forgotten_while_away_misses_nothing(team: Team) -> None:
    await team.write(team.ann, "before")
    gateway = team.discord.gateway
    gateway.shut = True
    gateway.drop()
    await team.ann.say(team.ann.dm, "meanwhile")
    gateway.sessions.clear()
    gateway.shut = False
    await until_answered(team.ann, "meanwhile")
    assert answered(team.ann, "meanwhile") == 1


async def test_an_answer_that_streams_ends_while_the_gateway_is_away(team: Team) -> None:
    await team.ann.say(team.ann.dm, "hold it")
    await team.ann.wait_for(lambda m: "first words" in m.text, channel=team.ann.dm)
    team.discord.gateway.shut = True
    team.discord.gateway.drop()
    team.gate.release()
    await team.ann.wait_for(lambda m: "and the end" in m.text and is_ended(m), channel=team.ann.dm)
    team.discord.gateway.shut = False


async def test_events_that_come_twice_run_once(team: Team) -> None:
    await team.write(team.ann, "before")
    asked = await team.ann.slash(team.general, "ask", prompt="hello")
    shown = (await asked.message(is_ended)).text
    count = len(team.gate.asked)
    for session in team.discord.gateway.sessions.values():
        for payload in tuple(session.kept):
            if payload["t"] in ("MESSAGE_CREATE", "INTERACTION_CREATE") and session.connection is not None:
                session.connection.send(payload)
    await team.write(team.ann, "after")
    assert len(team.gate.asked) == count + 1
    assert answered(team.ann, "before") == 1
    assert [m.text for m in team.ann.sees(team.general) if m.author.bot] == [shown]


@pytest.fixture
async def brisk(tmp_path: Path) -> AsyncIterator[Team]:
    """A team at a gateway with a quick heartbeat, and a bot that is as quick to notice."""
    async with a_team(tmp_path, heartbeat_seconds=0.2) as team:
        yield team


async def test_a_connection_that_looks_alive_and_is_not_is_given_up(brisk: Team) -> None:
    assert brisk.bot is not None
    await brisk.write(brisk.ann, "before")
    socket: Any = brisk.bot.client.ws
    socket._keep_alive.heartbeat_timeout = 0.5  # else a minute
    brisk.discord.gateway.deaf = True
    async with asyncio.timeout(20):
        while brisk.bot.client.ws is socket:  # noqa: ASYNC110 - discord.py tells nobody
            await asyncio.sleep(0.02)
    brisk.discord.gateway.deaf = False
    await said_meanwhile(brisk, "meanwhile")


@pytest.mark.parametrize("code", FATAL_CODES)
async def test_what_can_not_be_mended_by_coming_back_ends_the_connection(team: Team, code: int) -> None:
    assert team.bot is not None
    ended = asyncio.create_task(team.bot.client.ended())
    await team.discord.gateway.hang_up(code)
    await asyncio.wait_for(ended, 10)


async def test_a_token_that_was_reset_ends_the_bot_with_a_sentence(team: Team, caplog: pytest.LogCaptureFixture) -> None:
    await team.end()
    bot = await team._stack.enter_async_context(wiring.running(team.settings, team.model, team.config))
    connection = await wiring.connect_to_discord(bot, TOKEN)
    watching = asyncio.create_task(until_stopped(connection, asyncio.Event()))
    await team.discord.gateway.hang_up(4004)
    assert await asyncio.wait_for(watching, 10) == 1
    assert "the connection to Discord ended" in caplog.text
