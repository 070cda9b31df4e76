"""Bringing a database to the newest schema: numbered SQL files, each in one transaction with its record.

The record is SQLite's own `user_version`, inside the file and inside the transaction (SQLite, "PRAGMA user_version").
`application_id` says that the file is ours (SQLite, "PRAGMA application_id"). Before the first migration that is to change a
database with data in it, the file is copied beside itself with SQLite's online backup. The search index is made from what was
said by two functions of Python.
"""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

from storage.sqlite import index
from storage.sqlite.copying import copy_whole

APPLICATION_ID: Final = 0x43554242  # "CUBB"
FOLDER: Final = Path(__file__).resolve().parent.parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    version: int
    sql: str


def migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """The numbered files of a folder, in order. Raises `ValueError` unless they count up from 1."""
    found = sorted((path for path in folder.glob("*.sql")), key=lambda path: path.name)
    steps = tuple(Migration(int(path.name[:4]), path.read_text(encoding="utf-8")) for path in found)
    if [step.version for step in steps] != list(range(1, len(steps) + 1)):
        raise ValueError(f"the migrations in {folder.name} do not count up from 1")
    return steps


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version that a database is at; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, path: Path, steps: Sequence[Migration]) -> Path | None:
    """Apply what is missing; returns the backup's path where one was made. Raises `sqlite3.Error`, `BackupFailed`."""
    version = version_of(connection)
    missing = [step for step in steps if step.version > version]
    backup = _back_up(connection, path, version) if missing and version else None
    connection.create_function("words_of", 2, index.words_of, deterministic=True)
    connection.create_function("time_of", 1, index.time_of_stored, deterministic=True)
    for step in missing:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in _statements(step.sql):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {step.version:d}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    return backup


def _back_up(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    backup = path.with_name(f"{path.name}.before-{version + 1:04d}")
    copy_whole(connection, backup, lambda _done, _total: None, Event())
    return backup


def _statements(sql: str) -> list[str]:
    """A file's statements, one by one: `executescript` would commit the transaction it is to run in."""
    statements: list[str] = []
    rest = ""
    for line in re.sub(r"--[^\n]*", "", sql).splitlines():
        rest += line + "\n"
        if rest.strip() and sqlite3.complete_statement(rest):
            statements.append(rest)
            rest = ""
    if rest.strip():
        raise ValueError("a migration ends within a statement")
    return statements
