"""What an import does to the store, and what it leaves when it is cut off, refused or the disk fails."""

import asyncio
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest

from porting.incoming import import_file, preview
from storage.errors import StoreUnavailable
from storage.memory import MemoryStore
from storage.records import Actor, Draft, DraftEntry, SessionInfo
from tests.storage.samples import ANN, BOB
from tests.transfer.samples import BRANCHED, entry, session, written
from transfer import json_file
from transfer.archive_writer import write_archive
from transfer.results import TransferRefused
from transfer.saved import Loaded


def many(count: int) -> list[Loaded]:
    return [Loaded(session(id=f"s{n}", leaf="1"), (entry(1, None, "user", f"words {n}"),)) for n in range(count)]


def zipped(loaded: Sequence[Loaded]) -> BytesIO:
    file = BytesIO()
    write_archive(((each.session, iter(each.entries)) for each in loaded), lambda _: file, most_bytes=1 << 30)
    return file


async def numbers(store: MemoryStore, actor: Actor = ANN) -> list[int]:
    return [each.number async for each in store.transfers.every(actor)]


async def test_a_look_changes_nothing() -> None:
    store = MemoryStore()
    found = await preview(store, ANN, zipped(many(3)))
    assert (found.survey.conversations, found.survey.messages, found.survey.damages, found.known) == (3, 3, 0, 0)
    assert await numbers(store) == []


async def test_what_is_there_is_taken_again_only_where_it_is_wanted() -> None:
    store, file = MemoryStore(), zipped(many(3))
    heard: list[int] = []
    report = await import_file(store, ANN, file, skip_known=True, progress=heard.append)
    assert (report.taken, report.messages, report.skipped, heard) == (3, 3, 0, [1, 2, 3])
    await store.shelves.delete(ANN, 2)
    report = await import_file(store, ANN, file, skip_known=True)
    assert (report.taken, report.skipped) == (1, 2)
    report = await import_file(store, ANN, file, skip_known=False)
    assert (report.taken, report.skipped) == (3, 0)
    assert await numbers(store) == [1, 3, 4, 5, 6, 7]
    assert await numbers(store, BOB) == []


async def test_damage_is_told_and_the_rest_is_taken() -> None:
    damaged = written(json_file.write, BRANCHED).replace(b'"kind": "weather"', b'"kind": null')
    store, file = MemoryStore(), BytesIO(damaged)
    report = await import_file(store, ANN, file, skip_known=True)
    assert (report.taken, report.damages) == (1, 1)
    assert "no id or no kind" in str(report.listed[0])


async def test_a_file_that_is_refused_changes_nothing() -> None:
    store, file = MemoryStore(), BytesIO(b"\x89PNG\r\n")
    for call in (preview(store, ANN, file), import_file(store, ANN, file, skip_known=True)):
        with pytest.raises(TransferRefused):
            await call
    assert await numbers(store) == []


class Held:
    """Transfers that are held at the second session, or fail there."""

    def __init__(self, store: MemoryStore, *, fails: bool) -> None:
        self._inner, self._fails = store.transfers, fails
        self.reached = asyncio.Event()
        self._count = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def adopt(self, actor: Actor, draft: Draft, entries: Sequence[DraftEntry]) -> SessionInfo:
        self._count += 1
        if self._count == 2:
            self.reached.set()
            if self._fails:
                raise StoreUnavailable("full")
            await asyncio.sleep(0)
        return await self._inner.adopt(actor, draft, entries)


async def test_a_cancel_leaves_whole_sessions_and_no_thread() -> None:
    store = MemoryStore()
    held = Held(store, fails=False)
    store.transfers = held  # pyright: ignore[reportAttributeAccessIssue] - the test's own
    running = asyncio.create_task(import_file(store, ANN, zipped(many(500)), skip_known=True))
    await held.reached.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    taken = len(await numbers(store))
    assert 1 <= taken < 500
    await asyncio.sleep(0)
    assert len(await numbers(store)) == taken


async def test_a_disk_that_fails_on_the_way_is_told_with_what_was_taken() -> None:
    store = MemoryStore()
    store.transfers = Held(store, fails=True)  # pyright: ignore[reportAttributeAccessIssue] - the test's own
    report = await import_file(store, ANN, zipped(many(3)), skip_known=True)
    assert (report.taken, report.is_whole) == (1, False)
