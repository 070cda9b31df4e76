"""Medians of repeated calls."""

from collections.abc import Awaitable, Callable
from statistics import median
from time import perf_counter


def time_calls(call: Callable[[], object], times: int) -> list[float]:
    """What each of so many calls took, in milliseconds."""
    took: list[float] = []
    for _ in range(times):
        start = perf_counter()
        call()
        took.append((perf_counter() - start) * 1000)
    return took


async def time_awaits(call: Callable[[], Awaitable[object]], times: int) -> list[float]:
    """The same for calls that are awaited, one after another."""
    took: list[float] = []
    for _ in range(times):
        start = perf_counter()
        await call()
        took.append((perf_counter() - start) * 1000)
    return took


def median_of(call: Callable[[], object], times: int) -> float:
    """The median of so many calls after a first one."""
    call()
    return median(time_calls(call, times))


async def median_of_awaits(call: Callable[[], Awaitable[object]], times: int) -> float:
    """The same for calls that are awaited."""
    await call()
    return median(await time_awaits(call, times))


def p99(took: list[float]) -> float:
    """What 99 of 100 calls stayed under."""
    return sorted(took)[len(took) * 99 // 100]
