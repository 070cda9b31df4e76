"""Files on their way: what a person attaches waits here until the message is sent, and attachments are given back as bytes.

Nothing that somebody uploaded can run in the page's origin: pictures of a few kinds are shown, everything else is downloaded,
and each is sandboxed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from aiohttp import web

from playground.standin import CannotDo, StandIn
from playground.standin.bodies import MAX_FILE_BYTES
from playground.standin.people import File
from playground.web.feed import as_list
from playground.web.security import TOKEN_HEADER, Gatekeeper

MOST_WAITING: Final = 40
MOST_BYTES: Final = 10 * MAX_FILE_BYTES
"""Bytes of files that may wait to be sent."""
MOST_FILES: Final = 10
"""Files on one message (Discord's documentation, "Uploading Files")."""
LONGEST_NAME: Final = 200

_SHOWN: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_KIND: Final = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}(; ?charset=[\w-]{1,20})?", re.ASCII)
_ANYTHING: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was uploaded and is on no message yet."""

    name: str
    data: bytes
    kind: str


class Files:
    """Takes files in and gives them out."""

    def __init__(self, discord: StandIn, gatekeeper: Gatekeeper) -> None:
        self._discord, self._gatekeeper = discord, gatekeeper
        self._waiting: dict[str, Waiting] = {}
        self._numbers = count(1)

    def find(self, ids: object) -> Sequence[File]:
        """The files of these ids, to be put on a message. They wait until they are `sent`. Raises `CannotDo`."""
        wanted = list(dict.fromkeys(str(each) for each in as_list(ids)))
        if len(wanted) > MOST_FILES:
            raise CannotDo(f"a message takes {MOST_FILES} files; send the rest with another")
        if not set(wanted) <= set(self._waiting):
            raise CannotDo("a file is gone; attach it again")
        found = [self._waiting[each] for each in wanted]
        return [(each.name, each.data, each.kind) for each in found]

    def sent(self, ids: object) -> None:
        """These are on a message: they wait no more."""
        for each in as_list(ids):
            self._waiting.pop(str(each), None)

    async def receive(self, request: web.Request) -> web.Response:
        """`POST /files?name=...`: one file's bytes."""
        self._gatekeeper.require_origin(request)
        self._gatekeeper.require_token(request.headers.get(TOKEN_HEADER))
        data = await _bounded(request)
        held = sum(len(each.data) for each in self._waiting.values())
        while self._waiting and (len(self._waiting) >= MOST_WAITING or held + len(data) > MOST_BYTES):
            held -= len(self._waiting.pop(next(iter(self._waiting))).data)
        kind = request.headers.get("Content-Type", "")
        name = plain_name(request.query.get("name", ""))
        number = str(next(self._numbers))
        self._waiting[number] = Waiting(name, data, kind if _KIND.fullmatch(kind) else _ANYTHING)
        return web.json_response({"file": number, "name": name, "size": len(data)})

    async def give(self, request: web.Request) -> web.Response:
        """`GET /files/{id}/{name}?token=...`: an attachment's bytes."""
        self._gatekeeper.require_token(request.query.get("token"))
        found = self._discord.world.attachments.get(int(request.match_info["id"]))
        if found is None:
            raise web.HTTPNotFound(text="That file isn't here any more.\n")
        is_shown = found.content_type in _SHOWN
        response = web.Response(body=found.data, content_type=found.content_type if is_shown else _ANYTHING)
        response.headers["Content-Disposition"] = "inline" if is_shown else "attachment"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response


def plain_name(name: str) -> str:
    """A file's name without folders and without what can't be read."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(char for char in last if char.isprintable()).strip(". ")[-LONGEST_NAME:] or "file"


async def _bounded(request: web.Request) -> bytes:
    """The body, read no further than a file may be long. Raises 413."""
    data = bytearray()
    async for chunk in request.content.iter_chunked(1 << 16):
        data += chunk
        if len(data) > MAX_FILE_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_FILE_BYTES, len(data), text="A file may be 10 MiB; this one is larger.\n")
    return bytes(data)
