"""What the governor never does, whatever people and Discord do: drawn by Hypothesis, over a clock that jumps.

Discord is the stand-in's own keeper of limits, with the delays of a network before and after it.
"""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from delivery.governor import EDITS, Governor, Next, Right
from delivery.live import Pace
from delivery.routes import Key, Route, edits_at, route_of
from delivery.windows import KEPT, OVER_ALL
from playground.standin.limits import DISCORD, LimitKeeper
from storage.records import Surface, Target
from tests.delivery.fast_time import run_fast

API = "https://discord.com/api/v10"


class LoopClock:
    """The running loop's time."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class Made:
    """A call as Discord counted it."""

    at: float
    right: Right
    place: Target
    text: str
    status: int
    counts: bool


@dataclass
class World:
    """A Discord, and the governor of its bot."""

    dice: random.Random
    made: list[Made] = field(default_factory=list[Made])
    claimed: Counter[Key] = field(default_factory=Counter[Key])
    governor: Governor = field(init=False)
    keeper: LimitKeeper = field(init=False)

    def __post_init__(self) -> None:
        self.governor = Governor(clock=asyncio.get_running_loop().time)
        self.keeper = LimitKeeper(DISCORD, LoopClock())

    async def call(self, place: Target, right: Right, text: Callable[[], str]) -> None:
        """An edit there, or a further message; a route's own limit is waited for as discord.py does."""
        route, name = edits_at(place), "PATCH /channels/{channel_id}/messages/{message_id}"
        if right is Right.NEW:
            name = "POST /channels/{channel_id}/messages"
            route = Route(("POST", str(place.channel_id), "messages"), counts=True)
        assert route.key is not None
        await self._own_limit(route.key, right)
        await self.governor.begin(right, route)
        began, said = self.governor.now(), text()
        await asyncio.sleep(self.dice.uniform(0.0, 0.1))
        params = {"channel_id": str(place.channel_id)}
        if place.surface is Surface.EPHEMERAL:
            name, params = (
                "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original",
                {"webhook_token": place.token or ""},
            )
        verdict = self.keeper.take(name, params, "bot")
        status = 429 if verdict.refusal else 200
        self.made.append(Made(self.governor.now(), right, place, said, status, route.counts))
        await asyncio.sleep(self.dice.uniform(0.0, 0.1))
        self.governor.edit_took(self.governor.now() - began)
        self.governor.end(route, status, verdict.headers)
        self.claimed[route.key] -= 1

    async def _own_limit(self, key: Key, right: Right) -> None:
        while not self._has_room(key, right):  # noqa: ASYNC110 - it tells nobody when its window ends
            await asyncio.sleep(0.01)
        self.claimed[key] += 1

    def _has_room(self, key: Key, right: Right) -> bool:
        window, claimed = self.governor._windows.get(key), self.claimed[key]
        if window is None or window.limit is None:
            return claimed == 0
        return right is Right.INTERIM or window.left(self.governor.now()) + window.under_way + KEPT > claimed

    async def answer(self, place: Target, first: float, deltas: int, gap: float, full: int | None = None) -> None:
        """An answer is written there, and followed as `AnswerDelivery` does; a message takes so many deltas."""
        pieces, messages, ended, goes_on = list[str](), 1, False, False
        pace = Pace(self.governor, lambda: Next(place, is_new=goes_on))

        async def write() -> None:
            nonlocal ended
            await asyncio.sleep(first)
            for nth in range(deltas):
                pieces.append(f"{nth} ")
                (pace.mark if nth else pace.hurry)()
                await asyncio.sleep(gap)
            ended = True
            pace.hurry()

        writing = asyncio.create_task(write())
        while True:
            is_hurried = await pace.wait()
            if ended:
                break
            if goes_on:
                messages, goes_on = messages + 1, False
                await self.call(place, Right.NEW, lambda: "".join(pieces))
            else:
                goes_on = full is not None and len(pieces) > full * messages
                await self.call(place, Right.FIRST if is_hurried else Right.INTERIM, lambda: "".join(pieces))
            pace.spend()
            if goes_on:
                pace.mark()
        await writing
        await self.call(place, Right.FINAL, lambda: "whole")


