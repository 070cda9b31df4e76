"""From sessions to files that Discord takes: as they are, in ZIPs, and what is larger still cut into pieces."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZipFile

from cogs.files import NewFile
from cogs.words import label
from delivery.sender import Upload
from porting.outgoing import Progress, export_all, export_session, export_with_files
from storage.records import Actor, SessionInfo
from storage.store import Store
from storage.threads import in_own_thread
from transfer.archive_writer import Layout, Part
from transfer.limits import CHUNK

AS_IT_IS: Final = "{}, as it is now:"
WITH_FILES: Final = "{}, as it is now, in a ZIP with {}:"
ZIPPED: Final = "{}, as it is now, in a ZIP, since Discord takes no larger files from me:"
IN_PARTS: Final = " Discord takes no larger files from me, so they come in parts, each a ZIP by itself."
IN_PIECES: Final = (
    "It is larger than Discord takes from me, so it comes in {} pieces. Put them together with 7-Zip, from the first one, or "
    "in a terminal: `cat {}.* > {}`"
)
PIECE: Final = "Piece {} of {}:"
NO_BIN: Final = "What rests in the bin isn't in it."


@dataclass(frozen=True, slots=True)
class Packed:
    """A file with the words that come with it."""

    text: str
    upload: Upload


async def pack_one(
    store: Store, actor: Actor, session: SessionInfo, layout: Layout, new_file: NewFile, *, most_bytes: int
) -> list[Packed]:
    """A session as a file, in a ZIP where files were attached that go with it or it is too large, and cut where that still is.

    Raises `SessionNotFound`, `OSError`, `StoreUnavailable`.
    """
    name, file = f"session-{session.number}{layout.ending}", new_file()
    names_files = await export_session(store, actor, session, layout, file)
    if names_files and layout.encloses:
        archive = new_file()
        part = await export_with_files(store, actor, session, layout, archive)
        if part.attached:
            text = WITH_FILES.format(label(session), _files(part.attached))
            return await _whole_or_cut(f"session-{session.number}.zip", text, archive, new_file, most_bytes)
    if file.tell() <= most_bytes:
        return [Packed(AS_IT_IS.format(label(session)), Upload(name, file))]
    zipped = new_file()
    await in_own_thread(lambda _stop: _zip(file, name, zipped), "export-zip")
    return await _whole_or_cut(f"{name}.zip", ZIPPED.format(label(session)), zipped, new_file, most_bytes)


async def pack_all(
    store: Store, actor: Actor, layout: Layout, new_file: NewFile, *, most_bytes: int, progress: Progress
) -> list[Packed]:
    """All sessions in ZIPs, each with what fits; none where there is none. Raises `OSError`, `StoreUnavailable`."""
    files: list[BinaryIO] = []

    def new_part(_number: int) -> BinaryIO:
        files.append(new_file())
        return files[-1]

    parts = await export_all(store, actor, new_part, layout=layout, most_bytes=most_bytes, progress=progress)
    if not any(part.sessions for part in parts):
        return []
    packed: list[Packed] = []
    for part, file in zip(parts, files, strict=True):
        name = "sessions.zip" if len(parts) == 1 else f"sessions-{part.number}-of-{len(parts)}.zip"
        packed += await _whole_or_cut(name, _said(part, len(parts)), file, new_file, most_bytes)
    return packed


async def _whole_or_cut(name: str, text: str, file: BinaryIO, new_file: NewFile, most_bytes: int) -> list[Packed]:
    if file.seek(0, 2) <= most_bytes:
        return [Packed(text, Upload(name, file))]
    pieces = await in_own_thread(lambda _stop: _cut(file, new_file, most_bytes), "export-cut")
    uploads = [Upload(f"{name}.{number:03d}", piece) for number, piece in enumerate(pieces, start=1)]
    first = f"{text}\n{IN_PIECES.format(len(pieces), name, name)}"
    texts = [first, *(PIECE.format(number, len(pieces)) for number in range(2, len(pieces) + 1))]
    return [Packed(*each) for each in zip(texts, uploads, strict=True)]


def _zip(file: BinaryIO, name: str, zipped: BinaryIO) -> None:
    file.seek(0)
    with ZipFile(zipped, "w", ZIP_DEFLATED) as archive, archive.open(name, "w", force_zip64=True) as member:
        shutil.copyfileobj(file, member, CHUNK)


def _cut(file: BinaryIO, new_file: NewFile, most_bytes: int) -> Sequence[BinaryIO]:
    """The file in pieces of at most so many bytes."""
    left, pieces = file.seek(0, 2), list[BinaryIO]()
    file.seek(0)
    while left > 0:
        piece, room = new_file(), most_bytes
        while room and (chunk := file.read(min(CHUNK, room))):
            piece.write(chunk)
            room -= len(chunk)
        left -= most_bytes - room
        pieces.append(piece)
    return pieces


def _files(count: int) -> str:
    return "the file attached in it" if count == 1 else f"the {count} files attached in it"


def _said(part: Part, parts: int) -> str:
    """What stands above a part."""
    sessions = "1 session" if part.sessions == 1 else f"{part.sessions} sessions"
    if parts == 1:
        return f"Your {sessions}. {NO_BIN}"
    return f"Part {part.number} of {parts}: {sessions}.{f'{IN_PARTS} {NO_BIN}' if part.number == 1 else ''}"
