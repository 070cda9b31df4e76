"""The daily backups: made when due, kept by sevens, and a failure that is not kept quiet."""

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.backups import EVERY, EXPIRES, KEPT, LOOK, BackupKeeper, Backups, Copies, backups_of
from storage.sqlite.backup import restore
from storage.sqlite.copying import PART
from storage.sqlite.open import open_store
from storage.sqlite.store import SqliteStore
from tests.storage.samples import ANN, START


class Days:
    """A clock that moves when it is told to, and a keeper's sleep that ends when it does."""

    def __init__(self) -> None:
        self.time = START
        self._asleep = asyncio.Event()
        self._wake = asyncio.Event()

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        assert seconds == LOOK.total_seconds()
        self._asleep.set()
        await self._wake.wait()
        self._wake.clear()

    async def looked(self) -> None:
        """Wait until the keeper has looked and sleeps."""
        await self._asleep.wait()
        self._asleep.clear()

    async def go_on(self, by: timedelta) -> None:
        """Let time pass, and the keeper look once more."""
        self.time += by
        self._wake.set()
        await self.looked()


@pytest.fixture
async def days() -> Days:
    return Days()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    made = await open_store(tmp_path / "cubby.db")
    yield made
    await made.close()


@asynccontextmanager
async def kept(path: Path, days: Days, *, daily: bool = True) -> AsyncGenerator[None, None]:
    async with BackupKeeper(path, daily=daily, now=days.now, sleep=days.sleep):
        await days.looked()
        yield


def found(path: Path) -> Backups:
    return backups_of(path)


def names(folder: Path, pattern: str = "*") -> list[str]:
    return sorted(file.name for file in folder.glob(pattern))


async def test_nothing_is_copied_while_there_is_nothing_to_keep(tmp_path: Path, store: SqliteStore, days: Days) -> None:
    async with kept(tmp_path / "cubby.db", days):
        assert found(tmp_path / "cubby.db").times == ()
        await store.sessions.create(ANN, "first")
        await days.go_on(LOOK)
    assert names(tmp_path / "backups") == ["cubby.db.20260501T130000Z"]
    assert oct((tmp_path / "backups").stat().st_mode & 0o777) == "0o700"


async def test_one_a_day_and_the_seven_newest_stay(tmp_path: Path, store: SqliteStore, days: Days) -> None:
    await store.sessions.create(ANN, "first")
    async with kept(tmp_path / "cubby.db", days):
        for _ in range(2 * (KEPT + 3)):
            await days.go_on(EVERY / 2)
    made = found(tmp_path / "cubby.db").times
    assert made == tuple(START + EVERY * day for day in range(4, 4 + KEPT))


async def test_it_knows_when_the_last_copy_of_what_is_there_now_goes(tmp_path: Path, store: SqliteStore, days: Days) -> None:
    path = tmp_path / "cubby.db"
    async with BackupKeeper(path, daily=True, now=days.now, sleep=days.sleep) as keeper:
        await days.looked()
        assert await keeper.copies() == Copies()
        await store.sessions.create(ANN, "first")
        await days.go_on(EVERY)
        (made,) = found(path).times
        goes = made + KEPT * EVERY
        assert await keeper.copies() == Copies(goes)
        for _ in range(KEPT - 1):
            await days.go_on(EVERY)
        assert made in found(path).times
        await days.go_on(goes - days.time)
        assert made not in found(path).times


async def test_a_copy_beside_the_database_counts_and_so_does_one_that_is_being_made(tmp_path: Path, days: Days) -> None:
    path = tmp_path / "cubby.db"
    keeper = BackupKeeper(path, daily=True, now=days.now, sleep=days.sleep)
    part = tmp_path / f".cubby.db.20260501T120000Z{PART}"
    part.touch()
    os.utime(part, (START.timestamp(), START.timestamp()))
    assert await keeper.copies() == Copies(START + KEPT * EVERY)
    path.with_name("cubby.db.before-restore-20260501T110000Z").touch()
    assert await keeper.copies() == Copies(START - timedelta(hours=1) + EXPIRES)


async def test_copies_that_nothing_removes_are_said_to_be_kept(tmp_path: Path, store: SqliteStore, days: Days) -> None:
    await store.sessions.create(ANN, "first")
    path = tmp_path / "cubby.db"
    async with kept(path, days):
        pass
    assert await BackupKeeper(path, daily=False, now=days.now, sleep=days.sleep).copies() == Copies(kept=True)
    (tmp_path / "backups" / "cubby.db.20260501T120000Z").unlink()
    assert await BackupKeeper(path, daily=False, now=days.now, sleep=days.sleep).copies() == Copies()


async def test_a_restart_does_not_copy_anew(tmp_path: Path, store: SqliteStore, days: Days) -> None:
    await store.sessions.create(ANN, "first")
    for _ in range(3):
        async with kept(tmp_path / "cubby.db", days):
            days.time += LOOK
    assert len(found(tmp_path / "cubby.db").times) == 1


