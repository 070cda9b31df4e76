"""What the in-memory store holds, and the look-ups that ask who may touch it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from storage.errors import ChoiceNotFound, SessionNotFound, SessionTemporary, TurnNotFound
from storage.housekeeping import DirectChannel, IncidentKind
from storage.memory.session import SPOKEN, Flags, Session
from storage.records import (
    Actor,
    Choice,
    Content,
    Delivery,
    Entry,
    Provenance,
    Spent,
    Turn,
    files_in,
)
from storage.words import time_of


@dataclass(frozen=True, slots=True)
class Undo:
    """What an act changed, as it was."""

    session_id: UUID
    before: Mapping[str, Any]
    created: datetime


@dataclass(frozen=True, slots=True)
class Direct:
    """A person's direct-message channel, and when anything was written there."""

    channel: DirectChannel
    active: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What one turn took, or one request beside the turns."""

    day: date
    owner: int
    number: int | None
    model: str
    spent: Spent
    aside: bool


@dataclass(slots=True)
class State:
    """Everything, by its id, in the order it came."""

    sessions: dict[UUID, Session] = field(default_factory=dict[UUID, Session])
    turns: dict[UUID, Turn] = field(default_factory=dict[UUID, Turn])
    thoughts: dict[UUID, str] = field(default_factory=dict[UUID, str])
    """By the turn before whose answer a model thought them."""
    choices: dict[UUID, Choice] = field(default_factory=dict[UUID, Choice])
    deliveries: dict[tuple[UUID, int], Delivery] = field(default_factory=dict[tuple[UUID, int], Delivery])
    links: dict[tuple[int, int], UUID] = field(default_factory=dict[tuple[int, int], UUID])
    active: dict[tuple[int, str], UUID] = field(default_factory=dict[tuple[int, str], UUID])
    direct: dict[int, Direct] = field(default_factory=dict[int, Direct])
    spending: dict[tuple[date, int], int] = field(default_factory=dict[tuple[date, int], int])
    charges: list[Charge] = field(default_factory=list[Charge])
    incidents: dict[IncidentKind, datetime] = field(default_factory=dict[IncidentKind, datetime])
    notices: set[tuple[int, UUID | None, str]] = field(default_factory=set[tuple[int, UUID | None, str]])
    numbers: dict[int, int] = field(default_factory=dict[int, int])
    """The highest number that each person's sessions ever had."""
    undos: dict[UUID, Undo] = field(default_factory=dict[UUID, Undo])
    preferences: dict[int, dict[str, str]] = field(default_factory=dict[int, dict[str, str]])
    """What each person chose, by its name, as JSON."""
    provenances: dict[UUID, Provenance] = field(default_factory=dict[UUID, Provenance])
    places: dict[int, dict[int, Entry]] = field(default_factory=dict[int, dict[int, Entry]])
    """For each person, what they and their models said by its place in the order of time."""
    files: dict[tuple[int, str], Content] = field(default_factory=dict[tuple[int, str], Content])
    """What is in each person's files, by digest."""
    made: int = 0
    """Sessions ever made."""

    def add_session(self, session_id: UUID, owner: int, created: datetime, flags: Flags, now: datetime) -> Session:
        """A session with the owner's next number."""
        number = self.numbers[owner] = self.numbers.get(owner, 0) + 1
        self.made += 1
        session = Session(
            id=session_id, serial=self.made, number=number, owner=owner, created=created, flags=flags, touched=now
        )
        self.sessions[session_id] = session
        return session

    def add_entry(self, session: Session, entry: Entry) -> None:
        """Keep an entry, and what was said in it at its place."""
        session.entries[entry.id] = entry
        self.place(session.owner, entry)

    def place(self, owner: int, entry: Entry) -> None:
        """Where it stands in the order of time; one that is taken moves on to the next free place."""
        if entry.kind in SPOKEN:
            places, place = self.places.setdefault(owner, {}), time_of(entry.created)
            while place in places:
                place += 1
            places[place] = entry

    def saw(self, actor: Actor, channel_id: int, message_id: int, now: datetime) -> None:
        """What was written up to this message in the person's direct messages was taken."""
        known = self.direct.get(actor.user_id)
        newest = message_id if known is None else max(known.channel.last_message, message_id)
        channel = DirectChannel(actor=actor, channel_id=channel_id, last_message=newest)
        self.direct[actor.user_id] = Direct(channel, now)

    def owned(self, actor: Actor) -> list[Session]:
        """The actor's sessions."""
        return [session for session in self.sessions.values() if session.owner == actor.user_id]

    def session(self, actor: Actor, session_id: UUID, *, binned: bool = False) -> Session:
        """The actor's session with this id. Raises `SessionNotFound`."""
        session = self.sessions.get(session_id)
        if session is None or session.owner != actor.user_id or not (binned or session.flags.deleted is None):
            raise SessionNotFound
        return session

    def numbered(self, actor: Actor, number: int, *, binned: bool = False) -> Session:
        """The actor's session with this number. Raises `SessionNotFound`."""
        for session in self.owned(actor):
            if session.number == number:
                return self.session(actor, session.id, binned=binned)
        raise SessionNotFound

    def turn(self, actor: Actor, turn_id: UUID, *, binned: bool = False) -> Turn:
        """The actor's turn. Raises `TurnNotFound`."""
        turn = self.turns.get(turn_id)
        if turn is None or turn.owner != actor.user_id or not (binned or self.is_at_hand(turn.session_id)):
            raise TurnNotFound
        return turn

    def lasting(self, actor: Actor, session_id: UUID) -> Session:
        """The same, for what is not for temporary ones. Raises `SessionNotFound`, `SessionTemporary`."""
        session = self.session(actor, session_id)
        if session.temporary:
            raise SessionTemporary
        return session

    def lasts(self, session_id: UUID) -> bool:
        """Whether the session is neither in the bin nor temporary."""
        return self.is_at_hand(session_id) and not self.sessions[session_id].temporary

    def is_at_hand(self, session_id: UUID) -> bool:
        """Whether the session is not in the bin."""
        return self.sessions[session_id].flags.deleted is None

    def is_active(self, session_id: UUID) -> bool:
        """Whether it is the active session of any place."""
        return session_id in self.active.values()

    def forget(self, session: Session) -> None:
        """A session is deleted for good, with all that was said in it."""
        gone = session.id
        turns = {turn.id for turn in self.turns.values() if turn.session_id == gone}
        self.deliveries = {key: part for key, part in self.deliveries.items() if key[0] not in turns}
        self.thoughts = {key: text for key, text in self.thoughts.items() if key not in turns}
        self.turns = {key: turn for key, turn in self.turns.items() if key not in turns}
        self.choices = {key: choice for key, choice in self.choices.items() if choice.session_id != gone}
        self.undos = {key: undo for key, undo in self.undos.items() if undo.session_id != gone}
        self.links = {key: linked for key, linked in self.links.items() if linked != gone}
        self.active = {key: active for key, active in self.active.items() if active != gone}
        place = (session.owner, session.number)
        self.charges = [replace(each, number=None) if (each.owner, each.number) == place else each for each in self.charges]
        self.provenances.pop(gone, None)
        self.notices = {notice for notice in self.notices if notice[1] != gone}
        said = self.places.get(session.owner, {})
        self.places[session.owner] = {place: entry for place, entry in said.items() if entry.session_id != gone}
        del self.sessions[gone]
        self.drop_files()

    def files_of(self, session: Session) -> set[str]:
        """The digests of the files that came with what was said in a session, or is to be."""
        sent = [turn.files for turn in self.turns.values() if turn.session_id == session.id]
        return {file.digest for files in [*sent, *map(files_in, session.told)] for file in files}

    def drop_files(self) -> None:
        """Let go of the files that nobody has any more."""
        kept = {(session.owner, digest) for session in self.sessions.values() for digest in self.files_of(session)}
        self.files = {key: content for key, content in self.files.items() if key in kept}

    def choice(self, actor: Actor, choice_id: UUID) -> Choice:
        """The actor's open choice. Raises `ChoiceNotFound`."""
        choice = self.choices.get(choice_id)
        if choice is None or self.sessions[choice.session_id].owner != actor.user_id:
            raise ChoiceNotFound
        return choice
