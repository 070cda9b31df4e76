"""Branch operations against a plain tree: whatever shape a session has, and wherever its path ends."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.memory import MemoryStore
from storage.records import Draft, DraftEntry, EntryKind, SessionInfo
from storage.sqlite.open import open_store
from storage.store import Store
from tests.storage.samples import ANN, START

PICKS = st.lists(st.integers(0, 99), max_size=4)
SAID = (EntryKind.USER, EntryKind.ASSISTANT)


@dataclass(frozen=True, slots=True)
class Plain:
    """The tree: of each entry its parent and whether it is a message, by the number that is its text."""

    parents: Sequence[int | None]
    is_said: Sequence[bool]

    def path(self, entry: int | None) -> list[int]:
        """From the root down to it."""
        return [] if entry is None else [*self.path(self.parents[entry]), entry]

    def messages(self, entry: int | None) -> int:
        return sum(self.is_said[each] for each in self.path(entry))

    @property
    def tips(self) -> set[int]:
        """The messages below which there is none."""
        above = {each for entry in range(len(self.parents)) if self.is_said[entry] for each in self.path(entry)[:-1]}
        return {entry for entry in range(len(self.parents)) if self.is_said[entry]} - above


@st.composite
def trees(draw: st.DrawFn) -> Plain:
    size = draw(st.integers(1, 9))
    parents = [None if own == 0 else draw(st.none() | st.integers(0, own - 1)) for own in range(size)]
    return Plain(parents, [draw(st.integers(0, 4)) > 0 for _ in range(size)])


def entries_of(tree: Plain) -> list[DraftEntry]:
    kinds = [SAID[entry % 2] if is_said else "label" for entry, is_said in enumerate(tree.is_said)]
    return [
        DraftEntry(id=entry, parent=parent, kind=kinds[entry], text=str(entry), created=START)
        for entry, parent in enumerate(tree.parents)
    ]


async def numbers_of(store: Store, session: SessionInfo) -> list[int]:
    """The current path, by the numbers that are its texts."""
    return [int(entry.text) for entry in await store.transcripts.path(ANN, session.id)]


async def ids_of(store: Store, session: SessionInfo) -> Mapping[int, int]:
    """The id of each entry, by its number."""
    read = store.transfers.read_all(ANN, session.id, size=99)
    return {int(entry.text): entry.id async for batch in read for entry in batch}


def on_both(law: Callable[[Store], Awaitable[None]]) -> None:
    """Hold a law on a fresh store of either kind."""

    async def held() -> None:
        with TemporaryDirectory() as folder:
            for store in (MemoryStore(), await open_store(Path(folder) / "cubby.db")):
                try:
                    await law(store)
                finally:
                    await store.close()

    asyncio.run(held())


@settings(max_examples=25, deadline=None, derandomize=True)
@given(tree=trees(), picks=PICKS)
def test_switches_and_forks_give_the_path_of_a_plain_tree(tree: Plain, picks: list[int]) -> None:
    async def law(store: Store) -> None:
        session = await store.transfers.adopt(ANN, Draft(created=START), entries_of(tree))
        ids, here = await ids_of(store, session), len(tree.parents) - 1
        for entry in [pick % len(tree.parents) for pick in picks]:
            parent = tree.parents[entry]
            for fork, end in (
                (await store.branches.fork(ANN, session.id), here),
                (await store.branches.fork(ANN, session.id, ids[entry]), entry),
                (await store.branches.fork(ANN, session.id, before=ids[entry]), parent),
            ):
                assert await numbers_of(store, fork) == tree.path(end)
                assert fork.message_count == tree.messages(end)
                assert fork.origin is not None
                assert fork.origin.entry == (None if end is None else ids[end])
            assert await numbers_of(store, session) == tree.path(here)
            switched, here = await store.branches.switch(ANN, session.id, ids[entry]), entry
            assert await numbers_of(store, session) == tree.path(here)
            assert switched.message_count == tree.messages(here)

    on_both(law)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(tree=trees(), pick=st.integers(0, 99))
def test_the_tips_are_those_of_a_plain_tree(tree: Plain, pick: int) -> None:
    async def law(store: Store) -> None:
        session = await store.transfers.adopt(ANN, Draft(created=START), entries_of(tree))
        ids, here = await ids_of(store, session), pick % len(tree.parents)
        switched = await store.branches.switch(ANN, session.id, ids[here])
        tips = await store.branches.tips(ANN, session.id)
        assert {int(tip.text): tip.messages for tip in tips} == {tip: tree.messages(tip) for tip in tree.tips}
        assert switched.branches == len(tree.tips)

    on_both(law)
