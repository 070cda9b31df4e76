"""What goes to the bin, what is deleted for good, and what is left of a person who is erased."""

from datetime import timedelta
from uuid import UUID

import pytest

from storage.errors import SessionNotFound, SessionWriting, TurnNotFound, UndoNotFound
from storage.records import (
    BIN_KEEPS,
    Actor,
    DeliveryState,
    SessionInfo,
    Shelf,
    Spent,
    TurnState,
)
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, answer, ask, departure, exchange, target, wait
from tests.storage.test_contract_shelves import numbers


async def test_deleting_leaves_the_active_place_and_pauses_what_waits(store: Store, session: SessionInfo) -> None:
    await store.sessions.open(ANN, 1)
    await wait(store, session)
    deleted = await store.shelves.delete(ANN, 1)
    assert deleted.session.deleted is not None
    assert await store.sessions.active(ANN) is None
    assert await store.upkeep.waiting_turns() == ()
    await store.shelves.restore(ANN, 1)
    assert [turn.state for turn in await store.turns.waiting(ANN, session.id)] == [TurnState.PAUSED]
    assert await store.sessions.active(ANN) is None


async def test_a_session_is_not_deleted_while_an_answer_is_written(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session)
    with pytest.raises(SessionWriting):
        await store.shelves.delete(ANN, 1)
    await answer(store, turn)
    await store.shelves.delete(ANN, 1)


async def test_the_last_edit_of_a_deleted_answer_can_be_noted_and_nothing_is_resent(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session, to=target(message_id=5))
    await answer(store, turn)
    await store.shelves.delete(ANN, 1)
    assert await store.upkeep.open_deliveries() == ()
    (part,) = await store.deliveries.of_turn(ANN, turn.id)
    await store.deliveries.put(ANN, part)
    assert part.state is DeliveryState.PENDING
    await store.shelves.restore(ANN, 1)
    assert len(await store.upkeep.open_deliveries()) == 1


async def test_what_is_not_in_the_bin_is_neither_restored_nor_purged(store: Store, session: SessionInfo) -> None:
    for call in (store.shelves.restore, store.shelves.purge):
        with pytest.raises(SessionNotFound):
            await call(ANN, 1)
    assert await numbers(store) == [1]


async def purged(store: Store, session: SessionInfo) -> tuple[UUID, UUID, UUID]:
    """A session with a bit of everything, deleted for good; its turn, a choice and an undo."""
    turn = await exchange(store, session)
    await wait(store, session)
    held = await store.turns.hold(ANN, session.id, departure())
    await store.deliveries.link(ANN, 55, session.id)
    await store.first_time(ANN, "welcome", session.id)
    undo = (await store.shelves.delete(ANN, session.number)).undo
    await store.shelves.purge(ANN, session.number)
    return turn.id, held.id, undo


async def test_what_is_purged_is_gone_and_its_number_stays_taken(store: Store, session: SessionInfo) -> None:
    turn, _, undo = await purged(store, session)
    with pytest.raises(TurnNotFound):
        await store.deliveries.of_turn(ANN, turn)
    with pytest.raises(UndoNotFound):
        await store.shelves.undo(ANN, undo)
    assert (await store.sessions.list(ANN, shelf=Shelf.BIN)).total == 0
    assert await store.transcripts.search_messages(ANN, "hello") == ()
    assert (await store.sessions.create(ANN)).number == 2


async def test_what_came_back_meanwhile_is_not_purged_for_its_time_before(store: Store, session: SessionInfo) -> None:
    first = (await store.shelves.delete(ANN, 1)).session.deleted
    await store.shelves.restore(ANN, 1)
    again = (await store.shelves.delete(ANN, 1)).session.deleted
    with pytest.raises(SessionNotFound):
        await store.shelves.purge(ANN, 1, since=first)
    await store.shelves.purge(ANN, 1, since=again)
    assert (await store.sessions.list(ANN, shelf=Shelf.BIN)).total == 0


async def test_the_bin_empties_after_its_days(store: Store, session: SessionInfo) -> None:
    await store.sessions.create(ANN)
    deleted = (await store.shelves.delete(ANN, 1)).session.deleted
    assert deleted is not None
    assert await store.upkeep.expired(deleted + BIN_KEEPS - timedelta(seconds=1)) == ()
    assert await store.upkeep.expired(deleted + BIN_KEEPS) == ((ANN, 1),)


async def test_wiping_with_nothing_to_wipe_is_done(store: Store) -> None:
    assert await store.upkeep.wipe()


async def test_who_is_erased_begins_anew_and_leaves_only_what_was_spent(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session)
    await store.turns.end(ANN, turn.id, TurnState.COMPLETED, text="hi", spent=Spent(input_tokens=7))
    await ask(store, session, "still being written")
    await exchange(store, await store.sessions.create(BOB), actor=BOB)
    await store.preferences.set(ANN, "x", 1)
    await store.deliveries.saw(ANN, 7, 9)
    await store.first_time(ANN, "privacy")
    for _ in range(2):
        await store.shelves.erase(ANN)
    day = START.date()
    assert (await store.turns.spent(ANN, day), await store.upkeep.spent(day)) == (0, 7)
    assert await store.upkeep.direct_channels(START - timedelta(days=1)) == ()
    assert await store.upkeep.running_turns() == ()
    assert await store.first_time(ANN, "privacy")
    assert await store.preferences.get(ANN, "x") is None
    assert (await store.sessions.create(ANN)).number == 1
    assert [hit.session.owner for hit in await store.transcripts.search_messages(BOB, "hello")] == [BOB.user_id]


async def test_who_was_erased_is_nobody_that_can_be_asked_for(store: Store, session: SessionInfo) -> None:
    await store.shelves.erase(ANN)
    for user_id in (-1, 0, 1):
        assert (await store.sessions.list(Actor(user_id))).total == 0
