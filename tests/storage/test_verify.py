"""Each law is broken once in a real database, and `verify` names what it broke."""

# ruff: noqa: S608 - the statements are the tests' own

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import DatabaseRefused
from storage.records import TurnState
from storage.sqlite.backup import back_up
from storage.sqlite.laws import LAWS
from storage.sqlite.open import open_store
from storage.sqlite.verify import MOST, verify
from tests.storage.fixture import SECRET, live_through
from tests.storage.samples import ANN, exchange


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A sound database, closed."""
    store = await open_store(tmp_path / "cubby.db")
    await live_through(store)
    await store.close()
    return tmp_path / "cubby.db"


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement


def contents(path: Path) -> bytes:
    return path.read_bytes()


async def test_a_sound_database_has_no_faults_and_is_not_changed(path: Path) -> None:
    before = contents(path)
    heard: list[tuple[int, int]] = []
    assert await verify(path, lambda done, total: heard.append((done, total))) == []
    assert contents(path) == before
    assert heard == [(done + 1, len(LAWS) + 2) for done in range(len(LAWS) + 2)]


async def test_it_runs_beside_a_live_store(tmp_path: Path) -> None:
    store = await open_store(tmp_path / "cubby.db")
    await live_through(store)
    assert await verify(tmp_path / "cubby.db") == []
    await store.sessions.create(ANN)
    await store.close()


ASKED = "state = 'streaming'"
ANSWERED = "state = 'completed'"
FIRST = (1 << 40) | (1 << 20) | 1

BROKEN = {
    "UPDATE owners SET next_number = 2 WHERE id = 1": "Owner 1: the next session would get number 2, but 2 is taken",
    "DELETE FROM sessions WHERE owner = 1 AND number = 2": r"Entry \d+: its session \(2 of owner 1\) is not there",
    f"UPDATE entries SET parent = id + 1 WHERE id = {FIRST}": f"Entry {FIRST}: its parent {FIRST + 1} is no older entry",
    f"UPDATE entries SET parent = 9 WHERE id = {FIRST + 1}": f"Entry {FIRST + 1}: its parent 9 is no older entry",
    f"UPDATE entries SET depth = 7 WHERE id = {FIRST}": f"Entry {FIRST}: its depth is 7, counted 0",
    f"UPDATE entries SET compaction = 7 WHERE id = {FIRST}": f"Entry {FIRST}: its compaction is 7, counted none",
    f"UPDATE entries SET messages = 7 WHERE id = {FIRST}": f"Entry {FIRST}: messages is 7, counted 1",
    "UPDATE sessions SET leaf = NULL WHERE owner = 1 AND number = 1": r"number 1 .* its leaf none is not on its tree",
    f"UPDATE sessions SET leaf = {FIRST} WHERE number = 2 AND owner = 1": rf"number 2 .* its leaf {FIRST} is not on its tree",
    "UPDATE sessions SET message_count = 9 WHERE number = 1 AND owner = 1": r"number 1 .* message_count is 9, counted 4",
    "UPDATE sessions SET next_seq = 3 WHERE number = 1 AND owner = 1": r"number 1 .* next_seq is 3, counted 6",
    "UPDATE sessions SET preview = 'else' WHERE number = 1 AND owner = 1": r"number 1 .* preview is not",
    "UPDATE sessions SET modified = 5 WHERE number = 1 AND owner = 1": r"number 1 .* modified is 5, its newest message",
    "UPDATE sessions SET modified = 5 WHERE number = 2 AND owner = 2": r"number 2 of owner 2\): modified is 5",
    "UPDATE active SET number = 9": "Owner 1: the active session, number 9, is not there",
    "UPDATE turns SET number = 9 WHERE state = 'queued'": r"Turn \w{32}: its session \(9 of owner 1\) is not there",
    f"UPDATE turns SET ended = NULL WHERE {ANSWERED}": r"Turn \w{32}: its state is completed, which does not fit",
    f"UPDATE turns SET state = 'odd' WHERE {ASKED}": r"Turn \w{32}: its state is odd",
    f"UPDATE turns SET prompt_entry = {FIRST} WHERE state = 'queued'": "it is queued, but has an entry",
    f"UPDATE turns SET prompt_entry = NULL WHERE {ASKED}": "it is streaming, but its prompt is no entry of its session",
    f"UPDATE turns SET prompt_entry = {FIRST} WHERE {ASKED}": "it is streaming, but its prompt is no entry of its session",
    f"UPDATE turns SET prompt_entry = prompt_entry + 1 WHERE {ANSWERED}": "it is completed, but its prompt is no entry",
    f"UPDATE turns SET answer_entry = NULL WHERE {ANSWERED}": "it is completed, and its answer's entry does not fit",
    f"UPDATE turns SET answer_entry = {FIRST} WHERE {ANSWERED}": "it is completed, and its answer's entry does not fit",
    f"UPDATE turns SET answer_entry = {FIRST} WHERE {ASKED}": "it is streaming, and its answer's entry does not fit",
    f"UPDATE turns SET partial = 'x' WHERE {ANSWERED}": "it is completed, but still has partial text",
    f"DELETE FROM turns WHERE {ASKED}": r"Delivery of turn \w{32}, part 0: the turn is not there",
    "UPDATE links SET number = 9": "Message 77 leads to session 9 of owner 1, which is not there",
    "UPDATE usage SET number = 9": r"Owner 3: what was used in session 9 on [0-9-]+ is counted, and the session is not there",
    "UPDATE choices SET number = 9": r"Choice \w{32}: its session \(9 of owner 1\) is not there",
    "UPDATE sessions SET named_by = NULL WHERE number = 1 AND owner = 1": r"number 1 .* it has a name that nobody gave it",
    "UPDATE sessions SET branches = 7 WHERE number = 1 AND owner = 1": r"number 1 .* branches is 7, counted 1",
    "UPDATE sessions SET temporary = 1 WHERE number = 1 AND owner = 1": r"number 1 .* temporary, and there are words",
    "UPDATE sessions SET deleted = 1 WHERE number = 1 AND owner = 1": r"number 1 .* it is in the bin, and still in use",
    "UPDATE sessions SET archived_by_itself = 1 WHERE number = 1 AND owner = 1": r"number 1 .* archived by itself, and is not",
    "UPDATE shelf_counts SET many = 9 WHERE owner = 1": r"Owner 1: 2 sessions are on shelf 0 \(pinned: 0\), counted 9",
    f"DELETE FROM searchable WHERE entry = {FIRST}": f"Entry {FIRST}: it is user, which does not fit",
    f"UPDATE searchable SET entry = 9 WHERE entry = {FIRST}": r"Place \d+ of the search: its entry 9 is not there",
    f"UPDATE searchable SET id = id - 9 WHERE entry = {FIRST}": r"Place \d+ of the search: it is in one of the index",
    "UPDATE provenance SET number = 9": r"Import of owner 3: its session, number 9, is not there",
    "UPDATE undos SET number = 9": r"Undo \w{32}: its session \(9 of owner 3\) is not there",
    "INSERT INTO files(owner, digest, size, text, data) VALUES (3, 'x', 0, '', '')": r"File \d+ of owner 3: nothing has it",
    "DELETE FROM files": "Session 1 of owner 3: a file that came with it is not there",
    "UPDATE turns SET number = 2 WHERE files IS NOT NULL": r"Turn \w{32}: a file that came with it is not its session's",
    "UPDATE attached SET choice = 'x'": "Session 1 of owner 3: a file waits with a choice that is not there",
    "UPDATE sessions SET temporary = 1 WHERE owner = 3 AND number = 1": "Session 1 of owner 3: it is temporary, and has files",
    "UPDATE sessions SET owner = 9 WHERE owner = 2": "SQLite: rows of sessions point at rows of owners",
}


@pytest.mark.parametrize("statement", BROKEN)
async def test_what_was_broken_is_named_and_never_shown(path: Path, statement: str) -> None:
    run(path, statement)
    faults = await verify(path)
    assert [fault for fault in faults if re.search(BROKEN[statement], fault)], faults
    assert SECRET not in " ".join(faults)


async def test_every_law_is_broken_above(path: Path) -> None:
    """A law that no broken database shows may hold nothing."""
    faults: list[str] = []
    for number, statement in enumerate(BROKEN):
        copy = path.with_name(f"{number}.db")
        await back_up(path, copy)
        run(copy, statement)
        faults += await verify(copy)
    sentences = {law.rule: re.escape(law.sentence).replace(r"\{\}", ".+") for law in LAWS}
    assert [rule for rule, sentence in sentences.items() if not any(re.fullmatch(sentence, fault) for fault in faults)] == []


async def test_a_lost_index_row_is_sqlites_to_find(path: Path) -> None:
    run(
        path,
        "PRAGMA writable_schema=ON",
        "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'turns_prompt') "
        "WHERE name = 'deliveries_open'",
    )
    faults = await verify(path)
    assert faults
    assert SECRET not in " ".join(faults)


async def test_damaged_pages_are_a_fault_and_no_crash(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 4096 * 4)
    assert await verify(path)


async def test_a_law_broken_all_over_is_not_told_all_over(path: Path) -> None:
    store = await open_store(path)
    session = await store.sessions.create(ANN)
    for _ in range(MOST):
        await exchange(store, session)
    await store.close()
    run(path, "UPDATE entries SET depth = -1")
    faults = await verify(path)
    assert len(faults) <= MOST + 1
    assert "more of these" in faults[-1]


async def test_a_cycle_of_parents_ends(path: Path) -> None:
    run(path, f"UPDATE entries SET parent = {FIRST + 1}, kind = 'note' WHERE id IN ({FIRST}, {FIRST + 1})")
    run(path, f"UPDATE sessions SET leaf = {FIRST} WHERE owner = 1 AND number = 1")
    assert await verify(path)


@pytest.mark.parametrize("statement", ["PRAGMA user_version = 99", "PRAGMA application_id = 7"])
async def test_a_file_that_is_not_this_versions_is_refused(path: Path, statement: str) -> None:
    run(path, statement)
    with pytest.raises(DatabaseRefused):
        await verify(path)


async def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefused, match="no database"):
        await verify(tmp_path / "none.db")


def test_the_laws_know_every_state() -> None:
    sql = " ".join(law.sql for law in LAWS)
    assert [state for state in TurnState if f"'{state}'" not in sql] == []
