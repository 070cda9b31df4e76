"""From the settings to what the agent is given: its config, and the models that answer and that name sessions."""

from collections.abc import Mapping, Sequence
from typing import cast

from agent.builtin import BuiltinModel, answer_to
from agent.builtin_via import BuiltinVia
from agent.config import AgentConfig, Models
from agent.deadlines import Deadlines
from agent.model import Message, ModelClient, Role
from agent.openai_client import OpenAIClient, connect
from agent.price_file import prices_in
from settings import EVERY, Settings


def agent_config(settings: Settings) -> AgentConfig:
    """What the agent needs of the settings, and of the files that they name. Raises `PricesRefused`."""
    return AgentConfig(
        system_prompt=settings.system_prompt,
        context_tokens=settings.context_tokens,
        reply_reserve=settings.reply_reserve,
        max_output_tokens=settings.max_output_tokens,
        models=_models(settings),
        ask_first_above=int(settings.ask_first_above * 1_000_000),
        prices=prices_in(settings.price_file, needed=settings.ask_first_above > 0),
        running_turns=settings.running_turns,
        prompts_per_minute=settings.prompts_per_minute,
        day_tokens_person=settings.day_tokens_person,
        day_tokens_all=settings.day_tokens_all,
        deadlines=Deadlines(settings.first_delta_timeout, settings.delta_timeout, settings.total_timeout),
    )


def _models(settings: Settings) -> Models:
    names = tuple(name for name, _ in settings.models)
    return Models(
        allowed=None if EVERY in names else names,
        contexts={name: tokens for name, tokens in settings.models if tokens is not None},
        thinking=settings.effort_models,
        seeing=settings.picture_models,
    )


async def make_model(settings: Settings) -> ModelClient:
    """The model that the settings name; the built-in one with neither a key nor a base URL. Either is asked through the
    playground's stand where there is one.

    Raises `NoModelChosen` and, where the endpoint must be asked and cannot, `ModelError`.
    """
    if settings.uses_builtin_model:
        return BuiltinVia(settings.cubby_model_api) if settings.cubby_model_api else BuiltinModel()
    return await connect(
        model=settings.openai_model, api_key=_key(settings), base_url=settings.openai_base_url, via=settings.cubby_model_api
    )


def title_model(settings: Settings, model: ModelClient) -> ModelClient | None:
    """What names sessions: the model itself, or another one at its endpoint; `None`, a plain rule, with the built-in model."""
    if settings.uses_builtin_model:
        return None
    if settings.title_model is None:
        return model
    via = settings.cubby_model_api
    return OpenAIClient(settings.title_model, api_key=_key(settings), base_url=settings.openai_base_url, via=via)


def _key(settings: Settings) -> str | None:
    return settings.openai_api_key.get_secret_value() if settings.openai_api_key else None


def builtin_answer(messages: Sequence[Mapping[str, str]]) -> str:
    """What the built-in model answers to messages as they travel over HTTP, for the playground's stand."""
    return answer_to([Message(cast("Role", each["role"]), each["content"]) for each in messages])
