"""A ZIP of ours: each session a document of its own, what was attached in it, and `manifest.json`, which says what is there.

Each part of an archive is a ZIP by itself. The manifest stands last in it, since it is written when all else is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zipfile import ZipFile

from transfer.fields import list_of, object_of, text_of
from transfer.limits import MIB
from transfer.parsing import Unreadable, parse
from transfer.results import TransferRefused
from transfer.zips import member

MANIFEST: Final = "manifest.json"
FORMAT: Final = "cubby-archive"
VERSION: Final = 1
MOST_MANIFEST: Final = 32 * MIB
NEWER: Final = "This archive was written by a newer Cubby than this one. Please update the bot, then import it again."

ATTACHED: Final = "attached"
"""The manifest's key for what was attached; a Cubby that doesn't know it reads the sessions all the same."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A session's document as the manifest lists it."""

    path: str
    format: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What is in an attached file, as the manifest lists it."""

    digest: str
    path: str
    words: str | None
    """The path of the words that were read from it, which may be the same; a picture has none."""

    @property
    def paths(self) -> set[str]:
        """What of the ZIP belongs to it."""
        return {self.path} if self.words is None else {self.path, self.words}


def manifest_of(archive: ZipFile) -> Mapping[str, Any] | None:
    """Our manifest, or nothing if there is none or another's. Raises `TransferRefused` for one that a newer Cubby wrote."""
    if MANIFEST not in archive.namelist():
        return None
    with member(archive, archive.getinfo(MANIFEST)) as file:
        data = file.read(MOST_MANIFEST + 1)
    parsed = parse(data, most_weight=8 * MOST_MANIFEST)
    manifest = {} if isinstance(parsed, Unreadable) else object_of(parsed.value)
    if manifest.get("format") != FORMAT:
        return None
    version = manifest.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise TransferRefused(NEWER)
    return manifest


def listed_in(manifest: Mapping[str, Any]) -> list[Listed]:
    """The sessions that a manifest lists; what is not a listing is left out."""
    found: list[Listed] = []
    for value in list_of(manifest.get("files")):
        fields = object_of(value)
        path, kind, digest = (text_of(fields.get(key)) for key in ("path", "format", "sha256"))
        if path and kind:
            found.append(Listed(path, kind, digest))
    return found


def enclosed_in(manifest: Mapping[str, Any]) -> Iterator[Enclosed]:
    """The attached files that a manifest lists; what is not a listing is left out."""
    for value in list_of(manifest.get(ATTACHED)):
        fields = object_of(value)
        digest, path, words = (text_of(fields.get(key)) for key in ("digest", "path", "words"))
        if digest and path:
            yield Enclosed(digest, path, words or None)
