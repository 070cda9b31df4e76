"""When a session gets its name from a model, and that nobody waits for it."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from agent import titler
from agent.budget import Budget
from agent.config import AgentConfig
from agent.errors import Overloaded
from agent.events import TurnEnded, beside
from agent.model import FinishReason, ModelClient, Tokens
from agent.runtime import SessionRuntime
from agent.runtimes import Runtimes
from agent.titler import AT_ONCE, Titler
from storage.ids import utc_now
from storage.records import Actor, Departure, Leave, NamedBy, TurnState
from storage.store import Store
from tests.agent.people import ANN, BOB, Ear, Naps, new, settled, words
from tests.agent.scripted_model import EchoModel, Pause, Script, ScriptedModel, says

LITTLE = Tokens(input=10, output=5)
LIMITS = AgentConfig(day_tokens_person=4000, reply_reserve=100, context_tokens=1000)


@asynccontextmanager
async def people(
    store: Store,
    names: ModelClient | None,
    *,
    answers: ModelClient | None = None,
    limits: AgentConfig | None = None,
    ear: Ear | None = None,
    is_down: list[bool] | None = None,
) -> AsyncGenerator[Runtimes, None]:
    """Everybody's runtimes, whose sessions are named by `names`."""
    config = limits or AgentConfig()
    budget = Budget(store, person=config.day_tokens_person, everybody=0, now=utc_now)
    down = is_down or [False]
    async with Titler(store, budget, names, is_down=lambda: down[-1]) as titles:
        listener = beside(titles.on_event, ear or Ear())
        async with Runtimes(
            store, answers or EchoModel(), config, listener, grace=0.0, sleep=Naps(), budget=budget
        ) as all_of_us:
            yield all_of_us


def on_their_way() -> list["asyncio.Task[object]"]:
    return [task for task in asyncio.all_tasks() if task.get_name().startswith("title-")]


async def named(runtime: SessionRuntime) -> str | None:
    """The active session's name, once all answers and titles are there."""
    await settled(runtime)
    await asyncio.gather(*on_their_way())
    info = await runtime.active()
    assert info is not None
    assert info.named_by in (None, NamedBy.MODEL, NamedBy.PERSON)
    return info.name


async def test_the_first_exchange_gives_a_session_its_name_and_no_other_does(store: Store) -> None:
    async with ScriptedModel(says("“Auth ", "bug”.\n")) as names, people(store, names) as all_of_us:
        runtime = all_of_us.of(ANN)
        await runtime.say(words("Why does login fail?"))
        assert await named(runtime) == "Auth bug"
        await runtime.say(words("and now?"))
        assert await named(runtime) == "Auth bug"
    (request,) = names.requests
    assert "Why does login fail?" in request.messages[-1].content
    assert "You said: Why does login fail?" in request.messages[-1].content


async def test_a_name_that_a_person_gave_meanwhile_stays(store: Store) -> None:
    gate = Pause()
    async with ScriptedModel(says(gate, "Auth bug")) as names, people(store, names) as all_of_us:
        runtime = all_of_us.of(ANN)
        await runtime.say(words())
        await gate.reached.wait()
        await store.shelves.rename(ANN, 1, "mine")
        gate.release.set()
        assert await named(runtime) == "mine"


async def test_a_session_with_a_name_is_not_asked_about(store: Store) -> None:
    async with ScriptedModel() as names, people(store, names) as all_of_us:
        await all_of_us.of(ANN).go(new("hello", name="mine"))
        assert await named(all_of_us.of(ANN)) == "mine"


async def test_a_temporary_session_is_not_asked_about_until_it_is_kept(store: Store) -> None:
    async with ScriptedModel(says("Named")) as names, people(store, names) as all_of_us:
        runtime = all_of_us.of(ANN)
        await runtime.go(Departure(leave=Leave.NEW, prompt=words("hello"), temporary=True))
        assert await named(runtime) is None
        assert len(names.requests) == 0
        active = await runtime.active()
        assert active is not None
        await runtime.keep(active.id)
        await runtime.say(words("and now?"))
        assert await named(runtime) == "Named"


