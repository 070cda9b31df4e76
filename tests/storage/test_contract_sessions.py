import asyncio
from uuid import uuid4

import pytest

from storage.errors import SessionNotFound
from storage.records import SessionInfo
from storage.store import Store
from tests.storage.samples import ANN, BOB, answer, ask, exchange


async def test_numbers_count_up_from_one_for_each_owner(store: Store) -> None:
    numbers = [(await store.sessions.create(actor)).number for actor in (ANN, BOB, ANN, ANN, BOB)]
    assert numbers == [1, 1, 2, 3, 2]


async def test_sessions_created_at_once_never_share_a_number(store: Store) -> None:
    made = await asyncio.gather(*(store.sessions.create(ANN) for _ in range(20)))
    assert sorted(info.number for info in made) == list(range(1, 21))


async def test_a_new_session_is_blank_and_not_active(store: Store) -> None:
    made = await store.sessions.create(ANN)
    assert made.is_blank
    assert (made.message_count, made.first_message, made.modified, made.model) == (0, None, made.created, None)
    assert await store.sessions.active(ANN) is None


async def test_every_way_to_a_session_gives_the_same(store: Store) -> None:
    made = await store.sessions.create(ANN, "Auth bug")
    await store.sessions.open(ANN, 1)
    await exchange(store, made)
    found = await store.sessions.find(ANN, 1)
    assert found == await store.sessions.get(ANN, made.id)
    assert (found,) == (await store.sessions.list(ANN)).items
    assert found == await store.sessions.open(ANN, 1) == await store.sessions.active(ANN) == await store.sessions.close(ANN)


async def test_a_list_is_newest_message_first_and_opening_or_naming_leave_it(store: Store) -> None:
    first, second, third = [await store.sessions.create(ANN) for _ in range(3)]
    await exchange(store, second)
    await store.sessions.open(ANN, first.number)
    await store.shelves.rename(ANN, third.number, "named")
    assert [info.number for info in (await store.sessions.list(ANN)).items] == [2, 3, 1]


async def test_a_page_beyond_the_end_is_the_last_one(store: Store) -> None:
    for _ in range(5):
        await store.sessions.create(ANN)
    page = await store.sessions.list(ANN, page=9, size=2)
    assert (page.number, page.total, page.pages, [info.number for info in page.items]) == (2, 5, 3, [1])


async def test_pages_hold_each_session_once(store: Store) -> None:
    for _ in range(5):
        await store.sessions.create(ANN)
    pages = [await store.sessions.list(ANN, page=number, size=2) for number in range(3)]
    assert [info.number for page in pages for info in page.items] == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("page", [-1, 0, 7])
async def test_a_list_of_nothing_is_one_empty_page(store: Store, page: int) -> None:
    shown = await store.sessions.list(ANN, page=page)
    assert (shown.items, shown.number, shown.total, shown.pages) == ((), 0, 0, 1)


async def test_places_have_active_sessions_of_their_own(store: Store) -> None:
    await store.sessions.create(ANN)
    other = await store.sessions.create(ANN)
    await store.sessions.open(ANN, 1)
    await store.sessions.open(ANN, 2, place="thread")
    assert (await store.sessions.close(ANN)) is not None
    assert await store.sessions.active(ANN) is None
    assert await store.sessions.active(ANN, place="thread") == other


async def test_closing_what_is_closed_is_nothing(store: Store, session: SessionInfo) -> None:
    await store.sessions.open(ANN, session.number)
    assert await store.sessions.close(ANN) == session
    assert await store.sessions.close(ANN) is None


@pytest.mark.parametrize("number", [0, -1, 2, 10**30])
async def test_no_session_has_a_number_that_was_not_given(store: Store, session: SessionInfo, number: int) -> None:
    for call in (store.sessions.find, store.sessions.open):
        with pytest.raises(SessionNotFound):
            await call(ANN, number)
    with pytest.raises(SessionNotFound):
        await store.shelves.rename(ANN, number, "x")


async def test_an_id_that_never_was_is_not_found(store: Store, session: SessionInfo) -> None:
    with pytest.raises(SessionNotFound):
        await store.sessions.get(ANN, uuid4())


async def test_a_name_can_be_given_changed_and_taken_back(store: Store, session: SessionInfo) -> None:
    assert (await store.shelves.rename(ANN, 1, "日本語 🎉")).session.name == "日本語 🎉"
    assert (await store.shelves.rename(ANN, 1, None)).session == session


async def test_the_preview_is_one_line_of_the_first_prompt(store: Store, session: SessionInfo) -> None:
    await exchange(store, session, "  first\n\tline " + "x" * 300)
    await exchange(store, session, "second")
    preview = (await store.sessions.get(ANN, session.id)).first_message
    assert preview == ("first line " + "x" * 300)[:200]


async def test_counts_and_times_follow_the_messages(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session)
    asked = await store.sessions.get(ANN, session.id)
    ended = await answer(store, turn)
    answered = await store.sessions.get(ANN, session.id)
    assert (asked.message_count, asked.modified) == (1, turn.asked)
    assert (answered.message_count, answered.modified, answered.model) == (2, ended.ended, "small")


async def test_a_failure_is_no_message_and_leaves_the_time(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session)
    await answer(store, turn, "")
    info = await store.sessions.get(ANN, session.id)
    assert (info.message_count, info.modified) == (1, turn.asked)


@pytest.mark.parametrize(("text", "numbers"), [("", [3, 2, 1]), ("AUTH", [1]), ("été", [2]), ("3", [3]), ("nothing", [])])
async def test_a_search_looks_at_number_name_and_first_message(store: Store, text: str, numbers: list[int]) -> None:
    await store.sessions.create(ANN, "Auth bug")
    await exchange(store, await store.sessions.create(ANN), "l'Été 100% fini_")
    await store.sessions.create(ANN)
    assert [info.number for info in await store.sessions.search(ANN, text)] == numbers


async def test_a_search_gives_no_more_than_asked(store: Store) -> None:
    for _ in range(4):
        await store.sessions.create(ANN)
    assert [info.number for info in await store.sessions.search(ANN, "", limit=2)] == [4, 3]


async def test_a_notice_is_first_once_for_each_person_and_session(store: Store, session: SessionInfo) -> None:
    given = [(ANN, None), (BOB, None), (ANN, session.id), (ANN, None), (ANN, session.id)]
    assert [await store.first_time(actor, "welcome", where) for actor, where in given] == [True, True, True, False, False]
    assert await store.first_time(ANN, "another")


async def test_a_notice_asked_for_at_once_is_given_once(store: Store) -> None:
    assert sum(await asyncio.gather(*(store.first_time(ANN, "welcome") for _ in range(9)))) == 1


async def test_closing_twice_is_closing_once(store: Store) -> None:
    await asyncio.gather(store.close(), store.close())
    await store.close()
