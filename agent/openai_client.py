"""`OpenAIClient`: a `ModelClient` over any server that speaks OpenAI's chat completions.

The openai library makes the request over its aiohttp transport; retries and clocks are ours, so that people are told. Servers
differ in three things, found out for each of their models at the first refusal and remembered: whether they take
`stream_options`, whether the model can be told how much to think, and how they call the limit of an answer's length.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx2
import openai
from openai import AsyncOpenAI, DefaultAioHttpClient

from agent.errors import AgentError, CutOff, Malformed
from agent.model import Message, ModelEvent, ModelRequest
from agent.openai_errors import opening, reading, refuses
from agent.openai_stream import Completion

OPENAI: Final = "https://api.openai.com/v1"
PLACEHOLDER_KEY: Final = "no-key"
"""Servers without keys ignore it; the library insists on one."""

CONNECT_SECONDS: Final = 20.0
LIST_SECONDS: Final = 30.0
"""How long the list of models may take; answers have clocks of their own."""
DRAIN_SECONDS: Final = 0.2
"""How long an answer that is whole is given to end its response, so that the connection can be used again."""
OFFERED: Final = 10
"""Models named at most when none was chosen."""

EFFORT: Final = "reasoning_effort"

Response = openai.AsyncAPIResponse[Any]


class NoModelChosen(AgentError):
    """The endpoint offers none or several models, and the settings name none; `offered` has up to ten."""

    def __init__(self, offered: Sequence[str]) -> None:
        self.offered = tuple(offered[:OFFERED])
        names = ", ".join(self.offered)
        super().__init__(
            f"OPENAI_MODEL is not set and the endpoint offers several models: {names}. For example: OPENAI_MODEL={offered[0]}"
            if offered
            else "OPENAI_MODEL is not set and the endpoint names no model. For example: OPENAI_MODEL=gpt-5-mini"
        )


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server is known to take for a model. It only ever shrinks, so that answers asked for at once agree on it."""

    stream_options: bool
    effort: bool
    length_names: tuple[str, ...]
    """How the limit of an answer's length may be called; the first is used, and without any no limit is sent."""

    def options(self, request: ModelRequest) -> Mapping[str, Any]:
        """The options of a request that not every server takes."""
        options: dict[str, Any] = {"stream_options": {"include_usage": True}} if self.stream_options else {}
        if request.max_output_tokens is not None:
            options.update(dict.fromkeys(self.length_names[:1], request.max_output_tokens))
        if request.effort is not None and self.effort:
            options[EFFORT] = request.effort
        return options

    def without(self, option: str) -> "Dialect":
        """The dialect of a server that refused this option."""
        if option == "stream_options":
            return replace(self, stream_options=False)
        if option == EFFORT:
            return replace(self, effort=False)
        return replace(self, length_names=tuple(name for name in self.length_names if name != option))


