"""A ZIP file's parts counted while they are unpacked, so that a bomb is known before a library opens it."""

import io
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from documents.results import Reason, Unreadable

METHODS: Final = frozenset({ZIP_STORED, ZIP_DEFLATED})
"""All that Office files have (ISO/IEC 29500-2, Annex B); Python unpacks others without a bound."""

NOT_TEXT: Final = ("word/media/", "word/embeddings/", "word/fonts/")
"""Left empty: pictures and the like, of which no words are read."""


def unpacked(data: bytes, most: int) -> io.BytesIO:
    """The same parts without compression. Raises `Unreadable` beyond `most` bytes of them, whatever the file declares."""
    plain = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as packed, ZipFile(plain, "w") as parts:
        for entry in packed.infolist():
            if entry.compress_type not in METHODS:
                raise Unreadable(Reason.DAMAGED)
            if entry.filename.startswith(NOT_TEXT):
                parts.writestr(entry.filename, b"")
                continue
            with packed.open(entry) as part:
                content = part.read(most + 1)
            most -= len(content)
            if most < 0:
                raise Unreadable(Reason.TOO_MUCH)
            parts.writestr(entry.filename, content)
    plain.seek(0)
    return plain
