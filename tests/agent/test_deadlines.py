"""The clocks of an answer, on a real loop with small limits."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent.deadlines import Deadlines, within_deadlines
from agent.errors import Overloaded, Stalled, TookTooLong
from agent.model import Finish, FinishReason, ModelEvent, Text, Thinking, Tokens

SHORT = 0.02
LONG = 30.0
DONE = Finish(FinishReason.STOP)


async def gaps(*steps: ModelEvent | float) -> AsyncIterator[ModelEvent]:
    """The events, with a wait of so many seconds where there is a number."""
    for step in steps:
        if isinstance(step, float | int):
            await asyncio.sleep(step)
        else:
            yield step


async def collect(events: AsyncIterator[ModelEvent], deadlines: Deadlines) -> list[ModelEvent]:
    return [event async for event in within_deadlines(events, deadlines)]


async def test_what_comes_in_time_passes_unchanged() -> None:
    events = [Text("a"), Thinking("b"), Tokens(input=1, output=1), DONE]
    assert await collect(gaps(*events), Deadlines()) == events


async def test_nothing_before_the_first_delta_is_a_stall() -> None:
    with pytest.raises(Stalled, match=r"0\.02 s"):
        await collect(gaps(LONG, Text("late")), Deadlines(SHORT, LONG, LONG))


async def test_the_limit_between_deltas_begins_with_the_first() -> None:
    timed = within_deadlines(gaps(Text("a"), LONG), Deadlines(LONG, SHORT, LONG))
    assert await anext(timed) == Text("a")
    with pytest.raises(Stalled):
        await anext(timed)


async def test_each_delta_moves_the_deadline() -> None:
    steps = [step for n in range(8) for step in (Text(str(n)), 0.02)]
    assert len(await collect(gaps(*steps), Deadlines(0.1, 0.1, LONG))) == 8


async def test_a_count_of_tokens_is_no_sign_of_life() -> None:
    steps = [step for _ in range(200) for step in (Tokens(input=1, output=0), 0.005)]
    with pytest.raises(Stalled):
        await collect(gaps(*steps), Deadlines(0.05, LONG, LONG))


async def test_thoughts_are_a_sign_of_life() -> None:
    steps = [step for _ in range(4) for step in (Thinking("hm"), 0.03)]
    assert len(await collect(gaps(*steps), Deadlines(0.1, 0.1, LONG))) == 4


async def test_an_answer_without_an_end_takes_too_long() -> None:
    async def endless() -> AsyncIterator[ModelEvent]:
        while True:
            yield Text("more ")
            await asyncio.sleep(0)

    with pytest.raises(TookTooLong):
        await collect(endless(), Deadlines(LONG, LONG, 0.05))


async def test_an_answer_that_has_ended_is_whole_whatever_hangs_after() -> None:
    assert await collect(gaps(Text("a"), DONE, LONG), Deadlines(LONG, SHORT, LONG)) == [Text("a"), DONE]


async def test_text_after_a_finish_is_waited_for_again() -> None:
    steps = (Text("a"), DONE, Text("b"), LONG)
    with pytest.raises(Stalled):
        await collect(gaps(*steps), Deadlines(LONG, SHORT, LONG))


async def test_a_slow_reader_is_not_the_models_fault() -> None:
    seen: list[ModelEvent] = []
    async for event in within_deadlines(gaps(Text("a"), Text("b")), Deadlines(SHORT, SHORT, LONG)):
        await asyncio.sleep(2 * SHORT)
        seen.append(event)
    assert len(seen) == 2


async def test_a_cancel_from_outside_stays_a_cancel() -> None:
    task = asyncio.create_task(collect(gaps(LONG), Deadlines()), name="collecting")
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_a_stall_leaves_no_cancel_behind() -> None:
    with pytest.raises(Stalled):
        await collect(gaps(LONG), Deadlines(SHORT, SHORT, LONG))
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_the_models_own_error_while_it_is_stopped_wins() -> None:
    async def stubborn() -> AsyncIterator[ModelEvent]:
        try:
            await asyncio.sleep(LONG)
        finally:
            raise Overloaded
        yield DONE

    with pytest.raises(Overloaded):
        await collect(stubborn(), Deadlines(SHORT, SHORT, LONG))
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_the_stream_is_ended_when_it_stalls() -> None:
    closed = asyncio.Event()

    async def hanging() -> AsyncIterator[ModelEvent]:
        try:
            await asyncio.sleep(LONG)
            yield DONE
        finally:
            closed.set()

    with pytest.raises(Stalled):
        await collect(hanging(), Deadlines(SHORT, SHORT, LONG))
    assert closed.is_set()
