"""Durable appends: one writer, then fifty at once."""

import asyncio
from statistics import median
from time import perf_counter, process_time

from bench.limit import Limit
from bench.plain import Plain
from bench.seed import OWNER, TEXT, prompt
from bench.table import Row
from bench.timing import p99, time_awaits, time_calls
from storage.records import SessionInfo, TurnState
from storage.store import Store

ONE = 600
WRITERS = 50
EACH = 60


async def measure_appends(store: Store, limit: Limit, plain: Plain) -> list[Row]:
    """A prompt taken in (its turn and its entry) and on the disk before the call returns."""
    session = await store.sessions.create(OWNER)
    ours = await time_awaits(lambda: store.turns.submit(OWNER, session.id, prompt(), TurnState.ASKED), ONE)
    least, files = time_calls(limit.append, ONE), time_calls(lambda: plain.append(0), ONE)
    rows = [
        Row(what="durable append, 1 writer", store=median(ours), limit=median(least), plain=median(files), goal=0.5),
        Row(what="durable append, 1 writer, p99", store=p99(ours), limit=p99(least), plain=p99(files), goal=5.0),
        await _checkpoints(store, session),
    ]
    return [*rows, *await _fifty_writers(store, limit, plain)]


async def _checkpoints(store: Store, session: SessionInfo) -> Row:
    turn = await store.turns.submit(OWNER, session.id, prompt(), TurnState.ASKED)
    took = await time_awaits(lambda: store.turns.checkpoint(OWNER, turn.id, TEXT), ONE)
    return Row(what="checkpoint, 1 writer", store=median(took))


async def _fifty_writers(store: Store, limit: Limit, plain: Plain) -> list[Row]:
    sessions = [await store.sessions.create(OWNER) for _ in range(WRITERS)]
    took: list[float] = []

    async def write(session: SessionInfo) -> None:
        took.extend(await time_awaits(lambda: store.turns.submit(OWNER, session.id, prompt(), TurnState.ASKED), EACH))

    start, cpu = perf_counter(), process_time()
    await asyncio.gather(*(write(session) for session in sessions))
    seconds, cpu = perf_counter() - start, process_time() - cpu
    done = WRITERS * EACH
    least = sum(time_calls(lambda: limit.append(messages=WRITERS), EACH)) / 1000
    files = sum(time_calls(lambda: plain.append(0), done // 4)) * 4 / 1000
    return [
        Row(
            what=f"durable appends, {WRITERS} writers",
            store=done / seconds,
            limit=done / least,
            plain=done / files,
            goal=8000,
            more_is_better=True,
            unit="/s",
        ),
        Row(what=f"durable append, {WRITERS} writers, p99", store=p99(took), goal=20.0),
        Row(what=f"CPU of an append, {WRITERS} writers", store=cpu / done * 1e6, goal=60.0, unit="us"),
    ]
