"""`--erase-user` as a process of its own: what it asks, what it refuses, and that nothing is left but other people's."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from erasure import erase_user
from playground.standin import StandIn
from storage.backups import Copies
from storage.records import Actor
from storage.sqlite.inspect import read_only
from storage.sqlite.open import open_store
from storage.sqlite.upkeep import SqliteUpkeep
from storage.sqlite.verify import verify
from tests.processes import BOT, TOKEN, environment, started
from tests.storage.samples import BOB
from tests.storage.traces import filled, id_is_left, strange, traces

WHO = Actor(987654321987654321)
FLAGS = ("--erase-user", str(WHO.user_id))


@pytest.fixture
def words() -> list[str]:
    """What the person said."""
    return [strange() for _ in range(8)]


@pytest.fixture
def others() -> list[str]:
    """What somebody else said."""
    return [strange() for _ in range(8)]


@pytest.fixture
async def path(tmp_path: Path, words: list[str], others: list[str]) -> Path:
    store = await open_store(tmp_path / "cubby.db")
    await filled(store, WHO, words)
    await filled(store, BOB, others)
    await store.close()
    return tmp_path / "cubby.db"


async def outcome(folder: Path, *flags: str, **settings: str) -> tuple[int | None, str, str]:
    process = await started(folder, *flags, **settings)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_no_byte_of_theirs_is_left_and_others_keep_theirs(path: Path, words: list[str], others: list[str]) -> None:
    assert id_is_left(path, WHO.user_id)
    code, out, err = await outcome(path.parent, *FLAGS, "--yes")
    assert (code, err) == (0, "")
    assert f"Erased {WHO.user_id} from {path}: 1 session, and whatever else there was of them.\n" in out
    assert "None of the bot's own backups holds them." in out
    assert traces(path, words) == []
    assert not id_is_left(path, WHO.user_id)
    assert await verify(path) == []
    store = await open_store(path)
    (hit,) = await store.transcripts.search_messages(BOB, others[2])
    await store.close()
    assert hit.session.name == others[0]


async def test_again_is_the_same_and_finds_nothing(path: Path) -> None:
    for many in ("1 session", "0 sessions"):
        code, out, _ = await outcome(path.parent, *FLAGS, "--yes")
        assert code == 0
        assert f": {many}, " in out


@pytest.mark.parametrize(
    ("backups", "told"),
    [("on", "are gone by {until:%Y-%m-%d %H:%M} UTC"), ("off", "until you delete those in {folder}.")],
)
async def test_it_says_which_backups_may_hold_them(path: Path, backups: str, told: str) -> None:
    folder, made = path.parent / "backups", datetime.now(UTC).replace(microsecond=0)
    folder.mkdir()
    (folder / f"cubby.db.{made:%Y%m%dT%H%M%SZ}").touch()
    _, out, _ = await outcome(path.parent, *FLAGS, "--yes", BACKUPS=backups)
    assert told.format(until=made + timedelta(days=7), folder=folder) in out


async def test_a_running_bot_is_not_erased_under(tmp_path: Path, path: Path) -> None:
    async with StandIn() as discord:
        discord.add_bot(TOKEN)
        bot = await started(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url)
        await discord.bot_connected()
        code, out, err = await outcome(tmp_path, *FLAGS, "--yes")
        bot.terminate()
        await bot.communicate()
    assert (code, out) == (2, "")
    assert err == f"{path} is in use by another Cubby; stop that one first.\n"
    assert id_is_left(path, WHO.user_id)


async def test_without_a_terminal_it_wants_to_be_told_that_it_is_meant(path: Path, words: list[str]) -> None:
    code, out, err = await outcome(path.parent, *FLAGS)
    assert (code, out) == (2, "")
    assert "--yes" in err
    assert traces(path, words)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize(("typed", "code"), [(str(WHO.user_id), 0), ("yes", 2), (None, 1)])
async def test_on_a_terminal_the_id_is_typed_once_more(path: Path, words: list[str], typed: str | None, code: int) -> None:
    ours, theirs = os.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(BOT), *FLAGS, env=environment(path.parent), stdin=theirs, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    question = await process.stdout.readuntil(b"Type the id once more: ")
    assert b"erases 1 session of" in question
    if typed is None:
        process.terminate()
    else:
        os.write(ours, f"{typed}\n".encode())
    _, err = await process.communicate()
    os.close(ours)
    os.close(theirs)
    assert process.returncode == code
    assert b"Traceback" not in err
    assert (traces(path, words) == []) is (code == 0)


@pytest.mark.parametrize("who", ["", "Ann", "0", "-5", "9" * 30])
async def test_what_is_no_id_is_refused(path: Path, who: str) -> None:
    code, _, err = await outcome(path.parent, f"--erase-user={who}", "--yes")
    assert code == 2
    assert "is no Discord id" in err


async def test_where_there_is_no_database_none_is_made(tmp_path: Path) -> None:
    code, _, err = await outcome(tmp_path, *FLAGS, "--yes")
    assert (code, err) == (2, f"There is no database at {tmp_path / 'cubby.db'} yet.\n")
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - names are all that is looked at


async def test_who_reads_the_file_meanwhile_is_waited_for(
    path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wipe, held_up = SqliteUpkeep.wipe, [True]

    async def held_up_once(upkeep: SqliteUpkeep) -> bool:
        return False if held_up and held_up.pop() else await wipe(upkeep)

    async def none() -> Copies:
        return Copies()

    monkeypatch.setattr(SqliteUpkeep, "wipe", held_up_once)
    monkeypatch.setattr("erasure.AGAIN", 0)
    assert await erase_user(path, WHO.user_id, lambda _: None, None, none) == 0
    assert traces(path, words) == []


async def test_their_small_key_is_given_to_nobody(path: Path) -> None:
    await outcome(path.parent, *FLAGS, "--yes")
    with closing(read_only(path)) as connection:
        assert connection.execute("SELECT user_id FROM owners ORDER BY id").fetchall() == [(-1,), (BOB.user_id,)]
