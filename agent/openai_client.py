"""`OpenAIClient`: a `ModelClient` over any server that speaks OpenAI's chat completions.

The openai library makes the request over its aiohttp transport; retries and clocks are ours, so that people are told. Servers
differ in two things, found out at the first refusal and remembered: whether they take `stream_options`, and how they call the
limit of an answer's length.
"""

import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx2
import openai
from openai import AsyncOpenAI, DefaultAioHttpClient

from agent.errors import AgentError, Malformed
from agent.model import ModelEvent, ModelRequest
from agent.openai_errors import opening, reading, said
from agent.openai_stream import Completion

OPENAI: Final = "https://api.openai.com/v1"
PLACEHOLDER_KEY: Final = "no-key"
"""Servers without keys ignore it; the library insists on one."""

CONNECT_SECONDS: Final = 20.0
OFFERED: Final = 10
"""Models named at most when none was chosen."""


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


class OpenAIClient:
    """One model at one endpoint."""

    label = None

    def __init__(self, model: str, *, api_key: str | None = None, base_url: str | None = None) -> None:
        address = base_url or OPENAI
        self.name = model
        self.host = urlsplit(address).hostname or address
        self._takes_stream_options = True
        self._length_name = "max_completion_tokens" if address == OPENAI else "max_tokens"
        # No limit between bytes: the clocks are in `deadlines.py`, and a server's keep-alives would reset this one.
        timeout = httpx2.Timeout(None, connect=CONNECT_SECONDS)
        self._client = AsyncOpenAI(
            api_key=api_key or PLACEHOLDER_KEY,
            base_url=address,
            max_retries=0,
            timeout=timeout,
            http_client=DefaultAioHttpClient(timeout=timeout),
        )

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        """See `ModelClient.stream`."""
        async with self._response(request) as response:
            kind = response.headers.get("content-type", "")
            if not kind.startswith("text/event-stream"):
                raise Malformed(f"content type {kind[:40]!r}")
            async with aclosing(self._events(response)) as events:
                yield events

    async def list_models(self) -> list[str]:
        """The names of the models that the endpoint offers. Raises `ModelError`."""
        with opening():
            return [model.id async for model in await self._client.models.list()]

    async def close(self) -> None:
        """See `ModelClient.close`."""
        await self._client.close()

    @asynccontextmanager
    async def _response(self, request: ModelRequest) -> AsyncGenerator[openai.AsyncAPIResponse[Any], None]:
        """The open response, asked for again where the server refused an option that it need not have."""
        for attempt in itertools.count():
            manager = cast(
                "AbstractAsyncContextManager[openai.AsyncAPIResponse[Any]]",
                self._client.chat.completions.with_streaming_response.create(**self._arguments(request)),
            )
            with opening():
                try:
                    response = await manager.__aenter__()
                except openai.APIStatusError as error:
                    if attempt < 2 and self._adapt(error):
                        continue
                    raise
            try:
                yield response
            finally:
                await manager.__aexit__(None, None, None)
            return

    def _arguments(self, request: ModelRequest) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "stream": True,
        }
        if self._takes_stream_options:
            arguments["stream_options"] = {"include_usage": True}
        if request.max_output_tokens is not None:
            arguments[self._length_name] = request.max_output_tokens
        return arguments

    def _adapt(self, error: openai.APIStatusError) -> bool:
        """Leave out, or call otherwise, what the server refused; returns whether there was something to change."""
        words = said(error.body) or error.message
        if error.status_code not in (400, 422):
            return False
        if self._takes_stream_options and ("stream_options" in words or "include_usage" in words):
            self._takes_stream_options = False
            return True
        if self._length_name in words:
            self._length_name = "max_tokens" if self._length_name == "max_completion_tokens" else "max_completion_tokens"
            return True
        return False

    @staticmethod
    async def _events(response: openai.AsyncAPIResponse[Any]) -> AsyncGenerator[ModelEvent, None]:
        with reading():
            async with aclosing(Completion().events(response.iter_bytes())) as events:
                async for event in events:
                    yield event


async def connect(*, model: str | None, api_key: str | None, base_url: str | None) -> OpenAIClient:
    """A client for the model, or for the endpoint's only one where none is named.

    Raises `NoModelChosen`, and `ModelError` where the endpoint cannot be asked.
    """
    if model is not None:
        return OpenAIClient(model, api_key=api_key, base_url=base_url)
    asking = OpenAIClient("", api_key=api_key, base_url=base_url)
    try:
        offered = await asking.list_models()
    finally:
        await asking.close()
    if len(offered) != 1:
        raise NoModelChosen(offered)
    return OpenAIClient(offered[0], api_key=api_key, base_url=base_url)
