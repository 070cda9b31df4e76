"""Temporary sessions, over the database: storing their words after all, and their end."""

import sqlite3
from collections.abc import Sequence
from uuid import UUID

from storage.errors import SessionNotFound
from storage.records import Actor, File, NamedBy, SessionInfo, Turn
from storage.sqlite import index, preferences
from storage.sqlite.database import Database
from storage.sqlite.files import files_json, keep
from storage.sqlite.held import Held, Words
from storage.sqlite.permission import owner_key, session_by_id
from storage.sqlite.purging import remove
from storage.sqlite.rows import (
    SESSION_COLUMNS,
    SESSION_TABLES,
    TURN_COLUMNS,
    TURN_TABLES,
    choice_of,
    departure_json,
    entries_of,
    session_of,
    turn_of,
)


class SqliteTemporaries:
    """The `Temporaries` of the SQLite store."""

    def __init__(self, database: Database, held: Held) -> None:
        self._database, self._held = database, held

    async def keep(self, actor: Actor, session_id: UUID) -> SessionInfo:
        """See `Temporaries.keep`."""

        def work(connection: sqlite3.Connection) -> SessionInfo:
            session = session_by_id(connection, actor, session_id)
            words = self._held.words(session_id)
            if session["temporary"] and words is not None:
                _store(connection, session, words)
                _store_choices(connection, self._held, session)
            return session_of(session_by_id(connection, actor, session_id), self._held)

        kept = await self._database.write(work)
        await self._let_go(session_id)
        return kept

    async def end(self, actor: Actor, session_id: UUID) -> None:
        """See `Temporaries.end`."""

        def work(connection: sqlite3.Connection) -> None:
            session = session_by_id(connection, actor, session_id)
            if not session["temporary"]:
                raise SessionNotFound
            remove(connection, session)

        await self._database.write(work)
        await self._let_go(session_id)

    async def cut_off(self) -> Sequence[Turn]:
        """See `Temporaries.cut_off`."""
        sql = (
            f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} WHERE s.temporary AND EXISTS (SELECT 1 FROM deliveries d "  # noqa: S608
            "WHERE d.turn = t.id AND d.state IN ('pending', 'sent', 'unknown')) ORDER BY t.id"
        )
        return await self._database.read(lambda c: tuple(turn_of(row, self._held) for row in c.execute(sql)))

    async def end_cut_off(self) -> int:
        """See `Temporaries.end_cut_off`."""
        sql = f"SELECT {SESSION_COLUMNS} FROM {SESSION_TABLES} WHERE s.temporary"  # noqa: S608 - constants

        def work(connection: sqlite3.Connection) -> int:
            sessions = connection.execute(sql).fetchall()
            for session in sessions:
                if session["leaf"] is not None:
                    place = (session["owner"], session["number"])
                    connection.execute("INSERT INTO lost(owner, number) VALUES (?, ?)", place)
                remove(connection, session)
            return len(sessions)

        return await self._database.write(work)

    async def untold(self) -> Sequence[tuple[Actor, int]]:
        """See `Temporaries.untold`."""
        sql = "SELECT o.user_id, l.number FROM lost l JOIN owners o ON o.id = l.owner ORDER BY l.owner, l.number"
        return await self._database.read(lambda c: tuple((Actor(user_id), number) for user_id, number in c.execute(sql)))

    async def told(self, actor: Actor) -> None:
        """See `Temporaries.told`."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM lost WHERE owner = ?", (owner_key(connection, actor),))

        await self._database.write(work)

    async def _let_go(self, session_id: UUID) -> None:
        """Forget its words in the reader's thread, where no read that began before this is still under way."""
        await self._database.read(lambda _: self._held.forget(session_id))


def _store(connection: sqlite3.Connection, session: sqlite3.Row, words: Words) -> None:
    """Write the words of a session into the places where they belong, and have them found by the search."""
    span, place = entries_of(session), (session["owner"], session["number"])
    index.remove(connection, *span)
    entries = [(said.text, said.data, entry) for entry, said in words.entries.items()]
    connection.executemany("UPDATE entries SET text = ?, data = ? WHERE id = ?", entries)
    sql = "SELECT id, text, created FROM entries WHERE id BETWEEN ? AND ? AND kind IN ('user', 'assistant')"
    index.add_all(connection, [(entry, text, created) for entry, text, created in connection.execute(sql, span)])
    prompts = [(prompt, turn) for turn, prompt in words.prompts.items()]
    connection.executemany("UPDATE turns SET prompt = ? WHERE id = ?", prompts)
    thoughts = [(text, turn) for turn, text in words.thoughts.items()]
    connection.executemany("UPDATE turns SET thoughts = ? WHERE id = ?", thoughts)
    connection.executemany(
        "UPDATE turns SET files = ? WHERE id = ?", [(files_json(files), turn) for turn, files in words.attached.items()]
    )
    attached = {file.digest: file for files in words.attached.values() for file in files}
    keep(connection, *place, [File(attached[digest], content) for digest, content in words.files.items()])
    turn, partial = words.partial
    connection.execute("UPDATE turns SET partial = ? WHERE id = ? AND ended IS NULL", (partial, turn))
    for name, chosen in words.preferences.items():
        preferences.write(connection, *place, name, chosen)
    connection.execute(
        "UPDATE sessions SET temporary = 0, name = ?, named_by = ?, preview = ? WHERE owner = ? AND number = ?",
        (words.name, NamedBy.PERSON if words.name is not None else None, words.preview, *place),
    )


def _store_choices(connection: sqlite3.Connection, held: Held, session: sqlite3.Row) -> None:
    """Write the words of its open choices, but for those that begin another temporary session."""
    sql = "SELECT *, ? AS session_id FROM choices WHERE owner = ? AND number = ?"
    for row in connection.execute(sql, (session["id"], session["owner"], session["number"])).fetchall():
        choice = choice_of(row, held, {})
        if choice is not None and not choice.departure.temporary:
            stored = departure_json(choice.departure)
            connection.execute("UPDATE choices SET departure = ? WHERE id = ?", (stored, row["id"]))
            files = choice.departure.prompt.files if choice.departure.prompt is not None else ()
            keep(connection, session["owner"], session["number"], files, choice=row["id"])
