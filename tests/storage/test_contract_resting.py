"""What is archived by itself because nobody touched it, and what never is."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from storage.preferences import AUTO_ARCHIVE_DAYS
from storage.records import (
    SessionInfo,
)
from storage.store import Store
from tests.storage.samples import ANN, START, Clock, exchange, wait

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
