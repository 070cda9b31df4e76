"""Lists and searches among very much: 200,000 sessions with 5 million messages of 20,000 people, and one person's 10,000
sessions with a million messages. What one person waits for must not grow with the others.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.table import Row
from bench.timing import median_of_awaits, p99, time_awaits
from storage.records import Actor, Draft, DraftEntry, Prompt, Shelf, Source, SourceKind, TurnState
from storage.sqlite.open import open_store
from storage.store import Store

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
VOCABULARY = 30_000
COMMON = "the"
ONE = Actor(1)
AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many people, with so many sessions each, of so many messages each."""

    people: int
    sessions: int
    messages: int

    def __str__(self) -> str:
        total = self.people * self.sessions
        return f"{total:,} sessions, {total * self.messages:,} messages, {self.people:,} people"


def crowds(scale: float) -> tuple[Crowd, Crowd]:
    """Both, made smaller by a factor."""
    return Crowd(max(10, round(20_000 * scale)), 10, 25), Crowd(1, max(100, round(10_000 * scale)), 100)


class Talk:
    """Texts of 40 words: few words are said often and many seldom, as people do (Zipf's law)."""

    def __init__(self) -> None:
        self._random = random.Random(5)
        letters = "abcdefghijklmnopqrstuvwxyz"
        self._words = ["".join(self._random.choices(letters, k=self._random.randint(2, 9))) for _ in range(VOCABULARY)]
        self._weights = [1 / (nth + 2) for nth in range(VOCABULARY)]
        self.seldom, self.medium = self._words[5_000], self._words[300]

    def text(self) -> str:
        """One message."""
        return f"{COMMON} " + " ".join(self._random.choices(self._words, self._weights, k=40))

    def session(self, messages: int, hour: int) -> list[DraftEntry]:
        """A conversation that began in that hour."""
        began = BEGIN + timedelta(hours=hour % 12_000, seconds=self._random.randrange(3000))
        kinds = ("user", "assistant")
        return [
            DraftEntry(
                id=n, parent=n - 1 if n else None, kind=kinds[n % 2], text=self.text(), created=began + timedelta(seconds=n * 9)
            )
            for n in range(messages)
        ]


async def measure_many(folder: Path, scale: float) -> list[Row]:
    """Both crowds, a database each."""
    talk, rows = Talk(), list[Row]()
    for name, crowd in zip(("many", "one"), crowds(scale), strict=True):
        store = await open_store(folder / f"{name}.db")
        rows += [await _build(store, crowd, talk), *await _measure(store, crowd, talk)]
        await store.close()
    return rows


async def _build(store: Store, crowd: Crowd, talk: Talk) -> Row:
    texts = [talk.session(crowd.messages, hour) for hour in range(200)]  # made once: the store is measured, not the talk
    wanted = [(Actor(1 + who), nth) for nth in range(crowd.sessions) for who in range(crowd.people)]
    start = perf_counter()
    for first in range(0, len(wanted), AT_ONCE):
        await asyncio.gather(*(_adopt(store, *one, texts) for one in wanted[first : first + AT_ONCE]))
    rate = len(wanted) * crowd.messages / (perf_counter() - start)
    return Row(what=f"taken in: {crowd}", store=rate, unit="messages/s", more_is_better=True)


async def _adopt(store: Store, actor: Actor, nth: int, texts: Sequence[list[DraftEntry]]) -> None:
    entries = texts[(actor.user_id * 7 + nth) % len(texts)]
    draft = Draft(created=entries[0].created, name=f"session {nth}", pinned=nth % 50 == 7)
    await store.transfers.adopt(actor, draft, entries)


async def _measure(store: Store, crowd: Crowd, talk: Talk) -> list[Row]:
    (last,) = (await store.sessions.list(ONE, size=1)).items
    before = (await store.transcripts.search_messages(ONE, COMMON, limit=5))[-1].place
    since = BEGIN + timedelta(hours=30)
    calls = {
        "first page": (lambda: store.sessions.list(ONE), 1.0),
        "counts": (lambda: store.sessions.counts(ONE), None),
        "pinned": (lambda: store.sessions.list(ONE, shelf=Shelf.PINNED), 1.0),
        "names that fit": (lambda: store.sessions.search(ONE, "session 3"), None),
        "search, a word in all": (lambda: store.transcripts.search_messages(ONE, COMMON), 20.0),
        "search, its next page": (lambda: store.transcripts.search_messages(ONE, COMMON, before=before), 20.0),
        "search, a medium word": (lambda: store.transcripts.search_messages(ONE, talk.medium), 20.0),
        "search, a seldom word": (lambda: store.transcripts.search_messages(ONE, talk.seldom), 20.0),
        "search, two words": (lambda: store.transcripts.search_messages(ONE, f"{talk.medium} {talk.seldom}"), 20.0),
        "search, a beginning": (lambda: store.transcripts.search_messages(ONE, f"{talk.medium[:2]}*"), 20.0),
        "search, in a session": (lambda: store.transcripts.search_messages(ONE, COMMON, session=last.id), 20.0),
        "search, since": (lambda: store.transcripts.search_messages(ONE, talk.medium, since=since), 20.0),
        "search, said by nobody": (lambda: store.transcripts.search_messages(ONE, "zzzzzzzzzzzz"), 20.0),
    }
    rows = [
        Row(what=f"{what} ({crowd.people:,} people)", store=await median_of_awaits(call, 100), goal=goal)
        for what, (call, goal) in calls.items()
    ]
    return [*rows, *await _append(store, crowd), *await _delete(store, crowd)]


async def _append(store: Store, crowd: Crowd) -> list[Row]:
    session = await store.sessions.create(ONE)
    events = iter(range(1, 1_000_000))

    async def say() -> None:
        source = Source(kind=SourceKind.MESSAGE, id=next(events), channel_id=1)
        turn = await store.turns.submit(ONE, session.id, Prompt(text=Talk.__doc__ or "", source=source), TurnState.ASKED)
        await store.turns.end(ONE, turn.id, TurnState.COMPLETED, text="a word " * 60)

    took = await time_awaits(say, 300)
    return [
        Row(what=f"a prompt and its answer ({crowd.people:,} people)", store=median(took)),
        Row(what=f"the same, p99 ({crowd.people:,} people)", store=p99(took)),
    ]


async def _delete(store: Store, crowd: Crowd) -> list[Row]:
    (first,) = (await store.sessions.list(ONE, size=1)).items
    await store.shelves.delete(ONE, first.number)
    start = perf_counter()
    await store.shelves.purge(ONE, first.number)
    purged = (perf_counter() - start) * 1000
    start = perf_counter()
    wipe = asyncio.create_task(store.upkeep.wipe(), name="wipe")
    waits: list[float] = []
    while not wipe.done():
        waits += await time_awaits(lambda: store.preferences.set(ONE, "x", 1), 1)
        await asyncio.sleep(0.01)
    return [
        Row(what=f"delete a session for good ({crowd.people:,} people)", store=purged),
        Row(what=f"wipe the files ({crowd.people:,} people)", store=perf_counter() - start, unit="s"),
        Row(what=f"longest write beside it ({crowd.people:,} people)", store=max(waits, default=0.0)),
    ]
