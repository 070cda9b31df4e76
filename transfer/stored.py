"""Between a session as the store has it and one that travels. Going out and coming in again changes nothing but its number.

A session that was taken in goes out under the id that it came with. An entry goes out under its place in its session, which is
what an import in the same order gives it again.
"""

from collections.abc import Mapping
from typing import Any, Final

from storage.records import HERE, Draft, DraftEntry, Entry, EntryKind, Provenance, SessionInfo, place_of
from transfer.fields import object_of
from transfer.saved import Loaded, SavedEntry, SavedSession

KEPT: Final = "cubby"
"""The key in an entry's data under which stands what the entry itself has no place for."""

ROLES: Final[Mapping[str, str]] = {EntryKind.USER: "user", EntryKind.ASSISTANT: "assistant", "tool": "tool"}
"""Who says an entry of a kind."""


def saved_session(
    session: SessionInfo, provenance: Provenance | None, parent: str | None, instructions: str | None = None
) -> SavedSession:
    """A session on its way out. `parent` is the id under which the one that it was forked from goes out, where it has one, and
    `instructions` are its own.
    """
    came = provenance or Provenance(source=HERE, external_id=str(session.id))
    return SavedSession(
        id=came.external_id,
        number=session.number,
        name=session.name,
        created=session.created,
        modified=session.modified,
        archived=session.archived,
        pinned=session.pinned,
        parent=came.parent or parent,
        leaf=None if session.leaf is None else str(place_of(session.leaf)),
        model=session.model,
        instructions=instructions,
        source=came.source,
        extra=came.extra,
    )


def saved_entry(entry: Entry) -> SavedEntry:
    """An entry on its way out."""
    data, kept = dict(entry.data), object_of(entry.data.get(KEPT))
    if kept:
        del data[KEPT]
        data |= {KEPT: kept[KEPT]} if KEPT in kept else {}
    return SavedEntry(
        id=str(place_of(entry.id)),
        parent=None if entry.parent is None else str(place_of(entry.parent)),
        kind=entry.kind,
        author=kept.get("author", ROLES.get(entry.kind)),
        text=entry.text,
        data=data,
        created=entry.created,
    )


def _draft(session: SavedSession, places: Mapping[str, int]) -> Draft:
    return Draft(
        created=session.created,
        name=session.name,
        model=session.model,
        instructions=session.instructions,
        pinned=session.pinned,
        archived=session.archived,
        leaf=None if session.leaf is None else places[session.leaf],
        provenance=Provenance(source=session.source, external_id=session.id, parent=session.parent, extra=session.extra),
    )


def drafts(loaded: Loaded) -> tuple[Draft, list[DraftEntry]]:
    """A session that was read, and its entries, on their way in."""
    places = {entry.id: place for place, entry in enumerate(loaded.entries, start=1)}
    entries = [
        DraftEntry(
            id=places[entry.id],
            parent=None if entry.parent is None else places[entry.parent],
            kind=entry.kind,
            text=entry.text,
            data=_data(entry),
            created=entry.created,
        )
        for entry in loaded.entries
    ]
    return _draft(loaded.session, places), entries


def _data(entry: SavedEntry) -> Mapping[str, Any]:
    """Its data, with its author where the kind doesn't tell, and with whatever stood under our own key."""
    kept: dict[str, Any] = {} if entry.author == ROLES.get(entry.kind) else {"author": entry.author}
    if KEPT in entry.data:
        kept[KEPT] = entry.data[KEPT]
    return {**entry.data, KEPT: kept} if kept else entry.data
