"""What the faulty model server says: each fault as a refusal or as a stream that goes wrong."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Any, Final

from aiohttp import web

WORDS: Final = ("Hello", " from", " the", " faulty", " model.")


class Fault(Enum):
    """What a request meets."""

    NONE = auto()
    BAD_KEY = auto()
    FORBIDDEN = auto()
    NO_SUCH_MODEL = auto()
    RATE_LIMITED = auto()
    RATE_LIMITED_DATE = auto()
    NO_CREDIT = auto()
    PAYMENT_REQUIRED = auto()
    SERVER_ERROR = auto()
    BAD_GATEWAY = auto()
    UNAVAILABLE = auto()
    OVERLOADED = auto()
    TOO_LONG = auto()
    TOO_LONG_LLAMA = auto()
    TOO_LONG_VLLM = auto()
    REFUSED = auto()
    REFUSED_IN_WORDS = auto()
    FILTERED = auto()
    ERROR_IN_STREAM = auto()
    CUT = auto()
    """The connection breaks after two words."""
    CUT_AT_ONCE = auto()
    NO_FINISH = auto()
    LENGTH = auto()
    STALLED_BEFORE = auto()
    STALLED_BETWEEN = auto()
    PINGING = auto()
    """Keep-alive comments and no word."""
    NOT_JSON = auto()
    NOT_AN_OBJECT = auto()
    HTML = auto()
    EMPTY = auto()
    REFUSES_STREAM_OPTIONS = auto()
    REFUSES_MAX_TOKENS = auto()
    THINKING = auto()
    CHOPPED = auto()
    """A proper answer, in CRLF lines cut at every third byte, with comments."""
    NO_DONE = auto()
    """A proper answer whose stream ends without `[DONE]`."""


class Sender:
    """Writes server-sent events."""

    def __init__(self, response: web.StreamResponse, *, chopped: bool) -> None:
        self._response = response
        self._chopped = chopped

    async def raw(self, text: str) -> None:
        """Write text as it is, or in bits of three bytes."""
        data = text.encode()
        if not self._chopped:
            await self._response.write(data)
            return
        for start in range(0, len(data), 3):
            await self._response.write(data[start : start + 3])

    async def event(self, body: object) -> None:
        """Write one event."""
        end = "\r\n" if self._chopped else "\n"
        comment = f": keep-alive{end}{end}" if self._chopped else ""
        await self.raw(f"{comment}data: {json.dumps(body)}{end}{end}")

    async def delta(self, **delta: str) -> None:
        """Write more of the answer."""
        await self.event({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})

    async def finish(self, reason: str) -> None:
        """Write why it ended."""
        nothing: dict[str, str] = {}
        await self.event({"choices": [{"index": 0, "delta": nothing, "finish_reason": reason}]})

    async def end(self, *, usage: bool, done: bool) -> None:
        """End the stream."""
        if usage:
            counted = {"prompt_tokens": 40, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 8}}
            await self.event({"choices": [], "usage": counted})
        if done:
            await self.raw("data: [DONE]\n\n")
        await self._response.write_eof()


async def _proper(send: Sender, _: asyncio.Event) -> None:
    for word in WORDS:
        await send.delta(content=word)
    await send.finish("stop")


async def _two_words(send: Sender, _: asyncio.Event) -> None:
    await send.delta(content=WORDS[0])
    await send.delta(content=WORDS[1])


async def _nothing(_send: Sender, _: asyncio.Event) -> None:
    return


async def _length(send: Sender, release: asyncio.Event) -> None:
    await _two_words(send, release)
    await send.finish("length")


async def _filtered(send: Sender, release: asyncio.Event) -> None:
    await _two_words(send, release)
    await send.finish("content_filter")


async def _refused_in_words(send: Sender, _: asyncio.Event) -> None:
    await send.delta(refusal="I'm sorry, ")
    await send.delta(refusal="I can't help with that.")
    await send.finish("stop")


async def _error_in_stream(send: Sender, _: asyncio.Event) -> None:
    await send.event({"error": {"message": "the engine fell over", "type": "server_error", "code": None}})


async def _stalled_before(_send: Sender, release: asyncio.Event) -> None:
    await release.wait()


async def _stalled_between(send: Sender, release: asyncio.Event) -> None:
    await _two_words(send, release)
    await release.wait()


async def _pinging(send: Sender, release: asyncio.Event) -> None:
    while not release.is_set():
        await send.raw(": ping\n\n")
        await asyncio.sleep(0.01)


async def _not_json(send: Sender, _: asyncio.Event) -> None:
    await send.raw("data: {oh no\n\n")


async def _not_an_object(send: Sender, _: asyncio.Event) -> None:
    await send.raw('data: ["a list"]\n\n')


async def _empty(send: Sender, _: asyncio.Event) -> None:
    await send.finish("stop")


async def _thinking(send: Sender, release: asyncio.Event) -> None:
    await send.delta(reasoning_content="let me see")
    await _proper(send, release)


Play = Callable[[Sender, asyncio.Event], Awaitable[None]]

_PLAYS: Final[dict[Fault, Play]] = {
    Fault.CUT: _two_words,
    Fault.CUT_AT_ONCE: _nothing,
    Fault.NO_FINISH: _two_words,
    Fault.LENGTH: _length,
    Fault.FILTERED: _filtered,
    Fault.REFUSED_IN_WORDS: _refused_in_words,
    Fault.ERROR_IN_STREAM: _error_in_stream,
    Fault.STALLED_BEFORE: _stalled_before,
    Fault.STALLED_BETWEEN: _stalled_between,
    Fault.PINGING: _pinging,
    Fault.NOT_JSON: _not_json,
    Fault.NOT_AN_OBJECT: _not_an_object,
    Fault.EMPTY: _empty,
    Fault.THINKING: _thinking,
}

_REFUSALS: Final[dict[Fault, tuple[int, str, str, dict[str, str]]]] = {
    Fault.BAD_KEY: (401, "Incorrect API key provided", "invalid_api_key", {}),
    Fault.FORBIDDEN: (403, "You are not allowed to do that", "", {}),
    Fault.NO_SUCH_MODEL: (404, "The model `test-model` does not exist", "model_not_found", {}),
    Fault.RATE_LIMITED: (429, "Rate limit reached", "rate_limit_exceeded", {"Retry-After": "7"}),
    Fault.RATE_LIMITED_DATE: (429, "Slow down", "", {"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}),
    Fault.NO_CREDIT: (429, "You exceeded your current quota", "insufficient_quota", {}),
    Fault.PAYMENT_REQUIRED: (402, "Insufficient credits", "", {}),
    Fault.SERVER_ERROR: (500, "Internal error", "", {}),
    Fault.BAD_GATEWAY: (502, "Bad gateway", "", {}),
    Fault.UNAVAILABLE: (503, "Unavailable", "", {"Retry-After": "2"}),
    Fault.OVERLOADED: (529, "Overloaded", "overloaded_error", {}),
    Fault.TOO_LONG: (400, "Too many tokens here", "context_length_exceeded", {}),
    Fault.TOO_LONG_LLAMA: (400, "the request exceeds the available context size", "", {}),
    Fault.TOO_LONG_VLLM: (400, "This model's maximum context length is 4096 tokens", "", {}),
    Fault.REFUSED: (400, "Your request was rejected by our safety system", "content_policy_violation", {}),
}


def play_of(fault: Fault) -> Play:
    """What is streamed for a fault; a proper answer for most."""
    return _PLAYS.get(fault, _proper)


def refusal_of(fault: Fault, body: dict[str, Any]) -> web.Response | None:
    """The response that refuses a request with this body, for faults that do."""
    if fault is Fault.HTML:
        return web.Response(text="<html><body>It works!</body></html>", content_type="text/html")
    if fault is Fault.REFUSES_STREAM_OPTIONS and "stream_options" in body:
        return _error(400, "Unrecognized request argument supplied: stream_options", "", {})
    if fault is Fault.REFUSES_MAX_TOKENS and "max_tokens" in body:
        text = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        return _error(400, text, "unsupported_parameter", {})
    return _error(*_REFUSALS[fault]) if fault in _REFUSALS else None


def _error(status: int, message: str, code: str, headers: dict[str, str]) -> web.Response:
    body = {"error": {"message": message, "type": "error", "code": code or None}}
    return web.json_response(body, status=status, headers=headers)
