"""The disk fails under a running bot: nothing is said to be saved that is not, reading goes on, and it recovers by itself."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from playground.standin import StandIn
from storage.records import Actor, TurnState
from storage.sqlite.database import in_thread
from storage.sqlite.store import SqliteStore
from tests.e2e.team import Team, ended, is_ended
from tests.processes import TOKEN, started

LONG = "x" * 5900
"""More than fits on the pages that a database has already."""

NOT_SAVED = "I couldn't save that: this bot's disk isn't taking it right now."

UNKNOWN_PAGES = 77
"""The exit code of who can't tell what pages are for."""

Broken = Callable[[Team], AbstractAsyncContextManager[None]]


def store_of(team: Team) -> SqliteStore:
    assert team.bot is not None
    assert isinstance(team.bot.store, SqliteStore)
    return team.bot.store


async def pragma(team: Team, text: str) -> int:
    found = await in_thread(store_of(team)._database._writer, lambda c: c.execute(f"PRAGMA {text}").fetchone())
    return found[0] if found else 0


@asynccontextmanager
async def full(team: Team) -> AsyncGenerator[None]:
    await pragma(team, f"max_page_count={await pragma(team, 'page_count')}")
    yield
    await pragma(team, "max_page_count=1000000")


@asynccontextmanager
async def read_only(team: Team) -> AsyncGenerator[None]:
    await pragma(team, "query_only=ON")
    yield
    await pragma(team, "query_only=OFF")


@asynccontextmanager
async def locked(team: Team) -> AsyncGenerator[None]:
    await pragma(team, "busy_timeout=50")
    with closing(sqlite3.connect(team.settings.database_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.mark.parametrize("broken", [full, read_only, locked])
async def test_nothing_is_taken_in_that_is_not_kept_and_reading_goes_on(team: Team, broken: Broken) -> None:
    await team.ask(team.ann, "before")
    async with broken(team):
        asked = await team.ann.slash(team.general, "ask", prompt=LONG)
        await asked.message(lambda m: NOT_SAVED in m.text)
        await team.ann.wait_for(lambda m: "Your message, to send again:" in m.text, channel=team.general)
        if broken is not full:  # a full disk takes what a message has at most
            await team.ann.say(team.ann.dm, "and this?")
            await team.ann.wait_for(lambda m: NOT_SAVED in m.text, channel=team.ann.dm)
        shown = await (await team.ann.slash(team.general, "history")).message()
        assert "echo: before" in shown.text
        assert not any(len(messages[-1].content) > 5000 for messages in team.gate.asked)
    assert (await team.ask(team.ann, "after")).text.startswith("echo: after")


@pytest.mark.parametrize("broken", [full, read_only, locked])
async def test_an_answer_that_could_not_be_saved_is_shown_said_so_and_saved_later(team: Team, broken: Broken) -> None:
    asked = await team.ann.slash(team.general, "ask", prompt=f"hold {LONG}")
    await asked.message(lambda m: "first words" in m.text)
    async with broken(team):
        team.gate.release()
        told = await team.ann.wait_for(
            lambda m: "couldn't save this answer" in m.text and is_ended(m), channel=team.general, timeout=20
        )
        assert [b"and the end" in attachment.data for attachment in told.attachments] == [True]
    assert team.bot is not None
    await team.bot.runtimes.save()
    (session,) = (await team.bot.store.sessions.list(Actor(team.ann.id))).items
    turn = await team.bot.store.turns.latest(Actor(team.ann.id), session.id)
    assert turn is not None
    assert turn.state is TurnState.COMPLETED
    await team.ann.wait_for(lambda m: m.id == told.id and "couldn't save" not in m.text, channel=team.general)
    assert (await team.ask(team.ann, "after")).text.startswith("echo: after")


@pytest.mark.skipif(sys.platform != "linux", reason="only there can a running process be denied to write")
async def test_an_io_error_of_the_real_process_is_told_and_over_with_its_cause(tmp_path: Path) -> None:
    async with StandIn() as discord:
        discord.add_bot(TOKEN)
        general = discord.add_guild("Team").add_text_channel("general")
        ann = discord.add_person("Ann")
        bot = await started(tmp_path, CUBBY_DISCORD_API=discord.api_url, DISCORD_TOKEN=TOKEN)
        await discord.bot_connected()
        await ended(await ann.slash(general, "ask", prompt="before"))
        resource = pytest.importorskip("resource")
        soft, hard = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (1, hard))
        refused = await ann.slash(general, "ask", prompt="meanwhile")
        await refused.message(lambda m: NOT_SAVED in m.text)
        assert "before" in (await (await ann.slash(general, "history")).message()).text
        resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (soft, hard))
        await ended(await ann.slash(general, "ask", prompt="after"))
        bot.terminate()
        _, said = await asyncio.wait_for(bot.communicate(), 20)
    assert b"Traceback" not in said
    with closing(sqlite3.connect(tmp_path / "cubby.db")) as left:
        prompts = [row[0] for row in left.execute("SELECT prompt FROM turns ORDER BY id")]
        assert left.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert prompts == ["before", "after"]


async def test_a_database_that_is_damaged_while_it_runs_is_told_of_and_the_rest_can_be_read(team: Team) -> None:
    await team.ask(team.bob, "before")
    for number in range(4):
        await team.ask(team.ann, f"{number} {LONG}")
    await pragma(team, "wal_checkpoint(TRUNCATE)")
    await asyncio.to_thread(damage, team.settings.database_path)
    await team.ask(team.bob, "a write, so that nothing old is remembered")
    broken = await team.ann.slash(team.general, "ask", prompt="can you still read that?")
    told = await broken.message(lambda m: is_ended(m) or NOT_SAVED in m.text)
    assert "disk" in told.text
    assert "before" in (await (await team.bob.slash(team.general, "history")).message()).text


def damage(path: Path) -> None:
    """Overwrite the pages that hold the rest of long entries; in a process of its own, since to close the file in the bot's own
    would drop the bot's locks on it (SQLite, "How To Corrupt An SQLite Database File", section 2.2).
    """
    apart = get_context("spawn").Process(target=overwrite, args=(path,))
    apart.start()
    apart.join()
    if apart.exitcode == UNKNOWN_PAGES:
        pytest.skip("this SQLite does not tell what its pages are for")
    assert apart.exitcode == 0


def overwrite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        try:
            sql = "SELECT pageno, pgsize FROM dbstat WHERE name = 'entries' AND pagetype = 'overflow'"
            pages = database.execute(sql).fetchall()
        except sqlite3.OperationalError:
            sys.exit(UNKNOWN_PAGES)
    assert pages
    with path.open("r+b") as file:
        for number, size in pages:
            file.seek((number - 1) * size)
            file.write(b"\xff" * size)
