"""The journal's rows: writing a turn, changing it, and the questions that several steps ask. All within a transaction."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from storage.errors import DuplicateSource, WrongTurnState
from storage.records import Actor, Attached, EntryKind, Prompt, Turn, TurnState, with_files
from storage.sqlite.deliveries import first_part
from storage.sqlite.entries import append
from storage.sqlite.files import attach, detach
from storage.sqlite.held import Held
from storage.sqlite.permission import session_by_id, turn_by_id
from storage.sqlite.rows import TURN_COLUMNS, TURN_TABLES, micros, turn_of


def new_turn(
    turn_id: UUID, session: sqlite3.Row, prompt: Prompt, *, text: str, state: TurnState, entry: int | None, now: datetime
) -> Turn:
    """A turn as it begins: with its user `entry` it is asked already."""
    return Turn(
        id=turn_id,
        session_id=UUID(hex=session["id"]),
        session_number=session["number"],
        owner=session["user_id"],
        state=state,
        prompt=text,
        files=tuple(file.attached for file in prompt.files),
        source=prompt.source,
        prompt_entry=entry,
        model=prompt.model,
        wanted=prompt.model,
        created=now,
        asked=now if entry is not None else None,
    )


def insert(connection: sqlite3.Connection, held: Held, session: sqlite3.Row, turn: Turn, prompt: Prompt) -> Turn:
    """Write a new turn, and the prompt's target as its part 0; returns the turn."""
    source, files = turn.source, attach(connection, held, session, turn, prompt.files)
    connection.execute(
        "INSERT INTO turns(id, owner, number, state, prompt, files, source_kind, source_id, channel_id, guild_id, "
        "prompt_entry, partial, model, wanted, created, asked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            turn.id.hex,
            session["owner"],
            session["number"],
            turn.state,
            held.take_prompt(session, turn.id, turn.prompt),
            files,
            source.kind,
            source.id,
            source.channel_id,
            source.guild_id,
            turn.prompt_entry,
            held.take_partial(session, session["id"], turn.id, turn.partial) if turn.partial else "",
            turn.model,
            turn.wanted,
            micros(turn.created),
            micros(turn.asked) if turn.asked else None,
        ),
    )
    if prompt.target is not None:
        first_part(connection, turn.id, prompt.target)
    return turn


def update(connection: sqlite3.Connection, turn_id: UUID, **columns: object) -> None:
    """Change some columns of a turn."""
    named = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE turns SET {named} WHERE id = ?", (*columns.values(), turn_id.hex))  # noqa: S608 - our names


def write_prompt(
    connection: sqlite3.Connection,
    held: Held,
    actor: Actor,
    session: sqlite3.Row,
    text: str,
    files: Iterable[Attached],
    now: datetime,
) -> int:
    """The person's words, and what is said of their files, as an entry at the leaf; returns its id."""
    return append(
        connection,
        held,
        session,
        parent=session["leaf"],
        kind=EntryKind.USER,
        text=text,
        author=actor.user_id,
        data=with_files(files),
        created=micros(now),
    )


def in_state(connection: sqlite3.Connection, actor: Actor, turn_id: UUID, *states: TurnState) -> sqlite3.Row:
    """The turn's row, if it is in one of these states. Raises `TurnNotFound`, `WrongTurnState`."""
    turn = turn_by_id(connection, actor, turn_id)
    if turn["state"] not in states:
        raise WrongTurnState
    return turn


def reword(connection: sqlite3.Connection, held: Held, actor: Actor, turn_id: UUID, words: str) -> Turn:
    """Give a waiting turn other words. Raises `TurnNotFound`, `WrongTurnState`, `TemporaryFull`."""
    turn = turn_of(in_state(connection, actor, turn_id, TurnState.QUEUED, TurnState.PAUSED), held)
    session = session_by_id(connection, actor, turn.session_id)
    held.refuse_more(session, words[len(turn.prompt) :])
    update(connection, turn_id, prompt=held.take_prompt(session, turn_id, words))
    return replace(turn, prompt=words)


def remove(connection: sqlite3.Connection, held: Held, actor: Actor, turn_id: UUID, now: datetime) -> Turn:
    """Take a waiting turn out, and its files; returns it with them. Raises `TurnNotFound`, `WrongTurnState`."""
    row = in_state(connection, actor, turn_id, TurnState.QUEUED, TurnState.PAUSED)
    update(connection, turn_id, state=TurnState.REMOVED, ended=micros(now), files=None)
    detach(connection, row)
    return replace(turn_of(row, held), state=TurnState.REMOVED, ended=now)


def put_ahead(connection: sqlite3.Connection, held: Held, actor: Actor, turn_id: UUID) -> Turn:
    """Queue a waiting turn before all others of its session. Raises `TurnNotFound`, `WrongTurnState`."""
    turn = turn_of(in_state(connection, actor, turn_id, TurnState.QUEUED, TurnState.PAUSED), held)
    waiting = waiting_in(connection, held, session_by_id(connection, actor, turn.session_id))
    first = replace(turn, state=TurnState.QUEUED, ahead=waiting[0].ahead + 1)
    update(connection, turn_id, state=first.state, ahead=first.ahead)
    return first


def waiting_in(connection: sqlite3.Connection, held: Held, session: sqlite3.Row) -> Sequence[Turn]:
    """What waits in a session, in the order in which it will be asked."""
    sql = (
        f"SELECT {TURN_COLUMNS} FROM {TURN_TABLES} "  # noqa: S608 - constants
        "WHERE t.owner = ? AND t.number = ? AND t.state IN ('queued', 'paused') ORDER BY t.ahead DESC, t.id"
    )
    return tuple(turn_of(row, held) for row in connection.execute(sql, (session["owner"], session["number"])))


def refuse_duplicate(connection: sqlite3.Connection, prompt: Prompt) -> None:
    """Raises `DuplicateSource` where the prompt's event made a turn already."""
    row = connection.execute("SELECT id FROM turns WHERE source_id = ?", (prompt.source.id,)).fetchone()
    if row is not None:
        raise DuplicateSource(UUID(hex=row["id"]))