@pytest.mark.parametrize("script", [(Overloaded(),), says("cut", reason=FinishReason.LENGTH)])
async def test_only_a_completed_exchange_names(store: Store, script: Script) -> None:
    async with (
        ScriptedModel(script, says("well")) as answers,
        ScriptedModel(says("Named")) as names,
        people(store, names, answers=answers, limits=AgentConfig(attempts=1)) as all_of_us,
    ):
        runtime = all_of_us.of(ANN)
        await runtime.say(words("first"))
        assert await named(runtime) is None
        await runtime.say(words("second"))
        assert await named(runtime) == "Named"
    assert "first" in names.requests[0].messages[-1].content


async def test_neither_an_answer_nor_the_next_prompt_waits_for_a_title(store: Store) -> None:
    gate, ear = Pause(), Ear()
    limits = AgentConfig(running_turns=1)
    async with ScriptedModel(says(gate)) as names, people(store, names, ear=ear, limits=limits) as all_of_us:
        runtime = all_of_us.of(ANN)
        await runtime.say(words())
        await gate.reached.wait()
        await runtime.say(words("and next"))
        await settled(runtime)
        assert ear.outcomes == [TurnState.COMPLETED] * 2
        assert not any(task.done() for task in on_their_way())


async def test_the_end_of_the_bot_ends_what_is_asked_for(store: Store) -> None:
    gate = Pause()
    async with ScriptedModel(says(gate)) as names:
        async with people(store, names) as all_of_us:
            await all_of_us.of(ANN).say(words())
            await gate.reached.wait()
        assert on_their_way() == []
        assert names.open_streams == 0


