"""What a model thought before an answer: with its turn, in what goes out, and nowhere else."""

import pytest

from storage.errors import TurnNotFound
from storage.records import SessionInfo, Turn, TurnState
from storage.store import Store
from storage.transfers import THOUGHTS
from tests.storage.samples import ANN, BOB, ask, exchange, prompt


async def thought(store: Store, session: SessionInfo, text: str = "quokka") -> Turn:
    """An exchange before whose answer the model thought this."""
    turn = await ask(store, session)
    return await store.turns.end(ANN, turn.id, TurnState.COMPLETED, text="hi", thoughts=text)


async def sent_out(store: Store, session: SessionInfo) -> list[object]:
    """What goes out of each entry's thoughts."""
    return [entry.data.get(THOUGHTS) async for batch in store.transfers.read_all(ANN, session.id) for entry in batch]


async def test_they_stay_with_their_turn(store: Store, session: SessionInfo) -> None:
    first, turn = await exchange(store, session), await thought(store, session)
    again = await store.turns.retry(ANN, turn.id, prompt())
    assert [await store.turns.thoughts(ANN, each.id) for each in (first, turn, again)] == ["", "quokka", ""]


async def test_they_are_in_no_entry_and_no_search_finds_them(store: Store, session: SessionInfo) -> None:
    await thought(store, session)
    assert THOUGHTS not in str(await store.transcripts.path(ANN, session.id))
    assert "quokka" not in str(await store.transcripts.path(ANN, session.id))
    assert await store.transcripts.search_messages(ANN, "quokka") == ()


async def test_they_go_out_with_their_answer(store: Store, session: SessionInfo) -> None:
    await exchange(store, session)
    await thought(store, session)
    assert await sent_out(store, session) == [None, None, None, "quokka"]
    assert await sent_out(store, await store.branches.fork(ANN, session.id)) == [None] * 4


async def test_they_move_with_an_exchange(store: Store, session: SessionInfo) -> None:
    await exchange(store, session)
    turn = await thought(store, session)
    lifted = await store.branches.lift(ANN, turn.id)
    assert await sent_out(store, lifted) == [None, "quokka"]
    assert await store.turns.thoughts(ANN, turn.id) == "quokka"


@pytest.mark.parametrize("act", ["delete", "purge", "erase"])
async def test_they_go_with_their_session(store: Store, session: SessionInfo, act: str) -> None:
    turn = await thought(store, session)
    await (store.shelves.erase(ANN) if act == "erase" else store.shelves.delete(ANN, session.number))
    if act == "purge":
        await store.shelves.purge(ANN, session.number)
    with pytest.raises(TurnNotFound):
        await store.turns.thoughts(ANN, turn.id)
    if act == "delete":
        await store.shelves.restore(ANN, session.number)
        assert await store.turns.thoughts(ANN, turn.id) == "quokka"


async def test_those_of_a_temporary_session_are_kept_with_it(store: Store) -> None:
    session = await store.sessions.create(ANN, temporary=True)
    turn = await thought(store, session)
    assert await store.turns.thoughts(ANN, turn.id) == "quokka"
    with pytest.raises(TurnNotFound):
        await store.turns.thoughts(BOB, turn.id)
    await store.temporaries.keep(ANN, session.id)
    assert await store.turns.thoughts(ANN, turn.id) == "quokka"
    assert await sent_out(store, session) == [None, "quokka"]
