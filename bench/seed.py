"""Filling a store and the plain design's folder with the same conversations, the store through its own calls."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from storage.records import Actor, Prompt, SessionInfo, Source, SourceKind, TurnState
from storage.sqlite.open import open_store
from storage.store import Store

OWNER = Actor(1)
TEXT = "The quick brown fox jumps over the lazy dog, and then it writes a test. " * 6
"""About 430 characters: a message as people and models write them."""

_events = count(1)


@dataclass(frozen=True, slots=True)
class Shape:
    """How many sessions of how many messages one person has."""

    sessions: int
    messages: int

    def __str__(self) -> str:
        return f"{self.sessions} x {self.messages}"


SHAPES = (Shape(100, 20), Shape(100, 1000), Shape(1000, 100))


def prompt(text: str = TEXT) -> Prompt:
    """A prompt from an event of its own."""
    return Prompt(text=text, source=Source(kind=SourceKind.MESSAGE, id=next(_events), channel_id=1))


async def exchange(store: Store, session: SessionInfo, actor: Actor = OWNER) -> None:
    """A question and its answer: two messages."""
    turn = await store.turns.submit(actor, session.id, prompt(), TurnState.ASKED)
    await store.turns.end(actor, turn.id, TurnState.COMPLETED, text=TEXT)


async def seed(folder: Path, shape: Shape) -> tuple[Store, SessionInfo]:
    """A store of this shape, and its last session."""
    store = await open_store(folder / "cubby.db")
    sessions = await asyncio.gather(*(store.sessions.create(OWNER) for _ in range(shape.sessions)))

    async def fill(session: SessionInfo) -> None:
        for _ in range(shape.messages // 2):
            await exchange(store, session)

    for some in _groups(sessions, 250):
        await asyncio.gather(*(fill(session) for session in some))
    return store, sessions[-1]


def _groups(sessions: list[SessionInfo], size: int) -> Iterator[list[SessionInfo]]:
    for start in range(0, len(sessions), size):
        yield sessions[start : start + size]
