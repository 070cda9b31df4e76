"""Each failure of a model, as a person sees it: one sentence, and a way on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.config import AgentConfig
from agent.deadlines import Deadlines
from agent.openai_client import OpenAIClient
from playground.faulty_answers import Fault
from playground.faulty_model import FaultyModelServer
from tests.e2e.team import Team, a_team, is_ended

TRIED_AGAIN = (Fault.RATE_LIMITED, Fault.OVERLOADED, Fault.CUT_AT_ONCE)
QUICK = AgentConfig(backoff=0.01, longest_wait=1.5, deadlines=Deadlines(0.3, 0.3, 5.0))


@pytest.fixture
async def team(tmp_path: Path, server: FaultyModelServer) -> AsyncIterator[Team]:
    model = OpenAIClient("test-model", base_url=server.base_url)
    async with a_team(tmp_path, model=model, config=QUICK) as running:
        yield running
    await model.close()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.BAD_KEY, "doesn't accept this bot's key"),
        (Fault.NO_SUCH_MODEL, "isn't there"),
        (Fault.RATE_LIMITED, "too many requests"),
        (Fault.NO_CREDIT, "out of credit"),
        (Fault.OVERLOADED, "overloaded"),
        (Fault.TOO_LONG, "too long for this model"),
        (Fault.REFUSED_IN_WORDS, "I can't help with that"),
        (Fault.CUT_AT_ONCE, "was cut"),
        (Fault.STALLED_BEFORE, "stopped responding"),
        (Fault.NOT_JSON, "can't read"),
        (Fault.EMPTY, "empty answer"),
    ],
)
async def test_a_failure_is_one_sentence_with_retry(team: Team, server: FaultyModelServer, fault: Fault, words: str) -> None:
    server.script(*[fault] * (QUICK.attempts if fault in TRIED_AGAIN else 1))
    failed = await team.ask(team.ann, "hello")
    assert words in failed.text
    assert [b.label for b in failed.buttons] == ["Retry"]
    again = await (await team.ann.press(failed, "Retry")).message(is_ended)
    assert "Hello from the faulty model." in again.text


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.CUT, "was cut"),
        (Fault.NO_FINISH, "was cut"),
        (Fault.LENGTH, "length limit"),
        (Fault.STALLED_BETWEEN, "stopped responding"),
    ],
)
async def test_what_came_before_a_cut_stays_and_is_marked(
    team: Team, server: FaultyModelServer, fault: Fault, words: str
) -> None:
    server.script(fault)
    cut = await team.ask(team.ann, "hello")
    assert cut.text.startswith("Hello from")
    assert words in cut.text
    assert [b.label for b in cut.buttons] == ["Reply", "Finish the answer", "Retry", "More…"]


async def test_a_passing_failure_is_told_while_it_waits_and_then_answered(team: Team, server: FaultyModelServer) -> None:
    server.script(Fault.UNAVAILABLE)
    answer = await team.ask(team.ann, "hello")
    assert "Hello from the faulty model." in answer.text
    assert any("trying again" in version.content for version in answer.history)


async def test_retry_goes_from_an_answer_once_the_talk_has_gone_on(team: Team, server: FaultyModelServer) -> None:
    server.script(Fault.CUT)
    cut = await team.ask(team.ann, "hello")
    await team.ask(team.ann, "never mind")
    await team.ann.wait_for(lambda m: m.id == cut.id and [b.label for b in m.buttons] == ["Reply", "More…"])


async def test_a_service_that_stalls_is_not_taken_for_one_that_is_down(team: Team, server: FaultyModelServer) -> None:
    people = [team.discord.add_person(f"person {number}") for number in range(7)]
    server.script(*[Fault.STALLED_BEFORE] * len(people))
    stalled = await asyncio.gather(*(team.ask(who, "hello") for who in people))
    assert all("stopped responding" in answer.text for answer in stalled)
    server.forget_script()  # on a busy machine one may have been given up before the server saw it
    assert "Hello from the faulty model." in (await team.ask(team.ann, "hello")).text


async def test_a_service_that_is_down_is_told_of_at_once_until_somebody_finds_it_well(
    team: Team, server: FaultyModelServer
) -> None:
    server.script(*[Fault.UNAVAILABLE] * 6)
    await team.ask(team.ann, "one")
    failed = await team.ask(team.bob, "two")
    assert "has been down since <t:" in failed.text
    assert "Your message is kept" in failed.text
    assert [b.label for b in failed.buttons] == ["Try now"]
    again = await (await team.bob.press(failed, "Try now")).message(is_ended)
    assert "has been down since" in again.text
    well = await (await team.bob.press(again, "Try now")).message(is_ended)
    assert "Hello from the faulty model." in well.text
