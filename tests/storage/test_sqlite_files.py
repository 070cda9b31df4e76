"""Which files are taken, and that those which are refused keep every byte."""

import os
import sqlite3
import stat
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import DatabaseInUse, DatabaseRefused
from storage.sqlite.inspect import inspect_database
from storage.sqlite.migrate import migrations
from storage.sqlite.open import open_store
from tests.storage.samples import ANN, exchange

Make = Callable[[Path], Awaitable[None]]


async def made(path: Path) -> None:
    """A database of ours with something in it, closed."""
    store = await open_store(path)
    await exchange(store, await store.sessions.create(ANN), "x" * 20_000)
    await store.close()


def write(path: Path, text: str) -> None:
    path.write_text(text)


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


async def not_a_database(path: Path) -> None:
    write(path, "a diary, not a database\n" * 1000)


async def short_text(path: Path) -> None:
    write(path, "x")


async def another_programs(path: Path) -> None:
    run(path, "CREATE TABLE recipes(name TEXT)", "INSERT INTO recipes VALUES ('soup')")


async def another_programs_wal(path: Path) -> None:
    run(path, "PRAGMA journal_mode=WAL", "CREATE TABLE recipes(name TEXT)")


async def another_programs_marked(path: Path) -> None:
    run(path, "PRAGMA application_id=77")


async def damaged(path: Path) -> None:
    await made(path)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096 * 3)


async def cut_short(path: Path) -> None:
    await made(path)
    os.truncate(path, 10_000)


async def newer(path: Path) -> None:
    await made(path)
    run(path, f"PRAGMA user_version={len(migrations()) + 1}")


async def read_only(path: Path) -> None:
    await made(path)
    os.chmod(path, 0o444)  # noqa: PTH101 - no Path in a coroutine


REFUSED: dict[Make, str] = {
    not_a_database: "is not a database",
    short_text: "is not a database",
    another_programs: "belongs to another program",
    another_programs_wal: "belongs to another program",
    another_programs_marked: "belongs to another program",
    damaged: "is damaged",
    cut_short: "is damaged",
    newer: "newer Cubby",
    read_only: "is read-only",
}


def contents(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file, but for the lock, with its bytes, mode and time."""
    seen = {path: path.stat() for path in folder.iterdir() if path.suffix != ".lock"}
    return {path.name: (path.read_bytes(), found.st_mode, found.st_mtime_ns) for path, found in seen.items()}


def modes_in(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__)
async def test_a_refused_file_keeps_every_byte_and_the_sentence_names_it(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "cubby.db"
    await make(path)
    before = contents(tmp_path)
    with pytest.raises(DatabaseRefused, match=REFUSED[make]) as caught:
        await open_store(path)
    assert str(caught.value).startswith(str(path))
    assert contents(tmp_path) == before


async def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefused, match="is a folder") as caught:
        await open_store(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert contents(tmp_path) == {}


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here first")
    with pytest.raises(DatabaseRefused, match="cannot be made") as caught:
        await open_store(tmp_path / "file" / "deep" / "cubby.db")
    assert str(tmp_path / "file" / "deep") in str(caught.value)
    assert (tmp_path / "file").read_text() == "here first"


async def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A root's tests may write anywhere, so the system's answer is put in its place."""

    def access(path: Path, _mode: int) -> bool:
        return path != tmp_path

    monkeypatch.setattr(os, "access", access)
    for path in (tmp_path / "cubby.db", tmp_path / "deep" / "down" / "cubby.db"):
        with pytest.raises(DatabaseRefused, match=f"must be able to write to the folder {tmp_path}") as caught:
            inspect_database(path)
        assert str(caught.value).startswith(str(path))
        assert inspect_database(path, writable=False) == 0
    assert contents(tmp_path) == {}


async def test_a_path_that_cannot_even_be_looked_at_is_refused(tmp_path: Path) -> None:
    """As in a folder that may not be entered, but for root too."""
    with pytest.raises(DatabaseRefused, match="cannot be read"):
        await open_store(tmp_path / ("x" * 300))
    assert contents(tmp_path) == {}


async def test_a_path_that_leads_round_in_a_ring_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(DatabaseRefused):
        await open_store(tmp_path / "a")


async def test_a_missing_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    await made(tmp_path / "deep" / "down" / "cubby.db")
    assert stat.S_IMODE((tmp_path / "deep" / "down").stat().st_mode) == 0o700


async def test_every_file_is_its_owners_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = await open_store(tmp_path / "cubby.db")
        await store.sessions.create(ANN)
        modes = modes_in(tmp_path)
        await store.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(["cubby.db", "cubby.db-wal", "cubby.db-shm", "cubby.db.lock"], 0o600)


async def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    path = tmp_path / "cubby.db"
    path.touch(mode=0o644)
    await made(path)
    assert inspect_database(path) == len(migrations())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_path_with_signs_that_mean_something_in_a_uri_opens(tmp_path: Path) -> None:
    path = tmp_path / "what? 100% #1 é&.db"
    await made(path)
    await made(path)
    assert inspect_database(path) == len(migrations())


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take UTF-8 names only")
async def test_a_name_that_is_no_text_opens(tmp_path: Path) -> None:
    """A file name may be any bytes; Python shows those that are no UTF-8 as lone surrogates."""
    path = tmp_path / "caf\udce9.db"
    await made(path)
    assert inspect_database(path) == len(migrations())
    await (await open_store(path)).close()


async def test_what_is_not_there_yet_is_version_zero(tmp_path: Path) -> None:
    assert inspect_database(tmp_path / "none.db") == 0
    assert contents(tmp_path) == {}


def ways(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The same file by its name, a symlink, a folder's symlink, and relative to here."""
    link, folder = path.with_name("link.db"), path.parent.with_name("folder")
    link.symlink_to(path)
    folder.symlink_to(path.parent)
    monkeypatch.chdir(path.parent)
    return [path, link, folder / path.name, Path(path.name), Path("..") / path.parent.name / path.name]


async def test_a_second_store_is_refused_by_whatever_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "house" / "cubby.db"
    store = await open_store(path)
    for way in ways(path, monkeypatch):
        with pytest.raises(DatabaseInUse, match="is in use by another Cubby"):
            await open_store(way)
    await store.sessions.create(ANN)
    await store.close()
    await (await open_store(path)).close()


OPEN = """
import asyncio, sys
from pathlib import Path
from storage.errors import DatabaseInUse
from storage.sqlite.open import open_store
try:
    asyncio.run(open_store(Path(sys.argv[1])))
except DatabaseInUse as error:
    sys.exit(str(error))
"""


async def test_a_second_process_is_refused(tmp_path: Path, run_python: Callable[..., "tuple[int, str]"]) -> None:
    path = tmp_path / "cubby.db"
    (tmp_path / "link.db").symlink_to(path)
    store = await open_store(path)
    code, told = run_python(OPEN, tmp_path / "link.db")
    assert (code, told.strip()) == (1, f"{path} is in use by another Cubby; stop that one first.")
    await store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX")
async def test_a_look_at_a_living_database_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cubby.db"
    store = await open_store(path)
    await store.sessions.create(ANN)
    before = contents(tmp_path)
    assert inspect_database(path) == len(migrations())
    after = contents(tmp_path)
    await store.close()
    assert after["cubby.db"] == before["cubby.db"]
    assert after["cubby.db-wal"] == before["cubby.db-wal"]
