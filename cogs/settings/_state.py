"""What a person chose and what follows from it, as the panel shows it: read from the store at each look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from agent.choices import Chosen, choose
from agent.config import AgentConfig
from cogs.resting import Resting, resting_of
from cogs.router import uuid_in
from cogs.services import Services
from storage.preferences import IN_MESSAGES, INSTRUCTIONS, LONG_ANSWERS, TITLES
from storage.records import Actor, SessionInfo

ALL: Final = "all"
"""The scope of a component's id that is no session's: all of the person's sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What holds for all of a person's sessions or, where there is a `session`, for that one."""

    config: AgentConfig
    session: SessionInfo | None
    """The one that is shown; `None` while it is all of them."""
    other: SessionInfo | None
    """The one that can be shown instead: where the person is."""
    own: Mapping[str, Any]
    chosen: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the person chose for the session."""
    offered: tuple[str, ...]
    """The models that can be chosen now, the operator's first."""
    resting: Resting
    has_titles: bool
    """Whether the operator has sessions named at all."""

    @property
    def scope(self) -> UUID | str:
        """What ids of components have of it."""
        return ALL if self.session is None else self.session.id

    @property
    def here(self) -> Mapping[str, Any]:
        """What was chosen for what is shown alone."""
        return self.own if self.session is None else self.chosen

    @property
    def holds(self) -> Chosen:
        """How the next prompt is answered."""
        return choose(self.config, self.own, self.chosen)

    @property
    def instead(self) -> Chosen:
        """How it would be, were nothing chosen here."""
        return choose(self.config, {} if self.session is None else self.own, {})

    @property
    def instructions(self) -> str:
        """Those of what is shown alone."""
        return str(self.here.get(INSTRUCTIONS) or "")

    @property
    def in_messages(self) -> bool:
        """Whether long answers come in messages."""
        return self.own.get(LONG_ANSWERS) == IN_MESSAGES

    @property
    def wants_titles(self) -> bool:
        """Whether the person lets sessions be named."""
        return self.own.get(TITLES) is not False


def scope_in(arguments: list[str]) -> UUID | None:
    """The session that a component is about; `None` for all of them. Raises `Unreadable`."""
    return None if arguments[:1] == [ALL] else uuid_in(arguments)


async def state_of(services: Services, actor: Actor, scope: UUID | None) -> State:
    """What holds for a session, or for all. Raises `SessionNotFound`."""
    store = services.store
    session = await store.sessions.get(actor, scope) if scope is not None else None
    return State(
        config=services.config,
        session=session,
        other=await services.runtimes.of(actor).active() if session is None else None,
        own=await store.preferences.all(actor),
        chosen=await store.preferences.of_session(actor, session.id) if session is not None else {},
        offered=services.catalogue.names,
        resting=await resting_of(store, actor, services.archive_days),
        has_titles=services.names_sessions,
    )


async def keep(services: Services, actor: Actor, scope: UUID | None, name: str, value: Any) -> None:
    """Keep a choice for a session, or for all; `None` takes it back. Raises `SessionNotFound`."""
    preferences = services.store.preferences
    if scope is None:
        await preferences.set(actor, name, value)
    else:
        await preferences.set_for_session(actor, scope, name, value)
