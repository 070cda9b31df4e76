"""People, prompts and a clock for the storage tests."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from storage.records import (
    Actor,
    Attached,
    Content,
    Departure,
    File,
    Leave,
    NewSummary,
    Prompt,
    SessionInfo,
    Source,
    SourceKind,
    Surface,
    Target,
    Turn,
    TurnState,
    digest_of,
)
from storage.store import Store

ANN = Actor(101)
BOB = Actor(202)
CAT = Actor(303)
START = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LONG_AGO = START - timedelta(days=1)

_events = count(1)


@dataclass(slots=True)
class Clock:
    """Goes on by a second each time it is read, unless told to stand still."""

    time: datetime = START
    step: timedelta = field(default=timedelta(seconds=1))

    def __call__(self) -> datetime:
        self.time += self.step
        return self.time


def source(event: int | None = None) -> Source:
    """A Discord event; each a new one unless its id is given."""
    return Source(kind=SourceKind.MESSAGE, id=next(_events) if event is None else event, channel_id=7, guild_id=9)


def target(*, message_id: int | None = None, expires: datetime | None = None) -> Target:
    """A place for an answer, with a token where an expiry is given."""
    token = None if expires is None else "secret-token"
    return Target(surface=Surface.EPHEMERAL, channel_id=7, message_id=message_id, token=token, token_expires=expires)


def prompt(
    text: str = "hello",
    *files: File,
    event: int | None = None,
    to: Target | None = None,
    model: str | None = None,
) -> Prompt:
    """A person's words, and their files."""
    return Prompt(text=text, files=files, source=source(event), target=to, model=model)


def file(text: str, data: bytes | None = None, name: str = "notes.txt") -> File:
    """A file with words; without `data` it has nothing else."""
    content = Content(text.encode() if data is None else data, text)
    size = len(content.data)
    told = Attached(name=name, kind="text", digest=digest_of(content), size=size, characters=len(text))
    return File(told, content)


def departure(to: Target | None = None) -> Departure:
    """A `/new` with words, held back because an answer was streaming."""
    return Departure(leave=Leave.NEW, name="next", prompt=prompt("then this", to=to))


async def ask(store: Store, session: SessionInfo, text: str = "hello", actor: Actor = ANN, to: Target | None = None) -> Turn:
    """A prompt that is asked at once."""
    return await store.turns.submit(actor, session.id, prompt(text, to=to), TurnState.ASKED)


async def wait(store: Store, session: SessionInfo, text: str = "later", *, limit: int | None = None) -> Turn:
    """A prompt that waits."""
    return await store.turns.submit(ANN, session.id, prompt(text), TurnState.QUEUED, limit=limit)


async def answer(store: Store, turn: Turn, text: str = "hi") -> Turn:
    """The turn's end: completed with text, failed without."""
    outcome = TurnState.COMPLETED if text else TurnState.FAILED
    return await store.turns.end(Actor(turn.owner), turn.id, outcome, text=text, model="small")


async def exchange(store: Store, session: SessionInfo, text: str = "hello", reply: str = "hi", actor: Actor = ANN) -> Turn:
    """A prompt and its answer."""
    return await answer(store, await ask(store, session, text, actor), reply)


def summary(newest: int, *, first_kept: int = 1, text: str = "gist") -> NewSummary:
    """A summary of what was said up to the entry `newest`."""
    return NewSummary(text=text, first_kept=first_kept, newest=newest, model="small", tokens_before=99)
