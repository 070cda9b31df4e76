"""One person's place: which session takes what they say, and how they go to another."""

import asyncio

import pytest

from agent.errors import SessionDisposed
from agent.outcomes import (
    Asked,
    Closed,
    NothingActive,
    Opened,
    Started,
    Waiting,
)
from storage.errors import NotLastTurn, SessionNotFound, TurnNotFound
from storage.records import Departure, Leave
from storage.store import Store
from tests.agent.people import ANN, BOB, QUIT, Ear, new, settled, some_runtimes, texts, to, words, writing
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, echo_of, says


async def test_a_newcomers_first_prompt_makes_session_one(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    assert await runtimes.of(ANN).active() is None
    asked = await runtimes.of(ANN).say(words("hi"))
    await settled(runtimes.of(ANN))
    await runtimes.close()
    assert (asked.session.number, await texts(store, asked.session)) == (1, ["hi", echo_of("hi")])


async def test_two_first_prompts_at_once_make_one_session(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    one, two = await asyncio.gather(runtimes.of(ANN).say(words("one")), runtimes.of(ANN).say(words("two")))
    await settled(runtimes.of(ANN))
    await runtimes.close()
    assert isinstance(one, Asked)
    assert isinstance(two, Waiting)
    assert (two.position, one.session.id) == (1, two.session.id)


async def test_the_main_walk(store: Store, ear: Ear) -> None:
    model = EchoModel()
    runtimes = some_runtimes(store, model, ear)
    ann = runtimes.of(ANN)
    await ann.say(words("my favorite language is Python"))
    await settled(ann)
    await ann.go(new("something else"))
    await settled(ann)
    opened = await ann.go(to(1))
    await ann.say(words("which one?"))
    await settled(ann)
    await runtimes.close()
    seen = [[message.content for message in request.messages] for request in model.requests]
    assert isinstance(opened, Opened)
    assert "my favorite language is Python" in seen[2]
    assert not any("Python" in said for said in seen[1])


async def test_a_blank_session_is_kept_and_used(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    await runtimes.of(ANN).go(new())
    again = await runtimes.of(ANN).go(new("hi", name="Plans"))
    await settled(runtimes.of(ANN))
    await runtimes.close()
    assert isinstance(again, Started)
    assert isinstance(again.asked, Asked)
    assert (again.was_blank, again.session.number, again.session.name) == (True, 1, "Plans")
    assert again.asked.session.name == "Plans"


async def test_quit_saves_and_the_next_prompt_starts_a_new_one(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    await runtimes.of(ANN).say(words())
    await settled(runtimes.of(ANN))
    closed = await runtimes.of(ANN).go(QUIT)
    assert isinstance(closed, Closed)
    assert await runtimes.of(ANN).go(QUIT) == NothingActive()
    asked = await runtimes.of(ANN).say(words())
    await runtimes.close()
    assert (closed.session.number, asked.session.number) == (1, 2)


async def test_the_active_session_survives_its_runtimes(store: Store, ear: Ear) -> None:
    for text in ("one", "two"):
        runtimes = some_runtimes(store, EchoModel(), ear)
        asked = await runtimes.of(ANN).say(words(text))
        await settled(runtimes.of(ANN))
        await runtimes.close()
        assert asked.session.number == 1


async def test_opening_what_is_not_there_leaves_everything_as_it_is(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        await writing(runtimes.of(ANN), gate)
        with pytest.raises(SessionNotFound):
            await runtimes.of(ANN).go(to(7))
        with pytest.raises(SessionNotFound):
            await runtimes.of(BOB).go(to(1))
        assert runtimes.of(ANN).live[0].is_streaming
        await runtimes.close()


async def test_a_refused_retry_leaves_what_is_being_written_alone(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says("a"), says("b"), says("c", gate)) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        old = await ann.say(words("first"))
        await settled(ann)
        await ann.say(words("second"))
        await settled(ann)
        await ann.go(new())
        await writing(ann, gate)
        with pytest.raises(NotLastTurn):
            await ann.go(Departure(leave=Leave.RETRY, number=1, turn_id=old.turn.id, prompt=words()))
        with pytest.raises(TurnNotFound):
            await ann.go(Departure(leave=Leave.RETRY, number=2, turn_id=old.turn.id, prompt=words()))
        assert ann.live[0].is_streaming
        await runtimes.close()


async def test_a_retry_of_another_session_opens_it(store: Store, ear: Ear) -> None:
    async with ScriptedModel(("cut",), says("whole")) as model:
        runtimes = some_runtimes(store, model, ear)
        ann = runtimes.of(ANN)
        cut = await ann.say(words("first"))
        await settled(ann)
        await ann.go(new(name="Second"))
        went = await ann.go(Departure(leave=Leave.RETRY, number=1, turn_id=cut.turn.id, prompt=words()))
        await settled(ann)
        await runtimes.close()
    assert isinstance(went, Asked)
    assert went.left is not None
    assert went.left.session.number == 2
    assert await texts(store, went.session) == ["first", "whole"]


async def test_the_stored_pointer_decides_where_words_go(store: Store, ear: Ear) -> None:
    runtimes = some_runtimes(store, EchoModel(), ear)
    ann = runtimes.of(ANN)
    await ann.say(words("first"))
    await settled(ann)
    before = ann.live[0]
    other = await store.sessions.open(ANN, (await store.sessions.create(ANN)).number)
    asked = await ann.say(words("second"))
    await settled(ann)
    with pytest.raises(SessionDisposed):
        await before.prompt(words())
    await runtimes.close()
    assert asked.session.id == other.id
