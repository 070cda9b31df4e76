"""What goes out, in what parts, and what is deleted meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from porting.outgoing import export_all, export_session
from storage.errors import SessionNotFound
from storage.memory import MemoryStore
from storage.records import Actor, Entry
from tests.storage.samples import ANN, BOB, exchange
from transfer.archive_writer import HTML, JSON, MARKDOWN, PI


async def lived() -> MemoryStore:
    """Three sessions of Ann's, one of them in the bin, and one of Bob's."""
    store = MemoryStore()
    for words in ("one", "two", "three"):
        await exchange(store, await store.sessions.create(ANN), words, f"echo {words}")
    await exchange(store, await store.sessions.create(BOB), "his own", "echo", actor=BOB)
    await store.shelves.delete(ANN, 2)
    return store


def names(file: BytesIO) -> list[str]:
    with ZipFile(file) as archive:
        return archive.namelist()


@pytest.mark.parametrize(
    ("layout", "shows"), [(MARKDOWN, b"# Session 1"), (HTML, b"<html"), (JSON, b"cubby-session"), (PI, b'"type": "session"')]
)
async def test_a_session_goes_out_in_each_format(layout: Any, shows: bytes) -> None:
    store = await lived()
    file = BytesIO()
    await export_session(store, ANN, await store.sessions.find(ANN, 1), layout, file)
    data = file.getvalue()
    assert shows in data
    assert b"echo one" in data


async def test_what_is_in_the_bin_or_anothers_stays() -> None:
    file, heard = BytesIO(), list[tuple[int, int]]()
    store = await lived()
    await export_all(store, ANN, lambda _: file, progress=lambda done, total: heard.append((done, total)))
    assert [name.split("/")[1][:4] for name in names(file)[:-1]] == ["0001", "0003"]
    assert b"his own" not in file.getvalue()
    assert heard == [(0, 2), (1, 2)]


async def test_parts_stay_below_their_bound() -> None:
    store = await lived()
    files: dict[int, BytesIO] = {}
    parts = await export_all(store, ANN, lambda n: files.setdefault(n, BytesIO()), most_bytes=2000)
    assert [part.sessions for part in parts] == [1, 1]
    assert all(len(files[part.number].getvalue()) == part.size <= 2000 for part in parts)


class Deleting:
    """Transfers during which a session is deleted as soon as it is being read."""

    def __init__(self, store: MemoryStore, number: int) -> None:
        self._store, self._inner, self._number = store, store.transfers, number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def read_all(self, actor: Actor, session_id: UUID) -> AsyncIterator[Sequence[Entry]]:
        batches = self._inner.read_all(actor, session_id, size=1)
        if (await self._store.sessions.get(actor, session_id)).number == self._number:
            yield await anext(batches)
            await self._store.shelves.delete(actor, self._number)
        async for batch in batches:
            yield batch


async def test_a_session_that_is_deleted_meanwhile_is_left_out_whole() -> None:
    store = await lived()
    file = BytesIO()
    store.transfers = Deleting(store, 1)  # pyright: ignore[reportAttributeAccessIssue] - the test's own
    await export_all(store, ANN, lambda _: file)
    assert [name.split("/")[1][:4] for name in names(file)[:-1]] == ["0003"]


async def test_one_that_is_deleted_meanwhile_is_told() -> None:
    store = await lived()
    one = await store.sessions.find(ANN, 1)
    store.transfers = Deleting(store, 1)  # pyright: ignore[reportAttributeAccessIssue] - the test's own
    with pytest.raises(SessionNotFound):
        await export_session(store, ANN, one, JSON, BytesIO())


async def test_another_persons_session_is_none() -> None:
    store = await lived()
    with pytest.raises(SessionNotFound):
        await export_session(store, BOB, await store.sessions.find(ANN, 1), JSON, BytesIO())


async def test_a_cancel_ends_the_thread() -> None:
    store = MemoryStore()
    for _ in range(50):
        await exchange(store, await store.sessions.create(ANN), "words", "more")
    file, began = BytesIO(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def heard(_done: int, _total: int) -> None:
        loop.call_soon_threadsafe(began.set)

    running = asyncio.create_task(export_all(store, ANN, lambda _: file, progress=heard))
    await began.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
