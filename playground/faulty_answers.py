"""The faults that the playground's model servers can have, and what those that are streams put on the wire."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

from aiohttp import web

WORDS: Final = ("Hello", " from", " the", " faulty", " model.")
SLOW_SECONDS: Final = 0.05
USAGE: Final[Mapping[str, Any]] = {"prompt_tokens": 40, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 8}}


class Fault(Enum):
    """What a request meets."""

    NONE = auto()
    BAD_KEY = auto()
    FORBIDDEN = auto()
    NO_SUCH_MODEL = auto()
    NO_ACCESS_TO_MODEL = auto()
    RATE_LIMITED = auto()
    RATE_LIMITED_DATE = auto()
    RATE_LIMITED_TOKENS = auto()
    """A rate limit in words that also fit a context or an account that is too small."""
    NO_CREDIT = auto()
    PAYMENT_REQUIRED = auto()
    SERVER_ERROR = auto()
    BAD_GATEWAY = auto()
    """A proxy's HTML page."""
    UNAVAILABLE = auto()
    OVERLOADED = auto()
    TOO_LONG = auto()
    TOO_LONG_LLAMA = auto()
    TOO_LONG_VLLM = auto()
    TOO_LONG_OLLAMA = auto()
    TOO_LARGE = auto()
    REFUSED = auto()
    REFUSED_IN_WORDS = auto()
    REFUSED_AFTER_TEXT = auto()
    FILTERED = auto()
    ERROR_IN_STREAM = auto()
    ERROR_AFTER_TEXT = auto()
    CUT = auto()
    """The connection breaks after the first few words."""
    CUT_AT_ONCE = auto()
    CUT_BEFORE_HEAD = auto()
    CUT_AFTER_END = auto()
    """The connection breaks after the finish reason."""
    NO_FINISH = auto()
    LENGTH = auto()
    STALLED_BEFORE_HEAD = auto()
    """Not even a status comes. What stalls before or between the words is a proper answer once it is released."""
    STALLED_BEFORE = auto()
    STALLED_BETWEEN = auto()
    STALLED_AFTER_END = auto()
    """Nothing comes after the finish reason, and the connection stays open."""
    PINGING = auto()
    """Keep-alive comments and no word."""
    SLOW = auto()
    """A proper answer, each word after `SLOW_SECONDS`."""
    NOT_JSON = auto()
    NOT_AN_OBJECT = auto()
    HTML = auto()
    ERROR_WITH_200 = auto()
    WHOLE = auto()
    """A proper answer in one JSON object: the server does not stream."""
    EMPTY = auto()
    REFUSES_STREAM_OPTIONS = auto()
    REFUSES_MAX_TOKENS = auto()
    REFUSES_ANY_LIMIT = auto()
    REFUSES_EFFORT = auto()
    THINKING = auto()
    CHOPPED = auto()
    """A proper answer, in CRLF lines cut at every third byte, with comments."""
    LATE_CLOSE = auto()
    """A proper answer whose response ends a while after `[DONE]`."""
    NO_DONE = auto()
    """A proper answer whose stream ends without `[DONE]`."""


def _event_stream() -> web.StreamResponse:
    return web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})


