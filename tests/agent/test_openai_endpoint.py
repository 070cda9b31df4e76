"""Which endpoint the real openai client asks, with which key, and which of its models."""

import pytest

from agent import errors
from agent.errors import ModelError
from agent.model import ModelRequest
from agent.openai_client import NoModelChosen, OpenAIClient, connect
from playground.faulty_answers import WORDS, Fault
from playground.faulty_model import FaultyModelServer
from tests.agent.test_openai_client import answer, text_of


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
