"""`ModelStand`: a model server on loopback that stands between the bot and its model, and can be made to fail.

It answers by itself with what `answer` says, or passes requests on to `upstream`, the address of a real server. `mode` is what
every request meets until it is another one: a `Fault`, whose words for people are in `model_faults.py`.

    async with ModelStand(answer) as stand:
        ...  # a bot with CUBBY_MODEL_API=stand.base_url
        stand.mode = Fault.STALLED_BETWEEN
        stand.mode = Fault.NONE     # what has stalled goes on

With `upstream` its own answers are slow, stalled or cut; the other faults are told without asking it.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, cast

from aiohttp import web

from playground.faulty_answers import WORDS, Fault, Sender
from playground.faulty_responses import response_to
from playground.faulty_streams import cut, stream
from playground.model_upstream import Upstream

PACE: Final = 0.03
SLOW: Final = 0.4
FEW: Final = 6
"""How many words come at most before an answer breaks in the middle: enough to be seen."""
LARGEST_REQUEST: Final = 32 * 1024 * 1024
STALLS: Final = (Fault.STALLED_BEFORE_HEAD, Fault.STALLED_BEFORE, Fault.STALLED_BETWEEN)
REFUSES_OPTIONS: Final = (Fault.REFUSES_STREAM_OPTIONS, Fault.REFUSES_MAX_TOKENS, Fault.REFUSES_ANY_LIMIT, Fault.REFUSES_EFFORT)
PASSED_ON: Final = (Fault.NONE, Fault.SLOW, Fault.CUT, Fault.CUT_AT_ONCE, *STALLS, *REFUSES_OPTIONS)
"""What a real server's own answer can meet."""

Answer = Callable[[Sequence[Mapping[str, str]]], str]
"""The answer to messages, each with its `role` and `content`."""


class ModelStand:
    """An async context; `base_url` is where it listens. `pace` and `slow` are seconds before each word, usually and if slow.

    Raises `ValueError` unless one of `answer` and `upstream` is given.
    """

    def __init__(
        self, answer: Answer | None = None, upstream: str | None = None, *, pace: float = PACE, slow: float = SLOW
    ) -> None:
        if (answer is None) == (upstream is None):
            raise ValueError("a model stand either answers by itself or passes requests on")
        self._answer = answer
        self._upstream = Upstream(upstream) if upstream is not None else None
        self._pace, self._slow = pace, slow
        self._mode = Fault.NONE
        self._release = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[_no_pages])
        application.router.add_get("/v1/models", self._list)
        application.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release.set()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._upstream is not None:
            await self._upstream.close()

    @property
    def base_url(self) -> str:
        """The address to give as CUBBY_MODEL_API."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def mode(self) -> Fault:
        """What every request meets from now on; a new one lets go on what has stalled."""
        return self._mode

    @mode.setter
    def mode(self, fault: Fault) -> None:
        self._mode = fault
        self._release.set()
        self._release = asyncio.Event()

    async def _list(self, request: web.Request) -> web.StreamResponse:
        """The models. Only a server that cannot be reached fails here, so that a bot can start while answers fail."""
        if self._mode is Fault.STALLED_BEFORE_HEAD:
            await self._release.wait()
        elif self._mode is Fault.CUT_BEFORE_HEAD:
            return cut(request)
        if self._upstream is not None:
            return await self._upstream.pass_on(request, "/models", _open)
        return web.json_response({"object": "list", "data": [{"id": "playground", "object": "model"}]})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        fault, release = self._mode, self._release
        asked = _object(await request.read())
        messages = _messages(asked)
        if self._answer is not None and messages is None:
            return web.json_response({"error": {"message": "messages are missing", "code": None}}, status=400)
        text = self._answer(messages or ()) if self._answer is not None else "".join(WORDS)
        words = tuple(re.findall(r"\s*\S+\s*", text))
        if whole := response_to(fault, asked, words):
            return whole
        if self._upstream is not None and fault in PASSED_ON:
            if fault is Fault.STALLED_BEFORE_HEAD:
                await release.wait()
            return await self._upstream.pass_on(request, "/chat/completions", partial(self._gate, fault, release))
        gap = self._slow if fault is Fault.SLOW else self._pace
        few = min(FEW, max(1, len(words) // 2))
        send = Sender(words, gap, few, usage=_usage(messages or (), text), release=release)
        return await stream(request, fault, send, usage="stream_options" in asked)

    async def _gate(self, fault: Fault, release: asyncio.Event, number: int) -> bool:
        """Hold or break what a real server sends, as the fault has it."""
        if fault is Fault.SLOW:
            await asyncio.sleep(self._slow)
        if (fault, number) in ((Fault.STALLED_BEFORE, 0), (Fault.STALLED_BETWEEN, FEW)):
            await release.wait()
        return (fault, number) not in ((Fault.CUT_AT_ONCE, 0), (Fault.CUT, FEW))


@web.middleware
async def _no_pages(request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
    """Refuse what a web page sends: the model is the bot's alone, and may cost money."""
    if "Origin" in request.headers:
        raise web.HTTPForbidden
    return await handler(request)


async def _open(_number: int) -> bool:
    return True


def _object(body: bytes) -> dict[str, Any]:
    """The JSON object that was sent; an empty one for anything else."""
    try:
        sent: object = json.loads(body)
    except ValueError:
        return {}
    return cast("dict[str, Any]", sent) if isinstance(sent, dict) else {}


def _messages(asked: Mapping[str, Any]) -> list[Mapping[str, str]] | None:
    """The messages with their role and text; `None` where they are missing or of another form."""
    try:
        return [{"role": str(each["role"]), "content": str(each["content"])} for each in asked["messages"]]
    except (LookupError, TypeError):
        return None


def _usage(messages: Sequence[Mapping[str, str]], text: str) -> dict[str, int]:
    return {"prompt_tokens": sum(len(each["content"]) for each in messages) // 4, "completion_tokens": len(text) // 4}
