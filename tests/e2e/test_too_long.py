"""A server that finds a context too long, over the real model client: room is made and it is asked once more, never again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.compaction import INSTRUCTIONS
from agent.config import AgentConfig
from agent.openai_client import OpenAIClient
from delivery.summing import SUMMED, UNSUMMARISED
from playground.faulty_answers import Fault
from playground.faulty_model import FaultyModelServer
from tests.e2e.team import Team, a_team

LONG = "word " * 390
SAID = "Hello from the faulty model."
EXCHANGES = 6
WORDINGS = (Fault.TOO_LONG, Fault.TOO_LONG_LLAMA, Fault.TOO_LONG_VLLM, Fault.TOO_LONG_OLLAMA, Fault.TOO_LARGE)
ROOMY = AgentConfig(context_tokens=8192, reply_reserve=1024, backoff=0.01, longest_wait=0.01)


@pytest.fixture
async def team(tmp_path: Path, server: FaultyModelServer) -> AsyncIterator[Team]:
    model = OpenAIClient("test-model", base_url=server.base_url)
    async with a_team(tmp_path, model=model, config=ROOMY) as running:
        for number in range(EXCHANGES):
            await running.ask(running.ann, f"q{number} {LONG}")
        yield running
    await model.close()


def asked(server: FaultyModelServer) -> tuple[int, int]:
    """How often an answer was asked for since the session was filled, and how often a summary."""
    since = server.seen[EXCHANGES:]
    summaries = sum(seen.body["messages"][0]["content"] == INSTRUCTIONS for seen in since)
    return len(since) - summaries, summaries


@pytest.mark.parametrize("fault", WORDINGS, ids=[fault.name for fault in WORDINGS])
async def test_in_whichever_words_room_is_made_and_it_is_asked_once_more(
    team: Team, server: FaultyModelServer, fault: Fault
) -> None:
    server.script(fault)
    answer = await team.ask(team.ann, "and now?")
    assert (answer.text.startswith(SAID), answer.text.count(SUMMED)) == (True, 1)
    answers, summaries = asked(server)
    assert (answers, summaries > 0) == (2, True)
    first, last = (sum(len(m["content"]) for m in server.seen[nth].body["messages"]) for nth in (EXCHANGES, -1))
    assert last < first / 2
    assert server.seen[-1].body["messages"][-1]["content"].endswith("and now?")


@pytest.mark.parametrize("fault", WORDINGS, ids=[fault.name for fault in WORDINGS])
async def test_whatever_it_is_given_if_it_stays_too_long_that_is_told_once_and_not_tried_for_ever(
    team: Team, server: FaultyModelServer, fault: Fault
) -> None:
    server.script(*[fault] * 20)
    failed = await team.ask(team.ann, "and now?")
    assert "too long for this model" in failed.text
    assert asked(server) == (2, 1)
    assert [button.label for button in failed.buttons] == ["Retry"]
    server.forget_script()
    assert SAID in (await team.ask(team.ann, "still there?")).text


async def test_without_a_summary_the_oldest_is_left_out_for_the_second_try_and_that_is_said(
    team: Team, server: FaultyModelServer
) -> None:
    server.script(Fault.TOO_LONG, Fault.SERVER_ERROR)
    answer = await team.ask(team.ann, "and now?")
    assert (answer.text.startswith(SAID), answer.text.count(UNSUMMARISED)) == (True, 1)
    assert asked(server) == (2, 1)
