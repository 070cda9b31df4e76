"""Taking a person's answers down, and clearing their direct messages of what the bot wrote."""

import asyncio
from dataclasses import replace

import pytest

from delivery.clearing import PACE, PATIENCE, Cleared, Clearing
from delivery.governor import RIGHT, Right
from playground.standin import Fault
from storage.records import TurnState
from tests.delivery.cast import Cast, labels

ALL = 1 << 62
DELETE = "DELETE /channels/*/messages/*"
HISTORY = "GET /channels/*/messages"
SHUT = Fault(route=HISTORY, status=403, code=50001, times=None)


class Naps:
    """A sleep that takes no time."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.rights: set[Right] = set()
        """Of the calls beside which it sleeps."""

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.rights.add(RIGHT.get())
        await asyncio.sleep(0)


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
async def ids(cast: Cast) -> list[int]:
    """Three messages of the bot's in Ann's direct messages, with words of her own among them."""
    channel = cast.client.get_partial_messageable(cast.ann.dm.id)
    sent: list[int] = []
    for text in ("one", "two", "three"):
        sent.append((await channel.send(text)).id)
        await cast.ann.say(cast.ann.dm, f"mine, after {text}")
    return sent


def texts(cast: Cast) -> list[str]:
    return [m.text for m in cast.ann.sees(cast.ann.dm)]


HERS = [f"mine, after {text}" for text in ("one", "two", "three")]


async def test_only_its_own_go_gently_and_after_whatever_people_wait_for(cast: Cast, ids: list[int], naps: Naps) -> None:
    assert await Clearing(cast.client, naps).clear(cast.actor, ALL) == Cleared(deleted=3, left=0, whole=True)
    assert texts(cast) == HERS
    assert naps.asked == [PACE] * len(ids)
    assert naps.rights == {Right.INTERIM}


async def test_what_is_newer_stays(cast: Cast, ids: list[int], naps: Naps) -> None:
    assert (await Clearing(cast.client, naps).clear(cast.actor, ids[2])).deleted == 2
    assert texts(cast) == [*HERS[:2], "three", HERS[2]]


async def test_again_finds_nothing(cast: Cast, ids: list[int], naps: Naps) -> None:
    clearing = Clearing(cast.client, naps)
    await clearing.clear(cast.actor, ALL)
    assert await clearing.clear(cast.actor, ALL) == Cleared(deleted=0, left=0, whole=True)


@pytest.mark.parametrize("route", [DELETE, HISTORY])
async def test_what_fails_in_passing_is_tried_again(cast: Cast, ids: list[int], naps: Naps, route: str) -> None:
    cast.standin.faults.add(Fault(route=route, cut=True))
    assert (await Clearing(cast.client, naps).clear(cast.actor, ALL)).whole
    assert texts(cast) == HERS


@pytest.mark.parametrize(("status", "code"), [(403, 50003), (400, 50021)])
async def test_what_discord_will_not_delete_is_counted_and_the_others_go(
    cast: Cast, ids: list[int], naps: Naps, status: int, code: int
) -> None:
    cast.standin.faults.add(Fault(route=DELETE, status=status, code=code))
    assert await Clearing(cast.client, naps).clear(cast.actor, ALL) == Cleared(deleted=2, left=1, whole=True)
    assert texts(cast) == [*HERS[:2], "three", HERS[2]]


async def test_what_somebody_deleted_meanwhile_counts_as_gone(cast: Cast, ids: list[int], naps: Naps) -> None:
    cast.standin.faults.add(Fault(route=DELETE, status=404, code=10008, when="after"))
    assert await Clearing(cast.client, naps).clear(cast.actor, ALL) == Cleared(deleted=2, left=0, whole=True)
    assert texts(cast) == HERS


@pytest.mark.parametrize(("fault", "pauses"), [(Fault(route=HISTORY, cut=True, times=None), list(PATIENCE)), (SHUT, [])])
async def test_it_does_not_try_for_ever(cast: Cast, ids: list[int], naps: Naps, fault: Fault, pauses: list[float]) -> None:
    cast.standin.faults.add(fault)
    assert await Clearing(cast.client, naps).clear(cast.actor, ALL) == Cleared(deleted=0, left=0, whole=False)
    assert naps.asked == pauses
    assert len(texts(cast)) == 6


async def test_what_is_being_written_or_waits_is_taken_down_and_never_comes_again(cast: Cast) -> None:
    running = await cast.start(await cast.private())
    cast.delta(running, "Bec")
    shown = await cast.seen(lambda m: m.text.startswith("Bec"))
    await cast.submit(await cast.private(), TurnState.QUEUED)
    await cast.queue()
    waits = await cast.seen(lambda m: "Remove" in labels(m))
    await cast.deliverer.forget(cast.actor)
    await cast.settled()
    assert shown.deleted
    assert waits.deleted
    cast.delta(running, "ause")
    await cast.settled()
    assert cast.ann.sees(cast.general) == []


async def test_what_has_just_ended_is_known_before_it_is_taken_down(cast: Cast) -> None:
    """A message whose send is cut off may come after all, and nobody would know of it."""
    turn = await cast.start(cast.direct())
    cast.standin.faults.add(Fault(route="POST /channels/*/messages", delay=1))
    await cast.end(turn, "Because.", TurnState.STOPPED)
    while not cast.clock._sleepers:  # noqa: ASYNC110 - the clock tells nobody who waits for it
        await asyncio.sleep(0)
    forgetting = asyncio.create_task(cast.deliverer.forget(cast.actor))
    await asyncio.sleep(0)
    cast.clock.advance(1)
    await forgetting
    assert [call.method for call in cast.standin.calls if call.method == "DELETE"] == ["DELETE"]
    assert cast.ann.sees(cast.ann.dm) == []


async def test_another_persons_answer_goes_on(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    cast.delta(turn, "Bec")
    shown = await cast.seen(lambda m: m.text.startswith("Bec"))
    await cast.deliverer.forget(replace(cast.actor, user_id=7))
    await cast.end(turn, "Because.")
    await cast.settled()
    assert shown.text.startswith("Because.")


async def test_what_is_forgotten_is_not_edited_any_more(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    await cast.end(turn, "Bec", TurnState.STOPPED)
    await cast.settled()
    (old,) = cast.ann.sees(cast.general)
    await cast.deliverer.forget(cast.actor)
    await cast.end(await cast.start(await cast.private()), "Because.")
    await cast.settled()
    assert labels(old) == ["Reply", "Finish", "Retry"]
