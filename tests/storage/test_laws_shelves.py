"""The random lives of `test_laws.py`, with everything that keeps sessions in order: on both stores it must come out alike.

The in-memory store looks through every text, counts tips from the tree and keeps no index, so this holds the search against a
plain look, the branches against a plain tree, and each undo against what was before.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from storage.errors import StoreError
from storage.records import Actor, Changed, Draft, DraftEntry, Provenance, Shelf
from storage.store import Store
from tests.storage.samples import ANN, BOB, START
from tests.storage.test_laws import NOBODYS, NUMBERS, OWNS, PEOPLE, PICKS, TEXTS, Lives, Made

ACTS: dict[str, Callable[[Store, Actor, int], Awaitable[Any]]] = {
    "pin": lambda store, actor, number: store.shelves.pin(actor, number),
    "unpin": lambda store, actor, number: store.shelves.unpin(actor, number),
    "archive": lambda store, actor, number: store.shelves.archive(actor, number),
    "unarchive": lambda store, actor, number: store.shelves.unarchive(actor, number),
    "delete": lambda store, actor, number: store.shelves.delete(actor, number),
    "restore": lambda store, actor, number: store.shelves.restore(actor, number),
}
QUERIES = st.sampled_from(
    ["hello", "two lines", '"two lines"', '"lines two"', "ÜNI", "x*", "of it", "it of", "hell*", "漢字 two"]
)
SECONDS = st.integers(0, 200)
KINDS = st.sampled_from(["user", "assistant", "failure", "label"])


@st.composite
def trees(draw: st.DrawFn) -> list[DraftEntry]:
    """Entries whose parents come before them, at times of any order."""
    return [
        DraftEntry(
            id=own,
            parent=None if own == 0 else draw(st.none() | st.integers(0, own - 1)),
            kind=draw(KINDS),
            text=draw(TEXTS),
            created=START + timedelta(seconds=draw(st.integers(0, 3))),
        )
        for own in range(draw(st.integers(0, 6)))
    ]


class Shelved(Lives):
    """Acts on shelves, branches and whole sessions beside those of conversations."""

    def __init__(self) -> None:
        super().__init__()
        self.undos: list[Made] = []

    def keep(self, came: tuple[Any, Any], owner: Actor) -> None:
        """Remember the way back."""
        if isinstance(came[0], Changed):
            self.undos.append(Made((came[0].undo, came[1].undo), owner))

    @rule(actor=PEOPLE, number=NUMBERS, act=st.sampled_from(sorted(ACTS)))
    def keep_order(self, actor: Actor, number: int, act: str) -> None:
        self.keep(self.both(lambda store, _: ACTS[act](store, actor, number)), actor)

    @rule(owns=OWNS, pick=NUMBERS)
    def undo(self, owns: bool, pick: int) -> None:
        undo = self.undos[-1 - pick] if pick < len(self.undos) else NOBODYS
        actor = undo.by(owns)
        self.both(lambda store, which: store.shelves.undo(actor, undo[which]))

    @rule(actor=PEOPLE, number=NUMBERS, act=st.sampled_from(sorted(ACTS)))
    def do_and_undo(self, actor: Actor, number: int, act: str) -> None:
        """With nothing in between, undoing gives back what was."""
        came = self.both(lambda store, _: ACTS[act](store, actor, number))
        if isinstance(came[0], Changed):
            undone = self.both(lambda store, which: store.shelves.undo(actor, came[which].undo))
            assert undone[0] == came[0].before or isinstance(undone[0], StoreError)

    @rule(owns=OWNS, number=NUMBERS, name=TEXTS)
    def name_by_model(self, owns: bool, number: int, name: str) -> None:
        session = self.session(number)
        actor = session.by(owns)
        self.both(lambda store, which: store.shelves.name_by_model(actor, session[which], name))

    @rule(actor=PEOPLE, number=NUMBERS)
    def purge(self, actor: Actor, number: int) -> None:
        self.both(lambda store, _: store.shelves.purge(actor, number))

    @rule(days=st.integers(0, 2), later=st.integers(0, 3))
    def archive_by_itself(self, days: int, later: int) -> None:
        self.both(lambda store, _: store.upkeep.auto_archive(START + timedelta(days=later), days))
        self.both(lambda store, _: store.upkeep.expired(START + timedelta(days=30, seconds=later * 60)))

    @rule(actor=PEOPLE, days=st.sampled_from([None, 0, 1, 5, "x", True]))
    def prefer(self, actor: Actor, days: object) -> None:
        self.both(lambda store, _: store.preferences.set(actor, "auto_archive_days", days))

    @rule(owns=OWNS, number=NUMBERS, pick=PICKS)
    def branch(self, owns: bool, number: int, pick: int) -> None:
        session = self.session(number)
        actor = session.by(owns)
        tips = self.both(lambda store, which: store.branches.tips(actor, session[which], limit=4))
        at = [tip[pick % len(tip)].entry if not isinstance(tip, StoreError) and tip else 0 for tip in tips]
        self.both(lambda store, which: store.branches.switch(actor, session[which], at[which]))

    @rule(owns=OWNS, number=NUMBERS, is_whole=st.booleans(), is_above=st.booleans())
    def fork(self, owns: bool, number: int, is_whole: bool, is_above: bool) -> None:
        session = self.session(number)
        actor = session.by(owns)
        tips = self.both(lambda store, which: store.branches.tips(actor, session[which]))
        at = [None if is_whole or isinstance(tip, StoreError) or not tip else tip[-1].entry for tip in tips]
        if is_above:
            made = self.both(lambda store, which: store.branches.fork(actor, session[which], before=at[which]))
        else:
            made = self.both(lambda store, which: store.branches.fork(actor, session[which], at[which]))
        self.remember(made, actor, self.sessions)

    @rule(actor=PEOPLE, entries=trees(), name=st.none() | TEXTS, flags=st.tuples(st.booleans(), st.booleans()))
    def adopt(self, actor: Actor, entries: list[DraftEntry], name: str | None, flags: tuple[bool, bool]) -> None:
        draft = Draft(
            created=START,
            name=name,
            pinned=flags[0],
            archived=flags[1],
            provenance=Provenance(source="there", external_id=str(len(entries))),
        )
        self.remember(self.both(lambda store, _: store.transfers.adopt(actor, draft, entries)), actor, self.sessions)
        self.both(lambda store, _: _sorted(store.transfers.known(actor, "there", ["0", "1", "2", "3", "4", "5"])))

    @rule(actor=PEOPLE, query=QUERIES, since=st.none() | SECONDS, until=st.none() | SECONDS, limit=st.integers(0, 5))
    def search_for(self, actor: Actor, query: str, since: int | None, until: int | None, limit: int) -> None:
        span = [None if seconds is None else START + timedelta(seconds=seconds) for seconds in (since, until)]
        found = self.both(
            lambda store, _: store.transcripts.search_messages(actor, query, since=span[0], until=span[1], limit=limit)
        )
        before = found[0][-1].place if found[0] else None
        self.both(lambda store, _: store.transcripts.search_messages(actor, query, before=before))

    @rule(owns=OWNS, number=NUMBERS, query=QUERIES)
    def search_in_a_session(self, owns: bool, number: int, query: str) -> None:
        session = self.session(number)
        actor = session.by(owns)
        self.both(lambda store, which: store.transcripts.search_messages(actor, query, session=session[which]))

    @rule(owns=OWNS, number=NUMBERS)
    def read_all(self, owns: bool, number: int) -> None:
        session = self.session(number)
        actor = session.by(owns)
        self.both(lambda store, which: _all(store, actor, session, which))

    @rule(shelf=st.sampled_from(Shelf))
    def look_at_shelves(self, shelf: Shelf) -> None:
        for actor in (ANN, BOB):
            self.both(lambda store, _, actor=actor: store.sessions.list(actor, size=50, shelf=shelf))
            self.both(lambda store, _, actor=actor: store.sessions.counts(actor))

    @rule(dice=st.integers(0, 9), actor=PEOPLE)
    def erase(self, dice: int, actor: Actor) -> None:
        if dice == 0:
            self.both(lambda store, _: store.shelves.erase(actor))


async def _all(store: Store, actor: Actor, session: Made, which: int) -> list[Any]:
    return [entry async for batch in store.transfers.read_all(actor, session[which], size=3) for entry in batch]


async def _sorted(known: Awaitable[Any]) -> list[str]:
    return sorted(await known)


Shelved.TestCase.settings = settings(Lives.TestCase.settings, max_examples=60)
TestShelved = pytest.mark.timeout(600)(Shelved.TestCase)  # a failure is first made small, which takes minutes
