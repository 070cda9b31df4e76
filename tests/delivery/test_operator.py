"""What the operator is told, and what becomes of it when Discord or the disk fails meanwhile."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from delivery.operator import Operator, began_text
from delivery.sender import Sender
from playground.standin import Fault
from storage.errors import StoreUnavailable
from storage.housekeeping import IncidentKind
from storage.upkeep import Upkeep
from tests.delivery.cast import Cast, direct
from tests.storage.samples import START

CHANNEL = "POST /users/@me/channels"


class Naps:
    """Sleeps that end when they are told to."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.over = asyncio.Event()

    async def __call__(self, _: float) -> None:
        self.begun.set()
        await self.over.wait()


@asynccontextmanager
async def operator(cast: Cast, naps: Naps | None = None, upkeep: Upkeep | None = None) -> AsyncGenerator[Operator]:
    made = Operator(
        cast.ann.id,
        upkeep or cast.store.upkeep,
        Sender(cast.client),
        lambda _: direct(cast.client, cast.ann),
        now=lambda: START,
        sleep=naps or Naps(),
    )
    async with made:
        yield made


async def heard(cast: Cast, words: str) -> None:
    await cast.seen(lambda m: words in m.text, channel=cast.ann.dm)


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not look():  # noqa: ASYNC110 - what Discord answered has no other sign
            await asyncio.sleep(0.01)


def count(cast: Cast) -> int:
    return len(cast.ann.sees(cast.ann.dm))


async def test_each_incident_has_a_beginning_and_an_end(cast: Cast) -> None:
    async with operator(cast) as told:
        for kind in IncidentKind:
            told.report(kind, happening=True)
            told.report(kind, happening=True)
            await heard(cast, began_text(kind, START))
        assert count(cast) == len(IncidentKind)
        for kind in IncidentKind:
            told.report(kind, happening=False)
        await cast.standin.until(lambda: count(cast) == 2 * len(IncidentKind))


async def test_a_restart_tells_nothing_twice_and_still_tells_the_end(cast: Cast) -> None:
    async with operator(cast) as told:
        told.sees(IncidentKind.DISK_LOW, True)
        await heard(cast, "nearly full")
        async with asyncio.timeout(10):
            while not await cast.store.upkeep.incidents():  # noqa: ASYNC110 - the store is all that tells
                await asyncio.sleep(0.01)
    async with operator(cast) as told:
        told.sees(IncidentKind.DISK_LOW, True)
        told.sees(IncidentKind.DISK_LOW, False)
        await heard(cast, "has room again")
    assert count(cast) == 2


async def test_a_line_that_breaks_delays_it_only(cast: Cast) -> None:
    naps = Naps()
    trouble = cast.standin.faults.add(Fault(route="POST /channels/*", status=503, times=None))
    async with operator(cast, naps) as told:
        told.report(IncidentKind.BACKUP_FAILED, happening=True)
        await naps.begun.wait()
        assert count(cast) == 0
        cast.standin.faults.remove(trouble)
        naps.over.set()
        await heard(cast, "backup couldn't be made")


async def test_what_was_over_before_it_could_be_told_is_never_told(cast: Cast) -> None:
    naps = Naps()
    trouble = cast.standin.faults.add(Fault(route="POST /channels/*", status=503, times=None))
    async with operator(cast, naps) as told:
        told.endpoint(START)
        await naps.begun.wait()
        cast.standin.faults.remove(trouble)
        told.endpoint(None)
        told.report(IncidentKind.DISK_LOW, happening=True)
        naps.over.set()
        await heard(cast, "nearly full")
    assert count(cast) == 1


async def test_a_disk_that_fails_does_not_keep_it_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> None:
        raise StoreUnavailable("disk")

    upkeep = cast.store.upkeep
    for name in ("incidents", "begin_incident", "end_incident"):
        monkeypatch.setattr(upkeep, name, fails)
    async with operator(cast, upkeep=upkeep) as told:
        told.report(IncidentKind.DISK_LOW, happening=True)
        await heard(cast, "nearly full")
        told.report(IncidentKind.DISK_LOW, happening=False)
        await heard(cast, "has room again")


async def test_who_shuts_the_door_is_written_to_again_once_it_is_open(cast: Cast) -> None:
    async with operator(cast) as told:
        cast.ann.close_dms()
        told.report(IncidentKind.DISK_LOW, happening=True)
        await until(lambda: not told.hears())
        cast.ann.open_dms()
        told.report(IncidentKind.DISK_LOW, happening=False)
        await heard(cast, "has room again")
        await until(told.hears)


async def test_without_an_operator_nothing_is_said(cast: Cast) -> None:
    nobody = Operator(None, cast.store.upkeep, Sender(cast.client), lambda _: direct(cast.client, cast.ann), now=lambda: START)
    async with nobody:
        nobody.report(IncidentKind.DISK_LOW, happening=True)
        assert not nobody.hears()
    assert not await cast.store.upkeep.incidents()
