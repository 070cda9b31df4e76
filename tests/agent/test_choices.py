"""Who answers: the session's choice, else the person's, else the operator's, and never what the operator does not allow."""

from dataclasses import replace

import pytest

from agent.choices import Chosen, chosen_for, fitted
from agent.config import AgentConfig, Models
from agent.errors import NoSuchModel
from storage.preferences import EFFORT, INSTRUCTIONS, MODEL
from storage.records import Prompt, SessionInfo, TurnState
from storage.store import Store
from tests.agent.people import ANN, Ear, a_session, words
from tests.agent.scripted_model import ScriptedModel, says
from tests.agent.test_making_room import SMALL, filled

CONFIG = AgentConfig(
    system_prompt="Be brief.",
    models=Models(
        default="small", allowed=("large", "deep"), contexts={"large": 100_000, "deep": 3000}, thinking=frozenset({"deep"})
    ),
)


@pytest.fixture
async def session(store: Store) -> SessionInfo:
    return await store.sessions.create(ANN)


async def test_with_nothing_chosen_the_operators_model_answers_as_the_settings_say(store: Store, session: SessionInfo) -> None:
    chosen = await chosen_for(store, CONFIG, ANN, session.id)
    assert chosen == Chosen(model="small", context_tokens=CONFIG.context_tokens)
    assert fitted(CONFIG, chosen) == CONFIG


async def test_the_session_goes_before_the_person(store: Store, session: SessionInfo) -> None:
    await store.preferences.set(ANN, MODEL, "large")
    assert (await chosen_for(store, CONFIG, ANN, session.id)).context_tokens == 100_000
    await store.preferences.set_for_session(ANN, session.id, MODEL, "deep")
    await store.preferences.set(ANN, EFFORT, "low")
    assert await chosen_for(store, CONFIG, ANN, session.id) == Chosen(model="deep", effort="low", context_tokens=3000)
    await store.preferences.set_for_session(ANN, session.id, EFFORT, "high")
    assert (await chosen_for(store, CONFIG, ANN, session.id)).effort == "high"
    other = await chosen_for(store, CONFIG, ANN, session.id, model="large")
    assert other == Chosen(model="large", context_tokens=100_000)


async def test_a_model_that_is_allowed_no_more_is_replaced_by_the_default_and_named(store: Store, session: SessionInfo) -> None:
    await store.preferences.set(ANN, MODEL, "old")
    chosen = await chosen_for(store, CONFIG, ANN, session.id)
    assert (chosen.model, chosen.refused) == ("small", "old")


async def test_the_operators_words_come_first_then_the_persons_then_the_sessions(store: Store, session: SessionInfo) -> None:
    await store.preferences.set_for_session(ANN, session.id, INSTRUCTIONS, "Talk of cats.")
    await store.preferences.set(ANN, INSTRUCTIONS, "I am Ann.")
    chosen = await chosen_for(store, CONFIG, ANN, session.id)
    assert fitted(CONFIG, chosen).system_prompt == "Be brief.\n\nI am Ann.\n\nTalk of cats."


async def test_a_small_context_leaves_half_of_it_for_what_is_asked(store: Store, session: SessionInfo) -> None:
    await store.preferences.set(ANN, MODEL, "deep")
    config = fitted(CONFIG, await chosen_for(store, CONFIG, ANN, session.id))
    assert (config.context_tokens, config.reply_reserve) == (3000, 1500)


async def test_what_was_chosen_while_an_answer_waited_holds_for_it_and_the_turn_says_who_answered(store: Store) -> None:
    ear = Ear()
    async with (
        ScriptedModel(says("one"), says("two"), says("three")) as model,
        a_session(store, model, ear, config=CONFIG) as session,
    ):
        await session.prompt(words())
        await ear.until_ended()
        await session.until_idle()
        await store.preferences.set_for_session(ANN, session.info.id, MODEL, "deep")
        await store.preferences.set(ANN, EFFORT, "medium")
        await store.preferences.set(ANN, INSTRUCTIONS, "I am Ann.")
        second = await session.prompt(words())
        await ear.until_ended(2)
        await session.until_idle()
        asked = words()
        third = await session.prompt(Prompt(text=asked.text, source=asked.source, model="large"))
        await ear.until_ended(3)
        await session.until_idle()
        assert [(request.model, request.effort) for request in model.requests] == [
            ("small", None),
            ("deep", "medium"),
            ("large", None),
        ]
        assert model.requests[1].messages[0].content == "Be brief.\n\nI am Ann."
        assert [(await store.turns.get(ANN, turn.id)).model for turn in (second, third)] == ["deep", "large"]
        assert (await store.turns.get(ANN, third.id)).state is TurnState.COMPLETED


@pytest.mark.parametrize("kept", ["session", "person"])
async def test_a_model_that_the_endpoint_has_no_more_is_replaced_in_the_same_turn_and_said_once(
    store: Store, kept: str
) -> None:
    ear, gone = Ear(), NoSuchModel("404")
    async with (
        ScriptedModel((gone,), says("one"), says("two")) as model,
        a_session(store, model, ear, config=CONFIG) as session,
    ):
        if kept == "session":
            await store.preferences.set_for_session(ANN, session.info.id, MODEL, "large")
        else:
            await store.preferences.set(ANN, MODEL, "large")
        turn = await session.prompt(words())
        first = await ear.until_ended()
        await session.until_idle()
        await session.prompt(words())
        second = await ear.until_ended(2)
        await session.until_idle()
        assert [request.model for request in model.requests] == ["large", "small", "small"]
        assert [(ended.outcome, ended.text, ended.model_gone) for ended in (first, second)] == [
            (TurnState.COMPLETED, "one", "large"),
            (TurnState.COMPLETED, "two", None),
        ]
        assert (await store.turns.get(ANN, turn.id)).model == "small"


async def test_room_is_made_by_the_model_that_answers_where_the_chosen_one_is_gone(store: Store) -> None:
    ear, gone = Ear(), NoSuchModel("404")
    config = replace(SMALL, models=Models(default="small", allowed=("large",)))
    async with (
        ScriptedModel((gone,), (gone,), says("They spoke of words."), says("one")) as model,
        a_session(store, model, ear, config=config) as session,
    ):
        await store.preferences.set_for_session(ANN, session.info.id, MODEL, "large")
        await filled(store, session.info)
        await session.prompt(words())
        ended = await ear.until_ended()
        await session.until_idle()
        assert [request.model for request in model.requests] == ["large", "large", "small", "small"]
        assert (ended.text, ended.context_trimmed, ended.unsummarised, ended.model_gone) == ("one", False, False, "large")


async def test_the_operators_own_model_that_is_gone_is_a_failure_that_says_so(store: Store) -> None:
    ear, gone = Ear(), NoSuchModel("404")
    async with ScriptedModel((gone,)) as model, a_session(store, model, ear, config=CONFIG) as session:
        await session.prompt(words())
        ended = await ear.until_ended()
        assert (ended.outcome, ended.error, ended.model_gone) == (TurnState.FAILED, gone, None)


async def test_what_is_allowed_no_more_is_never_asked_and_forgotten(store: Store) -> None:
    ear = Ear()
    async with ScriptedModel(says("one")) as model, a_session(store, model, ear, config=CONFIG) as session:
        await store.preferences.set(ANN, MODEL, "old")
        await session.prompt(words())
        ended = await ear.until_ended()
        assert (ended.model_gone, model.requests[0].model) == ("old", "small")
        assert await store.preferences.get(ANN, MODEL) is None
