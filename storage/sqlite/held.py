"""`Held`: the words of temporary sessions. They are here, in memory, and their rows have nothing in their places.

Whoever writes a row gives its words here and stores what comes back; whoever makes a record of a row (`rows.py`) asks here for
them. Both threads of the database do, each by single operations of a dict. What is put here in a transaction that fails is
written over by the next one, or never asked for; what nobody may ask for any more is let go of after the commit.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from storage.errors import SessionTemporary, TemporaryFull
from storage.records import Attached, Content, Departure, File, Turn
from storage.temporaries import MOST_CHARACTERS

DEPARTURES: Final = 200
"""Departures whose words are held at once, over all people; the oldest can't be decided any more."""


@dataclass(frozen=True, slots=True)
class Said:
    """An entry's words, and its data as it would be stored."""

    text: str
    data: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a departure from a session."""

    session: UUID
    owner: int
    name: str | None
    text: str
    files: tuple[File, ...]


@dataclass(slots=True)
class Words:
    """All that is said in one temporary session."""

    name: str | None = None
    preview: str | None = None
    entries: dict[int, Said] = field(default_factory=dict[int, Said])
    prompts: dict[str, str] = field(default_factory=dict[str, str])
    """By the turn's id."""
    thoughts: dict[str, str] = field(default_factory=dict[str, str])
    """By the turn's id."""
    attached: dict[str, tuple[Attached, ...]] = field(default_factory=dict[str, tuple[Attached, ...]])
    """What came with its prompt."""
    files: dict[str, Content] = field(default_factory=dict[str, Content])
    """What is in these, by digest."""
    partial: tuple[str, str] = ("", "")
    """Of the turn that was written to last: its id, and the answer's text so far."""
    preferences: dict[str, str] = field(default_factory=dict[str, str])
    """What was chosen for the session, as JSON."""

    @property
    def characters(self) -> int:
        """How much is said, was asked, and was thought."""
        said = sum(len(said.text) for said in self.entries.values())
        return said + sum(map(len, [*self.prompts.values(), *self.thoughts.values()]))

    def partial_of(self, turn: str) -> str:
        """How far the answer of a running turn has come."""
        written, text = self.partial
        return text if written == turn else ""


