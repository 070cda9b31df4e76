"""Opens a ZIP from outside, and refuses one that means harm before anything of it is unpacked.

Nothing is ever unpacked to disk, and a ZIP inside a ZIP is never looked into.
"""

import struct
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO, BinaryIO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from transfer.limits import LEAST_SUSPECT, MOST_DIRECTORY, MOST_MEMBERS, MOST_RATIO
from transfer.results import TransferRefused

BROKEN: Final = "This ZIP is damaged, so I can't read what is in it."
ENCRYPTED: Final = "This ZIP is protected by a password. Please unpack it, then import what is in it."
BOMB: Final = "This ZIP would unpack to far more than it is, so I left it alone."
TOO_MANY: Final = "There are too many files in this ZIP. Please send the file with the conversations by itself."
PATHS: Final = "The names in this ZIP point outside of it, so I left it alone."
TWICE: Final = "Two files in this ZIP have the same name, so I can't tell which is meant."
METHOD: Final = "This ZIP is packed in a way that I don't read. Please pack it anew, in the usual way."

END: Final = struct.Struct("<4s4H2LH")
END_64: Final = struct.Struct("<4sQ2H2L4Q")
LOCATOR_64: Final = struct.Struct("<4sLQL")
MOST_COMMENT: Final = 0xFFFF
ENCRYPTED_FLAG: Final = 0x1

DAMAGE: Final = (BadZipFile, LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, struct.error)
"""What `zipfile` raises over a file that is not as it should be, one way or another."""


@contextmanager
def opened(file: BinaryIO) -> Generator[ZipFile]:
    """The ZIP in `file`. Raises `TransferRefused` for one that is damaged, locked, or made to do harm."""
    try:
        size = file.seek(0, 2)
        if _directory_size(file, size) > MOST_DIRECTORY:
            raise TransferRefused(TOO_MANY)
        archive = ZipFile(file)
    except (*DAMAGE, IndexError, ValueError) as error:
        raise TransferRefused(BROKEN) from error
    with archive:
        _check(archive.infolist())
        yield archive


@contextmanager
def member(archive: ZipFile, info: ZipInfo) -> Generator[IO[bytes]]:
    """A file in it, to be read from its beginning. Raises `TransferRefused` for one that is locked, too large or damaged."""
    if info.flag_bits & ENCRYPTED_FLAG:
        raise TransferRefused(ENCRYPTED)
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise TransferRefused(METHOD)
    if is_bomb(info.file_size, info.compress_size):
        raise TransferRefused(BOMB)
    try:
        with archive.open(info) as file:
            yield file
    except DAMAGE as error:
        raise TransferRefused(BROKEN) from error


def is_bomb(unpacked: int, packed: int) -> bool:
    """Whether so much is packed into so little that nobody wrote it."""
    return unpacked > LEAST_SUSPECT and unpacked > packed * MOST_RATIO


def check_total(members: list[ZipInfo], file_size: int) -> None:
    """Raises `TransferRefused` if `members` together hold too much for the file that they are in: they may overlap."""
    if is_bomb(sum(info.file_size for info in members), file_size):
        raise TransferRefused(BOMB)


def _check(infos: list[ZipInfo]) -> None:
    names = [info.filename for info in infos]
    if len(names) > MOST_MEMBERS:
        raise TransferRefused(TOO_MANY)
    if any(_leads_outside(name) for name in names):
        raise TransferRefused(PATHS)
    if len(set(names)) < len(names):
        raise TransferRefused(TWICE)
    if any(info.header_offset < 0 for info in infos):  # for `zipfile`, where the directory is tells where the rest is
        raise TransferRefused(BROKEN)


def _leads_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or parts[0].endswith(":") or "\0" in name


def _directory_size(file: BinaryIO, size: int) -> int:
    """Bytes of the directory, which `ZipFile` reads whole, as `ZipFile` finds it. Raises `BadZipFile` if there is none.

    The end record and its 64-bit form are those of PKWARE's APPNOTE 4.3.14 to 4.3.16.
    """
    start = max(0, size - END.size - MOST_COMMENT)
    file.seek(start)
    tail = file.read()
    at = len(tail) - END.size
    if at < 0 or tail[at : at + 4] != b"PK\5\6" or tail[-2:] != b"\0\0":
        at = tail.rfind(b"PK\5\6")
    if at < 0 or at + END.size > len(tail):
        raise BadZipFile
    directory = END.unpack_from(tail, at)[5]
    locator = start + at - LOCATOR_64.size
    if locator < END_64.size:
        return directory
    file.seek(locator - END_64.size)
    before = file.read(END_64.size + LOCATOR_64.size)
    if before[END_64.size : END_64.size + 4] != b"PK\6\7":
        return directory
    if before[:4] != b"PK\6\6":
        raise BadZipFile
    return max(directory if directory != 0xFFFFFFFF else 0, END_64.unpack_from(before)[8])
