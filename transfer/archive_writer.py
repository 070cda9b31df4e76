"""Writes many sessions as ZIPs that each stay under a size, one session in hand at a time."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, Final, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from storage.records import Attached, EntryKind, files_in
from transfer import html, json_file, markdown, pi_writer
from transfer.archive import ATTACHED, FORMAT, MANIFEST, VERSION
from transfer.enclosing import Contents, Enclosure, Enclosures
from transfer.limits import CHUNK, MIB
from transfer.results import is_message
from transfer.saved import SavedEntry, SavedSession, SessionGone
from transfer.trees import path

Write = Callable[[BinaryIO, SavedSession, Iterable[SavedEntry]], None]
NewPart = Callable[[int], BinaryIO]
"""Opens the file of a part, by its number from 1."""

IN_MEMORY: Final = 4 * MIB
"""A session's document up to this size is made in memory, a larger one on disk."""
LISTING: Final = 256
"""Bytes that a session takes beside its content, its line in the manifest apart: the ZIP's two headers for it."""
EDGE: Final = 1024
"""Bytes of an empty manifest and an empty ZIP."""
EARLIEST: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""ZIP knows no time before."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How sessions are written in an archive."""

    format: str
    ending: str
    write: Write
    whole: bool
    """Whether it takes all entries, not only those of the current path."""
    encloses: bool = False
    """Whether what is in attached files goes along; the others name them at most."""


