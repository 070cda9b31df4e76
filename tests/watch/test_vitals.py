"""What `/healthz` tells, over a real store and a real loop."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from storage.sqlite.open import open_store
from storage.store import Store
from tests.watch.ports import free_port
from watch.metrics import Metrics
from watch.server import CannotListen, answering
from watch.turns import TurnWatch
from watch.vitals import MOST_FAILURES, Vitals


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = await open_store(tmp_path / "cubby.db")
    yield made
    await made.close()


def make(store: Store) -> tuple[Vitals, Metrics, TurnWatch]:
    metrics = Metrics()
    turns = TurnWatch(metrics, time.monotonic, lambda: datetime.now(UTC))
    return Vitals(store.upkeep, metrics, turns, probe_every=0.01, lag_every=0.01), metrics, turns


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not look():  # noqa: ASYNC110 - nothing tells when a look was taken
            await asyncio.sleep(0.005)


async def test_all_is_well_once_the_gateway_is_there(store: Store) -> None:
    vitals, _, _ = make(store)
    async with vitals:
        assert vitals.report()["failing"] == ["gateway"]
        await vitals.connected()
        assert vitals.report()["failing"] == []
        await vitals.disconnected()
        assert vitals.report()["failing"] == ["gateway"]


async def test_a_database_that_takes_no_writes_is_named(store: Store) -> None:
    vitals, _, _ = make(store)
    async with vitals:
        await vitals.connected()
        await store.close()
        await until(lambda: vitals.report()["failing"] == ["database"])


async def test_a_look_at_the_database_is_a_write_that_reaches_the_disk(store: Store, tmp_path: Path) -> None:
    """And changes nothing that could be read."""
    log = tmp_path / "cubby.db-wal"
    before = log.stat().st_size
    await store.upkeep.probe()
    assert log.stat().st_size > before


async def test_commits_are_timed(store: Store) -> None:
    vitals, metrics, _ = make(store)
    async with vitals:
        await until(lambda: (metrics.registry.get_sample_value("cubby_store_commit_seconds_count") or 0) >= 2)


async def test_a_loop_that_was_held_up_is_named(store: Store) -> None:
    vitals, metrics, _ = make(store)
    async with vitals:
        await asyncio.sleep(0.05)
        time.sleep(1.1)  # noqa: ASYNC251 - the hazard itself
        await asyncio.sleep(0.02)
        assert "event_loop" in vitals.report()["failing"]
        assert vitals.report()["event_loop_lag_seconds"] > 1
    assert (metrics.registry.get_sample_value("cubby_event_loop_lag_seconds_sum") or 0) > 1


async def test_a_model_that_fails_turn_after_turn_is_named(store: Store) -> None:
    vitals, _, turns = make(store)
    turns.failures = MOST_FAILURES
    assert "model" in vitals.report()["failing"]


async def test_nothing_goes_on_looking_after_the_end(store: Store) -> None:
    tasks = asyncio.all_tasks()
    vitals, _, _ = make(store)
    async with vitals:
        assert len(asyncio.all_tasks()) >= len(tasks) + 2
    assert {task.get_name() for task in asyncio.all_tasks() - tasks} <= {"store-writer"}


async def test_a_taken_port_is_refused_with_what_to_change(store: Store) -> None:
    vitals, metrics, _ = make(store)
    port = free_port()
    async with answering(vitals, metrics, "127.0.0.1", port):
        with pytest.raises(CannotListen, match=rf"HEALTH_PORT={port}: .* Set another port"):
            async with answering(vitals, metrics, "127.0.0.1", port):
                pass


async def test_nothing_else_is_answered(store: Store) -> None:
    vitals, metrics, _ = make(store)
    port = free_port()
    async with (
        answering(vitals, metrics, "127.0.0.1", port),
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/") as answer,
    ):
        assert answer.status == 404
