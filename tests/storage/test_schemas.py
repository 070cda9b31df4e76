"""A database that any released version left opens in this one, with all that was in it."""

import shutil
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from storage.records import Leave, Turn, TurnState
from storage.sqlite.migrate import migrations
from storage.sqlite.open import open_store
from storage.sqlite.store import SqliteStore
from storage.sqlite.verify import verify
from tests.storage.fixture import SECRET, fixture_of
from tests.storage.samples import ANN, BOB, START, answer, prompt

VERSIONS = range(1, len(migrations()) + 1)


@pytest.fixture(params=VERSIONS)
async def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the database that the version left."""
    shutil.copy(fixture_of(request.param), tmp_path / "cubby.db")
    return tmp_path / "cubby.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = await open_store(path)
    yield opened
    await opened.close()


def only(turns: Sequence[Turn]) -> Turn:
    assert len(turns) == 1
    return turns[0]


def choice_ids(path: Path) -> list[UUID]:
    with closing(sqlite3.connect(path)) as connection:
        return [UUID(hex=row[0]) for row in connection.execute("SELECT id FROM choices")]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_has_its_file(version: int) -> None:
    """After a new migration: `python -m tests.storage.fixture`."""
    with closing(sqlite3.connect(f"file:{fixture_of(version)}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)


async def test_lists_are_as_they_were(store: SqliteStore) -> None:
    shown = [
        (info.number, info.name, info.first_message, info.message_count) for info in (await store.sessions.list(ANN)).items
    ]
    assert shown == [(2, None, SECRET, 1), (1, "a name", SECRET, 4)]
    assert [info.first_message for info in (await store.sessions.list(BOB)).items] == [None, "ünï 🎉"]
    active = await store.sessions.active(ANN)
    assert active is not None
    assert active.number == 1


async def test_transcripts_are_as_they_were(store: SqliteStore) -> None:
    one = await store.sessions.find(ANN, 1)
    path = await store.transcripts.path(ANN, one.id)
    assert [(entry.kind, entry.text) for entry in path] == [
        ("user", SECRET),
        ("assistant", "an answer"),
        ("user", "and this?"),
        ("assistant", "at last"),
    ]
    assert path[0].author == ANN.user_id
    assert path[3].data["outcome"] == "completed"


async def test_turns_and_their_deliveries_are_as_they_were(store: SqliteStore) -> None:
    running, waiting = only(await store.upkeep.running_turns()), only(await store.upkeep.waiting_turns())
    assert (running.prompt, running.partial, waiting.prompt) == (SECRET, "half", "later")
    (part,) = await store.deliveries.of_turn(ANN, running.id)
    assert (part.target.message_id, part.target.token) == (5, "secret-token")
    assert part.target.token_expires is not None
    assert part.target.token_expires > START


async def test_what_is_small_is_as_it_was(path: Path, store: SqliteStore) -> None:
    (choice,) = [await store.turns.choice(ANN, choice_id) for choice_id in choice_ids(path)]
    assert (choice.departure.leave, choice.departure.name) == (Leave.NEW, "next")
    assert (await store.deliveries.session_of(ANN, 77)).number == 1
    assert not await store.first_time(ANN, "privacy")


async def test_it_goes_on_and_is_sound(path: Path, store: SqliteStore) -> None:
    session = await store.sessions.create(ANN)
    await answer(store, await store.turns.submit(ANN, session.id, prompt(event=1_000_000), TurnState.ASKED))
    assert session.number == 3
    assert await verify(path) == []
