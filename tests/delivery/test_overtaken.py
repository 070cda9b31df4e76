"""Interim edits that have no answer: the end does not wait for them, and shows though they are made after it."""

import asyncio

import pytest

from delivery import live
from playground.standin import Fault
from tests.delivery.cast import Cast

LINE = "-# 1 · Auth bug"
EDIT = "PATCH /channels/*"


async def edits_begun(cast: Cast, fault: Fault) -> None:
    """Wait until the fault has struck: nothing of a call is to be seen before its end."""
    async with asyncio.timeout(10):
        while fault in cast.standin.faults.rows:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)


async def test_one_that_is_made_after_the_end_does_not_stay(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_INTERIM", 0.05)
    monkeypatch.setattr(live, "DOUBT", 0.3)
    turn = await cast.start(cast.direct())
    cast.delta(turn, "Bec")
    shown = await cast.seen(lambda m: m.text.startswith("Bec"), cast.ann.dm)
    late = cast.standin.faults.add(Fault(route=EDIT, delay=60))
    cast.delta(turn, "au")
    await edits_begun(cast, late)
    await cast.end(turn, "Because.")
    await cast.seen(lambda m: m.text == f"Because.\n{LINE}", cast.ann.dm)
    cast.clock.advance(60)
    await cast.seen(lambda m: m is shown and m.text == f"Becau\n{LINE} · writing…", cast.ann.dm)
    await cast.settled()
    assert shown.text == f"Because.\n{LINE}"
    assert await cast.states(turn) == ["final"]


async def test_one_that_discord_answers_costs_no_second_end(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    cast.delta(turn, "Bec")
    await cast.seen(lambda m: m.text.startswith("Bec"), cast.ann.dm)
    failing = cast.standin.faults.add(Fault(route=EDIT, status=503))
    cast.delta(turn, "au")
    await edits_begun(cast, failing)
    await cast.end(turn, "Because.")
    await cast.settled()
    assert [call.status for call in cast.standin.calls if call.method == "PATCH"] == [503, 200]
