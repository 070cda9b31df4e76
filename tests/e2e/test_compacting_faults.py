"""A summary that fails over the real model client: said once, answered all the same, and nothing stays open or uncounted."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.compaction import INSTRUCTIONS
from agent.config import AgentConfig
from agent.openai_client import OpenAIClient
from cogs.compacting import FAILED
from delivery.summing import SUMMED, TRIMMED, UNSUMMARISED
from playground.faulty_answers import USAGE, Fault
from playground.faulty_model import FaultyModelServer, Seen
from playground.standin import Message
from storage.records import Actor, SessionInfo
from tests.agent.people import tasks
from tests.e2e.team import Team, a_team, ended

LONG = "word " * 390
ASKED = 5
"""Messages of that length after which another one does not fit."""
PATIENT = AgentConfig(
    context_tokens=1950,
    reply_reserve=50,
    backoff=0.01,
    longest_wait=0.01,
    summary_seconds=30.0,
)
QUICK = replace(PATIENT, summary_seconds=0.5)
SAID = "Hello from the faulty model."
COUNTED = USAGE["prompt_tokens"] + USAGE["completion_tokens"]

FAULTS = {
    Fault.SERVER_ERROR: 0,
    Fault.RATE_LIMITED: 0,
    Fault.CUT_BEFORE_HEAD: 0,
    Fault.CUT_AT_ONCE: 0,
    Fault.CUT: None,
    Fault.ERROR_AFTER_TEXT: None,
    Fault.NO_FINISH: None,
    Fault.EMPTY: COUNTED,
    Fault.FILTERED: COUNTED,
    Fault.REFUSED_IN_WORDS: COUNTED,
    Fault.REFUSED_AFTER_TEXT: COUNTED,
    Fault.TOO_LONG: 0,
    Fault.NOT_JSON: 0,
    Fault.NOT_AN_OBJECT: 0,
    Fault.HTML: 0,
    Fault.ERROR_WITH_200: 0,
}
"""What a summary meets, and the tokens that the server counted for it; `None` where it wrote and did not count."""
SILENT = (Fault.STALLED_BEFORE_HEAD, Fault.STALLED_BEFORE, Fault.PINGING, Fault.STALLED_BETWEEN)


@pytest.fixture
def config() -> AgentConfig:
    return PATIENT


@pytest.fixture
async def team(tmp_path: Path, server: FaultyModelServer, config: AgentConfig) -> AsyncIterator[Team]:
    model = OpenAIClient("test-model", base_url=server.base_url)
    async with a_team(tmp_path, model=model, config=config) as running:
        yield running
    await model.close()


def is_for_summary(seen: Seen) -> bool:
    return seen.body["messages"][0]["content"] == INSTRUCTIONS


def summaries(server: FaultyModelServer) -> list[bool]:
    """Of each request, whether it was for a summary."""
    return [is_for_summary(seen) for seen in server.seen]


async def filled(team: Team, server: FaultyModelServer) -> None:
    """Ann's session until the next long message does not fit any more."""
    for number in range(ASKED):
        await team.ask(team.ann, f"q{number} {LONG}")
    assert summaries(server) == [False] * ASKED


async def session(team: Team) -> SessionInfo:
    assert team.bot is not None
    return await team.bot.store.sessions.find(Actor(team.ann.user.id), 1)


async def texts(team: Team) -> list[str]:
    assert team.bot is not None
    return [entry.text for entry in await team.bot.store.transcripts.path(Actor(team.ann.user.id), (await session(team)).id)]


async def spent(team: Team) -> int:
    assert team.bot is not None
    return await team.bot.store.turns.spent(Actor(team.ann.user.id), datetime.now(UTC).date())


