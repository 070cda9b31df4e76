"""A session goes on from the same summary wherever it was moved to, or from none where that was taken back."""

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from agent.recall import context_of
from storage.records import SessionInfo, Undone, first_kept
from storage.store import Store
from tests.agent.people import CONFIG
from tests.porting.test_round_trip import a_store, archived, came_in, went_out
from tests.storage.samples import ANN, answer, ask, exchange, prompt
from tests.storage.test_contract_compactions import add, filled, holds
from transfer.archive_writer import PI


@pytest.fixture(params=[False, True], ids=["sqlite", "memory"])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[tuple[Store, Store], None]:
    """The store that a session comes from, and one in which Ann has something already."""
    async with a_store(tmp_path, "one", in_memory=request.param) as one, a_store(tmp_path, "two") as two:
        await exchange(two, await two.sessions.create(ANN))
        yield one, two


async def sent(store: Store, session: SessionInfo, text: str = "and now?") -> Sequence[tuple[str, str]]:
    """What the model would be given with another question, which is asked."""
    await ask(store, await store.sessions.get(ANN, session.id), text)
    context = await context_of(store, CONFIG, ANN, session.id, correction=1.0)
    return [(message.role, message.content) for message in context.messages]


async def moved(stores: tuple[Store, Store], session: SessionInfo, *, whole: bool = False) -> SessionInfo:
    """The same session in the other store."""
    one, two = stores
    await came_in(two, (await archived(one))[0] if whole else await went_out(one, await one.sessions.get(ANN, session.id)))
    return await two.sessions.find(ANN, 2)


async def told(store: Store, session: SessionInfo) -> tuple[str | None, int | None, int | None]:
    """Which summary holds, from where on it keeps what was said, and where one was taken back."""
    standing = await store.compactions.standing(ANN, session.id)
    kept = None if standing.compaction is None else first_kept(standing.compaction)
    return await holds(store, session), kept, standing.undone


async def same(stores: tuple[Store, Store], session: SessionInfo, *, whole: bool = False) -> SessionInfo:
    """It is moved, and its context with it."""
    came = await moved(stores, session, whole=whole)
    assert await told(stores[1], came) == await told(stores[0], session)
    assert await sent(stores[1], came) == await sent(stores[0], session)
    return came


async def test_the_model_goes_on_from_the_summary_that_held(stores: tuple[Store, Store]) -> None:
    session = await stores[0].sessions.create(ANN)
    path = await filled(stores[0], session)
    await add(stores[0], session, path[1].id, "gist")
    await exchange(stores[0], session, "q3", "a3")
    came = await same(stores, session)
    assert await holds(stores[1], came) == "gist"


async def test_undone_before_it_was_moved_it_is_undone_there(stores: tuple[Store, Store]) -> None:
    one, session = stores[0], await stores[0].sessions.create(ANN)
    path = await filled(one, session)
    gist = await add(one, session, path[1].id)
    await one.compactions.undo(ANN, session.id, gist.id)
    came = await same(stores, session, whole=True)
    assert await told(stores[1], came) == (None, None, path[-1].depth)


async def test_undone_after_it_was_moved_nothing_is_left_of_it_in_the_context(stores: tuple[Store, Store]) -> None:
    (one, two), session = stores, await stores[0].sessions.create(ANN)
    path = await filled(one, session)
    before = await moved(stores, session)
    gist = await add(one, session, path[1].id)
    await came_in(two, await went_out(one, await one.sessions.get(ANN, session.id)))
    came = await two.sessions.find(ANN, 3)
    held = (await two.compactions.standing(ANN, came.id)).compaction
    assert held is not None
    assert (held.text, await two.compactions.undo(ANN, came.id, held.id)) == (gist.text, Undone.NOW)
    assert await sent(two, came) == await sent(two, before)
    assert await two.compactions.undo(ANN, came.id, held.id) is Undone.ALREADY
    assert await holds(one, session) == gist.text


async def test_of_two_the_older_holds_where_the_newer_was_taken_back(stores: tuple[Store, Store]) -> None:
    one, session = stores[0], await stores[0].sessions.create(ANN)
    path = await filled(one, session, 4)
    await add(one, session, path[1].id, "older")
    newer = await add(one, session, path[3].id, "newer")
    await one.compactions.undo(ANN, session.id, newer.id)
    came = await same(stores, session)
    assert await holds(stores[1], came) == "older"


async def test_each_branch_has_the_summary_that_it_had(stores: tuple[Store, Store]) -> None:
    (one, two), session = stores, await stores[0].sessions.create(ANN)
    path = await filled(one, session)
    turn = await answer(one, await ask(one, session, "q3"), "first")
    await add(one, session, path[1].id, "of the first")
    again = await answer(one, await one.turns.retry(ANN, turn.id, prompt()), "second")
    assert await holds(one, session) is None
    came = await moved(stores, session)
    assert await holds(two, came) is None
    assert again.answer_entry is not None
    (first,) = [tip for tip in (await two.branches.tips(ANN, came.id)) if not tip.is_current]
    await two.branches.switch(ANN, came.id, first.entry)
    assert await holds(two, came) == "of the first"


async def test_a_temporary_session_that_was_kept_has_its_summary_with_it(stores: tuple[Store, Store]) -> None:
    one, session = stores[0], await stores[0].sessions.create(ANN, temporary=True)
    path = await filled(one, session)
    older = await add(one, session, path[1].id, "taken back")
    await one.compactions.undo(ANN, session.id, older.id)
    await add(one, session, path[1].id, "gist")
    await one.temporaries.keep(ANN, session.id)
    came = await same(stores, await one.sessions.get(ANN, session.id))
    assert await holds(stores[1], came) == "gist"


async def test_it_comes_back_by_way_of_pi(stores: tuple[Store, Store]) -> None:
    (one, two), session = stores, await stores[0].sessions.create(ANN)
    path = await filled(one, session, 4)
    await add(one, session, path[1].id, "older")
    newer = await add(one, session, path[3].id, "newer")
    await one.compactions.undo(ANN, session.id, newer.id)
    document = await went_out(one, await one.sessions.get(ANN, session.id), PI)
    assert document.count(b'"type": "compaction"') == 1
    await came_in(two, document)
    came = await two.sessions.find(ANN, 2)
    assert await told(two, came) == await told(one, session) == ("older", 2, path[-1].depth)
    assert await sent(two, came) == await sent(one, session)
