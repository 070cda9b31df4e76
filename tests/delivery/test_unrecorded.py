"""Messages that are there, though the disk did not take that they are."""

import asyncio

import pytest

from storage.errors import StoreUnavailable
from storage.records import Actor, Delivery, DeliveryState, TurnState
from tests.delivery.cast import Cast

LINE = "-# 1 · Auth bug"


async def fails(*_: object) -> None:
    raise StoreUnavailable("disk")


async def killed(cast: Cast) -> None:
    """End the answers' tasks as a kill does: nothing more is shown, nothing more is recorded."""
    tasks = [task for task in asyncio.all_tasks() if task.get_name().startswith("answer-")]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_one_that_is_sent_again_unawares_shows_the_end_and_not_what_was_sent_first(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = await cast.start(cast.direct())
    with monkeypatch.context() as broken:
        broken.setattr(cast.store.deliveries, "put", fails)
        cast.delta(turn, "Bec")
        await cast.seen(lambda m: "writing…" in m.text, cast.ann.dm)
        await killed(cast)
    await cast.store.turns.end(cast.actor, turn.id, TurnState.COMPLETED, text="Because.")
    await cast.begin().recover()
    await cast.settled()
    assert [message.text for message in cast.ann.sees(cast.ann.dm)] == [f"Because.\n{LINE}"]


async def test_a_row_that_the_disk_did_not_take_is_written_with_the_next_edit(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = await cast.start(cast.direct())
    put, tried, is_broken = cast.store.deliveries.put, asyncio.Queue[Delivery](), True

    async def sometimes(actor: Actor, delivery: Delivery) -> None:
        tried.put_nowait(delivery)
        if is_broken:
            raise StoreUnavailable("disk")
        await put(actor, delivery)

    monkeypatch.setattr(cast.store.deliveries, "put", sometimes)
    cast.delta(turn, "Bec")
    assert [(await tried.get()).state for _ in range(2)] == [DeliveryState.UNKNOWN, DeliveryState.SENT]
    is_broken = False
    cast.delta(turn, "au")
    again = await asyncio.wait_for(tried.get(), 5)
    assert (again.state, again.target.message_id) == (DeliveryState.SENT, cast.ann.sees(cast.ann.dm)[0].id)
