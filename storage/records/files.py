"""Files that came with a prompt: what is said of them, and what is in them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

FILES: Final = "files"
"""Where the `data` of a user entry has what is said of its files."""

PICTURE: Final = "picture"
"""The kind of what is looked at and not read."""

LONGEST_NAME: Final = 120

MOST_FILES: Final = 100
"""Files that one entry has, whatever another program wrote: a message of Discord's brings ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What is said of a file. What is in it is stored once per owner, under its digest."""

    name: str
    kind: str
    """"PDF", "Word", "CSV", "JSON", "text", or `PICTURE`."""
    digest: str
    size: int
    """Bytes of the file."""
    characters: int = 0
    """How long the words are that were read from it."""
    cut: bool = False
    """Only the beginning of it was read."""
    mime: str | None = None
    """Of a picture, as are its measures."""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a file: its bytes, and the words that were read from them; a picture has none."""

    data: bytes
    text: str = ""

    @property
    def size(self) -> int:
        """The bytes that it takes in the store."""
        return len(self.data) + len(self.text.encode(errors="replace"))


@dataclass(frozen=True, slots=True)
class File:
    """A whole file, on its way into the store."""

    attached: Attached
    content: Content


def digest_of(content: Content) -> str:
    """The name of what is in a file, for its owner's eyes only. Takes some milliseconds for some megabytes."""
    digest = hashlib.sha256(content.data)
    digest.update(b"\0" + content.text.encode(errors="replace"))
    return digest.hexdigest()


def with_files(files: Iterable[Attached]) -> dict[str, Any]:
    """The `data` of a user entry that came with these."""
    said = [asdict(file) for file in files]
    return {FILES: said} if said else {}


def files_in(data: Mapping[str, Any]) -> tuple[Attached, ...]:
    """What an entry's `data` says of files. What other programs wrote there is none of it."""
    said = data.get(FILES)
    if not isinstance(said, list):
        return ()
    known = (
        _attached(cast("Mapping[str, Any]", each)) for each in cast("list[object]", said)[:MOST_FILES] if isinstance(each, dict)
    )
    return tuple(each for each in known if each is not None)


def _attached(said: Mapping[str, Any]) -> Attached | None:
    match said:
        case {"name": str(name), "kind": str(kind), "digest": str(digest), "size": int(size)}:
            mime, numbers = said.get("mime"), [said.get(key) for key in ("characters", "width", "height")]
            characters, width, height = (number if isinstance(number, int) and number > 0 else 0 for number in numbers)
            return Attached(
                name=name[:LONGEST_NAME],
                kind=kind,
                digest=digest,
                size=size,
                characters=characters,
                cut=said.get("cut") is True,
                mime=mime if isinstance(mime, str) else None,
                width=width,
                height=height,
            )
        case _:
            return None
