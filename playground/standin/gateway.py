"""Discord's gateway: HELLO, IDENTIFY, READY, heartbeats, RESUME with replay, and every change dispatched to the bots.

A session outlives its connection: what happens while the bot is away is kept and replayed on RESUME, until it stays away
for minutes or says goodbye (close code 1000 or 1001; discord.py races with itself there and says 4000).
Rules: https://discord.com/developers/docs/events/gateway
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import WSCloseCode, web

from playground.standin.changes import BotConnected, BotDisconnected
from playground.standin.connection import Close, Connection, Hangup, Json, Op, Session, as_object
from playground.standin.dispatches import PRIVILEGED, Dispatch, dispatches, ready
from playground.standin.things import Application
from playground.standin.world import World

ACK_SECONDS = 0.05
"""Real seconds until a heartbeat is acknowledged, as a network takes them."""
RESUMABLE_SECONDS = 300.0
"""How long a session without a connection is kept at least; Discord names no time, people measured minutes."""


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
        self.shut = False
        """While true, nobody can connect."""
        self._connections: set[Connection] = set()
        self._stop_listening = world.changes.listen(self._on_change)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Take one WebSocket connection."""
        if self.shut:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(timeout=1.0, max_msg_size=1 << 16)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self._connections.add(connection)
        try:
            await connection.run(self.heartbeat_seconds, self._receive)
        finally:
            self._connections.discard(connection)
            self._leave(connection)
        return socket

    def connected(self, application: Application) -> bool:
        """Tell whether this bot has a live session."""
        return any(s.application is application and s.connection is not None for s in self.sessions.values())

    def _receive(self, connection: Connection, payload: Json) -> None:
        op, data = payload.get("op"), payload.get("d")
        if op == Op.HEARTBEAT:
            if not self.deaf:
                # Not at once: discord.py notes when it sent a heartbeat only after it was sent, and takes an answer that comes
                # before that for one to the last heartbeat, a minute late.
                asyncio.get_running_loop().call_later(ACK_SECONDS, connection.send, {"op": int(Op.ACK)})
        elif op == Op.IDENTIFY:
            self._identify(connection, as_object(data))
        elif op == Op.RESUME:
            self._resume(connection, as_object(data))
        elif connection.session is None:
            raise Hangup(Close.NOT_AUTHENTICATED, "Not authenticated")
        elif op != Op.PRESENCE:
            raise Hangup(Close.UNKNOWN_OPCODE, f"Unknown opcode {op}")

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

    def _leave(self, connection: Connection) -> None:
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        session.left = self._world.clock.now()
        if connection.goodbye:
            self.sessions.pop(session.id, None)
        self._world.changes.publish(BotDisconnected(session.application))

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
        self._forget_old()
        session = Session(id=secrets.token_hex(16), application=application, intents=intents, connection=connection)
        connection.session = self.sessions[session.id] = session
        for sent in ready(self._world, session.id, application, intents, self._gateway_url()):
            self._send(session, sent)
        self._world.changes.publish(BotConnected(application, resumed=False))

    def _forget_old(self) -> None:
        since = self._world.clock.now() - RESUMABLE_SECONDS
        for session in [s for s in self.sessions.values() if s.connection is None and s.left < since]:
            del self.sessions[session.id]

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
