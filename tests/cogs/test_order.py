"""One person's doings and who waits for what, over a clock that jumps."""

import asyncio

import pytest

from cogs.order import PATIENCE, Order
from tests.delivery.fast_time import run_fast

ANN, BOB = 1, 2


async def do(order: Order, who: int, takes: float, log: list[tuple[float, str]], name: str) -> None:
    """Something that waits for so long, as for an acknowledgement, and then for its turn."""
    order.join(who)
    await asyncio.sleep(takes)
    async with order.turn(who):
        log.append((asyncio.get_running_loop().time(), name))
    await asyncio.sleep(100.0)


def all_of(*doings: tuple[int, float, str]) -> list[tuple[float, str]]:
    async def live() -> list[tuple[float, str]]:
        order, log = Order(), list[tuple[float, str]]()
        await asyncio.gather(*(do(order, who, takes, log, name) for who, takes, name in doings))
        assert order._under_way == {}
        return log

    return run_fast(live())


def test_a_persons_doings_take_effect_in_order_and_nobody_elses_wait() -> None:
    log = all_of((ANN, 3.0, "new"), (ANN, 0.1, "ask"), (BOB, 0.2, "bob asks"))
    assert log == [(0.2, "bob asks"), (3.0, "new"), (3.0, "ask")]


def test_what_takes_too_long_is_overtaken() -> None:
    assert all_of((ANN, 60.0, "new"), (ANN, 1.0, "ask")) == [(PATIENCE, "ask"), (60.0, "new")]


def test_what_did_not_join_waits_for_nobody() -> None:
    """What is under way may wait for it, as a message for those before it that a start catches up with."""

    async def live() -> float:
        order, lane = Order(), asyncio.Lock()

        async def message() -> None:
            order.join(ANN)
            async with lane, order.turn(ANN):
                pass

        async with lane:
            waiting = asyncio.create_task(message())
            await asyncio.sleep(1.0)
            async with order.turn(ANN):
                caught_up = asyncio.get_running_loop().time()
        await waiting
        return caught_up

    assert run_fast(live()) == pytest.approx(1.0)


def test_what_fails_holds_nobody_up() -> None:
    async def fails(order: Order) -> None:
        order.join(ANN)
        await asyncio.sleep(1.0)
        raise ValueError("Discord is away")

    async def live() -> float:
        order, log = Order(), list[tuple[float, str]]()
        failing = asyncio.create_task(fails(order))
        asking = asyncio.create_task(do(order, ANN, 0.0, log, "ask"))
        with pytest.raises(ValueError, match="away"):
            await failing
        await asking
        return log[0][0]

    assert run_fast(live()) == pytest.approx(1.0)
