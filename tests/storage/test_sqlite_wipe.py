"""What is deleted for good is not in the live files any more: a look at every byte of them."""

import asyncio
import random
import string
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from storage.records import Actor, SessionInfo, TurnState
from storage.sqlite.inspect import read_only
from storage.sqlite.open import open_store
from storage.sqlite.store import SqliteStore
from storage.sqlite.verify import verify
from tests.storage.samples import ANN, BOB, answer, ask, departure, exchange, prompt

RANDOM = random.Random(5)


def strange() -> str:
    """A word that stands nowhere else."""
    return "".join(RANDOM.sample(string.ascii_lowercase, 12))


def traces(path: Path, words: list[str]) -> list[str]:
    """Which of the words the live files still show, in any case and in the middle of anything. The index leaves a word's first
    letters out where the one before it begins with them, so its rest is looked for.
    """
    files = [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")]
    raw = b"".join(file.read_bytes() for file in files if file.exists()).lower()
    return [word for word in words if word[3:].encode() in raw]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await open_store(tmp_path / "cubby.db")
    yield opened
    await opened.close()


async def filled(store: SqliteStore, actor: Actor, words: list[str]) -> SessionInfo:
    """A session that says each of the words in a place of its own: long and short texts, names, prompts, drafts, a choice."""
    name, old_name, first, reply, waits, removed, partial, second = words
    session = await store.sessions.create(actor, old_name)
    await store.shelves.rename(actor, session.number, name)
    await exchange(store, session, f"{first} asked", f"{reply} " + "and so on " * 900, actor)
    await store.turns.submit(actor, session.id, prompt(waits), TurnState.QUEUED)
    await store.turns.remove(actor, (await store.turns.submit(actor, session.id, prompt(removed), TurnState.QUEUED)).id)
    turn = await ask(store, session, second.upper(), actor)
    await store.turns.checkpoint(actor, turn.id, partial * 300)
    await answer(store, turn, "done")
    await store.turns.hold(actor, session.id, departure())
    return session


@pytest.mark.parametrize("pages", [1, 64])
async def test_a_purged_session_leaves_no_byte(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    monkeypatch.setattr("storage.sqlite.wiping.PAGES", pages)
    gone, kept = [[strange() for _ in range(8)] for _ in range(12)], [[strange() for _ in range(8)] for _ in range(12)]
    for one, other in zip(gone, kept, strict=True):
        session = await filled(store, ANN, one)
        await filled(store, BOB, other)
        await store.shelves.delete(ANN, session.number)
    said = [word for words in gone for word in words]
    assert len(traces(tmp_path / "cubby.db", said)) > len(said) / 2
    for number in range(1, 13):
        await store.shelves.purge(ANN, number)
    assert await store.upkeep.wipe()
    assert traces(tmp_path / "cubby.db", said) == []
    for words in kept:
        (hit,) = await store.transcripts.search_messages(BOB, words[2])
        assert hit.session.name == words[0]
    assert await verify(tmp_path / "cubby.db") == []


async def test_an_erased_person_leaves_no_byte(store: SqliteStore, tmp_path: Path) -> None:
    who = Actor(987654321987654321)
    words = [strange() for _ in range(8)]
    await filled(store, who, words)
    await store.preferences.set(who, "instructions", (wish := strange()))
    await store.shelves.erase(who)
    assert await store.upkeep.wipe()
    path = tmp_path / "cubby.db"
    assert traces(path, [*words, wish]) == []
    assert who.user_id.to_bytes(8, "big") not in path.read_bytes()
    assert await verify(path) == []


async def test_a_key_is_never_given_to_somebody_else(store: SqliteStore, tmp_path: Path) -> None:
    await store.sessions.create(ANN)
    await store.shelves.erase(ANN)
    await store.sessions.create(BOB)
    with closing(read_only(tmp_path / "cubby.db")) as connection:
        assert connection.execute("SELECT id, user_id FROM owners ORDER BY id").fetchall() == [(1, -1), (2, BOB.user_id)]


async def test_wiping_survives_a_restart(tmp_path: Path) -> None:
    words = [strange() for _ in range(8)]
    store = await open_store(tmp_path / "cubby.db")
    await filled(store, ANN, words)
    await store.shelves.delete(ANN, 1)
    await store.shelves.purge(ANN, 1)
    await store.close()
    again = await open_store(tmp_path / "cubby.db")
    assert await again.upkeep.wipe()
    assert traces(tmp_path / "cubby.db", words) == []
    await again.close()


async def test_a_reader_that_stays_is_waited_for_by_nobody_and_told_of(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite.wiping.PAUSE", 0)
    words = [strange() for _ in range(8)]
    await filled(store, ANN, words)
    await store.shelves.delete(ANN, 1)
    with closing(read_only(tmp_path / "cubby.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM owners").fetchone()
        await store.shelves.purge(ANN, 1)
        assert not await store.upkeep.wipe()
    assert await store.upkeep.wipe()
    assert traces(tmp_path / "cubby.db", words) == []


async def test_others_write_while_it_wipes(store: SqliteStore, tmp_path: Path) -> None:
    words = [strange() for _ in range(8)]
    for _ in range(3):
        await filled(store, BOB, [strange() for _ in range(8)])
    session = await filled(store, ANN, words)
    await store.shelves.delete(ANN, session.number)
    await store.shelves.purge(ANN, session.number)
    other = await store.sessions.create(BOB)

    async def go_on() -> None:
        for _ in range(20):
            await exchange(store, other, "and on", "so", BOB)

    wiped, _ = await asyncio.gather(store.upkeep.wipe(), go_on())
    assert wiped
    assert traces(tmp_path / "cubby.db", words) == []
    assert await verify(tmp_path / "cubby.db") == []
