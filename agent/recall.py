"""What a stored session gives the model to read: its context, and a meter of that for people."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from agent.choices import chosen_for, fitted
from agent.config import AgentConfig
from agent.context import Context, correction_after, read_context
from agent.enclosing import Enclosed, enclose
from agent.estimates import estimated_tokens
from storage.omissions import masked
from storage.records import Actor, Entry, first_kept
from storage.store import Store

NEARLY_FULL: Final = 0.8
"""The share of the room from which on people are told."""
SMALLER: Final = 0.5
"""What is left of the room that was taken for granted, once the server said that it is less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """What of a session's room is used, in tokens."""

    room: int
    system: int
    summary: int
    files: int
    messages: int
    trimmed: bool
    """Whether older messages no longer fit and are left out."""
    counted: bool
    """Whether the model's server counted for the last answer; otherwise all is estimated."""

    @property
    def used(self) -> int:
        """All that is sent with the next prompt."""
        return self.system + self.summary + self.files + self.messages

    @property
    def share(self) -> float:
        """How much of the room is used: 1 is all of it."""
        return min(1.0, self.used / self.room)


async def context_of(
    store: Store,
    config: AgentConfig,
    actor: Actor,
    session_id: UUID,
    *,
    correction: float,
    begun: str = "",
    sees: bool = False,
    is_sent: bool = True,
) -> Context:
    """What is sent for the newest prompt of the session, with its pictures where the model `sees`; where it is only counted and
    not `is_sent`, those are not read.

    Raises `SessionNotFound`, `StoreUnavailable`.
    """
    compaction = (await store.compactions.standing(actor, session_id)).compaction
    since = 0 if compaction is None else first_kept(compaction)
    omitted = await store.omissions.of(actor, session_id)

    async def newest(characters: int) -> Sequence[Entry]:
        return masked(await store.transcripts.path(actor, session_id, characters=characters, since=since), omitted)

    async def files(entries: Sequence[Entry], room: int) -> Mapping[int, Enclosed]:
        return await enclose(store, actor, session_id, entries, sees=sees, room=room, is_sent=is_sent)

    return await read_context(
        newest,
        compaction=compaction,
        system_prompt=config.system_prompt,
        budget_tokens=config.context_tokens,
        reserve_tokens=config.reply_reserve,
        correction=correction,
        begun=begun,
        enclose=files,
    )


async def meter_of(store: Store, config: AgentConfig, actor: Actor, session_id: UUID) -> Meter:
    """How full the session is by now, as the server counted for its last answer. Raises as `context_of`."""
    latest = await store.turns.latest(actor, session_id)
    correction = correction_after(latest)
    chosen = await chosen_for(store, config, actor, session_id)
    config, sees = fitted(config, chosen), chosen.model in config.models.seeing
    context = await context_of(store, config, actor, session_id, correction=correction, sees=sees, is_sent=False)
    parts = (context.system_tokens, context.summary_tokens, context.file_tokens, context.estimated_tokens)
    system, summary, files, all_of_it = (math.ceil(tokens * correction) for tokens in parts)
    return Meter(
        room=room_of(config),
        system=system,
        summary=summary,
        files=files,
        messages=max(0, all_of_it - system - summary - files),
        trimmed=context.trimmed,
        counted=latest is not None and latest.usage is not None and latest.usage.input_tokens > 0,
    )


def is_nearly_full(config: AgentConfig, context: Context, answer: str, correction: float) -> bool:
    """Whether what was sent, with the answer to it, leaves little of the room."""
    return (context.estimated_tokens + estimated_tokens(answer)) * correction >= NEARLY_FULL * room_of(config)


def halved(room: float, config: AgentConfig) -> int:
    """The context size to go on with where a server refused what took `room` tokens, and takes less than it is said to."""
    half = max(1, int(room * SMALLER))
    return half + min(half, config.reply_reserve)


def room_of(config: AgentConfig) -> int:
    """Tokens that the model reads at once, beside its answer."""
    return max(1, config.context_tokens - config.reply_reserve)
