"""Writes pi's session format, an entry a line as it comes."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, BinaryIO, Final

from storage.records import EntryKind
from transfer.fields import EPOCH, iso_milliseconds, maybe_text, name_of, object_of, text_of
from transfer.json_file import as_bytes, dumped
from transfer.limits import MOST_KIND
from transfer.pi import CUSTOM_TYPE, ID, KEY, REFERENCES, STOP_REASONS, VERSION
from transfer.pi_content import WORDS, put_back, without
from transfer.pi_summary import Trail
from transfer.saved import SavedEntry, SavedSession

API: Final = "openai-completions"
PROVIDER: Final = "cubby"
NO_USAGE: Final = {
    "input": 0,
    "output": 0,
    "cacheRead": 0,
    "cacheWrite": 0,
    "totalTokens": 0,
    "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0, "total": 0},
}
"""pi adds these up for each answer, so they have to be there."""


def write(file: BinaryIO, session: SavedSession, entries: Iterable[SavedEntry]) -> None:
    """Write the session to `file`.

    To pi the last line is the leaf, and the last `session_info` has the name; where that would be wrong, one is added last, and
    after it a summary that holds there (`pi_summary.py`).
    """
    ids, trail, last, name = _Ids(session), Trail(), None, None
    _line(file, _header(session))
    for entry in entries:
        line = _entry(entry, session, ids)
        _line(file, line)
        trail.passed(entry)
        last = entry.id
        if line["type"] == "session_info":
            name = name_of(line.get("name"))
    leaf = ids.of(session.leaf)
    if session.leaf != last or name_of(session.name) != name:
        parent, leaf = leaf, ids.new("", "leaf and name")
        closing = {"type": "session_info", "id": leaf, "parentId": parent}
        _line(file, closing | {"timestamp": iso_milliseconds(session.modified), "name": session.name or ""})
    if (compaction := trail.compaction(session.leaf, ids.of)) is not None:
        _line(file, {"id": ids.new("", "summary"), "parentId": leaf} | compaction)


class _Ids:
    """pi's ids for a session's entries: their own where they have one of pi's, else made of their id, each once."""

    def __init__(self, session: SavedSession) -> None:
        self._session = session
        self._used: set[str] = set()
        self._by_entry: dict[str, str] = {}
        self._by_reference: dict[str, str] = {}

    def new(self, wanted: str, id_: str) -> str:
        """The id in pi of the entry `id_`, which would be called `wanted`."""
        made, times = wanted, 0
        while made in self._used or not ID.match(made):
            made = sha256(as_bytes(f"{self._session.id}\n{id_}\n{times}")).hexdigest()[:8]
            times += 1
        self._used.add(made)
        self._by_entry[id_] = made
        self._by_reference.setdefault(wanted, made)
        return made

    def of(self, id_: str | None) -> str | None:
        """The id in pi of an entry that was written."""
        return None if id_ is None else self._by_entry.get(id_)

    def referred(self, reference: Any) -> Any:
        """A reference by the id that pi once had for an entry, as it is now."""
        return self._by_reference.get(reference, reference) if isinstance(reference, str) else reference


def _header(session: SavedSession) -> dict[str, Any]:
    kept = without(object_of(session.extra.get(KEY)), "type", "version", "id")
    parent = {"parentSession": session.parent} if session.parent and "parentSession" not in kept else {}
    first = {"type": "session", "version": VERSION, "id": session.id, "timestamp": iso_milliseconds(session.created)}
    return first | {"cwd": ""} | kept | parent


def _entry(entry: SavedEntry, session: SavedSession, ids: _Ids) -> dict[str, Any]:
    kept = object_of(entry.data.get(KEY))
    type_ = maybe_text(kept.get("type"), MOST_KIND)
    base = {
        "type": "message",
        "id": ids.new(text_of(kept.get("id")) or entry.id, entry.id),
        "parentId": ids.of(entry.parent),
        "timestamp": iso_milliseconds(entry.created),
    }
    if type_ is None or type_ == "session":
        return base | _from_here(entry, session)
    return base | _from_pi(entry, type_, kept, ids)


def _from_pi(entry: SavedEntry, type_: str, kept: Mapping[str, Any], ids: _Ids) -> dict[str, Any]:
    """The fields of an entry that came from pi."""
    fields = without(kept, "id", "parentId")
    fields |= {key: ids.referred(fields[key]) for key in REFERENCES if key in fields}
    message = object_of(kept.get("message"))
    if type_ == "message" and message:
        role = {"role": message["role"]} if "role" in message else {}
        fields["message"] = role | {"content": put_back(entry.text, message.get("content"))} | without(message, "content")
    elif type_ in WORDS and type_ != "message":
        fields.setdefault(WORDS[type_], entry.text)
    return fields


def _from_here(entry: SavedEntry, session: SavedSession) -> dict[str, Any]:
    """The fields of an entry that pi has not seen yet."""
    sent = {"timestamp": round((entry.created - EPOCH).total_seconds() * 1000)}
    if entry.kind == EntryKind.USER:
        return {"message": {"role": "user", "content": entry.text} | sent}
    if entry.kind in (EntryKind.ASSISTANT, EntryKind.FAILURE):
        return {"message": _answer(entry, session) | sent}
    ours = {"kind": entry.kind, "author": entry.author, "text": entry.text, "data": entry.data}
    return {"type": "custom", "customType": CUSTOM_TYPE, "data": ours}


def _answer(entry: SavedEntry, session: SavedSession) -> dict[str, Any]:
    is_failure = entry.kind == EntryKind.FAILURE
    error = text_of(entry.data.get("error")) or (entry.text if is_failure else "")
    return {
        "role": "assistant",
        "content": [] if is_failure else [{"type": "text", "text": entry.text}],
        "api": API,
        "provider": PROVIDER,
        "model": maybe_text(entry.data.get("model")) or session.model or "unknown",
        "usage": NO_USAGE,
        "stopReason": "error" if is_failure else STOP_REASONS.get(text_of(entry.data.get("outcome")), "stop"),
    } | ({"errorMessage": error} if error else {})


def _line(file: BinaryIO, fields: Mapping[str, Any]) -> None:
    file.write(as_bytes(dumped(fields)) + b"\n")
