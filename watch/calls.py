"""Counting the calls to Discord, where discord.py's own HTTP session tells of each try: repeats after a 429 count too."""

from types import SimpleNamespace

import aiohttp
from yarl import URL

from watch.metrics import Metrics


def counting(metrics: Metrics) -> aiohttp.TraceConfig:
    """What the client's HTTP session is traced with. Of an address only its kind is kept: it holds ids and tokens."""

    async def ended(_: aiohttp.ClientSession, __: SimpleNamespace, told: aiohttp.TraceRequestEndParams) -> None:
        metrics.calls.labels(kind_of(told.method, told.url), result_of(told.response.status)).inc()

    async def failed(_: aiohttp.ClientSession, __: SimpleNamespace, told: aiohttp.TraceRequestExceptionParams) -> None:
        metrics.calls.labels(kind_of(told.method, told.url), "failed").inc()

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    trace.on_request_exception.append(failed)
    return trace


def kind_of(method: str, url: URL) -> str:
    """Tell an edit of a message and a new message from all other calls."""
    if method == "PATCH" and "messages" in url.parts:
        return "edit"
    if method == "POST" and (url.name == "messages" or "webhooks" in url.parts):
        return "send"
    return "other"


def result_of(status: int) -> str:
    """Whether Discord did it, limited it or refused it."""
    if status == 429:
        return "limited"
    return "ok" if status < 400 else "failed"
