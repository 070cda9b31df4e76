"""Asking again at the place of a session's last answer: its prompt once more, the rest of it, or another prompt instead."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from storage.errors import NotLastTurn, WrongTurnState
from storage.records import Actor, Prompt, Turn, TurnState
from storage.sqlite.entries import move_leaf, text_of
from storage.sqlite.held import Held
from storage.sqlite.journal import insert, new_turn, refuse_duplicate, write_prompt
from storage.sqlite.permission import session_by_id, turn_by_id
from storage.sqlite.rows import turn_of
from storage.text import clean


class Way(Enum):
    """What is asked."""

    RETRY = auto()
    FINISH = auto()
    REVISE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A new turn that is to be asked in the place of the ended one with the id `old`."""

    id: UUID
    old: UUID
    prompt: Prompt
    now: datetime
    way: Way


def ask_again(connection: sqlite3.Connection, held: Held, actor: Actor, again: Again) -> Turn:
    """Ask it, within a transaction. Raises what `TurnJournal.retry`, `finish` and `revise` do."""
    old = turn_of(turn_by_id(connection, actor, again.old), held)
    session = session_by_id(connection, actor, old.session_id)
    text = clean(again.prompt.text) if again.way is Way.REVISE else ""
    refuse_duplicate(connection, again.prompt)
    held.refuse_more(session, text)
    if old.answer_entry is None or old.prompt_entry is None:
        raise WrongTurnState
    if session["leaf"] != old.answer_entry:
        raise NotLastTurn
    partial = text_of(connection, held, old.session_id, old.answer_entry) if again.way is Way.FINISH else ""
    if again.way is Way.FINISH and (not partial or old.state is TurnState.COMPLETED):
        raise WrongTurnState
    entry = old.prompt_entry
    if again.way is Way.REVISE:
        entry = _beside(connection, held, actor, session, replace(old, prompt=text), again.now)
    else:
        move_leaf(connection, session, entry)
    asked = text if again.way is Way.REVISE else old.prompt
    turn = new_turn(again.id, session, again.prompt, text=asked, state=TurnState.ASKED, entry=entry, now=again.now)
    return insert(connection, held, session, replace(turn, partial=partial, files=old.files), again.prompt)


def _beside(connection: sqlite3.Connection, held: Held, actor: Actor, session: sqlite3.Row, turn: Turn, now: datetime) -> int:
    """A user entry of the turn's words and files beside the one it has, to which the leaf moves; returns its id."""
    above = connection.execute("SELECT parent FROM entries WHERE id = ?", (turn.prompt_entry,)).fetchone()["parent"]
    move_leaf(connection, session, above)
    session = session_by_id(connection, actor, turn.session_id)
    return write_prompt(connection, held, actor, session, turn.prompt, turn.files, now)
