"""How an answer reaches Discord: places, and the parts of an answer with how far each has come."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Surface(StrEnum):
    """The kind of place an answer is shown in, which decides how it is sent and edited."""

    EPHEMERAL = "ephemeral"
    """Only its owner sees it; edited with an interaction token that lives 15 minutes."""
    DIRECT = "direct"
    """A plain message in a direct-message channel."""


class DeliveryState(StrEnum):
    """How far one message part of an answer has come."""

    PENDING = "pending"
    SENT = "sent"
    """There is a message, which later edits may still change."""
    UNKNOWN = "unknown"
    """A send whose outcome was not learnt."""
    FINAL = "final"
    UNDELIVERABLE = "undeliverable"


class PartKind(StrEnum):
    """What a part is in Discord."""

    MESSAGE = "message"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where an answer shall appear, known when the prompt arrives."""

    surface: Surface
    channel_id: int
    message_id: int | None = None
    """A message that is to become the answer; for `EPHEMERAL`, `None` means the interaction's original response."""
    token: str | None = field(default=None, repr=False)
    token_expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message part of a turn's answer: its place, its message and how far it has come."""

    turn_id: UUID
    part: int
    """From 0."""
    target: Target
    state: DeliveryState = DeliveryState.PENDING
    kind: PartKind = PartKind.MESSAGE
