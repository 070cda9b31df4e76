"""What another process sees of the journal: the newest turns with their states and times, no word of them, no trace left."""

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from storage.errors import DatabaseRefused
from storage.records import DeliveryState, PartKind, Surface, TurnState
from storage.sqlite.glimpse import DELIVERIES, NEWEST, DeliveryGlimpse, JournalGlimpse, newest_turns
from storage.sqlite.migrate import APPLICATION_ID
from storage.sqlite.open import open_store
from tests.storage.samples import ANN, BOB, Clock, answer, ask, exchange, target, wait

ROOT = Path(__file__).resolve().parents[2]

LIVE = """
import asyncio, sys
from pathlib import Path
from storage.sqlite.open import open_store
from tests.storage.samples import ANN, answer, ask

async def main():
    store = await open_store(Path(sys.argv[1]))
    session = await store.sessions.create(ANN)
    turn = await ask(store, session, "secret")
    print(turn.id.hex, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await answer(store, turn, "secret")
    print("ended", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await store.close()

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cubby.db"


@pytest.fixture
async def bot(path: Path) -> AsyncIterator[Process]:
    """A process that asks, and with each line it is sent, first ends its turn, then itself."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LIVE, str(path), stdin=PIPE, stdout=PIPE, cwd=ROOT)
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def heard(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


async def tell(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
    await process.stdin.drain()


def files(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


def make_empty(path: Path) -> None:
    path.touch()


def remove(path: Path) -> None:
    path.unlink()


async def test_states_and_times_without_a_word(path: Path, clock: Clock) -> None:
    store = await open_store(path, now=clock)
    session, other = await store.sessions.create(ANN), await store.sessions.create(BOB)
    ended = await exchange(store, session, "secret prompt", "secret answer")
    failed = await answer(store, await ask(store, other, "secret prompt", BOB, to=target(message_id=8)), "")
    asked = await ask(store, session, "secret prompt", to=target(expires=clock.time))
    queued = await wait(store, session, "secret prompt")
    await store.close()
    before = files(path)
    seen = newest_turns(path, 10)
    assert [turn.id for turn in seen] == [queued.id, asked.id, failed.id, ended.id]
    assert [turn.state for turn in seen] == [TurnState.QUEUED, TurnState.ASKED, TurnState.FAILED, TurnState.COMPLETED]
    assert [(turn.user_id, turn.number) for turn in seen] == [(101, 1), (101, 1), (202, 1), (101, 1)]
    for turn, glimpse in zip((queued, asked, failed, ended), seen, strict=True):
        times = (turn.created, turn.asked, turn.first_delta, turn.ended, turn.error)
        assert (glimpse.created, glimpse.asked, glimpse.first_delta, glimpse.ended, glimpse.error) == times
    part = DeliveryGlimpse(part=0, kind=PartKind.MESSAGE, state=DeliveryState.PENDING, surface=Surface.EPHEMERAL)
    assert seen[1].deliveries == (part,)
    assert "secret" not in repr(seen)
    assert [turn.id for turn in newest_turns(path, 2)] == [queued.id, asked.id]
    assert files(path) == before


async def test_beside_a_running_bot_a_killed_one_and_the_next(path: Path, bot: Process) -> None:
    glimpse = JournalGlimpse(path)
    turn = UUID(await heard(bot))
    assert [(seen.id, seen.state) for seen in await glimpse.newest(5)] == [(turn, TurnState.ASKED)]
    await tell(bot)
    assert await heard(bot) == "ended"
    assert [seen.state for seen in await glimpse.newest(5)] == [TurnState.COMPLETED]
    bot.kill()
    await bot.wait()
    assert [seen.state for seen in await glimpse.newest(5)] == [TurnState.COMPLETED]
    store = await open_store(path)
    await ask(store, await store.sessions.create(ANN))
    await store.close()
    assert [seen.state for seen in await glimpse.newest(5)] == [TurnState.ASKED, TurnState.COMPLETED]
    await glimpse.close()


async def test_a_bot_that_ends_leaves_one_file(path: Path, bot: Process) -> None:
    """A glimpse holds nothing that would keep the last writer from bringing the file together."""
    await heard(bot)
    glimpse = JournalGlimpse(path)
    await glimpse.newest(5)
    await tell(bot)
    await heard(bot)
    await glimpse.newest(5)
    await tell(bot)
    assert await bot.wait() == 0
    assert not path.with_name("cubby.db-wal").exists()


async def test_no_file_is_no_turn_and_none_is_made(path: Path) -> None:
    glimpse = JournalGlimpse(path)
    assert await glimpse.newest(5) == ()
    assert files(path) == {}
    make_empty(path)
    assert await glimpse.newest(5) == ()
    await glimpse.close()


async def test_a_file_that_went_or_was_replaced(path: Path, tmp_path: Path) -> None:
    glimpse = JournalGlimpse(path)
    for _ in range(2):
        store = await open_store(path)
        turn = await exchange(store, await store.sessions.create(ANN))
        await store.close()
        assert [seen.id for seen in await glimpse.newest(5)] == [turn.id]
        remove(path)
        assert await glimpse.newest(5) == ()


@pytest.mark.parametrize("is_ours", [True, False])
async def test_what_cannot_be_read_is_refused_and_the_last_is_kept(path: Path, is_ours: bool) -> None:
    store = await open_store(path)
    turn = await exchange(store, await store.sessions.create(ANN))
    await store.close()
    glimpse = JournalGlimpse(path)
    await glimpse.newest(5)
    remove(path)
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"PRAGMA application_id = {APPLICATION_ID if is_ours else 77}")
        file.execute("PRAGMA user_version = 2")
    with pytest.raises(DatabaseRefused, match="cannot be read now" if is_ours else "belongs to another program"):
        newest_turns(path, 5)
    assert [seen.id for seen in await glimpse.newest(5)] == [turn.id]


async def test_a_look_whose_asker_went_is_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[bool] = []

    def slow(_: Path, __: int) -> tuple[()]:
        asyncio.run(asyncio.sleep(0.1))
        done.append(True)
        return ()

    monkeypatch.setattr("storage.sqlite.glimpse.newest_turns", slow)
    glimpse = JournalGlimpse(path)
    asking = asyncio.create_task(glimpse.newest(5))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    await glimpse.close()
    assert done == [True]


async def test_a_look_costs_what_it_shows(path: Path) -> None:
    await (await open_store(path)).close()
    with closing(sqlite3.connect(path)) as file:
        plans = [row[3] for sql in (NEWEST, DELIVERIES) for row in file.execute(f"EXPLAIN QUERY PLAN {sql}", ("1",))]
    assert plans == [
        "SCAN t",
        "SEARCH o USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
        "SEARCH deliveries USING PRIMARY KEY (turn>?)",
    ]
