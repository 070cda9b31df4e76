"""Files that are on their way: without a name on the disk, bounded, and fetched without holding anybody up."""

import asyncio
import tempfile
from typing import BinaryIO, Final, cast

import aiohttp

from cogs.explain import Told

CHUNK: Final = 256 * 1024
TIMEOUT: Final = aiohttp.ClientTimeout(total=300, sock_read=30)
NOT_FETCHED: Final = "Discord didn't hand me that file. Please send it once more."


def unnamed_file() -> BinaryIO:
    """A file without a name, so that nothing of it is left, whatever ends the bot. Whoever asks for it closes it."""
    return cast("BinaryIO", tempfile.TemporaryFile())


async def fetch(url: str, file: BinaryIO, *, most_bytes: int, too_large: str) -> None:
    """Write what is at `url` to `file`, a piece at a time. Raises `Told`, with `too_large` where it is more than it may be."""
    size = 0
    try:
        async with aiohttp.ClientSession(timeout=TIMEOUT, raise_for_status=True) as session, session.get(url) as response:
            async for chunk in response.content.iter_chunked(CHUNK):
                size += len(chunk)
                if size > most_bytes:
                    raise Told(too_large)
                await asyncio.to_thread(file.write, chunk)
    except (aiohttp.ClientError, TimeoutError):
        raise Told(NOT_FETCHED) from None
