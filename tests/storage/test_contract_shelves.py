"""Keeping sessions in order: names, pins, the archive, the bin, and the ways back."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from storage.errors import SessionNotFound, SessionWriting, TurnNotFound, UndoNotFound
from storage.preferences import AUTO_ARCHIVE_DAYS
from storage.records import (
    BIN_KEEPS,
    Actor,
    Changed,
    Counts,
    DeliveryState,
    NamedBy,
    SessionInfo,
    Shelf,
    Spent,
    TurnState,
)
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, Clock, answer, ask, departure, exchange, target, wait

Act = Callable[[Store], Awaitable[Changed]]

ACTS: dict[str, Act] = {
    "rename": lambda store: store.shelves.rename(ANN, 1, "another"),
    "unname": lambda store: store.shelves.rename(ANN, 1, None),
    "pin": lambda store: store.shelves.pin(ANN, 1),
    "unpin": lambda store: store.shelves.unpin(ANN, 1),
    "archive": lambda store: store.shelves.archive(ANN, 1),
    "unarchive": lambda store: store.shelves.unarchive(ANN, 1),
    "delete": lambda store: store.shelves.delete(ANN, 1),
}
BEFORE: dict[str, Act | None] = {
    "plain": None,
    "pinned": ACTS["pin"],
    "archived": ACTS["archive"],
    "named": ACTS["rename"],
}


async def numbers(store: Store, shelf: Shelf = Shelf.OPEN) -> list[int]:
    return [info.number for info in (await store.sessions.list(ANN, shelf=shelf)).items]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("name", ACTS)
async def test_undo_is_the_inverse_of_each_act(store: Store, session: SessionInfo, name: str, before: str) -> None:
    if (first := BEFORE[before]) is not None:
        await first(store)
    was = await store.sessions.find(ANN, 1)
    changed = await ACTS[name](store)
    assert changed.before == was
    assert await store.shelves.undo(ANN, changed.undo) == was
    assert await store.sessions.find(ANN, 1) == was


async def test_undoing_leaves_what_was_done_since(store: Store, session: SessionInfo) -> None:
    pinned = await store.shelves.pin(ANN, 1)
    await store.shelves.rename(ANN, 1, "since")
    undone = await store.shelves.undo(ANN, pinned.undo)
    assert (undone.pinned, undone.name) == (False, "since")


async def test_an_undo_acts_once_and_is_forgotten_when_old(store: Store, session: SessionInfo, clock: Clock) -> None:
    once, old = await store.shelves.pin(ANN, 1), await store.shelves.rename(ANN, 1, "x")
    await store.shelves.undo(ANN, once.undo)
    await store.upkeep.forget_choices(clock() + timedelta(days=1))
    for undo in (once.undo, old.undo, UUID(int=7)):
        with pytest.raises(UndoNotFound):
            await store.shelves.undo(ANN, undo)


async def test_undoing_a_restore_does_not_bin_what_is_being_written(store: Store, session: SessionInfo) -> None:
    await store.shelves.delete(ANN, 1)
    restored = await store.shelves.restore(ANN, 1)
    await ask(store, session)
    with pytest.raises(SessionWriting):
        await store.shelves.undo(ANN, restored.undo)


async def test_a_model_names_only_what_no_person_named(store: Store, session: SessionInfo) -> None:
    named = await store.shelves.name_by_model(ANN, session.id, "Auth bug")
    assert (named.name, named.named_by) == ("Auth bug", NamedBy.MODEL)
    assert (await store.shelves.name_by_model(ANN, session.id, "Login bug")).name == "Login bug"
    mine = (await store.shelves.rename(ANN, 1, "Mine")).session
    assert mine.named_by is NamedBy.PERSON
    assert await store.shelves.name_by_model(ANN, session.id, "Again") == mine
    assert (await store.sessions.create(ANN, "given")).named_by is NamedBy.PERSON


async def test_pinned_ones_come_first_in_lists_and_searches(store: Store) -> None:
    for _ in range(4):
        await store.sessions.create(ANN)
    await store.shelves.pin(ANN, 2)
    await store.shelves.pin(ANN, 1)
    assert await numbers(store) == [2, 1, 4, 3]
    assert await numbers(store, Shelf.PINNED) == [2, 1]
    assert [info.number for info in await store.sessions.search(ANN, "")] == [2, 1, 4, 3]


async def test_each_session_is_on_one_shelf_and_counted_there(store: Store) -> None:
    for _ in range(5):
        await store.sessions.create(ANN)
    await store.shelves.pin(ANN, 1)
    for number in (2, 1):
        await store.shelves.archive(ANN, number)
    for number in (3, 2):
        await store.shelves.delete(ANN, number)
    await store.shelves.pin(ANN, 5)
    assert [await numbers(store, shelf) for shelf in Shelf] == [[5, 4], [5], [1], [2, 3]]
    assert await store.sessions.counts(ANN) == Counts(open=2, pinned=1, archived=1, bin=2)
    assert await store.sessions.counts(BOB) == Counts()


async def test_what_is_in_the_bin_is_found_only_by_who_asks_for_it_there(store: Store, session: SessionInfo) -> None:
    binned = (await store.shelves.delete(ANN, 1)).session
    assert await store.sessions.get(ANN, session.id, binned=True) == binned
    assert await store.sessions.find(ANN, 1, binned=True) == binned
    for actor, is_there in ((ANN, False), (BOB, True)):
        with pytest.raises(SessionNotFound):
            await store.sessions.get(actor, session.id, binned=is_there)
        with pytest.raises(SessionNotFound):
            await store.sessions.find(actor, 1, binned=is_there)


async def test_opening_brings_back_what_was_archived(store: Store, session: SessionInfo) -> None:
    await store.shelves.archive(ANN, 1)
    assert not (await store.sessions.open(ANN, 1)).archived
    assert await numbers(store) == [1]


async def test_words_bring_back_what_was_archived(store: Store, session: SessionInfo) -> None:
    await store.sessions.open(ANN, 1)
    await store.shelves.archive(ANN, 1)
    assert (await store.sessions.active(ANN)) is not None
    await ask(store, session)
    assert not (await store.sessions.find(ANN, 1)).archived


async def test_an_answer_nobody_was_there_for_is_unread_until_opened(store: Store, session: SessionInfo) -> None:
    await exchange(store, session)
    assert (await store.sessions.find(ANN, 1)).unread
    assert not (await store.sessions.open(ANN, 1)).unread
    await exchange(store, session)
    assert not (await store.sessions.find(ANN, 1)).unread


async def test_what_was_shown_is_read_until_another_answer_comes(store: Store, session: SessionInfo) -> None:
    for _ in range(2):
        await exchange(store, session)
        assert (await store.sessions.find(ANN, 1)).unread
        await store.sessions.read(ANN, session.id)
        assert not (await store.sessions.find(ANN, 1)).unread


async def test_where_no_answer_came_there_is_none_to_read(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session)
    await store.turns.end(ANN, turn.id, TurnState.FAILED, text="", error="overloaded")
    assert not (await store.sessions.find(ANN, 1)).unread


async def test_a_stopped_answer_is_not_unread(store: Store, session: SessionInfo) -> None:
    await store.turns.end(ANN, (await ask(store, session)).id, TurnState.STOPPED, text="half")
    assert not (await store.sessions.find(ANN, 1)).unread


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


LATER = START + timedelta(days=40)


async def test_what_nobody_touched_is_archived_by_itself(store: Store, session: SessionInfo, clock: Clock) -> None:
    clock.time = LATER
    assert await store.upkeep.auto_archive(LATER, 30) == 1
    found = await store.sessions.find(ANN, 1)
    assert (found.archived, found.archived_by_itself) == (True, LATER)
    assert (await store.sessions.counts(ANN)).archived_lately == 1
    clock.time = LATER + timedelta(days=8)
    assert (await store.sessions.counts(ANN)).archived_lately == 0
    assert await store.upkeep.auto_archive(LATER, 30) == 0


async def _opened_and_left(store: Store) -> None:
    await store.sessions.open(ANN, 1)
    await store.sessions.close(ANN)


async def _brought_back(store: Store) -> None:
    await store.shelves.archive(ANN, 1)
    await store.shelves.unarchive(ANN, 1)


KEEP: dict[str, Callable[[Store], Awaitable[object]]] = {
    "active": lambda store: store.sessions.open(ANN, 1),
    "pinned": lambda store: store.shelves.pin(ANN, 1),
    "left lately": _opened_and_left,
    "brought back": _brought_back,
    "never": lambda store: store.preferences.set(ANN, AUTO_ARCHIVE_DAYS, 0),
    "later": lambda store: store.preferences.set(ANN, AUTO_ARCHIVE_DAYS, 60),
}


@pytest.mark.parametrize("name", KEEP)
async def test_what_is_not_archived_by_itself(store: Store, session: SessionInfo, clock: Clock, name: str) -> None:
    clock.time = LATER - timedelta(days=1)
    await KEEP[name](store)
    assert await store.upkeep.auto_archive(LATER, 30) == 0


@pytest.mark.parametrize("unread", [True, False])
async def test_unread_answers_and_waiting_prompts_keep_a_session_open(store: Store, session: SessionInfo, unread: bool) -> None:
    await (exchange if unread else wait)(store, session)
    assert await store.upkeep.auto_archive(LATER, 30) == 0


async def test_archiving_by_itself_is_off_by_default_and_on_for_who_asks(store: Store, session: SessionInfo) -> None:
    assert await store.upkeep.auto_archive(LATER, 0) == 0
    await store.preferences.set(ANN, AUTO_ARCHIVE_DAYS, 7)
    assert await store.upkeep.auto_archive(LATER, 0) == 1


async def test_preferences_come_back_as_they_were_set(store: Store) -> None:
    await store.preferences.set(ANN, "x", {"a": [1, None, "é"]})
    assert await store.preferences.get(ANN, "x") == {"a": [1, None, "é"]}
    assert await store.preferences.get(BOB, "x") is None
    await store.preferences.set(ANN, "x", None)
    assert await store.preferences.get(ANN, "x") is None


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
