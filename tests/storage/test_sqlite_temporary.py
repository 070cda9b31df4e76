"""The words of a temporary session are in no file: a look at every byte of them, also after a crash."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event

import pytest

from storage.errors import ChoiceNotFound, SessionNotFound, StoreUnavailable
from storage.records import Departure, Leave, SessionInfo, Turn, TurnState
from storage.sqlite.backup import back_up
from storage.sqlite.database import in_thread
from storage.sqlite.open import open_store
from storage.sqlite.permission import turn_by_id
from storage.sqlite.rows import turn_of
from storage.sqlite.store import SqliteStore
from storage.sqlite.verify import verify
from tests.storage.samples import ANN, BOB, answer, ask, exchange, file, prompt, target, wait
from tests.storage.traces import strange, traces


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await open_store(tmp_path / "cubby.db")
    yield opened
    await opened.close()


async def said_in(store: SqliteStore, words: list[str]) -> SessionInfo:
    """A temporary session that says each of the words in a place of its own, while an answer is being written in it."""
    name, asked, stopped, again, waits, removed, half, next_name, next_prompt, sent, chosen, thought, *files = words
    made = await store.sessions.create(ANN, name, temporary=True)
    session = await store.sessions.open(ANN, made.number)
    await store.preferences.set_for_session(ANN, session.id, "instructions", chosen)
    turn = await ask(store, session, asked)
    await store.turns.checkpoint(ANN, turn.id, stopped)
    await store.turns.end(ANN, turn.id, TurnState.STOPPED, text=stopped + " and so on" * 900, thoughts=thought)
    await answer(store, await store.turns.retry(ANN, turn.id, prompt()), again)
    await store.turns.ask(ANN, (await wait(store, session, sent)).id)
    await store.turns.remove(ANN, (await store.turns.reword(ANN, (await wait(store, session, "")).id, removed)).id)
    read, named, brought = files
    waiting = prompt(waits, file(read * 500, read.encode() * 5000, named))
    await store.turns.submit(ANN, session.id, waiting, TurnState.QUEUED)
    running = await ask(store, session, "more", to=target(message_id=5))
    await store.turns.checkpoint(ANN, running.id, half)
    await store.turns.hold(
        ANN, session.id, Departure(leave=Leave.NEW, name=next_name, prompt=prompt(next_prompt, file(brought)))
    )
    return session


def copied(folder: Path) -> Path:
    """The files as a crash leaves them."""
    crashed = folder / "crashed"
    crashed.mkdir()
    for each in folder.glob("cubby.db*"):
        shutil.copy(each, crashed)
    return crashed / "cubby.db"


async def test_no_word_is_in_a_file_or_a_backup(store: SqliteStore, tmp_path: Path) -> None:
    words = [strange() for _ in range(15)]
    session = await said_in(store, words)
    await exchange(store, await store.sessions.create(BOB), "stripes", "and dots", BOB)
    path, backup = tmp_path / "cubby.db", tmp_path / "backup.db"
    await back_up(path, backup)
    assert traces(path, [*words, "stripes"]) == ["stripes"]
    assert traces(backup, [*words, "stripes"]) == ["stripes"]
    assert await verify(path) == []
    await store.temporaries.end(ANN, session.id)
    assert traces(path, words) == []
    assert await verify(path) == []


async def test_kept_every_word_is_stored_at_once_and_read_after_a_restart(store: SqliteStore, tmp_path: Path) -> None:
    words = [strange() for _ in range(15)]
    session = await said_in(store, words)
    path = await store.transcripts.path(ANN, session.id)
    await store.temporaries.keep(ANN, session.id)
    assert traces(tmp_path / "cubby.db", words) == words
    assert await verify(tmp_path / "cubby.db") == []
    again = await open_store(copied(tmp_path))
    assert await again.transcripts.path(ANN, session.id) == path
    assert (await again.sessions.get(ANN, session.id)).name == words[0]
    await again.close()


async def test_a_choice_to_begin_one_leaves_no_word_and_is_gone_after_a_restart(store: SqliteStore, tmp_path: Path) -> None:
    words = [strange(), strange()]
    wanted = Departure(leave=Leave.NEW, name=words[0], prompt=prompt(words[1]), temporary=True)
    choice = await store.turns.hold(ANN, (await store.sessions.create(ANN)).id, wanted)
    assert traces(tmp_path / "cubby.db", words) == []
    again = await open_store(copied(tmp_path))
    with pytest.raises(ChoiceNotFound):
        await again.turns.decide(ANN, choice.id)
    await again.close()


async def test_a_choice_that_could_not_be_written_holds_no_file(store: SqliteStore) -> None:
    session = await store.sessions.create(ANN)
    wanted = Departure(leave=Leave.NEW, prompt=prompt("read", file("notes")), temporary=True)
    fails = "CREATE TEMP TRIGGER fails BEFORE INSERT ON choices BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    await in_thread(store.temporaries._database._writer, lambda c: c.execute(fails))
    with pytest.raises(StoreUnavailable):
        await store.turns.hold(ANN, session.id, wanted)
    assert await store.files.used(ANN) == 0


async def test_what_a_crash_left_is_ended_and_its_owner_is_told_once(store: SqliteStore, tmp_path: Path) -> None:
    await store.sessions.create(BOB, temporary=True)
    session = await said_in(store, [strange() for _ in range(15)])
    again = await open_store(copied(tmp_path))
    (turn,) = await again.temporaries.cut_off()
    assert [part.target.message_id for part in await again.deliveries.of_turn(ANN, turn.id)] == [5]
    assert await again.upkeep.running_turns() == ()
    assert await again.temporaries.end_cut_off() == 2
    assert await again.temporaries.untold() == ((ANN, session.number),)
    with pytest.raises(SessionNotFound):
        await again.sessions.get(ANN, session.id)
    assert await again.sessions.active(ANN) is None
    assert (await again.sessions.create(ANN)).number == session.number + 1
    await again.temporaries.told(ANN)
    assert await again.temporaries.untold() == await again.temporaries.cut_off() == ()
    assert await verify(tmp_path / "crashed" / "cubby.db") == []
    await again.close()


async def test_who_is_erased_takes_a_temporary_session_along(store: SqliteStore, tmp_path: Path) -> None:
    session = await said_in(store, [strange() for _ in range(15)])
    await store.shelves.erase(ANN)
    with pytest.raises(SessionNotFound):
        await store.sessions.get(ANN, session.id)
    assert store.temporaries._held.words(session.id) is None
    assert await verify(tmp_path / "cubby.db") == []


@pytest.mark.parametrize("act", ["keep", "end"])
async def test_a_read_that_began_before_its_end_has_its_words(store: SqliteStore, act: str) -> None:
    session = await store.sessions.create(ANN, temporary=True)
    turn = await ask(store, session, "first")
    begun, go_on = Event(), Event()

    def read(connection: sqlite3.Connection) -> Turn:
        row = turn_by_id(connection, ANN, turn.id)
        begun.set()
        go_on.wait()
        return turn_of(row, store.temporaries._held)

    reading = asyncio.create_task(store.temporaries._database.read(read))
    await asyncio.to_thread(begun.wait)
    ending = asyncio.create_task(getattr(store.temporaries, act)(ANN, session.id))
    await store.temporaries.told(ANN)  # the writer takes one after the other, so what was asked before is written
    await asyncio.sleep(0)
    go_on.set()
    assert (await reading).prompt == "first"
    await ending


async def test_a_step_that_is_rolled_back_leaves_no_wrong_word(store: SqliteStore) -> None:
    """What fails in the same batch takes the others' transaction along, so each runs a second time."""
    session = await store.sessions.create(ANN, temporary=True)
    fails = store.temporaries._database.write(lambda _: 1 / 0)
    turn, failed = await asyncio.gather(ask(store, session, "first"), fails, return_exceptions=True)
    assert isinstance(failed, ZeroDivisionError)
    assert isinstance(turn, Turn)
    await answer(store, turn, "and its answer")
    assert [entry.text for entry in await store.transcripts.path(ANN, session.id)] == ["first", "and its answer"]
