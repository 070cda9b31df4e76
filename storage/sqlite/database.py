"""One SQLite file with one writer and one reader, each aiosqlite connection in a thread of its own.

A transaction is one plain function of a `sqlite3.Connection`, run whole in the writer's thread, so a cancelled caller cannot
leave one open. What waits while a commit runs is committed together by the next one: fifty live answers then cost a small
server's disk a handful of syncs, not fifty. What the functions do is their own modules' concern; here are only order,
durability and errors.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import aiosqlite

from storage.errors import StoreUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

Work = Callable[[sqlite3.Connection], Any]

BUSY_TIMEOUT: Final = "PRAGMA busy_timeout=5000"

PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    BUSY_TIMEOUT,
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-16384",
    "PRAGMA mmap_size=0",
    "PRAGMA wal_autocheckpoint=1000",
    "PRAGMA secure_delete=ON",
)
"""As measured (docs/architecture.md); their meanings are on SQLite's page "PRAGMA Statements"."""

BATCH: Final = 256
"""Functions committed together at most."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    work: Work
    done: "asyncio.Future[Any]"


class Database:
    """Runs reads and writes. Made by `open.py`, closed once by its store."""

    def __init__(self, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self._writer = writer
        self._reader = reader
        self._waiting: list[_Waiting] = []
        self._committer: asyncio.Task[None] | None = None
        self._closed = False
        self._health = Health()

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction and return its result after the commit.

        What it raises rolls back its own changes and reaches the caller. Raises `StoreUnavailable` when the disk fails.
        Cancelling the caller does not undo the write: it happens whole.
        """
        if self._closed:
            raise StoreUnavailable("the store is closed")
        waiting = _Waiting(work, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_waiting(), name="store-writer")
        try:
            done = await waiting.done
        except StoreUnavailable as error:
            self._health.failed("written", error.reason)
            raise
        self._health.worked("written")
        return cast("T", done)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the reading connection, over one snapshot of what was committed. Raises `StoreUnavailable`."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        try:
            with translated():
                found = await in_thread(self._reader, lambda connection: _snapshot(connection, work))
        except StoreUnavailable as error:
            self._health.failed("read", error.reason)
            raise
        self._health.worked("read")
        return found

    async def cut_log(self) -> bool:
        """Bring the write-ahead log into the file and cut it off; false where a reader is in the way: nobody waits for it."""

        def work(connection: sqlite3.Connection) -> bool:
            connection.execute("PRAGMA busy_timeout=0")
            try:
                return connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
            finally:
                connection.execute(BUSY_TIMEOUT)

        if self._closed:
            raise StoreUnavailable("the store is closed")
        with translated():
            return await in_thread(self._writer, work)

    async def close(self) -> None:
        """Finish what waits, then close both connections. Called once, by the store."""
        self._closed = True
        if self._committer is not None:
            await asyncio.wait([self._committer])
        try:
            await self._reader.close()
        finally:
            await self._writer.close()

    async def _commit_waiting(self) -> None:
        batch: list[_Waiting] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                works = [waiting.work for waiting in batch]
                outcomes = await in_thread(self._writer, lambda connection, works=works: run_batch(connection, works))
                for waiting, outcome in zip(batch, outcomes, strict=True):
                    _settle(waiting.done, outcome)
        finally:  # a committer that ends before its time leaves nobody waiting for ever
            self._committer = None
            left, self._waiting = [*batch, *self._waiting], []
            for waiting in left:
                _settle(waiting.done, Failed(StoreUnavailable("the writer ended; whether this was written is not known")))


class Health:
    """Says in the log when the disk begins to fail, how, and when it works again: once each, not for each of many calls."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    def failed(self, what: str, reason: str) -> None:
        """The database could not be `what`."""
        if self._reasons.get(what) != reason:
            log.warning("the database can't be %s: %s", what, reason)
        self._reasons[what] = reason

    def worked(self, what: str) -> None:
        """It could."""
        if self._reasons.pop(what, None) is not None:
            log.warning("the database can be %s again", what)


def run_batch(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Any]:
    """Run each function, all in one transaction; if one fails, each in its own. An outcome is a result or a `Failed`."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:  # locked or failing: it would be the same for each alone, after a wait for each
        return [Failed(error)] * len(works)
    try:
        return _run(connection, works)
    except BaseException as error:  # noqa: BLE001 - it reaches the caller of the one function that raised it
        if len(works) == 1:
            return [Failed(error)]
    return [outcome for work in works for outcome in run_batch(connection, [work])]


@dataclass(frozen=True, slots=True)
class Failed:
    """What a function raised."""

    error: BaseException


@contextmanager
def translated() -> Generator[None, None, None]:
    """SQLite's errors as ours (the reason is for the log)."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error


def _run(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Any]:
    try:
        results = [work(connection) for work in works]
        connection.execute("COMMIT")
        return results
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _snapshot(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN")
    try:
        return work(connection)
    finally:
        if connection.in_transaction:
            connection.execute("COMMIT")


async def in_thread(connection: aiosqlite.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Run `work` in the connection's thread. aiosqlite has no public call for that, so its `_execute` is used here and
    nowhere else, with the version pinned and a test on it.
    """
    raw = connection._conn  # noqa: SLF001 - see above
    run = cast("Callable[..., Awaitable[T]]", connection._execute)  # noqa: SLF001 - see above
    return await run(work, raw)


def _settle(done: "asyncio.Future[Any]", outcome: Any) -> None:
    if done.done():
        return  # its caller was cancelled and asks no more; the write happened all the same
    if not isinstance(outcome, Failed):
        done.set_result(outcome)
    elif isinstance(outcome.error, sqlite3.Error):
        done.set_exception(StoreUnavailable(f"{type(outcome.error).__name__}: {outcome.error}"))
    else:
        done.set_exception(outcome.error)
