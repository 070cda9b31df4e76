"""*Show thinking*: what the model thought, only where it told it, only when that is asked for, and for nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.model import ModelEvent, Thinking
from cogs.words import GONE
from playground.standin import Message
from tests.e2e.team import Gate, Team, a_team
from tests.e2e.test_more import more, told

SHOW = "Show thinking"


class Thinker(Gate):
    """Thinks aloud before it answers, except to what begins with "quick"."""

    thoughts = "first **this**, then that"

    async def _echo(self, text: str) -> AsyncIterator[ModelEvent]:
        if not text.startswith("quick"):
            yield Thinking(self.thoughts)
        async for event in super()._echo(text):
            yield event


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with a_team(tmp_path, model=Thinker()) as running:
        yield running


def labels(message: Message) -> list[str | None]:
    return [b.label for b in message.buttons]


async def test_the_thoughts_are_shown_for_who_asked_and_when_they_ask(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    assert "first" not in answer.text
    offered = await more(team, answer)
    shown = await told(await team.ann.press(offered, SHOW), offered)
    assert shown.text == "What the model thought before it answered in **1 · one**:\nfirst **this**, then that"
    assert shown.ephemeral


async def test_where_the_model_told_nothing_it_is_not_offered(team: Team) -> None:
    answer = await team.ask(team.ann, "quick")
    assert SHOW not in labels(await more(team, answer))


async def test_they_are_there_after_a_restart_under_an_older_answer_and_while_another_is_written(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    await team.ask(team.ann, "two")
    offered = await more(team, answer)
    await team.restart()
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    for _ in range(2):
        assert "then that" in (await told(await team.ann.press(offered, SHOW), offered)).text


async def test_long_ones_come_as_a_file(team: Team) -> None:
    assert isinstance(team.gate, Thinker)
    team.gate.thoughts = "a long thought. " * 480
    offered = await more(team, await team.ask(team.ann, "one"))
    sent = await (await team.ann.press(offered, SHOW)).message(lambda m: bool(m.attachments))
    assert [(a.filename, a.data) for a in sent.attachments] == [("thinking-1.md", team.gate.thoughts.strip().encode())]
    assert sent.ephemeral


async def test_nobody_else_sees_them_and_deleted_they_are_gone(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    custom_id = next(b.custom_id for b in offered.buttons if b.label == SHOW) or ""
    pressed = await team.bob.forge(custom_id, channel=team.general, message=offered)
    assert (await pressed.message()).text == GONE
    await (await team.ann.slash(team.general, "delete")).message()
    assert (await told(await team.ann.press(offered, SHOW), offered)).text == GONE


async def test_in_a_direct_message_and_a_temporary_session_too(team: Team) -> None:
    await (await team.ann.slash(team.ann.dm, "new", temporary=True)).message()
    await team.ann.press(await team.write(team.ann, "one"), "More…")
    offered = await team.ann.wait_for(lambda m: SHOW in labels(m), channel=team.ann.dm)
    await team.ann.press(offered, SHOW)
    await team.ann.wait_for(lambda m: "then that" in m.text, channel=team.ann.dm)
