"""Files that came with prompts, over the database: a content once per owner, and who has it.

That a content goes with the last one who has it is held by triggers (`migrations/0012_files.sql`).
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

from storage.errors import FilesFull
from storage.records import Actor, Attached, Content, File, Turn, files_in, with_files
from storage.sqlite.database import Database
from storage.sqlite.held import Held
from storage.sqlite.permission import owner_key, session_by_id
from storage.sqlite.rows import entries_of
from storage.sqlite.whole import NewEntry
from storage.text import clean


class SqliteFiles:
    """The `Files` of the SQLite store."""

    def __init__(self, database: Database, held: Held, space: int) -> None:
        self._database, self._held, self._space = database, held, space

    async def texts(self, actor: Actor, session_id: UUID, digests: Iterable[str]) -> Mapping[str, str]:
        """See `Files.texts`."""
        wanted = tuple(digests)
        sql = (
            "SELECT f.digest, f.text FROM json_each(?) wanted CROSS JOIN attached a "
            "ON a.owner = ? AND a.number = ? AND a.choice = '' AND a.digest = wanted.value "
            "JOIN files f ON f.owner = a.owner AND f.digest = a.digest"
        )

        def work(connection: sqlite3.Connection) -> Mapping[str, str]:
            session = session_by_id(connection, actor, session_id)
            words = self._held.words(session_id)
            if words is not None:
                return {digest: words.files[digest].text for digest in wanted if digest in words.files}
            place = (json.dumps(wanted), session["owner"], session["number"])
            return dict(connection.execute(sql, place).fetchall())

        return await self._database.read(work)

    async def data(self, actor: Actor, session_id: UUID, digest: str) -> bytes | None:
        """See `Files.data`."""
        sql = (
            "SELECT f.data FROM attached a JOIN files f ON f.owner = a.owner AND f.digest = a.digest "
            "WHERE a.owner = ? AND a.number = ? AND a.choice = '' AND a.digest = ?"
        )

        def work(connection: sqlite3.Connection) -> bytes | None:
            session = session_by_id(connection, actor, session_id)
            words = self._held.words(session_id)
            if words is not None:
                return words.files[digest].data if digest in words.files else None
            row = connection.execute(sql, (session["owner"], session["number"], digest)).fetchone()
            return None if row is None else row["data"]

        return await self._database.read(work)

    async def known(self, actor: Actor, digests: Iterable[str]) -> AbstractSet[str]:
        """See `Files.known`."""
        wanted = tuple(digests)
        return await self._database.read(lambda connection: _known(connection, owner_key(connection, actor), wanted))

    async def used(self, actor: Actor) -> int:
        """See `Files.used`."""
        return await self._database.read(lambda connection: _used(connection, self._held, owner_key(connection, actor)))

    async def room(self, actor: Actor) -> int | None:
        """See `Files.room`."""
        return max(0, self._space - await self.used(actor)) if self._space else None


def refuse_files(connection: sqlite3.Connection, held: Held, session: sqlite3.Row, files: Sequence[File], space: int) -> None:
    """Raises `FilesFull` where the owner's files and these would take more than `space` bytes; 0 is no limit."""
    if not (space and files):
        return
    words = held.words(UUID(hex=session["id"]))
    stored = words.files if words is not None else _known(connection, session["owner"], [f.attached.digest for f in files])
    there = {*stored, *held.departing(session["owner"])}
    new = {file.attached.digest: file.content.size for file in files if file.attached.digest not in there}
    if new and _used(connection, held, session["owner"]) + sum(new.values()) > space:
        raise FilesFull


def _used(connection: sqlite3.Connection, held: Held, owner: int | None) -> int:
    stored: int = connection.execute("SELECT coalesce(sum(size), 0) FROM files WHERE owner = ?", (owner,)).fetchone()[0]
    temporary = connection.execute("SELECT id FROM sessions WHERE owner = ? AND temporary", (owner,))
    words = [words for row in temporary if (words := held.words(UUID(hex=row["id"]))) is not None]
    contents = [*(content for each in words for content in tuple(each.files.values())), *held.departing(owner).values()]
    return stored + sum(content.size for content in contents)


