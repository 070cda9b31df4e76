"""Behind the scenes: looked at when something happened, whatever became of the last look."""

import asyncio
from typing import Any

import pytest

from playground.standin import ManualClock, StandIn
from playground.web import backstage as rules
from playground.web.backstage import Backstage
from playground.web.feed import Feed


async def test_a_look_that_failed_is_not_the_last(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(rules, "PAUSE", 0.001)
    looks, seen = 0, asyncio.Event()

    async def read() -> list[dict[str, Any]]:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise KeyError("a row that nobody foresaw")
        seen.set()
        return [{"id": "1"}]

    async with StandIn(ManualClock()) as discord, Backstage(discord, Feed(), read) as backstage:
        await asyncio.wait_for(seen.wait(), 5)
        await asyncio.sleep(0)
        assert backstage.shape()["turns"] == [{"id": "1"}]
    assert "KeyError" in caplog.text
