"""Files on their way to and from Discord: without a name on the disk, bounded, and never in the way of the event loop."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

import aiohttp

from cogs.explain import Told

log = logging.getLogger(__name__)

CHUNK: Final = 256 * 1024
TIMEOUT: Final = aiohttp.ClientTimeout(total=300, sock_read=30)
NOT_FETCHED: Final = "Discord didn't hand me that file. Please send it once more."
NO_ROOM: Final = "This bot's disk doesn't take files right now, so nothing came of it. Please try again later."

NewFile = Callable[[], BinaryIO]
"""Opens a further file; from any thread."""


@asynccontextmanager
async def unnamed_files(folder: Path) -> AsyncGenerator[NewFile, None]:
    """Opens files that only this process can see (0600, without a name), so that nothing of them is left, whatever ends the
    bot. They are closed in the end.
    """
    with ExitStack() as files:

        def opened() -> BinaryIO:
            return cast("BinaryIO", files.enter_context(tempfile.TemporaryFile(dir=folder)))

        try:
            yield opened
        finally:
            await asyncio.to_thread(files.close)  # to give back a large file's room takes a while


@contextmanager
def disk_told() -> Generator[None, None, None]:
    """Turn what the disk raises inside into `Told`."""
    try:
        yield
    except OSError as error:
        log.warning("a file could not be written: %s", error.strerror)
        raise Told(NO_ROOM) from None


async def fetch(url: str, file: BinaryIO, *, most_bytes: int, too_large: str) -> None:
    """Write what is at `url` to `file`, a piece at a time. Raises `Told`, with `too_large` where it is more than it may be."""
    size = 0
    try:
        async with aiohttp.ClientSession(timeout=TIMEOUT, raise_for_status=True) as session, session.get(url) as response:
            async for chunk in response.content.iter_chunked(CHUNK):
                size += len(chunk)
                if size > most_bytes:
                    raise Told(too_large)
                with disk_told():
                    await asyncio.to_thread(file.write, chunk)
    except (aiohttp.ClientError, TimeoutError):
        raise Told(NOT_FETCHED) from None
