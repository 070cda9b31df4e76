"""REST v10: parses a call, lets a fault strike it, runs its handler in one step, records it, and answers as Discord does.

Bodies go back as exactly `application/json`, which discord.py compares literally. What has no route, or uses a field that
no table names, is refused with 501, logged and kept in `Record.refused`.
"""

import json
import logging
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from playground.standin import rest_commands, rest_gateway, rest_interactions, rest_messages, rest_users, rest_webhooks
from playground.standin.bodies import Upload
from playground.standin.changes import CallMade, CallRefused
from playground.standin.errors import NotImplementedHere, Refusal, bad_json, unauthorized
from playground.standin.faults import Fault, Faults
from playground.standin.limits import LimitKeeper, Limits, Verdict
from playground.standin.routing import Ask, Reply, Route
from playground.standin.things import Application
from playground.standin.world import World

_log = logging.getLogger(__name__)
PREFIX = "/api/v10"
ROUTES: tuple[Route, ...] = (
    *rest_gateway.ROUTES,
    *rest_users.ROUTES,
    *rest_commands.ROUTES,
    *rest_messages.ROUTES,
    *rest_interactions.ROUTES,
    *rest_webhooks.ROUTES,
)
"""Every route there is, fixed parts before parameters."""
_FILE_PART = re.compile(r"files\[(\d)\]")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that the bot made, as recorded. Bodies are kept for tests; nothing here is logged."""

    number: int
    """Counts from 1."""
    at: float
    """When it came, by the stand-in's clock."""
    method: str
    route: str
    """The route's template, or the bare path if there is none."""
    status: int
    """0 where the connection was cut."""
    seconds: float
    params: Mapping[str, str]
    request: Any = field(repr=False)
    response: Any = field(repr=False)


@dataclass(slots=True)
class Record:
    """What the bot did over REST: the last 5,000 calls, and all that was refused as not implemented."""

    calls: deque[Call] = field(default_factory=lambda: deque[Call](maxlen=5000))
    refused: list[str] = field(default_factory=list[str])
    made: int = 0
    """How many calls there were, the forgotten ones too."""

    def call(self, number: int) -> Call | None:
        """Find a call by its number, unless it is forgotten."""
        return next((call for call in self.calls if call.number == number), None)


@dataclass(frozen=True, slots=True)
class _Parsed:
    query: Mapping[str, str]
    body: Any
    uploads: tuple[Upload, ...]


class Rest:
    """The HTTP side of the stand-in."""

    def __init__(self, world: World, origin: Callable[[], str], faults: Faults, limits: Limits) -> None:
        self._world = world
        self.limits = LimitKeeper(limits, world.clock)
        self._origin = origin
        self._faults = faults
        self.record = Record()

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one call."""
        started, at = time.perf_counter(), self._world.clock.now()
        path = request.path.removeprefix(PREFIX)
        route, params = _find(request.method, path)
        template = route.template if route else _masked(path)
        name = f"{request.method} {template}"
        parsed: _Parsed | None = None
        limited = Verdict({})
        fault = self._faults.take(name)
        try:
            parsed = await _parse(request)  # before the delay: what has come takes effect, though nobody waits for the answer
            if fault is not None and fault.delay:
                await self._world.clock.sleep(fault.delay)
            limited = self.limits.take(name, params, request.headers.get("Authorization", ""))
            status, body = (429, limited.refusal) if limited.refusal else self._answer(request, route, params, parsed, fault)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body()
        except NotImplementedHere as missing:
            status, body = self._refuse(name, f"the stand-in does not implement {missing}")
        except ConnectionError:
            raise  # whoever asked has gone: that is no fault of theirs, and nobody hears the answer
        except Exception as error:  # noqa: BLE001  # a body of a shape nobody foresaw is refused as loudly
            _log.debug("the stand-in failed", exc_info=True)
            status, body = self._refuse(name, f"the stand-in failed: {type(error).__name__}")
        cut = fault is not None and fault.cut
        self._keep(
            Call(
                number=self.record.made + 1,
                at=at,
                method=request.method,
                route=template,
                status=0 if cut else status,
                seconds=time.perf_counter() - started,
                params={k: v for k, v in params.items() if "token" not in k},
                request=parsed.body if parsed else None,
                response=body,
            )
        )
        if cut and request.transport is not None:
            request.transport.abort()
        told = fault.headers(self._world.clock.now()) if fault is not None and not limited.refusal else {}
        return _json_response(status, body, {**limited.headers, **told})

    def _answer(
        self, request: web.Request, route: Route | None, params: Mapping[str, str], parsed: _Parsed, fault: Fault | None
    ) -> Reply:
        strikes = fault is not None and (fault.cut or fault.status is not None)
        if fault is not None and strikes and fault.when == "before":
            return fault.status or 0, fault.body()
        if route is None:
            raise NotImplementedHere("no such route")
        application = self._application(request)
        if route.needs_token and application is None:
            raise unauthorized()
        ask = Ask(self._world, application, params, parsed.query, parsed.body, parsed.uploads, self._origin())
        reply = route.handler(ask)
        return (fault.status or 0, fault.body()) if fault is not None and strikes else reply

    def _application(self, request: web.Request) -> Application | None:
        token = request.headers.get("Authorization", "").removeprefix("Bot ")
        return self._world.applications.get(token)

    def _keep(self, call: Call) -> None:
        self.record.made = call.number
        self.record.calls.append(call)
        self._world.changes.publish(CallMade(call))

    def _refuse(self, name: str, why: str) -> Reply:
        line = f"{name}: {why}"
        self.record.refused.append(line)
        _log.error("%s", line)
        self._world.changes.publish(CallRefused(line))
        return 501, {"message": f"501: {line}", "code": 0}


def _find(method: str, path: str) -> tuple[Route | None, Mapping[str, str]]:
    for route in ROUTES:
        if route.method == method and (match := route.pattern.fullmatch(path)):
            return route, match.groupdict()
    return None, {}


def _masked(path: str) -> str:
    """Give a path that no route knows, without what may be a token in it."""
    return "/".join(step if len(step) <= 24 else "..." for step in path.split("/"))


async def _parse(request: web.Request) -> _Parsed:
    """Read query and body. Raises `Refusal` 50109 for broken JSON, `NotImplementedHere` for other kinds of body."""
    query = dict(request.query)
    if request.content_type.startswith("multipart/"):
        body, uploads = await _parse_multipart(request)
        return _Parsed(query, body, uploads)
    raw = await request.read()
    if not raw:
        return _Parsed(query, None, ())
    if request.content_type != "application/json":
        raise NotImplementedHere(f"a body of {request.content_type}")
    return _Parsed(query, _load(raw), ())


async def _parse_multipart(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    body: Any = {}
    uploads: list[Upload] = []
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise NotImplementedHere("a multipart body inside another")
        if part.name == "payload_json":
            body = _load(bytes(await part.read()))
        elif found := _FILE_PART.fullmatch(part.name or ""):
            data = bytes(await part.read())
            uploads.append(Upload(int(found[1]), part.filename or "file", part.headers.get("Content-Type"), data))
        else:
            raise NotImplementedHere(f"multipart field {part.name}")
    return body, tuple(uploads)


def _load(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise bad_json() from None


def _json_response(status: int, body: Any, headers: Mapping[str, str]) -> web.Response:
    if body is None:
        return web.Response(status=status, headers=headers)
    raw = json.dumps(body, separators=(",", ":")).encode()
    return web.Response(status=status or 500, body=raw, content_type="application/json", headers=headers)
