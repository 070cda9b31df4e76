"""Listing and opening, at three sizes."""

from bench.limit import Limit
from bench.plain import Plain
from bench.seed import OWNER, SHAPES, Shape
from bench.table import Row
from bench.timing import median_of, median_of_awaits
from storage.records import SessionInfo
from storage.store import Store

TAIL = 50
TIMES = 300


async def measure_reads(store: Store, session: SessionInfo, limit: Limit, plain: Plain, shape: Shape) -> list[Row]:
    """The first page of the list; for the longest sessions also their tail and their whole context."""
    rows = [
        Row(
            what=f"list, first page of {shape}",
            store=await median_of_awaits(lambda: store.sessions.list(OWNER), TIMES),
            limit=median_of(limit.first_page, TIMES),
            plain=median_of(plain.first_page, 3),
            goal=1.0,
        )
    ]
    if shape is not SHAPES[1]:
        return rows
    return [
        *rows,
        Row(
            what=f"open, last {TAIL} of {shape.messages}",
            store=await median_of_awaits(lambda: store.transcripts.tail(OWNER, session.id, limit=TAIL), TIMES),
            limit=median_of(lambda: limit.newest(session.number, TAIL), TIMES),
            plain=median_of(lambda: plain.tail(7, TAIL), 30),
            goal=1.0,
        ),
        Row(
            what=f"open, whole context of {shape.messages}",
            store=await median_of_awaits(lambda: store.transcripts.path(OWNER, session.id), 60),
            limit=median_of(lambda: limit.newest(session.number, -1), 60),
            plain=median_of(lambda: plain.whole(7), 30),
            goal=5.0,
        ),
    ]
