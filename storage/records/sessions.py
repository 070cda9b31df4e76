"""People, and their sessions as a list shows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar
from uuid import UUID

T = TypeVar("T")

EVERYWHERE: Final = "everywhere"
"""The one place a person has today: server and direct messages share one active session."""

FIRST_MESSAGE_LENGTH: Final = 200
"""Characters of the first user message that `SessionInfo.first_message` keeps, on one line."""

NAME_LIMIT: Final = 100
"""Characters of a session's name."""

INSTRUCTIONS_LIMIT: Final = 1500
"""Characters of a session's own instructions for the model, and of a person's standing ones."""

BIN_KEEPS: Final = timedelta(days=30)
"""How long a deleted session rests in the bin."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: every call that touches a person's things takes one, and storage decides what it may touch."""

    user_id: int
    """The person's Discord id (a snowflake)."""


class NamedBy(StrEnum):
    """Who gave a session its name. A model's never replaces a person's."""

    PERSON = "person"
    MODEL = "model"


class Shelf(StrEnum):
    """What a list shows: each session is open, archived or in the bin; the open ones that are pinned have a list as well."""

    OPEN = "open"
    PINNED = "pinned"
    ARCHIVED = "archived"
    BIN = "bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a fork comes from. The parent may be gone for good."""

    session_id: UUID
    number: int
    entry: int | None
    """The parent's entry at which it was forked; `None` where nothing was copied."""


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
    named_by: NamedBy | None = None
    """Who named it; `None` exactly where it has no name."""
    pinned: bool = False
    unread: bool = False
    """An answer came in it while it was active nowhere, and it was neither opened nor read since."""
    branches: int = 0
    """The tips of its tree, see `Tip`: 0 while nothing is said in it, 1 where it never branched."""
    origin: Origin | None = None
    archived_by_itself: datetime | None = None
    """When it was archived because nobody touched it; `None` unless it is archived for that."""
    deleted: datetime | None = None
    """When it went to the bin; `None` while it is not there."""
    temporary: bool = False
    """Its words are in memory alone, see `Temporaries`."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was ever said in it and nobody named it."""
        return self.leaf is None and self.name is None

    @property
    def shelf(self) -> Shelf:
        """The list it stands in: `OPEN`, `ARCHIVED` or `BIN`."""
        if self.deleted is not None:
            return Shelf.BIN
        return Shelf.ARCHIVED if self.archived else Shelf.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many sessions a person has in each list."""

    open: int = 0
    """Pinned ones too."""
    pinned: int = 0
    archived: int = 0
    bin: int = 0
    archived_lately: int = 0
    """Of the archived ones, those that were archived by themselves within the last seven days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What became of a session, and the way back."""

    session: SessionInfo
    """As it now is."""
    before: SessionInfo
    undo: UUID
    """What `Shelves.undo` takes."""


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
