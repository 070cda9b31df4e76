"""`ModelClient`s for tests: one that says what a script says and nothing else, and one that echoes, for many at once.

A `ScriptedModel` is strict: a call that the script does not foresee fails and is remembered, and `assert_used_up()` names
what the script had and nobody asked for. An agent turns exceptions into failed turns, so end each test (or a fixture) with
that call.

    gate = Pause()
    async with ScriptedModel(says("Hel", gate, "lo"), (Overloaded(),)) as model:
        ...                       # ask for the first answer
        await gate.reached.wait()
        gate.release.set()
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from agent.errors import ModelError
from agent.model import Finish, FinishReason, ModelEvent, ModelRequest, Text, Thinking, Tokens


@dataclass(frozen=True, slots=True, eq=False)
class Pause:
    """A place in an answer where the model waits: `reached` tells that it is there, `release` lets it go on."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


Step = str | Text | Thinking | Tokens | Finish | Pause | ModelError
"""A string is a text delta; an error is raised in place, so first in an answer it comes before any text."""

Script = Sequence[Step]


def says(*steps: Step, reason: FinishReason = FinishReason.STOP, tokens: Tokens | None = None) -> Script:
    """An answer that ends properly after these steps, with usage if `tokens` are given."""
    return (*steps, *((tokens,) if tokens else ()), Finish(reason))


class UnexpectedCall(AssertionError):
    """The model was asked once more than the script foresees."""


@dataclass(slots=True)
class Playing:
    """One answer of the script and how far it came."""

    script: Script
    played: int = 0
    pausing: bool = False
    closed: bool = False

    @property
    def unused(self) -> Script:
        """What was never said; an answer that was left in a pause was meant to be."""
        return () if self.pausing else self.script[self.played :]


class ScriptedModel:
    """Gives the answers of its script in order. As an async context it calls `assert_used_up()` at a proper end."""

    name = "scripted-model"
    host = "nowhere: a script"
    label = None

    def __init__(self, *answers: Script) -> None:
        self.requests: list[ModelRequest] = []
        """What was asked, in order."""
        self.unexpected = 0
        """Calls that the script did not foresee."""
        self.is_closed = False
        self._left = list(answers)
        self._playing: list[Playing] = []
        self._asked = asyncio.Condition()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
        if kind is None:
            self.assert_used_up()

    def add(self, *answers: Script) -> None:
        """Append to the script."""
        self._left.extend(answers)

    @property
    def open_streams(self) -> int:
        """Answers that were begun and not closed yet."""
        return sum(not playing.closed for playing in self._playing)

    async def until_asked(self, times: int = 1) -> ModelRequest:
        """Wait for the call of this number (from 1) and return what it asked."""
        async with self._asked:
            await self._asked.wait_for(lambda: len(self.requests) >= times)
        return self.requests[times - 1]

    def assert_used_up(self) -> None:
        """Fail if a call was unexpected, a stream is still open, or a part of the script was never used."""
        assert not self.unexpected, f"{self.unexpected} unexpected call(s); the last: {self.requests[-1].messages[-1]}"
        assert not self.open_streams, f"{self.open_streams} stream(s) never closed"
        unused = [*(playing.unused for playing in self._playing if playing.unused), *self._left]
        assert not unused, f"never used: {unused}"

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        """See `ModelClient.stream`. Raises `UnexpectedCall` at the script's end."""
        async with self._asked:
            self.requests.append(request)
            self._asked.notify_all()
        if not self._left:
            self.unexpected += 1
            raise UnexpectedCall(f"the script has no answer to {request.messages[-1]}")
        playing = Playing(self._left.pop(0))
        self._playing.append(playing)
        try:
            async with aclosing(_play(playing)) as events:
                yield events
        finally:
            playing.closed = True

    async def list_models(self) -> Sequence[str]:
        """See `ModelClient.list_models`."""
        return (self.name,)

    async def close(self) -> None:
        """Nothing is held; that it was called is remembered."""
        self.is_closed = True


async def _play(playing: Playing) -> AsyncGenerator[ModelEvent, None]:
    for step in playing.script:
        playing.played += 1
        match step:
            case Pause():
                playing.pausing = True
                step.reached.set()
                await step.release.wait()
                playing.pausing = False
            case ModelError():
                raise step
            case str():
                await asyncio.sleep(0)
                yield Text(step)
            case _:
                yield step


ECHO: Final = "You said:"


def echo_of(prompt: str) -> str:
    """What `EchoModel` answers to a prompt."""
    return f"{ECHO} {prompt}"


class EchoModel:
    """Answers each request with `echo_of` the last paragraph of its last user message, a character run at a time.

    (The last paragraph, since a context joins prompts that had no answer with a blank line.) It yields control before each
    delta, so that many conversations interleave, and counts how many ran at once.
    """

    name = "echo-model"
    host = "nowhere: an echo"
    label = None

    def __init__(self, size: int = 4) -> None:
        self.requests: list[ModelRequest] = []
        self.running = 0
        """Answers open now."""
        self.most_running = 0
        self._size = size

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        """See `ModelClient.stream`."""
        self.requests.append(request)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            async with aclosing(self._pieces(request)) as events:
                yield events
        finally:
            self.running -= 1

    async def list_models(self) -> Sequence[str]:
        """See `ModelClient.list_models`."""
        return (self.name,)

    async def close(self) -> None:
        """Nothing is held."""

    async def _pieces(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        answer = echo_of(request.messages[-1].content.rsplit("\n\n", 1)[-1])
        for start in range(0, len(answer), self._size):
            await asyncio.sleep(0)
            yield Text(answer[start : start + self._size])
        yield Finish(FinishReason.STOP)