@dataclass(slots=True)
class Sender:
    """Writes server-sent events, and what plays need to know."""

    words: tuple[str, ...] = WORDS
    gap: float = 0.0
    """Seconds before each word."""
    few: int = 2
    """How many words come before what breaks an answer in the middle."""
    usage: Mapping[str, Any] = field(default_factory=lambda: USAGE)
    last_gap: float = 0.0
    """Seconds between `[DONE]` and the end of the response."""
    chopped: bool = False
    release: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to let stalled answers go on."""
    response: web.StreamResponse = field(default_factory=_event_stream)
    """Has to be prepared before anything is written."""

    async def raw(self, text: str) -> None:
        """Write as it is; with `chopped` in pieces of three bytes."""
        data = text.encode()
        size = 3 if self.chopped else len(data)
        for start in range(0, len(data), size):
            await self.response.write(data[start : start + size])

    async def event(self, body: object) -> None:
        """One server-sent event."""
        end = "\r\n" if self.chopped else "\n"
        comment = f": keep-alive{end}{end}" if self.chopped else ""
        await self.raw(f"{comment}data: {json.dumps(body)}{end}{end}")

    async def delta(self, **delta: str) -> None:
        """A chunk with this delta."""
        await self.event({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})

    async def text(self, words: tuple[str, ...]) -> None:
        """A delta for each word, at the pace that was set."""
        for word in words:
            if self.gap:
                await asyncio.sleep(self.gap)
            await self.delta(content=word)

    async def finish(self, reason: str) -> None:
        """The chunk that tells why it ends."""
        nothing: dict[str, str] = {}
        await self.event({"choices": [{"index": 0, "delta": nothing, "finish_reason": reason}]})

    async def end(self, *, usage: bool, done: bool) -> None:
        """The usage, `[DONE]`, and the end of the response."""
        if usage:
            await self.event({"choices": [], "usage": self.usage})
        if done:
            await self.raw("data: [DONE]\n\n")
        if self.last_gap:
            await asyncio.sleep(self.last_gap)
        await self.response.write_eof()


Play = Callable[[Sender], Awaitable[None]]


def play_of(fault: Fault) -> Play:
    """What the stream holds before its usage and end."""
    return _PLAYS.get(fault, _proper)


async def _proper(send: Sender) -> None:
    await send.text(send.words)
    await send.finish("stop")


async def _few_words(send: Sender) -> None:
    await send.text(send.words[: send.few])


async def _nothing(_: Sender) -> None:
    return


async def _length(send: Sender) -> None:
    await _few_words(send)
    await send.finish("length")


async def _filtered(send: Sender) -> None:
    await _few_words(send)
    await send.finish("content_filter")


async def _refused_in_words(send: Sender) -> None:
    await send.delta(refusal="I'm sorry, ")
    await send.delta(refusal="I can't help with that.")
    await send.finish("stop")


async def _refused_after_text(send: Sender) -> None:
    await _few_words(send)
    await _refused_in_words(send)


async def _error_in_stream(send: Sender) -> None:
    await send.event({"error": {"message": "the engine fell over", "type": "server_error", "code": None}})


async def _error_after_text(send: Sender) -> None:
    await _few_words(send)
    await _error_in_stream(send)


async def _stalled_before(send: Sender) -> None:
    await send.release.wait()
    await _proper(send)


async def _stalled_between(send: Sender) -> None:
    await _few_words(send)
    await send.release.wait()
    await send.text(send.words[send.few :])
    await send.finish("stop")


async def _stalled_after_end(send: Sender) -> None:
    await _proper(send)
    await send.release.wait()


async def _pinging(send: Sender) -> None:
    while not send.release.is_set():
        await send.raw(": ping\n\n")
        await asyncio.sleep(0.01)
    await _proper(send)


async def _slow(send: Sender) -> None:
    send.gap = send.gap or SLOW_SECONDS
    await _proper(send)


async def _late_close(send: Sender) -> None:
    send.last_gap = SLOW_SECONDS
    await _proper(send)


async def _not_json(send: Sender) -> None:
    await send.raw("data: {oh no\n\n")


async def _not_an_object(send: Sender) -> None:
    await send.raw('data: ["a list"]\n\n')


async def _empty(send: Sender) -> None:
    await send.finish("stop")


async def _thinking(send: Sender) -> None:
    await send.delta(reasoning_content="let me see")
    await _proper(send)


_PLAYS: Final[dict[Fault, Play]] = {
    Fault.CUT: _few_words,
    Fault.CUT_AT_ONCE: _nothing,
    Fault.NO_FINISH: _few_words,
    Fault.LENGTH: _length,
    Fault.FILTERED: _filtered,
    Fault.REFUSED_IN_WORDS: _refused_in_words,
    Fault.REFUSED_AFTER_TEXT: _refused_after_text,
    Fault.ERROR_IN_STREAM: _error_in_stream,
    Fault.ERROR_AFTER_TEXT: _error_after_text,
    Fault.STALLED_BEFORE: _stalled_before,
    Fault.STALLED_BETWEEN: _stalled_between,
    Fault.STALLED_AFTER_END: _stalled_after_end,
    Fault.PINGING: _pinging,
    Fault.SLOW: _slow,
    Fault.LATE_CLOSE: _late_close,
    Fault.NOT_JSON: _not_json,
    Fault.NOT_AN_OBJECT: _not_an_object,
    Fault.EMPTY: _empty,
    Fault.THINKING: _thinking,
}
