"""`python bot.py --backup`, `--restore` and `--verify`: what they say, and how they and their like end.

The doing is storage's; here are the progress on a terminal, the sentences, and the exit codes: 0 when all is well, 1 for damage
or a disk that failed. What cannot be done as asked raises `DatabaseRefused`, which `bot.py` ends with 2.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final, TextIO

from storage.errors import BackupFailed, DatabaseRefused, StoreUnavailable
from storage.sqlite.backup import back_up, restore
from storage.sqlite.verify import verify

Say = Callable[[str], None]

WIDTH: Final = len("100 %")


class Meter:
    """A percentage that counts up in one place on a terminal, and is gone in the end; says nothing where there is none."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = -1

    def __call__(self, done: int, total: int) -> None:
        """Show how much is done; called from whichever thread does it."""
        percent = 100 * done // max(1, total)
        if percent != self._shown and self._stream.isatty():
            self._shown = percent
            self._write(f"{percent:3d} %")

    def end(self) -> None:
        """Leave the line empty for what is said next."""
        if self._shown >= 0:
            self._write(" " * WIDTH)

    def _write(self, words: str) -> None:
        self._stream.write(f"\r{words}\r")
        self._stream.flush()


async def write_backup(path: Path, to: Path, say: Say, meter: Meter) -> int:
    """Copy the database to a new file. Raises `DatabaseRefused`, `BackupFailed`."""
    refuse_taken(to)
    refuse_missing(path)
    await back_up(path, to, meter)
    meter.end()
    say(f"Backed up to {to}, and checked.")
    return 0


async def put_back(path: Path, from_file: Path, say: Say, meter: Meter) -> int:
    """Put a copy in the database's place. Raises `DatabaseRefused`, `BackupFailed`."""
    kept = await restore(path, from_file, meter)
    meter.end()
    say(f"Restored {path} from {from_file}.")
    if kept is not None:
        say(f"What was there before is now {kept}; the bot removes it after 30 days.")
    return 0


async def look_over(path: Path, say: Say, meter: Meter) -> int:
    """Say each fault of the database. Raises `DatabaseRefused`."""
    faults = await verify(path, meter)
    meter.end()
    for fault in faults:
        say(fault)
    if faults:
        say(f"{path} has faults ({len(faults)} shown). A backup may be sound: python bot.py --restore FILE")
        return 1
    say(f"{path} is sound.")
    return 0


async def maintain(work: Coroutine[Any, Any, int], stop: asyncio.Event, meter: Meter) -> int:
    """Do one of these until it has ended or `stop` is set; returns the exit code. Raises `DatabaseRefused`."""
    doing = asyncio.create_task(work, name="maintenance")
    told = asyncio.create_task(stop.wait(), name="stop")
    try:
        await asyncio.wait([doing, told], return_when=asyncio.FIRST_COMPLETED)
        doing.cancel()
        return await doing
    except asyncio.CancelledError:
        return _fail("Stopped before it was done.", meter)
    except BackupFailed as error:
        return _fail(str(error), meter)
    except StoreUnavailable as error:
        return _fail(f"The database could not be written ({error.reason}). Mend that and do it again.", meter)
    finally:
        meter.end()
        told.cancel()


def refuse_missing(path: Path) -> None:
    """To open the store would make a database. Raises `DatabaseRefused` where there is none, or no way to see that."""
    try:
        is_there = path.exists()
    except OSError as error:
        raise DatabaseRefused(f"{path} cannot be read: {error.strerror}.") from None
    if not is_there:
        raise DatabaseRefused(f"There is no database at {path} yet.")


def refuse_taken(to: Path) -> None:
    """An older backup, a diary and another bot's database all look alike to a mistyped name: nothing is replaced.

    Raises `DatabaseRefused` where there is something, or no folder for it, or no way to see that.
    """
    try:
        is_taken, has_folder = to.exists(), to.parent.is_dir()
    except OSError as error:
        raise DatabaseRefused(f"{to} cannot be made: {error.strerror}.") from None
    if is_taken:
        raise DatabaseRefused(f"{to} exists already; name a new file.")
    if not has_folder:
        raise DatabaseRefused(f"{to.parent} is not a folder; make it first.")


def _fail(sentence: str, meter: Meter) -> int:
    meter.end()
    sys.stderr.write(f"{sentence}\n")
    return 1
