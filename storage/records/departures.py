"""Leaving the active session, and the choice that its owner has where an answer is being written."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from storage.records.turns import Prompt


class Leave(StrEnum):
    """What a person asked for that leaves the active session."""

    NEW = "new"
    OPEN = "open"
    FORK = "fork"
    """Go on in a new session with what was said in this one."""
    EDIT = "edit"
    """Ask one of its questions in other words, in a new session with what was said before it."""
    LIFT = "lift"
    """Move the last exchange of a session out into a new one."""
    REVISE = "revise"
    """Ask the last prompt of another session in other words, in its place."""
    QUIT = "quit"
    REPLY = "reply"
    """Say something at the end of another session."""
    RETRY = "retry"
    """Ask the last prompt of another session once more."""
    FINISH = "finish"
    """Go on with the last answer of another session, which was stopped or cut."""
    SEND = "send"
    """Send what is paused in another session, or one prompt that waits there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A request to leave the active session, with everything that came with it.

    All but `NEW` and `QUIT` have the `number` of the session to go to, to fork, or to take from. `REPLY` has a `prompt`; `NEW`
    may have a `name` and a `prompt`, and may be for a `temporary` session; `RETRY`, `FINISH` and `REVISE` have the `turn_id`
    and a `prompt` whose source and target are the new turn's, with `REVISE` its text too. `FORK` may have the `turn_id` of the
    last exchange to copy; `EDIT` has that of the question, and may have the `prompt` that is asked in its place; `LIFT` has
    that of the exchange; `SEND` may have that of the one prompt to send, ahead of the others.
    """

    leave: Leave
    number: int | None = None
    turn_id: UUID | None = None
    name: str | None = None
    prompt: Prompt | None = None
    temporary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A departure that waits for its owner's decision: an answer was streaming, or what is left would be gone."""

    id: UUID
    session_id: UUID
    """The session that would be left."""
    session_number: int
    departure: Departure
    created: datetime
