"""The SQLite file of the playground's world: looked at, read whole, opened for writing, written in batches.

These functions block and belong into a thread. A file that cannot be used is refused before a byte of it is changed.
"""

import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from playground.world_rows import Json, Rows

NEWEST: Final = 20_000
"""Messages of each channel that are read."""
APPLICATION_ID: Final = 0x43756277
"""Marks the file as the playground's (SQLite, PRAGMA application_id)."""
VERSION: Final = 1
_HEADER: Final = b"SQLite format 3\x00"
SCHEMA: Final = f"""
BEGIN;
CREATE TABLE places (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), data TEXT NOT NULL);
CREATE TABLE messages (id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX messages_of ON messages(channel, id);
CREATE TABLE files (
    id      INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    data    BLOB NOT NULL
);
CREATE INDEX files_of ON files(message);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {VERSION};
COMMIT;
"""


class WorldFileRefused(Exception):
    """The file cannot be used, and was left as it is; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction writes."""

    places: str | None
    """People, servers and channels, if they changed."""
    removed: Sequence[tuple[int]]
    """Channels whose messages go."""
    gone: Sequence[tuple[int]]
    """Messages that go."""
    rows: Sequence[tuple[int, int, str]]
    """Messages that are new or changed: id, channel, data."""
    files: Sequence[tuple[int, int, bytes]]
    """All files of those messages: id, message, bytes."""


def write_batch(connection: sqlite3.Connection, batch: Batch) -> None:
    """Write all of it or nothing. Raises `sqlite3.Error`."""
    held: dict[int, list[int]] = {message: [] for message, _, _ in batch.rows}
    for file, message, _ in batch.files:
        held[message].append(file)
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        if batch.places is not None:
            connection.execute("INSERT OR REPLACE INTO places VALUES (1, ?)", (batch.places,))
        connection.executemany("DELETE FROM messages WHERE channel = ?", batch.removed)
        connection.executemany("DELETE FROM messages WHERE id = ?", batch.gone)
        keep = "INSERT INTO messages VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data"
        connection.executemany(keep, batch.rows)
        # A file never changes: an edit of its message may only take it off.
        connection.executemany("INSERT OR IGNORE INTO files VALUES (?, ?, ?)", batch.files)
        taken_off = "DELETE FROM files WHERE message = ? AND id NOT IN (SELECT value FROM json_each(?))"
        connection.executemany(taken_off, [(message, json.dumps(files)) for message, files in held.items()])


def open_world(path: Path) -> sqlite3.Connection:
    """Open for writing; make what is missing, for its owner alone. Raises `WorldFileRefused`."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            if _value(connection, "PRAGMA user_version") == 0:
                connection.executescript(SCHEMA)
        except BaseException:
            connection.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise WorldFileRefused(f"{path} cannot be written: {error}.") from error
    return connection


def read_world(path: Path) -> Rows:
    """Give everything in the file, of which no byte is changed. Raises `WorldFileRefused`."""
    try:
        if not path.exists() or path.stat().st_size == 0:
            return Rows({}, {}, {})
        with path.open("rb") as file:
            if file.read(len(_HEADER)) != _HEADER:
                raise WorldFileRefused(f"{path} is not a playground's world; it was left as it is.")
        # Without a log beside it, `mode=ro` alone would make one (SQLite, "Write-Ahead Logging", "Read-Only Databases").
        how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
        with closing(sqlite3.connect(f"file:{quote(os.fsencode(path))}?{how}", uri=True)) as connection:
            return _rows(connection, path)
    except OSError as error:
        raise WorldFileRefused(f"{path} cannot be read: {error.strerror}.") from error
    except (sqlite3.Error, ValueError) as error:
        raise WorldFileRefused(damaged(path, error)) from error


def _rows(connection: sqlite3.Connection, path: Path) -> Rows:
    application, version = _value(connection, "PRAGMA application_id"), _value(connection, "PRAGMA user_version")
    if application == version == _value(connection, "SELECT count(*) FROM sqlite_master") == 0:
        return Rows({}, {}, {})  # ended before it was begun
    if application != APPLICATION_ID:
        raise WorldFileRefused(f"{path} belongs to another program; it was left as it is.")
    if version > VERSION:
        raise WorldFileRefused(f"{path} was written by a newer playground; start that one, or begin anew with --fresh.")
    if _value(connection, "PRAGMA quick_check(1)") != "ok":
        raise WorldFileRefused(damaged(path, "pages do not fit together"))
    places = connection.execute("SELECT data FROM places").fetchone()
    messages: dict[int, list[tuple[int, Json]]] = {}
    files: dict[int, bytes] = {}
    for (channel,) in connection.execute("SELECT DISTINCT channel FROM messages").fetchall():
        newest = "SELECT id, data FROM messages WHERE channel = ? ORDER BY id DESC LIMIT ?"
        messages[channel] = [(i, json.loads(text)) for i, text in connection.execute(newest, (channel, NEWEST))][::-1]
        theirs = "SELECT f.id, f.data FROM messages m JOIN files f ON f.message = m.id WHERE m.channel = ? AND m.id >= ?"
        files.update(connection.execute(theirs, (channel, messages[channel][0][0])))
    return Rows(json.loads(places[0]) if places else {}, messages, files)


def _value(connection: sqlite3.Connection, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


def damaged(path: Path, why: object) -> str:
    """Give the sentence for a file that holds no world."""
    return f"{path} is damaged ({why}); it was left as it is. Put it aside, or begin anew with --fresh."
