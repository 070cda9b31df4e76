"""From rows to records and back: the only place that knows how values lie on disk."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from storage.records import (
    PLACE_BITS,
    Choice,
    Content,
    Delivery,
    DeliveryState,
    Departure,
    Entry,
    File,
    Leave,
    NamedBy,
    Origin,
    PartKind,
    Prompt,
    SessionInfo,
    Source,
    SourceKind,
    Surface,
    Target,
    Turn,
    TurnState,
    Usage,
    files_in,
    with_files,
)
from storage.sqlite.held import Held
from storage.sqlite.spending import spent_of

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NUMBER_BITS: Final = PLACE_BITS
OWNER_SHIFT: Final = 40
LARGEST: Final = (1 << NUMBER_BITS) - 1
"""Sessions of an owner, and entries of a session, at most."""

SESSION_COLUMNS: Final = "s.*, o.user_id"
SESSION_TABLES: Final = "sessions s JOIN owners o ON o.id = s.owner"
_decode: Final = json.JSONDecoder().raw_decode
ENTRY_COLUMNS: Final = "id, parent, text, depth, kind, author, data, created"
TURN_COLUMNS: Final = "t.*, s.id AS session_id, s.deleted AS session_deleted, s.temporary, o.user_id"
TURN_TABLES: Final = "turns t JOIN sessions s ON s.owner = t.owner AND s.number = t.number JOIN owners o ON o.id = t.owner"


def micros(moment: datetime) -> int:
    """A time as it is stored: microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(stored: int) -> datetime:
    """A stored time. A float holds microseconds exactly enough until the year 2200, and this way is twice as fast."""
    return datetime.fromtimestamp(stored / 1_000_000, UTC)


def entry_id(owner: int, number: int, seq: int) -> int:
    """The packed id; brackets since SQLite and Python bind `<<` and `|` differently. Raises `OverflowError` at the bounds."""
    if not (0 < number <= LARGEST and 0 <= seq <= LARGEST and 0 < owner < 1 << 23):
        raise OverflowError("a session or an owner has as much as fits")
    return (owner << OWNER_SHIFT) | (number << NUMBER_BITS) | seq


def entries_of(session: sqlite3.Row) -> tuple[int, int]:
    """The lowest and the highest id that an entry of the session can have."""
    owner, number = session["owner"], session["number"]
    return entry_id(owner, number, 0), entry_id(owner, number, LARGEST)


def session_of(row: sqlite3.Row, held: Held) -> SessionInfo:
    """A session, from `SESSION_COLUMNS`."""
    session_id = UUID(hex=row["id"])
    name, named_by, preview = row["name"], row["named_by"], row["preview"]
    if row["temporary"] and (words := held.words(session_id)) is not None:
        name, named_by, preview = words.name, NamedBy.PERSON if words.name is not None else None, words.preview
    return SessionInfo(
        id=session_id,
        number=row["number"],
        owner=row["user_id"],
        name=name,
        created=moment(row["created"]),
        modified=moment(row["modified"]),
        message_count=row["message_count"],
        first_message=preview,
        model=row["model"],
        archived=bool(row["archived"]),
        leaf=row["leaf"],
        named_by=NamedBy(named_by) if named_by is not None else None,
        pinned=bool(row["pinned"]),
        unread=bool(row["unread"]),
        branches=row["branches"],
        origin=_origin_of(row),
        archived_by_itself=_maybe(row["archived_by_itself"]),
        deleted=_maybe(row["deleted"]),
        temporary=bool(row["temporary"]),
    )


def _origin_of(row: sqlite3.Row) -> Origin | None:
    if row["origin_id"] is None:
        return None
    return Origin(session_id=UUID(hex=row["origin_id"]), number=row["origin_number"], entry=row["origin_entry"])


def entry_of(row: Iterable[Any], session_id: UUID, held: Held) -> Entry:
    """An entry, from `ENTRY_COLUMNS`; unpacked by place, for a context has a thousand of them."""
    entry_id_, parent, text, depth, kind, author, data, created = row
    words = held.words(session_id)
    if words is not None and (said := words.entries.get(entry_id_)) is not None:
        text, data = said.text, said.data
    return Entry(
        id=entry_id_,
        session_id=session_id,
        parent=parent,
        depth=depth,
        kind=kind,
        author=author,
        text=text,
        data=_decode(data)[0] if data else {},
        created=moment(created),
    )


