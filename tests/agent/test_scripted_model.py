"""The scripted model is strict, or the tests that use it prove little."""

import asyncio

import pytest

from agent.errors import Overloaded
from agent.model import Finish, FinishReason, Message, ModelClient, ModelEvent, ModelRequest, Text, Tokens
from tests.agent.scripted_model import EchoModel, Pause, ScriptedModel, Step, UnexpectedCall, echo_of, says


def request(text: str = "hi") -> ModelRequest:
    return ModelRequest(messages=[Message("user", text)])


async def ask(model: ModelClient, text: str = "hi") -> list[ModelEvent]:
    async with model.stream(request(text)) as events:
        return [event async for event in events]


async def test_it_says_the_script() -> None:
    async with ScriptedModel(says("a", "b", tokens=Tokens(input=1, output=2))) as model:
        said = await ask(model)
    assert said == [Text("a"), Text("b"), Tokens(input=1, output=2), Finish(FinishReason.STOP)]


async def test_an_unexpected_call_fails_and_is_remembered() -> None:
    model = ScriptedModel()
    with pytest.raises(UnexpectedCall):
        await ask(model)
    with pytest.raises(AssertionError, match="unexpected"):
        model.assert_used_up()


@pytest.mark.parametrize("steps", [("a", Overloaded(), "never"), (Overloaded(),)])
async def test_an_error_comes_in_its_place(steps: tuple[Step, ...]) -> None:
    model = ScriptedModel(steps)
    with pytest.raises(Overloaded):
        await ask(model)
    assert model.open_streams == 0


async def test_unused_answers_and_steps_are_named() -> None:
    model = ScriptedModel(says("first", "second"), says("third"))
    async with model.stream(request()) as events:
        await anext(events)
    with pytest.raises(AssertionError, match=r"second.*third"):
        model.assert_used_up()


async def test_an_answer_left_in_a_pause_counts_as_used() -> None:
    gate = Pause()
    async with ScriptedModel(says("a", gate, "b")) as model:
        asking = asyncio.create_task(ask(model), name="asking")
        await gate.reached.wait()
        asking.cancel()
        await asyncio.wait([asking])


async def test_a_pause_goes_on_when_released() -> None:
    gate = Pause()
    async with ScriptedModel(says(gate, "b")) as model:
        asking = asyncio.create_task(ask(model), name="asking")
        assert (await model.until_asked()).messages[-1].content == "hi"
        gate.release.set()
        assert Text("b") in await asking


async def test_echoes_interleave_and_never_mix() -> None:
    model = EchoModel()
    answers = await asyncio.gather(*(ask(model, f"prompt {number}") for number in range(5)))
    texts = ["".join(event.text for event in answer if isinstance(event, Text)) for answer in answers]
    assert texts == [echo_of(f"prompt {number}") for number in range(5)]
    assert (model.most_running, model.running) == (5, 0)
