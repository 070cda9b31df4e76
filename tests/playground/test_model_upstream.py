"""The model stand with a server behind it: everything passes as it came, both ways and at once."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict

from agent.model import Message, ModelRequest
from agent.openai_client import OpenAIClient
from playground.faulty_answers import WORDS, Fault
from playground.faulty_model import FaultyModelServer
from playground.model_stand import FEW, ModelStand
from tests.playground.broken import until_broken

BODY = b'{"model":"m",  "stream":true, "stream_options":{}, "max_tokens": 5, "messages":[{"role":"user","content":"h\\u00ef"}]}'
KEY = "sk-made-up"
MANY = tuple(f"word{number} " for number in range(20))


@pytest.fixture
async def server() -> AsyncIterator[FaultyModelServer]:
    async with FaultyModelServer(words=MANY) as running:
        yield running


@pytest.fixture
async def stand(server: FaultyModelServer) -> AsyncIterator[ModelStand]:
    async with ModelStand(upstream=server.base_url, slow=0.01) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}", "X-Mine": "yes"}) as session:
        yield session


@asynccontextmanager
async def own_server(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncGenerator[str]:
    app = web.Application()
    app.router.add_route("*", "/deep/down/{tail:.*}", handler)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/deep/down/"
    finally:
        await runner.cleanup()


async def ask(http: aiohttp.ClientSession, base_url: str) -> str:
    async with http.post(f"{base_url}/chat/completions", data=BODY) as response:
        return await response.text()


async def test_an_answer_passes_byte_for_byte(
    server: FaultyModelServer, stand: ModelStand, http: aiohttp.ClientSession
) -> None:
    assert await ask(http, stand.base_url) == await ask(http, server.base_url)


async def test_headers_pass_as_they_came_and_the_key_is_not_logged(
    server: FaultyModelServer, stand: ModelStand, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await ask(http, stand.base_url)
    seen = CIMultiDict(server.seen[0].headers)
    assert (seen["Authorization"], seen["X-Mine"]) == (f"Bearer {KEY}", "yes")
    assert seen["Host"] == server.base_url.split("/")[2]
    assert KEY not in caplog.text


async def test_the_list_passes(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{stand.base_url}/models") as response:
        assert [model["id"] for model in (await response.json())["data"]] == ["test-model"]


async def test_method_path_query_and_body_pass_as_they_came(http: aiohttp.ClientSession) -> None:
    seen: list[tuple[str, str, bytes]] = []

    async def record(request: web.Request) -> web.Response:
        seen.append((request.method, request.raw_path, await request.read()))
        return web.Response(status=418, text="short", headers={"Retry-After": "7", "X-Request-Id": "42"})

    async with own_server(record) as address, ModelStand(upstream=address) as stand:
        async with http.post(f"{stand.base_url}/chat/completions?a=1&b=x%20y", data=BODY) as response:
            assert (response.status, await response.text()) == (418, "short")
            assert (response.headers["Retry-After"], response.headers["X-Request-Id"]) == ("7", "42")
        await http.get(f"{stand.base_url}/models")
    assert seen == [("POST", "/deep/down/chat/completions?a=1&b=x%20y", BODY), ("GET", "/deep/down/models", b"")]


async def test_each_piece_passes_at_once(http: aiohttp.ClientSession) -> None:
    go_on = asyncio.Event()

    async def halting(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half a li")
        await go_on.wait()
        await response.write(b"ne\n")
        return response

    async with (
        own_server(halting) as address,
        ModelStand(upstream=address) as stand,
        http.post(f"{stand.base_url}/chat/completions", data=BODY) as response,
    ):
        assert await response.content.readany() == b"half a li"
        go_on.set()
        assert await response.content.read() == b"ne\n"


@pytest.mark.parametrize("fault", [Fault.STALLED_BEFORE_HEAD, Fault.STALLED_BEFORE, Fault.STALLED_BETWEEN])
async def test_a_client_that_leaves_ends_what_the_server_was_asked(
    server: FaultyModelServer, stand: ModelStand, http: aiohttp.ClientSession, fault: Fault
) -> None:
    server.script(fault)
    asking = asyncio.create_task(ask(http, stand.base_url), name="asking")
    await server.until_seen(1)
    asking.cancel()
    async with asyncio.timeout(1):
        await server.until_ended()
    assert server.seen[0].left_early


async def test_a_server_out_of_reach_is_a_broken_connection(
    server: FaultyModelServer, stand: ModelStand, http: aiohttp.ClientSession
) -> None:
    await server.stop_listening()
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await ask(http, stand.base_url)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await http.get(f"{stand.base_url}/models")


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.CUT_AT_ONCE, Fault.CUT_BEFORE_HEAD])
async def test_a_server_that_breaks_is_a_broken_connection(
    server: FaultyModelServer, stand: ModelStand, http: aiohttp.ClientSession, fault: Fault
) -> None:
    server.script(fault)
    with pytest.raises(aiohttp.ClientError):
        await ask(http, stand.base_url)


async def test_its_own_answer_is_cut(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    stand.mode = Fault.CUT
    came, broke = await until_broken(http, stand.base_url, BODY)
    assert broke
    assert came.count(b"data: ") == FEW


@pytest.mark.parametrize("fault", [Fault.STALLED_BEFORE_HEAD, Fault.STALLED_BEFORE, Fault.STALLED_BETWEEN])
async def test_its_own_answer_stalls_and_goes_on(
    server: FaultyModelServer, stand: ModelStand, http: aiohttp.ClientSession, fault: Fault
) -> None:
    stand.mode = fault
    asking = asyncio.create_task(ask(http, stand.base_url), name="asking")
    await asyncio.sleep(0.1)
    assert not asking.done()
    stand.mode = Fault.NONE
    assert await asking == await ask(http, server.base_url)


async def test_its_own_answer_is_slow(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    stand.mode = Fault.SLOW
    started = asyncio.get_running_loop().time()
    assert "word19" in await ask(http, stand.base_url)
    assert asyncio.get_running_loop().time() - started > 0.01 * len(MANY)


async def test_other_faults_are_told_without_asking(
    server: FaultyModelServer, stand: ModelStand, http: aiohttp.ClientSession
) -> None:
    stand.mode = Fault.LENGTH
    assert WORDS[0] in await ask(http, stand.base_url)
    stand.mode = Fault.REFUSES_MAX_TOKENS
    assert "max_completion_tokens" in await ask(http, stand.base_url)
    assert server.seen == []


async def test_the_real_client_hears_what_the_server_says(server: FaultyModelServer, stand: ModelStand) -> None:
    client = OpenAIClient("test-model", api_key=KEY, base_url=stand.base_url)
    async with client.stream(ModelRequest(messages=[Message("user", "hi")])) as events:
        came: list[Any] = [event async for event in events]
    await client.close()
    assert "".join(getattr(event, "text", "") for event in came) == "".join(MANY)
