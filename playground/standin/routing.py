"""What a REST route is: a method, a template, a handler from `Ask` to `Reply` that never waits, so each is one step."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from playground.standin.bodies import Upload
from playground.standin.errors import NotImplementedHere, unauthorized, unknown_channel
from playground.standin.fields import Faults, Field, check
from playground.standin.things import Application, Channel
from playground.standin.world import World

Json = dict[str, Any]
Reply = tuple[int, Any]
"""An HTTP status and a JSON body; `None` is no body."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of a bot, parsed."""

    world: World
    application: Application | None
    """Whose token came with it; `None` where the address itself carries a token."""
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    uploads: Sequence[Upload]
    origin: str
    """The stand-in's own address, for attachments."""

    @property
    def bot(self) -> Application:
        """Give the bot that asks. Raises `Refusal` 401 without a token."""
        if self.application is None:
            raise unauthorized()
        return self.application

    def id(self, name: str) -> int:
        """Give an id out of the path; 0, which names nothing, if it is none."""
        text = self.path[name]
        return int(text) if text.isdecimal() and len(text) <= 20 else 0

    def channel(self) -> Channel:
        """Give the channel of the path. Raises `Refusal` 10003."""
        channel = self.world.channels.get(self.id("channel_id"))
        if channel is None:
            raise unknown_channel()
        return channel

    def fields(self, table: Mapping[str, Field]) -> Json:
        """Give the body, checked against a table. Raises `InvalidForm`, `NotImplementedHere`."""
        faults = Faults()
        check(self.body, table, faults)
        faults.raise_any()
        return cast("Json", self.body)

    def allow_query(self, *names: str) -> None:
        """Raise `NotImplementedHere` for a query parameter that the handler does not know."""
        if unknown := sorted(set(self.query) - set(names)):
            raise NotImplementedHere(f"query parameter(s) {', '.join(unknown)}")


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the table."""

    method: str
    template: str
    """As in Discord's description, such as `/channels/{channel_id}/messages`."""
    handler: Callable[[Ask], Reply]
    needs_token: bool = True
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Compile the template."""
        parts = re.split(r"\{(\w+)\}", self.template)
        regex = "".join(f"(?P<{p}>[^/]+)" if i % 2 else re.escape(p) for i, p in enumerate(parts))
        object.__setattr__(self, "pattern", re.compile(regex))

    @property
    def name(self) -> str:
        """Give the name that faults and records use: "POST /channels/{channel_id}/messages"."""
        return f"{self.method} {self.template}"
