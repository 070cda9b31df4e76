"""What a model thinks before it answers: what is kept of it, and that no model is sent it again."""

from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Overloaded
from agent.model import Thinking
from agent.thoughts import MOST, Thoughts
from storage.records import TurnState
from storage.store import Store
from tests.agent.people import ANN, Ear, Naps, a_session, words
from tests.agent.scripted_model import Pause, ScriptedModel, says


@given(st.lists(st.text(max_size=6000), max_size=6))
def test_the_beginning_is_kept_and_more_is_said_to_be_more(pieces: list[str]) -> None:
    thoughts = Thoughts()
    for piece in pieces:
        thoughts.add(piece)
    whole = "".join(pieces)
    assert thoughts.text == (whole if len(whole) <= MOST else whole[:MOST] + "…").strip()


async def test_they_are_kept_with_the_turn_and_sent_to_no_model(store: Store, ear: Ear) -> None:
    scripts = (says(Thinking("first "), Thinking("this"), "Hello"), says("again"))
    async with ScriptedModel(*scripts) as model, a_session(store, model, ear) as session:
        turn = await session.prompt(words("hi"))
        await session.until_idle()
        silent = await session.prompt(words("and now?"))
        await ear.until_ended(2)
    assert await store.turns.thoughts(ANN, turn.id) == "first this"
    assert await store.turns.thoughts(ANN, silent.id) == ""
    assert "first this" not in str(model.requests[-1])


async def test_those_of_a_try_that_failed_are_not_kept(store: Store, ear: Ear) -> None:
    scripts = ((Thinking("in vain"), Overloaded("529")), says(Thinking("this time"), "Hello"))
    async with ScriptedModel(*scripts) as model, a_session(store, model, ear, naps=Naps()) as session:
        turn = await session.prompt(words("hi"))
        await ear.until_ended()
    assert await store.turns.thoughts(ANN, turn.id) == "this time"


async def test_what_was_thought_before_a_stop_is_kept(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says(Thinking("so far"), gate)) as model, a_session(store, model, ear) as session:
        turn = await session.prompt(words("hi"))
        await gate.reached.wait()
        await session.abort()
    assert (await store.turns.get(ANN, turn.id)).state is TurnState.STOPPED
    assert await store.turns.thoughts(ANN, turn.id) == "so far"
