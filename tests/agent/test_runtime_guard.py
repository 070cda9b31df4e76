"""The guard: nothing leaves a session that writes without its owner's choice, and each choice acts once."""

import asyncio

import pytest

from agent.events import KeptFinished, TextDelta, TurnEnded
from agent.outcomes import (
    Asked,
    Decision,
    Opened,
    Started,
    Stayed,
    StillWriting,
    Waiting,
)
from storage.errors import ChoiceNotFound, DuplicateSource, WrongTurnState
from storage.records import Departure, Leave, TurnState
from storage.store import Store
from tests.agent.people import ANN, BOB, QUIT, Ear, fork, new, settled, some_runtimes, still, tasks, texts, to, words, writing
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, echo_of, says
from tests.agent.troubled_store import TroubledStore


@pytest.mark.parametrize("departure", [new(), to(1), QUIT, fork(1), fork(2), Departure(leave=Leave.SEND, number=1)])
async def test_leaving_a_writing_session_asks_first(store: Store, ear: Ear, departure: Departure) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        await store.sessions.create(ANN)
        await runtimes.of(ANN).go(new(name="Second"))
        await writing(runtimes.of(ANN), gate)
        asked = await still(runtimes.of(ANN), departure)
        assert (asked.session.number, asked.can_keep, asked.choice.departure) == (2, True, departure)
        assert runtimes.of(ANN).live[0].is_streaming
        await runtimes.close()


async def test_what_stays_in_the_writing_session_just_happens(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        asked = await writing(ann, gate)
        opened = await ann.go(to(1))
        replied = await ann.go(Departure(leave=Leave.REPLY, number=1, prompt=words("more")))
        with pytest.raises(WrongTurnState):
            await ann.go(Departure(leave=Leave.RETRY, number=1, turn_id=asked.turn.id, prompt=words()))
        await runtimes.close()
    assert isinstance(opened, Opened)
    assert opened.already
    assert isinstance(replied, Waiting)
    assert ear.outcomes == [TurnState.INTERRUPTED]


async def test_stop_and_switch(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate), says("new")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        behind = await ann.say(words("behind"))
        asked = await still(ann, new("the new one"))
        went = await ann.decide(asked.choice.id, Decision.STOP)
        await settled(ann)
        await runtimes.close()
    assert isinstance(went, Started)
    assert went.left is not None
    assert ([turn.id for turn in went.left.paused], went.left.kept) == ([behind.turn.id], False)
    assert ear.outcomes == [TurnState.STOPPED, TurnState.COMPLETED]
    assert await texts(store, went.session) == ["the new one", "new"]


async def test_stay_here_gives_back_what_came_with_it(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate, "b")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        departure = new("typed with care", name="Plans")
        stayed = await ann.decide((await still(ann, departure)).choice.id, Decision.STAY)
        gate.release.set()
        await settled(ann)
        await runtimes.close()
    assert isinstance(stayed, Stayed)
    assert stayed.departure == departure
    assert ear.outcomes == [TurnState.COMPLETED]


@pytest.mark.parametrize("decision", [Decision.STOP, Decision.FINISH, Decision.STAY])
async def test_a_choice_acts_once(store: Store, ear: Ear, decision: Decision) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        choice = (await still(ann, new())).choice.id
        first, second = await asyncio.gather(ann.decide(choice, decision), ann.decide(choice, decision), return_exceptions=True)
        page = await store.sessions.list(ANN)
        await runtimes.close()
    assert isinstance(second, ChoiceNotFound)
    assert not isinstance(first, BaseException)
    assert page.total == (1 if decision is Decision.STAY else 2)


async def test_a_strangers_choice(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        await writing(runtimes.of(ANN), gate)
        choice = (await still(runtimes.of(ANN), new())).choice.id
        with pytest.raises(ChoiceNotFound):
            await runtimes.of(BOB).decide(choice, Decision.STOP)
        await runtimes.close()


@pytest.mark.parametrize("decision", [Decision.STOP, Decision.FINISH])
async def test_a_choice_made_after_the_answer_ended_simply_goes(store: Store, ear: Ear, decision: Decision) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        choice = (await still(ann, new())).choice.id
        gate.release.set()
        await settled(ann)
        went = await ann.decide(choice, decision)
        await runtimes.close()
    assert isinstance(went, Started)
    assert went.left is not None
    assert not went.left.kept
    assert ear.outcomes == [TurnState.COMPLETED]


async def test_a_choice_about_another_session_than_the_one_that_writes_now_asks_again(store: Store, ear: Ear) -> None:
    first, second = Pause(), Pause()
    async with ScriptedModel(says("a", first), says("b", second)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, first)
        old = (await still(ann, QUIT)).choice.id
        await ann.decide((await still(ann, new("next"))).choice.id, Decision.STOP)
        await second.reached.wait()
        went = await ann.decide(old, Decision.STOP)
        await runtimes.close()
    assert isinstance(went, StillWriting)
    assert went.session.number == 2


async def test_a_switch_goes_on_though_whoever_asked_for_it_is_cancelled(ear: Ear) -> None:
    store, gate = TroubledStore(), Pause()
    async with ScriptedModel(says("a", gate), says("b")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        await writing(ann, gate)
        choice = (await still(ann, new("the next"))).choice.id
        slow = store.turns.slow["end"] = Pause()
        deciding = asyncio.create_task(ann.decide(choice, Decision.STOP), name="deciding")
        await slow.reached.wait()
        deciding.cancel()
        await asyncio.wait([deciding])
        slow.release.set()
        assert (await ear.until_ended(2)).session.number == 2
        await runtimes.close()
    assert tasks() == []


async def test_prompt_and_switch_in_the_same_instant(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    await ann.say(words("first"))
    await settled(ann)
    said, went = await asyncio.gather(ann.say(words("where?")), ann.go(new()))
    await settled(ann)
    await runtimes.close()
    assert isinstance(said, Asked)
    assert isinstance(went, StillWriting)
    assert (await texts(store, said.session))[-2:] == ["where?", echo_of("where?")]


async def test_quit_right_after_the_last_delta(store: Store, ear: Ear) -> None:
    """Whether the quit finds it still writing or done, the answer is stored whole or asked about, never torn."""
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    asked = await ann.say(words("hi"))
    await ear.until(TextDelta, lambda _: ear.text == echo_of("hi"))
    went = await ann.go(QUIT)
    await settled(ann)
    if isinstance(went, StillWriting):
        await ann.decide(went.choice.id, Decision.STOP)
    await runtimes.close()
    assert await texts(store, asked.session) == ["hi", echo_of("hi")]
    assert len(ear.of(TurnEnded)) == 1
    assert ear.of(KeptFinished) == []


async def test_a_choice_whose_act_was_done_before_a_crash_is_done(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        asked = await writing(ann, gate)
        departure = new("once")
        choice = (await still(ann, departure)).choice.id
        assert departure.prompt is not None
        await store.turns.submit(ANN, asked.session.id, departure.prompt, TurnState.PAUSED)
        with pytest.raises(DuplicateSource):
            await ann.decide(choice, Decision.STOP)
        with pytest.raises(ChoiceNotFound):
            await ann.decide(choice, Decision.STOP)
        await runtimes.close()
