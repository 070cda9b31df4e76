"""Sessions on their way in: a look at the file first, then each session whole or not at all."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from threading import Event
from typing import BinaryIO, Final

from documents.reading import Reader
from porting.attached import Intake, NobodyLooks
from porting.crossing import Crossing
from porting.watched import Heard, watched
from storage.errors import BrokenTree, FilesFull, StoreUnavailable
from storage.records import Actor
from storage.store import Store
from storage.threads import in_own_thread
from transfer.enclosed import attached_in
from transfer.limits import MOST_DAMAGES_LISTED
from transfer.reading import sessions, survey
from transfer.results import Damage, Place, Result, Survey, is_message
from transfer.saved import Loaded
from transfer.stored import drafts

Progress = Callable[[int], None]
"""Hears how many sessions are done, in the thread that does it."""

ASKED_AT_ONCE: Final = 500
"""Sessions that are looked up at a time."""

TOO_LARGE: Final = "It has more entries than a session can have, so it was left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file holds, and how many of its conversations the person has already."""

    survey: Survey
    known: int


class Broke(Enum):
    """Why an import ended on its way."""

    STORE = auto()
    """It takes nothing."""
    READER = auto()
    """Nobody looks at pictures just now."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What became of an import."""

    taken: int = 0
    messages: int = 0
    """In what was taken."""
    files: int = 0
    """That were attached in it, and came with it."""
    skipped: int = 0
    """Conversations that were there already."""
    damages: int = 0
    listed: list[Damage] = field(default_factory=list[Damage])
    """The first of the damages."""
    broke: Broke | None = None
    """Why it ended on the way, if it did: what is counted was taken in all the same."""


async def look(file: BinaryIO, heard: Heard = lambda _bytes: None) -> Survey:
    """Look through the file alone. Raises `TransferRefused`, `OSError`."""
    return await in_own_thread(lambda stop: survey(watched(file, stop, heard)), "import-look")


async def preview(store: Store, actor: Actor, file: BinaryIO) -> Preview:
    """Look through the file without changing anything. Raises `TransferRefused`, `OSError`, `StoreUnavailable`."""
    loop = asyncio.get_running_loop()

    def work(stop: Event) -> Preview:
        crossing, read = Crossing(loop, stop), watched(file, stop)
        return Preview(survey=survey(read), known=_known(crossing, store, actor, sessions(read)))

    return await in_own_thread(work, "import-preview")


async def import_file(
    store: Store, actor: Actor, file: BinaryIO, reader: Reader, *, skip_known: bool, progress: Progress = lambda _done: None
) -> Report:
    """Take the file's sessions in, one transaction each with what was attached in it, those that are there already too unless
    they are to be skipped.

    Raises `TransferRefused` before anything is taken in, `OSError`. A cancel leaves whole sessions.
    """
    loop = asyncio.get_running_loop()

    def work(stop: Event) -> Report:
        crossing, report, read = Crossing(loop, stop), Report(), watched(file, stop)
        with attached_in(read, reader.limits) as look:
            intake = Intake(crossing, store, actor, look, reader)
            try:
                number = 0
                for result in sessions(read):
                    number += isinstance(result, Loaded)
                    _take(intake, result, report, number, skip_known=skip_known)
                    progress(report.taken + report.skipped)
            except StoreUnavailable:
                report.broke = Broke.STORE
            except NobodyLooks:
                report.broke = Broke.READER
        return report

    return await in_own_thread(work, "import")


def _take(intake: Intake, result: Result, report: Report, number: int, *, skip_known: bool) -> None:
    """Take one result in. Raises `NobodyLooks`, `StoreUnavailable`, `Stopped`."""
    if isinstance(result, Damage):
        _note(report, result)
        return
    crossing, transfers, session = intake.crossing, intake.store.transfers, result.session
    if skip_known and crossing.call(transfers.known(intake.actor, session.source, [session.id])):
        report.skipped += 1
        return
    files, faults = intake.of(result.entries)
    try:
        made = crossing.call(transfers.adopt(intake.actor, *drafts(result), files))
    except FilesFull:  # their owner attached something meanwhile
        _take(intake, result, report, number, skip_known=skip_known)
        return
    except BrokenTree:
        _note(report, Damage(Place.CONVERSATION, number, TOO_LARGE))
        return
    for fault in faults:
        _note(report, Damage(Place.CONVERSATION, number, f"{fault}, in session {made.number}"))
    report.taken += 1
    report.files += len(files)
    report.messages += sum(map(is_message, result.entries))


def _note(report: Report, damage: Damage) -> None:
    report.damages += 1
    report.listed.extend(islice([damage], MOST_DAMAGES_LISTED - len(report.listed)))


def _known(crossing: Crossing, store: Store, actor: Actor, results: Iterator[Result]) -> int:
    """How many of them the person has already."""
    found = (result.session for result in results if isinstance(result, Loaded))
    known = 0
    while some := list(islice(found, ASKED_AT_ONCE)):
        for source in {session.source for session in some}:
            ids = [session.id for session in some if session.source == source]
            known += len(crossing.call(store.transfers.known(actor, source, ids)))
    return known
