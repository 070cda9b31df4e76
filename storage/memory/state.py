"""What the in-memory store holds, the look-ups that ask who may touch it, and what is recounted from the entries."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from storage.errors import ChoiceNotFound, SessionNotFound, TurnNotFound
from storage.housekeeping import DirectChannel, IncidentKind
from storage.records import FIRST_MESSAGE_LENGTH, Actor, Choice, Delivery, Entry, EntryKind, SessionInfo, Turn

SPOKEN = (EntryKind.USER, EntryKind.ASSISTANT)


@dataclass(slots=True, kw_only=True)
class Session:
    """One session with its tree of entries."""

    id: UUID
    number: int
    owner: int
    name: str | None
    created: datetime
    model: str | None = None
    leaf: int | None = None
    entries: dict[int, Entry] = field(default_factory=dict[int, Entry])

    def up(self, start: int | None) -> Iterator[Entry]:
        """The entries from `start` to the root."""
        while start is not None:
            entry = self.entries[start]
            yield entry
            start = entry.parent

    def path(self) -> tuple[Entry, ...]:
        """The current path, oldest first."""
        return tuple(self.up(self.leaf))[::-1]

    @property
    def info(self) -> SessionInfo:
        """The session as a list shows it, recounted."""
        spoken = [entry for entry in self.path() if entry.kind in SPOKEN]
        asked = [entry.text for entry in self.entries.values() if entry.kind == EntryKind.USER]
        return SessionInfo(
            id=self.id,
            number=self.number,
            owner=self.owner,
            name=self.name,
            created=self.created,
            modified=spoken[-1].created if spoken else self.created,
            message_count=len(spoken),
            first_message=" ".join(asked[0].split())[:FIRST_MESSAGE_LENGTH] if asked else None,
            model=self.model,
            leaf=self.leaf,
        )


@dataclass(frozen=True, slots=True)
class Direct:
    """A person's direct-message channel, and when anything was written there."""

    channel: DirectChannel
    active: datetime


@dataclass(slots=True)
class State:
    """Everything, by its id, in the order it came."""

    sessions: dict[UUID, Session] = field(default_factory=dict[UUID, Session])
    turns: dict[UUID, Turn] = field(default_factory=dict[UUID, Turn])
    choices: dict[UUID, Choice] = field(default_factory=dict[UUID, Choice])
    deliveries: dict[tuple[UUID, int], Delivery] = field(default_factory=dict[tuple[UUID, int], Delivery])
    links: dict[tuple[int, int], UUID] = field(default_factory=dict[tuple[int, int], UUID])
    active: dict[tuple[int, str], UUID] = field(default_factory=dict[tuple[int, str], UUID])
    direct: dict[int, Direct] = field(default_factory=dict[int, Direct])
    spending: dict[tuple[date, int], int] = field(default_factory=dict[tuple[date, int], int])
    incidents: dict[IncidentKind, datetime] = field(default_factory=dict[IncidentKind, datetime])
    notices: set[tuple[int, UUID | None, str]] = field(default_factory=set[tuple[int, UUID | None, str]])
    entries: int = 0
    """Entries ever written; the next one's id is one more."""

    def saw(self, actor: Actor, channel_id: int, message_id: int, now: datetime) -> None:
        """What was written up to this message in the person's direct messages was taken."""
        known = self.direct.get(actor.user_id)
        newest = message_id if known is None else max(known.channel.last_message, message_id)
        channel = DirectChannel(actor=actor, channel_id=channel_id, last_message=newest)
        self.direct[actor.user_id] = Direct(channel, now)

    def owned(self, actor: Actor) -> list[Session]:
        """The actor's sessions."""
        return [session for session in self.sessions.values() if session.owner == actor.user_id]

    def session(self, actor: Actor, session_id: UUID) -> Session:
        """The actor's session with this id. Raises `SessionNotFound`."""
        session = self.sessions.get(session_id)
        if session is None or session.owner != actor.user_id:
            raise SessionNotFound
        return session

    def numbered(self, actor: Actor, number: int) -> Session:
        """The actor's session with this number. Raises `SessionNotFound`."""
        for session in self.owned(actor):
            if session.number == number:
                return session
        raise SessionNotFound

    def turn(self, actor: Actor, turn_id: UUID) -> Turn:
        """The actor's turn. Raises `TurnNotFound`."""
        turn = self.turns.get(turn_id)
        if turn is None or turn.owner != actor.user_id:
            raise TurnNotFound
        return turn

    def choice(self, actor: Actor, choice_id: UUID) -> Choice:
        """The actor's open choice. Raises `ChoiceNotFound`."""
        choice = self.choices.get(choice_id)
        if choice is None or self.sessions[choice.session_id].owner != actor.user_id:
            raise ChoiceNotFound
        return choice
