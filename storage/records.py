"""The plain data that storage hands out: people, sessions, entries, turns and deliveries.

Everything here is frozen and knows neither SQL nor Discord nor a model. Times are aware UTC `datetime`s. Session, turn and
choice ids are UUIDv7 (RFC 9562), so they sort by when they were made; an entry's id is an integer that grows in its session.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

T = TypeVar("T")

EVERYWHERE: Final = "everywhere"
"""The one place a person has today: server and direct messages share one active session."""

FIRST_MESSAGE_LENGTH: Final = 200
"""Characters of the first user message that `SessionInfo.first_message` keeps, on one line."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: every call that touches a person's things takes one, and storage decides what it may touch."""

    user_id: int
    """The person's Discord id (a snowflake)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInfo:
    """One session as a list shows it; reading it never reads the transcript."""

    id: UUID
    number: int
    """Counts up from 1 for each owner, never reused: what people type after `/open`."""
    owner: int
    name: str | None
    created: datetime
    modified: datetime
    """The newest user or assistant message on the current path, else the creation."""
    message_count: int
    """User and assistant messages on the current path."""
    first_message: str | None
    model: str | None
    """The model that gave the newest answer."""
    archived: bool = False
    leaf: int | None = None
    """The entry at the end of the current path; `None` while the session is empty."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was ever said in it and nobody named it."""
        return self.leaf is None and self.name is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """A slice of a longer list, with what a pager needs to know."""

    items: tuple[T, ...]
    number: int
    """This page, from 0."""
    total: int
    """Items on all pages."""
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))


class EntryKind(StrEnum):
    """The entry kinds written today. `Entry.kind` is a plain string: kinds that a later version wrote are kept as they
    are.
    """

    USER = "user"
    ASSISTANT = "assistant"
    FAILURE = "failure"
    """A prompt that got no text for an answer. Its `data` has `turn`, `error` and `blame_prompt`: true when the prompt itself
    was the cause and must stay out of later contexts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One appended row of a transcript; never rewritten.

    An assistant entry's `data` has `turn` (the turn's id as text), `outcome` (a `TurnState` value) and, where one was
    reported, `error`.
    """

    id: int
    session_id: UUID
    parent: int | None
    depth: int
    """Entries above it on its path: the root has 0."""
    kind: str
    author: int | None
    """The person's Discord id for a user entry, else `None`."""
    text: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    created: datetime


class TurnState(StrEnum):
    """Where a turn is in its life: waiting, running, or one outcome."""

    QUEUED = "queued"
    """Waits behind the running turn; no entry yet."""
    PAUSED = "paused"
    """Waits until its owner sends or removes it; no entry yet."""
    ASKED = "asked"
    """The prompt is an entry; no text has come yet."""
    STREAMING = "streaming"
    COMPLETED = "completed"
    TRUNCATED = "truncated"
    """Text came, then a limit, a cut or a stall. People read *cut*."""
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The bot ended while it ran."""
    REMOVED = "removed"

    @property
    def is_waiting(self) -> bool:
        """Whether it is a journal row only: queued or paused."""
        return self in (TurnState.QUEUED, TurnState.PAUSED)

    @property
    def is_running(self) -> bool:
        """Whether a model is, or was when the bot ended, at work on it."""
        return self in (TurnState.ASKED, TurnState.STREAMING)

    @property
    def is_ended(self) -> bool:
        """Whether it has its outcome and will not change any more."""
        return not (self.is_waiting or self.is_running)


class SourceKind(StrEnum):
    """What made a turn: a message or an interaction (a command, a modal, a button)."""

    MESSAGE = "message"
    INTERACTION = "interaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The one Discord event a turn came from. `id` is unique over all turns, so a replayed event never runs twice."""

    kind: SourceKind
    id: int
    channel_id: int
    guild_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one turn as the server reported them, and our own estimate of the input, for correcting the next one."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    estimated_input_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One prompt and all that it leads to, as the journal has it."""

    id: UUID
    session_id: UUID
    session_number: int
    owner: int
    state: TurnState
    prompt: str
    """The person's words (also those of the entry it retries)."""
    source: Source
    prompt_entry: int | None = None
    """The user entry; `None` while the turn waits."""
    answer_entry: int | None = None
    """The assistant or failure entry that ended it."""
    partial: str = ""
    """The answer's text as last checkpointed, in an `ASKED` turn what it goes on from; empty once ended (the entry has it)."""
    error: str | None = None
    """The kind of the error that ended it (`ModelError.kind`), if one did."""
    model: str | None = None
    usage: Usage | None = None
    created: datetime
    asked: datetime | None = None
    first_delta: datetime | None = None
    ended: datetime | None = None


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


class Leave(StrEnum):
    """What a person asked for that leaves the active session."""

    NEW = "new"
    OPEN = "open"
    QUIT = "quit"
    REPLY = "reply"
    """Say something at the end of another session."""
    RETRY = "retry"
    """Ask the last prompt of another session once more."""
    FINISH = "finish"
    """Go on with the last answer of another session, which was stopped or cut."""
    SEND = "send"
    """Send what is paused in another session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A person's words, their source and where the answer shall go; what was `missed` is held to no queue limit and no rate."""

    text: str
    source: Source
    target: Target | None = None
    missed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A request to leave the active session, with everything that came with it.

    All but `NEW` and `QUIT` have the `number` of the session to go to. `REPLY` has a `prompt`; `NEW` may have a `name` and a
    `prompt`; `RETRY` and `FINISH` have the `turn_id` and a `prompt` whose source and target are the new turn's.
    """

    leave: Leave
    number: int | None = None
    turn_id: UUID | None = None
    name: str | None = None
    prompt: Prompt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A departure that waits for its owner's decision because an answer was streaming."""

    id: UUID
    session_id: UUID
    """The session that was writing."""
    session_number: int
    departure: Departure
    created: datetime
