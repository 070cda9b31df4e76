"""Copies of a database that is in use, and putting them in its place."""

import asyncio
import os
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.errors import BackupFailed, DatabaseInUse, DatabaseRefused, StoreError
from storage.sqlite import copying
from storage.sqlite.backup import back_up, restore
from storage.sqlite.migrate import migrations
from storage.sqlite.open import open_store
from storage.sqlite.store import SqliteStore
from tests.storage.samples import ANN, ask, exchange

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LONG = "x" * 20_000


async def made(path: Path, *names: str) -> Path:
    """A database with a session of each name, closed."""
    store = await open_store(path)
    for name in names:
        await exchange(store, await store.sessions.create(ANN, name), LONG)
    await store.close()
    return path


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def names(path: Path) -> list[object]:
    return [row[0] for row in rows(path, "SELECT name FROM sessions ORDER BY number")]


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.suffix != ".lock"}


def prompts(path: Path) -> int:
    found = rows(path, "SELECT count(*) FROM turns")[0][0]
    assert isinstance(found, int)
    return found


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """A store that is open, with one session."""
    store = await open_store(await made(tmp_path / "cubby.db", "first"))
    yield store
    await store.close()


async def test_a_backup_of_a_live_store_has_all_that_was_acknowledged(tmp_path: Path, live: SqliteStore) -> None:
    session = await live.sessions.create(ANN, "second")
    await exchange(live, session, "in the WAL, not in the file")
    await back_up(tmp_path / "cubby.db", tmp_path / "copy.db")
    await live.close()
    assert names(tmp_path / "copy.db") == ["first", "second"]
    assert prompts(tmp_path / "copy.db") == 2


async def test_a_backup_is_one_private_file_that_needs_no_other(tmp_path: Path, live: SqliteStore) -> None:
    (tmp_path / "out").mkdir()
    before = os.umask(0)
    await back_up(tmp_path / "cubby.db", tmp_path / "out" / "copy.db")
    os.umask(before)
    await live.close()
    mode = (tmp_path / "out" / "copy.db").stat().st_mode
    assert (files(tmp_path / "out"), stat.S_IMODE(mode)) == ({"copy.db"}, 0o600)
    assert rows(tmp_path / "out" / "copy.db", "PRAGMA journal_mode") == [("delete",)]


