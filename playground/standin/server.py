"""`StandIn`: the world, its REST and its gateway behind one loopback address, and the people in it.

It outlives the bots that log in to it: one may be killed and another log in to the same world.
"""

import asyncio
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler

from playground.standin.changes import Changes, InteractionFailed, InteractionMade
from playground.standin.clock import Clock, SystemClock
from playground.standin.faults import Faults
from playground.standin.gateway import Gateway
from playground.standin.interactions import ACKNOWLEDGE_SECONDS, Interaction, Progress
from playground.standin.limits import Limits, Usage
from playground.standin.people import Person
from playground.standin.rest import PREFIX, Call, Record, Rest
from playground.standin.things import Application, Guild
from playground.standin.world import World

T = TypeVar("T")
_HOST = "127.0.0.1"
_LARGEST_REQUEST = 110 * 1024 * 1024
_INERT = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
"""An attachment is anybody's file: opened in a browser, nothing in it runs."""


@web.middleware
async def _no_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a web page in this machine's browser sends: only bots speak to this address."""
    if "Origin" in request.headers:
        raise web.HTTPForbidden
    return await handler(request)


class StandIn:
    """A Discord of one's own; use it as `async with StandIn() as discord:`."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        port: int = 0,
        heartbeat_seconds: float = 41.25,
        limits: Limits | None = None,
    ) -> None:
        """Without `limits` there are none: a client waits for them in real time, whatever the clock."""
        self.clock: Clock = clock or SystemClock()
        self.world = World(self.clock)
        self.faults = Faults()
        self._port = port
        self._rest = Rest(self.world, lambda: self.url, self.faults, limits or Limits())
        self.gateway = Gateway(self.world, lambda: self.url, heartbeat_seconds)
        self._runner: web.AppRunner | None = None
        self._timers: set[asyncio.Task[None]] = set()
        self._stop_listening = self.world.changes.listen(self._watch)

    async def __aenter__(self) -> Self:
        """Start listening."""
        app = web.Application(client_max_size=_LARGEST_REQUEST, middlewares=[_no_pages])
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._attachment)
        app.router.add_route("*", "/{tail:.*}", self._rest.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, _HOST, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection and end every timer."""
        self._stop_listening()
        await self.gateway.aclose()
        for timer in self._timers:
            timer.cancel()
        await asyncio.gather(*self._timers, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Give the address of everything here, such as `http://127.0.0.1:8700`."""
        return f"http://{_HOST}:{self._port}"

    @property
    def api_url(self) -> str:
        """Give the REST address, for `point_discord_at`."""
        return self.url + PREFIX

    @property
    def gateway_url(self) -> str:
        """Give the gateway's WebSocket address."""
        return self.url.replace("http://", "ws://", 1) + "/gateway"

    @property
    def record(self) -> Record:
        """Give what the bots did over REST."""
        return self._rest.record

    @property
    def calls(self) -> list[Call]:
        """Give the calls that the bots made, oldest first."""
        return list(self._rest.record.calls)

    @property
    def refused(self) -> list[str]:
        """Give what was asked for and is not implemented; a test asserts that it is empty."""
        return self._rest.record.refused

    def usage(self) -> list[Usage]:
        """Give how much of each rate limit the bots have used up in the windows that run now."""
        return self._rest.limits.usage()

    @property
    def changes(self) -> Changes:
        """Give the hub of all that happens."""
        return self.world.changes

    async def until(self, look: Callable[[], T | None], timeout: float = 10) -> T:  # noqa: ASYNC109  # see Changes.until
        """Wait until `look` gives something true. Raises `TimeoutError`."""
        return await self.world.changes.until(look, timeout)

    def add_guild(self, name: str) -> Guild:
        """Make a server with every bot in it."""
        return self.world.add_guild(name)

    def add_bot(self, token: str, name: str = "Cubby", *, privileged: int = 0) -> Application:
        """Make a bot that logs in with this token, in every server there is."""
        return self.world.add_application(token, name, privileged)

    def add_person(self, name: str, guilds: Iterable[Guild] | None = None) -> Person:
        """Make a person, a member of every server there is unless told which."""
        members_of = self.world.guilds.values() if guilds is None else guilds
        return Person(self.world, self.world.add_user(name, members_of))

    async def bot_connected(self, application: Application | None = None, timeout: float = 10) -> Application:  # noqa: ASYNC109  # see Changes.until
        """Wait until a bot (this one) has a gateway session. Raises `TimeoutError`."""

        def look() -> Application | None:
            wanted = [application] if application else list(self.world.applications.values())
            return next((a for a in wanted if self.gateway.connected(a)), None)

        return await self.until(look, timeout)

    async def _attachment(self, request: web.Request) -> web.Response:
        found = self.world.attachments.get(int(request.match_info["id"]))
        if found is None or found.filename != request.match_info["name"]:
            return web.Response(status=404)
        kind = found.content_type or "application/octet-stream"
        return web.Response(body=found.data, headers={"Content-Type": kind, **_INERT})

    def _watch(self, change: object) -> None:
        if isinstance(change, InteractionMade):
            timer = asyncio.create_task(self._expire(change.interaction), name="standin-acknowledge-timer")
            self._timers.add(timer)
            timer.add_done_callback(self._timers.discard)

    async def _expire(self, interaction: Interaction) -> None:
        # From the interaction's own time: a clock moved before this task first runs counts too.
        await self.clock.sleep(interaction.created + ACKNOWLEDGE_SECONDS - self.clock.now())
        if interaction.progress is Progress.WAITING:
            interaction.progress = Progress.FAILED
            self.world.changes.publish(InteractionFailed(interaction))
