"""Reads pi's session format: every line becomes an entry, and what a line says that we do not know stays with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, BinaryIO, Final

from storage.records import EntryKind, TurnState
from transfer.fields import (
    EPOCH,
    id_of,
    iso_milliseconds,
    made_id,
    maybe_text,
    milliseconds,
    moment,
    name_of,
    object_of,
    text_of,
)
from transfer.limits import MOST_KIND, MOST_WEIGHT
from transfer.parsing import Unreadable, parse
from transfer.pi import CUSTOM_TYPE, KEY, KNOWN_TYPES, NEWER, OLDER, OUTCOMES, PREFIX, ROLES, TOOL, VERSION
from transfer.pi_content import WORDS, take_words, without
from transfer.pi_summary import is_once_more
from transfer.results import Damage, Format, Place, Result, TransferRefused, is_message
from transfer.saved import Loaded, SavedEntry, SavedSession
from transfer.splitting import lines
from transfer.trees import grow

NO_OBJECT: Final = "It isn't an entry of a session."
NO_ID: Final = "It has no id or no type."
NO_HEADER: Final = "The line that begins a session is missing, so its id and its time are made up."
REST_LEFT_OUT: Final = "With this line the session is larger than I take; the rest of it was left out."


@dataclass(slots=True)
class _Session:
    """A session while its lines come."""

    header: Mapping[str, Any]
    entries: list[SavedEntry] = field(default_factory=list[SavedEntry])
    line_of: list[int] = field(default_factory=list[int])
    weight: int = 0
    name: str | None = None
    model: str | None = None


def read(file: BinaryIO) -> Iterator[Result]:
    """The session in `file` (or several, one after another), with what was damaged before it.

    Raises `TransferRefused` for another version of the format.
    """
    session: _Session | None = None
    for number, piece in lines(file):
        parsed = piece if isinstance(piece, Unreadable) else parse(piece)
        if isinstance(parsed, Unreadable):
            yield Damage(Place.LINE, number, parsed.reason)
            continue
        fields = object_of(parsed.value)
        if fields.get("type") == "session":
            if session:
                yield from _finished(session)
            session = _Session(_checked(fields))
            continue
        if session is None:
            yield Damage(Place.LINE, number, NO_HEADER)
            session = _Session({})
        reason = _take(session, fields, number, parsed.weight)
        if reason:
            yield Damage(Place.LINE, number, reason)
    if session:
        yield from _finished(session)


def is_pi_line(fields: Mapping[str, Any]) -> bool:
    """Whether this may be a line of a session of pi's."""
    return isinstance(fields.get("type"), str) and (fields["type"] == "session" or "parentId" in fields)


def _checked(header: Mapping[str, Any]) -> Mapping[str, Any]:
    version = header.get("version", 1)
    if version != VERSION:
        raise TransferRefused(NEWER if isinstance(version, int) and version > VERSION else OLDER)
    return header


def _take(session: _Session, fields: Mapping[str, Any], number: int, weight: int) -> str | None:
    """Take a line in, or say why not. Of a session that is too large only the first line left out is told."""
    was_full = session.weight > MOST_WEIGHT
    session.weight += weight
    if session.weight > MOST_WEIGHT:
        return None if was_full else REST_LEFT_OUT
    if not fields:
        return NO_OBJECT
    id_, type_ = id_of(fields.get("id")), maybe_text(fields.get("type"), MOST_KIND - len(PREFIX))
    if id_ is None or type_ is None:
        return NO_ID
    entry = _entry(fields, id_, type_, session.entries[-1].created if session.entries else _begun(session.header))
    session.entries.append(entry)
    session.line_of.append(number)
    if type_ == "session_info":
        session.name = name_of(fields.get("name"))
    elif type_ == "model_change":
        session.model = maybe_text(fields.get("modelId")) or session.model
    elif entry.kind == EntryKind.ASSISTANT:
        session.model = maybe_text(entry.data.get("model")) or session.model
    return None


def _begun(header: Mapping[str, Any]) -> datetime:
    return moment(header.get("timestamp")) or EPOCH


def _entry(fields: Mapping[str, Any], id_: str, type_: str, before: datetime) -> SavedEntry:
    restored = _restored(fields, id_, before) if fields.get("customType") == CUSTOM_TYPE else None
    if restored:
        return restored
    message = object_of(fields.get("message"))
    created = moment(fields.get("timestamp")) or milliseconds(message.get("timestamp")) or before
    kept = without(fields, "parentId", *(("timestamp",) if fields.get("timestamp") == iso_milliseconds(created) else ()))
    words = ""
    if type_ == "message" and message:
        words, left = take_words(message.get("content"))
        kept["message"] = without(message, "content") | ({} if left is None else {"content": left})
    elif (named := WORDS.get(type_)) is not None and isinstance(fields.get(named), str):
        words = kept.pop(named)
    kind, author = _kind_of(type_, message)
    data = {KEY: kept}
    if kind == EntryKind.ASSISTANT:
        kind, more = _answer(message, words)
        data |= more
    return SavedEntry(
        id=id_, parent=id_of(fields.get("parentId")), kind=kind, author=author, text=words, data=data, created=created
    )


