"""A person's files take as much space as they may and no more, also when several prompts with files come at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.errors import FilesFull
from storage.memory import MemoryStore
from storage.records import Choice, Departure, Draft, File, Leave, SessionInfo, TurnState
from storage.sqlite.open import open_store
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, file, prompt

FILES = [file(str(number) * 100, name=f"{number}.txt") for number in range(4)]
SPACE = 2 * FILES[0].content.size


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    small = request.param == "memory"
    made: Store = MemoryStore(file_space=SPACE) if small else await open_store(tmp_path / "cubby.db", file_space=SPACE)
    yield made
    await made.close()


@pytest.fixture(params=[False, True], ids=["kept", "temporary"])
async def session(request: pytest.FixtureRequest, store: Store) -> SessionInfo:
    return await store.sessions.create(ANN, temporary=request.param)


async def test_prompts_that_come_at_once_do_not_pass_the_limit_together(store: Store, session: SessionInfo) -> None:
    sent = [store.turns.submit(ANN, session.id, prompt("read", each), TurnState.QUEUED) for each in FILES]
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    assert [isinstance(outcome, FilesFull) for outcome in outcomes] == [False, False, True, True]
    assert await store.files.used(ANN) == SPACE
    assert len(await store.turns.waiting(ANN, session.id)) == 2


async def test_what_is_there_takes_no_further_space(store: Store, session: SessionInfo) -> None:
    await store.turns.submit(ANN, session.id, prompt("read", *FILES[:2]), TurnState.QUEUED)
    await store.turns.submit(ANN, session.id, prompt("again", FILES[0], FILES[0]), TurnState.QUEUED)
    await store.turns.submit(ANN, session.id, prompt("nothing with it"), TurnState.QUEUED)
    theirs = await store.sessions.create(BOB)
    await store.turns.submit(BOB, theirs.id, prompt("read", *FILES[2:]), TurnState.QUEUED)


async def test_what_is_taken_out_makes_room_at_once(store: Store, session: SessionInfo) -> None:
    turn = await store.turns.submit(ANN, session.id, prompt("read", *FILES[:2]), TurnState.QUEUED)
    await store.turns.remove(ANN, turn.id)
    await store.turns.submit(ANN, session.id, prompt("read", *FILES[2:]), TurnState.QUEUED)


@pytest.mark.parametrize("temporary", [False, True], ids=["for a kept one", "for a temporary one"])
async def test_a_choice_holds_no_more_either(store: Store, session: SessionInfo, temporary: bool) -> None:
    async def hold(*files: File) -> Choice:
        departure = Departure(leave=Leave.NEW, prompt=prompt("read", *files), temporary=temporary)
        return await store.turns.hold(ANN, session.id, departure)

    first = await hold(*FILES[:2])
    with pytest.raises(FilesFull):
        await hold(FILES[2])
    again = await hold(FILES[1])
    assert await store.files.used(ANN) == SPACE
    theirs = await store.sessions.create(BOB)
    await store.turns.submit(BOB, theirs.id, prompt("read", *FILES[2:]), TurnState.QUEUED)
    await store.turns.decide(ANN, first.id)
    await hold(FILES[2])
    assert (await store.turns.decide(ANN, again.id)).departure.prompt is not None
    assert await store.files.used(ANN) == SPACE // 2


async def test_a_session_that_comes_in_with_more_does_not_come_in(store: Store, session: SessionInfo) -> None:
    await store.turns.submit(ANN, session.id, prompt("read", FILES[0]), TurnState.QUEUED)
    assert await store.files.room(ANN) == SPACE // 2
    with pytest.raises(FilesFull):
        await store.transfers.adopt(ANN, Draft(created=START), [], FILES[1:3])
    assert (await store.sessions.counts(ANN)).open == 1
    await store.transfers.adopt(ANN, Draft(created=START), [], FILES[1:2])
    assert await store.files.room(ANN) == 0
    assert await store.files.room(BOB) == SPACE
