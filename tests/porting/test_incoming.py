"""What an import does to the store, and what it leaves when it is cut off, refused or the disk fails."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from porting.incoming import Broke, import_file, look, preview
from storage.errors import StoreUnavailable
from storage.memory import MemoryStore
from storage.records import Actor, Draft, DraftEntry, File, SessionInfo
from tests.porting.reading import a_reader
from tests.storage.samples import ANN, BOB
from tests.transfer.samples import BRANCHED, entry, session, written
from transfer import json_file
from transfer.archive_writer import write_archive
from transfer.results import TransferRefused
from transfer.saved import Loaded

PI_SESSION = Path(__file__).parents[1] / "transfer" / "files" / "pi.jsonl"


def many(count: int) -> list[Loaded]:
    return [Loaded(session(id=f"s{n}", leaf="1"), (entry(1, None, "user", f"words {n}"),)) for n in range(count)]


def zipped(loaded: Sequence[Loaded]) -> BytesIO:
    file = BytesIO()
    write_archive(
        ((each.session, iter(each.entries), lambda _digest: None) for each in loaded), lambda _: file, most_bytes=1 << 30
    )
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
    report = await import_file(store, ANN, file, a_reader(), skip_known=True, progress=heard.append)
    assert (report.taken, report.messages, report.skipped, heard) == (3, 3, 0, [1, 2, 3])
    await store.shelves.delete(ANN, 2)
    report = await import_file(store, ANN, file, a_reader(), skip_known=True)
    assert (report.taken, report.skipped) == (1, 2)
    report = await import_file(store, ANN, file, a_reader(), skip_known=False)
    assert (report.taken, report.skipped) == (3, 0)
    assert await numbers(store) == [1, 3, 4, 5, 6, 7]
    assert await numbers(store, BOB) == []


async def test_damage_is_told_and_the_rest_is_taken() -> None:
    damaged = written(json_file.write, BRANCHED).replace(b'"kind": "weather"', b'"kind": null')
    store, file = MemoryStore(), BytesIO(damaged)
    report = await import_file(store, ANN, file, a_reader(), skip_known=True)
    assert (report.taken, report.damages) == (1, 1)
    assert "no id or no kind" in str(report.listed[0])


async def test_a_file_that_is_refused_changes_nothing() -> None:
    store, file = MemoryStore(), BytesIO(b"\x89PNG\r\n")
    for call in (preview(store, ANN, file), import_file(store, ANN, file, a_reader(), skip_known=True)):
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

    async def adopt(self, actor: Actor, draft: Draft, entries: Sequence[DraftEntry], files: Sequence[File] = ()) -> SessionInfo:
        self._count += 1
        if self._count == 2:
            self.reached.set()
            if self._fails:
                raise StoreUnavailable("full")
            await asyncio.sleep(0)
        return await self._inner.adopt(actor, draft, entries, files)


async def test_a_cancel_leaves_whole_sessions_and_no_thread() -> None:
    store = MemoryStore()
    held = Held(store, fails=False)
    store.transfers = held  # pyright: ignore[reportAttributeAccessIssue] - the test's own
    running = asyncio.create_task(import_file(store, ANN, zipped(many(500)), a_reader(), skip_known=True))
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
    report = await import_file(store, ANN, zipped(many(3)), a_reader(), skip_known=True)
    assert (report.taken, report.broke) == (1, Broke.STORE)


class Large(BytesIO):
    """A file in whose middle the reader is held."""

    def __init__(self, data: bytes, middle: Callable[[], object]) -> None:
        super().__init__(data)
        self._middle = middle
        self.reads, self.go = 0, Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads == 5:
            self._middle()
            self.go.wait()
        return super().read(size)


@pytest.mark.parametrize("wanted", ["look", "preview", "import"])
async def test_a_large_file_is_not_read_to_its_end_for_nobody(wanted: str) -> None:
    store, loop, middle = MemoryStore(), asyncio.get_running_loop(), asyncio.Event()
    file = Large(PI_SESSION.read_bytes() + b"no json\n" * 500_000, lambda: loop.call_soon_threadsafe(middle.set))
    work: dict[str, Coroutine[Any, Any, Any]] = {
        "look": look(file),
        "preview": preview(store, ANN, file),
        "import": import_file(store, ANN, file, a_reader(), skip_known=True),
    }
    running = asyncio.create_task(work.pop(wanted))
    for other in work.values():
        other.close()
    await middle.wait()
    running.cancel()
    await asyncio.sleep(0)  # so that the thread is told before it goes on
    file.go.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert file.reads == 5


async def test_a_look_tells_how_far_it_is() -> None:
    heard: list[int] = []
    file = zipped(many(2000))
    await look(file, heard.append)
    assert max(heard) == len(file.getvalue())
