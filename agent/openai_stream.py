"""From the bytes of a chat-completions stream to events.

The `data:` lines of the server-sent events are read here rather than by the client library, whose objects cost four times
the work a delta (DESIGN's measurement). The format is WHATWG's "Server-sent events": lines end in LF or CRLF, a blank line ends
an event, lines that begin with a colon are comments (keep-alives), several data lines are joined.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterable, Iterator, Mapping
from contextlib import aclosing
from typing import Any, Final, cast

from agent.errors import Malformed, Refused
from agent.model import Finish, FinishReason, ModelEvent, Text, Thinking, Tokens
from agent.openai_errors import from_stream

DONE: Final = b"[DONE]"
REASONS: Final = {
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.REFUSED,
}
LONGEST_EVENT: Final = 8 * 1024 * 1024


class Completion:
    """Reads one streamed completion."""

    def __init__(self) -> None:
        self._refusal: list[str] = []
        self._reason: FinishReason | None = None
        self._has_text = False

    async def events(self, chunks: AsyncIterable[bytes]) -> AsyncGenerator[ModelEvent, None]:
        """The events of a stream's bytes. Raises `Malformed`, `Refused`, or the error that the stream tells."""
        async with aclosing(data_of(chunks)) as every:
            async for data in every:
                if data == DONE:
                    break
                for event in self._read(data):
                    yield event
        if self._refusal and not self._has_text:
            raise Refused("refusal", words="".join(self._refusal).strip())
        if self._reason is not None:
            yield Finish(self._reason)

    def _read(self, data: bytes) -> Iterator[ModelEvent]:
        chunk = _object(data)
        if chunk.get("error"):
            raise from_stream(chunk["error"])
        for choice in cast("list[Any]", chunk.get("choices") or [])[:1]:
            yield from self._choice(cast("Mapping[str, Any]", choice))
        usage = chunk.get("usage")
        if isinstance(usage, Mapping):
            yield _tokens(cast("Mapping[str, Any]", usage))

    def _choice(self, choice: Mapping[str, Any]) -> Iterator[ModelEvent]:
        delta = cast("Mapping[str, Any]", choice.get("delta") or {})
        if text := delta.get("content"):
            self._has_text = True
            yield Text(str(text))
        if thought := delta.get("reasoning_content") or delta.get("reasoning"):
            yield Thinking(str(thought))
        if refusal := delta.get("refusal"):
            self._refusal.append(str(refusal))
        if reason := choice.get("finish_reason"):
            self._reason = REASONS.get(str(reason), FinishReason.STOP)


async def data_of(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """The data of each server-sent event, however the bytes were cut. Raises `Malformed` for an endless one."""
    rest = b""
    lines: list[bytes] = []
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_EVENT:
            raise Malformed("an event without an end")
        for raw in whole:
            line = raw.removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf")
            if line.startswith(b"data:"):
                lines.append(line[5:].removeprefix(b" "))
            elif not line and lines:
                yield b"\n".join(lines)
                lines.clear()
    if rest.startswith(b"data:"):
        lines.append(rest[5:].strip())
    if lines:
        yield b"\n".join(lines)


def _object(data: bytes) -> Mapping[str, Any]:
    try:
        chunk = json.loads(data)
    except ValueError:
        raise Malformed("data that is no JSON") from None
    if not isinstance(chunk, Mapping):
        raise Malformed("data that is no object")
    return cast("Mapping[str, Any]", chunk)


def _tokens(usage: Mapping[str, Any]) -> Tokens:
    details = usage.get("prompt_tokens_details")
    cached = cast("Mapping[str, Any]", details).get("cached_tokens") if isinstance(details, Mapping) else 0
    return Tokens(
        input=int(usage.get("prompt_tokens") or 0),
        output=int(usage.get("completion_tokens") or 0),
        cached=int(cached or 0),
    )
