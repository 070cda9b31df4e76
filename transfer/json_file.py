"""Our own format: one session a JSON document, with everything that it has. `docs/export.md` describes it.

An entry stands on a line of its own, and is written as it comes; so a long session costs no memory to write.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import Any, BinaryIO, Final

from storage.records import INSTRUCTIONS_LIMIT
from transfer.fields import id_of, iso, list_of, maybe_text, moment, object_of, text_of
from transfer.limits import MOST_KIND, MOST_OWN_DEPTH, MOST_OWN_WEIGHT
from transfer.parsing import Unreadable, parse
from transfer.results import Damage, Place, Result, TransferRefused
from transfer.saved import HERE, Loaded, SavedEntry, SavedSession
from transfer.splitting import elements
from transfer.trees import grow

FORMAT: Final = "cubby-session"
VERSION: Final = 1

NEWER: Final = "This file was written by a newer Cubby than this one. Please update the bot, then import it again."
NO_ENTRY: Final = "One of its entries has no id or no kind, so it was left out."


def write(file: BinaryIO, session: SavedSession, entries: Iterable[SavedEntry]) -> None:
    """Write the session to `file`, an entry a line."""
    head = f'{{"format": "{FORMAT}", "version": {VERSION},\n"session": {dumped(session_fields(session))},\n"entries": ['
    file.write(as_bytes(head))
    between = "\n"
    for entry in entries:
        file.write(as_bytes(between + dumped(entry_fields(entry))))
        between = ",\n"
    file.write(b"\n]}\n")


def read(file: BinaryIO) -> Iterator[Result]:
    """The session in `file`, after what was damaged in it. Raises `TransferRefused` for one that a newer Cubby wrote."""
    for number, piece in enumerate(elements(file, MOST_OWN_WEIGHT), 1):
        parsed = piece if isinstance(piece, Unreadable) else parse_own(piece)
        if isinstance(parsed, Unreadable):
            yield Damage(Place.CONVERSATION, number, parsed.reason)
            continue
        results = list(_document(object_of(parsed.value), number))
        del parsed  # nothing is to hold it while the session is taken in
        yield from results


def parse_own(piece: bytes) -> Any:
    """A piece of a file of ours as a value, or `Unreadable`."""
    return parse(piece, most_depth=MOST_OWN_DEPTH, most_weight=MOST_OWN_WEIGHT)


def session_fields(session: SavedSession) -> dict[str, Any]:
    """The session as the schema has it."""
    return {
        "id": session.id,
        "number": session.number,
        "name": session.name,
        "created": iso(session.created),
        "modified": iso(session.modified),
        "archived": session.archived,
        "pinned": session.pinned,
        "parent": session.parent,
        "leaf": session.leaf,
        "model": session.model,
        "instructions": session.instructions,
        "source": session.source,
        "extra": session.extra,
    }


def entry_fields(entry: SavedEntry) -> dict[str, Any]:
    """The entry as the schema has it."""
    return {
        "id": entry.id,
        "parent": entry.parent,
        "kind": entry.kind,
        "author": entry.author,
        "created": iso(entry.created),
        "text": entry.text,
        "data": entry.data,
    }


def dumped(value: object) -> str:
    """`value` as JSON on one line. Numbers that JSON has not (NaN) are none."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=dict)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, default=dict)


def as_bytes(text: str) -> bytes:
    """`text` in UTF-8; halves of surrogate pairs become U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return None if isinstance(value, float) and not isfinite(value) else value


def _document(document: Mapping[str, Any], number: int) -> Iterator[Result]:
    version = document.get("version")
    if document.get("format") == FORMAT and isinstance(version, int) and version > VERSION:
        raise TransferRefused(NEWER)
    fields = object_of(document.get("session"))
    given = list_of(document.get("entries"))
    made = [entry for value in given if (entry := _entry(object_of(value))) is not None]
    created = moment(fields.get("created")) or (made[0].created if made else None)
    id_ = id_of(fields.get("id"))
    if id_ is None or created is None:
        yield Damage(Place.CONVERSATION, number, "It doesn't say what session it is.")
        return
    if len(made) < len(given):
        yield Damage(Place.CONVERSATION, number, NO_ENTRY)
    tree = grow(made, id_of(fields.get("leaf")))
    for fault in tree.faults:
        yield Damage(Place.CONVERSATION, number, fault.reason)
    session = SavedSession(
        id=id_,
        number=value if isinstance(value := fields.get("number"), int) and not isinstance(value, bool) and value > 0 else None,
        name=maybe_text(fields.get("name")),
        created=created,
        modified=moment(fields.get("modified")) or created,
        archived=fields.get("archived") is True,
        pinned=fields.get("pinned") is True,
        parent=id_of(fields.get("parent")),
        leaf=tree.leaf,
        model=maybe_text(fields.get("model")),
        instructions=maybe_text(fields.get("instructions"), INSTRUCTIONS_LIMIT),
        source=maybe_text(fields.get("source")) or HERE,
        extra=object_of(fields.get("extra")),
    )
    yield Loaded(session, tree.entries)


def _entry(fields: Mapping[str, Any]) -> SavedEntry | None:
    id_, kind, created = id_of(fields.get("id")), maybe_text(fields.get("kind"), MOST_KIND), moment(fields.get("created"))
    if id_ is None or kind is None or created is None:
        return None
    return SavedEntry(
        id=id_,
        parent=id_of(fields.get("parent")),
        kind=kind,
        author=maybe_text(fields.get("author"), MOST_KIND),
        text=text_of(fields.get("text")),
        data=object_of(fields.get("data")),
        created=created,
    )
