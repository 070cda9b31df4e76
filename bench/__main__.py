"""`python -m bench`: the store beside the plain design, and beside SQLite in the calling thread, in one run.

Prints a table for people and one JSON line last. Times are medians in milliseconds; they depend on the machine and on what else
it does, so the ratios count. Nothing here fails a build. `--many 1` adds lists and searches among five million messages, which
take many minutes and 10 GB to make; `--many 0.01` is a hundredth of that.
"""

import argparse
import asyncio
import json
import platform
import sqlite3
import tempfile
from pathlib import Path
from time import perf_counter

from bench.appends import measure_appends
from bench.limit import Limit
from bench.many import measure_many
from bench.plain import Plain
from bench.reads import measure_reads
from bench.seed import SHAPES, seed
from bench.switches import measure_switches
from bench.table import Row, as_json, as_table


async def main(many: float, *, only_many: bool) -> list[Row]:
    """Every measurement, in the order of the table; those among `many` at that scale, if it is not 0."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for shape in () if only_many else SHAPES:
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
        if many:
            rows += await measure_many(Path(folder), many)
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the store.")
    parser.add_argument("--many", type=float, default=0.0, metavar="SCALE", help="also among very much, 1 being all of it")
    parser.add_argument("--only-many", action="store_true", help="nothing else")
    asked = parser.parse_args()
    start = perf_counter()
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()}. Median ms unless said.\n")
    measured = asyncio.run(main(asked.many, only_many=asked.only_many))
    print(as_table(measured))
    print(f"\n{perf_counter() - start:.0f} s in all")
    print(json.dumps(as_json(measured)))
