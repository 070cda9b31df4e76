"""`python -m bench`: the store beside the plain design, and beside SQLite in the calling thread, in one run.

Prints a table for people and one JSON line last. Times are medians in milliseconds; they depend on the machine and on what else
it does, so the ratios count. Nothing here fails a build.
"""

import asyncio
import json
import platform
import sqlite3
import tempfile
from pathlib import Path
from time import perf_counter

from bench.appends import measure_appends
from bench.limit import Limit
from bench.plain import Plain
from bench.reads import measure_reads
from bench.seed import SHAPES, seed
from bench.switches import measure_switches
from bench.table import Row, as_json, as_table


async def main() -> list[Row]:
    """Every measurement, in the order of the table."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for shape in SHAPES:
            place = Path(folder) / f"{shape.sessions}x{shape.messages}"
            place.mkdir()
            store, session = await seed(place, shape)
            limit, plain = Limit(place / "cubby.db"), Plain(place / "plain", shape)
            rows += await measure_reads(store, session, limit, plain, shape)
            if shape is SHAPES[-1]:
                rows += await measure_appends(store, limit, plain)
                rows += await measure_switches(store, shape)
            limit.close()
            await store.close()
    return rows


if __name__ == "__main__":
    start = perf_counter()
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()}. Median ms unless said.\n")
    measured = asyncio.run(main())
    print(as_table(measured))
    print(f"\n{perf_counter() - start:.0f} s in all")
    print(json.dumps(as_json(measured)))
