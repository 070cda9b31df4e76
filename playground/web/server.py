"""`PageServer`: the page and all behind it on one loopback address, from the moment it is entered until it is left."""

import mimetypes
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from playground.web.files import Files
from playground.web.live import Live
from playground.web.security import Gatekeeper

PAGE: Final = Path(__file__).resolve().parent.parent / "page"
HOST: Final = "127.0.0.1"
PORT: Final = 8765
TRIES: Final = 20
"""Ports that are tried, one after the other, where the first is taken."""
LONGEST_BODY: Final = 1 << 20
"""Bytes of a body that aiohttp reads by itself; files are read piece by piece (see `files.py`)."""

_KINDS: Final[Mapping[str, str]] = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class NoPort(Exception):
    """No port is free where the page was to be; the words say what to do."""


class PageServer:
    """Listens at `port`, or at the next free one; 0 takes any."""

    def __init__(self, gatekeeper: Gatekeeper, live: Live, files: Files, port: int = PORT) -> None:
        self._gatekeeper, self._live, self._files, self._wanted = gatekeeper, live, files, port
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start to listen. Raises `NoPort`."""
        app = web.Application(middlewares=[self._guard], client_max_size=LONGEST_BODY)
        app.on_response_prepare.append(self._gatekeeper.add_headers)
        app.router.add_get("/", self._page)
        app.router.add_get("/page/{path:[a-z0-9_./-]+}", self._static)
        app.router.add_get("/live", self._live.serve)
        app.router.add_post("/files", self._files.receive)
        app.router.add_get(r"/files/{id:\d{1,20}}/{name}", self._files.give)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        self._stack.push_async_callback(self._live.close)
        self._gatekeeper.port = await _listen(runner, self._wanted)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self._stack.aclose()

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://{HOST}:{self._gatekeeper.port}"

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        await self._gatekeeper.check(request)
        return await handler(request)

    async def _page(self, _: web.Request) -> web.Response:
        text = (PAGE / "index.html").read_text(encoding="utf-8").replace("{token}", self._gatekeeper.token)
        return web.Response(text=text, content_type="text/html")

    async def _static(self, request: web.Request) -> web.FileResponse:
        """The page's own files. A newer checkout's are taken at the next reload."""
        path = (PAGE / request.match_info["path"]).resolve()
        if not path.is_relative_to(PAGE) or not path.is_file() or path.name == "index.html":
            raise web.HTTPNotFound(text="There is no such file.\n")
        kind = _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
        return web.FileResponse(path, headers={"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": "no-cache"})


async def _listen(runner: web.AppRunner, wanted: int) -> int:
    """Listen at the first port that is free from `wanted` on; returns it."""
    for port in [wanted] if wanted == 0 else range(wanted, min(wanted + TRIES, 65_536)):
        try:
            await web.TCPSite(runner, HOST, port).start()
        except OSError:
            continue
        return int(runner.addresses[0][1])
    last = min(wanted + TRIES - 1, 65_535)
    raise NoPort(f"Ports {wanted} to {last} of this machine are taken. Name another with --port.")
