"""A running team, looked at from outside through `/healthz` and `/metrics`."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from agent.config import AgentConfig
from agent.openai_client import OpenAIClient
from playground.faulty_answers import Fault
from playground.faulty_model import FaultyModelServer
from playground.standin import StandIn
from playground.standin.faults import Fault as Trouble
from tests.e2e.team import Team, a_team, ended
from tests.processes import TOKEN, started
from tests.watch.ports import free_port


@dataclass
class Watched:
    """A team and its two addresses."""

    team: Team
    url: str
    session: aiohttp.ClientSession

    async def health(self) -> tuple[int, dict[str, Any]]:
        async with self.session.get(f"{self.url}/healthz") as answer:
            return answer.status, await answer.json()

    async def until_health(self, status: int) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while True:
                found, told = await self.health()
                if found == status:
                    return told

    async def text(self) -> str:
        async with self.session.get(f"{self.url}/metrics") as answer:
            assert answer.status == 200
            return await answer.text()

    async def value(self, name: str, **labels: str) -> float:
        families = text_string_to_metric_families(await self.text())
        samples = [sample for family in families for sample in family.samples]
        return next(sample.value for sample in samples if sample.name == name and sample.labels == labels)


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    port = free_port()
    async with a_team(tmp_path, health_port=port) as team, aiohttp.ClientSession() as session:
        yield Watched(team, f"http://127.0.0.1:{port}", session)


async def test_a_running_bot_is_well_and_says_when_the_model_last_answered(watched: Watched) -> None:
    status, told = await watched.health()
    assert (status, told["failing"], told["last_model_success"]) == (200, [], None)
    await watched.team.ask(watched.team.ann, "hello")
    assert (await watched.health())[1]["last_model_success"] is not None


async def test_a_dropped_gateway_is_named_until_it_is_back(watched: Watched) -> None:
    gateway = watched.team.discord.gateway
    gateway.shut = True
    gateway.drop()
    assert (await watched.until_health(503))["failing"] == ["gateway"]
    gateway.shut = False
    assert (await watched.until_health(200))["gateway_connected"] is True


async def test_turns_are_counted_by_what_became_of_them(watched: Watched) -> None:
    team = watched.team
    await team.ask(team.bob, "hello")
    asked = await team.ann.slash(team.general, "ask", prompt="hold on")
    running = await asked.message(lambda m: "first words" in m.text)
    second = await team.ann.slash(team.general, "ask", prompt="and then")
    await second.message(lambda m: bool(m.buttons))
    assert (await watched.value("cubby_live_streams"), await watched.value("cubby_queued_prompts")) == (1, 1)
    await team.ann.press(running, "Stop")
    await ended(asked)
    assert await watched.value("cubby_turns_total", outcome="completed") == 1
    assert await watched.value("cubby_turns_total", outcome="stopped") == 1
    assert (await watched.value("cubby_live_streams"), await watched.value("cubby_queued_prompts")) == (0, 0)
    assert await watched.value("cubby_first_delta_seconds_count") == 2


async def test_edits_and_rate_limits_are_counted(watched: Watched) -> None:
    team = watched.team
    team.discord.faults.add(Trouble(route="PATCH /webhooks/*", status=429, retry_after=0.01))
    await team.ask(team.ann, "hello")
    assert await watched.value("cubby_discord_calls_total", call="edit", result="limited") == 1
    assert await watched.value("cubby_discord_calls_total", call="edit", result="ok") >= 1


async def test_numbers_tell_of_nobody(watched: Watched) -> None:
    team = watched.team
    await team.ask(team.ann, "xylophone")
    told = await watched.text() + str(await watched.health())
    assert "cubby_turns_total" in told
    assert not any(word in told for word in ("xylophone", str(team.ann.id), str(team.general.id)))


async def test_each_turn_has_one_line_in_the_log(team: Team, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await team.ask(team.ann, "hello")
    await team.ask(team.bob, "hello")
    lines = [vars(record)["facts"] for record in caplog.records if "facts" in vars(record)]
    assert [(line["owner"], line["outcome"]) for line in lines] == [(team.ann.id, "completed"), (team.bob.id, "completed")]
    assert all(line["total_ms"] >= line["first_delta_ms"] >= 0 for line in lines)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
async def test_the_log_of_a_run_with_a_failing_model_holds_no_key_and_no_answer(tmp_path: Path) -> None:
    key = "sk-made-up-key-0123456789"
    async with StandIn() as discord, FaultyModelServer() as server:
        server.script(Fault.BAD_KEY)
        discord.add_bot(TOKEN)
        general = discord.add_guild("Team").add_text_channel("general")
        ann = discord.add_person("Ann")
        api = {"DISCORD_TOKEN": TOKEN, "CUBBY_DISCORD_API": discord.api_url}
        model = {"OPENAI_API_KEY": key, "OPENAI_BASE_URL": server.base_url, "OPENAI_MODEL": "test-model"}
        process = await started(tmp_path, LOG_LEVEL="DEBUG", LOG_FORMAT="json", **api, **model)
        await discord.bot_connected()
        for _ in range(2):
            await ended(await ann.slash(general, "ask", prompt="xylophone"))
        process.terminate()
        _, logged = await process.communicate()
    turns = [line for line in map(json.loads, logged.splitlines()) if line["message"] == "turn ended"]
    assert [(line["outcome"], line["error"]) for line in turns] == [("failed", "bad_key"), ("completed", None)]
    assert not any(word.encode() in logged for word in (key, TOKEN, "xylophone", "faulty model"))


async def test_tokens_and_a_model_that_is_down(tmp_path: Path) -> None:
    port = free_port()
    async with FaultyModelServer() as server, aiohttp.ClientSession() as session:
        model = OpenAIClient("test-model", base_url=server.base_url)
        async with a_team(tmp_path, model=model, config=AgentConfig(backoff=0.01), health_port=port) as team:
            watched = Watched(team, f"http://127.0.0.1:{port}", session)
            server.script(Fault.BAD_KEY, Fault.BAD_KEY, Fault.BAD_KEY)
            for _ in range(3):
                await team.ask(team.ann, "hello")
            assert (await watched.health())[1]["failing"] == ["model"]
            await team.ask(team.ann, "hello")
            assert (await watched.health())[0] == 200
            assert await watched.value("cubby_turns_total", outcome="failed") == 3
            assert await watched.value("cubby_model_tokens_total", direction="output") > 0
        await model.close()