async def test_a_copy_from_the_future_does_not_stop_them(tmp_path: Path, store: SqliteStore, days: Days) -> None:
    await store.sessions.create(ANN, "first")
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "cubby.db.20991231T000000Z").touch()
    async with kept(tmp_path / "cubby.db", days):
        pass
    assert len(found(tmp_path / "cubby.db").times) == 2


async def test_it_is_said_after_each_look_how_it_went(tmp_path: Path, store: SqliteStore, days: Days) -> None:
    await store.sessions.create(ANN, "first")
    heard: list[bool] = []
    (tmp_path / "backups").write_text("in the way")
    keeper = BackupKeeper(tmp_path / "cubby.db", daily=True, now=days.now, sleep=days.sleep, failing=heard.append)
    async with keeper:
        await days.looked()
        (tmp_path / "backups").unlink()
        await days.go_on(LOOK)
    assert heard == [True, False]


async def test_a_backup_can_be_restored(tmp_path: Path, store: SqliteStore, days: Days) -> None:
    await store.sessions.create(ANN, "first")
    async with kept(tmp_path / "cubby.db", days):
        pass
    await restore(tmp_path / "new.db", tmp_path / "backups" / "cubby.db.20260501T120000Z")
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        assert connection.execute("SELECT name FROM sessions").fetchall() == [("first",)]


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX")
async def test_a_failure_is_logged_noted_and_mended(
    tmp_path: Path, store: SqliteStore, days: Days, caplog: pytest.LogCaptureFixture
) -> None:
    await store.sessions.create(ANN, "first")
    (tmp_path / "backups").write_text("a file where the folder should be")
    async with kept(tmp_path / "cubby.db", days):
        failure = found(tmp_path / "cubby.db").failure
        (tmp_path / "backups").unlink()
        await days.go_on(LOOK)
    assert failure is not None
    assert failure.startswith("2026-05-01 12:00 UTC: ")
    assert "backup failed" in caplog.text
    assert found(tmp_path / "cubby.db").failure is None
    assert len(found(tmp_path / "cubby.db").times) == 1


async def test_turned_off_it_copies_nothing_and_drops_none(tmp_path: Path, store: SqliteStore, days: Days) -> None:
    await store.sessions.create(ANN, "first")
    async with kept(tmp_path / "cubby.db", days):
        pass
    async with kept(tmp_path / "cubby.db", days, daily=False):
        await days.go_on(EVERY * 60)
    assert len(found(tmp_path / "cubby.db").times) == 1


def date(file: Path, age: timedelta) -> None:
    then = (START - age).timestamp()
    os.utime(file, (then, then))


def left_by_a_migration(folder: Path, age: timedelta) -> str:
    file = folder / "cubby.db.before-0002"
    file.touch()
    date(file, age)
    return file.name


def left_by_a_restore(folder: Path, age: timedelta) -> str:
    """It is as old as its name says: the file's own time is that of its last write, long ago."""
    file = folder / f"cubby.db.before-restore-{START - age:%Y%m%dT%H%M%SZ}-2"
    file.touch()
    os.utime(file, (0, 0))
    return file.name


def left_by_a_kill(folder: Path, age: timedelta) -> str:
    file = folder / "backups" / ".cubby.db.20260401T000000Z.abc.part"
    file.parent.mkdir(exist_ok=True)
    file.touch()
    date(file, age)
    return file.name


@pytest.mark.parametrize("leave", [left_by_a_migration, left_by_a_restore, left_by_a_kill], ids=lambda each: each.__name__)
@pytest.mark.parametrize("age", [EVERY / 2, EXPIRES + EVERY])
async def test_what_is_left_beside_goes_in_time(
    tmp_path: Path, store: SqliteStore, days: Days, leave: Callable[[Path, timedelta], str], age: timedelta
) -> None:
    name = leave(tmp_path, age)
    async with kept(tmp_path / "cubby.db", days, daily=False):
        pass
    assert bool(names(tmp_path, f"**/{name}")) == (age < EVERY)


async def test_what_is_not_its_own_stays(tmp_path: Path, store: SqliteStore, days: Days) -> None:
    (tmp_path / "backups").mkdir()
    others = ["cubby.db.before-the-move", "backups/other.db.20200101T000000Z", "backups/cubby.db.mine", "backups/.x.part"]
    for name in others:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, 0))
    async with kept(tmp_path / "cubby.db", days):
        pass
    assert [name for name in others if not (tmp_path / name).exists()] == []


async def test_overdue_only_when_the_bot_wrote_since(tmp_path: Path) -> None:
    assert not Backups((START,), None, START + EVERY).are_overdue
    assert Backups((START,), None, START + 3 * EVERY).are_overdue
    assert not Backups((), None, None).are_overdue


async def test_the_log_names_no_words(tmp_path: Path, store: SqliteStore, days: Days, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await store.sessions.create(ANN, "a secret name")
    async with kept(tmp_path / "cubby.db", days):
        pass
    assert re.search("backed up: cubby.db.2026", caplog.text)
    assert "secret" not in caplog.text
