"""The plain data that storage hands out: people, sessions, entries, turns and deliveries.

Everything here is frozen and knows neither SQL nor Discord nor a model. Times are aware UTC `datetime`s. Session, turn and
choice ids are UUIDv7 (RFC 9562), so they sort by when they were made; an entry's id is an integer that grows in its session.
"""

from storage.records.branches import Tip
from storage.records.compactions import NewSummary, Standing, Undone
from storage.records.deliveries import Delivery, DeliveryState, PartKind, Surface, Target
from storage.records.departures import Choice, Departure, Leave
from storage.records.files import PICTURE, Attached, Content, File, digest_of, files_in, with_files
from storage.records.search import Hit, Piece
from storage.records.sessions import (
    BIN_KEEPS,
    EVERYWHERE,
    FIRST_MESSAGE_LENGTH,
    INSTRUCTIONS_LIMIT,
    NAME_LIMIT,
    Actor,
    Changed,
    Counts,
    NamedBy,
    Origin,
    Page,
    SessionInfo,
    Shelf,
)
from storage.records.transfers import HERE, Draft, DraftEntry, Provenance
from storage.records.turns import (
    BESIDE,
    PLACE_BITS,
    Entry,
    EntryKind,
    Prompt,
    Source,
    SourceKind,
    Turn,
    TurnState,
    Usage,
    first_kept,
    place_of,
)
from storage.records.usage import Cost, Spent, Used

__all__ = [
    "BESIDE",
    "BIN_KEEPS",
    "EVERYWHERE",
    "FIRST_MESSAGE_LENGTH",
    "HERE",
    "INSTRUCTIONS_LIMIT",
    "NAME_LIMIT",
    "PICTURE",
    "PLACE_BITS",
    "Actor",
    "Attached",
    "Changed",
    "Choice",
    "Content",
    "Cost",
    "Counts",
    "Delivery",
    "DeliveryState",
    "Departure",
    "Draft",
    "DraftEntry",
    "Entry",
    "EntryKind",
    "File",
    "Hit",
    "Leave",
    "NamedBy",
    "NewSummary",
    "Origin",
    "Page",
    "PartKind",
    "Piece",
    "Prompt",
    "Provenance",
    "SessionInfo",
    "Shelf",
    "Source",
    "SourceKind",
    "Spent",
    "Standing",
    "Surface",
    "Target",
    "Tip",
    "Turn",
    "TurnState",
    "Undone",
    "Usage",
    "Used",
    "digest_of",
    "files_in",
    "first_kept",
    "place_of",
    "with_files",
]
