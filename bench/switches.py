"""Ten thousand switches between a person's sessions: what each takes, and what memory keeps of them."""

import gc
import tracemalloc

from bench.seed import OWNER, Shape
from bench.table import Row
from bench.timing import time_awaits
from storage.store import Store

SWITCHES = 10_000
WARM = 500


async def measure_switches(store: Store, shape: Shape) -> list[Row]:
    """A switch here is what storage does of one: close, open by number, read the tail."""
    number = 0

    async def switch() -> None:
        nonlocal number
        number = number % shape.sessions + 1
        await store.sessions.close(OWNER)
        session = await store.sessions.open(OWNER, number)
        await store.transcripts.tail(OWNER, session.id, limit=10)

    took = await time_awaits(switch, WARM)
    tracemalloc.start()
    before = _held()
    for _ in range(SWITCHES):
        await switch()
    grown = (_held() - before) / 1024 / 1024
    tracemalloc.stop()
    return [
        Row(what="switch (close, open, tail of 10)", store=sorted(took)[WARM // 2]),
        Row(what=f"memory kept after {SWITCHES:,} switches", store=max(grown, 0.0), goal=1.0, unit="MiB"),
    ]


def _held() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