def _known(connection: sqlite3.Connection, owner: int | None, digests: Iterable[str]) -> AbstractSet[str]:
    sql = "SELECT f.digest FROM json_each(?) wanted CROSS JOIN files f ON f.owner = ? AND f.digest = wanted.value"
    return {row[0] for row in connection.execute(sql, (json.dumps(list(digests)), owner))}


def attach(connection: sqlite3.Connection, held: Held, session: sqlite3.Row, turn: Turn, files: Sequence[File]) -> str | None:
    """Keep the files that come with a new turn; returns what its row says of all that it has."""
    if held.take_files(session, turn, files):
        return None
    keep(connection, session["owner"], session["number"], files)
    return files_json(turn.files)


def detach(connection: sqlite3.Connection, turn: sqlite3.Row) -> None:
    """Let go of the files of a turn that was taken out (its row as it was), but for those that something else which waits or
    was said in its session names.
    """
    lowest, highest = entries_of(turn)
    waits = (
        "SELECT 1 FROM turns t WHERE t.owner = :owner AND t.number = :number AND t.state IN ('queued', 'paused') "
        "AND instr(t.files, attached.digest) > 0"
    )
    said = (
        "SELECT 1 FROM entries e WHERE e.id BETWEEN :lowest AND :highest "
        "AND instr(e.data, '\"files\"') > 0 AND instr(e.data, attached.digest) > 0"
    )
    sql = (
        "DELETE FROM attached WHERE owner = :owner AND number = :number AND choice = '' AND digest IN "  # noqa: S608 - constants
        "(SELECT wanted.value ->> 'digest' FROM json_each(:files, '$.files') wanted) "
        f"AND NOT EXISTS ({waits}) AND NOT EXISTS ({said})"
    )
    place = {"owner": turn["owner"], "number": turn["number"], "lowest": lowest, "highest": highest}
    connection.execute(sql, {**place, "files": turn["files"]})


def keep(connection: sqlite3.Connection, owner: int, number: int, files: Iterable[File], *, choice: str = "") -> None:
    """Store what is in them, where the owner has it not yet, for a session of theirs or a choice that waits in it."""
    for file in files:
        digest, content = file.attached.digest, file.content
        connection.execute(
            "INSERT INTO files(owner, digest, size, text, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (owner, digest, content.size, clean(content.text), content.data),
        )
        connection.execute(
            "INSERT INTO attached(owner, number, choice, digest) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (owner, number, choice, digest),
        )


def share(connection: sqlite3.Connection, owner: int, number: int, entries: Iterable[NewEntry]) -> None:
    """Have a new session have the files of the entries that were copied into it."""
    told = [json.loads(entry.data) for entry in entries if entry.data and '"files"' in entry.data]
    connection.executemany(
        "INSERT INTO attached(owner, number, digest) SELECT owner, ?, digest FROM files WHERE owner = ? AND digest = ? "
        "ON CONFLICT DO NOTHING",
        [(number, owner, file.digest) for data in told for file in files_in(data)],
    )


def of_choice(connection: sqlite3.Connection, choice: sqlite3.Row) -> Mapping[str, Content]:
    """What is in the files that wait with a choice, by digest."""
    sql = (
        "SELECT f.digest, f.data, f.text FROM attached a JOIN files f ON f.owner = a.owner AND f.digest = a.digest "
        "WHERE a.owner = ? AND a.number = ? AND a.choice = ?"
    )
    rows = connection.execute(sql, (choice["owner"], choice["number"], choice["id"]))
    return {row["digest"]: Content(row["data"], row["text"]) for row in rows}


def files_json(files: Iterable[Attached]) -> str | None:
    """What a turn's row says of its files."""
    said = with_files(files)
    return json.dumps(said) if said else None
