"""A model server for benches, a process of its own: each answer is so many small deltas at an even pace.

It writes what was made beforehand straight to the socket, so that it takes little of the machine that it shares with what is
measured. `python -m bench.model FIRST RATE SECONDS SIZE` prints its address; it ends with its standard input.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
WORDS: Final = "so the answer goes on and on, line after line, until all of it is said. "


@dataclass(frozen=True, slots=True)
class Script:
    """An answer: `first` seconds of silence, then `rate` deltas a second of `size` characters for `seconds`."""

    first: float
    rate: float
    seconds: float
    size: int

    @property
    def text(self) -> str:
        """All of the answer."""
        whole = WORDS * (self.deltas * self.size // len(WORDS) + 1)
        return whole[: self.deltas * self.size]

    @property
    def deltas(self) -> int:
        """How many deltas there are."""
        return round(self.rate * self.seconds)


class _Answering(asyncio.Protocol):
    """One connection: each request for an answer is given the same one."""

    def __init__(self, script: Script, chunks: list[bytes]) -> None:
        self._script, self._chunks = script, chunks
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, blank, body = self._received.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if blank and lengths and len(body) >= int(lengths[0].partition(b":")[2]):
            self._received = b""
            begin = asyncio.get_running_loop().time() + self._script.first
            self._write(HEAD)
            asyncio.get_running_loop().call_at(begin, self._say, begin, 0)

    def _say(self, begin: float, nth: int) -> None:
        self._write(self._chunks[nth])
        if nth + 1 < len(self._chunks):
            asyncio.get_running_loop().call_at(begin + (nth + 1) / self._script.rate, self._say, begin, nth + 1)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


def _chunks(script: Script) -> list[bytes]:
    """What is written for each delta; the last brings the end as well."""
    text, size = script.text, script.size
    pieces = [_event({"content": text[at : at + size]}) for at in range(0, len(text), size)]
    usage = _data({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": script.deltas}})
    pieces[-1] += _event({}, "stop") + usage + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"
    return pieces


def _event(delta: dict[str, str], reason: str | None = None) -> bytes:
    return _data(
        {
            "id": "chatcmpl-0123456789",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "bench",
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}],
        }
    )


def _data(body: object) -> bytes:
    return _chunk(b"data: " + json.dumps(body).encode() + b"\n\n")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def _serve(script: Script) -> None:
    chunks, loop = _chunks(script), asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answering(script, chunks), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@asynccontextmanager
async def model_server(script: Script) -> AsyncGenerator[str]:
    """The address of such a server, which ends with the context."""
    arguments = [str(value) for value in (script.first, script.rate, script.seconds, script.size)]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.model", *arguments, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.kill()
        await process.wait()


if __name__ == "__main__":
    first, rate, seconds, size = sys.argv[1:]
    asyncio.run(_serve(Script(float(first), float(rate), float(seconds), int(size))))
