"""The switch that makes the disk full for one process: that one alone, and only until it is switched back."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from playground.bot_process import BotProcess
from playground.disk_switch import ONLY_ON_LINUX, disk_full, why_not
from playground.standin import CannotDo
from playground.web.bot_switches import disk_switch

LINUX = pytest.mark.skipif(sys.platform != "linux", reason=ONLY_ON_LINUX)
WRITER = """
import sys
for line in sys.stdin:
    try:
        with open(sys.argv[1], "ab", buffering=0) as file:
            file.write(b"some bytes"), file.write(b"and more")
        print("written", flush=True)
    except OSError:
        print("failed", flush=True)
"""

Write = Callable[[], Awaitable[str]]


@asynccontextmanager
async def writer(file: Path) -> AsyncGenerator[tuple[int, Write]]:
    """A process that writes when it is told to, and says how it went."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, str(file), stdin=PIPE, stdout=PIPE)
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None

    async def write() -> str:
        stdin.write(b"write\n")
        return (await stdout.readline()).decode().strip()

    yield process.pid, write
    stdin.close()
    await process.wait()


@LINUX
async def test_writes_fail_while_it_is_on_and_no_longer(tmp_path: Path) -> None:
    async with writer(tmp_path / "file") as (pid, write):
        assert await write() == "written"
        disk_full(pid, on=True)
        disk_full(pid, on=True)
        assert await write() == "failed"
        disk_full(pid, on=False)
        assert await write() == "written"


@LINUX
async def test_nobody_else_feels_it_and_the_next_process_starts_with_room(tmp_path: Path) -> None:
    async with writer(tmp_path / "one") as (pid, write):
        disk_full(pid, on=True)
        (tmp_path / "ours").write_bytes(b"more than a byte")
        async with writer(tmp_path / "two") as (_, write_too):
            assert (await write(), await write_too()) == ("failed", "written")


@LINUX
async def test_a_process_that_has_ended_is_told() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await process.wait()
    with pytest.raises(ProcessLookupError):
        disk_full(process.pid, on=True)


class Ended(BotProcess):
    """A bot that has ended, of which its owner doesn't know yet."""

    def __init__(self, pid: int) -> None:
        super().__init__([], {}, changed=lambda: None, printed=lambda _: None)
        self._ended = pid

    @property
    def pid(self) -> int:
        return self._ended


@LINUX
async def test_the_switch_says_that_the_bot_has_ended_this_moment() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await process.wait()
    switch = disk_switch(Ended(process.pid))
    with pytest.raises(CannotDo, match="isn't running"):
        await switch.turn(True)
    assert switch.value() is False


def test_elsewhere_there_is_a_reason_and_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bool(why_not()) is (sys.platform != "linux")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert why_not() == ONLY_ON_LINUX
    disk_full(os.getpid(), on=True)
    assert (tmp_path / "file").write_bytes(b"still room") == 10