class OpenAIClient:
    """One endpoint, and the model that is asked there where a request names no other.

    `via` is where requests go instead, on their way to that endpoint: the playground's model stand. What people are told,
    and how the server is spoken to, stays that of the endpoint.
    """

    label: str | None = None

    def __init__(self, model: str, *, api_key: str | None = None, base_url: str | None = None, via: str | None = None) -> None:
        address = base_url or OPENAI
        self.name = model
        self.host = urlsplit(address).hostname or address
        # OpenAI's newer models refuse `max_tokens`; other servers may know nothing else.
        is_openai = self.host == urlsplit(OPENAI).hostname
        names = ("max_completion_tokens", "max_tokens") if is_openai else ("max_tokens", "max_completion_tokens")
        self._first = Dialect(stream_options=True, effort=True, length_names=names)
        self._dialects: dict[str, Dialect] = {}
        # No limit between bytes: the clocks are in `deadlines.py`, and a server's keep-alives would reset this one.
        timeout = httpx2.Timeout(None, connect=CONNECT_SECONDS)
        self._client = AsyncOpenAI(
            api_key=api_key or PLACEHOLDER_KEY,
            base_url=via or address,
            max_retries=0,
            timeout=timeout,
            # The environment's proxy knows no way back to this machine.
            http_client=DefaultAioHttpClient(timeout=timeout, trust_env=via is None),
        )

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        """See `ModelClient.stream`. The request is sent by the first `anext`, so that whoever times events times it too."""
        async with aclosing(self._events(request)) as events:
            yield events

    async def list_models(self) -> list[str]:
        """See `ModelClient.list_models`."""
        with opening():
            async with asyncio.timeout(LIST_SECONDS):
                response = await self._client.models.with_raw_response.list()
        return _names(response.text)

    async def close(self) -> None:
        """See `ModelClient.close`."""
        await self._client.close()

    async def _events(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        manager, response = await self._open(request)
        completion = Completion()
        try:
            async with aclosing(_read(response, completion)) as events:
                async for event in events:
                    yield event
        except CutOff:
            if not completion.has_finished:
                raise
        finally:
            await manager.__aexit__(None, None, None)

    async def _open(self, request: ModelRequest) -> tuple[AbstractAsyncContextManager[Response], Response]:
        """The open response, asked for again without what the server refused. Whoever calls it closes the manager."""
        model = request.model or self.name
        while True:
            dialect = self._dialects.get(model, self._first)
            options = dialect.options(request)
            manager = cast(
                "AbstractAsyncContextManager[Response]",
                self._client.chat.completions.with_streaming_response.create(**_arguments(model, request), **options),
            )
            with opening():
                try:
                    return manager, await manager.__aenter__()
                except openai.APIStatusError as error:
                    refused = [option for option in options if refuses(error, option)]
                    if not refused:
                        raise
            self._dialects[model] = self._dialects.get(model, dialect).without(refused[0])


def _arguments(model: str, request: ModelRequest) -> dict[str, Any]:
    messages = [{"role": message.role, "content": _content(message)} for message in request.messages]
    return {"model": model, "messages": messages, "stream": True}


def _content(message: Message) -> str | list[dict[str, Any]]:
    """The words alone, as every server takes them; in parts only where there are pictures."""
    if not message.pictures:
        return message.content
    shown = [{"type": "image_url", "image_url": {"url": picture.url}} for picture in message.pictures]
    return [{"type": "text", "text": message.content}, *shown]


async def _read(response: Response, completion: Completion) -> AsyncGenerator[ModelEvent, None]:
    kind = response.headers.get("content-type", "").casefold()
    with reading():
        if kind.startswith("application/json"):
            # A server that does not stream, or tells its error with a 200.
            for event in completion.read(await response.read()):
                yield event
            completion.end()
            return
        if not kind.startswith("text/event-stream"):
            raise Malformed(f"content type {kind[:40]!r}")
        chunks = response.iter_bytes()
        async with aclosing(completion.events(chunks)) as events:
            async for event in events:
                yield event
        await _drain(chunks)


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in chunks:
                pass
    except TimeoutError:
        pass  # closing the response closes the connection


def _names(text: str) -> list[str]:
    """The ids in a list of models. Raises `Malformed`."""
    try:
        return [str(model["id"]) for model in json.loads(text)["data"] or ()]
    except (ValueError, LookupError, TypeError):
        raise Malformed("a list of models that is none") from None


async def connect(*, model: str | None, api_key: str | None, base_url: str | None, via: str | None = None) -> OpenAIClient:
    """A client for the model, or for the endpoint's only one where none is named.

    Raises `NoModelChosen`, and `ModelError` where the endpoint cannot be asked.
    """
    if model is not None:
        return OpenAIClient(model, api_key=api_key, base_url=base_url, via=via)
    asking = OpenAIClient("", api_key=api_key, base_url=base_url, via=via)
    try:
        offered = await asking.list_models()
    finally:
        await asking.close()
    if len(offered) != 1:
        raise NoModelChosen(offered)
    return OpenAIClient(offered[0], api_key=api_key, base_url=base_url, via=via)
