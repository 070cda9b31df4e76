"""Filling a store with words that stand nowhere else, and looking for what the raw files still show of them."""

import random
import string
from pathlib import Path

from storage.records import Actor, SessionInfo, TurnState
from storage.store import Store
from tests.storage.samples import answer, ask, departure, exchange, prompt

RANDOM = random.Random(5)


def strange() -> str:
    """A word that stands nowhere else."""
    return "".join(RANDOM.sample(string.ascii_lowercase, 12))


def traces(path: Path, words: list[str]) -> list[str]:
    """Which of the words the live files still show, in any case and in the middle of anything. The index leaves a word's first
    letters out where the one before it begins with them, so its rest is looked for.
    """
    raw = live_bytes(path).lower()
    return [word for word in words if word[3:].encode() in raw]


def id_is_left(path: Path, number: int) -> bool:
    """Whether the live files still show an id of Discord's, as SQLite stores such integers or written out."""
    raw = live_bytes(path)
    return number.to_bytes(8, "big") in raw or str(number).encode() in raw


def live_bytes(path: Path) -> bytes:
    """Every byte of the database, its write-ahead log and its index."""
    files = [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")]
    return b"".join(file.read_bytes() for file in files if file.exists())


async def filled(store: Store, actor: Actor, words: list[str]) -> SessionInfo:
    """A session that says each of the words in a place of its own: long and short texts, names, prompts, drafts, a choice."""
    name, old_name, first, reply, waits, removed, partial, second = words
    session = await store.sessions.create(actor, old_name)
    await store.shelves.rename(actor, session.number, name)
    await exchange(store, session, f"{first} asked", f"{reply} " + "and so on " * 900, actor)
    await store.turns.submit(actor, session.id, prompt(waits), TurnState.QUEUED)
    await store.turns.remove(actor, (await store.turns.submit(actor, session.id, prompt(removed), TurnState.QUEUED)).id)
    turn = await ask(store, session, second.upper(), actor)
    await store.turns.checkpoint(actor, turn.id, partial * 300)
    await answer(store, turn, "done")
    await store.turns.hold(actor, session.id, departure())
    return session
