"""Sessions on their way out: one as a document or a ZIP of its own, or all of a person's as ZIPs."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from threading import Event
from typing import BinaryIO, Final
from uuid import UUID

from porting.crossing import Crossing
from storage.errors import SessionNotFound
from storage.preferences import INSTRUCTIONS
from storage.records import Actor, Content, SessionInfo, files_in
from storage.store import Store
from storage.threads import in_own_thread
from transfer.archive_writer import JSON, Layout, NewPart, Part, write_archive
from transfer.enclosing import Contents
from transfer.saved import SavedEntry, SavedSession, SessionGone
from transfer.stored import saved_entry, saved_session
from transfer.trees import path

Progress = Callable[[int, int], None]
"""Hears how many sessions of how many are done, in the thread that does it."""

WITHOUT_BOUND: Final = 1 << 62


async def export_session(store: Store, actor: Actor, session: SessionInfo, layout: Layout, file: BinaryIO) -> bool:
    """Write a session to `file`; returns whether it names files, which are not in it.

    Raises `SessionNotFound`, `OSError`, `StoreUnavailable`.
    """
    loop = asyncio.get_running_loop()

    def work(stop: Event) -> bool:
        saved, entries = _saved(Crossing(loop, stop), store, actor, session)
        named: set[str] = set()
        noted = _noting(entries if layout.whole else path(entries, saved.leaf), named)
        layout.write(file, saved, noted)
        return bool(named)

    try:
        return await in_own_thread(work, "export")
    except SessionGone:
        raise SessionNotFound from None


async def export_with_files(store: Store, actor: Actor, session: SessionInfo, layout: Layout, file: BinaryIO) -> Part:
    """Write a session to `file` as an archive of one part, with what was attached in it. Raises as `export_session`."""
    loop = asyncio.get_running_loop()

    def work(stop: Event) -> Part:
        each = _with_files(Crossing(loop, stop), store, actor, session)
        (part,) = write_archive([each], lambda _: file, most_bytes=WITHOUT_BOUND, layout=layout)
        return part

    try:
        part = await in_own_thread(work, "export")
    except SessionGone:
        raise SessionNotFound from None
    if not part.sessions:
        raise SessionNotFound
    return part


async def export_all(
    store: Store,
    actor: Actor,
    new_part: NewPart,
    *,
    layout: Layout = JSON,
    most_bytes: int = WITHOUT_BOUND,
    progress: Progress = lambda _done, _total: None,
) -> list[Part]:
    """Write all of a person's sessions that are not in the bin, as `write_archive` does.

    Raises `OSError`, `StoreUnavailable`. A session that is deleted meanwhile is left out.
    """
    loop, counts = asyncio.get_running_loop(), await store.sessions.counts(actor)
    standing = await store.preferences.get(actor, INSTRUCTIONS)
    total = counts.open + counts.archived

    def work(stop: Event) -> list[Part]:
        crossing = Crossing(loop, stop)

        def sessions() -> Iterator[tuple[SavedSession, Iterator[SavedEntry], Contents]]:
            for done, session in enumerate(crossing.each(store.transfers.every(actor))):
                progress(done, max(done, total))
                try:
                    yield _with_files(crossing, store, actor, session)
                except SessionGone:
                    continue

        return write_archive(sessions(), new_part, most_bytes=most_bytes, layout=layout, instructions=standing)

    return await in_own_thread(work, "export")


def _noting(entries: Iterable[SavedEntry], named: set[str]) -> Iterator[SavedEntry]:
    """The same entries; the digests of the files in them are added to `named` as they pass."""
    for entry in entries:
        named.update(file.digest for file in files_in(entry.data))
        yield entry


def _with_files(
    crossing: Crossing, store: Store, actor: Actor, session: SessionInfo
) -> tuple[SavedSession, Iterator[SavedEntry], Contents]:
    """A session with what was attached in it. Raises `SessionGone`."""

    def contents(digest: str) -> Content | None:
        try:
            data = crossing.call(store.files.data(actor, session.id, digest))
            texts = crossing.call(store.files.texts(actor, session.id, [digest]))
        except SessionNotFound:  # deleted meanwhile
            return None
        return None if data is None else Content(data, texts.get(digest, ""))

    return *_saved(crossing, store, actor, session), contents


def _saved(crossing: Crossing, store: Store, actor: Actor, session: SessionInfo) -> tuple[SavedSession, Iterator[SavedEntry]]:
    try:
        provenance = crossing.call(store.transfers.provenance(actor, session.id))
        instructions = crossing.call(store.preferences.of_session(actor, session.id)).get(INSTRUCTIONS)
        parent = _id_out(crossing, store, actor, session.origin.session_id) if session.origin is not None else None
    except SessionNotFound:
        raise SessionGone from None
    return saved_session(session, provenance, parent, instructions), _entries(crossing, store, actor, session)


def _id_out(crossing: Crossing, store: Store, actor: Actor, session_id: UUID) -> str:
    """The id under which a session goes out, be it there any more or not."""
    try:
        provenance = crossing.call(store.transfers.provenance(actor, session_id))
    except SessionNotFound:
        provenance = None
    return str(session_id) if provenance is None else provenance.external_id


def _entries(crossing: Crossing, store: Store, actor: Actor, session: SessionInfo) -> Iterator[SavedEntry]:
    """Its entries; none where its current path is empty. Raises `SessionGone`."""
    if session.leaf is None:
        return
    try:
        for batch in crossing.each(store.transfers.read_all(actor, session.id)):
            yield from map(saved_entry, batch)
    except SessionNotFound:
        raise SessionGone from None
