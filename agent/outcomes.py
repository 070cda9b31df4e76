"""What a `SessionRuntime` answers when a person asks it for something: one small frozen type for each thing that can happen.

`cogs/` turns each into words. None of them is an error; errors are raised.
"""

from dataclasses import dataclass
from enum import StrEnum

from storage.records import Changed, Choice, Departure, SessionInfo, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The session that was left on the way, and what became of it."""

    session: SessionInfo
    kept: bool = False
    """It goes on writing in a keeper (*Let it finish*)."""
    saved: bool = False
    """It was temporary, and its owner chose to keep it."""
    forgotten: bool = False
    """It was temporary, and is gone for good."""
    paused: tuple[Turn, ...] = ()
    """Prompts that wait in it now until they are sent or removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The prompt is stored and the model is being asked."""

    session: SessionInfo
    turn: Turn
    left: Left | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The prompt is stored and waits behind a running answer."""

    session: SessionInfo
    turn: Turn
    position: int
    """From 1."""
    left: Left | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A new session is active; `was_blank` when the active one was still empty and unnamed, and is used instead."""

    session: SessionInfo
    was_blank: bool = False
    asked: Asked | Waiting | None = None
    left: Left | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The session is active now; `already` when it was before. `waiting` is what waits or is paused in it."""

    session: SessionInfo
    already: bool = False
    waiting: tuple[Turn, ...] = ()
    left: Left | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forked:
    """A new session with what was said in `parent` is active; `was_made` when it was before, and nothing was asked in it."""

    session: SessionInfo
    parent: SessionInfo
    was_made: bool = False
    asked: Asked | Waiting | None = None
    question: Turn | None = None
    """The exchange before which it was forked, whose question is to be asked in other words; `None` where it was asked."""
    left: Left | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """The last exchange of `parent` has a session of its own, which is active."""

    session: SessionInfo
    parent: SessionInfo
    left: Left | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The session that was active is saved, or was temporary and is gone; no session is active."""

    session: SessionInfo
    left: Left


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """What was paused in the session goes on, in order."""

    session: SessionInfo
    waiting: tuple[Turn, ...]
    left: Left | None = None


@dataclass(frozen=True, slots=True)
class NothingActive:
    """There is no active session to do that to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillWriting:
    """The guard: an answer streams in the active session, so its owner chooses first. `choice` holds what they asked for."""

    session: SessionInfo
    choice: Choice
    can_keep: bool
    """False when as many sessions are kept already as may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """The guard: the active session is temporary, so to leave it is to lose it, and its owner chooses first. `choice` holds
    what they asked for.
    """

    session: SessionInfo
    choice: Choice
    writing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stayed:
    """*Stay here*: nothing was done, and what came with the request is given back."""

    session: SessionInfo
    departure: Departure


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The answer was stopped; what it had is kept. `paused` waits in the session until sent or removed."""

    session: SessionInfo
    turn: Turn
    paused: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToStop:
    """The active session is not writing; these kept ones are, each with its running turn."""

    kept: tuple[tuple[SessionInfo, Turn], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The session is in the bin; nothing of it is live any more."""

    changed: Changed
    was_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """The session was temporary, and is gone for good."""

    session: SessionInfo
    was_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Nothing was done: an answer is being written in the session, so its owner chooses first whether to stop that."""

    session: SessionInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Flipped:
    """The session goes on from this answer now, which was given at the place of `shown`."""

    session: SessionInfo
    turn: Turn
    shown: Turn


class Decision(StrEnum):
    """The guard's buttons: the first three where an answer is being written, the last three where a session would be lost."""

    STOP = "stop"
    FINISH = "finish"
    STAY = "stay"
    FORGET = "forget"
    KEEP = "keep"


Went = Started | Forked | Lifted | Opened | Resumed | Closed | NothingActive | Asked | Waiting | StillWriting | Leaving
"""What `SessionRuntime.go` may answer."""
