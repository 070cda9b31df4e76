"""`--backup`, `--restore` and `--verify` as processes of their own, over a bot that runs and over none."""

import asyncio
import os
import sqlite3
import threading
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from maintenance import Meter, maintain, write_backup
from playground.standin import Person, StandIn
from storage.sqlite.open import open_store
from tests.processes import TOKEN, started
from tests.storage.samples import ANN, exchange


@pytest.fixture
async def discord() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        standin.add_bot(TOKEN)
        standin.add_guild("Team").add_text_channel("general")
        yield standin


@pytest.fixture
async def bot(tmp_path: Path, discord: StandIn) -> AsyncIterator[Process]:
    """A bot that runs, connected."""
    process = await started(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url)
    await discord.bot_connected()
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database with a session in it, and no bot."""
    store = await open_store(tmp_path / "cubby.db")
    await exchange(store, await store.sessions.create(ANN, "first"), "the words of Ann")
    await store.close()
    return tmp_path / "cubby.db"


async def outcome(folder: Path, *flags: str | Path, **settings: str) -> tuple[int | None, str, str]:
    process = await started(folder, *map(str, flags), **settings)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


UNSEEN = "x" * 300
"""A name that no file system can look for, as it can't in a folder that may not be entered: there, root can."""


@pytest.mark.parametrize("flags", [("--backup", UNSEEN), ("--restore", UNSEEN), ("--export-user", "1", UNSEEN)])
async def test_a_file_that_cannot_be_looked_for_is_refused_in_a_sentence(tmp_path: Path, path: Path, flags: list[str]) -> None:
    *first, name = flags
    code, _, err = await outcome(tmp_path, *first, tmp_path / name)
    assert code == 2
    assert err.startswith(str(tmp_path / name))
    assert err.count("\n") == 1
    assert beside(path, path.name) == [path]


@pytest.mark.parametrize("flags", [["--verify"], ["--backup", "copy.db"], ["--import-user", "1", "some.zip"]])
async def test_a_database_that_cannot_be_looked_for_is_told_in_a_sentence(tmp_path: Path, flags: list[str]) -> None:
    there = [tmp_path / flag if "." in flag else flag for flag in flags]
    code, _, err = await outcome(tmp_path, *there, DATABASE_PATH=str(tmp_path / UNSEEN))
    assert code == 2
    assert err.startswith(str(tmp_path / UNSEEN))
    assert err.count("\n") == 1


async def answered(person: Person, words: str, answer: str) -> None:
    """Say something, and wait for the answer to be whole."""
    await person.say(person.dm, words)
    await person.wait_for(
        lambda message: message.author.bot and answer in message.text and not any(b.label == "Stop" for b in message.buttons),
        channel=person.dm,
        timeout=20,
    )


def read(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def beside(path: Path, pattern: str) -> list[Path]:
    return list(path.parent.glob(pattern))


def spoil(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql)


async def test_a_live_bot_is_backed_up_and_goes_on(tmp_path: Path, discord: StandIn, bot: Process) -> None:
    ann = discord.add_person("Ann")
    await answered(ann, "My favorite color is green", "Noted")
    code, out, err = await outcome(tmp_path, "--backup", tmp_path / "copy.db")
    assert (code, out, err) == (0, f"Backed up to {tmp_path / 'copy.db'}, and checked.\n", "")
    assert read(tmp_path / "copy.db", "SELECT prompt, state FROM turns") == [("My favorite color is green", "completed")]
    await answered(ann, "What's my favorite color?", "green")


async def test_what_is_said_after_a_backup_outlives_a_kill(tmp_path: Path, discord: StandIn, bot: Process) -> None:
    """A process that copies must not take the WAL away from under the bot."""
    ann = discord.add_person("Ann")
    for words in ("My favorite color is green", "My favorite animal is the owl"):
        await answered(ann, words, "Noted")
        assert (await outcome(tmp_path, "--backup", tmp_path / f"{len(words)}.db"))[0] == 0
        assert (await outcome(tmp_path, "--verify"))[0] == 0
    bot.kill()
    await bot.wait()
    assert len(read(tmp_path / "cubby.db", "SELECT id FROM turns WHERE state = 'completed'")) == 2


async def test_a_live_bot_is_not_restored_over(tmp_path: Path, discord: StandIn, bot: Process) -> None:
    await answered(discord.add_person("Ann"), "My favorite color is green", "Noted")
    assert (await outcome(tmp_path, "--backup", tmp_path / "copy.db"))[0] == 0
    code, out, err = await outcome(tmp_path, "--restore", tmp_path / "copy.db")
    assert (code, out) == (2, "")
    assert err == f"{tmp_path / 'cubby.db'} is in use by another Cubby; stop that one first.\n"
    assert bot.returncode is None


async def test_a_restore_says_where_the_old_one_is(tmp_path: Path, path: Path) -> None:
    assert (await outcome(tmp_path, "--backup", tmp_path / "copy.db"))[0] == 0
    spoil(path, "UPDATE sessions SET name = 'second'")
    code, out, err = await outcome(tmp_path, "--restore", tmp_path / "copy.db")
    kept = beside(path, "cubby.db.before-restore-*")[0]
    assert (code, err) == (0, "")
    assert str(kept) in out
    assert read(path, "SELECT name FROM sessions") == [("first",)]
    assert read(kept, "SELECT name FROM sessions") == [("second",)]


async def test_a_backup_replaces_nothing(tmp_path: Path, path: Path) -> None:
    (tmp_path / "diary.txt").write_text("dear diary")
    for taken in ("diary.txt", "cubby.db", ""):
        code, _, err = await outcome(tmp_path, "--backup", tmp_path / taken)
        assert code == 2
        assert "exists already" in err
    assert (tmp_path / "diary.txt").read_text() == "dear diary"


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--backup", "{}/copy.db"], "There is no database"),
        (["--backup", "{}/missing/copy.db"], "make it first"),
        (["--restore", "{}/copy.db"], "missing or empty"),
        (["--verify"], "There is no database"),
    ],
)
async def test_where_there_is_nothing_it_says_so(tmp_path: Path, flags: list[str], told: str) -> None:
    code, out, err = await outcome(tmp_path, *(flag.format(tmp_path) for flag in flags))
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