def direct(number: int) -> Target:
    return Target(surface=Surface.DIRECT, channel_id=number)


def private(number: int) -> Target:
    return Target(surface=Surface.EPHEMERAL, channel_id=1, token=f"token {number}")


@dataclass(frozen=True)
class Plan:
    """One answer: where, and how it comes."""

    place: Target
    first: float
    deltas: int
    gap: float


plans = st.builds(
    Plan,
    st.one_of(st.builds(direct, st.integers(1, 60)), st.builds(private, st.integers(1, 60))),
    st.floats(0.0, 3.0),
    st.integers(1, 60),
    st.sampled_from([0.01, 0.1, 0.4, 2.0]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(plans, min_size=1, max_size=90), st.integers(0, 1000))
def test_no_call_is_one_too_many_and_the_end_comes_last_and_whole(answers: list[Plan], seed: int) -> None:
    async def live() -> list[Made]:
        world = World(random.Random(seed))
        await asyncio.gather(*(world.answer(p.place, p.first, p.deltas, p.gap) for p in answers))
        return world.made

    made = run_fast(live())
    assert [call for call in made if call.status == 429] == []
    counted = sorted(call.at for call in made if call.counts)
    assert all(later - earlier > 1.0 for earlier, later in zip(counted, counted[OVER_ALL:], strict=False))
    for place in {plan.place for plan in answers}:
        here = [call for call in made if call.place == place]
        assert sum(call.right is Right.FINAL for call in here) == sum(plan.place == place for plan in answers)
        assert here[-1].text == "whole"


@pytest.mark.parametrize("people", [1, 5, 50, 200])
def test_answers_share_evenly_and_none_is_forgotten(people: int) -> None:
    async def live() -> list[Made]:
        world = World(random.Random(people))
        await asyncio.gather(*(world.answer(direct(who), 0.5, 400, 0.05) for who in range(people)))
        return world.made

    made = run_fast(live())
    edits = [sum(call.place == direct(who) for call in made) for who in range(people)]
    assert max(edits) <= min(edits) + 2
    assert all(call.status == 200 for call in made)


@pytest.mark.parametrize("people", [50, 70, 100])
def test_where_there_are_more_answers_than_edits_the_one_that_stood_still_longest_comes_first(people: int) -> None:
    """In time that jumps: no pause is much longer than an even share, where all go on in a second message, too."""

    async def live() -> list[Made]:
        world = World(random.Random(people))

        async def ask(who: int) -> None:
            await asyncio.sleep(world.dice.uniform(0, 2))
            await world.answer(direct(who), 0.5, 500, 0.02, full=315)

        await asyncio.gather(*(ask(who) for who in range(people)))
        return world.made

    times: dict[Target, list[float]] = {}
    for call in run_fast(live()):
        times.setdefault(call.place, []).append(call.at)
    pauses = [later - earlier for seen in times.values() for earlier, later in itertools.pairwise(seen)]
    assert max(pauses) < 1.75 * people / EDITS


def test_there_is_leisure_only_while_little_is_under_way() -> None:
    async def live() -> list[bool]:
        governor, route, leisure = Governor(clock=asyncio.get_running_loop().time), edits_at(direct(1)), list[bool]()
        for _ in range(OVER_ALL // 2):
            leisure.append(governor.has_leisure())
            await governor.begin(Right.ANSWER, route)
        return [*leisure, governor.has_leisure()]

    *before, now = run_fast(live())
    assert all(before)
    assert not now


@pytest.mark.timeout(30)
@pytest.mark.parametrize("place", [direct(1), private(1)])
def test_time_that_passes_between_two_looks_at_the_clock_holds_nothing_up(place: Target) -> None:
    async def live() -> list[Made]:
        world, looks = World(random.Random(1)), itertools.count()
        world.governor.now = lambda: asyncio.get_running_loop().time() + next(looks) * 1e-6
        await world.answer(place, 0.1, 60, 0.1)
        return world.made

    assert run_fast(live())[-1].text == "whole"


def test_an_answer_that_says_nothing_new_spends_nothing() -> None:
    async def live() -> int:
        world = World(random.Random(1))
        pace = Pace(world.governor, lambda: Next(direct(1)))
        pace.hurry()
        await pace.wait()
        pace.spend()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pace.wait(), 3600)
        return len(world.made)

    assert run_fast(live()) == 0


def test_an_answer_that_ends_at_the_moment_it_is_given_up_waits_no_longer() -> None:
    async def live() -> bool:
        pace = Pace(World(random.Random(1)).governor, lambda: Next(direct(1)))
        pace.spend()
        pace.mark()
        waiting = asyncio.create_task(pace.wait())
        await asyncio.sleep(0.1)
        pace.hurry()
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        return waiting.cancelled()

    assert run_fast(live())


@given(st.lists(st.sampled_from(Right), min_size=2, max_size=30), st.data())
def test_those_who_wait_begin_in_the_order_of_their_rights(rights: list[Right], data: st.DataObject) -> None:
    async def live() -> list[Right]:
        governor, route, begun = Governor(clock=asyncio.get_running_loop().time), edits_at(direct(1)), list[Right]()
        for _ in range(OVER_ALL):
            await governor.begin(Right.ANSWER, route)

        async def ask(right: Right) -> None:
            await governor.begin(right, route)
            begun.append(right)

        asking = [asyncio.create_task(ask(right)) for right in rights]
        await asyncio.sleep(0.1)
        given_up = data.draw(st.sets(st.integers(0, len(rights) - 1), max_size=3))
        for nth in given_up:
            asking[nth].cancel()
        for _ in range(OVER_ALL):
            governor.end(route, 200, {})
        await asyncio.gather(*asking, return_exceptions=True)
        assert len(begun) == len(rights) - len(given_up)
        return begun

    begun = run_fast(live())
    assert begun == sorted(begun)


def test_after_a_refusal_for_all_nothing_begins_before_its_time() -> None:
    async def live() -> float:
        governor, route = Governor(clock=asyncio.get_running_loop().time), edits_at(direct(1))
        await governor.begin(Right.FINAL, route)
        governor.end(route, 429, {"Retry-After": "7", "X-RateLimit-Scope": "global", "X-RateLimit-Global": "true"})
        await governor.begin(Right.FINAL, route)
        return governor.now()

    assert run_fast(live()) == pytest.approx(7)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("PATCH", "/channels/5/messages/7", Route(("PATCH", "5", "messages", "*"), counts=True)),
        ("POST", "/channels/5/messages", Route(("POST", "5", "messages"), counts=True)),
        ("PATCH", "/webhooks/9/secret/messages/@original", Route(("webhook", "secret"), counts=False)),
        ("POST", "/webhooks/9/secret", Route(("webhook", "secret"), counts=False)),
        ("POST", "/interactions/5/secret/callback", Route(None, counts=False)),
        ("POST", "/users/@me/channels", Route(None, counts=True)),
    ],
)
def test_a_call_falls_under_the_limits_of_its_address(method: str, path: str, expected: Route) -> None:
    assert route_of(method, URL(f"{API}{path}")) == expected


def test_an_edit_asks_for_the_window_that_its_call_falls_under() -> None:
    assert edits_at(direct(5)) == route_of("PATCH", URL(f"{API}/channels/5/messages/7"))
    assert edits_at(private(1)) == route_of("PATCH", URL(f"{API}/webhooks/9/token 1/messages/@original"))


def test_an_edit_may_begin_when_nothing_is_known_of_its_place_though_time_goes_on_between_two_looks_at_the_clock() -> None:
    """Where it were refused, whoever waits would look again at once, and nobody else would have a turn on the loop."""
    ticks = itertools.count()
    governor = Governor(clock=lambda: next(ticks) / 1e6)
    place = Target(surface=Surface.DIRECT, channel_id=7, message_id=8)
    asyncio.run(governor.begin(Right.FIRST, edits_at(place)))
    assert governor.ready(Next(place), float("-inf")) <= governor.now()
