"""The small HTTP server behind `HEALTH_PORT`: `/healthz` for what restarts or pages, `/metrics` for Prometheus."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from watch.metrics import Metrics
from watch.vitals import Vitals


class CannotListen(Exception):
    """The address for `/healthz` and `/metrics` is not to be had; the message says what to change."""


@asynccontextmanager
async def answering(vitals: Vitals, metrics: Metrics, host: str, port: int) -> AsyncGenerator[None, None]:
    """Answer at this address until the end. Raises `CannotListen`."""

    async def health(_: web.Request) -> web.Response:
        report = vitals.report()
        return web.json_response(report, status=503 if report["failing"] else 200)

    async def numbers(_: web.Request) -> web.Response:
        metrics.tasks.set(len(asyncio.all_tasks()))
        return web.Response(body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/healthz", health)
    app.router.add_get("/metrics", numbers)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise CannotListen(
            f"HEALTH_PORT={port}: {host} does not let me listen there ({error.strerror}). "
            "Set another port or HEALTH_HOST, or leave HEALTH_PORT empty."
        ) from None