class Held:
    """What one store holds."""

    def __init__(self) -> None:
        self._sessions: dict[UUID, Words] = {}
        self._departures: dict[UUID, Wanted] = {}

    def words(self, session_id: UUID) -> Words | None:
        """What is held of a session, if anything is."""
        return self._sessions.get(session_id) if self._sessions else None

    def begin(self, session_id: UUID, name: str | None) -> None:
        """A temporary session comes to be."""
        self._sessions[session_id] = Words(name=name)

    def forget(self, session_id: UUID) -> None:
        """Its words are stored now, or gone."""
        self._sessions.pop(session_id, None)
        for choice in [choice for choice, wanted in tuple(self._departures.items()) if wanted.session == session_id]:
            self.forget_departure(choice)

    def take_entry(self, session: sqlite3.Row, entry: int, said: Said, preview: str | None) -> Said:
        """Hold an entry's words, and the preview it makes, where its session is temporary; returns what is to be stored."""
        words = self._held(session["temporary"], session["id"])
        if words is None:
            return said
        words.entries[entry] = said
        if session["preview"] is None and preview is not None:
            words.preview = preview
        return Said("", None)

    def take_prompt(self, session: sqlite3.Row, turn: UUID, prompt: str) -> str:
        """The same for a turn's prompt."""
        words = self._held(session["temporary"], session["id"])
        if words is None:
            return prompt
        words.prompts[turn.hex] = prompt
        return ""

    def take_thoughts(self, session: sqlite3.Row, turn: UUID, thoughts: str) -> str:
        """The same for what a model thought before it answered."""
        words = self._held(session["temporary"], session["id"])
        if words is None or not thoughts:
            return thoughts
        words.thoughts[turn.hex] = thoughts
        return ""

    def thoughts(self, turn: sqlite3.Row) -> str:
        """What a model thought before it ended this turn; "" for nothing."""
        words = self.words(UUID(hex=turn["session_id"])) if turn["temporary"] else None
        return words.thoughts.get(turn["id"], "") if words is not None else turn["thoughts"] or ""

    def take_files(self, session: sqlite3.Row, turn: Turn, files: Sequence[File]) -> bool:
        """The same for a new turn's files; returns whether they are held, and so not to be stored."""
        words = self._held(session["temporary"], session["id"])
        if words is None:
            return False
        words.attached[turn.id.hex] = turn.files
        words.files.update({file.attached.digest: file.content for file in files})
        return True

    def forget_files(self, turn: Turn) -> None:
        """A turn was taken out: its files go, but for those of other turns of its session."""
        words = self.words(turn.session_id)
        if words is not None and words.attached.pop(turn.id.hex, None):
            there = {file.digest for files in words.attached.values() for file in files}
            words.files = {digest: content for digest, content in words.files.items() if digest in there}

    def take_partial(self, row: sqlite3.Row, session: str, turn: UUID, text: str) -> str:
        """The same for how far its answer has come. `row` says whether the session with the id `session` is temporary."""
        words = self._held(row["temporary"], session)
        if words is None:
            return text
        words.partial = (turn.hex, text)
        return ""

    def take_preference(self, session: sqlite3.Row, name: str, value: str | None) -> bool:
        """The same for what is chosen for it; returns whether it is held, and so not to be stored."""
        words = self._held(session["temporary"], session["id"])
        if words is None:
            return False
        words.preferences = {**words.preferences, name: value} if value is not None else _without(words.preferences, name)
        return True

    def take_departure(self, session: sqlite3.Row, choice: UUID, departure: Departure) -> Departure | None:
        """Hold the words of a departure that leaves or begins a temporary session; returns what is to be stored, `None` for
        all of it.
        """
        if not (session["temporary"] or departure.temporary):
            return None
        prompt = departure.prompt
        text, files = (prompt.text, prompt.files) if prompt is not None else ("", ())
        there = self.departing(session["owner"])
        files = tuple(replace(file, content=there.get(file.attached.digest, file.content)) for file in files)
        self._departures[choice] = Wanted(UUID(hex=session["id"]), session["owner"], departure.name, text, files)
        while len(self._departures) > DEPARTURES:
            self._departures.pop(next(iter(self._departures)), None)  # the other thread may have just let go of it
        return replace(departure, name=None, prompt=replace(prompt, text="", files=()) if prompt is not None else None)

    def departure(self, choice: UUID) -> Wanted | None:
        """The words of a departure; `None` where they are held no longer."""
        return self._departures.get(choice)

    def departing(self, owner: int | None) -> Mapping[str, Content]:
        """What is in the files of a person's departures, by digest: each content is held once."""
        own = [wanted for wanted in tuple(self._departures.values()) if wanted.owner == owner]
        return {file.attached.digest: file.content for wanted in own for file in wanted.files}

    def forget_departure(self, choice: UUID) -> None:
        """It was decided."""
        self._departures.pop(choice, None)

    def refuse_more(self, session: sqlite3.Row, text: str = "") -> None:
        """Raises `TemporaryFull` where a temporary session has no room for a further prompt."""
        words = self._held(session["temporary"], session["id"])
        if words is not None and words.characters + len(text) > MOST_CHARACTERS:
            raise TemporaryFull

    def _held(self, is_temporary: int, session_id: str) -> Words | None:
        """Where the words of the session go; `None` where they are stored."""
        return self._sessions.setdefault(UUID(hex=session_id), Words()) if is_temporary else None


def _without(chosen: Mapping[str, str], name: str) -> dict[str, str]:
    return {other: value for other, value in chosen.items() if other != name}


def refuse_temporary(session: sqlite3.Row) -> None:
    """Raises `SessionTemporary`."""
    if session["temporary"]:
        raise SessionTemporary
