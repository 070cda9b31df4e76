"""The fair line to the model."""

import asyncio
from collections import Counter, deque

from hypothesis import given
from hypothesis import strategies as st

from agent.floor import Floor

GREEDY, OTHERS = 0, range(1, 11)


class Crowd:
    """People who take a place, in tasks that hold it until they are told to go."""

    def __init__(self, places: int) -> None:
        self.floor = Floor(places)
        self.served: list[int] = []
        self.holding: deque[asyncio.Event] = deque()
        self.positions: dict[asyncio.Task[None], list[int]] = {}

    def come(self, person: int) -> "asyncio.Task[None]":
        heard: list[int] = []
        task = asyncio.ensure_future(self._hold(person, heard))
        self.positions[task] = heard
        return task

    async def _hold(self, person: int, heard: list[int]) -> None:
        async with self.floor.place(person, heard.append):
            go = asyncio.Event()
            self.served.append(person)
            self.holding.append(go)
            try:
                await go.wait()
            finally:
                if go in self.holding:
                    self.holding.remove(go)

    async def let_one_go(self) -> None:
        self.holding[0].set()
        await quiet()


async def quiet() -> None:
    """Let every task go as far as it can."""
    for _ in range(6):
        await asyncio.sleep(0)


async def test_who_has_much_waiting_is_served_again_after_everybody_else() -> None:
    crowd = Crowd(1)
    tasks = [crowd.come(GREEDY) for _ in range(20)]
    await quiet()
    tasks += [crowd.come(person) for person in OTHERS]
    await quiet()
    for _ in tasks:
        await crowd.let_one_go()
    await asyncio.gather(*tasks)
    first = crowd.served.index(GREEDY, 2)
    assert crowd.served[:2] == [GREEDY, GREEDY]  # it was there alone, and first in line when the others came
    assert set(crowd.served[2:first]) == set(OTHERS)
    assert crowd.served[first:] == [GREEDY] * 18


async def test_a_cancel_in_the_moment_a_place_comes_free_costs_its_person_no_turn() -> None:
    crowd = Crowd(1)
    tasks = [crowd.come(person) for person in (1, 2, 2, 3)]
    await quiet()
    crowd.holding[0].set()
    tasks[1].cancel()
    await quiet()
    for _ in range(2):
        await crowd.let_one_go()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert crowd.served == [1, 2, 3]


async def test_positions_are_told_as_they_change_and_zero_at_the_end() -> None:
    crowd = Crowd(1)
    first, second, third = crowd.come(1), crowd.come(2), crowd.come(3)
    await quiet()
    assert [crowd.positions[task] for task in (first, second, third)] == [[], [1], [2]]
    await crowd.let_one_go()
    assert [crowd.positions[task] for task in (second, third)] == [[1, 0], [2, 1]]
    third.cancel()
    await crowd.let_one_go()
    assert crowd.positions[third] == [2, 1]
    await asyncio.gather(first, second, third, return_exceptions=True)


@given(st.integers(1, 3), st.lists(st.none() | st.integers(0, 4), max_size=60))
def test_nobody_is_served_twice_while_somebody_else_waits_all_along(places: int, steps: list[int | None]) -> None:
    """A number comes; `None` lets the one who has held a place for longest go."""

    async def live() -> None:
        crowd = Crowd(places)
        tasks: list[asyncio.Task[None]] = []
        came: Counter[int] = Counter()
        overtaken: list[tuple[int, set[int]]] = []
        """Each service: whose it was, and who has waited ever since."""
        for step in [*steps, *[None] * len(steps)]:
            if step is not None:
                tasks.append(crowd.come(step))
                came[step] += 1
            elif crowd.holding:
                crowd.holding[0].set()
            await quiet()
            waiting = set(+(came - Counter(crowd.served)))
            for who in crowd.served[len(overtaken) :]:
                overtaken = [(earlier, still - {who}) for earlier, still in overtaken]
                assert not any(still & waiting for earlier, still in overtaken if earlier == who)
                overtaken.append((who, waiting - {who}))
            overtaken = [(earlier, still & waiting) for earlier, still in overtaken]
        await asyncio.gather(*tasks)

    asyncio.run(live())


@given(st.integers(1, 3), st.lists(st.tuples(st.sampled_from(["come", "go", "cancel"]), st.integers(0, 3)), max_size=60))
def test_never_too_many_and_no_place_is_lost(places: int, steps: list[tuple[str, int]]) -> None:
    async def live() -> None:
        crowd = Crowd(places)
        tasks: list[asyncio.Task[None]] = []
        for step, who in steps:
            if step == "come":
                tasks.append(crowd.come(who))
            elif step == "go" and crowd.holding:
                crowd.holding[0].set()  # a cancel may follow before anybody has run
            elif step == "cancel" and tasks:
                tasks[who % len(tasks)].cancel()
            if who != 3:
                await quiet()
                assert len(crowd.holding) <= places
                waiting = [heard[-1] for task, heard in crowd.positions.items() if heard and heard[-1] and not task.done()]
                assert sorted(waiting) == list(range(1, len(waiting) + 1))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        late = [crowd.come(9) for _ in range(places)]
        await quiet()
        assert len(crowd.holding) == places
        for _ in late:
            await crowd.let_one_go()
        await asyncio.gather(*late)

    asyncio.run(live())
