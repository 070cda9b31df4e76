"""A ZIP of ours: each session a document of its own, and `manifest.json`, which says what is there.

Each part of an archive is a ZIP by itself. The manifest stands last in it, since it is written when all else is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from transfer.fields import list_of, object_of, text_of

MANIFEST: Final = "manifest.json"
FORMAT: Final = "cubby-archive"
VERSION: Final = 1
NEWER: Final = "This archive was written by a newer Cubby than this one. Please update the bot, then import it again."


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the manifest lists it."""

    path: str
    format: str
    sha256: str


def listed_in(manifest: Mapping[str, Any]) -> list[Listed]:
    """The files that a manifest lists; what is not a listing is left out."""
    found: list[Listed] = []
    for value in list_of(manifest.get("files")):
        fields = object_of(value)
        path, kind, digest = (text_of(fields.get(key)) for key in ("path", "format", "sha256"))
        if path and kind:
            found.append(Listed(path, kind, digest))
    return found
