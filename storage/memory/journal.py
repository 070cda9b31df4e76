"""The journal in memory: taking a turn in, changing it, and the questions that several steps ask."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from storage.errors import DuplicateSource, TemporaryFull, WrongTurnState
from storage.ids import new_id
from storage.memory.entries import append
from storage.memory.session import Session
from storage.memory.state import State
from storage.records import Actor, Attached, Delivery, EntryKind, Prompt, Turn, TurnState, with_files
from storage.temporaries import MOST_CHARACTERS


def add(state: State, session: Session, prompt: Prompt, text: str, now: datetime, *, files: tuple[Attached, ...] = ()) -> Turn:
    """Keep a new turn, queued, with the prompt's files or those `files` that are there already, and its target as part 0."""
    for file in prompt.files:
        state.files[session.owner, file.attached.digest] = file.content
    turn = Turn(
        id=new_id(),
        session_id=session.id,
        session_number=session.number,
        owner=session.owner,
        state=TurnState.QUEUED,
        prompt=text,
        files=files or tuple(file.attached for file in prompt.files),
        source=prompt.source,
        model=prompt.model,
        wanted=prompt.model,
        created=now,
    )
    if prompt.target is not None:
        state.deliveries[turn.id, 0] = Delivery(turn_id=turn.id, part=0, target=prompt.target)
    return keep(state, turn)


def asked(state: State, session: Session, turn: Turn, now: datetime) -> Turn:
    """Write the turn's user entry at the leaf."""
    entry = append(state, session, session.leaf, EntryKind.USER, turn.prompt, turn.owner, with_files(turn.files), now)
    return keep(state, replace(turn, state=TurnState.ASKED, prompt_entry=entry, asked=now))


def keep(state: State, turn: Turn) -> Turn:
    """Have the turn as it is now."""
    state.turns[turn.id] = turn
    return turn


def in_state(state: State, actor: Actor, turn_id: UUID, *states: TurnState) -> Turn:
    """The turn, if it is in one of these states. Raises `TurnNotFound`, `WrongTurnState`."""
    turn = state.turn(actor, turn_id)
    if turn.state not in states:
        raise WrongTurnState
    return turn


def waiting_in(state: State, session: Session) -> tuple[Turn, ...]:
    """What waits in a session, in the order in which it will be asked."""
    waiting = [turn for turn in state.turns.values() if turn.session_id == session.id and turn.state.is_waiting]
    return tuple(sorted(waiting, key=lambda turn: (-turn.ahead, turn.id)))


def refuse_duplicate(state: State, prompt: Prompt) -> None:
    """Raises `DuplicateSource` where the prompt's event made a turn already."""
    for turn in state.turns.values():
        if turn.source.id == prompt.source.id:
            raise DuplicateSource(turn.id)


def refuse_more(state: State, session: Session, text: str = "") -> None:
    """Raises `TemporaryFull` where a temporary session can't hold this text too."""
    if session.temporary:
        said = [entry.text for entry in session.entries.values()]
        turns = [turn for turn in state.turns.values() if turn.session_id == session.id]
        prompts = [turn.prompt for turn in turns]
        thought = [state.thoughts.get(turn.id, "") for turn in turns]
        if sum(map(len, [*said, *prompts, *thought, text])) > MOST_CHARACTERS:
            raise TemporaryFull
