"""`/settings`: each choice, and what the model's server is sent after it; what is gone, foreign, old or pressed twice."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.openai_client import OpenAIClient
from cogs.settings._instructions import CHANGED_MEANWHILE, KEPT, TAKEN_BACK
from cogs.words import GONE, NOTHING_OPEN
from playground.faulty_model import Fault, FaultyModelServer
from playground.standin import Invocation, Message, Modal
from storage.preferences import AUTO_ARCHIVE_DAYS, IN_MESSAGES, LONG_ANSWERS, MODEL
from storage.records import INSTRUCTIONS_LIMIT, Actor
from tests.e2e.team import Team, a_team

MODELS = ("usual", "large", "deep")


@asynccontextmanager
async def with_models(
    folder: Path, *, offers: str = "large=100000, deep", **settings: Any
) -> AsyncGenerator[tuple[Team, FaultyModelServer]]:
    """A team whose model is on a server, and who may choose among its models."""
    async with AsyncExitStack() as stack, FaultyModelServer(MODELS) as server:
        model = OpenAIClient("usual", base_url=server.base_url)
        stack.push_async_callback(model.close)
        async with a_team(folder, model=model, models=offers, effort_models="deep", **settings) as team:
            yield team, server


async def settings(team: Team, **options: Any) -> Message:
    return await (await team.ann.slash(team.general, "settings", **options)).message()


async def updated(invocation: Invocation) -> Message:
    shown = (await invocation.acknowledged()).updated
    assert shown is not None
    return shown


async def chosen(team: Team, panel: Message, value: str, verb: str = "setmodel") -> Message:
    custom_id = next(select.custom_id for select in panel.selects if select.custom_id.startswith(f"cubby:{verb}"))
    return await updated(await team.ann.choose(panel, value, custom_id=custom_id))


async def pressed(team: Team, panel: Message, label: str) -> Message:
    return await updated(await team.ann.press(panel, label))


async def opened(team: Team, panel: Message) -> Modal:
    modal = (await (await team.ann.press(panel, "Instructions")).acknowledged()).modal
    assert modal is not None
    return modal


async def written(team: Team, modal: Modal, text: str) -> Invocation:
    return await team.ann.submit(modal, {"What the model shall always know or do": text})


async def all_named() -> None:
    """Wait until no title is on its way."""
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith("title-")))


def asked(server: FaultyModelServer) -> list[str]:
    return [seen.body["model"] for seen in server.seen]


async def test_a_model_holds_for_the_next_message_for_one_session_or_for_all_and_after_a_restart(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        await team.ask(team.ann, "one")
        panel = await settings(team)
        assert panel.ephemeral
        assert "Model: **usual** · 8,192 tokens · the usual" in panel.text
        assert "Model: **large** · 100,000 tokens" in (await chosen(team, panel, "large")).text
        await team.ask(team.ann, "two")
        panel = await chosen(team, await pressed(team, panel, "Only for 1 · one"), "deep")
        assert "**deep** answers from your next message on." in panel.text
        await team.end()
        await team.start()
        await team.ask(team.ann, "three")
        await (await team.ann.slash(team.general, "new")).message()
        await team.ask(team.ann, "four")
        await team.ask(team.bob, "his")
        assert asked(server) == ["usual", "large", "deep", "large", "usual"]
        assert team.bot is not None
        latest = await team.bot.store.sessions.find(Actor(team.ann.user.id), 1)
        assert latest.model == "deep"


async def test_a_choice_is_taken_back(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        panel = await chosen(team, await chosen(team, await settings(team), "large"), "*")
        assert "the usual" in panel.text
        await team.ask(team.ann, "one")
        assert asked(server) == ["usual"]


async def test_the_option_chooses_too_and_completes_what_may_be_chosen(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        offered = await team.ann.autocomplete(team.general, "settings", model="E")
        assert [choice.value for choice in offered] == ["large", "deep"]
        assert (await settings(team, model="deep", only_here=True)).text == NOTHING_OPEN
        await team.ask(team.ann, "one")
        assert "**deep** answers from your next message on." in (await settings(team, model="deep", only_here=True)).text
        said = (await settings(team, model="large")).text
        assert "**large** answers from your next message on. **1 · one** keeps its own, **deep**." in said
        assert "gpt isn't offered here." in (await settings(team, model="gpt")).text
        await team.ask(team.ann, "two")
        assert asked(server) == ["usual", "deep"]


async def test_without_an_allow_list_only_the_operators_model_is_there(tmp_path: Path) -> None:
    async with with_models(tmp_path, offers="") as (team, _):
        panel = await settings(team)
        assert not [select for select in panel.selects if "setmodel" in select.custom_id]
        assert "isn't offered here" in (await settings(team, model="large")).text
        forged = await team.ann.forge(
            "cubby:setmodel:all", channel=team.general, message=panel, component_type=3, values=["large"]
        )
        assert "isn't offered any more, so nothing is changed" in (await updated(forged)).text
        assert team.bot is not None
        assert await team.bot.store.preferences.all(Actor(team.ann.user.id)) == {}


async def test_all_that_the_server_lists_can_be_offered_but_nothing_else(tmp_path: Path) -> None:
    async with with_models(tmp_path, offers="*") as (team, _):
        while "large" not in (offered := [o.value for o in (await settings(team)).selects[0].options]):
            pass
        assert offered == ["*", "usual", "deep", "large"]


async def test_a_server_that_gives_no_list_breaks_nothing(tmp_path: Path) -> None:
    async with FaultyModelServer(MODELS) as server:
        server.script_list(*[Fault.SERVER_ERROR] * 10)
        model = OpenAIClient("usual", base_url=server.base_url)
        async with a_team(tmp_path, model=model, models="large") as team:
            panel = await settings(team)
            assert [o.value for o in panel.selects[0].options] == ["*", "usual", "large"]
            await chosen(team, panel, "large")
            await team.ask(team.ann, "one")
            assert asked(server) == ["large"]
        await model.close()


async def test_a_model_gone_since_is_said_once_and_the_usual_one_answers(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        await chosen(team, await settings(team), "large")
        server.script(Fault.NO_SUCH_MODEL)
        first, second = await team.ask(team.ann, "one"), await team.ask(team.ann, "two")
        assert "large isn't offered any more, so the usual model is asked from now on." in first.text
        assert "isn't offered" not in second.text
        assert asked(server) == ["large", "usual", "usual"]
        assert "the usual" in (await settings(team)).text


async def test_a_model_that_the_operator_allows_no_more_is_said_once_and_never_asked(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        assert team.bot is not None
        await team.bot.store.preferences.set(Actor(team.ann.user.id), MODEL, "costly")
        assert "costly, which you chose, isn't offered any more." in (await settings(team)).text
        first, second = await team.ask(team.ann, "one"), await team.ask(team.ann, "two")
        assert "costly isn't offered any more" in first.text
        assert "isn't offered" not in second.text
        assert asked(server) == ["usual", "usual"]


async def test_instructions_go_out_in_their_order_and_are_taken_back(tmp_path: Path) -> None:
    async with with_models(tmp_path, system_prompt="Be brief.") as (team, server):
        await team.ask(team.ann, "one")
        panel = await settings(team)
        shown = await updated(await written(team, await opened(team, panel), "I am Ann."))
        assert KEPT in shown.text
        assert "> I am Ann." in shown.text
        await team.ask(team.ann, "two")
        panel = await pressed(team, panel, "Only for 1 · one")
        await updated(await written(team, await opened(team, panel), "Talk of cats."))
        await team.ask(team.ann, "three")
        await team.ask(team.bob, "his")
        assert TAKEN_BACK in (await updated(await written(team, await opened(team, panel), " \u200b "))).text
        await team.ask(team.ann, "four")
        told = [
            "Be brief.",
            "Be brief.\n\nI am Ann.",
            "Be brief.\n\nI am Ann.\n\nTalk of cats.",
            "Be brief.",
            "Be brief.\n\nI am Ann.",
        ]
        assert [seen.body["messages"][0]["content"] for seen in server.seen] == told


async def test_the_meter_counts_the_instructions_and_the_room_of_the_chosen_model(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, _):
        await team.ask(team.ann, "one")
        panel = await settings(team)
        before = (await (await team.ann.slash(team.general, "status")).message()).text
        await updated(await written(team, await opened(team, panel), "x" * INSTRUCTIONS_LIMIT))
        await chosen(team, panel, "large")
        meter = (await (await team.ann.slash(team.general, "status")).message()).text
        assert "instructions" in before
        assert "6,144 tokens" in before
        assert "97,952 tokens" in meter
        assert instructed(meter) > instructed(before) + 250


def instructed(meter: str) -> int:
    """How many tokens of instructions a meter shows."""
    return int(meter.partition("instructions ")[2].split(" ")[0])


async def test_two_panels_at_once_lose_nobodys_instructions(team: Team) -> None:
    one, two = await settings(team), await settings(team)
    first, second = await opened(team, one), await opened(team, two)
    await updated(await written(team, first, "I am Ann."))
    refused = await written(team, second, "Call me Annie.")
    assert (await refused.message(lambda m: m.text == CHANGED_MEANWHILE)).ephemeral
    await refused.message(lambda m: m.text.endswith("Call me Annie."))
    assert "> I am Ann." in (await settings(team)).text
    assert KEPT in (await updated(await written(team, first, "I am Ann."))).text


async def test_an_old_panel_says_and_does_what_holds(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        old, new = await settings(team), await settings(team)
        await chosen(team, new, "large")
        await pressed(team, new, "Long answers in messages")
        shown = await pressed(team, old, "Long answers in messages")
        assert "all in messages" in shown.text
        assert "Model: **large**" in shown.text
        await chosen(team, old, "*")
        await team.ask(team.ann, "one")
        assert asked(server) == ["usual"]


async def test_thinking_is_offered_for_models_that_can_be_told_and_sent(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        panel = await settings(team)
        assert "Thinking" not in panel.text
        panel = await chosen(team, await chosen(team, panel, "deep"), "high", "seteffort")
        assert "Thinking: high" in panel.text
        await team.ask(team.ann, "one")
        await chosen(team, panel, "large")
        await team.ask(team.ann, "two")
        assert [seen.body.get("reasoning_effort") for seen in server.seen] == ["high", None]


async def test_long_answers_names_and_the_archive_are_chosen_for_all_sessions(tmp_path: Path) -> None:
    async with with_models(tmp_path, titles=True) as (team, _):
        assert team.bot is not None
        ann, preferences = Actor(team.ann.user.id), team.bot.store.preferences
        panel = await pressed(team, await settings(team), "Long answers in messages")
        assert await preferences.get(ann, LONG_ANSWERS) == IN_MESSAGES
        panel = await pressed(team, panel, "End long answers in a file")
        assert await preferences.get(ann, LONG_ANSWERS) is None
        panel = await chosen(team, panel, "7", "setrest")
        assert await preferences.get(ann, AUTO_ARCHIVE_DAYS) == 7
        panel = await pressed(team, panel, "Don't name my sessions")
        assert "only those you give" in panel.text
        await team.ask(team.ann, "what shall we cook tonight")
        await all_named()
        assert (await team.bot.store.sessions.find(ann, 1)).name is None
        assert "only those you give" not in (await pressed(team, panel, "Name my sessions")).text
        await team.ask(team.ann, "and tomorrow")
        await all_named()
        assert (await team.bot.store.sessions.find(ann, 1)).name is not None


@pytest.mark.parametrize("verb", ["settings", "instruct"])
async def test_a_session_that_is_gone_answers_as_a_foreign_one(team: Team, verb: str) -> None:
    await team.ask(team.ann, "one")
    panel = await pressed(team, await settings(team), "Only for 1 · one")
    await (await team.ann.slash(team.general, "delete")).message(lambda m: "in the bin" in m.text)
    if verb == "instruct":
        refused = await team.ann.press(panel, "Instructions")
    else:
        only = next(b.custom_id for b in panel.buttons if b.label == "Only for 1 · one")
        refused = await team.ann.forge(only or "", channel=team.general, message=panel)
    assert (await refused.message(lambda m: m.id != panel.id)).text == GONE


async def test_it_works_in_direct_messages_too(tmp_path: Path) -> None:
    async with with_models(tmp_path) as (team, server):
        panel = await (await team.ann.slash(team.ann.dm, "settings")).message()
        await chosen(team, panel, "large")
        assert KEPT in (await updated(await written(team, await opened(team, panel), "I am Ann."))).text
        await team.write(team.ann, "one")
        assert asked(server) == ["large"]
        assert server.seen[0].body["messages"][0]["content"].endswith("I am Ann.")
