"""`python bot.py --export-user` and `--import-user`: a person's sessions, by their Discord id, into a file and out of one.

The doing is porting's; here are the files, the progress on a terminal and the sentences. Exit codes as in `maintenance.py`; an
import in which something could not be read, or that broke off, ends with 1.
"""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from documents.reading import Limits, Reader
from maintenance import Meter, Say, refuse_missing, refuse_taken
from porting.incoming import Broke, Report, import_file, look
from porting.outgoing import export_all
from storage.errors import BackupFailed, DatabaseRefused
from storage.records import Actor
from storage.sqlite.copying import sync
from storage.sqlite.open import open_store, open_to_read
from transfer.results import Survey, TransferRefused

BROKE: Final = {
    Broke.STORE: "The disk failed on the way",
    Broke.READER: "No process could be started that looks at pictures",
}
NOBODY: Final = "Nobody with the id {} has a session in {}. (What is in the bin isn't exported.)"


async def export_user(path: Path, user_id: int, to: Path, say: Say, meter: Meter) -> int:
    """Write all of a person's sessions that aren't in the bin to `to`, a new ZIP of mode 0600; the bot may run meanwhile.

    Raises `DatabaseRefused`, and `BackupFailed` where the disk fails; there is then no such file.
    """
    refuse_taken(to)
    store = await open_to_read(path)
    try:
        counts = await store.sessions.counts(Actor(user_id))
        if not counts.open + counts.archived:
            raise DatabaseRefused(NOBODY.format(user_id, path))
        with _whole_or_not(to) as file:
            (part,) = await export_all(store, Actor(user_id), lambda _: file, progress=meter)
    finally:
        await store.close()
    meter.end()
    files = f" with {_count(part.attached, 'attached file')}" if part.attached else ""
    say(f"Exported {_count(part.sessions, 'session')}{files} of {user_id} to {to}.")
    return 0


async def import_user(path: Path, user_id: int, from_file: Path, space: int, say: Say, meter: Meter) -> int:
    """Take a file's sessions in for a person, but for those they have already; the bot must not run meanwhile. `space` is how
    many bytes of files they may have, 0 for any.

    Raises `DatabaseRefused` where the file is none that can be taken in: the database is then as it was. A stop leaves whole
    sessions.
    """
    refuse_missing(path)
    found = await _look(from_file, meter)
    meter.end()
    say(f"{from_file} holds {_count(found.conversations, 'conversation')} with {_count(found.messages, 'message')}.")
    store, reader = await open_store(path, file_space=space), Reader(Limits())
    try:
        with from_file.open("rb") as file:
            report = await import_file(
                store,
                Actor(user_id),
                file,
                reader,
                skip_known=True,
                progress=lambda done: meter(done, found.conversations),
            )
    finally:
        await reader.close()
        await store.close()
    meter.end()
    _tell(report, user_id, say)
    return 1 if report.broke or report.damages else 0


@contextmanager
def _whole_or_not(to: Path) -> Generator[BinaryIO, None, None]:
    """A file that is at `to` once what is done inside is done, and else nowhere. Raises `BackupFailed`."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{to.name}.", dir=to.parent)  # mkstemp makes mode 0600
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w+b") as file:
                yield file
            sync(temporary)
            temporary.replace(to)
            sync(to.parent)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise BackupFailed(f"{to} could not be made: {error.strerror}.") from error


async def _look(from_file: Path, meter: Meter) -> Survey:
    """What is in the file. Raises `DatabaseRefused`."""
    try:
        with from_file.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            return await look(file, lambda done: meter(done, size))
    except TransferRefused as refused:
        raise DatabaseRefused(f"{from_file}: {refused}") from None
    except OSError as error:
        raise DatabaseRefused(f"{from_file} cannot be read: {error.strerror}.") from None


def _tell(report: Report, user_id: int, say: Say) -> None:
    say(f"Imported {_count(report.taken, 'conversation')} with {_count(report.messages, 'message')} for {user_id}.")
    if report.files:
        say(f"Kept {_count(report.files, 'attached file')} of theirs.")
    if report.skipped:
        say(f"Skipped {_count(report.skipped, 'conversation')} they have already.")
    for damage in report.listed:
        say(f"Not read: {damage}")
    if report.damages > len(report.listed):
        say(f"Not read: {report.damages - len(report.listed):,} more.")
    if report.broke is not None:
        say(f"{BROKE[report.broke]}, so the rest is not in. Import the file again: what is in is skipped then.")


def _count(many: int, noun: str) -> str:
    return f"{many:,} {noun}{'' if many == 1 else 's'}"
