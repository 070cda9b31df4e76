"""Sessions that name themselves after the first exchange, as people see it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.model import Finish, FinishReason, ModelEvent, ModelRequest, Text
from agent.titles import INSTRUCTIONS
from tests.e2e.team import Gate, Team, a_team

ELSEWHERE = "http://127.0.0.1:9/v1"
"""Nobody is there; a test's model answers in its place."""


class Namer(Gate):
    """A gate that is asked for names too, and gives them once it may."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.wanted, self.may = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        if request.messages[0].content == INSTRUCTIONS:
            yield self._name()
        else:
            async with super().stream(request) as events:
                yield events

    async def _name(self) -> AsyncIterator[ModelEvent]:
        self.wanted.set()
        await self.may.wait()
        yield Text(self.title)
        yield Finish(FinishReason.STOP)


async def all_named() -> None:
    """Wait until no title is on its way."""
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith("title-")))


async def panel(team: Team) -> str:
    return (await (await team.ann.slash(team.general, "sessions")).message()).text


async def test_until_the_name_is_there_the_first_message_stands_for_it(tmp_path: Path) -> None:
    model = Namer("“Fehler bei der Anmeldung.”")
    async with a_team(tmp_path, model=model, titles=True, openai_base_url=ELSEWHERE) as team:
        await team.ask(team.ann, "Warum geht der Login nicht?")
        await model.wanted.wait()
        assert "**1** · Warum geht der Login nicht? · 2 messages" in await panel(team)
        again = await team.ask(team.ann, "and the next prompt does not wait")
        assert again.text.startswith("echo: and the next")
        model.may.set()
        await all_named()
        assert "**1** · Fehler bei der Anmeldung · 4 messages" in await panel(team)
        assert "-# 1 · Fehler bei der Anmeldung" in (await team.ask(team.ann, "thanks")).text
        assert [c.name for c in await team.ann.autocomplete(team.general, "open", session="anmeldung")] == [
            "1 · Fehler bei der Anmeldung"
        ]


async def test_what_a_model_puts_into_a_name_has_no_effect(tmp_path: Path) -> None:
    model = Namer("[Click](https://example.com) @everyone <@1> ~~now~~")
    model.may.set()
    async with a_team(tmp_path, model=model, titles=True, openai_base_url=ELSEWHERE) as team:
        await team.ask(team.ann, "hello")
        await all_named()
        opened = await (await team.ann.slash(team.general, "open")).message()
        for shown in (await panel(team), opened.text, (await team.ask(team.ann, "more")).text):
            assert "Click" in shown
            assert not any(live in shown for live in ("](https://", "@everyone", " <@1>", " ~~now"))


async def test_a_persons_own_name_is_never_replaced(tmp_path: Path) -> None:
    model = Namer("The model's")
    async with a_team(tmp_path, model=model, titles=True, openai_base_url=ELSEWHERE) as team:
        await team.ask(team.ann, "hello")
        await model.wanted.wait()
        await (await team.ann.slash(team.general, "rename", name="Mine")).message()
        model.may.set()
        await all_named()
        assert "**1** · Mine · " in await panel(team)


async def test_the_bot_ends_in_good_order_while_a_name_is_awaited(tmp_path: Path) -> None:
    model = Namer("Too late")
    async with a_team(tmp_path, model=model, titles=True, openai_base_url=ELSEWHERE) as team:
        await team.ask(team.ann, "hello")
        await model.wanted.wait()
        await team.restart()
        assert "**1** · hello · " in await panel(team)


async def test_the_builtin_model_is_not_asked_and_a_plain_rule_names(tmp_path: Path) -> None:
    model = Namer("never")
    async with a_team(tmp_path, model=model, titles=True) as team:
        await team.ask(team.ann, "Please tell me all there is to say about cupboards.")
        await all_named()
        assert "**1** · Please tell me all there is… · " in await panel(team)
        assert not model.wanted.is_set()


@pytest.mark.parametrize("address", [ELSEWHERE, None])
async def test_switched_off_nothing_is_named(tmp_path: Path, address: str | None) -> None:
    model = Namer("never")
    async with a_team(tmp_path, model=model, titles=False, openai_base_url=address) as team:
        await team.ask(team.ann, "Please tell me all there is to say about cupboards.")
        assert not any(task.get_name().startswith("title-") for task in asyncio.all_tasks())
        assert "**1** · Please tell me all there is to say about" in await panel(team)
