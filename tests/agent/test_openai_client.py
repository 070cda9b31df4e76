"""The real openai client against the faulty server: every failure by its own name, and what a server refuses is left out."""

import asyncio
import socket
from dataclasses import replace

import pytest

from agent import errors
from agent.deadlines import Deadlines, within_deadlines
from agent.errors import ModelError
from agent.model import Finish, FinishReason, Message, ModelEvent, ModelRequest, Text, Thinking, Tokens
from agent.openai_client import OpenAIClient
from playground.faulty_answers import WORDS, Fault
from playground.faulty_model import FaultyModelServer

REQUEST = ModelRequest(messages=[Message("system", "Be brief."), Message("user", "hi")], max_output_tokens=64)


async def answer(client: OpenAIClient) -> list[ModelEvent]:
    async with client.stream(REQUEST) as events:
        return [event async for event in events]


async def answer_within(client: OpenAIClient, deadlines: Deadlines) -> list[ModelEvent]:
    async with client.stream(REQUEST) as events:
        return [event async for event in within_deadlines(events, deadlines)]


def text_of(events: list[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Text))


async def test_a_server_that_does_not_run_is_told_by_what_the_system_says() -> None:
    with socket.socket() as held:  # bound, so that nobody else takes it, and not listened at
        held.bind(("127.0.0.1", 0))
        client = OpenAIClient("test-model", base_url=f"http://127.0.0.1:{held.getsockname()[1]}/v1")
        with pytest.raises(errors.Unreachable, match="ConnectionRefusedError"):
            await client.list_models()
        with pytest.raises(errors.Unreachable, match="ConnectionRefusedError"):
            await answer(client)
        await client.close()


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
