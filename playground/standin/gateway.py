"""Discord's gateway: HELLO, IDENTIFY, READY, heartbeats, RESUME with replay, and every change dispatched to the bots.

A session outlives its connection: what happens while the bot is away is kept and replayed on RESUME, until it identifies
anew or says goodbye (close code 1000 or 1001). Rules: https://discord.com/developers/docs/events/gateway
"""

import asyncio
import contextlib
import json
import secrets
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from aiohttp import WSCloseCode, WSMsgType, web

from playground.standin.changes import BotConnected, BotDisconnected
from playground.standin.dispatches import PRIVILEGED, Dispatch, dispatches, ready
from playground.standin.world import Application, World

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

    def dispatch(self, sent: Dispatch) -> None:
        """Number a dispatch, keep it, and send it if the bot is there."""
        self.sequence += 1
        payload: Json = {"op": int(Op.DISPATCH), "t": sent.event, "s": self.sequence, "d": sent.data}
        self.kept.append(payload)
        if self.connection is not None:
            self.connection.send(payload)


class Connection:
    """One WebSocket: a reader that answers, a writer that sends in order."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, gateway: "Gateway") -> None:
        self._socket = socket
        self._request = request
        self._gateway = gateway
        self._out: asyncio.Queue[Json] = asyncio.Queue()
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self.session: Session | None = None

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

    async def run(self) -> None:
        """Serve until either side closes."""
        writer = asyncio.create_task(self._write(), name="standin-gateway-writer")
        interval = self._gateway.heartbeat_seconds
        self.send({"op": int(Op.HELLO), "d": {"heartbeat_interval": int(interval * 1000)}})
        try:
            await self._read(interval * 1.5)
        except Hangup as hangup:
            await self.close(hangup.code, hangup.reason)
        finally:
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await writer
            self._leave()

    async def _read(self, patience: float) -> None:
        clock = asyncio.get_running_loop().time
        deadline = clock() + patience
        while True:
            try:
                message = await self._socket.receive(timeout=max(deadline - clock(), 0.001))
            except TimeoutError:
                raise Hangup(Close.SESSION_TIMED_OUT, "Session timed out") from None
            if message.type is not WSMsgType.TEXT:
                return
            payload = _decode(message.data)
            if payload.get("op") == Op.HEARTBEAT:
                deadline = clock() + patience
            self._gateway.receive(self, payload)

    async def _write(self) -> None:
        while True:
            text = json.dumps(await self._out.get(), separators=(",", ":"))
            if self._zlib is None:
                await self._socket.send_str(text)
            else:
                await self._socket.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(_SYNC_FLUSH))

    def _leave(self) -> None:
        session = self.session
        if session is None or session.connection is not self:
            return
        session.connection = None
        goodbye = self._socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
        self._gateway.left(session, goodbye=goodbye)


class Gateway:
    """All sessions of all bots, and the gateway's own troubles for tests."""

    def __init__(self, world: World, origin: Callable[[], str], heartbeat_seconds: float = 41.25) -> None:
        self._world = world
        self._origin = origin
        self.heartbeat_seconds = heartbeat_seconds
        self.sessions: dict[str, Session] = {}
        self.sent: deque[Dispatch] = deque(maxlen=5000)
        """What was dispatched, oldest first, for tests to look at."""
        self.deaf = False
        """While true, heartbeats are not acknowledged: the bot sees a zombie connection."""
        self._connections: set[Connection] = set()
        self._stop_listening = world.changes.listen(self._on_change)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Take one WebSocket connection."""
        socket = web.WebSocketResponse(timeout=1.0, max_msg_size=1 << 16)
        await socket.prepare(request)
        connection = Connection(socket, request, self)
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
        return socket

    def connected(self, application: Application) -> bool:
        """Tell whether this bot has a live session."""
        return any(s.application is application and s.connection is not None for s in self.sessions.values())

    def receive(self, connection: Connection, payload: Json) -> None:
        """Answer one payload of a bot. Raises `Hangup` to close."""
        op, data = payload.get("op"), payload.get("d")
        if op == Op.HEARTBEAT:
            if not self.deaf:
                connection.send({"op": int(Op.ACK)})
        elif op == Op.IDENTIFY:
            self._identify(connection, _object(data))
        elif op == Op.RESUME:
            self._resume(connection, _object(data))
        elif connection.session is None:
            raise Hangup(Close.NOT_AUTHENTICATED, "Not authenticated")
        elif op != Op.PRESENCE:
            raise Hangup(Close.UNKNOWN_OPCODE, f"Unknown opcode {op}")

    def left(self, session: Session, *, goodbye: bool) -> None:
        """Note that a session's connection ended; after a goodbye there is no resuming."""
        if goodbye:
            self.sessions.pop(session.id, None)
        self._world.changes.publish(BotDisconnected(session.application))

    def drop(self) -> None:
        """Cut every connection without a word; sessions can be resumed."""
        for connection in tuple(self._connections):
            connection.abort()

    def ask_to_reconnect(self) -> None:
        """Send opcode 7: connect anew and resume."""
        for connection in tuple(self._connections):
            connection.send({"op": int(Op.RECONNECT), "d": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Send opcode 9; unless resumable, the sessions are forgotten."""
        for connection in tuple(self._connections):
            if not resumable and connection.session is not None:
                self.sessions.pop(connection.session.id, None)
            connection.send({"op": int(Op.INVALID_SESSION), "d": resumable})

    async def hang_up(self, code: int) -> None:
        """Close every connection with this code."""
        await asyncio.gather(*(c.close(code) for c in tuple(self._connections)))

    async def aclose(self) -> None:
        """Close everything."""
        self._stop_listening()
        await self.hang_up(WSCloseCode.GOING_AWAY)

    def _identify(self, connection: Connection, data: Json) -> None:
        if connection.session is not None:
            raise Hangup(Close.ALREADY_AUTHENTICATED, "Already authenticated")
        application = self._world.applications.get(str(data.get("token")))
        if application is None:
            raise Hangup(Close.AUTHENTICATION_FAILED, "Authentication failed")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents < 0:
            raise Hangup(Close.INVALID_INTENTS, "Invalid intents")
        if intents & PRIVILEGED & ~application.privileged:
            raise Hangup(Close.DISALLOWED_INTENTS, "Disallowed intents")
        session = Session(id=secrets.token_hex(16), application=application, intents=intents, connection=connection)
        connection.session = self.sessions[session.id] = session
        for sent in ready(self._world, session.id, application, intents, self._gateway_url()):
            self._send(session, sent)
        self._world.changes.publish(BotConnected(application, resumed=False))

    def _resume(self, connection: Connection, data: Json) -> None:
        session = self.sessions.get(str(data.get("session_id")))
        if session is None or session.application.token != data.get("token"):
            connection.send({"op": int(Op.INVALID_SESSION), "d": False})
            return
        seen = data.get("seq")
        if not isinstance(seen, int) or seen > session.sequence:
            raise Hangup(Close.INVALID_SEQUENCE, "Invalid seq")
        connection.session, session.connection = session, connection
        for payload in [p for p in session.kept if p["s"] > seen]:
            connection.send(payload)
        self._send(session, Dispatch("RESUMED", {}))
        self._world.changes.publish(BotConnected(session.application, resumed=True))

    def _on_change(self, change: Any) -> None:
        for session in tuple(self.sessions.values()):
            for sent in dispatches(change, session.application, session.intents, self._origin()):
                self._send(session, sent)

    def _send(self, session: Session, sent: Dispatch) -> None:
        self.sent.append(sent)
        session.dispatch(sent)

    def _gateway_url(self) -> str:
        return self._origin().replace("http://", "ws://", 1) + "/gateway"


def _decode(text: str) -> Json:
    try:
        return _object(json.loads(text))
    except ValueError:
        raise Hangup(Close.DECODE_ERROR, "Decode error") from None


def _object(data: object) -> Json:
    if not isinstance(data, dict):
        raise Hangup(Close.DECODE_ERROR, "Decode error")
    return data  # pyright: ignore[reportUnknownVariableType]  # JSON's keys are strings