async def test_writers_go_on_and_the_copy_is_of_one_moment(
    tmp_path: Path, live: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that started anew at each write beside it would never end, and one without a snapshot would be torn."""
    monkeypatch.setattr(copying, "STEP", 1)
    session = await live.sessions.create(ANN)
    go_on, at_step = threading.Event(), asyncio.Event()
    loop, seen = asyncio.get_running_loop(), list[int]()

    def step(done: int, _total: int) -> None:
        seen.append(done)
        loop.call_soon_threadsafe(at_step.set)
        go_on.wait(10)

    copy = asyncio.create_task(back_up(tmp_path / "cubby.db", tmp_path / "copy.db", step))
    await at_step.wait()
    await exchange(live, session, "while it is copied")
    go_on.set()
    await copy
    await live.close()
    assert seen == sorted(set(seen))
    assert prompts(tmp_path / "copy.db") == 1
    assert prompts(tmp_path / "cubby.db") == 2


async def test_a_cancelled_backup_leaves_nothing(tmp_path: Path, live: SqliteStore) -> None:
    at_step, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def step(_done: int, _total: int) -> None:
        loop.call_soon_threadsafe(at_step.set)
        go_on.wait(10)

    copy = asyncio.create_task(back_up(tmp_path / "cubby.db", tmp_path / "out.db", step))
    await at_step.wait()
    copy.cancel()
    loop.call_later(0.01, go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await copy
    assert not [name for name in files(tmp_path) if "out.db" in name]
    await live.close()


async def test_a_damaged_database_does_not_replace_a_good_backup(tmp_path: Path) -> None:
    path = await made(tmp_path / "cubby.db", "first")
    await back_up(path, tmp_path / "copy.db")
    good = (tmp_path / "copy.db").read_bytes()
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096 * 3)
    with pytest.raises(BackupFailed):
        await back_up(path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_bytes() == good
    assert files(tmp_path) == {"cubby.db", "copy.db"}


async def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    path = await made(tmp_path / "cubby.db", "first")
    with pytest.raises(BackupFailed, match="missing") as caught:
        await back_up(path, tmp_path / "missing" / "copy.db")
    assert str(caught.value).startswith(str(tmp_path / "missing" / "copy.db"))


@pytest.mark.parametrize(("database", "told"), [("cubby.db", "itself"), ("none.db", "no database"), ("diary.db", "could not")])
async def test_what_is_no_database_of_ours_is_not_copied(tmp_path: Path, database: str, told: str) -> None:
    await made(tmp_path / "cubby.db")
    (tmp_path / "diary.db").write_text("a diary\n" * 1000)
    with pytest.raises(StoreError, match=told):
        await back_up(tmp_path / database, tmp_path / "cubby.db")
    assert names(tmp_path / "cubby.db") == []


COPY = """
import asyncio, sys
from pathlib import Path
from storage.sqlite.backup import back_up
asyncio.run(back_up(Path(sys.argv[1]), Path(sys.argv[2])))
"""


async def test_another_process_that_copies_does_not_take_the_bots_wal(
    tmp_path: Path, live: SqliteStore, run_python: Callable[..., tuple[int, str]]
) -> None:
    """Whoever thinks to be the last one on a database deletes its WAL; a live bot's locks must say that it is not."""
    assert run_python(COPY, tmp_path / "cubby.db", tmp_path / "one.db") == (0, "")
    await live.sessions.create(ANN, "after it")
    assert run_python(COPY, tmp_path / "cubby.db", tmp_path / "two.db") == (0, "")
    assert names(tmp_path / "two.db") == ["first", "after it"]
    await live.close()
    assert names(tmp_path / "cubby.db") == ["first", "after it"]


async def test_restore_puts_the_copy_there_and_keeps_the_old_file(tmp_path: Path) -> None:
    path = await made(tmp_path / "cubby.db", "first")
    await back_up(path, tmp_path / "copy.db")
    await made(path, "second")
    kept = await restore(path, tmp_path / "copy.db", now=lambda: NOON)
    assert kept is not None
    assert kept.name == "cubby.db.before-restore-20260501T120000Z"
    assert names(kept) == ["first", "second"]
    assert names(path) == ["first"]
    assert files(tmp_path) == {"cubby.db", "copy.db", kept.name}
    store = await open_store(path)
    assert (await store.sessions.create(ANN)).number == 2
    await store.close()


KILLED = """
import asyncio, os, sys
from pathlib import Path
from storage.records import Actor
from storage.sqlite.open import open_store
async def main():
    store = await open_store(Path(sys.argv[1]))
    await store.sessions.create(Actor(101), "last words")
    os._exit(9)
asyncio.run(main())
"""


async def test_restore_keeps_what_a_killed_bot_left_in_the_wal(
    tmp_path: Path, run_python: Callable[..., tuple[int, str]]
) -> None:
    """And the WAL is not played into the file that comes."""
    path = await made(tmp_path / "cubby.db", "first")
    await back_up(path, tmp_path / "copy.db")
    assert run_python(KILLED, path)[0] == 9
    kept = await restore(path, tmp_path / "copy.db")
    assert kept is not None
    assert names(kept) == ["first", "last words"]
    assert names(path) == ["first"]


async def test_restore_over_a_file_that_is_beyond_help_keeps_its_bytes(tmp_path: Path) -> None:
    await back_up(await made(tmp_path / "other.db", "first"), tmp_path / "copy.db")
    (tmp_path / "cubby.db").write_bytes(b"\xff" * 9000)
    (tmp_path / "cubby.db-wal").write_bytes(b"\xfe" * 900)
    kept = await restore(tmp_path / "cubby.db", tmp_path / "copy.db")
    assert kept is not None
    assert kept.read_bytes() == b"\xff" * 9000
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"\xfe" * 900
    assert names(tmp_path / "cubby.db") == ["first"]


async def test_restore_where_there_is_nothing_yet(tmp_path: Path) -> None:
    await back_up(await made(tmp_path / "other.db", "first"), tmp_path / "copy.db")
    (tmp_path / "copy.db").chmod(0o400)
    assert await restore(tmp_path / "new" / "cubby.db", tmp_path / "copy.db") is None
    assert names(tmp_path / "new" / "cubby.db") == ["first"]
    assert stat.S_IMODE((tmp_path / "new" / "cubby.db").stat().st_mode) == 0o600


async def test_two_restores_in_one_second_keep_both_files(tmp_path: Path) -> None:
    path = await made(tmp_path / "cubby.db", "first")
    await back_up(path, tmp_path / "copy.db")
    kept = [await restore(path, tmp_path / "copy.db", now=lambda: NOON) for _ in range(2)]
    assert len(set(kept)) == 2


async def test_restore_refuses_over_a_live_store(tmp_path: Path, live: SqliteStore) -> None:
    await back_up(tmp_path / "cubby.db", tmp_path / "copy.db")
    with pytest.raises(DatabaseInUse, match="stop that one"):
        await restore(tmp_path / "cubby.db", tmp_path / "copy.db")
    await ask(live, await live.sessions.create(ANN, "second"))
    await live.close()
    assert names(tmp_path / "cubby.db") == ["first", "second"]


async def test_restore_refuses_while_the_database_is_read(tmp_path: Path) -> None:
    path = await made(tmp_path / "cubby.db", "first")
    await back_up(path, tmp_path / "copy.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer, closing(sqlite3.connect(path)) as reader:
        writer.execute("UPDATE sessions SET name = 'renamed'")
        reader.execute("BEGIN")
        reader.execute("SELECT name FROM sessions").fetchone()
        writer.execute("UPDATE sessions SET name = 'again'")
        with pytest.raises(BackupFailed, match="is being read"):
            await restore(path, tmp_path / "copy.db")
    assert names(path) == ["again"]


def diary(copy: Path) -> None:
    copy.write_text("a diary\n" * 1000)


def anothers(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("CREATE TABLE recipes(name TEXT)")


def newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(f"PRAGMA user_version = {len(migrations()) + 1}")


def damaged(copy: Path) -> None:
    with copy.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096 * 3)


def cut_short(copy: Path) -> None:
    os.truncate(copy, copy.stat().st_size - 4096)


def empty(copy: Path) -> None:
    copy.write_bytes(b"")


def missing(copy: Path) -> None:
    copy.unlink()


FRESH = (diary, anothers)


@pytest.mark.parametrize("spoil", [diary, anothers, newer, damaged, cut_short, empty, missing], ids=lambda each: each.__name__)
async def test_restore_refuses_what_is_no_good_and_changes_nothing(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path, copy = await made(tmp_path / "cubby.db", "first"), tmp_path / "copy.db"
    await back_up(path, copy)
    if spoil in FRESH:
        copy.unlink()
    spoil(copy)
    before = path.read_bytes()
    with pytest.raises((DatabaseRefused, BackupFailed)):
        await restore(path, copy)
    assert path.read_bytes() == before
    assert files(tmp_path) - {"copy.db"} == {"cubby.db"}
