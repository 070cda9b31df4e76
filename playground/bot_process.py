"""`BotProcess`: the bot as a child process, which can be started, ended, restarted and killed while the playground goes on.

One thing at a time is done to it, in order; but a kill or a stop is meant for whatever is being done, so a start or restart
that was asked for before it is given up.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Final

from playground.child_lines import lines_of

PATIENCE: Final = 10.0
"""Seconds that it is given to end by itself."""
KEPT_LINES: Final = 500
REFUSED: Final = 2
"""The exit code of a start that was refused, with the reason as the last line on standard error."""


class State(StrEnum):
    """What the child is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


class BotProcess:
    """Owns the child. `changed` is called after each change of `state`; `printed` for each line that it prints.

    The child has `environment` alone, and a standard input that ends with this process, which `CUBBY_END_WITH_STDIN` lets it
    end with. `aclose()` at the end.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        changed: Callable[[], None],
        printed: Callable[[str], None],
        patience: float = PATIENCE,
    ) -> None:
        self.state = State.STOPPED
        self.exit: int | None = None
        """How the last one ended, as its exit code or, negative, a signal's number; `None` while one runs and before."""
        self.words = ""
        """Why the last one refused to start, in its own words; empty if it did not."""
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        """What was printed last, by every one so far."""
        self._command = tuple(command)
        self._environment = {**environment, "CUBBY_END_WITH_STDIN": "on"}
        self._changed, self._printed = changed, printed
        self._patience = patience
        self._turn = asyncio.Lock()
        self._ends_asked = 0
        self._is_closed = False
        self._process: Process | None = None
        self._killed: Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The running child's; `None` if none runs."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> None:
        """Start it; nothing if it runs. A command that cannot be run is told in `words`."""
        asked = self._ends_asked
        async with self._turn:
            await self._start(asked)

    def connected(self) -> None:
        """Take it for running: whoever owns this has seen it connect."""
        if self.state is State.STARTING:
            self._become(State.RUNNING)

    async def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._ends_asked += 1
        self._kill()
        async with self._turn:
            await self._end(patience=0)

    async def stop(self) -> None:
        """Ask it to end and wait; kill it once patience is over."""
        self._ends_asked += 1
        async with self._turn:
            await self._end(patience=self._patience)

    async def restart(self) -> None:
        """Ask it to end as `stop()` does, then start it anew."""
        asked = self._ends_asked
        async with self._turn:
            await self._end(patience=self._patience)
            await self._start(asked)

    async def aclose(self) -> None:
        """Stop it for good; twice is the same as once. A cancelled one kills."""
        self._is_closed = True
        try:
            await self.stop()
        except asyncio.CancelledError:
            self._kill()
            if self._watch is not None:
                await asyncio.wait([self._watch])
            raise

    async def _start(self, asked: int) -> None:
        if self._process is not None or self._is_closed or asked != self._ends_asked:
            return
        self.exit, self.words = None, ""
        self._become(State.STARTING)
        try:
            # A session of its own, so that Ctrl+C in the terminal is the playground's to pass on.
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=self._environment, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True
            )
            self._watch = asyncio.create_task(self._see_out(self._process), name="bot-process")
        except OSError as error:
            self.words = f"The bot could not be started: {error.strerror}."
        finally:
            if self._process is None:
                self._become(State.STOPPED)

    async def _end(self, *, patience: float) -> None:
        if self._process is None or self._watch is None:
            return
        self._become(State.STOPPING)
        if patience:
            _ask_to_end(self._process)
            await asyncio.wait([self._watch], timeout=patience)
        self._kill()
        await asyncio.wait([self._watch])

    def _kill(self) -> None:
        """Kill it, once: `Popen.send_signal` looks whether it has ended, and takes its exit code from whoever waits for it."""
        if self._process is not None and self._process is not self._killed:
            self._killed = self._process
            with suppress(ProcessLookupError):
                self._process.kill()

    async def _see_out(self, process: Process) -> None:
        """Pass on what it prints until it has ended, and say how it did."""
        streams = [stream for stream in (process.stdout, process.stderr) if stream is not None]
        try:
            async with asyncio.TaskGroup() as reading:
                *_, errors = [reading.create_task(self._pass_on(stream)) for stream in streams]
            self.exit = await process.wait()
            self.words = errors.result() if self.exit == REFUSED else ""
        finally:
            self._kill()  # of use only where a callback has failed
            self._process = None
            self._become(State.STOPPED)

    async def _pass_on(self, stream: asyncio.StreamReader) -> str:
        """Pass on each line; returns the last that was not blank."""
        last = ""
        async for line in lines_of(stream):
            last = line.strip() or last
            self.lines.append(line)
            self._printed(line)
        return last

    def _become(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self._changed()


def _ask_to_end(process: Process) -> None:
    """Let it end in good order. Windows has no signal for that, but the end of its standard input says the same."""
    if sys.platform == "win32" and process.stdin is not None:
        process.stdin.close()
        return
    with suppress(ProcessLookupError):
        process.terminate()
