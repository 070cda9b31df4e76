"""Which model answers, and that a stand between does not change what people are told of it."""

from collections.abc import AsyncIterator, Sequence

import pytest

from agent.builtin import BuiltinModel, answer_to
from agent.context import GO_ON
from agent.model import Finish, FinishReason, Message, ModelClient, ModelEvent, ModelRequest, Text
from agent_settings import builtin_answer, make_model, title_model
from playground.model_stand import ModelStand
from settings import Settings
from wiring import privacy_notice, privacy_page

TALK = (
    Message("system", "Be brief."),
    Message("user", "My favorite color is green"),
    Message("assistant", "Noted."),
    Message("user", "What is my favorite color?"),
)


@pytest.fixture
async def stand() -> AsyncIterator[ModelStand]:
    async with ModelStand(builtin_answer, pace=0) as running:
        yield running


async def model_of(**settings: object) -> ModelClient:
    model = await make_model(Settings(**settings))  # pyright: ignore[reportArgumentType]
    await model.close()
    return model


async def answer(model: ModelClient, messages: Sequence[Message]) -> tuple[str, set[ModelEvent]]:
    """The text, and what else came."""
    async with model.stream(ModelRequest(messages=messages, max_output_tokens=64)) as events:
        came = [event async for event in events]
    await model.close()
    return "".join(event.text for event in came if isinstance(event, Text)), {
        each for each in came if not isinstance(each, Text)
    }


async def test_the_builtin_model_answers_through_the_stand_as_it_does_alone(stand: ModelStand) -> None:
    through = await answer(await make_model(Settings(cubby_model_api=stand.base_url)), TALK)
    assert through == await answer(BuiltinModel(pace=0), TALK)


async def test_an_answer_that_goes_on_goes_on_through_the_stand(stand: ModelStand) -> None:
    begun = [Message("user", "count to 9"), Message("assistant", "1\n2\n3"), Message("user", GO_ON)]
    text, more = await answer(await make_model(Settings(cubby_model_api=stand.base_url)), begun)
    assert text.split() == ["4", "5", "6", "7", "8", "9"]
    assert Finish(FinishReason.STOP) in more


def test_messages_as_they_travel_are_understood() -> None:
    assert builtin_answer([{"role": each.role, "content": each.content} for each in TALK]) == answer_to(TALK)


@pytest.mark.parametrize(
    "settings",
    [{}, {"openai_api_key": "made-up", "openai_model": "m"}, {"openai_base_url": "http://10.0.0.1/v1", "openai_model": "m"}],
)
async def test_people_are_told_of_the_model_that_is_set(settings: dict[str, object]) -> None:
    model = await model_of(**settings)
    behind = await model_of(**settings, cubby_model_api="http://127.0.0.1:9/v1")
    assert (behind.name, behind.host, behind.label) == (model.name, model.host, model.label)
    assert privacy_notice(behind) == privacy_notice(model)
    assert privacy_page(behind) == privacy_page(model)


async def test_sessions_are_named_by_the_model_that_is_set_for_it() -> None:
    model = BuiltinModel()
    assert title_model(Settings(title_model="other"), model) is None
    theirs = Settings(openai_base_url="http://10.0.0.1/v1")
    assert title_model(theirs, model) is model
    other = title_model(theirs.model_copy(update={"title_model": "other"}), model)
    assert other is not None
    assert (other.name, other.host) == ("other", "10.0.0.1")
    await other.close()
