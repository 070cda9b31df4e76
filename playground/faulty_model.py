"""A model server that fails on purpose, on loopback: every way in which an OpenAI-compatible endpoint has let people down.

Used by tests with the real openai client, and later by the playground's switches. `script()` says what the next requests
meet, in order; once that is used up, answers are proper.

    async with FaultyModelServer() as server:
        server.script(Fault.RATE_LIMITED, Fault.CUT)
        client = OpenAIClient("test-model", base_url=server.base_url)
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from playground.faulty_answers import Fault, Sender, play_of, refusal_of


@dataclass(slots=True)
class Seen:
    """One request, and whether its connection was closed by the client before the answer had ended."""

    body: dict[str, Any]
    headers: dict[str, str]
    left_early: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class FaultyModelServer:
    """An async context; `base_url` is where it listens."""

    def __init__(self, models: tuple[str, ...] = ("test-model",)) -> None:
        self.models = models
        self.seen: list[Seen] = []
        self.release = asyncio.Event()
        """Set to let stalled answers go on."""
        self._script: deque[Fault] = deque()
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

    def script(self, *faults: Fault) -> None:
        """What the next requests meet, in order."""
        self._script.extend(faults)

    async def stop_listening(self) -> None:
        """Be unreachable from now on; twice is the same as once."""
        self.release.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _list(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": m, "object": "model"} for m in self.models]})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        seen = Seen(await request.json(), dict(request.headers))
        self.seen.append(seen)
        fault = self._script.popleft() if self._script else Fault.NONE
        refusal = refusal_of(fault, seen.body)
        if refusal is not None:
            seen.ended.set()
            return refusal
        try:
            return await self._stream(request, fault, seen)
        except (asyncio.CancelledError, ConnectionError):
            seen.left_early = True
            raise
        finally:
            seen.ended.set()

    async def _stream(self, request: web.Request, fault: Fault, seen: Seen) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        send = Sender(response, chopped=fault is Fault.CHOPPED)
        play = play_of(fault)
        await play(send, self.release)
        if fault in (Fault.CUT, Fault.CUT_AT_ONCE):
            if request.transport is not None:
                request.transport.abort()
            return response
        is_counted = "stream_options" in seen.body and fault is not Fault.NO_FINISH
        await send.end(usage=is_counted, done=fault is not Fault.NO_DONE)
        return response
