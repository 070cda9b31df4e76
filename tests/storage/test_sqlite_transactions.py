"""What one transaction for many callers must keep: each whole or not at all, and one caller's trouble its own."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from storage.errors import SessionNotFound, StoreUnavailable
from storage.sqlite.database import in_thread, run_batch
from storage.sqlite.open import open_store
from storage.sqlite.store import SqliteStore
from tests.storage.samples import ANN, ask, exchange


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cubby.db"


@pytest.fixture
async def sqlite(path: Path) -> AsyncIterator[SqliteStore]:
    store = await open_store(path)
    yield store
    await store.close()


def numbers(path: Path) -> list[int]:
    """The session numbers that another connection finds in the file."""
    with closing(sqlite3.connect(path)) as other:
        return [row[0] for row in other.execute("SELECT number FROM sessions ORDER BY number")]


async def test_what_was_acknowledged_is_committed(sqlite: SqliteStore, path: Path) -> None:
    await asyncio.gather(*(sqlite.sessions.create(ANN) for _ in range(5)))
    assert numbers(path) == [1, 2, 3, 4, 5]


async def test_a_cancelled_caller_leaves_a_whole_write_and_no_open_transaction(sqlite: SqliteStore, path: Path) -> None:
    await sqlite.sessions.create(ANN)
    callers = [asyncio.create_task(sqlite.sessions.create(ANN)) for _ in range(20)]
    await asyncio.sleep(0)
    for caller in callers:
        caller.cancel()
    assert all(isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*callers, return_exceptions=True))
    assert (await sqlite.sessions.create(ANN)).number == 22
    assert numbers(path) == list(range(1, 23))
    assert not await in_thread(sqlite._database._writer, lambda connection: connection.in_transaction)


async def test_a_cancelled_reader_leaves_no_snapshot_behind(sqlite: SqliteStore) -> None:
    reader = asyncio.create_task(sqlite.sessions.list(ANN))
    await asyncio.sleep(0)
    reader.cancel()
    with suppress(asyncio.CancelledError):
        await reader
    assert (await sqlite.sessions.create(ANN)) in (await sqlite.sessions.list(ANN)).items


async def test_one_failing_write_of_a_group_fails_alone(sqlite: SqliteStore, path: Path) -> None:
    calls = [sqlite.sessions.create(ANN), sqlite.shelves.rename(ANN, 99, "x"), sqlite.sessions.create(ANN)]
    first, second, third = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(second, SessionNotFound)
    assert not isinstance(first, BaseException)
    assert not isinstance(third, BaseException)
    assert numbers(path) == [1, 2]


def test_a_function_that_fails_half_way_leaves_none_of_it() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE t(x)")

        def half(within: sqlite3.Connection) -> None:
            within.execute("INSERT INTO t VALUES ('half')")
            raise ValueError

        run_batch(connection, [lambda c: c.execute("INSERT INTO t VALUES ('one')"), half])
        assert connection.execute("SELECT x FROM t").fetchall() == [("one",)]
        assert not connection.in_transaction


async def test_a_full_disk_is_told_and_writes_work_again_with_room(sqlite: SqliteStore) -> None:
    session = await sqlite.sessions.create(ANN)
    writer = sqlite._database._writer
    pages = await in_thread(writer, lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    await in_thread(writer, lambda c: c.execute(f"PRAGMA max_page_count={pages}").fetchone())
    with pytest.raises(StoreUnavailable) as caught:
        await ask(sqlite, session, "x" * 100_000)
    assert "full" in caught.value.reason
    assert (await sqlite.sessions.get(ANN, session.id)) == session
    await in_thread(writer, lambda c: c.execute("PRAGMA max_page_count=1000000").fetchone())
    assert (await exchange(sqlite, session, "x" * 100_000)).answer_entry is not None


async def test_a_locked_file_fails_a_group_at_once_and_writes_work_again_after(sqlite: SqliteStore, path: Path) -> None:
    await in_thread(sqlite._database._writer, lambda c: c.execute("PRAGMA busy_timeout=200").fetchone())
    loop = asyncio.get_running_loop()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        start = loop.time()
        ends = await asyncio.gather(*(sqlite.sessions.create(ANN) for _ in range(30)), return_exceptions=True)
        waited = loop.time() - start
    assert {type(end) for end in ends} == {StoreUnavailable}
    assert waited < 2  # a wait for the first, whose committer started alone, and one for all others; not thirty
    assert (await sqlite.sessions.create(ANN)).number == 1


async def test_a_sentence_for_people_names_neither_sqlite_nor_the_file(sqlite: SqliteStore, path: Path) -> None:
    await in_thread(sqlite._database._writer, lambda c: c.execute("PRAGMA query_only=ON").fetchone())
    with pytest.raises(StoreUnavailable, match="Please try again in a minute") as caught:
        await sqlite.sessions.create(ANN)
    assert "readonly" in caught.value.reason
    assert path.name not in str(caught.value)


async def test_no_thread_or_task_is_left_after_close(path: Path) -> None:
    before = set(threading.enumerate())
    store = await open_store(path)
    threads = set(threading.enumerate()) - before
    await store.sessions.create(ANN)
    await store.close()
    for thread in threads:
        thread.join(timeout=5)
    assert len(threads) == 2
    assert not any(thread.is_alive() for thread in threads)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_close_finishes_what_was_taken_in(path: Path) -> None:
    store = await open_store(path)
    writes = [asyncio.create_task(store.sessions.create(ANN)) for _ in range(30)]
    await asyncio.sleep(0)
    await store.close()
    assert sorted(info.number for info in await asyncio.gather(*writes)) == numbers(path) == list(range(1, 31))


async def test_a_cancelled_close_still_closes(path: Path) -> None:
    store = await open_store(path)
    closing_ = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    closing_.cancel()
    with suppress(asyncio.CancelledError):
        await closing_
    await store.close()
    again = await open_store(path)
    await again.close()


async def test_a_closed_store_says_so(path: Path) -> None:
    store = await open_store(path)
    await store.close()
    for call in (store.sessions.create, store.sessions.list):
        with pytest.raises(StoreUnavailable):
            await call(ANN)


async def test_a_writer_that_is_torn_down_leaves_no_caller_waiting(sqlite: SqliteStore) -> None:
    caller = asyncio.create_task(sqlite.sessions.create(ANN))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    committer = sqlite._database._committer
    assert committer is not None
    committer.cancel()
    with pytest.raises(StoreUnavailable):
        await caller
    assert (await sqlite.sessions.create(ANN)).number == 2


async def test_the_reading_connection_cannot_write(sqlite: SqliteStore) -> None:
    with pytest.raises(StoreUnavailable):
        await sqlite._database.read(lambda connection: connection.execute("DELETE FROM sessions"))
