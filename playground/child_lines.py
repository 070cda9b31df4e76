"""Reading what a child process prints, a line at a time, whatever it prints."""

from asyncio import StreamReader
from collections.abc import AsyncIterator
from typing import Final

LONGEST: Final = 8_192
"""Bytes of a line that are kept; what is more is dropped."""
CHUNK: Final = 65_536


async def lines_of(stream: StreamReader) -> AsyncIterator[str]:
    """Each line without its end, the last one too if it has none; bytes that are no text are replaced."""
    held = b""
    while chunk := await stream.read(CHUNK):
        *whole, held = (held + chunk).split(b"\n")
        for line in whole:
            yield _text(line)
        held = held[:LONGEST]
    if held:
        yield _text(held)


def _text(line: bytes) -> str:
    return line[:LONGEST].decode(errors="replace").rstrip("\r")