def turn_of(row: sqlite3.Row, held: Held) -> Turn:
    """A turn, from `TURN_COLUMNS`."""
    session_id, state, prompt, partial = UUID(hex=row["session_id"]), TurnState(row["state"]), row["prompt"], row["partial"]
    files = files_in(json.loads(row["files"])) if row["files"] else ()
    if row["temporary"] and (words := held.words(session_id)) is not None:
        prompt, files = words.prompts.get(row["id"], ""), words.attached.get(row["id"], ())
        partial = words.partial_of(row["id"]) if state.is_running else partial
    return Turn(
        id=UUID(hex=row["id"]),
        session_id=session_id,
        session_number=row["number"],
        owner=row["user_id"],
        state=state,
        prompt=prompt,
        files=files,
        source=Source(
            kind=SourceKind(row["source_kind"]),
            id=row["source_id"],
            channel_id=row["channel_id"],
            guild_id=row["guild_id"],
        ),
        prompt_entry=row["prompt_entry"],
        answer_entry=row["answer_entry"],
        partial=partial,
        error=row["error"],
        model=row["model"],
        wanted=row["wanted"],
        usage=Usage(**json.loads(row["usage"])) if row["usage"] else None,
        spent=spent_of(row["spent"]),
        ahead=row["ahead"],
        created=moment(row["created"]),
        asked=_maybe(row["asked"]),
        first_delta=_maybe(row["first_delta"]),
        ended=_maybe(row["ended"]),
    )


def delivery_of(row: sqlite3.Row) -> Delivery:
    """A delivery part."""
    return Delivery(
        turn_id=UUID(hex=row["turn"]),
        part=row["part"],
        kind=PartKind(row["kind"]),
        state=DeliveryState(row["state"]),
        target=Target(
            surface=Surface(row["surface"]),
            channel_id=row["channel_id"],
            message_id=row["message_id"],
            token=row["token"],
            token_expires=_maybe(row["token_expires"]),
        ),
    )


def choice_of(row: sqlite3.Row, held: Held, contents: Mapping[str, Content]) -> Choice | None:
    """A pending choice, from a row of `choices` with its session's id as `session_id`, and what is in its files; `None` where
    its words are gone.
    """
    choice_id, stored = UUID(hex=row["id"]), json.loads(row["departure"])
    departure = _departure_of(stored, contents)
    if stored.get("held"):
        wanted = held.departure(choice_id)
        if wanted is None:
            return None
        prompt = replace(departure.prompt, text=wanted.text, files=wanted.files) if departure.prompt is not None else None
        departure = replace(departure, name=wanted.name, prompt=prompt)
    return Choice(
        id=choice_id,
        session_id=UUID(hex=row["session_id"]),
        session_number=row["number"],
        departure=departure,
        created=moment(row["created"]),
    )


def usage_json(usage: Usage | None) -> str | None:
    """Usage as it is stored."""
    return json.dumps(asdict(usage)) if usage else None


def data_json(data: Mapping[str, Any]) -> str | None:
    """An entry's data as it is stored."""
    return json.dumps(dict(data)) if data else None


def departure_json(departure: Departure, *, held: bool = False) -> str:
    """A departure, with all that came with it, as it is stored, but for the contents of files; with `held`, without words."""
    prompt = departure.prompt
    said = with_files(file.attached for file in prompt.files) if prompt is not None else {}
    bare = replace(departure, prompt=replace(prompt, files=())) if prompt is not None else departure
    return json.dumps({**asdict(bare), **said, "held": held}, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return micros(value)
    raise TypeError(type(value).__name__)


def _departure_of(stored: dict[str, Any], contents: Mapping[str, Content]) -> Departure:
    prompt = cast("dict[str, Any] | None", stored["prompt"])
    turn_id = stored["turn_id"]
    files = tuple(File(each, contents[each.digest]) for each in files_in(stored) if each.digest in contents)
    return Departure(
        leave=Leave(stored["leave"]),
        number=stored["number"],
        turn_id=UUID(hex=turn_id) if turn_id else None,
        name=stored["name"],
        prompt=_prompt_of(prompt, files) if prompt else None,
        temporary=stored.get("temporary", False),
    )


def _prompt_of(stored: dict[str, Any], files: tuple[File, ...]) -> Prompt:
    source: dict[str, Any] = {**stored["source"], "kind": SourceKind(stored["source"]["kind"])}
    target = cast("dict[str, Any] | None", stored["target"])
    where = _target_of(target) if target else None
    return Prompt(
        text=stored["text"],
        files=files,
        source=Source(**source),
        target=where,
        missed=stored.get("missed", False),
        model=stored.get("model"),
    )


def _target_of(stored: dict[str, Any]) -> Target:
    restored: dict[str, Any] = {
        **stored,
        "surface": Surface(stored["surface"]),
        "token_expires": _maybe(stored["token_expires"]),
    }
    return Target(**restored)


def _maybe(stored: int | None) -> datetime | None:
    return None if stored is None else moment(stored)
