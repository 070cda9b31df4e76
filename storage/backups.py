"""The backups that a running bot makes by itself, and when copies go.

Once a day the database is copied into `backups/` beside it, and the seven newest copies stay. What a migration or a restore
left beside the database goes after thirty days, so that nothing deleted lives on for ever in a copy. One task looks every
hour; `wiring.py` starts and ends it. A failure is logged and written beside the database, where `--check` finds it; the next
look tries again.
"""

import asyncio
import logging
import os
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from storage.errors import StoreError
from storage.sqlite.backup import STAMP, back_up, holds_sessions
from storage.sqlite.copying import PART
from storage.tasks import end
from storage.threads import in_own_thread

FOLDER: Final = "backups"
KEPT: Final = 7
EVERY: Final = timedelta(days=1)
EXPIRES: Final = timedelta(days=30)
LOOK: Final = timedelta(hours=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backups:
    """What there is of a database's daily backups."""

    times: tuple[datetime, ...]
    """When each was made, the oldest first."""
    failure: str | None
    """When and why the last one could not be made; `None` once one was made since."""
    written: datetime | None
    """When the database last changed; `None` where there is none."""

    @property
    def are_overdue(self) -> bool:
        """Whether the database was written to long after the newest, as it is not while the bot is off."""
        return bool(self.times) and self.written is not None and self.written - self.times[-1] > 2 * EVERY


@dataclass(frozen=True, slots=True)
class Copies:
    """The bot's own copies that may hold what is in the database now."""

    until: datetime | None = None
    """When the last of those goes that go by themselves; `None` where there are none."""
    kept: bool = False
    """Whether there are others, which stay until somebody removes them."""


def backups_of(path: Path) -> Backups:
    """Look at the backups of the database at `path`. Raises `OSError`."""
    path = Path(os.path.realpath(path))
    told = _failure_file(path)
    failure = told.read_text(encoding="utf-8").strip() if told.exists() else None
    changed = [_changed(file) for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()]
    return Backups(tuple(made for made, _ in _daily(path)), failure, max(changed, default=None))


class BackupKeeper:
    """Makes the daily backups while it is entered, and lets old copies expire.

    With `daily` off it makes none and leaves those there are; what lies beside the database still expires. `failing` hears
    after each look how it went.
    """

    def __init__(
        self,
        path: Path,
        *,
        daily: bool,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        failing: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._path = Path(os.path.realpath(path))
        self._daily = daily
        self._now = now
        self._sleep = sleep
        self._failing = failing
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep(), name="backups")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A copy that is being made is given up, within a step of it."""
        await end(self._task)

    async def copies(self) -> Copies:
        """Which copies may hold what is in the database now. Where they can't be looked at, they may well be kept."""
        try:
            return await in_own_thread(lambda _stop: self._copies(), "backups")
        except OSError as error:
            log.warning("the backups could not be looked at: %s", error.strerror)
            return Copies(kept=True)

    async def _keep(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - the bot goes on without a backup; the log and --check say so
                reason = str(error) if isinstance(error, StoreError | OSError) else type(error).__name__
                log.warning("the backup failed, and is tried again within the hour: %s", reason)
                failure = f"{self._now():%Y-%m-%d %H:%M} UTC: {reason}"
                await in_own_thread(lambda _stop, failure=failure: _remember(self._path, failure), "backups")
                self._failing(True)
            else:
                self._failing(False)
            await self._sleep(LOOK.total_seconds())

    async def _look(self) -> None:
        to = await in_own_thread(lambda _stop: self._due(), "backups")
        if to is not None:
            await back_up(self._path, to)
            log.info("backed up: %s", to.name)
        await in_own_thread(lambda _stop: self._expire(), "backups")

    def _copies(self) -> Copies:
        """A daily copy goes once so many newer ones are there, which takes as many days while the bot runs."""
        now = self._now()
        daily = [time for time, _ in _daily(self._path)]
        if any(now - _changed(part) < EVERY for part in _parts(self._path)):
            daily.append(now)  # one is being made
        goes = [time + EXPIRES for time, _ in _aside(self._path)]
        if self._daily:
            goes += [time + KEPT * EVERY for time in daily]
        return Copies(max(goes, default=None), kept=bool(daily) and not self._daily)

    def _due(self) -> Path | None:
        """Where a backup is to go now, if one is due: none is while there is nothing to keep."""
        now = self._now()
        made = [time for time, _ in _daily(self._path) if time <= now]  # a clock that was wrong must not stop them
        if not self._daily or (made and now - made[-1] < EVERY) or not holds_sessions(self._path):
            return None
        folder = self._path.parent / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / f"{self._path.name}.{now.strftime(STAMP)}"

    def _expire(self) -> None:
        now = self._now()
        daily = [copy for _, copy in _daily(self._path)]
        aside = [copy for made, copy in _aside(self._path) if now - made > EXPIRES]
        parts = [part for part in _parts(self._path) if now - _changed(part) > EVERY]
        for copy in (*daily[:-KEPT], *aside, *parts):
            copy.unlink(missing_ok=True)
            copy.with_name(f"{copy.name}-wal").unlink(missing_ok=True)
        _failure_file(self._path).unlink(missing_ok=True)


def _daily(path: Path) -> list[tuple[datetime, Path]]:
    """The daily backups with their times, the oldest first."""
    return sorted(_stamped(path.parent / FOLDER, re.compile(rf"{re.escape(path.name)}\.(\d{{8}}T\d{{6}}Z)")))


def _aside(path: Path) -> Iterator[tuple[datetime, Path]]:
    """What migrations and restores left, with the times. What a restore set aside bears its own: the file is older."""
    yield from _stamped(path.parent, re.compile(rf"{re.escape(path.name)}\.before-restore-(\d{{8}}T\d{{6}}Z)(-\d+)?"))
    for copy in _named(path.parent, re.compile(rf"{re.escape(path.name)}\.before-\d{{4}}")):
        yield _changed(copy), copy


def _parts(path: Path) -> Iterator[Path]:
    """What copies left that were cut off by a kill."""
    for folder in (path.parent, path.parent / FOLDER):
        yield from _named(folder, re.compile(rf"\.{re.escape(path.name)}\..+{re.escape(PART)}"))


def _stamped(folder: Path, pattern: re.Pattern[str]) -> Iterator[tuple[datetime, Path]]:
    for copy in _named(folder, pattern):
        found = pattern.fullmatch(copy.name)
        if found is not None:
            yield datetime.strptime(found[1], STAMP).replace(tzinfo=UTC), copy


def _named(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    return [copy for copy in folder.iterdir() if pattern.fullmatch(copy.name)] if folder.is_dir() else []


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _failure_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.backup-failed")


def _remember(path: Path, failure: str) -> None:
    try:
        _failure_file(path).write_text(f"{failure}\n", encoding="utf-8")
    except OSError as error:  # the same full disk; the age of the newest backup tells of it too
        log.warning("the failure could not be noted for --check: %s", error.strerror)
