"""Whole sessions going out and coming in."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from storage.errors import BrokenTree, SessionNotFound
from storage.records import HERE, Draft, DraftEntry, Entry, NamedBy, Provenance, SessionInfo
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, answer, exchange, prompt

THEN = START - timedelta(days=400)


def entry(own: int, parent: int | None, kind: str, text: str = "") -> DraftEntry:
    return DraftEntry(id=own, parent=parent, kind=kind, text=text, data={"n": own}, created=THEN + timedelta(minutes=own))


TREE = [
    entry(7, None, "user", "first question"),
    entry(8, 7, "assistant", "one answer"),
    entry(9, 7, "label"),
    entry(2, 9, "assistant", "another answer"),
    entry(3, 2, "custom", "kept"),
]


async def everything(store: Store, session: SessionInfo, size: int = 2) -> list[Entry]:
    return [entry async for batch in store.transfers.read_all(ANN, session.id, size=size) for entry in batch]


def drafts(entries: Sequence[Entry]) -> list[DraftEntry]:
    return [DraftEntry(id=e.id, parent=e.parent, kind=e.kind, text=e.text, data=e.data, created=e.created) for e in entries]


async def test_what_comes_in_is_as_it_is_described(store: Store) -> None:
    draft = Draft(created=THEN, name="old", named_by=NamedBy.MODEL, model="large", pinned=True, archived=True, leaf=8)
    made = await store.transfers.adopt(ANN, draft, TREE)
    assert (made.number, made.name, made.named_by, made.model) == (1, "old", NamedBy.MODEL, "large")
    assert (made.pinned, made.archived, made.branches, made.message_count) == (True, True, 2, 2)
    assert (made.created, made.modified) == (THEN, THEN + timedelta(minutes=8))
    path = await store.transcripts.path(ANN, made.id)
    assert [(one.text, one.author) for one in path] == [("first question", ANN.user_id), ("one answer", None)]


async def test_the_leaf_is_the_last_entry_unless_another_is_named(store: Store) -> None:
    made = await store.transfers.adopt(ANN, Draft(created=THEN), TREE)
    assert [one.kind for one in await store.transcripts.path(ANN, made.id)] == ["user", "label", "assistant", "custom"]
    assert made.modified == THEN + timedelta(minutes=2)


async def test_what_went_out_comes_in_as_it_was(store: Store, session: SessionInfo) -> None:
    first = await exchange(store, session, "q1", "a1")
    await answer(store, await store.turns.retry(ANN, first.id, prompt()), "a2")
    await exchange(store, session, "q2", "")
    out = await everything(store, session)
    made = await store.transfers.adopt(ANN, Draft(created=session.created, leaf=out[-1].id), drafts(out))
    back = await everything(store, made, 500)
    places = {one.id: place for place, one in enumerate(out)}, {one.id: place for place, one in enumerate(back)}
    seen = [
        [(e.parent and at[e.parent], e.kind, e.text, e.data, e.created, e.author, e.depth) for e in entries]
        for at, entries in zip(places, (out, back), strict=True)
    ]
    assert seen[0] == seen[1]
    was = await store.sessions.find(ANN, 1)
    assert (made.modified, made.message_count, made.branches) == (was.modified, was.message_count, was.branches)


async def test_what_comes_in_goes_on_and_is_found(store: Store) -> None:
    made = await store.transfers.adopt(ANN, Draft(created=THEN), TREE)
    await exchange(store, made, "and now", "more")
    assert (await store.sessions.find(ANN, 1)).message_count == 4
    hits = await store.transcripts.search_messages(ANN, "answer")
    assert [(hit.created, hit.kind) for hit in hits] == [
        (THEN + timedelta(minutes=8), "assistant"),
        (THEN + timedelta(minutes=2), "assistant"),
    ]


@pytest.mark.parametrize(
    ("entries", "leaf"),
    [
        ([entry(1, 2, "user"), entry(2, None, "user")], None),
        ([entry(1, None, "user"), entry(1, None, "user")], None),
        ([entry(1, 1, "user")], None),
        (TREE, 99),
        ([], 1),
    ],
)
async def test_what_is_no_tree_leaves_no_trace(store: Store, entries: list[DraftEntry], leaf: int | None) -> None:
    with pytest.raises(BrokenTree):
        await store.transfers.adopt(
            ANN, Draft(created=THEN, leaf=leaf, provenance=Provenance(source="there", external_id="a")), entries
        )
    assert (await store.sessions.list(ANN)).total == 0
    assert not await store.transfers.known(ANN, "there", ["a"])
    assert (await store.sessions.create(ANN)).number == 1


async def test_what_was_taken_in_is_known_until_it_is_deleted(store: Store) -> None:
    for name in ("a", "b"):
        await store.transfers.adopt(ANN, Draft(created=THEN, provenance=Provenance(source="there", external_id=name)), TREE)
    assert await store.transfers.known(ANN, "there", ["a", "b", "c"]) == {"a", "b"}
    assert await store.transfers.known(ANN, "elsewhere", ["a"]) == set()
    assert await store.transfers.known(BOB, "there", ["a"]) == set()
    await store.shelves.delete(ANN, 1)
    assert await store.transfers.known(ANN, "there", ["a", "b"]) == {"b"}
    await store.shelves.purge(ANN, 1)
    again = await store.transfers.adopt(ANN, Draft(created=THEN, provenance=Provenance(source="there", external_id="a")), TREE)
    assert again.number == 3
    assert await store.transfers.known(ANN, "there", ["a"]) == {"a"}


async def test_what_just_came_in_is_not_put_away_for_being_old(store: Store) -> None:
    await store.transfers.adopt(ANN, Draft(created=THEN), TREE)
    assert await store.upkeep.auto_archive(START + timedelta(days=1), 30) == 0


async def test_reading_ends_when_the_session_is_deleted_meanwhile(store: Store, session: SessionInfo) -> None:
    for _ in range(3):
        await exchange(store, session)
    batches = store.transfers.read_all(ANN, session.id, size=2)
    assert len(await anext(batches)) == 2
    await store.shelves.delete(ANN, 1)
    with pytest.raises(SessionNotFound):
        await anext(batches)


async def test_a_second_copy_is_known_as_the_first_and_takes_nothing_from_it(store: Store) -> None:
    came = Provenance(source="there", external_id="a", parent="b", extra={"there": {"cwd": "/"}})
    first, second = [await store.transfers.adopt(ANN, Draft(created=THEN, provenance=came), TREE) for _ in range(2)]
    assert await store.transfers.provenance(ANN, first.id) == came
    await store.shelves.delete(ANN, second.number)
    assert await store.transfers.known(ANN, "there", ["a"]) == {"a"}
    with pytest.raises(SessionNotFound):
        await store.transfers.provenance(ANN, second.id)
    with pytest.raises(SessionNotFound):
        await store.transfers.provenance(BOB, first.id)


async def test_what_was_begun_here_is_known_by_its_own_id(store: Store, session: SessionInfo) -> None:
    own, binned = str(session.id), str((await store.sessions.create(ANN)).id)
    await store.shelves.delete(ANN, 2)
    assert await store.transfers.provenance(ANN, session.id) is None
    wanted = [own, binned, own.upper(), session.id.hex, "no id", ""]
    assert await store.transfers.known(ANN, HERE, wanted) == {own}
    assert await store.transfers.known(ANN, "there", wanted) == set()
    assert await store.transfers.known(BOB, HERE, wanted) == set()


async def test_every_session_comes_by_its_number_but_those_in_the_bin(store: Store) -> None:
    for _ in range(5):
        await store.sessions.create(ANN)
    await store.sessions.create(BOB)
    await store.shelves.delete(ANN, 3)
    await store.shelves.archive(ANN, 4)
    await store.shelves.pin(ANN, 5)
    assert [one.number async for one in store.transfers.every(ANN, size=2)] == [1, 2, 4, 5]
