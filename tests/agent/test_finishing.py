"""Going on with an answer that broke off: what the model is asked, and what is kept however that ends."""

import pytest

from agent.context import GO_ON
from agent.errors import Overloaded, Unreachable
from agent.events import RetryWaiting, TextDelta, TurnEnded
from storage.errors import NotLastTurn, WrongTurnState
from storage.records import SessionInfo, Turn, TurnState
from storage.store import Store
from tests.agent.people import ANN, Ear, a_session, texts, words
from tests.agent.scripted_model import Pause, Script, ScriptedModel, says


async def broken_off(store: Store, info: SessionInfo, text: str = "half of ") -> Turn:
    turn = await store.turns.submit(ANN, info.id, words("why?"), TurnState.ASKED)
    return await store.turns.end(ANN, turn.id, TurnState.STOPPED, text=text)


async def finished(store: Store, ear: Ear, *scripts: Script) -> TurnEnded:
    """The end of an answer that goes on by these scripts."""
    async with ScriptedModel(*scripts) as model, a_session(store, model, ear) as session:
        old = await broken_off(store, session.info)
        await session.finish(old.id, words())
        await session.until_idle()
    return ear.of(TurnEnded)[-1]


async def test_the_model_is_asked_for_the_rest_and_the_whole_is_kept(store: Store, ear: Ear) -> None:
    async with ScriptedModel(says("the ", "whole")) as model, a_session(store, model, ear) as session:
        old = await broken_off(store, session.info)
        await session.finish(old.id, words())
        await session.until_idle()
        asked = [(message.role, message.content) for message in model.requests[0].messages[1:]]
        assert asked == [("user", "why?"), ("assistant", "half of "), ("user", GO_ON)]
        assert await texts(store, session.info) == ["why?", "half of the whole"]
    assert [event.text for event in ear.of(TextDelta)] == ["half of ", "the ", "whole"]
    ended = ear.of(TurnEnded)[-1]
    assert (ended.outcome, ended.text) == (TurnState.COMPLETED, "half of the whole")


@pytest.mark.parametrize("script", [(Unreachable(),) * 3, ("more",), says(" ")])
async def test_however_it_fails_the_old_words_stay(store: Store, ear: Ear, script: Script) -> None:
    scripts = [(step,) for step in script] if isinstance(script[0], Unreachable) else [script]
    ended = await finished(store, ear, *scripts)
    assert ended.outcome is TurnState.TRUNCATED
    assert ended.text.startswith("half of ")


async def test_what_fails_before_new_words_is_tried_again(store: Store, ear: Ear) -> None:
    ended = await finished(store, ear, (Overloaded(),), says("it"))
    assert (ended.outcome, ended.text, len(ear.of(RetryWaiting))) == (TurnState.COMPLETED, "half of it", 1)


async def test_a_stop_before_new_words_keeps_the_old_ones(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel((gate,)) as model, a_session(store, model, ear) as session:
        old = await broken_off(store, session.info)
        await session.finish(old.id, words())
        await gate.reached.wait()
        stopped = await session.abort()
        assert stopped is not None
        assert await texts(store, session.info) == ["why?", "half of "]
    assert ear.of(TurnEnded)[-1].outcome is TurnState.STOPPED


async def test_it_can_be_finished_again_and_again(store: Store, ear: Ear) -> None:
    async with ScriptedModel(("a ",), ("b ",), says("c")) as model, a_session(store, model, ear) as session:
        turn = await broken_off(store, session.info)
        for _ in range(3):
            turn = await session.finish(turn.id, words())
            await session.until_idle()
        assert await texts(store, session.info) == ["why?", "half of a b c"]


async def test_only_the_last_answer_that_broke_off_is_finished(store: Store, ear: Ear) -> None:
    async with ScriptedModel(says("whole")) as model, a_session(store, model, ear) as session:
        old = await broken_off(store, session.info)
        whole = await session.prompt(words())
        await session.until_idle()
        with pytest.raises(NotLastTurn):
            await session.finish(old.id, words())
        with pytest.raises(WrongTurnState):
            await session.finish(whole.id, words())
