"""A model server that fails on purpose, on loopback: every way in which an OpenAI-compatible endpoint has let people down.

Used by tests with the real openai client; what the playground's switches turn is `model_stand.py`. `script()` says what
the next requests meet, in order; once that is used up, answers are proper. What each fault sends is in `faulty_answers.py`
(streams) and `faulty_responses.py` (whole responses).

    async with FaultyModelServer() as server:
        server.script(Fault.RATE_LIMITED, Fault.CUT)
        client = OpenAIClient("test-model", base_url=server.base_url)
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from playground.faulty_answers import WORDS, Fault, Sender
from playground.faulty_responses import response_to
from playground.faulty_streams import cut, stream

__all__ = ["WORDS", "Fault", "FaultyModelServer", "Seen"]


@dataclass(slots=True)
class Seen:
    """One request, and whether its connection was closed by the client before the answer had ended."""

    body: dict[str, Any]
    headers: dict[str, str]
    peer: tuple[str, int]
    """The client's address: the same for requests over one connection."""
    left_early: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class FaultyModelServer:
    """An async context; `base_url` is where it listens. `words` is a proper answer, a delta each, or gives it for the last
    message.
    """

    def __init__(
        self,
        models: tuple[str, ...] = ("test-model",),
        *,
        words: tuple[str, ...] | Callable[[str], tuple[str, ...]] = WORDS,
        gap: float = 0.0,
    ) -> None:
        self.models = models
        self.words: tuple[str, ...] = () if callable(words) else words
        """A proper answer, a delta each."""
        self._words = words if callable(words) else None
        self.gap = gap
        """Seconds before each delta: many short words and a small gap are a fast model."""
        self.seen: list[Seen] = []
        """The requests for answers, in order."""
        self.release = asyncio.Event()
        """Set to let stalled answers go on."""
        self._script: deque[Fault] = deque()
        self._list_script: deque[Fault] = deque()
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=32 * 1024 * 1024)
        application.router.add_get("/v1/models", self._list)
        application.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop_listening()

    @property
    def base_url(self) -> str:
        """The address to give as OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def connections(self) -> int:
        """Connections that clients hold open now."""
        server = self._runner.server if self._runner is not None else None
        return len(server.connections) if server is not None else 0

    def script(self, *faults: Fault) -> None:
        """What the next requests for an answer meet, in order."""
        self._script.extend(faults)

    def forget_script(self) -> None:
        """Let the next requests meet nothing."""
        self._script.clear()

    def script_list(self, *faults: Fault) -> None:
        """What the next requests for the list of models meet, in order: the faults that are no stream."""
        self._list_script.extend(faults)

    async def until_seen(self, requests: int) -> Seen:
        """Wait for the request of this number (from 1), and return it."""
        await self._until(lambda: len(self.seen) >= requests)
        return self.seen[requests - 1]

    async def until_ended(self) -> None:
        """Wait until no request that came is unanswered, whether it was answered, cut or left."""
        await self._until(lambda: all(seen.ended.is_set() for seen in self.seen))

    async def until_connections(self, most: int) -> None:
        """Wait until clients hold at most so many connections open."""
        while self.connections > most:  # noqa: ASYNC110 - aiohttp tells nobody when a connection has closed
            await asyncio.sleep(0.005)

    async def stop_listening(self) -> None:
        """Be unreachable from now on; twice is the same as once."""
        self.release.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _words_for(self, seen: Seen) -> tuple[str, ...]:
        return self.words if self._words is None else self._words(str(seen.body["messages"][-1]["content"]))

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await self._changed.wait()

    def _tell_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _list(self, request: web.Request) -> web.Response:
        fault = self._list_script.popleft() if self._list_script else Fault.NONE
        if fault is Fault.STALLED_BEFORE_HEAD:
            await self.release.wait()
        if fault is Fault.CUT_BEFORE_HEAD:
            cut(request)
        every = [{"id": model, "object": "model"} for model in self.models]
        return response_to(fault, {}) or web.json_response({"object": "list", "data": every})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        peer = request.transport.get_extra_info("peername") if request.transport is not None else ("", 0)
        seen = Seen(await request.json(), dict(request.headers), peer)
        self.seen.append(seen)
        try:
            self._tell_change()
            fault = self._script.popleft() if self._script else Fault.NONE
            words = self._words_for(seen)
            whole = response_to(fault, seen.body, words)
            send = Sender(words, self.gap, release=self.release)
            return whole or await stream(request, fault, send, usage="stream_options" in seen.body)
        except (asyncio.CancelledError, ConnectionError):
            seen.left_early = True
            raise
        finally:
            seen.ended.set()
            self._tell_change()
