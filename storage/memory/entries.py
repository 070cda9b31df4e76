"""Writing entries, in memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from storage.memory.session import Session
from storage.memory.state import State
from storage.records import Entry, EntryKind


def append(
    state: State,
    session: Session,
    parent: int | None,
    kind: EntryKind,
    text: str,
    author: int | None,
    data: Mapping[str, Any],
    now: datetime,
    *,
    is_leaf: bool = True,
) -> int:
    """Write an entry under `parent` and make it the session's leaf, unless it is not to be; returns its id. Where a person
    speaks, the session comes out of the archive.
    """
    entry = Entry(
        id=session.next_entry,
        session_id=session.id,
        parent=parent,
        depth=0 if parent is None else session.entries[parent].depth + 1,
        kind=kind,
        author=author,
        text=text,
        data=data,
        created=now,
    )
    state.add_entry(session, entry)
    if is_leaf:
        session.leaf = entry.id
    if kind is EntryKind.USER:
        session.flags = replace(session.flags, archived=False, archived_by_itself=None)
    return entry.id
