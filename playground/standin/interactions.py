"""One use of a command, button, select, autocomplete or modal: what was asked and how far the bot's answer has come.

Rules: https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.standin.things import Application, Attachment, Channel, Message, User

ACKNOWLEDGE_SECONDS = 3.0
"""A first response must come within this time."""

TOKEN_SECONDS = 15 * 60.0
"""How long an interaction's token serves, from its creation."""


class InteractionKind(IntEnum):
    """Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Response(IntEnum):
    """Discord's callback types."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class Progress(Enum):
    """How far an interaction has come."""

    WAITING = "waiting"
    """Sent to the bot; no response yet."""
    ANSWERED = "answered"
    """The first response was accepted."""
    FAILED = "failed"
    """Three seconds passed: the application did not respond."""


@dataclass(eq=False, slots=True, kw_only=True)
class Interaction:
    """What a person did, and what the bot made of it."""

    id: int
    token: str = field(repr=False)
    kind: InteractionKind
    application: "Application"
    user: "User"
    channel: "Channel"
    created: float
    data: dict[str, Any]
    source: "Message | None" = None
    """The message with the pressed button, or from which the modal was opened."""
    target: "Message | None" = None
    """The message that a message command was used on."""
    attachments: "Sequence[Attachment]" = ()
    """The files among a slash command's options, or in a modal."""
    parent: "Interaction | None" = None
    """The interaction that opened the modal."""
    progress: Progress = Progress.WAITING
    response: Response | None = None
    original: "Message | None" = None
    """The message that `@original` names."""
    messages: "list[Message]" = field(default_factory=list["Message"])
    """What the bot posted in answer, in order."""
    modal: dict[str, Any] | None = None
    choices: Sequence[dict[str, Any]] = ()

    def expired(self, now: float) -> bool:
        """Tell whether the token's 15 minutes are over."""
        return now > self.created + TOKEN_SECONDS