@pytest.mark.parametrize(
    "script", [(Overloaded(),), says("no"[:0]), says("I won't", reason=FinishReason.REFUSED), ("cut off",)]
)
async def test_a_failure_is_silent_logged_by_id_and_not_repeated(
    store: Store, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with ScriptedModel(script) as names, people(store, names) as all_of_us:
        runtime = all_of_us.of(ANN)
        for text in ("secret words", "more"):
            await runtime.say(words(text))
            assert await named(runtime) is None
    assert len(names.requests) == 1
    assert "secret" not in caplog.text
    if isinstance(script[0], Overloaded):
        info = await store.sessions.find(ANN, 1)
        assert f"session {info.id} has no title: Overloaded" in caplog.text


async def test_while_the_endpoint_is_down_it_waits_for_a_later_exchange(store: Store) -> None:
    down = [True]
    async with ScriptedModel(says("Named")) as names, people(store, names, is_down=down) as all_of_us:
        runtime = all_of_us.of(ANN)
        await runtime.say(words())
        assert await named(runtime) is None
        down.append(False)
        await runtime.say(words())
        assert await named(runtime) == "Named"


async def test_its_tokens_are_counted_also_when_nothing_came_of_them(store: Store) -> None:
    counted = Tokens(input=200, output=50)
    async with (
        ScriptedModel(says("one", tokens=LITTLE), says("two", tokens=LITTLE)) as answers,
        ScriptedModel(says(tokens=counted)) as names,
        people(store, names, answers=answers, limits=LIMITS) as all_of_us,
    ):
        await all_of_us.of(ANN).say(words())
        await named(all_of_us.of(ANN))
        await all_of_us.of(ANN).say(words())
        await named(all_of_us.of(ANN))
    assert await store.turns.spent(ANN, datetime.now(UTC).date()) == 15 + 250 + 15


async def test_beyond_the_days_share_no_title_is_asked_for(store: Store) -> None:
    async with (
        ScriptedModel(says("fine", tokens=Tokens(input=3000, output=500))) as answers,
        ScriptedModel() as names,
        people(store, names, answers=answers, limits=LIMITS) as all_of_us,
    ):
        await all_of_us.of(ANN).say(words())
        assert await named(all_of_us.of(ANN)) is None


async def test_who_nears_the_days_end_by_a_title_hears_it_with_the_next_answer(store: Store) -> None:
    ear = Ear()
    async with (
        ScriptedModel(says("one", tokens=LITTLE), says("two", tokens=LITTLE)) as answers,
        ScriptedModel(says("Named", tokens=Tokens(input=3000, output=300))) as names,
        people(store, names, answers=answers, limits=LIMITS, ear=ear) as all_of_us,
    ):
        for _ in range(2):
            await all_of_us.of(ANN).say(words())
            await named(all_of_us.of(ANN))
    assert [event.near_limit is not None for event in ear.of(TurnEnded)] == [False, True]


async def test_few_are_asked_for_at_once_and_all_in_the_end(store: Store) -> None:
    gates = [Pause() for _ in range(5)]
    async with ScriptedModel(*(says(gate, "Named") for gate in gates)) as names, people(store, names) as all_of_us:
        everybody = [Actor(number) for number in range(1, 6)]
        for actor in everybody:
            await all_of_us.of(actor).say(words())
            await settled(all_of_us.of(actor))
        await asyncio.gather(*(gate.reached.wait() for gate in gates[:AT_ONCE]))
        assert (len(names.requests), len(on_their_way())) == (AT_ONCE, 5)
        for gate in gates:
            gate.release.set()
        assert [await named(all_of_us.of(actor)) for actor in everybody] == ["Named"] * 5


async def test_a_crowd_does_not_pile_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(titler, "WAITING", 1)
    gate = Pause()
    async with ScriptedModel(says(gate, "Named"), says("Later")) as names, people(store, names) as all_of_us:
        await all_of_us.of(ANN).say(words())
        await gate.reached.wait()
        await all_of_us.of(BOB).say(words())
        await settled(all_of_us.of(BOB))
        assert len(on_their_way()) == 1
        gate.release.set()
        assert await named(all_of_us.of(BOB)) is None
        await all_of_us.of(BOB).say(words())
        assert await named(all_of_us.of(BOB)) == "Later"


async def test_a_session_that_is_deleted_meanwhile_is_let_go(store: Store) -> None:
    gate = Pause()
    async with ScriptedModel(says(gate, "Named")) as names, people(store, names) as all_of_us:
        await all_of_us.of(ANN).say(words())
        await gate.reached.wait()
        await store.shelves.delete(ANN, 1)
        gate.release.set()
        await asyncio.gather(*on_their_way())
    assert (await store.sessions.find(ANN, 1, binned=True)).name is None


async def test_titles_of_somebody_who_is_erased_meanwhile_are_given_up_and_leave_nothing(store: Store) -> None:
    gates = [Pause() for _ in range(AT_ONCE)]
    async with ScriptedModel(*(says(gate, "Named") for gate in gates)) as names, people(store, names) as all_of_us:
        ann = all_of_us.of(ANN)
        for _ in range(AT_ONCE + 1):
            await ann.go(new("hello"))
            await settled(ann)
        for gate in gates:
            await gate.reached.wait()

        async def nothing_shown() -> None:
            pass

        await ann.erase(nothing_shown)
        for gate in gates:
            gate.release.set()
        await asyncio.gather(*on_their_way())
        assert len(names.requests) == AT_ONCE
    assert (await store.sessions.create(ANN)).name is None
    assert await store.turns.spent(ANN, datetime.now(UTC).date()) == 0


async def test_without_a_model_a_plain_rule_names(store: Store) -> None:
    async with people(store, None) as all_of_us:
        runtime = all_of_us.of(ANN)
        await runtime.say(words("Please write me a long story about a cupboard."))
        assert await named(runtime) == "Please write me a long story…"
    assert await store.turns.spent(ANN, datetime.now(UTC).date()) > 0


async def test_after_a_restart_it_is_not_asked_for_again(store: Store) -> None:
    async with ScriptedModel((Overloaded(),)) as names, people(store, names) as all_of_us:
        await all_of_us.of(ANN).say(words())
        assert await named(all_of_us.of(ANN)) is None
    async with ScriptedModel() as names, people(store, names) as all_of_us:
        await all_of_us.of(ANN).say(words())
        assert await named(all_of_us.of(ANN)) is None