def _kind_of(type_: str, message: Mapping[str, Any]) -> tuple[str, str | None]:
    """What an entry of this type is here, and whose."""
    if type_ == "message":
        role = text_of(message.get("role"))
        kind = ROLES.get(role, PREFIX + "message")
        return kind, kind if kind in (EntryKind.USER, EntryKind.ASSISTANT, TOOL) else None
    return (type_ if type_ in KNOWN_TYPES else PREFIX + type_), None


def _answer(message: Mapping[str, Any], words: str) -> tuple[str, dict[str, Any]]:
    """The kind of an answer, and what we say of one."""
    stop, error, model = (text_of(message.get(key)) for key in ("stopReason", "errorMessage", "model"))
    more: dict[str, Any] = {"error": error} if error else {}
    if stop == "error" and not words:
        return EntryKind.FAILURE, more
    outcome = OUTCOMES.get(stop, TurnState.COMPLETED)
    return EntryKind.ASSISTANT, more | {"outcome": outcome.value} | ({"model": model} if model else {})


def _restored(fields: Mapping[str, Any], id_: str, before: datetime) -> SavedEntry | None:
    """An entry of ours that pi has no type for."""
    ours = object_of(fields.get("data"))
    kind = maybe_text(ours.get("kind"), MOST_KIND)
    if kind is None:
        return None
    return SavedEntry(
        id=id_,
        parent=id_of(fields.get("parentId")),
        kind=kind,
        author=maybe_text(ours.get("author"), MOST_KIND),
        text=text_of(ours.get("text")),
        data=object_of(ours.get("data")),
        created=moment(fields.get("timestamp")) or before,
    )


def _finished(session: _Session) -> Iterator[Result]:
    header = session.header
    leaf = session.entries[-1].id if session.entries else None
    if session.entries and is_once_more(session.entries[-1]):
        leaf = session.entries.pop().parent
    tree = grow(session.entries, leaf)
    for fault in tree.faults:
        yield Damage(Place.LINE, session.line_of[fault.at], fault.reason)
    created = moment(header.get("timestamp")) or (tree.entries[0].created if tree.entries else EPOCH)
    said = [milliseconds(_sent(entry)) or entry.created for entry in tree.entries if is_message(entry)]
    same_time = header.get("timestamp") == iso_milliseconds(created)
    kept = without(header, "type", "version", "id", *(("timestamp",) if same_time or "timestamp" not in header else ()))
    yield Loaded(
        SavedSession(
            id=id_of(header.get("id")) or made_id(*(entry.id for entry in tree.entries[:9])),
            name=session.name,
            created=created,
            modified=max(said, default=created),
            parent=_parent_in(text_of(header.get("parentSession"))),
            leaf=tree.leaf,
            model=session.model,
            source=Format.PI.value,
            extra={KEY: kept},
        ),
        _with_what_is_kept(tree.entries),
    )


def _with_what_is_kept(entries: tuple[SavedEntry, ...]) -> tuple[SavedEntry, ...]:
    """The entries, of which compactions say from which depth on they keep what is above them; pi names the entry there."""
    depths: dict[str, int] = {}
    for entry in entries:
        depths[entry.id] = 0 if entry.parent is None else depths[entry.parent] + 1
    return tuple(_compaction(entry, depths) if entry.kind == EntryKind.COMPACTION else entry for entry in entries)


def _compaction(entry: SavedEntry, depths: Mapping[str, int]) -> SavedEntry:
    kept = object_of(entry.data.get(KEY))
    first, before = depths.get(id_of(kept.get("firstKeptEntryId")) or ""), kept.get("tokensBefore")
    more = {"first_kept": first, "tokens_before": before if isinstance(before, int) else None}
    return replace(entry, data={**entry.data, **{key: value for key, value in more.items() if value is not None}})


def _sent(entry: SavedEntry) -> Any:
    return object_of(object_of(entry.data.get(KEY)).get("message")).get("timestamp")


def _parent_in(path: str) -> str | None:
    """The id of the session in a `parentSession`, which is the path of its file: `<time>_<id>.jsonl`."""
    stem = path.replace("\\", "/").rpartition("/")[2].removesuffix(".jsonl")
    return id_of(stem.rpartition("_")[2])
