"""The bot as a child: started, ended, restarted and killed, in any order, with small children in its place."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from playground.bot_process import KEPT_LINES, BotProcess, State
from playground.child_lines import LONGEST

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="small children are ended by signals here")

POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("up", flush=True)
time.sleep(600)
"""
STUBBORN = POLITE.replace("lambda *_: sys.exit(0)", "signal.SIG_IGN")
ON_ITS_LIFELINE = """
import sys
print("up", flush=True)
sys.stdin.read()
"""
REFUSES = """
import sys
print("INFO a line of the log", "DISCORD_TOKEN is wrong.", "", sep="\\n", file=sys.stderr)
sys.exit(2)
"""
CRASHES = "1/0"
NOISY = """
import os
os.write(1, b"caf\\xc3\\xa9 \\xff\\r\\n" + b"x" * 1_000_000 + b"\\n\\nno end")
"""
CHATTY = "print(*range(2000), sep='\\n')"
ENVIRONMENT = "import os; print(sorted(os.environ))"

Make = Callable[..., "Child"]


class Child(BotProcess):
    """One that remembers what its owner was told."""

    def __init__(self, script: str, *, patience: float = 5, command: tuple[str, ...] = ()) -> None:
        self.states: list[State] = []
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        super().__init__(
            command or (sys.executable, "-c", script),
            {"PATH": os.environ["PATH"], "LC_CTYPE": "C.UTF-8"},
            changed=lambda: self.states.append(self.state),
            printed=self.heard.put_nowait,
            patience=patience,
        )

    async def until_up(self) -> int:
        """Wait until the newest one prints that it is; returns its id."""
        async with asyncio.timeout(10):
            while await self.heard.get() != "up":
                pass
        assert self.pid is not None
        return self.pid

    async def until(self, state: State) -> None:
        async with asyncio.timeout(10):
            while self.state is not state:  # noqa: ASYNC110 - the owner's callback is what is tested
                await asyncio.sleep(0.005)


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    async with AsyncExitStack() as stack:

        def child(script: str, **more: float | tuple[str, ...]) -> Child:
            made = Child(script, **more)  # pyright: ignore[reportArgumentType]
            stack.push_async_callback(made.aclose)
            return made

        yield child


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def up(child: Child) -> int:
    await child.start()
    return await child.until_up()


async def test_it_starts_runs_and_stops(make: Make) -> None:
    child = make(POLITE)
    pid = await up(child)
    assert child.state is State.STARTING
    child.connected()
    await child.stop()
    assert child.states == [State.STARTING, State.RUNNING, State.STOPPING, State.STOPPED]
    assert (child.exit, child.pid, is_alive(pid)) == (0, None, False)


async def test_connected_means_something_only_while_it_starts(make: Make) -> None:
    child = make(POLITE)
    child.connected()
    assert child.state is State.STOPPED


async def test_starting_twice_is_starting_once(make: Make) -> None:
    child = make(POLITE)
    await asyncio.gather(child.start(), child.start())
    pid = await child.until_up()
    await child.start()
    assert child.pid == pid
    assert child.states == [State.STARTING]


async def test_a_kill_ends_it_at_once(make: Make) -> None:
    child = make(STUBBORN)
    pid = await up(child)
    await child.kill()
    assert (child.state, child.exit, is_alive(pid)) == (State.STOPPED, -9, False)


async def test_one_that_does_not_end_is_killed_when_patience_is_over(make: Make) -> None:
    child = make(STUBBORN, patience=0.1)
    await up(child)
    await child.stop()
    assert child.exit == -9


async def test_a_restart_brings_another_one(make: Make) -> None:
    child = make(POLITE)
    first = await up(child)
    await child.restart()
    assert await child.until_up() != first
    assert not is_alive(first)
    assert child.states == [State.STARTING, State.STOPPING, State.STOPPED, State.STARTING]


async def test_a_restart_of_none_is_a_start(make: Make) -> None:
    child = make(POLITE)
    await child.restart()
    await child.until_up()


async def end_by_kill(child: Child) -> None:
    await child.kill()


async def end_by_stop(child: Child) -> None:
    await child.stop()