async def test_a_sound_database_is_told_to_be_sound(tmp_path: Path, path: Path) -> None:
    assert await outcome(tmp_path, "--verify") == (0, f"{path} is sound.\n", "")


async def test_a_fault_is_a_sentence_with_ids_and_ends_with_one(tmp_path: Path, path: Path) -> None:
    spoil(path, "UPDATE sessions SET message_count = 9")
    code, out, err = await outcome(tmp_path, "--verify")
    assert (code, err) == (1, "")
    assert "message_count is 9, counted 2" in out
    assert "words of Ann" not in out


async def test_a_disk_that_fails_ends_with_one(tmp_path: Path, path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 4096 * 8)
    code, _, err = await outcome(tmp_path, "--backup", tmp_path / "copy.db")
    assert code == 1
    assert "Traceback" not in err
    assert not (tmp_path / "copy.db").exists()


class Terminal(StringIO):
    """Hears a percentage, and may do something at it, in the thread that copies."""

    def __init__(self, at: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._at = at

    def isatty(self) -> bool:
        return True

    def write(self, s: str) -> int:
        self._at()
        return super().write(s)


async def test_a_stop_ends_it_with_nothing_left(tmp_path: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stop, go_on, loop, said = asyncio.Event(), threading.Event(), asyncio.get_running_loop(), list[str]()

    def stop_here() -> None:
        if not go_on.is_set():
            loop.call_soon_threadsafe(stop.set)
            loop.call_soon_threadsafe(loop.call_later, 0.05, go_on.set)
            go_on.wait(10)

    meter = Meter(Terminal(stop_here))
    assert await maintain(write_backup(path, tmp_path / "copy.db", said.append, meter), stop, meter) == 1
    assert capsys.readouterr().err == "Stopped before it was done.\n"
    assert (said, beside(path, "*copy.db*")) == ([], [])


async def checked(folder: Path, discord: StandIn, **settings: str) -> str:
    _, out, _ = await outcome(folder, "--check", DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url, **settings)
    return next(line for line in out.splitlines() if line.startswith("backups: "))


def daily(path: Path, made: datetime) -> None:
    path.parent.joinpath("backups").mkdir(exist_ok=True)
    path.parent.joinpath("backups", f"{path.name}.{made:%Y%m%dT%H%M%SZ}").touch()


def failed(path: Path) -> None:
    path.with_name("cubby.db.backup-failed").write_text("2026-05-01 12:00 UTC: the disk is full\n")


def fine(path: Path) -> None:
    daily(path, datetime.now(UTC))


def old_but_so_is_the_database(path: Path) -> None:
    daily(path, datetime(2026, 5, 1, 12, tzinfo=UTC))
    os.utime(path, (1_777_636_800, 1_777_636_800))


def overdue(path: Path) -> None:
    daily(path, datetime.now(UTC) - timedelta(days=4))


def none_yet(_path: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (fine, "backups: the newest of 1 is from "),
        (old_but_so_is_the_database, "backups: the newest of 1 is from 2026-05-01 12:00 UTC"),
        (overdue, "backups: FAULT: the newest of 1 is from "),
        (failed, "backups: FAULT: the last one failed, at 2026-05-01 12:00 UTC: the disk is full"),
        (none_yet, "backups: none yet"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
async def test_check_shows_the_backups(
    tmp_path: Path, path: Path, discord: StandIn, make: Callable[[Path], None], told: str
) -> None:
    make(path)
    assert (await checked(tmp_path, discord)).startswith(told)


async def test_check_says_when_they_are_off(tmp_path: Path, discord: StandIn) -> None:
    assert "BACKUPS is off" in await checked(tmp_path, discord, BACKUPS="off")


@pytest.mark.parametrize(("stream", "shown"), [(Terminal(), "\r  0 %\r\r 50 %\r\r100 %\r\r     \r"), (StringIO(), "")])
def test_progress_is_for_terminals(stream: StringIO, shown: str) -> None:
    meter = Meter(stream)
    for done in (0, 1, 500, 502, 1000):
        meter(done, 1000)
    meter.end()
    assert stream.getvalue() == shown
