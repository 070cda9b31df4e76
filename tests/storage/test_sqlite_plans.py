"""Cost follows the work: what people wait for is found by an index, never by reading a table through."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from storage.errors import NotFound
from storage.records import NewSummary, SessionInfo, Shelf, TurnState
from storage.sqlite.database import in_thread
from storage.sqlite.open import open_store
from storage.sqlite.store import SqliteStore
from tests.storage.samples import ANN, START, departure, exchange, file, prompt, target, wait

Call = Callable[[SqliteStore, SessionInfo], Awaitable[Any]]


async def retry(store: SqliteStore, session: SessionInfo) -> None:
    ended = await exchange(store, session)
    await store.turns.retry(ANN, ended.id, prompt(to=target(message_id=8)))


async def tries(store: SqliteStore, session: SessionInfo) -> None:
    await store.turns.tries(ANN, (await exchange(store, session)).id)


async def remove(store: SqliteStore, session: SessionInfo) -> None:
    turn = await store.turns.submit(ANN, session.id, prompt("read", file("notes")), TurnState.QUEUED)
    await store.turns.remove(ANN, turn.id)


async def put_ahead(store: SqliteStore, session: SessionInfo) -> None:
    await store.turns.put_ahead(ANN, (await wait(store, session)).id)


async def purge(store: SqliteStore, _: SessionInfo) -> None:
    await store.shelves.delete(ANN, 2)
    await store.shelves.purge(ANN, 2)


async def add_summary(store: SqliteStore, session: SessionInfo) -> None:
    summary = NewSummary(text="x", first_kept=1, newest=session.leaf or 0, model="m", tokens_before=9)
    await store.compactions.add(ANN, session.id, summary, instead_of=None)
    await store.compactions.standing(ANN, session.id)


CALLS: dict[str, Call] = {
    "list": lambda s, _: s.sessions.list(ANN),
    "pinned": lambda s, _: s.sessions.list(ANN, shelf=Shelf.PINNED),
    "archived": lambda s, _: s.sessions.list(ANN, shelf=Shelf.ARCHIVED),
    "bin": lambda s, _: s.sessions.list(ANN, shelf=Shelf.BIN),
    "counts": lambda s, _: s.sessions.counts(ANN),
    "delete": lambda s, _: s.shelves.delete(ANN, 2),
    "purge": purge,
    "erase": lambda s, _: s.shelves.erase(ANN),
    "expired": lambda s, _: s.upkeep.expired(START),
    "tips": lambda s, i: s.branches.tips(ANN, i.id),
    "fork": lambda s, i: s.branches.fork(ANN, i.id),
    "known": lambda s, _: s.transfers.known(ANN, "there", ["a"]),
    "search": lambda s, _: s.sessions.search(ANN, "x"),
    "tries": tries,
    "used": lambda s, _: s.accounts.used(ANN, START.date()),
    "find": lambda s, _: s.sessions.find(ANN, 1),
    "get": lambda s, i: s.sessions.get(ANN, i.id),
    "open": lambda s, _: s.sessions.open(ANN, 1),
    "active": lambda s, _: s.sessions.active(ANN),
    "tail": lambda s, i: s.transcripts.tail(ANN, i.id, limit=5),
    "path": lambda s, i: s.transcripts.path(ANN, i.id),
    "standing": lambda s, i: s.compactions.standing(ANN, i.id),
    "add": add_summary,
    "undo": lambda s, i: s.compactions.undo(ANN, i.id, 1),
    "exchange": exchange,
    "wait": lambda s, i: wait(s, i, limit=5),
    "put_ahead": put_ahead,
    "remove": remove,
    "pause": lambda s, i: s.turns.pause(ANN, i.id),
    "waiting": lambda s, i: s.turns.waiting(ANN, i.id),
    "latest": lambda s, i: s.turns.latest(ANN, i.id),
    "retry": retry,
    "hold": lambda s, i: s.turns.hold(ANN, i.id, departure()),
    "decide": lambda s, _: s.turns.decide(ANN, uuid4()),
    "of_turn": lambda s, _: s.deliveries.of_turn(ANN, uuid4()),
    "link": lambda s, i: s.deliveries.link(ANN, 7, i.id),
    "session_of": lambda s, _: s.deliveries.session_of(ANN, 8),
    "running_turns": lambda s, _: s.upkeep.running_turns(),
    "waiting_turns": lambda s, _: s.upkeep.waiting_turns(),
    "open_deliveries": lambda s, _: s.upkeep.open_deliveries(),
    "erase_tokens": lambda s, _: s.upkeep.erase_tokens(START),
}


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = await open_store(tmp_path / "cubby.db")
    await asyncio.gather(*[exchange(store, await store.sessions.create(ANN)) for _ in range(3)])
    yield store
    await store.close()


async def plans(store: SqliteStore, call: Call) -> list[str]:
    """What SQLite says (EXPLAIN QUERY PLAN) of each statement that the call runs."""
    ran: list[str] = []
    session = await store.sessions.find(ANN, 1)
    connections = [store._database._reader, store._database._writer]
    for connection in connections:
        await in_thread(connection, lambda raw: raw.set_trace_callback(ran.append))
    with suppress(NotFound):
        await call(store, session)
    for connection in connections:
        await in_thread(connection, lambda raw: raw.set_trace_callback(None))
    asked = [sql for sql in ran if sql.startswith(("SELECT", "UPDATE", "DELETE"))]

    def explain(sql: str) -> Callable[[Any], list[str]]:
        return lambda raw: [f"{row[3]}  <-  {sql}" for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}")]

    return [line for sql in asked for line in await in_thread(store._database._reader, explain(sql))]


@pytest.mark.parametrize("name", CALLS)
async def test_nothing_reads_a_table_through(sqlite: SqliteStore, name: str) -> None:
    found = await plans(sqlite, CALLS[name])
    small = (
        "SCAN choices",
        "SCAN m",
        "SCAN d USING",
        "SCAN CONSTANT",
        "SCAN wanted",
    )  # open choices, one message's rows, a partial index, what was asked
    assert found
    assert [line for line in found if line.startswith("SCAN") and not line.startswith(small)] == []


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("list", "sessions_newest"),
        ("pinned", "sessions_newest"),
        ("archived", "sessions_newest"),
        ("bin", "sessions_binned"),
        ("counts", "sessions_put_away"),
        ("counts", "shelf_counts USING PRIMARY KEY"),
        ("expired", "sessions_expiring"),
        ("waiting", "turns_waiting"),
        ("running_turns", "turns_open"),
        ("open_deliveries", "deliveries_open"),
        ("session_of", "deliveries_message"),
        ("latest", "turns_prompt"),
        ("erase_tokens", "deliveries_token"),
        ("standing", "entries_beside"),
        ("remove", "entries_with_files"),
    ],
)
async def test_each_question_uses_the_index_made_for_it(sqlite: SqliteStore, name: str, index: str) -> None:
    assert index in "\n".join(await plans(sqlite, CALLS[name]))


@pytest.mark.parametrize("name", ["list", "pinned", "archived", "bin", "search", "expired"])
async def test_a_list_needs_no_sorting(sqlite: SqliteStore, name: str) -> None:
    assert "TEMP B-TREE" not in "\n".join(await plans(sqlite, CALLS[name]))
