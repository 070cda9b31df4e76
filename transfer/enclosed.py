"""What was attached, in an archive that came from outside: looked up by its digest, bounded, and checked against it."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import BinaryIO, Final
from zipfile import ZipFile, ZipInfo

from documents.results import Limits
from storage.records import Content, digest_of
from transfer.archive import Enclosed, enclosed_in, manifest_of
from transfer.detect import is_zip
from transfer.parsing import Unreadable
from transfer.results import TransferRefused
from transfer.zips import member, opened

Look = Callable[[str], Content | Unreadable]
"""What is in the file with a digest, or why there is nothing."""

MOST_OF_A_CHARACTER: Final = 4
"""Bytes that one takes in UTF-8."""

ABSENT: Final = "What is in an attached file isn't there, so only its name came"
CHANGED: Final = "An attached file isn't what was exported, so only its name came"
TOO_LARGE: Final = "An attached file is larger than I keep, so only its name came"


@contextmanager
def attached_in(file: BinaryIO, limits: Limits) -> Generator[Look]:
    """What was attached in the file, if it is an archive of ours. Raises `TransferRefused` as reading its sessions does."""
    if not is_zip(file):
        yield _nothing
        return
    with opened(file) as archive:
        listed = {each.digest: each for each in enclosed_in(manifest_of(archive) or {})}
        infos = {info.filename: info for info in archive.infolist()}

        def look(digest: str) -> Content | Unreadable:
            return _content(archive, infos, listed[digest], limits) if digest in listed else _nothing(digest)

        yield look


def _nothing(_digest: str) -> Unreadable:
    return Unreadable(ABSENT)


def _content(archive: ZipFile, infos: dict[str, ZipInfo], listed: Enclosed, limits: Limits) -> Content | Unreadable:
    most_words = limits.characters * MOST_OF_A_CHARACTER
    if not listed.paths <= infos.keys():
        return Unreadable(ABSENT)
    if infos[listed.path].file_size > limits.bytes or (listed.words and infos[listed.words].file_size > most_words):
        return Unreadable(TOO_LARGE)
    try:
        data = _bytes(archive, infos[listed.path])
        words = data if listed.words == listed.path else _bytes(archive, infos[listed.words]) if listed.words else b""
        content = Content(data, words.decode())
    except (TransferRefused, UnicodeDecodeError):
        return Unreadable(CHANGED)
    if len(content.text) > limits.characters:
        return Unreadable(TOO_LARGE)
    return content if digest_of(content) == listed.digest else Unreadable(CHANGED)


def _bytes(archive: ZipFile, info: ZipInfo) -> bytes:
    """All of it: `zipfile` gives no more than the directory says. Raises `TransferRefused`."""
    with member(archive, info) as file:
        return file.read()
