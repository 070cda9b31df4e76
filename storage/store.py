"""The `Store`: everything that must outlive the process, as small protocols: some here, the others in files of their own.

Used by `agent/` (sessions, transcripts, turns), `delivery/` (deliveries) and `cogs/` (lists and transcripts to show). It leaves
to others what a conversation means. Every call returns only after its commit, so what a caller has been told is saved is saved.
Every call that touches a person's things takes the `Actor` first; missing and foreign raise the same `NotFound`. All of them
may raise `StoreUnavailable`. A cancelled call either happened whole or not at all. A session in the bin is as if it were
missing, and so are its turns, except where a call says otherwise.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from storage.accounts import Accounts
from storage.branches import Branches
from storage.compactions import Compactions
from storage.files import Files
from storage.omissions import Omissions
from storage.preferences import Preferences
from storage.records import Actor, Delivery, Entry, Hit, SessionInfo, Turn
from storage.sessions import SessionManager
from storage.shelves import Shelves
from storage.temporaries import Temporaries
from storage.transfers import Transfers
from storage.turns import TurnJournal
from storage.upkeep import Upkeep


class Transcripts(Protocol):
    """Reading what was said: the path from the root of a session's tree to its leaf."""

    async def tail(self, actor: Actor, session_id: UUID, *, limit: int, before: int | None = None) -> Sequence[Entry]:
        """The newest `limit` entries of the current path, oldest first; with `before`, those above that entry of it.

        Costs what it returns, whatever the session's length.
        """
        ...

    async def path(self, actor: Actor, session_id: UUID, *, characters: int | None = None, since: int = 0) -> Sequence[Entry]:
        """The current path from the entry of the depth `since` on, oldest first; with `characters`, its newest part: entries
        are added from the leaf up until their texts together reach that many characters (the entry that reaches it is
        included).
        """
        ...

    async def search_messages(
        self,
        actor: Actor,
        query: str,
        *,
        session: UUID | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
        before: int | None = None,
    ) -> Sequence[Hit]:
        """What the person and their models said that has all that the query asks for (see `words.py`), newest first; with
        `before`, what is older than the `Hit` of that place. `since` is included, `until` is not. Temporary sessions are not
        looked into.

        Costs what the person wrote at most, never what others did. Raises `SessionNotFound` for a `session`.
        """
        ...


class DeliveryJournal(Protocol):
    """Which messages show which turn, and which session a message of the bot belongs to."""

    async def put(self, actor: Actor, delivery: Delivery) -> None:
        """Write one part as it now is (keyed by turn and part), also where the session is in the bin by now: an answer's last
        edit belongs to its delivery. Raises `TurnNotFound`.
        """
        ...

    async def of_turn(self, actor: Actor, turn_id: UUID) -> Sequence[Delivery]:
        """The parts of a turn's answer, in order, in the bin too. Raises `TurnNotFound`."""
        ...

    async def undeliverable(self, actor: Actor, *, limit: int = 5) -> Sequence[Turn]:
        """The person's ended turns with a part that is undeliverable, oldest first."""
        ...

    async def saw(self, actor: Actor, channel_id: int, message_id: int) -> None:
        """Remember the person's direct-message channel, and that what was written in it up to this id was taken. An older id
        than the one remembered changes nothing but the time.
        """
        ...

    async def met(self, actor: Actor, channel_id: int, message_id: int) -> None:
        """Remember the direct-message channel of a person who may not have written yet, as if what was written up to this id
        was taken. One that is remembered stays as far read as it was.
        """
        ...

    async def link(self, actor: Actor, message_id: int, session_id: UUID) -> None:
        """Remember that a message of the bot which is no answer (say "Session 4 started") belongs to this session."""
        ...

    async def session_of(self, actor: Actor, message_id: int) -> SessionInfo:
        """The session of a message of the bot, answer or linked. Raises `SessionNotFound`."""
        ...


class Store(Protocol):
    """All of it, over one database."""

    @property
    def sessions(self) -> SessionManager:
        """Sessions and the active pointer."""
        ...

    @property
    def shelves(self) -> Shelves:
        """Naming, pinning, archiving, the bin, and the end of things."""
        ...

    @property
    def branches(self) -> Branches:
        """The tips of a session's tree, and forks."""
        ...

    @property
    def compactions(self) -> Compactions:
        """Summaries that stand for the older part of a path."""
        ...

    @property
    def transfers(self) -> Transfers:
        """Sessions as a whole, going out and coming in."""
        ...

    @property
    def temporaries(self) -> Temporaries:
        """Sessions whose words are not stored."""
        ...

    @property
    def omissions(self) -> Omissions:
        """What is left out of what models are sent."""
        ...

    @property
    def preferences(self) -> Preferences:
        """What people chose for themselves."""
        ...

    @property
    def files(self) -> Files:
        """What was attached to prompts."""
        ...

    @property
    def transcripts(self) -> Transcripts:
        """Entries, read along the current path, and found by their words."""
        ...

    @property
    def turns(self) -> TurnJournal:
        """Turns, waiting prompts and pending choices."""
        ...

    @property
    def deliveries(self) -> DeliveryJournal:
        """Messages that show turns."""
        ...

    @property
    def accounts(self) -> Accounts:
        """What people used, and what it cost."""
        ...

    @property
    def upkeep(self) -> Upkeep:
        """The bot's own housekeeping."""
        ...

    async def first_time(self, actor: Actor, notice: str, session_id: UUID | None = None) -> bool:
        """Whether this notice was never given to this person (in this session) before; from now on it was."""
        ...

    async def close(self) -> None:
        """Finish what was taken in and let go of the file; twice is the same as once."""
        ...
