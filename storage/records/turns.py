"""Entries of a transcript, and turns: one prompt each, with all that it leads to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from storage.records.deliveries import Target
from storage.records.files import Attached, File
from storage.records.usage import Spent

PLACE_BITS: Final = 20
"""The low bits of an entry's id, which are its place in its session; those above are the owner's and the session's."""


def place_of(entry: int) -> int:
    """The place in its session of the entry with this id, from 1."""
    return entry & ((1 << PLACE_BITS) - 1)


class EntryKind(StrEnum):
    """The entry kinds written today. `Entry.kind` is a plain string: kinds that a later version wrote are kept as they
    are.
    """

    USER = "user"
    ASSISTANT = "assistant"
    FAILURE = "failure"
    """A prompt that got no text for an answer. Its `data` has `turn`, `error` and `blame_prompt`: true when the prompt itself
    was the cause and must stay out of later contexts."""
    COMPACTION = "compaction"
    """A summary, its `text`, of what is above it. Its `data` has `first_kept`, the depth of the oldest entry above it that is
    sent to the model as it is, and where it is known `tokens_before`, what the context had before it."""
    SUMMARY = "summary"
    """A compaction that Cubby made. It hangs beside the path, on the entry that was the leaf then, and nothing goes on from it:
    it holds for each path through that entry. Its `data` has `model` too, and `left_out` where the oldest did not fit it."""
    UNDONE = "undone"
    """Hangs on a compaction and takes it back. Its `data` has `depth`, how long the path was then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One appended row of a transcript; never rewritten.

    A user entry's `data` tells of its files (`files_in`). An assistant entry's has `turn` (the turn's id as text), `outcome` (a
    `TurnState` value) and, where one was reported, `error`.
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


BESIDE: Final = (EntryKind.SUMMARY, EntryKind.UNDONE)
"""The kinds that hang beside a path and are never on one."""


def first_kept(compaction: Entry) -> int:
    """The depth of the oldest entry that a compaction keeps; its own, so that none is, where its data tells of none."""
    depth = compaction.data.get("first_kept")
    return depth if isinstance(depth, int) and 0 <= depth < compaction.depth else compaction.depth


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
    files: tuple[Attached, ...] = ()
    """What came with them."""
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
    """The model that answered; until it has, as `wanted`."""
    wanted: str | None = None
    """The model that it was asked of in place of what is chosen, if it was."""
    usage: Usage | None = None
    spent: Spent | None = None
    """What it took, where it took anything."""
    ahead: int = 0
    """Where it was put ahead of others that waited: the larger, the sooner it is asked."""
    created: datetime
    asked: datetime | None = None
    first_delta: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A person's words, their source and where the answer shall go; what was `missed` is held to no queue limit and no rate.

    `model` is asked for this one answer in place of what is chosen. What is asked again has its `files` already.
    """

    text: str
    files: tuple[File, ...] = ()
    source: Source
    target: Target | None = None
    missed: bool = False
    model: str | None = None
