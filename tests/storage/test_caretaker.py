"""The caretaker: the bin is emptied, what nobody touched is archived, the files are wiped, and no failure ends that."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from storage.caretaker import CHOICES_KEPT, Caretaker
from storage.errors import ChoiceNotFound, SessionNotFound, StoreUnavailable
from storage.memory import MemoryStore
from storage.memory.upkeep import MemoryUpkeep
from storage.records import BIN_KEEPS, Actor, Departure, Leave, Shelf
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, Clock, file, prompt

MONTH = timedelta(days=30)


class Watched(Caretaker):
    """Lets a test wait for each of its looks."""

    def __init__(self, store: Store, clock: Clock, *, days: int = 30, every: float = 3600.0) -> None:
        super().__init__(store, archive_days=days, now=clock, every=every, soon=0.0)
        self._looks = 0
        self._looked = asyncio.Condition()

    async def look(self) -> bool:
        try:
            return await super().look()
        finally:
            async with self._looked:
                self._looks += 1
                self._looked.notify_all()

    async def looked(self, times: int) -> None:
        async with self._looked:
            await self._looked.wait_for(lambda: self._looks >= times)


class TroubledUpkeep(MemoryUpkeep):
    """Fails, or is read all the while, so many times."""

    refuses = 0
    is_read = 0

    async def expired(self, now: datetime) -> Sequence[tuple[Actor, int]]:
        if self.refuses:
            self.refuses -= 1
            raise StoreUnavailable("disk full")
        return await super().expired(now)

    async def wipe(self) -> bool:
        self.is_read -= 1
        return self.is_read < 0


@asynccontextmanager
async def troubled(clock: Clock) -> AsyncGenerator[tuple[MemoryStore, TroubledUpkeep], None]:
    store = MemoryStore(now=clock)
    upkeep = TroubledUpkeep(store._state)
    store.upkeep = upkeep
    yield store, upkeep
    await store.close()


async def numbers(store: Store, shelf: Shelf, actor: Actor = ANN) -> list[int]:
    return [info.number for info in (await store.sessions.list(actor, shelf=shelf)).items]


async def test_at_start_it_empties_the_bin_and_archives_what_nobody_touched(store: Store, clock: Clock) -> None:
    for actor in (ANN, ANN, BOB):
        await store.sessions.create(actor)
    await store.shelves.delete(ANN, 1)
    clock.time = START + MONTH + timedelta(hours=1)
    await store.sessions.create(ANN)
    async with Watched(store, clock) as caretaker:
        await caretaker.looked(1)
    assert await numbers(store, Shelf.BIN) == []
    assert (await numbers(store, Shelf.ARCHIVED), await numbers(store, Shelf.ARCHIVED, BOB)) == ([2], [1])
    assert await numbers(store, Shelf.OPEN) == [3]
    with pytest.raises(SessionNotFound):
        await store.sessions.find(ANN, 1, binned=True)


async def test_it_archives_nothing_where_that_is_off(store: Store, clock: Clock) -> None:
    await store.sessions.create(ANN)
    clock.time = START + 10 * MONTH
    async with Watched(store, clock, days=0) as caretaker:
        await caretaker.looked(1)
    assert await numbers(store, Shelf.OPEN) == [1]


async def test_what_went_to_the_bin_lately_stays_there(store: Store, clock: Clock) -> None:
    await store.sessions.create(ANN)
    await store.shelves.delete(ANN, 1)
    clock.time += BIN_KEEPS - timedelta(hours=1)
    async with Watched(store, clock) as caretaker:
        await caretaker.looked(1)
    assert await numbers(store, Shelf.BIN) == [1]


async def test_what_waits_for_a_choice_goes_after_a_month_also_while_the_bot_runs(store: Store, clock: Clock) -> None:
    session = await store.sessions.create(ANN)
    departures = [Departure(leave=Leave.NEW, prompt=prompt("read", file("notes")), temporary=each) for each in (False, True)]
    kept, temporary = [await store.turns.hold(ANN, session.id, each) for each in departures]
    clock.time += CHOICES_KEPT - timedelta(hours=1)
    async with Watched(store, clock) as caretaker:
        await caretaker.looked(1)
        assert [(await store.turns.choice(ANN, each.id)).departure for each in (kept, temporary)] == departures
        clock.time += timedelta(hours=2)
        caretaker.wake()
        await caretaker.looked(2)
    for each in (kept, temporary):
        with pytest.raises(ChoiceNotFound):
            await store.turns.choice(ANN, each.id)
    assert await store.files.used(ANN) == 0


async def test_it_looks_again_by_itself_and_when_it_is_woken(store: Store, clock: Clock) -> None:
    async with Watched(store, clock, every=0.001) as often:
        await often.looked(3)
    async with Watched(store, clock) as seldom:
        await seldom.looked(1)
        seldom.wake()
        await seldom.looked(2)


async def test_what_failed_is_soon_tried_again(clock: Clock) -> None:
    async with troubled(clock) as (store, upkeep):
        await store.sessions.create(ANN)
        await store.shelves.delete(ANN, 1)
        clock.time += BIN_KEEPS
        upkeep.refuses = 2
        async with Watched(store, clock) as caretaker:
            await caretaker.looked(3)
        assert await numbers(store, Shelf.BIN) == []


async def test_files_that_are_read_all_the_while_are_wiped_later(clock: Clock) -> None:
    async with troubled(clock) as (store, upkeep):
        upkeep.is_read = 2
        async with Watched(store, clock) as caretaker:
            await caretaker.looked(3)
        assert upkeep.is_read < 0


async def test_it_ends_with_the_bot(store: Store, clock: Clock) -> None:
    async with Watched(store, clock):
        pass
    assert "caretaker" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_a_wake_at_the_moment_of_its_end_does_not_keep_it_alive(clock: Clock) -> None:
    async with Watched(MemoryStore(now=clock), clock) as caretaker:
        await caretaker.looked(1)
        await asyncio.sleep(0)
        caretaker.wake()
        await asyncio.sleep(0)
