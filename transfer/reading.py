"""Reads whatever file was sent: first a survey for the preview, then the sessions, one at a time.

The file is any that can be sought in. A ZIP is looked into: ours has a manifest, others' have `conversations.json` somewhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import IO, BinaryIO, Final, cast
from zipfile import ZipFile, ZipInfo

from transfer import chatgpt, claude, json_file, pi_reader
from transfer.archive import Listed, enclosed_in, listed_in, manifest_of
from transfer.detect import UNKNOWN, detect, is_zip
from transfer.limits import CHUNK
from transfer.results import Damage, Format, Place, Result, Survey, TransferRefused, count
from transfer.zips import check_total, member, opened

Read = Callable[[BinaryIO], Iterator[Result]]

READERS: Final[dict[Format, Read]] = {
    Format.JSON: json_file.read,
    Format.PI: pi_reader.read,
    Format.CHATGPT: chatgpt.read,
    Format.CLAUDE: claude.read,
}
FOREIGN: Final = "conversations*.json"
"""Where ChatGPT's and Claude's exports have the conversations, in one file or in several that are numbered."""

NOT_THERE: Final = "It is listed in the archive, and isn't there."
CHANGED: Final = "It isn't what was exported: its checksum is another."
NOT_READABLE: Final = "It is of a kind that is for reading only, so it can't be imported."


def survey(file: BinaryIO) -> Survey:
    """What is in the file. Raises `TransferRefused`, with a sentence, for one that is not taken."""
    kind, results = _open(file)
    return count(kind, results)


def sessions(file: BinaryIO) -> Iterator[Result]:
    """The sessions of the file and what was damaged, in order. Raises `TransferRefused` as `survey` does, and no other error
    for anything that is in the file.
    """
    _, results = _open(file)
    yield from results


def _open(file: BinaryIO) -> tuple[Format, Iterator[Result]]:
    if is_zip(file):
        return _open_zip(file)
    kind = detect(file)
    file.seek(0)
    return kind, READERS[kind](file)


def _open_zip(file: BinaryIO) -> tuple[Format, Iterator[Result]]:
    with opened(file) as archive:
        if manifest_of(archive) is not None:
            return Format.ARCHIVE, _read_ours(file)
        found = _foreign(archive)
        if not found:
            raise TransferRefused(UNKNOWN)
        kind = _kind_of(archive, found)
    return kind, _read_foreign(file, kind)


def _read_ours(file: BinaryIO) -> Iterator[Result]:
    with opened(file) as archive:
        manifest = manifest_of(archive) or {}
        listed, infos = listed_in(manifest), {info.filename: info for info in archive.infolist()}
        paths = [each.path for each in listed] + [path for each in enclosed_in(manifest) for path in each.paths]
        check_total([infos[path] for path in paths if path in infos], file.seek(0, 2))
        for each in listed:
            for result in _read_listed(archive, each, infos.get(each.path)):
                yield replace(result, file=each.path) if isinstance(result, Damage) else result


def _read_listed(archive: ZipFile, listed: Listed, info: ZipInfo | None) -> Iterator[Result]:
    """The session in a file of ours; what is wrong with the file as a whole is told, and the next one is read."""
    if info is None:
        yield Damage(Place.FILE, 1, NOT_THERE)
        return
    if listed.format not in (Format.JSON, Format.PI):
        yield Damage(Place.FILE, 1, NOT_READABLE)
        return
    try:
        with member(archive, info) as file:
            if listed.sha256 and _digest(file) != listed.sha256:
                yield Damage(Place.FILE, 1, CHANGED)
        with member(archive, info) as file:
            yield from READERS[Format(listed.format)](cast("BinaryIO", file))
    except TransferRefused as refused:
        yield Damage(Place.FILE, 1, str(refused))


def _foreign(archive: ZipFile) -> list[ZipInfo]:
    """The files with another's conversations, in the order of their names."""
    found = [info for info in archive.infolist() if fnmatchcase(info.filename.rpartition("/")[2], FOREIGN)]
    return sorted(found, key=lambda info: info.filename)


def _kind_of(archive: ZipFile, found: list[ZipInfo]) -> Format:
    """Whose conversations they are, told by the first file that tells."""
    refused = TransferRefused(UNKNOWN)
    for info in found:
        try:
            with member(archive, info) as file:
                return detect(cast("BinaryIO", file))
        except TransferRefused as error:
            refused = error
    raise refused


def _read_foreign(file: BinaryIO, kind: Format) -> Iterator[Result]:
    with opened(file) as archive:
        found = _foreign(archive)
        check_total(found, file.seek(0, 2))
        for info in found:
            try:
                with member(archive, info) as each:
                    for result in READERS[kind](cast("BinaryIO", each)):
                        yield replace(result, file=info.filename) if isinstance(result, Damage) else result
            except TransferRefused as refused:
                yield Damage(Place.FILE, 1, str(refused), info.filename)


def _digest(file: IO[bytes]) -> str:
    digest = sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