async def said_once(team: Team, server: FaultyModelServer, answer: Message) -> None:
    """The answer came from the newer messages and says so once; the words are there; no connection or task is left."""
    assert answer.text.startswith(SAID)
    assert answer.text.count(UNSUMMARISED) == 1
    assert not any(other in answer.text for other in (SUMMED, TRIMMED))
    assert sum(UNSUMMARISED in seen.text for seen in team.ann.sees(team.general)) == 1
    assert [text[:2] for text in await texts(team)] == [text for number in range(ASKED + 1) for text in (f"q{number}", "He")]
    assert summaries(server) == [False] * ASKED + [True, False]
    assert [name for name in tasks() if name != "idle-sessions"] == []
    await server.until_ended()
    await server.until_connections(1)


@pytest.mark.parametrize(("fault", "counted"), FAULTS.items(), ids=[fault.name for fault in FAULTS])
async def test_a_summary_that_fails_is_told_once_and_the_answer_comes_without_the_oldest(
    team: Team, server: FaultyModelServer, fault: Fault, counted: int | None
) -> None:
    await filled(team, server)
    before = await spent(team)
    server.script(fault)
    await said_once(team, server, await team.ask(team.ann, f"q{ASKED} {LONG}"))
    took = await spent(team) - before - COUNTED
    assert took == counted if counted is not None else took > COUNTED
    again = await team.ask(team.ann, LONG)
    assert not any(said in again.text for said in (UNSUMMARISED, TRIMMED))
    assert summaries(server) == [False] * ASKED + [True, False, False]  # it is not tried again at once


@pytest.mark.parametrize("config", [QUICK])
@pytest.mark.parametrize("fault", SILENT, ids=[fault.name for fault in SILENT])
async def test_a_summary_that_hangs_is_given_up_and_the_answer_comes(
    team: Team, server: FaultyModelServer, fault: Fault
) -> None:
    await filled(team, server)
    server.script(fault)
    await said_once(team, server, await team.ask(team.ann, f"q{ASKED} {LONG}"))
    assert server.seen[ASKED].left_early


@pytest.mark.parametrize("fault", SILENT, ids=[fault.name for fault in SILENT])
async def test_stop_ends_a_summary_that_hangs_at_once_and_the_next_message_makes_room(
    team: Team, server: FaultyModelServer, fault: Fault
) -> None:
    await filled(team, server)
    server.script(fault)
    asked = await team.ann.slash(team.general, "ask", prompt=f"q{ASKED} {LONG}")
    making = await asked.message(lambda m: "Making room" in m.text)
    await server.until_seen(ASKED + 1)
    await team.ann.press(making, "Stop")
    stopped = await ended(asked)
    assert "Stopped" in stopped.text
    assert UNSUMMARISED not in stopped.text
    await server.until_ended()
    assert (server.seen[ASKED].left_early, summaries(server)) == (True, [False] * ASKED + [True])
    await server.until_connections(0)
    answer = await team.ask(team.ann, "and now?")
    assert (answer.text.startswith(SAID), answer.text.count(SUMMED)) == (True, 1)
    assert (await texts(team))[-4:] == [f"q{ASKED} {LONG}".strip(), "", "and now?", SAID]


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.RATE_LIMITED, Fault.CUT, Fault.EMPTY, Fault.NOT_JSON])
async def test_by_hand_it_is_told_once_that_it_failed_and_that_nothing_was_changed(
    team: Team, server: FaultyModelServer, fault: Fault
) -> None:
    for text in ("one", "two"):
        await team.ask(team.ann, text)
    before = await texts(team)
    server.script(fault)
    shown = await (await team.ann.slash(team.general, "status")).message()
    modal = (await (await team.ann.press(shown, "Summarise…")).acknowledged()).modal
    assert modal is not None
    submitted = await team.ann.submit(modal, {"What matters most (optional)": ""})
    told = await submitted.message(lambda m: not m.loading and bool(m.text))
    assert told.text.startswith(FAILED.split("{}")[0])
    assert await texts(team) == before
    await server.until_ended()
    await server.until_connections(1)
