"""The real openai client against the faulty server: every failure by its own name, and no connection left open."""

from collections.abc import AsyncIterator

import pytest

from agent import errors
from agent.errors import ModelError
from agent.model import Finish, FinishReason, Message, ModelEvent, ModelRequest, Text, Thinking, Tokens
from agent.openai_client import NoModelChosen, OpenAIClient, connect
from playground.faulty_answers import WORDS, Fault
from playground.faulty_model import FaultyModelServer

REQUEST = ModelRequest(messages=[Message("system", "Be brief."), Message("user", "hi")], max_output_tokens=64)


@pytest.fixture
async def server() -> AsyncIterator[FaultyModelServer]:
    async with FaultyModelServer() as running:
        yield running


@pytest.fixture
async def client(server: FaultyModelServer) -> AsyncIterator[OpenAIClient]:
    asking = OpenAIClient("test-model", base_url=server.base_url)
    yield asking
    await asking.close()


async def answer(client: OpenAIClient) -> list[ModelEvent]:
    async with client.stream(REQUEST) as events:
        return [event async for event in events]


def text_of(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Text))


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.CHOPPED, Fault.NO_DONE, Fault.THINKING])
async def test_a_proper_answer_arrives_whole(server: FaultyModelServer, client: OpenAIClient, fault: Fault) -> None:
    server.script(fault)
    events = await answer(client)
    assert text_of(events) == "".join(WORDS)
    assert Finish(FinishReason.STOP) in events


async def test_usage_is_read(client: OpenAIClient) -> None:
    assert Tokens(input=40, output=5, cached=8) in await answer(client)


async def test_thinking_is_a_sign_of_life_and_no_text(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.THINKING)
    assert (await answer(client))[0] == Thinking("let me see")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.BAD_KEY, errors.BadKey),
        (Fault.FORBIDDEN, errors.BadKey),
        (Fault.NO_SUCH_MODEL, errors.NoSuchModel),
        (Fault.RATE_LIMITED, errors.RateLimited),
        (Fault.RATE_LIMITED_DATE, errors.RateLimited),
        (Fault.NO_CREDIT, errors.OutOfCredit),
        (Fault.PAYMENT_REQUIRED, errors.OutOfCredit),
        (Fault.SERVER_ERROR, errors.Overloaded),
        (Fault.BAD_GATEWAY, errors.Overloaded),
        (Fault.UNAVAILABLE, errors.Overloaded),
        (Fault.OVERLOADED, errors.Overloaded),
        (Fault.TOO_LONG, errors.ContextTooLong),
        (Fault.TOO_LONG_LLAMA, errors.ContextTooLong),
        (Fault.TOO_LONG_VLLM, errors.ContextTooLong),
        (Fault.REFUSED, errors.Refused),
        (Fault.REFUSED_IN_WORDS, errors.Refused),
        (Fault.ERROR_IN_STREAM, errors.Overloaded),
        (Fault.CUT, errors.CutOff),
        (Fault.NOT_JSON, errors.Malformed),
        (Fault.NOT_AN_OBJECT, errors.Malformed),
        (Fault.HTML, errors.Malformed),
    ],
)
async def test_each_failure_has_its_own_name(
    server: FaultyModelServer, client: OpenAIClient, fault: Fault, kind: type[ModelError]
) -> None:
    server.script(fault)
    with pytest.raises(ModelError) as failure:
        await answer(client)
    assert type(failure.value) is kind


async def test_retry_after_is_told_as_seconds_and_as_a_date(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.RATE_LIMITED, Fault.RATE_LIMITED_DATE)
    with pytest.raises(errors.RateLimited) as first:
        await answer(client)
    with pytest.raises(errors.RateLimited) as second:
        await answer(client)
    assert first.value.wait == 7
    assert (second.value.wait or 0) > 3600


async def test_a_refusal_brings_the_models_own_words(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.REFUSED_IN_WORDS)
    with pytest.raises(errors.Refused) as refusal:
        await answer(client)
    assert refusal.value.words == "I'm sorry, I can't help with that."
    assert "can't help" in refusal.value.for_person()


@pytest.mark.parametrize(
    ("fault", "last"),
    [(Fault.LENGTH, FinishReason.LENGTH), (Fault.FILTERED, FinishReason.REFUSED), (Fault.EMPTY, FinishReason.STOP)],
)
async def test_why_it_ended_is_told(server: FaultyModelServer, client: OpenAIClient, fault: Fault, last: FinishReason) -> None:
    server.script(fault)
    assert Finish(last) in await answer(client)


async def test_a_clean_end_without_a_reason_has_no_finish(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.NO_FINISH)
    events = await answer(client)
    assert text_of(events)
    assert not any(isinstance(event, Finish) for event in events)


async def test_a_server_that_refuses_stream_options_is_asked_without_from_then_on(
    server: FaultyModelServer, client: OpenAIClient
) -> None:
    server.script(Fault.REFUSES_STREAM_OPTIONS)
    await answer(client)
    await answer(client)
    assert ["stream_options" in seen.body for seen in server.seen] == [True, False, False]


async def test_a_model_that_calls_the_length_otherwise_is_asked_so(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.REFUSES_MAX_TOKENS)
    await answer(client)
    assert server.seen[-1].body["max_completion_tokens"] == 64


async def test_leaving_early_closes_the_connection(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.STALLED_BETWEEN)
    async with client.stream(REQUEST) as events:
        await anext(events)
    await server.seen[0].ended.wait()
    assert server.seen[0].left_early


async def test_nobody_listening_is_unreachable(server: FaultyModelServer, client: OpenAIClient) -> None:
    await server.stop_listening()
    with pytest.raises(errors.Unreachable):
        await answer(client)
    with pytest.raises(errors.Unreachable):
        await client.list_models()


async def test_a_base_url_without_a_key_sends_a_placeholder(server: FaultyModelServer, client: OpenAIClient) -> None:
    await answer(client)
    assert server.seen[0].headers["Authorization"] == "Bearer no-key"


async def test_the_only_model_is_taken() -> None:
    async with FaultyModelServer(("only-one",)) as server:
        client = await connect(model=None, api_key=None, base_url=server.base_url)
        await client.close()
    assert client.name == "only-one"


async def test_several_models_are_named_up_to_ten() -> None:
    async with FaultyModelServer(tuple(f"model-{n}" for n in range(12))) as server:
        with pytest.raises(NoModelChosen) as told:
            await connect(model=None, api_key=None, base_url=server.base_url)
    assert len(told.value.offered) == 10
    assert "OPENAI_MODEL=model-0" in str(told.value)
