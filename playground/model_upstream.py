"""The real model server behind the playground's model stand: requests go on to it and its answers come back, byte by byte.

The client is the one that the bot itself uses, so that certificates and proxies are taken as without the playground.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final

import httpx2
from aiohttp import web
from multidict import CIMultiDict
from openai import DefaultAioHttpClient

from playground.faulty_streams import cut

CONNECT_SECONDS: Final = 20.0
OF_ONE_CONNECTION: Final = {
    *("connection", "content-length", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"),
    *("te", "trailer", "transfer-encoding", "upgrade"),
}
"""Headers that each connection has of its own."""
NOT_PASSED_ON: Final = OF_ONE_CONNECTION | {"host", "accept-encoding"}
END_OF_EVENT: Final = re.compile(rb"(?<=\n\n)|(?<=\r\n\r\n)")

Gate = Callable[[int], Awaitable[bool]]
"""Asked before each piece of an answer, with its number from 0; `False` breaks the connection there."""


class Upstream:
    """A model server at `base_url`, such as `https://api.openai.com/v1`."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._client = DefaultAioHttpClient(timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS))

    async def pass_on(self, request: web.Request, path: str, gate: Gate) -> web.StreamResponse:
        """Ask for `path` as the client did, and answer as the server does; a server out of reach is a broken connection.

        A client that leaves cancels this, and with it what the server was asked.
        """
        # Compressed, an answer could not be told apart into its words.
        headers = [*_kept(request.headers.items(), NOT_PASSED_ON), ("Accept-Encoding", "identity")]
        query = request.rel_url.raw_query_string
        url = f"{self._base_url}{path}?{query}" if query else self._base_url + path
        asked = self._client.build_request(request.method, url, headers=headers, content=await request.read() or None)
        try:
            answer = await self._client.send(asked, stream=True)
        except (httpx2.HTTPError, OSError):
            return cut(request)
        try:
            return await _hand_back(request, answer, gate)
        finally:
            await answer.aclose()

    async def close(self) -> None:
        """Let go of connections; twice is the same as once."""
        await self._client.aclose()


async def _hand_back(request: web.Request, answer: httpx2.Response, gate: Gate) -> web.StreamResponse:
    headers = CIMultiDict(_kept(answer.headers.multi_items(), OF_ONE_CONNECTION))
    response = web.StreamResponse(status=answer.status_code, headers=headers)
    await response.prepare(request)
    number = 0
    try:
        async for piece in _pieces(answer):
            if not await gate(number):
                return cut(request)
            await response.write(piece)
            number += 1
    except httpx2.HTTPError:
        return cut(request)
    await response.write_eof()
    return response


async def _pieces(answer: httpx2.Response) -> AsyncIterator[bytes]:
    """The bytes as they come, apart at the ends of events."""
    async for chunk in answer.aiter_raw():
        for piece in END_OF_EVENT.split(chunk):
            if piece:
                yield piece


def _kept(headers: Iterable[tuple[str, str]], dropped: set[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.casefold() not in dropped]
