"""One streamed answer with a fault, from its head to its end; `faulty_answers.py` says what stands between."""

from typing import Final

from aiohttp import web

from playground.faulty_answers import Fault, Sender, play_of

CUTS: Final = (Fault.CUT, Fault.CUT_AT_ONCE, Fault.CUT_AFTER_END)
"""What breaks the connection after what the fault lets through."""


async def stream(request: web.Request, fault: Fault, send: Sender, *, usage: bool) -> web.StreamResponse:
    """Answer with what the fault lets through; `usage` is whether the client asked for it."""
    if fault is Fault.STALLED_BEFORE_HEAD:
        await send.release.wait()
    if fault is Fault.CUT_BEFORE_HEAD:
        return cut(request)
    send.chopped = fault is Fault.CHOPPED
    await send.response.prepare(request)
    await play_of(fault)(send)
    if fault in CUTS:
        return cut(request)
    await send.end(usage=usage and fault is not Fault.NO_FINISH, done=fault is not Fault.NO_DONE)
    return send.response


def cut(request: web.Request) -> web.StreamResponse:
    """Break the connection, as a network does; returns what a handler may return then, since nothing of it is sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.StreamResponse()
