"""Ten thousand switches between a person's sessions: what each takes, and what memory keeps of them."""

import gc
import resource
import sys
from pathlib import Path
from statistics import median

from bench.seed import OWNER, Shape
from bench.table import Row
from bench.timing import time_awaits
from storage.store import Store

SWITCHES = 10_000
STATM = Path("/proc/self/statm")


async def measure_switches(store: Store, shape: Shape) -> list[Row]:
    """A switch here is what storage does of one: close, open by number, read the tail."""
    number = 0

    async def switch() -> None:
        nonlocal number
        number = number % shape.sessions + 1
        await store.sessions.close(OWNER)
        session = await store.sessions.open(OWNER, number)
        await store.transcripts.tail(OWNER, session.id, limit=10)

    took = await time_awaits(switch, shape.sessions)  # once round, which also fills SQLite's caches
    before = _resident()
    for _ in range(SWITCHES):
        await switch()
    grown = (_resident() - before) / 1024 / 1024
    return [
        Row(what="switch (close, open, tail of 10)", store=median(took)),
        Row(what=f"memory kept after {SWITCHES:,} switches", store=max(grown, 0.0), goal=1.0, unit="MiB"),
    ]


def _resident() -> int:
    """Bytes of memory that the process has; where the system does not say, the most that it ever had."""
    gc.collect()
    if STATM.exists():
        return int(STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
