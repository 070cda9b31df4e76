"""The client's HTTP session under a `Governor`: each call waits there until it may begin, and tells of its end.

discord.py makes all its calls with one `aiohttp.ClientSession`, a webhook's and its own repeats included, and takes a
`TraceConfig` for it (`Client`'s `http_trace`); aiohttp awaits what is told of a request's start before it makes the request.
"""

from types import SimpleNamespace

import aiohttp

from delivery.callbacks import Callbacks
from delivery.governor import RIGHT, Governor
from delivery.routes import route_of


def govern(trace: aiohttp.TraceConfig, governor: Governor) -> None:
    """Have every request of the traced session pass the governor, and an interaction's others wait for its first response."""
    callbacks = Callbacks()

    async def begin(_: aiohttp.ClientSession, call: SimpleNamespace, told: aiohttp.TraceRequestStartParams) -> None:
        call.route = route_of(told.method, told.url)
        await callbacks.begin(told.url)
        await governor.begin(RIGHT.get(), call.route)
        call.began = governor.now()

    async def answered(_: aiohttp.ClientSession, call: SimpleNamespace, told: aiohttp.TraceRequestEndParams) -> None:
        if told.method == "PATCH" and told.response.status < 300:
            governor.edit_took(governor.now() - call.began)
        governor.end(call.route, told.response.status, told.response.headers)
        callbacks.end(told.url, told.response.status)

    async def broke(_: aiohttp.ClientSession, call: SimpleNamespace, told: aiohttp.TraceRequestExceptionParams) -> None:
        governor.end(call.route, None, {})
        callbacks.end(told.url, None)

    trace.on_request_start.append(begin)
    trace.on_request_end.append(answered)
    trace.on_request_exception.append(broke)
