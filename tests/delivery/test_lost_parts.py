"""An ephemeral follow-up of which nobody knows whether it arrived: never sent twice, but offered."""

import asyncio

import pytest

from playground.standin import Fault, Message
from storage.records import DeliveryState, TurnState
from tests.delivery.cast import Cast, labels

LONG = "one " * 400 + "two " * 400 + "three " * 300
FOLLOW_UP = "POST /webhooks/*"


def follow_ups(cast: Cast) -> int:
    return sum(call.method == "POST" and call.route.startswith("/webhooks") for call in cast.standin.calls)


async def sent_once(cast: Cast) -> None:
    """Wait until a follow-up was tried: a cut one changes nothing that anybody sees."""
    async with asyncio.timeout(10):
        while follow_ups(cast) == 0:  # noqa: ASYNC110 - the record of calls is all that tells
            await asyncio.sleep(0.01)


def answers(cast: Cast) -> list[Message]:
    return cast.ann.sees(cast.general)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(route=FOLLOW_UP, cut=True, when="after"),
        Fault(route=FOLLOW_UP, cut=True),
        *(Fault(route=FOLLOW_UP, status=status, when="after") for status in (500, 502, 503, 504)),
    ],
    ids=["cut after", "cut before", "500", "502", "503", "504"],
)
async def test_it_is_sent_once_and_the_rest_is_offered(cast: Cast, fault: Fault) -> None:
    turn = await cast.start(await cast.private())
    cast.standin.faults.add(fault)
    await cast.end(turn, LONG)
    await cast.settled()
    first = answers(cast)[0]
    assert "Discord didn't say whether the rest of this arrived." in first.text
    assert labels(first) == ["Rest 1"]
    assert follow_ups(cast) == 1
    assert await cast.states(turn) == ["final", "final"]


async def test_what_surely_was_not_sent_is_sent_again(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    cast.standin.faults.add(Fault(route=FOLLOW_UP, status=429, retry_after=0.01))
    await cast.end(turn, LONG)
    await cast.settled()
    assert len(answers(cast)) == 3
    assert labels(answers(cast)[-1]) == ["Reply"]


async def test_one_that_was_refused_is_not_lost(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    cast.standin.faults.add(Fault(route=FOLLOW_UP, status=400, code=40094, times=None))
    cast.delta(turn, "one " * 400 + "two " * 400)
    await sent_once(cast)
    await cast.end(turn, "one " * 400 + "two " * 400)
    await cast.settled()
    (rest,) = cast.ann.sees(cast.ann.dm)
    assert rest.text.endswith("two\n-# 1 · Auth bug")


async def test_while_it_streams_the_rest_waits_for_the_end(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    cast.standin.faults.add(Fault(route=FOLLOW_UP, cut=True))
    cast.delta(turn, "one " * 400 + "two " * 400)
    await cast.seen(lambda m: m.text.startswith("one"))
    await sent_once(cast)
    cast.delta(turn, "three " * 300)
    await cast.end(turn, LONG)
    await cast.settled()
    assert [labels(message) for message in answers(cast)] == [["Rest 1"]]
    assert follow_ups(cast) == 1


async def test_one_that_arrived_unknown_says_nothing_of_writing_for_ever(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    cast.standin.faults.add(Fault(route=FOLLOW_UP, cut=True, when="after"))
    cast.delta(turn, "one " * 400 + "two " * 400)
    await sent_once(cast)
    await cast.end(turn, LONG)
    await cast.settled()
    first, lost = answers(cast)
    assert labels(first) == ["Rest 1"]
    assert (lost.text.splitlines()[-1], labels(lost)) == ("-# 1 · Auth bug", [])


async def test_after_a_crash_it_is_offered_too(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    cast.standin.faults.add(Fault(route=FOLLOW_UP, cut=True, when="after"))
    cast.delta(turn, "one " * 400 + "two " * 400)
    await sent_once(cast)
    await cast.deliverer.close(timeout=0)
    await cast.store.turns.end(cast.actor, turn.id, TurnState.INTERRUPTED, text=LONG)
    await cast.begin().recover()
    await cast.settled()
    assert labels(answers(cast)[0]) == ["Rest 1"]
    assert follow_ups(cast) == 1
    assert await cast.store.upkeep.open_deliveries() == ()


async def test_where_the_token_has_expired_it_is_offered_in_direct_messages(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    cast.standin.faults.add(Fault(route=FOLLOW_UP, cut=True, when="after"))
    cast.delta(turn, "one " * 400 + "two " * 400)
    await sent_once(cast)
    cast.clock.advance(901)
    rows = await cast.store.deliveries.of_turn(cast.actor, turn.id)
    assert rows[0].state is DeliveryState.SENT
    await cast.end(turn, "one " * 400 + "two " * 400)
    await cast.settled()
    (told,) = cast.ann.sees(cast.ann.dm)
    assert told.text == "The rest of an answer may not have reached you: Discord didn't say.\n-# 1 · Auth bug"
    assert labels(told) == ["Rest 1"]
    assert await cast.states(turn) == ["final", "final"]


async def test_what_a_person_asks_to_see_again_is_sent_again_too(cast: Cast) -> None:
    turn = await cast.submit(None)
    ended = await cast.store.turns.end(cast.actor, turn.id, TurnState.COMPLETED, text="So it is.")
    cast.standin.faults.add(Fault(route=FOLLOW_UP, status=503))
    assert await cast.deliverer.again.show(cast.actor, cast.session, ended, await cast.private())
    await cast.seen(lambda m: m.text.startswith("So it is."))


async def test_the_rest_alone_can_be_shown_again(cast: Cast) -> None:
    turn = await cast.submit(cast.direct())
    ended = await cast.store.turns.end(cast.actor, turn.id, TurnState.COMPLETED, text=LONG)
    assert await cast.deliverer.again.show(cast.actor, cast.session, ended, cast.direct(), since=1)
    second, third = cast.ann.sees(cast.ann.dm)
    assert "one" not in second.text + third.text
    assert labels(third) == ["Reply"]
    assert not await cast.deliverer.again.show(cast.actor, cast.session, ended, cast.direct(), since=3)