JSON: Final = Layout("json", ".json", json_file.write, whole=True, encloses=True)
PI: Final = Layout("pi", ".jsonl", pi_writer.write, whole=True)
MARKDOWN: Final = Layout("markdown", ".md", markdown.write, whole=False)
HTML: Final = Layout("html", ".html", html.write, whole=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A finished part."""

    number: int
    sessions: int
    size: int
    attached: int
    """Files that were attached, and are in it whole."""
    is_oversize: bool
    """Whether it holds one session that alone is more than the limit."""


@dataclass(slots=True)
class _Open:
    """A part that is being written."""

    number: int
    file: BinaryIO
    archive: ZipFile
    instructions: str | None
    listing: int
    """Bytes of what is beside the content of the sessions."""
    files: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    attached: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """By digest."""

    @property
    def size(self) -> int:
        """Bytes it will have if nothing more comes."""
        return self.file.tell() + self.listing


def write_archive(
    sessions: Iterable[tuple[SavedSession, Iterable[SavedEntry], Contents]],
    new_part: NewPart,
    *,
    most_bytes: int,
    layout: Layout = JSON,
    instructions: str | None = None,
) -> list[Part]:
    """Write all `sessions`, in parts of at most `most_bytes`. A session that is larger than that by itself gets a part of its
    own, which is marked. Without a session there is one part, with the manifest alone. Each manifest has the `instructions`
    that go with all sessions. What was attached in a session is in its part too, each content once there. The files of the
    parts stay open.

    A session whose entries raise `SessionGone` is left out.
    """
    parts: list[Part] = []
    part = _begin(new_part, 1, instructions)
    try:
        for session, entries, contents in sessions:
            with cast("IO[bytes]", SpooledTemporaryFile(max_size=IN_MEMORY)) as document:
                counts = _Counts()
                try:
                    shown = entries if layout.whole else path(entries, session.leaf)
                    layout.write(cast("BinaryIO", document), session, counts.passing(shown))
                except SessionGone:
                    continue
                listed = _listed(document, session, counts, layout)
                attached = Enclosures(counts.attached if layout.encloses else {}, contents)
                if part.files and not _fits(part, document, listed, attached, most_bytes):
                    parts.append(_close(part, most_bytes, is_last=False))
                    part = _begin(new_part, part.number + 1, instructions)
                _add(part, document, listed, session)
                for each in attached.beside(part.attached):
                    _enclose(part, each)
        parts.append(_close(part, most_bytes, is_last=True))
    finally:
        with suppress(OSError, ValueError):  # what broke off is of no use, and a ZIP that was closed is closed
            part.archive.close()
    return parts


@dataclass(slots=True)
class _Counts:
    """How many entries have passed, and what is said of files in them."""

    entries: int = 0
    messages: int = 0
    attached: dict[str, Attached] = field(default_factory=dict[str, Attached])
    """By digest."""

    def passing(self, entries: Iterable[SavedEntry]) -> Iterator[SavedEntry]:
        """The same entries, counted as they pass."""
        for entry in entries:
            self.entries += 1
            self.messages += is_message(entry)
            if entry.kind == EntryKind.USER:
                self.attached.update({file.digest: file for file in files_in(entry.data)})
            yield entry


def _listed(document: IO[bytes], session: SavedSession, counts: _Counts, layout: Layout) -> dict[str, Any]:
    digest, size = sha256(), document.tell()
    document.seek(0)
    while chunk := document.read(CHUNK):
        digest.update(chunk)
    return {
        "path": f"sessions/{_stem(session)}{layout.ending}",
        "format": layout.format,
        "session": session.id,
        "number": session.number,
        "name": session.name,
        "entries": counts.entries,
        "messages": counts.messages,
        "bytes": size,
        "sha256": digest.hexdigest(),
    }


def _stem(session: SavedSession) -> str:
    """A file name that is safe everywhere: the number, and a piece of the id's checksum, which no other session has."""
    mark = sha256(session.id.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{session.number:04d}-{mark}" if session.number else mark


def _fits(part: _Open, document: IO[bytes], listed: dict[str, Any], attached: Enclosures, most_bytes: int) -> bool:
    """Whether it goes into the part; only near the end of one is it packed to see."""
    room = most_bytes - part.size - _listing(listed)
    if listed["bytes"] + sum(each.size for each in attached.beside(part.attached)) <= room:
        return True
    return _packed(document) + sum(each.packed for each in attached.beside(part.attached)) <= room


def _packed(document: IO[bytes]) -> int:
    packer, size = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -15), 0
    document.seek(0)
    while chunk := document.read(CHUNK):
        size += len(packer.compress(chunk))
    return size + len(packer.flush())


def _begin(new_part: NewPart, number: int, instructions: str | None) -> _Open:
    file, edge = new_part(number), EDGE + len(json_file.as_bytes(json_file.dumped(instructions)))
    return _Open(number, file, ZipFile(file, "w", ZIP_DEFLATED), instructions, listing=edge)


def _add(part: _Open, document: IO[bytes], listed: dict[str, Any], session: SavedSession) -> None:
    document.seek(0)
    info = ZipInfo(listed["path"], _zip_time(session.modified))
    info.compress_type = ZIP_DEFLATED
    info.file_size = listed["bytes"]
    with part.archive.open(info, "w") as target:
        while chunk := document.read(CHUNK):
            target.write(chunk)
    part.files.append(listed)
    part.listing += _listing(listed)


def _enclose(part: _Open, made: Enclosure) -> None:
    made.write(part.archive)
    part.attached[made.listed["digest"]] = made.listed
    part.listing += made.beside


def _listing(listed: dict[str, Any]) -> int:
    return LISTING + 2 * len(json_file.as_bytes(json_file.dumped(listed)))


def _close(part: _Open, most_bytes: int, *, is_last: bool) -> Part:
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "part": part.number,
        "last": is_last,
        "sessions": len(part.files),
        "messages": sum(listed["messages"] for listed in part.files),
        "instructions": part.instructions,
        "files": part.files,
        ATTACHED: list(part.attached.values()),
    }
    newest = max((info.date_time for info in part.archive.infolist()), default=EARLIEST.timetuple()[:6])
    info = ZipInfo(MANIFEST, newest)
    info.compress_type = ZIP_DEFLATED
    part.archive.writestr(info, json_file.as_bytes(json_file.dumped(manifest) + "\n"))
    part.archive.close()
    size = part.file.seek(0, 2)
    return Part(part.number, len(part.files), size, len(part.attached), size > most_bytes)


def _zip_time(time: datetime) -> tuple[int, int, int, int, int, int]:
    time = max(time, EARLIEST)
    return (time.year, time.month, time.day, time.hour, time.minute, time.second) if time.year < 2107 else (2107, 1, 1, 0, 0, 0)
