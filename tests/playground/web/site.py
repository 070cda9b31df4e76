"""A site: the page's real server over a stand-in, with no bot process behind it, and clients that speak as a page does."""

import asyncio
import io
import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self, cast

import aiohttp
from aiohttp import WSMsgType

from playground.bot_process import BotProcess
from playground.standin import Channel, ManualClock, Person, StandIn
from playground.web.backstage import Backstage
from playground.web.board import Board
from playground.web.feed import Feed
from playground.web.files import Files
from playground.web.live import Live
from playground.web.page import Page
from playground.web.people import People
from playground.web.security import TOKEN_HEADER, Gatekeeper
from playground.web.server import PageServer

Json = dict[str, Any]
WAIT = 10


@dataclass(frozen=True, slots=True)
class Site:
    """What these tests need of it."""

    url: str
    token: str
    discord: StandIn
    clock: ManualClock
    feed: Feed
    live: Live
    people: People
    http: aiohttp.ClientSession
    general: Channel
    ann: Person
    bob: Person

    @property
    def port(self) -> str:
        return self.url.rsplit(":", 1)[1]

    async def upload(self, name: str, data: bytes, kind: str = "text/plain", **headers: str) -> aiohttp.ClientResponse:
        """Send a file as the page does, unless `headers` say otherwise."""
        usual = {"Origin": self.url, TOKEN_HEADER: self.token, "Content-Type": kind}
        sent = {name: value for name, value in {**usual, **headers}.items() if value}
        return await self.http.post(f"{self.url}/files", params={"name": name}, data=io.BytesIO(data), headers=sent)

    @asynccontextmanager
    async def page(self, resume: Json | None = None) -> AsyncGenerator["Client"]:
        """An open page's connection."""
        async with self.http.ws_connect(f"{self.url}/live", headers={"Origin": self.url}) as socket:
            await socket.send_json({"token": self.token, "resume": resume})
            async with Client(socket) as client:
                yield client


@dataclass(slots=True)
class Client:
    """Reads what the page is told, and asks."""

    socket: aiohttp.ClientWebSocketResponse
    seen: list[Json] = field(default_factory=list[Json])
    frames: list[str] = field(default_factory=list[str])
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: "asyncio.Task[None] | None" = None
    _asked: int = 0

    async def __aenter__(self) -> Self:
        self._reading = asyncio.create_task(self._read(), name="test-page")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._reading is not None
        self._reading.cancel()
        await asyncio.wait([self._reading])

    async def ask(self, act: str, **fields: Any) -> Json:
        """Ask for one act, and give its answer."""
        self._asked += 1
        number = self._asked
        await self.socket.send_json({"n": number, "act": act, **fields})
        return await self.told("answer", n=number)

    async def told(self, kind: str, **fields: Any) -> Json:
        """Wait until the page is told this. Raises `TimeoutError`."""
        async with asyncio.timeout(WAIT):
            while True:
                for each in self.seen:
                    if each["type"] == kind and fields.items() <= each.items():
                        return each
                self._came.clear()
                await self._came.wait()

    async def told_times(self, kind: str, times: int) -> list[Json]:
        """Wait until the page was told of this kind so often; gives them. Raises `TimeoutError`."""
        async with asyncio.timeout(WAIT):
            while len(found := self.of(kind)) < times:
                self._came.clear()
                await self._came.wait()
        return found

    def of(self, kind: str) -> list[Json]:
        """All of this kind so far."""
        return [each for each in self.seen if each["type"] == kind]

    async def _read(self) -> None:
        async for received in self.socket:
            if received.type is WSMsgType.TEXT:
                self.frames.append(cast("str", received.data))
                self.seen.append(json.loads(self.frames[-1]))
                self._came.set()


async def no_turns() -> list[Json]:
    return []


@asynccontextmanager
async def a_site() -> AsyncGenerator[Site]:
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(StandIn(clock))
        general = discord.add_guild("Team").add_text_channel("general")
        application = discord.add_bot("a-made-up-token")
        people = People(discord)
        ann, bob = people.add("Ann"), people.add("Bob")
        feed, gatekeeper = Feed(), Gatekeeper()
        backstage = await stack.enter_async_context(Backstage(discord, feed, no_turns))
        bot = BotProcess([], {}, changed=lambda: None, printed=backstage.log)  # never started
        files = Files(discord, gatekeeper)
        page = Page(discord, application, people, bot, Board([]), feed, backstage, files, "nobody")
        live = Live(feed, gatekeeper, page.snapshot, page.do)
        server = await stack.enter_async_context(PageServer(gatekeeper, live, files, 0))
        stack.callback(discord.changes.listen(page.take))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        token = gatekeeper.token
        yield Site(server.url, token, discord, clock, feed, live, people, http, general, ann, bob)
