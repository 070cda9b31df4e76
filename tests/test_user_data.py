"""`--export-user` and `--import-user` as processes of their own: what they write, take in, refuse and leave."""

import asyncio
import signal
import stat
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from storage.errors import StoreUnavailable
from storage.records import Actor
from storage.sqlite.open import open_store, open_to_read
from storage.sqlite.verify import verify
from tests.porting.test_incoming import many, zipped
from tests.processes import started
from tests.storage.samples import BOB, exchange

WHO = Actor(987654321987654321)
ID = str(WHO.user_id)
MIDDLING = 1500


async def outcome(folder: Path, *flags: str) -> tuple[int | None, str, str]:
    process = await started(folder, *flags)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


async def sessions_of(path: Path, who: Actor) -> int:
    """How many somebody has, seen from beside whatever else uses the database."""
    store = await open_to_read(path)
    try:
        return (await store.sessions.counts(who)).open
    finally:
        await store.close()


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database in which somebody has two sessions, one more in the bin, and Bob has one."""
    store = await open_store(tmp_path / "cubby.db")
    for words in ("first words", "second words", "third words"):
        await exchange(store, await store.sessions.create(WHO), words, "answered", actor=WHO)
    await store.shelves.delete(WHO, 2)
    await exchange(store, await store.sessions.create(BOB), "his own", "answered", actor=BOB)
    await store.close()
    return tmp_path / "cubby.db"


async def test_all_of_one_person_and_nothing_of_another_goes_out_also_while_the_bot_runs(path: Path) -> None:
    running = await open_store(path)
    to = path.parent / "theirs.zip"
    code, out, err = await outcome(path.parent, "--export-user", ID, str(to))
    await running.close()
    assert (code, err) == (0, "")
    assert out == f"Exported 2 sessions of {ID} to {to}.\n"
    with ZipFile(to) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert (b"first words" in whole, b"second words" in whole, b"his own" in whole) == (True, False, False)
    if sys.platform != "win32":
        assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert not any(name.startswith(".theirs") for name in names_in(path.parent))


async def test_what_went_out_comes_in_elsewhere_and_is_skipped_the_second_time(path: Path, tmp_path: Path) -> None:
    to = tmp_path / "theirs.zip"
    await outcome(path.parent, "--export-user", ID, str(to))
    other = tmp_path / "other"
    other.mkdir()
    await (await open_store(other / "cubby.db")).close()
    code, out, err = await outcome(other, "--import-user", ID, str(to))
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{to} holds 2 conversations with 4 messages.",
        f"Imported 2 conversations with 4 messages for {ID}.",
    ]
    code, out, _ = await outcome(other, "--import-user", ID, str(to))
    assert code == 0
    assert "Imported 0 conversations" in out
    assert "Skipped 2 conversations they have already." in out
    assert await verify(other / "cubby.db") == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
async def test_ctrl_c_leaves_whole_sessions_and_the_next_import_takes_the_rest(path: Path, tmp_path: Path) -> None:
    file, who = tmp_path / "all.zip", Actor(5)
    file.write_bytes(zipped(many(MIDDLING)).getvalue())
    process = await started(path.parent, "--import-user", "5", str(file))
    async with asyncio.timeout(60):
        while not await sessions_of(path, who):
            pass
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert (process.returncode, err.decode()) == (1, "Stopped before it was done.\n")
    taken = await sessions_of(path, who)
    assert 0 < taken < MIDDLING
    assert await verify(path) == []
    code, out, _ = await outcome(path.parent, "--import-user", "5", str(file))
    assert (code, out.splitlines()[1:]) == (
        0,
        [
            f"Imported {MIDDLING - taken:,} conversations with {MIDDLING - taken:,} messages for 5.",
            f"Skipped {taken:,} conversation{'' if taken == 1 else 's'} they have already.",
        ],
    )
    code, out, _ = await outcome(path.parent, "--export-user", "5", str(tmp_path / "out.zip"))
    assert (code, out) == (0, f"Exported {MIDDLING:,} sessions of 5 to {tmp_path / 'out.zip'}.\n")


async def test_what_cannot_be_read_is_told_by_line_and_ends_with_1(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "pi.jsonl"
    file.write_bytes((Path(__file__).parent / "transfer" / "files" / "pi.jsonl").read_bytes() + b"no json\n")
    code, out, _ = await outcome(path.parent, "--import-user", ID, str(file))
    assert code == 1
    assert "Imported 1 conversation" in out
    assert "Not read: line " in out


async def test_what_is_refused_leaves_the_database_as_it_was(path: Path, tmp_path: Path) -> None:
    await (await open_store(path)).close()
    was = bytes_of(path)
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"\x89PNG\r\n")
    for file, sentence in ((photo, "I don't know this kind of file"), (tmp_path / "none", "cannot be read")):
        code, _, err = await outcome(path.parent, "--import-user", ID, str(file))
        assert code == 2
        assert sentence in err
    assert bytes_of(path) == was


async def test_while_the_bot_runs_nothing_comes_in(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    file.write_bytes(zipped(many(2)).getvalue())
    running = await open_store(path)
    code, _, err = await outcome(path.parent, "--import-user", ID, str(file))
    await running.close()
    assert code == 2
    assert "in use by another Cubby" in err


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--export-user", "42", "{0}/new.zip"), "Nobody with the id 42"),
        (("--export-user", "Ann", "{0}/new.zip"), "Ann is no Discord id"),
        (("--export-user", ID, "{0}/cubby.db"), "exists already"),
        (("--export-user", ID, "{0}/no/folder.zip"), "is not a folder"),
        (("--import-user", "-1", "{0}/new.zip"), "no Discord id"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_words(path: Path, flags: tuple[str, ...], sentence: str) -> None:
    code, out, err = await outcome(path.parent, *(flag.format(path.parent) for flag in flags))
    assert (code, out) == (2, "")
    assert sentence in err
    assert not (path.parent / "new.zip").exists()


async def test_without_a_database_neither_makes_one(tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    file.write_bytes(zipped(many(1)).getvalue())
    for flags in (("--export-user", ID, str(tmp_path / "new.zip")), ("--import-user", ID, str(file))):
        code, _, err = await outcome(tmp_path, *flags)
        assert code == 2
        assert "There is no database" in err
    assert names_in(tmp_path) == ["all.zip"]


async def test_who_reads_beside_a_bot_can_write_nothing(path: Path) -> None:
    store = await open_to_read(path)
    with pytest.raises(StoreUnavailable):
        await store.sessions.create(WHO)
    assert (await store.sessions.counts(WHO)).open == 2
    await store.close()
