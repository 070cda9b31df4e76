"""What `/import` does not take, says why, and leaves the database as it was; and what a kill leaves."""

import asyncio
import sqlite3
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from cogs import files, importing
from cogs.files import NOT_FETCHED
from cogs.importing import CHANGED, FULL, TOO_LARGE
from cogs.previews import NOTHING_IN_IT
from playground.standin import Person, StandIn
from storage.records import Actor
from storage.sqlite.open import open_store
from storage.sqlite.verify import verify
from tests.e2e.team import Team
from tests.e2e.test_importing import attachment, sent, told
from tests.porting.test_incoming import many, zipped
from tests.processes import TOKEN, started
from tests.transfer.test_archive import zipped as packed
from transfer import detect, pi, zips
from transfer.archive import MANIFEST
from transfer.limits import MIB

OLD_PI = b'{"type":"session","version":%d,"id":"x","timestamp":"2026-01-01T00:00:00Z","cwd":"/"}\n'
ARCHIVE = zipped(many(3)).getvalue()


def rows(path: Path) -> list[str]:
    """All that the database holds."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n", detect.UNKNOWN, id="a picture"),
        pytest.param(b"", detect.EMPTY, id="nothing"),
        pytest.param(b"[]", detect.EMPTY, id="an empty list"),
        pytest.param(b"[" * 100_000, detect.UNKNOWN, id="too deep"),
        pytest.param(b'{"a":' * 100_000, detect.UNKNOWN, id="too deep, of objects"),
        pytest.param(OLD_PI % 1, pi.OLDER, id="pi 1"),
        pytest.param(OLD_PI % 2, pi.OLDER, id="pi 2"),
        pytest.param(OLD_PI % 9, pi.NEWER, id="a newer pi"),
        pytest.param(ARCHIVE[:-40], zips.BROKEN, id="half a ZIP"),
        pytest.param(packed({"conversations.json": bytes(64 * MIB)}), zips.BOMB, id="a bomb"),
        pytest.param(packed({"conversations.json": b"[]", "../x": b"x"}), zips.PATHS, id="a path that leads outside"),
        pytest.param(packed({"photo.png": b"x"}), detect.UNKNOWN, id="a ZIP of other things"),
        pytest.param(packed({"conversations.json": b"[]"}), detect.EMPTY, id="a ZIP of nothing"),
    ],
)
async def test_what_is_no_such_file_is_refused_in_words_and_changes_nothing(team: Team, data: bytes, sentence: str) -> None:
    assert team.bot is not None
    await team.bot.store.sessions.create(Actor(team.ann.user.id), "words")
    before = rows(team.settings.database_path)
    assert await told(team, data) == sentence
    assert rows(team.settings.database_path) == before


async def test_a_file_of_damage_alone_says_what_is_wrong_and_offers_nothing(team: Team) -> None:
    with ZipFile(BytesIO(ARCHIVE)) as archive:
        manifest = packed({MANIFEST: archive.read(MANIFEST)})
    message = await (await sent(team, manifest)).message()
    assert message.text.startswith(f"{NOTHING_IN_IT}\nI can't read:\n- sessions/")
    assert message.text.count("isn't there") == 3
    assert message.buttons == []


async def test_bounds_are_told(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST_HELD", 10)
    assert await told(team, ARCHIVE) == FULL
    monkeypatch.setattr(importing, "MOST_BYTES", 10)
    assert await told(team, ARCHIVE) == TOO_LARGE


async def test_all_peoples_files_together_are_bounded_and_room_comes_back(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST_HELD", len(ARCHIVE) * 3 // 2)
    bobs = await team.bob.slash(team.general, "import", file=attachment(ARCHIVE))
    question = await bobs.message(lambda m: bool(m.buttons))
    assert await told(team, ARCHIVE) == FULL
    await (await team.bob.press(question, "Cancel")).acknowledged()
    await team.bob.wait_for(lambda m: m.id == question.id and not m.buttons)
    assert "Import?" in await told(team, ARCHIVE)


async def test_a_file_that_is_more_than_discord_told_is_not_read_on(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CHUNK", 1024)
    used = await team.ann.slash(team.general, "import", file=attachment(ARCHIVE))
    for each in team.discord.world.attachments.values():
        object.__setattr__(each, "data", each.data * 100)
    assert (await used.message()).text == CHANGED


async def test_a_file_that_is_gone_from_discord_is_told(team: Team) -> None:
    used = await team.ann.slash(team.general, "import", file=attachment(ARCHIVE))
    team.discord.world.attachments.clear()
    assert (await used.message()).text == NOT_FETCHED


async def importing_now(ann: Person, data: bytes, path: Path) -> None:
    """Press *Import*, and wait for a few sessions that are in by now."""
    used = await ann.slash(ann.dm, "import", file=attachment(data))
    question = await used.message(lambda m: bool(m.buttons), timeout=30)
    await ann.press(question, "Import")
    await ann.wait_for(lambda m: m.id == question.id and "Importing: 0" in m.text, timeout=20)
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        while not connection.execute("SELECT count(*) FROM sessions").fetchone()[0]:  # noqa: ASYNC110 - another process makes them
            await asyncio.sleep(0)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
async def test_a_kill_while_it_imports_leaves_whole_sessions_and_the_rest_can_come(tmp_path: Path) -> None:
    many_of_them, path = 2000, tmp_path / "cubby.db"
    data = zipped(many(many_of_them)).getvalue()
    async with StandIn() as discord:
        discord.add_bot(TOKEN)
        ann = discord.add_person("Ann", [discord.add_guild("Team")])
        first = await started(tmp_path, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN)
        await discord.bot_connected(timeout=20)
        await importing_now(ann, data, path)
        first.kill()
        await first.wait()

        store = await open_store(path)
        taken = [each async for each in store.transfers.every(Actor(ann.user.id))]
        await store.close()
        assert 0 < len(taken) < many_of_them
        assert all(each.message_count == 1 and each.first_message for each in taken)
        assert await verify(path, lambda _done, _total: None) == []
        second = await started(tmp_path, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN)
        try:
            await discord.bot_connected(timeout=20)
            used = await ann.slash(ann.dm, "import", file=attachment(data))
            question = await used.message(lambda m: bool(m.buttons), timeout=30)
            assert f" {len(taken):,} of them you have already." in question.text
        finally:
            second.terminate()
            await asyncio.wait_for(second.communicate(), 10)
