"""The real openai client's connections: none is left open, and none is opened for nothing."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from agent import errors
from agent.deadlines import Deadlines
from agent.errors import ModelError
from agent.model import Finish, FinishReason, Text
from agent.openai_client import OpenAIClient
from playground.faulty_answers import WORDS, Fault
from playground.faulty_model import FaultyModelServer
from tests.agent.test_openai_client import REQUEST, answer, answer_within


async def test_leaving_early_closes_the_connection(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.STALLED_BETWEEN)
    async with client.stream(REQUEST) as events:
        await anext(events)
    await server.until_connections(0)
    assert server.seen[0].left_early


@pytest.mark.parametrize("fault", [Fault.STALLED_BEFORE_HEAD, Fault.STALLED_BEFORE, Fault.STALLED_BETWEEN])
async def test_a_cancel_closes_the_connection(server: FaultyModelServer, client: OpenAIClient, fault: Fault) -> None:
    server.script(fault)
    asking = asyncio.create_task(answer(client), name="asking")
    await server.until_seen(1)
    asking.cancel()
    await asyncio.wait([asking])
    await server.until_ended()
    assert asking.cancelled()
    assert server.seen[0].left_early


async def test_a_stream_that_is_never_read_is_never_asked_for(server: FaultyModelServer, client: OpenAIClient) -> None:
    async with client.stream(REQUEST):
        pass
    assert server.seen == []


@pytest.mark.parametrize("fault", [Fault.STALLED_BEFORE_HEAD, Fault.STALLED_BEFORE, Fault.STALLED_BETWEEN, Fault.PINGING])
async def test_a_server_that_hangs_is_a_stall_whatever_it_sent(
    server: FaultyModelServer, client: OpenAIClient, fault: Fault
) -> None:
    server.script(fault)
    with pytest.raises(errors.Stalled):
        await answer_within(client, Deadlines(0.5, 0.5, 30))
    await server.until_ended()
    assert server.seen[0].left_early


async def test_an_answer_that_hangs_after_its_end_is_whole(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.STALLED_AFTER_END)
    events = await answer_within(client, Deadlines(30, 0.1, 30))
    assert events[-1] == Finish(FinishReason.STOP)


async def test_text_before_a_cut_arrives(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.CUT)
    async with client.stream(REQUEST) as events:
        text = ""
        while text != WORDS[0] + WORDS[1]:
            event = await anext(events)
            assert isinstance(event, Text)
            text += event.text
        with pytest.raises(errors.CutOff):
            await anext(events)


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.LATE_CLOSE])
async def test_a_whole_answer_leaves_its_connection_for_the_next(
    server: FaultyModelServer, client: OpenAIClient, fault: Fault
) -> None:
    server.script(fault, fault, fault)
    for _ in range(3):
        await answer(client)
    assert len({seen.peer for seen in server.seen}) == 1


async def test_failures_leave_no_connection_open(server: FaultyModelServer, client: OpenAIClient) -> None:
    faults = (Fault.CUT, Fault.NOT_JSON, Fault.HTML, Fault.ERROR_IN_STREAM, Fault.SERVER_ERROR, Fault.REFUSED_IN_WORDS)
    server.script(*faults)
    for _ in faults:
        with pytest.raises(ModelError):
            await answer(client)
    await server.until_connections(1)
    await client.close()
    await server.until_connections(0)


async def test_many_answers_run_at_once(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(*[Fault.STALLED_BETWEEN] * 150)
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(client.stream(REQUEST)) for _ in range(150)]
        first = await asyncio.gather(*(anext(events) for events in streams))
        assert all(isinstance(event, Text) and event.text.startswith(WORDS[0]) for event in first)
    await server.until_ended()


async def test_closing_twice_is_closing_once(server: FaultyModelServer, client: OpenAIClient) -> None:
    await answer(client)
    await client.close()
    await client.close()
    await server.until_connections(0)


async def test_nobody_listening_is_unreachable(server: FaultyModelServer, client: OpenAIClient) -> None:
    await server.stop_listening()
    with pytest.raises(errors.Unreachable):
        await answer(client)
    with pytest.raises(errors.Unreachable):
        await client.list_models()
