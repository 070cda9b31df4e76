"""One bot's WebSocket and its session: numbering, keeping, compressing, and the order of what is sent.

Who may do what on it is decided in `gateway.py`. Opcodes and close codes:
https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
"""

import asyncio
import contextlib
import json
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, cast

from aiohttp import WSCloseCode, WSMsgType, web

from playground.standin.dispatches import Dispatch
from playground.standin.things import Application

Json = dict[str, Any]
_SYNC_FLUSH: Final = zlib.Z_SYNC_FLUSH
_KEPT = 1000
"""How many dispatches a session keeps for a replay."""


class Op(IntEnum):
    """Gateway opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    ACK = 11


class Close(IntEnum):
    """Gateway close codes."""

    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    SESSION_TIMED_OUT = 4009
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


class Hangup(Exception):
    """The connection is to be closed with a code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(eq=False, slots=True)
class Session:
    """What a bot identified for: its intents, and what was dispatched to it."""

    id: str
    application: Application
    intents: int
    sequence: int = 0
    kept: deque[Json] = field(default_factory=lambda: deque[Json](maxlen=_KEPT))
    connection: "Connection | None" = None
    left: float = 0.0
    """When its connection ended, by the stand-in's clock."""

    def dispatch(self, sent: Dispatch) -> None:
        """Number a dispatch, keep it, and send it if the bot is there."""
        self.sequence += 1
        payload: Json = {"op": int(Op.DISPATCH), "t": sent.event, "s": self.sequence, "d": sent.data}
        self.kept.append(payload)
        if self.connection is not None:
            self.connection.send(payload)


class Connection:
    """One WebSocket: a reader that answers, a writer that sends in order."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._socket = socket
        self._request = request
        self._out: asyncio.Queue[Json] = asyncio.Queue()
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self.session: Session | None = None
        self.goodbye = False
        """Whether the bot closed with 1000 or 1001, after which its session is over."""

    def send(self, payload: Json) -> None:
        """Put a payload in line."""
        self._out.put_nowait(payload)

    def abort(self) -> None:
        """Cut the line, as a broken network does."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def close(self, code: int, reason: str = "") -> None:
        """Close with a gateway close code."""
        await self._socket.close(code=code, message=reason.encode())

    async def run(self, heartbeat_seconds: float, receive: "Callable[[Connection, Json], None]") -> None:
        """Hand each payload to `receive` until either side closes, a `Hangup` is raised, or heartbeats stay away."""
        writer = asyncio.create_task(self._write(), name="standin-gateway-writer")
        self.send({"op": int(Op.HELLO), "d": {"heartbeat_interval": int(heartbeat_seconds * 1000)}})
        try:
            await self._read(heartbeat_seconds * 1.5, receive)
        except Hangup as hangup:
            await self.close(hangup.code, hangup.reason)
        finally:
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await writer

    async def _read(self, patience: float, receive: "Callable[[Connection, Json], None]") -> None:
        clock = asyncio.get_running_loop().time
        deadline = clock() + patience
        while True:
            try:
                message = await self._socket.receive(timeout=max(deadline - clock(), 0.001))
            except TimeoutError:
                raise Hangup(Close.SESSION_TIMED_OUT, "Session timed out") from None
            if message.type is not WSMsgType.TEXT:
                self.goodbye = message.type is WSMsgType.CLOSE and message.data in (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
                return
            payload = _decode(message.data)
            if payload.get("op") == Op.HEARTBEAT:
                deadline = clock() + patience
            receive(self, payload)

    async def _write(self) -> None:
        while True:
            text = json.dumps(await self._out.get(), separators=(",", ":"))
            if self._zlib is None:
                await self._socket.send_str(text)
            else:
                await self._socket.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(_SYNC_FLUSH))


def _decode(text: str) -> Json:
    try:
        return as_object(json.loads(text))
    except ValueError:
        raise Hangup(Close.DECODE_ERROR, "Decode error") from None


def as_object(data: object) -> Json:
    """Give a JSON object. Raises `Hangup` for anything else."""
    if not isinstance(data, dict):
        raise Hangup(Close.DECODE_ERROR, "Decode error")
    return cast("Json", data)