@pytest.mark.parametrize("end", [end_by_kill, end_by_stop])
async def test_an_end_during_a_restart_wins(make: Make, end: Callable[[Child], Awaitable[None]]) -> None:
    child = make(STUBBORN, patience=0.3)
    await up(child)
    restarting = asyncio.create_task(child.restart(), name="restart")
    starting = asyncio.create_task(child.start(), name="start")
    await child.until(State.STOPPING)
    await end(child)
    await asyncio.gather(restarting, starting)
    assert (child.state, child.pid) == (State.STOPPED, None)


async def test_a_kill_during_a_restart_does_not_wait_for_patience(make: Make) -> None:
    child = make(STUBBORN, patience=60)
    await up(child)
    restarting = asyncio.create_task(child.restart(), name="restart")
    await child.until(State.STOPPING)
    async with asyncio.timeout(5):
        await child.kill()
        await restarting


async def test_a_kill_during_a_start_wins(make: Make) -> None:
    child = make(POLITE)
    starting = asyncio.create_task(child.start(), name="start")
    await asyncio.sleep(0)
    await child.kill()
    await starting
    assert child.state is State.STOPPED


async def test_a_start_after_a_kill_starts(make: Make) -> None:
    child = make(POLITE)
    await up(child)
    killing = asyncio.create_task(child.kill(), name="kill")
    await asyncio.sleep(0)
    await child.start()
    await killing
    await child.until_up()


async def test_everything_at_once_leaves_one_at_most(make: Make) -> None:
    child = make(POLITE)
    await asyncio.gather(*(each() for _ in range(3) for each in (child.start, child.restart, child.kill, child.stop)))
    await child.start()
    pid = await child.until_up()
    await child.stop()
    assert not is_alive(pid)


async def test_one_that_refuses_says_why(make: Make) -> None:
    child = make(REFUSES)
    await child.start()
    await child.until(State.STOPPED)
    assert (child.exit, child.words) == (2, "DISCORD_TOKEN is wrong.")


async def test_one_that_crashes_has_no_words_but_its_lines(make: Make) -> None:
    child = make(CRASHES)
    await child.start()
    await child.until(State.STOPPED)
    assert (child.exit, child.words) == (1, "")
    assert child.lines[-1] == "ZeroDivisionError: division by zero"


async def test_what_an_earlier_one_said_is_forgotten_at_the_next_start(make: Make) -> None:
    child = make(REFUSES)
    await child.start()
    await child.until(State.STOPPED)
    await child.start()
    assert (child.exit, child.words) == (None, "")


async def test_a_command_that_cannot_be_run_is_told(make: Make) -> None:
    child = make("", command=("/nowhere/python",))
    await child.start()
    assert (child.state, child.exit) == (State.STOPPED, None)
    assert child.words == "The bot could not be started: No such file or directory."


async def test_whatever_it_prints_comes_in_bounded_lines_of_text(make: Make) -> None:
    child = make(NOISY)
    await child.start()
    await child.until(State.STOPPED)
    assert list(child.lines) == ["café \ufffd", "x" * LONGEST, "", "no end"]


async def test_the_last_lines_are_kept(make: Make) -> None:
    child = make(CHATTY)
    await child.start()
    await child.until(State.STOPPED)
    assert list(child.lines) == [str(number) for number in range(2000 - KEPT_LINES, 2000)]
    assert child.heard.qsize() == 2000


async def test_its_environment_is_what_was_given_and_its_lifeline(make: Make) -> None:
    child = make(ENVIRONMENT)
    await child.start()
    await child.until(State.STOPPED)
    assert child.lines[-1] == "['CUBBY_END_WITH_STDIN', 'LC_CTYPE', 'PATH']"


async def test_its_lifeline_holds_while_it_runs(make: Make) -> None:
    child = make(ON_ITS_LIFELINE)
    await up(child)
    await asyncio.sleep(0.1)
    assert child.pid is not None


async def test_closing_ends_it_and_nothing_starts_any_more(make: Make) -> None:
    child = make(POLITE)
    pid = await up(child)
    await child.aclose()
    await child.aclose()
    await child.start()
    await child.restart()
    assert (child.state, is_alive(pid)) == (State.STOPPED, False)


async def test_a_closing_that_is_cut_short_kills(make: Make) -> None:
    child = make(STUBBORN, patience=60)
    pid = await up(child)
    closing = asyncio.create_task(child.aclose(), name="close")
    await child.until(State.STOPPING)
    closing.cancel()
    await asyncio.wait([closing], timeout=5)
    assert closing.cancelled()
    assert not is_alive(pid)
