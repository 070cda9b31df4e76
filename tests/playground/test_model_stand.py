"""The model stand without a server behind it, spoken to by a plain HTTP client: what it answers, and every switch of it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import aiohttp
import pytest

from playground.faulty_answers import Fault
from playground.model_faults import LABELS
from playground.model_stand import FEW, ModelStand
from tests.playground.broken import until_broken

ANSWER = "One two three four five six seven eight nine ten eleven twelve.\n\nThe  end. "
ASKED: dict[str, Any] = {
    "model": "any",
    "stream": True,
    "stream_options": {"include_usage": True},
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi there"}],
}
STALLS = [fault for fault in Fault if fault.name.startswith(("STALLED", "PINGING"))]


def answer(messages: Sequence[Mapping[str, str]]) -> str:
    assert messages[-1] == {"role": "user", "content": "hi there"}
    return ANSWER


@pytest.fixture
async def stand() -> AsyncIterator[ModelStand]:
    async with ModelStand(answer, pace=0, slow=0.01) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def ask(http: aiohttp.ClientSession, stand: ModelStand, **more: Any) -> tuple[int, str]:
    async with http.post(f"{stand.base_url}/chat/completions", json={**ASKED, **more}) as response:
        return response.status, await response.text()


def chunks(stream: str) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: {")]


def deltas(stream: str) -> list[str]:
    return [choice["delta"]["content"] for each in chunks(stream) for choice in each["choices"] if "content" in choice["delta"]]


async def test_an_answer_comes_in_words_with_reason_usage_and_end(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    status, stream = await ask(http, stand)
    assert (status, "".join(deltas(stream))) == (200, ANSWER)
    assert len(deltas(stream)) == len(ANSWER.split())
    assert [choice["finish_reason"] for each in chunks(stream) for choice in each["choices"]][-1] == "stop"
    assert chunks(stream)[-1]["usage"] == {"prompt_tokens": 17 // 4, "completion_tokens": len(ANSWER) // 4}
    assert stream.endswith("data: [DONE]\n\n")


async def test_usage_comes_only_to_who_asks(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{stand.base_url}/chat/completions", json={"messages": ASKED["messages"]}) as response:
        assert "usage" not in await response.text()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"messages": 1}', b'{"messages": ["hi"]}', b'{"messages": [{}]}'])
async def test_what_is_no_request_is_an_error(stand: ModelStand, http: aiohttp.ClientSession, body: bytes) -> None:
    async with http.post(f"{stand.base_url}/chat/completions", data=body) as response:
        assert response.status == 400


async def test_a_web_page_is_refused(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    headers = {"Origin": "http://127.0.0.1:8765"}
    async with http.post(f"{stand.base_url}/chat/completions", json=ASKED, headers=headers) as response:
        assert response.status == 403


async def test_the_list_has_one_model_while_answers_fail(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    stand.mode = Fault.BAD_KEY
    async with http.get(f"{stand.base_url}/models") as response:
        assert len((await response.json())["data"]) == 1


async def test_not_reachable_cuts_answers_and_the_list(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    stand.mode = Fault.CUT_BEFORE_HEAD
    with pytest.raises(aiohttp.ClientConnectionError):
        await ask(http, stand)
    with pytest.raises(aiohttp.ClientConnectionError):
        await http.get(f"{stand.base_url}/models")


async def test_a_mode_lasts_until_it_is_another(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    stand.mode = Fault.OVERLOADED
    assert [(await ask(http, stand))[0] for _ in range(3)] == [529] * 3
    stand.mode = Fault.NONE
    assert (await ask(http, stand))[0] == 200


async def test_words_come_at_the_pace_of_the_mode(http: aiohttp.ClientSession) -> None:
    loop = asyncio.get_running_loop()
    async with ModelStand(answer, pace=0.001, slow=0.02) as stand:
        started = loop.time()
        await ask(http, stand)
        middle = loop.time()
        stand.mode = Fault.SLOW
        await ask(http, stand)
    assert loop.time() - middle >= 0.02 * len(ANSWER.split()) > middle - started


async def test_a_cut_lets_the_first_words_through(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    stand.mode = Fault.CUT
    came, broke = await until_broken(http, stand.base_url, json.dumps(ASKED).encode())
    assert broke
    assert deltas(came.decode()) == re.findall(r"\s*\S+\s*", ANSWER)[:FEW]


@pytest.mark.parametrize("fault", STALLS)
async def test_what_has_stalled_goes_on_whole_once_all_is_well(
    stand: ModelStand, http: aiohttp.ClientSession, fault: Fault
) -> None:
    stand.mode = fault
    asking = asyncio.create_task(ask(http, stand), name="asking")
    await asyncio.sleep(0.1)
    assert not asking.done()
    stand.mode = Fault.NONE
    _, stream = await asking
    assert "".join(deltas(stream)) == ANSWER
    assert '"finish_reason": "stop"' in stream


async def test_a_list_that_stalls_goes_on(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    stand.mode = Fault.STALLED_BEFORE_HEAD
    asking = asyncio.create_task(http.get(f"{stand.base_url}/models").__aenter__(), name="asking")
    await asyncio.sleep(0.05)
    assert not asking.done()
    stand.mode = Fault.NONE
    assert (await asking).status == 200


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in STALLS])
async def test_every_fault_ends_for_a_plain_client(stand: ModelStand, http: aiohttp.ClientSession, fault: Fault) -> None:
    stand.mode = fault
    try:
        await ask(http, stand, max_tokens=5)
    except aiohttp.ClientError:
        assert fault.name.startswith("CUT")


async def test_a_whole_answer_has_the_answers_own_words(stand: ModelStand, http: aiohttp.ClientSession) -> None:
    stand.mode = Fault.WHOLE
    _, text = await ask(http, stand)
    assert json.loads(text)["choices"][0]["message"]["content"] == ANSWER


async def test_leaving_ends_what_has_stalled() -> None:
    async with aiohttp.ClientSession() as http:
        async with ModelStand(answer) as stand:
            stand.mode = Fault.STALLED_BEFORE
            response = await http.post(f"{stand.base_url}/chat/completions", json=ASKED)
        with pytest.raises(aiohttp.ClientError):
            await http.get(stand.base_url)
        response.close()


@pytest.mark.parametrize("given", [{}, {"answer": answer, "upstream": "http://127.0.0.1:9/v1"}])
def test_it_answers_or_passes_on_and_never_both(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either"):
        ModelStand(**given)


def test_every_fault_can_be_chosen_by_a_label_of_its_own() -> None:
    assert set(LABELS) == set(Fault)
    assert len(set(LABELS.values())) == len(LABELS)
    assert all(3 <= len(label) <= 45 for label in LABELS.values())
