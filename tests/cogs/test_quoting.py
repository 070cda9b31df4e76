"""Quotes are held in memory for a while, so many and no more, each for the one who asks."""

import asyncio

import pytest

from cogs.quoting import HeldQuotes


@pytest.fixture
async def held() -> HeldQuotes:
    return HeldQuotes(most=3)


async def test_a_quote_is_taken_once_and_by_its_asker(held: HeldQuotes) -> None:
    held.hold(1, 7, "said")
    assert held.take(1, 8) is None
    assert held.take(1, 7) == "said"
    assert held.take(1, 7) is None
    assert len(held) == 0


async def test_the_oldest_goes_for_one_too_many(held: HeldQuotes) -> None:
    for key in range(10):
        held.hold(key, 7, "said")
    assert [key for key in range(10) if held.take(key, 7)] == [7, 8, 9]


async def test_a_quote_goes_when_its_time_is_over() -> None:
    held, gone = HeldQuotes(seconds=0), asyncio.Event()
    held.hold(1, 7, "said")
    asyncio.get_running_loop().call_later(0, gone.set)
    await gone.wait()
    assert len(held) == 0


async def test_what_somebody_asks_about_is_let_go_of_and_the_rest_is_not(held: HeldQuotes) -> None:
    held.hold(1, 7, "said")
    held.hold(2, 8, "said too")
    held.forget(7)
    assert (held.take(1, 7), held.take(2, 8)) == (None, "said too")
    held.hold(3, 8, "more")
    held.forget()
    assert len(held) == 0
