"""`TurnJournal`: prompts, their answers, what waits, and choices that are still to be made (see `store.py`)."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from storage.records import Actor, Choice, Departure, Prompt, Spent, Turn, TurnState, Usage


class TurnJournal(Protocol):
    """The life of every turn. Entries are written here, in the transaction of the step that makes them."""

    async def submit(
        self, actor: Actor, session_id: UUID, prompt: Prompt, state: TurnState, *, limit: int | None = None
    ) -> Turn:
        """Take a prompt in as `ASKED` (its user entry is written and becomes the leaf), `QUEUED` or `PAUSED` (journal
        only).

        A target of the prompt becomes the turn's delivery part 0, pending, in the same transaction, and a direct message is
        marked as `DeliveryJournal.saw` does. With `limit`, a waiting prompt is refused with `QueueFull` when that many wait in
        the session already. Raises `SessionNotFound`, `DuplicateSource`, `TemporaryFull`, `FilesFull`.
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

    async def revise(self, actor: Actor, turn_id: UUID, prompt: Prompt) -> Turn:
        """Ask another prompt in the stead of an ended turn's: a new `ASKED` turn on a user entry of its own beside the old one,
        which becomes the leaf.

        Raises as `retry`.
        """
        ...

    async def siblings(self, actor: Actor, turn_id: UUID) -> Sequence[Turn]:
        """The turns that were answered at the place of this one, itself included, by when they were asked: the same question
        again, or another in its stead. Costs what was said since that place. Raises `TurnNotFound`.
        """
        ...

    async def tries(self, actor: Actor, turn_id: UUID) -> Sequence[Turn]:
        """The turns that asked the same question, by when they did, this one included. Raises `TurnNotFound`."""
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
        spent: Spent | None = None,
        thoughts: str = "",
    ) -> Turn:
        """Close a running turn. With text, an assistant entry is written under the user entry; without, a failure entry.

        The new entry becomes the leaf where the user entry is it. A session that is active nowhere becomes unread where
        there is text, unless the answer was stopped. What the model thought before it answered is kept with the turn, in no
        entry, so that nothing that reads what was said reads that. What was `spent` is added to the owner's of the day (UTC),
        as that of the `model` in this session. Ending an ended turn changes nothing and returns it as it is.
        """
        ...

    async def reword(self, actor: Actor, turn_id: UUID, text: str) -> Turn:
        """Give a waiting turn other words. Raises `TurnNotFound`, `WrongTurnState` once it was asked, `TemporaryFull`."""
        ...

    async def remove(self, actor: Actor, turn_id: UUID) -> Turn:
        """Take a waiting turn out: `REMOVED`. Its files go, but for those that something else of its owner's has; what is
        returned still names them. Raises `TurnNotFound`, `WrongTurnState`.
        """
        ...

    async def put_ahead(self, actor: Actor, turn_id: UUID) -> Turn:
        """Queue a waiting turn, paused or not, before all others that wait in its session. Raises `TurnNotFound`,
        `WrongTurnState`.
        """
        ...

    async def pause(self, actor: Actor, session_id: UUID, *, but: UUID | None = None) -> Sequence[Turn]:
        """Make every queued turn of the session paused, `but` this one; returns all that wait, in order."""
        ...

    async def resume(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """Make every paused turn of the session queued again; returns all that wait, in order."""
        ...

    async def waiting(self, actor: Actor, session_id: UUID) -> Sequence[Turn]:
        """The session's queued and paused turns: what was put ahead, the last one first, then the others as they came."""
        ...

    async def get(self, actor: Actor, turn_id: UUID) -> Turn:
        """The turn with this id. Raises `TurnNotFound`."""
        ...

    async def thoughts(self, actor: Actor, turn_id: UUID) -> str:
        """What the model thought before it answered, as far as it was kept. Raises `TurnNotFound`."""
        ...

    async def from_source(self, actor: Actor, source_id: int) -> Turn:
        """The turn that this Discord event made. Raises `TurnNotFound`."""
        ...

    async def latest(self, actor: Actor, session_id: UUID) -> Turn | None:
        """The turn whose answer or prompt is the session's leaf: its last exchange."""
        ...

    async def spend(self, actor: Actor, spent: Spent, *, model: str | None, session_id: UUID | None = None) -> None:
        """Add what a request beside any turn took to the person's of the day (UTC), as that of the `model`, in the session that
        it was for. Of somebody unknown, nothing is kept.
        """
        ...

    async def spent(self, actor: Actor, day: date) -> int:
        """The tokens of the person's turns which ended on that day (UTC), and those used beside any turn."""
        ...

    async def hold(self, actor: Actor, session_id: UUID, departure: Departure) -> Choice:
        """Store a departure, with all that came with it, until its owner decides. Where it leaves or begins a temporary session
        its words are held in memory, and once they are gone the choice is too. Raises `SessionNotFound`, `FilesFull`.
        """
        ...

    async def choice(self, actor: Actor, choice_id: UUID) -> Choice:
        """Look at an open choice; the session that was writing may be in the bin. Raises `ChoiceNotFound`."""
        ...

    async def decide(self, actor: Actor, choice_id: UUID) -> Choice:
        """Take an open choice out; a second call raises `ChoiceNotFound`, so a double click acts once."""
        ...
