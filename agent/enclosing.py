"""What the model is given of the files that came with prompts: words between marks, and pictures where it sees."""

import asyncio
import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from agent.estimates import CHARACTERS_PER_TOKEN, estimated_tokens
from agent.model import Picture
from storage.records import PICTURE, Actor, Attached, Entry, EntryKind, files_in
from storage.store import Store

MOST_SHARE: Final = 0.5
"""How much of the room the files of one prompt may take, so that the question and what was said before it have some too."""

TILE: Final = 512
TILE_TOKENS: Final = 170
PICTURE_TOKENS: Final = 85
"""How OpenAI counts a picture that is looked at closely (OpenAI's guide "Images and vision", on tokens by tiles). Others count
less, and what the server reports corrects it."""

OPENING: Final = '<file name="{}" kind="{}">'
CLOSING: Final = "</file>"
CUT: Final = "[The rest of this file is left out here.]"
UNSEEN: Final = "[You can't look at pictures, so you don't know what is in it. Say so where it matters.]"
GONE: Final = "[This file is not there any more.]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """The files of one prompt, as they are sent with its words."""

    text: str
    pictures: tuple[Picture, ...] = ()
    clipped: bool = False
    """Whether words of them are left out since they don't fit."""

    @property
    def tokens(self) -> int:
        """About how many they are."""
        return estimated_tokens(self.text) + sum(picture.tokens for picture in self.pictures)


async def enclose(
    store: Store, actor: Actor, session_id: UUID, entries: Sequence[Entry], *, sees: bool, room: int, is_sent: bool = True
) -> Mapping[int, Enclosed]:
    """The files of these entries, the newest part of a path, by the entry's id; of older ones only while they fit in so many
    tokens. `sees` is whether the model looks at pictures, which are counted and not read unless what comes of it `is_sent`.

    Raises `SessionNotFound`, `StoreUnavailable`.
    """
    found: dict[int, Enclosed] = {}
    left = room
    for entry in reversed(entries):
        files = files_in(entry.data) if entry.kind == EntryKind.USER else ()
        if files and left > 0:
            texts = await store.files.texts(actor, session_id, [file.digest for file in files])
            looked_at = [file for file in files if sees and file.kind == PICTURE and texts.get(file.digest) == ""]
            if is_sent:
                pictures = await _pictures(store, actor, session_id, looked_at)
            else:
                pictures = {file.digest: Picture("", picture_tokens(file)) for file in looked_at}
            found[entry.id] = _enclosed(files, texts, pictures, characters=int(room * MOST_SHARE) * CHARACTERS_PER_TOKEN)
            left -= found[entry.id].tokens
    return found


def picture_tokens(file: Attached) -> int:
    """About what a picture takes of the context."""
    return PICTURE_TOKENS + TILE_TOKENS * -(-file.width // TILE) * -(-file.height // TILE)


async def _pictures(store: Store, actor: Actor, session_id: UUID, files: Sequence[Attached]) -> Mapping[str, Picture]:
    found: dict[str, Picture] = {}
    for file in files:
        data = await store.files.data(actor, session_id, file.digest)
        if data is not None:
            encoded = await asyncio.to_thread(base64.b64encode, data)  # some megabytes
            found[file.digest] = Picture(f"data:{file.mime};base64,{encoded.decode()}", picture_tokens(file))
    return found


def _enclosed(
    files: Sequence[Attached], texts: Mapping[str, str], pictures: Mapping[str, Picture], *, characters: int
) -> Enclosed:
    blocks: list[str] = []
    clipped = False
    for file in files:
        said = texts.get(file.digest, "")
        shown = said[: max(0, characters)]
        characters -= len(shown)
        clipped |= len(shown) < len(said)
        blocks.append(_block(file, shown, is_cut=file.cut or len(shown) < len(said), known=file.digest in texts, seen=pictures))
    seen = tuple(pictures[file.digest] for file in files if file.digest in pictures)
    return Enclosed(text="\n\n".join(blocks), pictures=seen, clipped=clipped)


def _block(file: Attached, text: str, *, is_cut: bool, known: bool, seen: Mapping[str, Picture]) -> str:
    """A file between marks that nothing in it can close."""
    opening = OPENING.format(html.escape(" ".join(file.name.split())), html.escape(file.kind))
    if not known:
        body = GONE
    elif file.kind == PICTURE:
        body = "" if file.digest in seen else UNSEEN
    else:
        body = text.replace("</file", "<\\/file") + (f"\n{CUT}" if is_cut else "")
    return f"{opening}\n{body}\n{CLOSING}" if body else f"{opening}{CLOSING}"
