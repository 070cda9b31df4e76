"""From the bytes of a chat-completions stream to events.

The `data:` lines of the server-sent events are read here rather than by the client library, whose objects cost four times
the work a delta (DESIGN's measurement). The format is WHATWG's "Server-sent events": lines end in LF or CRLF, a blank line ends
an event, lines that begin with a colon are comments (keep-alives), several data lines are joined.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from agent.errors import CutOff, Malformed, ModelError, Overloaded
from agent.model import Finish, FinishReason, ModelEvent, Text, Thinking, Tokens
from agent.openai_errors import from_stream, refused

DONE: Final = b"[DONE]"
BOM: Final = b"\xef\xbb\xbf"
REASONS: Final = {
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.REFUSED,
    "safety": FinishReason.REFUSED,
    "refusal": FinishReason.REFUSED,
}
BROKEN: Final = {"error": CutOff, "abort": CutOff, "insufficient_system_resource": Overloaded}
"""Reasons by which OpenRouter, vLLM and DeepSeek tell that the answer is not whole."""
LONGEST_EVENT: Final = 8 * 1024 * 1024


class Completion:
    """Reads one streamed completion."""

    def __init__(self) -> None:
        self.has_finished = False
        """Whether the model said why it stopped: the answer is whole, whatever becomes of the connection."""
        self._refusal: list[str] = []
        self._half = ""
        self._is_done = False

    async def events(self, chunks: AsyncIterable[bytes]) -> AsyncGenerator[ModelEvent, None]:
        """The events of a stream's bytes, text that came together as one. Raises `Malformed`, `Refused`, or the error that the
        stream tells.
        """
        data = EventData()
        async for chunk in chunks:
            for event in joined(self._until_done(data.feed(chunk))):
                yield event
            if self._is_done:
                break
        else:
            for event in joined(self._until_done(data.end())):
                yield event
        self.end()

    def end(self) -> None:
        """Raises `Refused` where the model declined in words of its own. To be called at the end, since what that took is told
        after its words.
        """
        if self._refusal:
            raise refused("".join(self._refusal))

    def _until_done(self, every: Iterable[bytes]) -> Iterator[ModelEvent]:
        for data in every:
            if data == DONE:
                self._is_done = True
                return
            yield from self.read(data)

    def read(self, data: bytes) -> Iterator[ModelEvent]:
        """The events of one JSON object: a chunk of a stream, or the whole answer of a server that does not stream."""
        chunk = _object(data)
        if error := chunk.get("error") or (chunk if chunk.get("object") == "error" else None):
            raise from_stream(error)
        choices = chunk.get("choices")
        for choice in cast("list[Any]", choices)[:1] if isinstance(choices, list) else ():
            if isinstance(choice, Mapping):
                yield from self._choice(cast("Mapping[str, Any]", choice))
        usage = chunk.get("usage")
        if isinstance(usage, Mapping):
            yield _tokens(cast("Mapping[str, Any]", usage))

    def _choice(self, choice: Mapping[str, Any]) -> Iterator[ModelEvent]:
        said = choice.get("delta") or choice.get("message")
        if isinstance(said, Mapping):
            yield from self._delta(cast("Mapping[str, Any]", said))
        if (reason := choice.get("finish_reason")) and not self.has_finished:
            yield self._finish(str(reason).casefold())

    def _delta(self, delta: Mapping[str, Any]) -> Iterator[ModelEvent]:
        if thought := _words(delta.get("reasoning_content") or delta.get("reasoning")):
            yield Thinking(thought)
        if (content := delta.get("content")) and (text := self._mended(_words(content))):
            yield Text(text)
        elif content:
            yield Thinking("")
        if refusal := delta.get("refusal"):
            self._refusal.append(str(refusal))

    def _finish(self, reason: str) -> Finish:
        if reason in BROKEN:
            raise BROKEN[reason](f"finish_reason {reason}")
        self.has_finished = True
        return Finish(FinishReason.REFUSED if self._refusal else REASONS.get(reason, FinishReason.STOP))

    def _mended(self, text: str) -> str:
        """The text without lone surrogates, which cannot be stored: some servers cut an emoji's two halves apart."""
        text, self._half = self._half + text, ""
        if text.isascii():
            return text
        if "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class EventData:
    """The data of each server-sent event, however the bytes were cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The data of the events that end in these bytes. Raises `Malformed` for an endless one."""
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        for line in whole:
            if (value := _value(line)) is not None:
                self._lines.append(value)
                self._size += len(value)
            elif self._lines and line in (b"", b"\r"):
                yield b"\n".join(self._lines)
                self._lines.clear()
                self._size = 0
        if self._size + len(self._rest) > LONGEST_EVENT:
            raise Malformed("an event without an end")

    def end(self) -> Iterator[bytes]:
        """The data of an event that the stream's end cut short."""
        if (value := _value(self._rest)) is not None:
            self._lines.append(value)
        if self._lines:
            yield b"\n".join(self._lines)


def joined(events: Iterable[ModelEvent]) -> Iterator[ModelEvent]:
    """The same events, with texts that follow each other as one, and thoughts too; what came before an error comes first."""
    held: ModelEvent | None = None
    try:
        for event in events:
            if isinstance(event, Text) and isinstance(held, Text):
                held = Text(held.text + event.text)
            elif isinstance(event, Thinking) and isinstance(held, Thinking):
                held = Thinking(held.text + event.text)
            else:
                if held is not None:
                    yield held
                held = event
    except ModelError:
        if held is not None:
            yield held
        raise
    if held is not None:
        yield held


def _value(line: bytes) -> bytes | None:
    """What a data line holds; `None` for any other line. (llama.cpp told errors in a field of their own.)"""
    line = line.removesuffix(b"\r").removeprefix(BOM)
    if line.startswith(b"data:"):
        return line[5:].removeprefix(b" ")
    if line.startswith(b"error:"):
        return b'{"error":' + line[6:] + b"}"
    return None


def _object(data: bytes) -> Mapping[str, Any]:
    try:
        chunk = json.loads(data)
    except (ValueError, RecursionError):
        raise Malformed("data that is no JSON") from None
    if not isinstance(chunk, Mapping):
        raise Malformed("data that is no object")
    return cast("Mapping[str, Any]", chunk)


def _words(content: object) -> str:
    """Content is text, or (Mistral) a list of parts, of which those that are text count."""
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        return ""
    parts = [cast("Mapping[str, Any]", part) for part in cast("Sequence[object]", content) if isinstance(part, Mapping)]
    return "".join(str(part["text"]) for part in parts if isinstance(part.get("text"), str))


def _tokens(usage: Mapping[str, Any]) -> Tokens:
    details = usage.get("prompt_tokens_details")
    cached = cast("Mapping[str, Any]", details).get("cached_tokens") if isinstance(details, Mapping) else 0
    return Tokens(
        input=_count(usage.get("prompt_tokens")), output=_count(usage.get("completion_tokens")), cached=_count(cached)
    )


def _count(number: object) -> int:
    return number if isinstance(number, int) and number > 0 else 0
