"""The look at the disk's room: low, low until there is enough, and what cannot be known."""

import asyncio
from pathlib import Path

from watch.disk import ENOUGH, LOW, DiskWatch


async def heard(path: Path, *found: int | None) -> list[bool]:
    """What is said of disks with so much room, one look after the other; `None` cannot be looked at."""
    told: list[bool] = []
    room = iter(found)
    done = asyncio.Event()
    looks = 0

    async def sleep(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == len(found):
            done.set()
            await asyncio.Event().wait()

    def free(_: Path) -> int:
        bytes_free = next(room)
        if bytes_free is None:
            raise OSError(5, "Input/output error")
        return bytes_free

    async with DiskWatch(path, told.append, sleep=sleep, free=free):
        await done.wait()
    return told


async def test_it_is_low_until_there_is_enough(tmp_path: Path) -> None:
    assert await heard(tmp_path, LOW, LOW - 1, LOW, ENOUGH - 1, ENOUGH, LOW) == [False, True, True, True, False, False]


async def test_what_cannot_be_looked_at_changes_nothing(tmp_path: Path) -> None:
    assert await heard(tmp_path, LOW - 1, None, LOW) == [True, True]


async def test_the_disk_of_this_machine_can_be_looked_at(tmp_path: Path) -> None:
    told = asyncio.Event()
    async with DiskWatch(tmp_path / "cubby.db", lambda _: told.set()):
        await asyncio.wait_for(told.wait(), 10)
