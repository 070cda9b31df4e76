"""One session in memory: its tree of entries, and what a list shows of it, recounted each time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from storage.records import (
    FIRST_MESSAGE_LENGTH,
    PLACE_BITS,
    Entry,
    EntryKind,
    NamedBy,
    Origin,
    SessionInfo,
)

SPOKEN = (EntryKind.USER, EntryKind.ASSISTANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the acts of `Shelves` change."""

    name: str | None = None
    named_by: NamedBy | None = None
    pinned: bool = False
    archived: bool = False
    archived_by_itself: datetime | None = None
    deleted: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Session:
    """One session with its tree of entries."""

    id: UUID
    serial: int
    """Which session it is of all that were ever made."""
    number: int
    owner: int
    created: datetime
    flags: Flags
    touched: datetime
    model: str | None = None
    temporary: bool = False
    unread: bool = False
    origin: Origin | None = None
    leaf: int | None = None
    entries: dict[int, Entry] = field(default_factory=dict[int, Entry])
    omitted: set[int] = field(default_factory=set[int])
    """The answers whose exchanges are left out of what models are sent."""
    preferences: dict[str, str] = field(default_factory=dict[str, str])
    """What its owner chose for it, by its name, as JSON."""

    @property
    def told(self) -> list[Mapping[str, Any]]:
        """The data of its entries."""
        return [entry.data for entry in self.entries.values()]

    @property
    def next_entry(self) -> int:
        """The id of its next entry, in whose low bits is its place."""
        return (self.serial << PLACE_BITS) | (len(self.entries) + 1)

    def up(self, start: int | None) -> Iterator[Entry]:
        """The entries from `start` to the root."""
        while start is not None:
            entry = self.entries[start]
            yield entry
            start = entry.parent

    def path(self) -> tuple[Entry, ...]:
        """The current path, oldest first."""
        return tuple(self.up(self.leaf))[::-1]

    def said_at(self, entry: int | None) -> Entry | None:
        """The last user or assistant entry on the path to `entry`."""
        return next((said for said in self.up(entry) if said.kind in SPOKEN), None)

    def tips(self) -> list[Entry]:
        """The user and assistant entries without a further one below them, oldest first."""
        said = [entry for entry in self.entries.values() if entry.kind in SPOKEN]
        continued = {above.id for entry in said if (above := self.said_at(entry.parent)) is not None}
        return [entry for entry in said if entry.id not in continued]

    @property
    def info(self) -> SessionInfo:
        """The session as a list shows it, recounted."""
        spoken = [entry for entry in self.path() if entry.kind in SPOKEN]
        asked = [entry.text for entry in self.entries.values() if entry.kind == EntryKind.USER]
        flags = self.flags
        return SessionInfo(
            id=self.id,
            number=self.number,
            owner=self.owner,
            created=self.created,
            modified=spoken[-1].created if spoken else self.created,
            message_count=len(spoken),
            first_message=" ".join(asked[0].split())[:FIRST_MESSAGE_LENGTH] if asked else None,
            model=self.model,
            leaf=self.leaf,
            unread=self.unread,
            branches=len(self.tips()),
            origin=self.origin,
            name=flags.name,
            named_by=flags.named_by,
            pinned=flags.pinned,
            archived=flags.archived,
            archived_by_itself=flags.archived_by_itself,
            deleted=flags.deleted,
            temporary=self.temporary,
        )
