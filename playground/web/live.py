"""The WebSocket: a page's one connection, over which it is told of everything and asks for what people do.

A connection's tasks are its own: one that writes, which ends with it, and one for each act, which is done to its end though the
page has gone: a restart of the bot that was begun must not leave it stopped.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import WSMsgType, web

from playground.standin import CannotDo
from playground.web.feed import Feed, Reader, as_object, words
from playground.web.security import Gatekeeper

Json = dict[str, Any]

LONGEST: Final = 256 * 1024
"""Bytes of a message from the page: a prompt of 6,000 characters is far below."""
HELLO_SECONDS: Final = 10.0
HEARTBEAT_SECONDS: Final = 20.0
MOST_ACTS: Final = 64
"""Acts of one page that are under way at once."""
WRONG_TOKEN: Final = 4401
TOO_SLOW: Final = 4429
NO_ANSWER: Final = "The bot didn't answer. Is it running?"
OWN_FAULT: Final = "That went wrong in the playground itself; where it was started, it says how."

log = logging.getLogger(__name__)


class Live:
    """Serves `GET /live`. `snapshot` gives all there is; `do` does one act, and raises `CannotDo`."""

    def __init__(
        self,
        feed: Feed,
        gatekeeper: Gatekeeper,
        snapshot: Callable[[], Json],
        do: Callable[[Mapping[str, Any]], Awaitable[Json]],
    ) -> None:
        self._feed, self._gatekeeper, self._snapshot, self._do = feed, gatekeeper, snapshot, do
        self._sockets: set[web.WebSocketResponse] = set()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Take one connection."""
        self._gatekeeper.require_origin(request)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=LONGEST)
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            hello = await _hello(socket)
            if not self._gatekeeper.is_token(hello.get("token")):
                await socket.close(code=WRONG_TOKEN)
                return socket
            with self._feed.reader() as reader:
                self._begin(reader, hello.get("resume"))
                await self._run(socket, reader)
        finally:
            self._sockets.discard(socket)
        return socket

    async def close(self) -> None:
        """End every connection."""
        await asyncio.gather(*(socket.close() for socket in tuple(self._sockets)))

    def _begin(self, reader: Reader, resume: object) -> None:
        """Tell what was missed, or all there is: in one step, so that what happens next comes behind it."""
        asked = as_object(resume)
        missed = self._feed.since(asked.get("run"), asked.get("seq"))
        if missed is None:
            reader.put(words({"type": "snapshot", **self._snapshot()}))
            return
        reader.put(words({"type": "resumed"}))
        for text in missed:
            reader.put(text)

    async def _run(self, socket: web.WebSocketResponse, reader: Reader) -> None:
        """Write and read until either end is over, then wait for the acts that are under way."""
        async with asyncio.TaskGroup() as tasks:
            writing = [
                tasks.create_task(_write(socket, reader), name="page-writer"),
                tasks.create_task(_let_go(socket, reader), name="page-slow"),
            ]
            acts = asyncio.Semaphore(MOST_ACTS)
            async for received in socket:
                if received.type is not WSMsgType.TEXT:
                    break
                await acts.acquire()
                act = tasks.create_task(self._act(received.data, reader), name="page-act")
                act.add_done_callback(lambda _: acts.release())
            for task in writing:
                task.cancel()

    async def _act(self, text: str, reader: Reader) -> None:
        try:
            fields = as_object(json.loads(text))
        except (ValueError, RecursionError):  # no JSON, or nested without end
            return
        answer: Json = {"type": "answer", "n": fields.get("n")}
        try:
            answer |= {"ok": True, **await self._do(fields)}
        except CannotDo as error:
            answer |= {"ok": False, "error": sentence(str(error))}
        except TimeoutError:
            answer |= {"ok": False, "error": NO_ANSWER}
        except Exception:  # a fault in one act is told, and ends neither the connection nor the other acts
            log.exception("an act of the page failed")
            answer |= {"ok": False, "error": OWN_FAULT}
        reader.put(words(answer))


def sentence(text: str) -> str:
    """A refusal as a sentence."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


async def _hello(socket: web.WebSocketResponse) -> Json:
    """What a page says first; nothing where it says nothing proper in time."""
    try:
        return as_object(await socket.receive_json(timeout=HELLO_SECONDS))
    except (TimeoutError, TypeError, ValueError, RecursionError):
        return {}


async def _write(socket: web.WebSocketResponse, reader: Reader) -> None:
    try:
        while True:
            await socket.send_str(await reader.next())
    except ConnectionError:
        return  # the reading side ends too


async def _let_go(socket: web.WebSocketResponse, reader: Reader) -> None:
    await reader.lost.wait()
    await socket.close(code=TOO_SLOW)
