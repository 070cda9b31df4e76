"""The real openai client against the faulty server: every failure by its own name, and no connection left open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from agent import errors
from agent.deadlines import Deadlines, within_deadlines
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


async def answer_within(client: OpenAIClient, deadlines: Deadlines) -> list[ModelEvent]:
    async with client.stream(REQUEST) as events:
        return [event async for event in within_deadlines(events, deadlines)]


def text_of(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Text))


@pytest.mark.parametrize(
    "fault", [Fault.NONE, Fault.CHOPPED, Fault.NO_DONE, Fault.THINKING, Fault.SLOW, Fault.WHOLE, Fault.CUT_AFTER_END]
)
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
        (Fault.NO_ACCESS_TO_MODEL, errors.NoSuchModel),
        (Fault.RATE_LIMITED, errors.RateLimited),
        (Fault.RATE_LIMITED_TOKENS, errors.RateLimited),
        (Fault.ERROR_WITH_200, errors.RateLimited),
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
        (Fault.TOO_LONG_OLLAMA, errors.ContextTooLong),
        (Fault.TOO_LARGE, errors.ContextTooLong),
        (Fault.REFUSED, errors.Refused),
        (Fault.REFUSED_AFTER_TEXT, errors.Refused),
        (Fault.REFUSED_IN_WORDS, errors.Refused),
        (Fault.ERROR_IN_STREAM, errors.Overloaded),
        (Fault.ERROR_AFTER_TEXT, errors.Overloaded),
        (Fault.CUT, errors.CutOff),
        (Fault.CUT_BEFORE_HEAD, errors.Unreachable),
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


async def test_a_retry_after_that_says_nothing_is_none(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.RATE_LIMITED_TOKENS)
    with pytest.raises(errors.RateLimited) as limited:
        await answer(client)
    assert limited.value.wait is None


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
    await answer(client)
    assert [seen.body.get("max_completion_tokens") for seen in server.seen] == [None, 64, 64]


async def test_a_server_that_knows_no_limit_at_all_is_sent_none(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.REFUSES_ANY_LIMIT, Fault.REFUSES_ANY_LIMIT)
    assert text_of(await answer(client)) == "".join(WORDS)
    assert not {"max_tokens", "max_completion_tokens"} & server.seen[-1].body.keys()


async def test_another_model_is_asked_with_its_effort_and_what_one_refuses_another_is_still_sent(
    server: FaultyModelServer, client: OpenAIClient
) -> None:
    asked = [replace(REQUEST, model=model, effort="low") for model in ("large", "large", "deep")]
    server.script(Fault.REFUSES_EFFORT)
    for request in asked:
        async with client.stream(request) as events:
            assert [event async for event in events]
    sent = [(seen.body["model"], seen.body.get("reasoning_effort")) for seen in server.seen]
    assert sent == [("large", "low"), ("large", None), ("large", None), ("deep", "low")]


@pytest.mark.parametrize("fault", [Fault.REFUSES_STREAM_OPTIONS, Fault.REFUSES_MAX_TOKENS])
async def test_answers_asked_at_once_agree_on_what_the_server_takes(
    server: FaultyModelServer, client: OpenAIClient, fault: Fault
) -> None:
    server.script(*[fault] * 100)
    answers = await asyncio.gather(*(answer(client) for _ in range(5)))
    assert [text_of(events) for events in answers] == ["".join(WORDS)] * 5
    assert len(server.seen) == 10


async def test_a_context_too_long_is_not_taken_for_a_refused_option(server: FaultyModelServer, client: OpenAIClient) -> None:
    server.script(Fault.TOO_LONG_VLLM)
    with pytest.raises(errors.ContextTooLong):
        await answer(client)
    assert len(server.seen) == 1


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


async def test_a_base_url_without_a_key_sends_a_placeholder(server: FaultyModelServer, client: OpenAIClient) -> None:
    await answer(client)
    assert server.seen[0].headers["Authorization"] == "Bearer no-key"


async def test_a_key_that_no_header_can_hold_is_a_bad_key(server: FaultyModelServer) -> None:
    client = OpenAIClient("test-model", api_key="\u043a\u043b\u044e\u0447", base_url=server.base_url)
    with pytest.raises(errors.BadKey):
        await answer(client)
    await client.close()


@pytest.mark.parametrize(
    ("base_url", "host", "name"),
    [
        (None, "api.openai.com", "max_completion_tokens"),
        ("https://api.openai.com/v1/", "api.openai.com", "max_completion_tokens"),
        ("http://localhost:11434/v1", "localhost", "max_tokens"),
    ],
)
async def test_the_address_decides_whom_people_trust_and_how_a_limit_is_called(
    base_url: str | None, host: str, name: str
) -> None:
    client = OpenAIClient("test-model", api_key="made-up", base_url=base_url)
    await client.close()
    assert client.host == host
    assert name in client._first.options(ModelRequest(messages=(), max_output_tokens=64))


@pytest.mark.parametrize(
    ("base_url", "host", "name"),
    [(None, "api.openai.com", "max_completion_tokens"), ("https://elsewhere.example/v1", "elsewhere.example", "max_tokens")],
)
async def test_by_way_of_a_stand_it_stays_the_endpoint_that_is_named(
    server: FaultyModelServer, base_url: str | None, host: str, name: str
) -> None:
    client = OpenAIClient("test-model", api_key="made-up", base_url=base_url, via=server.base_url)
    await answer(client)
    await client.close()
    assert (client.host, client.label) == (host, None)
    assert server.seen[0].body[name] == 64
    assert server.seen[0].headers["Authorization"] == "Bearer made-up"


async def test_the_way_to_a_stand_needs_no_proxy(server: FaultyModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    client = await connect(model=None, api_key=None, base_url=None, via=server.base_url)
    assert text_of(await answer(client)) == "".join(WORDS)
    await client.close()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.HTML, errors.Malformed),
        (Fault.WHOLE, errors.Malformed),
        (Fault.BAD_KEY, errors.BadKey),
        (Fault.BAD_GATEWAY, errors.Overloaded),
        (Fault.CUT_BEFORE_HEAD, errors.Unreachable),
    ],
)
async def test_a_list_of_models_that_fails_says_how(
    server: FaultyModelServer, client: OpenAIClient, fault: Fault, kind: type[ModelError]
) -> None:
    server.script_list(fault, fault)  # the transport asks once more by itself where a GET is cut
    with pytest.raises(kind):
        await client.list_models()


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


async def test_an_endpoint_without_a_model_is_told_so() -> None:
    async with FaultyModelServer(()) as server:
        with pytest.raises(NoModelChosen, match="names no model"):
            await connect(model=None, api_key=None, base_url=server.base_url)


async def test_a_model_that_is_named_is_taken_without_asking() -> None:
    client = await connect(model="mine", api_key=None, base_url="http://127.0.0.1:9/v1")
    await client.close()
    assert client.name == "mine"
