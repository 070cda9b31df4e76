"""What was attached, on its way into an archive: its bytes, and the words that were read from them where those are others."""

import re
import zlib
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from storage.records import Attached, Content
from transfer.json_file import as_bytes, dumped
from transfer.limits import MOST_RATIO

Contents = Callable[[str], Content | None]
"""What is in a session's files, by digest, where they are still there."""

HEADERS: Final = 512
"""Bytes that a file takes beside its content, its line in the manifest apart: the ZIP's headers for its two members."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ENDING: Final = re.compile(r"\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One file, ready to be written."""

    listed: dict[str, Any]
    """Its line in the manifest."""
    members: dict[str, bytes]

    @property
    def size(self) -> int:
        """Bytes it takes at most."""
        return self.beside + sum(map(len, self.members.values()))

    @property
    def packed(self) -> int:
        """Bytes it takes."""
        return self.beside + sum(_method(data)[1] for data in self.members.values())

    @property
    def beside(self) -> int:
        """Bytes that are no content of it."""
        return HEADERS + len(as_bytes(dumped(self.listed)))

    def write(self, archive: ZipFile) -> None:
        """Add it to the archive."""
        for path, data in self.members.items():
            archive.writestr(ZipInfo(path), data, compress_type=_method(data)[0])


@dataclass(frozen=True, slots=True)
class Enclosures:
    """What was attached in a session."""

    told: Mapping[str, Attached]
    contents: Contents

    def beside(self, there: Container[str]) -> Iterator[Enclosure]:
        """Each file that is not `there` yet, one in memory at a time."""
        for digest, told in self.told.items():
            if digest not in there and (made := _enclosure(told, self.contents)) is not None:
                yield made


def _enclosure(told: Attached, contents: Contents) -> Enclosure | None:
    """The file that `told` is about, if it is still there."""
    content = contents(told.digest) if _DIGEST.fullmatch(told.digest) else None
    if content is None:
        return None
    ending = PurePosixPath(told.name).suffix.lower()
    path = f"files/{told.digest}{ending if _ENDING.fullmatch(ending) else ''}"
    members, words = {path: content.data}, None
    if content.text:
        text = as_bytes(content.text)
        words = path if text == content.data else f"files/{told.digest}.words.txt"
        members[words] = text
    listed = {"digest": told.digest, "name": told.name, "bytes": len(content.data), "path": path, "words": words}
    return Enclosure(listed, members)


def _method(data: bytes) -> tuple[int, int]:
    """How it is packed, and to what size. What would look like a bomb isn't packed, so that it can come in again."""
    packed = len(zlib.compress(data, wbits=-zlib.MAX_WBITS))
    return (ZIP_DEFLATED, packed) if packed < len(data) <= packed * MOST_RATIO else (ZIP_STORED, len(data))
