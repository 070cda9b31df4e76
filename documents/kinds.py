"""Which kind of file some bytes are: by how they begin, never by their name."""

import io
import zipfile
from enum import StrEnum
from typing import Final

from documents.results import Reason, Unreadable


class Kind(StrEnum):
    """What is read, each by the module of `documents` that it is named for."""

    PICTURE = "pictures"
    PDF = "pdf"
    WORD = "word"
    TEXT = "text"


PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
PDF: Final = b"%PDF-"
PDF_WITHIN: Final = 1024
"""Readers take a PDF whose header comes within its first bytes (ISO 32000, Annex H)."""
PACKED: Final = b"PK\x03\x04"
COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container of old Office files, and of new ones with a password ([MS-OFFCRYPTO])."""
WITH_PASSWORD: Final = "EncryptedPackage".encode("utf-16-le")


def kind_of(data: bytes) -> Kind:
    """The kind that `data` begins as; what is not known by its beginning may be text. Raises `Unreadable`."""
    if data.startswith(PICTURES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return Kind.PICTURE
    if PDF in data[:PDF_WITHIN]:
        return Kind.PDF
    if data.startswith(PACKED):
        return _packed(data)
    if data.startswith(COMPOUND):
        raise Unreadable(Reason.ENCRYPTED if WITH_PASSWORD in data else Reason.UNKNOWN_KIND)
    return Kind.TEXT


def _packed(data: bytes) -> Kind:
    """A ZIP file's kind, by the names in it: those of its directory, or where that is torn off, those before each file."""
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise Unreadable(Reason.DAMAGED if b"word/" in data else Reason.UNKNOWN_KIND) from error
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return Kind.WORD
    raise Unreadable(Reason.UNKNOWN_KIND)
