"""What an `AgentSession` tells its listeners: small frozen types, one union. Events of tools will join them.

Every event names its owner, its session, the turn where there is one, and the generation of the `AgentSession` that sent it:
an event of an older build is dropped by whoever still holds it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from agent.errors import ModelError
from storage.records import Actor, SessionInfo, Turn, TurnState


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """What all events have."""

    actor: Actor
    session: SessionInfo
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStarted(SessionEvent):
    """The turn is asked: its prompt is an entry, the model is about to be called."""

    turn: Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWaiting(SessionEvent):
    """As many answers are being written as may be; the turn is `position`-th of those that come next."""

    turn: Turn
    position: int
    """From 1; 0 when its place came and the model is about to be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingRoom(SessionEvent):
    """The context is full, so its older part is being summarised before the model is asked; and when that `is_over`."""

    turn: Turn
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryWaiting(SessionEvent):
    """The model failed for now; the next try comes in `seconds`."""

    turn: Turn
    error: ModelError
    seconds: float
    attempt: int
    """The try that comes next, from 2."""
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThoughtDelta(SessionEvent):
    """More of what a model that thinks says to itself before it writes; no part of the answer. `text` may be empty: a server
    that keeps the thoughts tells that there are some.
    """

    turn: Turn
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta(SessionEvent):
    """More of the answer; several deltas of the model may have been joined."""

    turn: Turn
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded(SessionEvent):
    """The turn has its outcome; `session` is as the end left it.

    `saved` is false when the store did not take the end (a failing disk): whether `text` will be kept is then not known. The
    session tries again before it asks anything more.
    """

    turn: Turn
    outcome: TurnState
    text: str
    error: ModelError | None = None
    context_trimmed: bool = False
    """Old turns no longer fit the context, said once per session."""
    unsummarised: bool = False
    """That was since they could not be summarised just now, which is said each time."""
    context_nearly_full: bool = False
    """Four fifths of the context are used, said once per session."""
    pictures_unseen: bool = False
    """Pictures came with the prompt, and the model doesn't look at pictures."""
    files_clipped: bool = False
    """Only the beginning of the prompt's files fit the context."""
    model_gone: str | None = None
    """The model that was chosen, where it is to be had no more and the operator's was asked; it is chosen no more."""
    saved: bool = True
    near_limit: datetime | None = None
    """The person has used four fifths of the day's tokens, said once a day: when there are new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSaved(SessionEvent):
    """The store took an end after all that it did not take when it came; `turn` is as it is kept."""

    turn: Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChanged(SessionEvent):
    """The waiting prompts, in order, as they now are."""

    waiting: tuple[Turn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFinished(SessionEvent):
    """A session that was left with *Let it finish* has written all it had to and was disposed."""

    failed: bool = False
    """Whether no answer came to the last it was asked."""


Event = (
    TurnStarted
    | LineWaiting
    | MakingRoom
    | RetryWaiting
    | ThoughtDelta
    | TextDelta
    | TurnEnded
    | TurnSaved
    | QueueChanged
    | KeptFinished
)
Listener = Callable[[Event], None]
"""Called on the event loop, in order; must not block and must not raise."""


def beside(*listeners: Listener) -> Listener:
    """Give a listener that tells each of these, in this order."""

    def all_of_them(event: Event) -> None:
        for listener in listeners:
            listener(event)

    return all_of_them
