"""The `Store`: everything that must outlive the process, as small protocols: some here, the others in files of their own.

Used by `agent/` (sessions, transcripts, turns), `delivery/` (deliveries) and `cogs/` (lists and transcripts to show). It leaves
to others what a conversation means. Every call returns only after its commit, so what a caller has been told is saved is saved.
Every call that touches a person's things takes the `Actor` first; missing and foreign raise the same `NotFound`. All of them
may raise `StoreUnavailable`. A cancelled call either happened whole or not at all. A session in the bin is as if it were
missing, and so are its turns, except where a call says otherwise.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from storage.branches import Branches
from storage.preferences import Preferences
from storage.records import (
    Actor,
    Choice,
    Delivery,
    Departure,
    Entry,
    Hit,
    Prompt,
    SessionInfo,
    Turn,
    TurnState,
    Usage,
)
from storage.sessions import SessionManager
from storage.shelves import Shelves
from storage.temporaries import Temporaries
from storage.transfers import Transfers
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

    async def compaction(self, actor: Actor, session_id: UUID) -> Entry | None:
        """The newest compaction on the current path, whatever the length of the path."""
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


class TurnJournal(Protocol):
    """The life of every turn. Entries are written here, in the transaction of the step that makes them."""

    async def submit(
        self, actor: Actor, session_id: UUID, prompt: Prompt, state: TurnState, *, limit: int | None = None
    ) -> Turn:
        """Take a prompt in as `ASKED` (its user entry is written and becomes the leaf), `QUEUED` or `PAUSED` (journal
        only).

        A target of the prompt becomes the turn's delivery part 0, pending, in the same transaction, and a direct message is
        marked as `DeliveryJournal.saw` does. With `limit`, a waiting prompt is refused with `QueueFull` when that many wait in
        the session already. Raises `SessionNotFound`, `DuplicateSource`, `TemporaryFull`.
        """
        ...

    async def ask(self, actor: Actor, turn_id: UUID) -> Turn:
        """Move a waiting turn to `ASKED`, writing its user entry at the leaf. Raises `TurnNotFound`, `WrongTurnState`."""
        ...

    async def retry(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """Ask an ended turn's prompt once more: a new `ASKED` turn on the same user entry, to which the leaf moves back, so
        that the new answer becomes a sibling of the old one. The text of `prompt` is not used, the old turn's is.

        Raises `TurnNotFound`, `WrongTurnState`, `DuplicateSource`, `TemporaryFull`, and `NotLastTurn` unless the leaf is that
        turn's end.
        """
        ...

    async def finish(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """Go on with an ended turn's answer: as `retry`, but `partial` of the new turn is the old answer's text.

        Raises as `retry`; `WrongTurnState` too where there is no text, or where it was completed.
        """
        ...

    async def siblings(self, actor: Actor, turn_id: UUID) -> Sequence[Turn]:
        """The turns that were answered at the place of this one, itself included, by when they were asked: the same question
        again, or another in its stead. Costs what was said since that place. Raises `TurnNotFound`.
        """
        ...

    async def shelve(self, actor: Actor, turn_id: UUID) -> Turn:
        """Make an `ASKED` turn `PAUSED`: its user entry leaves the current path, which ends where it did before it was asked.

        Raises `TurnNotFound`, and `WrongTurnState` where its prompt has been answered before (a retry), or is not the leaf.
        """
        ...

    async def checkpoint(self, actor: Actor, turn_id: UUID, text: str) -> None:
        """Keep the whole text of the answer so far and mark the turn `STREAMING`. Raises `WrongTurnState` once ended."""
        ...

    async def end(
        self,
        actor: Actor,
        turn_id: UUID,
        outcome: TurnState,
        *,
        text: str,
        error: str | None = None,
        blame_prompt: bool = False,
        model: str | None = None,
        usage: Usage | None = None,
        spent: int = 0,
    ) -> Turn:
        """Close a running turn. With text, an assistant entry is written under the user entry; without, a failure entry.

        The new entry becomes the leaf where the user entry is it. A session that is active nowhere becomes unread where
        there is text, unless the answer was stopped. `spent` tokens are added to the owner's of the day (UTC).
        Ending an ended turn changes nothing and returns it as it is.
        """
        ...

    async def remove(self, actor: Actor, turn_id: UUID) -> Turn:
        """Take a waiting turn out: `REMOVED`. Raises `TurnNotFound`, `WrongTurnState`."""
        ...

    async def pause(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """Make every queued turn of the session paused; returns all that wait, in order."""
        ...

    async def resume(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """Make every paused turn of the session queued again; returns all that wait, in order."""
        ...

    async def waiting(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """The session's queued and paused turns in the order they came."""
        ...

    async def get(self, actor: Actor, turn_id: UUID) -> Turn:
        """The turn with this id. Raises `TurnNotFound`."""
        ...

    async def latest(self, actor: Actor, session_id: UUID) -> Turn | None:
        """The turn whose answer or prompt is the session's leaf: its last exchange."""
        ...

    async def spend(self, actor: Actor, tokens: int) -> None:
        """Add tokens that were used beside any turn to the person's of the day (UTC). Of somebody unknown, nothing is kept."""
        ...

    async def spent(self, actor: Actor, day: date) -> int:
        """The tokens of the person's turns which ended on that day (UTC), and those used beside any turn."""
        ...

    async def hold(self, actor: Actor, session_id: UUID, departure: Departure) -> Choice:
        """Store a departure, with all that came with it, until its owner decides. Where it leaves or begins a temporary session
        its words are held in memory, and once they are gone the choice is too.
        """
        ...

    async def choice(self, actor: Actor, choice_id: UUID) -> Choice:
        """Look at an open choice; the session that was writing may be in the bin. Raises `ChoiceNotFound`."""
        ...

    async def decide(self, actor: Actor, choice_id: UUID) -> Choice:
        """Take an open choice out; a second call raises `ChoiceNotFound`, so a double click acts once."""
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
    def transfers(self) -> Transfers:
        """Sessions as a whole, going out and coming in."""
        ...

    @property
    def temporaries(self) -> Temporaries:
        """Sessions whose words are not stored."""
        ...

    @property
    def preferences(self) -> Preferences:
        """What people chose for themselves."""
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
    def upkeep(self) -> Upkeep:
        """The bot's own housekeeping."""
        ...

    async def first_time(self, actor: Actor, notice: str, session_id: UUID | None = None) -> bool:
        """Whether this notice was never given to this person (in this session) before; from now on it was."""
        ...

    async def close(self) -> None:
        """Finish what was taken in and let go of the file; twice is the same as once."""
        ...
