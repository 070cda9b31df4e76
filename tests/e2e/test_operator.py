"""What the one who runs the bot is told, and when: once as it begins, once as it is over."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.config import AgentConfig
from agent.openai_client import OpenAIClient
from playground.faulty_answers import Fault
from playground.faulty_model import FaultyModelServer
from playground.standin import Message, Person
from storage.records import Actor, Prompt, Source, SourceKind, Spent, TurnState
from tests.e2e.team import Team, a_team

QUICK = AgentConfig(backoff=0.01, longest_wait=0.05)


@asynccontextmanager
async def with_an_operator(folder: Path, server: FaultyModelServer) -> AsyncGenerator[tuple[Team, Person]]:
    """A team whose operator is Olga, who is in the same server. Her id is known once she is there, so the bot starts anew."""
    model = OpenAIClient("test-model", base_url=server.base_url)
    async with a_team(folder, model=model, config=QUICK) as team:
        olga = team.discord.add_person("Olga")
        team.settings = team.settings.model_copy(update={"operator_id": olga.id})
        await team.end()
        await team.start()
        yield team, olga
    await model.close()


@pytest.fixture
async def team_and_olga(tmp_path: Path, server: FaultyModelServer) -> AsyncIterator[tuple[Team, Person]]:
    async with with_an_operator(tmp_path, server) as both:
        yield both


async def told(olga: Person, words: str) -> Message:
    return await olga.wait_for(lambda m: words in m.text, channel=olga.dm)


def messages(olga: Person) -> list[str]:
    return [m.text.splitlines()[0] for m in olga.sees(olga.dm)]


@pytest.mark.parametrize(
    ("fault", "began", "over"),
    [
        (Fault.BAD_KEY, "doesn't accept my key", "accepts my key again"),
        (Fault.NO_SUCH_MODEL, "doesn't have the model I'm set to", "is there again"),
        (Fault.NO_CREDIT, "out of credit", "has credit again"),
    ],
)
async def test_of_what_only_they_can_mend_they_hear_once_and_people_read_so(
    team_and_olga: tuple[Team, Person], server: FaultyModelServer, fault: Fault, began: str, over: str
) -> None:
    team, olga = team_and_olga
    server.script(fault, fault, fault)
    for who in (team.ann, team.bob):
        failed = await team.ask(who, "hello")
        assert "Only Cubby's operator can fix this; they've been told. Your message is kept." in failed.text
    await told(olga, began)
    await team.end()
    await team.start()
    await team.ask(team.ann, "still?")
    await team.ask(team.bob, "and now?")
    await told(olga, over)
    assert len(messages(olga)) == 2


async def test_of_a_service_that_is_down_until_it_is_well(
    team_and_olga: tuple[Team, Person], server: FaultyModelServer
) -> None:
    team, olga = team_and_olga
    server.script(*[Fault.UNAVAILABLE] * 5)
    await team.ask(team.ann, "one")
    failed = await team.ask(team.bob, "two")
    assert "<t:" in (await told(olga, "has been down since")).text
    await team.bob.press(failed, "Try now")
    await told(olga, "is well again")
    assert len(messages(olga)) == 2


async def test_of_a_days_budget_that_is_nearly_used(team_and_olga: tuple[Team, Person]) -> None:
    team, olga = team_and_olga
    assert team.bot is not None
    store, ann = team.bot.store, Actor(team.ann.id)
    session = await store.sessions.create(ann)
    source = Source(kind=SourceKind.INTERACTION, id=1, channel_id=1)
    turn = await store.turns.submit(ann, session.id, Prompt(text="much", source=source), TurnState.ASKED)
    await store.turns.end(ann, turn.id, TurnState.COMPLETED, text="more", spent=Spent(input_tokens=80_000))
    team.config = AgentConfig(day_tokens_all=100_000)
    await team.end()
    await team.start()
    await team.ask(team.ann, "hello")
    assert "<t:" in (await told(olga, "Four fifths of everybody's tokens")).text


async def test_who_cannot_be_reached_is_not_said_to_know(
    team_and_olga: tuple[Team, Person], server: FaultyModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    team, olga = team_and_olga
    olga.close_dms()
    server.script(Fault.BAD_KEY, Fault.BAD_KEY)
    await team.ask(team.ann, "hello")
    async with asyncio.timeout(10):
        while "does not let me write to OPERATOR_ID" not in caplog.text:  # noqa: ASYNC110 - the log is all that tells
            await asyncio.sleep(0.01)
    failed = await team.ask(team.bob, "hello")
    assert "Only Cubby's operator can fix this. Your message is kept." in failed.text


async def test_without_an_operator_nobody_is_said_to_know(tmp_path: Path, server: FaultyModelServer) -> None:
    model = OpenAIClient("test-model", base_url=server.base_url)
    async with a_team(tmp_path, model=model, config=QUICK) as team:
        server.script(Fault.BAD_KEY)
        failed = await team.ask(team.ann, "hello")
        assert "Only Cubby's operator can fix this. Your message is kept." in failed.text
    await model.close()
