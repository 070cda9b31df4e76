"""The faulty server itself, spoken to by a plain HTTP client: what it scripts is what comes, and it knows who left."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from playground.faulty_model import WORDS, Fault, FaultyModelServer

STREAMED: dict[str, Any] = {"model": "test-model", "stream": True, "stream_options": {"include_usage": True}, "messages": []}


@pytest.fixture
async def server() -> AsyncIterator[FaultyModelServer]:
    async with FaultyModelServer() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def ask(http: aiohttp.ClientSession, server: FaultyModelServer, **more: Any) -> tuple[int, str]:
    async with http.post(f"{server.base_url}/chat/completions", json={**STREAMED, **more}) as response:
        return response.status, await response.text()


def text_of(stream: str) -> str:
    chunks = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: {")]
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    return "".join(delta.get("content", "") for delta in deltas)


async def test_without_a_script_answers_are_proper(server: FaultyModelServer, http: aiohttp.ClientSession) -> None:
    status, stream = await ask(http, server)
    assert (status, text_of(stream)) == (200, "".join(WORDS))
    assert '"prompt_tokens": 40' in stream
    assert stream.endswith("data: [DONE]\n\n")


async def test_the_script_is_met_in_order_and_then_used_up(server: FaultyModelServer, http: aiohttp.ClientSession) -> None:
    server.script(Fault.BAD_KEY, Fault.OVERLOADED)
    assert [(await ask(http, server))[0] for _ in range(3)] == [401, 529, 200]


async def test_usage_comes_only_to_who_asks(server: FaultyModelServer, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{server.base_url}/chat/completions", json={"stream": True}) as response:
        assert "usage" not in await response.text()


async def test_an_option_is_refused_only_where_it_is_sent(server: FaultyModelServer, http: aiohttp.ClientSession) -> None:
    server.script(Fault.REFUSES_MAX_TOKENS, Fault.REFUSES_MAX_TOKENS)
    assert (await ask(http, server, max_tokens=5))[0] == 400
    assert (await ask(http, server, max_completion_tokens=5))[0] == 200


async def test_requests_are_recorded(server: FaultyModelServer, http: aiohttp.ClientSession) -> None:
    await ask(http, server, messages=[{"role": "user", "content": "hi"}])
    assert server.seen[0].body["messages"] == [{"role": "user", "content": "hi"}]
    assert not server.seen[0].left_early


async def test_a_cut_breaks_the_connection_after_two_words(server: FaultyModelServer, http: aiohttp.ClientSession) -> None:
    server.script(Fault.CUT)
    async with http.post(f"{server.base_url}/chat/completions", json=STREAMED) as response:
        with pytest.raises(aiohttp.ClientError):
            await response.read()


async def test_a_client_that_leaves_is_noticed(server: FaultyModelServer, http: aiohttp.ClientSession) -> None:
    server.script(Fault.STALLED_BETWEEN)
    response = await http.post(f"{server.base_url}/chat/completions", json=STREAMED)
    response.close()
    await server.until_ended()
    assert server.seen[0].left_early


async def test_what_stalls_goes_on_when_released(server: FaultyModelServer, http: aiohttp.ClientSession) -> None:
    server.script(Fault.STALLED_BEFORE)
    async with http.post(f"{server.base_url}/chat/completions", json=STREAMED) as response:
        server.release.set()
        assert "[DONE]" in await response.text()


async def test_words_and_pace_are_the_tests_to_choose(http: aiohttp.ClientSession) -> None:
    async with FaultyModelServer(words=("a",) * 200, gap=0.0001) as server:
        _, stream = await ask(http, server)
    assert text_of(stream) == "a" * 200


async def test_the_models_are_listed_and_the_list_can_fail(server: FaultyModelServer, http: aiohttp.ClientSession) -> None:
    server.script_list(Fault.NONE, Fault.BAD_KEY)
    async with http.get(f"{server.base_url}/models") as listed, http.get(f"{server.base_url}/models") as failed:
        assert [model["id"] for model in (await listed.json())["data"]] == ["test-model"]
        assert failed.status == 401


async def test_after_it_stops_listening_nobody_is_there(server: FaultyModelServer, http: aiohttp.ClientSession) -> None:
    await server.stop_listening()
    with pytest.raises(aiohttp.ClientConnectionError):
        await ask(http, server)


@pytest.mark.parametrize("fault", [fault for fault in Fault if not fault.name.startswith(("STALLED", "PINGING"))])
async def test_every_fault_ends_for_a_plain_client(
    server: FaultyModelServer, http: aiohttp.ClientSession, fault: Fault
) -> None:
    server.script(fault)
    try:
        await ask(http, server, max_tokens=5)
    except aiohttp.ClientError:
        assert fault.name.startswith("CUT")
    await server.until_ended()
