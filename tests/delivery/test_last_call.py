"""An answer in an ephemeral message whose token is about to expire: nothing of it is lost, and nothing is left half written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from delivery.last_call import LAST_SECONDS
from playground.standin import Fault, Message
from storage.records import Target, TurnState
from tests.delivery.cast import Cast, labels

LINE = "-# 1 · Auth bug"
SHUT = "-# I can't change this message any longer, and your direct messages are closed to me."


async def soon_over(cast: Cast, *, seconds: float = 0.3) -> Target:
    """A private answer whose last call comes in a moment, or has come."""
    expires = datetime.fromtimestamp(cast.clock.now(), UTC) + timedelta(seconds=LAST_SECONDS + seconds)
    return replace(await cast.private(), token_expires=expires)


async def test_it_goes_on_in_direct_messages_and_says_so_where_it_was(cast: Cast) -> None:
    turn = await cast.start(await soon_over(cast))
    cast.delta(turn, "Bec")
    before = await cast.seen(lambda m: m.text == f"Bec\n{LINE} · writing…")
    after = await cast.seen(lambda m: m.text == f"Bec\n{LINE} · writing…", cast.ann.dm)
    link = f"https://discord.com/channels/@me/{cast.ann.dm.id}/{after.id}"
    await cast.seen(lambda m: m is before and m.text == f"Bec\n-# Goes on in your direct messages: {link}")
    assert labels(before) == []
    assert labels(after) == ["Stop"]
    await cast.end(turn, "Because.")
    await cast.settled()
    assert (after.text, labels(after)) == (f"Because.\n{LINE}", ["Reply"])
    assert before.text.startswith("Bec\n")
    assert await cast.states(turn) == ["final"]


async def test_where_it_was_says_so_though_the_first_try_there_fails(cast: Cast) -> None:
    cast.standin.faults.add(Fault(route="POST /channels/*/messages", status=503))
    turn = await cast.start(await soon_over(cast))
    cast.delta(turn, "Bec")
    await cast.seen(lambda m: m.text.startswith("Bec\n-# Goes on in your direct messages"))
    await cast.end(turn, "Because.")
    await cast.settled()
    assert [message.text for message in cast.ann.sees(cast.ann.dm)] == [f"Because.\n{LINE}"]


async def test_one_that_only_thinks_by_then_goes_there_too(cast: Cast) -> None:
    turn = await cast.start(await soon_over(cast))
    await cast.seen(lambda m: m.text.startswith("-# Goes on in your direct messages"))
    await cast.end(turn, "Because.")
    await cast.settled()
    assert [message.text for message in cast.ann.sees(cast.ann.dm)] == [f"Because.\n{LINE}"]


async def test_one_that_waited_for_so_long_does_not_say_that_it_waits(cast: Cast) -> None:
    before = await cast.start(cast.direct())
    waits = await cast.submit(await soon_over(cast, seconds=-1), TurnState.QUEUED)
    await cast.queue()
    shown = await cast.seen(lambda m: "number 1 in line" in m.text)
    await cast.end(before, "Done.")
    await cast.store.turns.ask(cast.actor, waits.id)
    await cast.queue()
    cast.started(waits)
    cast.delta(waits, "Bec")
    await cast.seen(lambda m: m is shown and "Goes on in your direct messages" in m.text)
    assert "in line" not in shown.text


async def test_where_direct_messages_are_shut_the_rest_waits_to_be_asked_for(cast: Cast) -> None:
    cast.ann.close_dms()
    turn = await cast.start(await soon_over(cast))
    cast.delta(turn, "Bec")
    shown = await cast.seen(lambda m: m.text == f"Bec\n{SHUT}")
    assert labels(shown) == ["Rest 0"]
    cast.delta(turn, "au")
    await cast.end(turn, "Because.")
    await cast.settled()
    assert cast.ann.sees(cast.general) == [shown]
    assert (shown.text, labels(shown)) == (f"Bec\n{SHUT}", ["Rest 0"])
    assert await cast.states(turn) == ["final"]


@pytest.mark.parametrize("shut", [False, True])
async def test_a_long_one_leaves_its_first_messages_as_they_are(cast: Cast, shut: bool) -> None:
    if shut:
        cast.ann.close_dms()
    turn = await cast.start(await soon_over(cast))
    long = "one " * 400 + "two " * 400
    cast.delta(turn, long)
    await cast.seen(lambda m: m.text.startswith("two") and "direct messages" in m.text)
    await cast.end(turn, long + "three")
    await cast.settled()
    first, last = cast.ann.sees(cast.general)
    assert (first.text[:4], "direct messages" in first.text, labels(first)) == ("one ", False, [])
    assert labels(last) == (["Rest 1"] if shut else [])
    assert "three" in whole(cast.ann.sees(cast.ann.dm)) or shut
    stored = await cast.store.turns.get(cast.actor, turn.id)
    assert stored.state is TurnState.COMPLETED


def whole(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)
