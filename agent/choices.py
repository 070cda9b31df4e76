"""Who answers a turn, and how: what was chosen for the session, else by the person for all of theirs, else by the operator."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from agent.config import AgentConfig
from storage.preferences import EFFORT, INSTRUCTIONS, MODEL
from storage.records import Actor
from storage.store import Store

EFFORTS: Final = ("low", "medium", "high")
"""What every model takes that can be told how much to think (OpenAI's API reference, `reasoning_effort`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """How one turn is answered."""

    model: str
    """Empty where neither anybody chose one nor the operator's is known: then it is the model client's own."""
    instructions: str = ""
    """The person's, then the session's; sent behind the operator's."""
    effort: str | None = None
    """`None` where the model is to decide, or can't be told."""
    context_tokens: int
    refused: str | None = None
    """The model that was chosen and may be asked no more, so that the operator's answers."""


async def chosen_for(store: Store, config: AgentConfig, actor: Actor, session_id: UUID, *, model: str | None = None) -> Chosen:
    """What holds for the next answer in the session; `model` is asked in place of what is chosen.

    Raises `SessionNotFound`, `StoreUnavailable`.
    """
    own, session = await store.preferences.all(actor), await store.preferences.of_session(actor, session_id)
    return choose(config, own, session, model=model)


def choose(config: AgentConfig, own: Mapping[str, Any], session: Mapping[str, Any], *, model: str | None = None) -> Chosen:
    """The same from what a person chose for all of their sessions, and for this one."""
    wanted = model or session.get(MODEL) or own.get(MODEL) or config.models.default
    chosen = wanted if config.models.allows(wanted) else config.models.default
    effort = session.get(EFFORT) or own.get(EFFORT)
    return Chosen(
        model=chosen,
        instructions="\n\n".join(filter(None, (own.get(INSTRUCTIONS), session.get(INSTRUCTIONS)))),
        effort=effort if effort in EFFORTS and chosen in config.models.thinking else None,
        context_tokens=config.models.contexts.get(chosen, config.context_tokens),
        refused=wanted if wanted != chosen else None,
    )


def without(config: AgentConfig, chosen: Chosen) -> Chosen:
    """The same with the operator's model, since the endpoint no longer has the one that was chosen."""
    default = config.models.default
    return replace(
        chosen,
        model=default,
        effort=chosen.effort if default in config.models.thinking else None,
        context_tokens=config.models.contexts.get(default, config.context_tokens),
        refused=chosen.model,
    )


async def forget_model(store: Store, actor: Actor, session_id: UUID, model: str) -> None:
    """Take this model out of what is chosen for the session, and by the person for all of theirs. Raises as `chosen_for`."""
    if (await store.preferences.of_session(actor, session_id)).get(MODEL) == model:
        await store.preferences.set_for_session(actor, session_id, MODEL, None)
    if await store.preferences.get(actor, MODEL) == model:
        await store.preferences.set(actor, MODEL, None)


def fitted(config: AgentConfig, chosen: Chosen) -> AgentConfig:
    """The limits and instructions with what was chosen in them."""
    return replace(
        config,
        system_prompt="\n\n".join(filter(None, (config.system_prompt, chosen.instructions))),
        context_tokens=chosen.context_tokens,
        reply_reserve=min(config.reply_reserve, chosen.context_tokens // 2),
    )
