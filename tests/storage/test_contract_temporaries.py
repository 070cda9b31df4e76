"""Temporary sessions: they live like any other, take a bounded amount of words, and can be kept or ended."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from storage import temporaries
from storage.errors import SessionNotFound, SessionTemporary, TemporaryFull, TurnNotFound
from storage.records import (
    Departure,
    Leave,
    NamedBy,
    SessionInfo,
    Spent,
    TurnState,
    Usage,
)
from storage.store import Store
from tests.storage.samples import ANN, BOB, Clock, answer, ask, departure, exchange, prompt, target, wait


@pytest.fixture
async def temporary(store: Store) -> SessionInfo:
    made = await store.sessions.create(ANN, temporary=True)
    return await store.sessions.open(ANN, made.number)


async def read_whole(store: Store, session: SessionInfo) -> list[str]:
    return [entry.text async for batch in store.transfers.read_all(ANN, session.id) for entry in batch]


async def test_it_is_marked_and_numbered_like_the_others(store: Store) -> None:
    first = await store.sessions.create(ANN)
    second = await store.sessions.create(ANN, "a name", temporary=True)
    assert (first.temporary, second.temporary, second.number) == (False, True, 2)
    assert (second.name, second.named_by) == ("a name", NamedBy.PERSON)
    assert (await store.sessions.list(ANN)).items == (second, first)
    assert await store.sessions.find(ANN, 2) == second


async def test_a_conversation_in_it_is_read_as_any_other(store: Store, temporary: SessionInfo) -> None:
    first = await exchange(store, temporary, "one", "two")
    again = await answer(store, await store.turns.retry(ANN, first.id, prompt()), "another two")
    waiting = await wait(store, temporary, "three")
    assert [entry.text for entry in await store.transcripts.path(ANN, temporary.id)] == ["one", "another two"]
    assert [entry.text for entry in await store.transcripts.path(ANN, temporary.id, characters=5)] == ["another two"]
    assert [entry.data.get("turn") for entry in await store.transcripts.tail(ANN, temporary.id, limit=1)] == [again.id.hex]
    assert [turn.prompt for turn in await store.turns.waiting(ANN, temporary.id)] == ["three"]
    assert (await store.turns.get(ANN, waiting.id)).prompt == "three"
    assert [tip.text for tip in await store.branches.tips(ANN, temporary.id)] == ["another two", "two"]
    info = await store.sessions.active(ANN)
    assert info is not None
    assert (info.first_message, info.message_count, info.branches) == ("one", 2, 2)
    assert [found.id for found in await store.sessions.search(ANN, "ONE")] == [temporary.id]


async def test_an_answer_that_was_stopped_can_be_finished(store: Store, temporary: SessionInfo) -> None:
    turn = await ask(store, temporary, "one")
    await store.turns.checkpoint(ANN, turn.id, "half")
    assert (await store.turns.get(ANN, turn.id)).partial == "half"
    await store.turns.end(ANN, turn.id, TurnState.STOPPED, text="half")
    assert (await store.turns.get(ANN, turn.id)).partial == ""
    assert (await store.turns.finish(ANN, turn.id, prompt())).partial == "half"


async def test_search_does_not_look_into_it_before_it_is_kept(store: Store, temporary: SessionInfo) -> None:
    await exchange(store, temporary, "zebra", "a striped one")
    assert await store.transcripts.search_messages(ANN, "zebra") == ()
    assert await store.transcripts.search_messages(ANN, "zebra", session=temporary.id) == ()
    await store.temporaries.keep(ANN, temporary.id)
    assert [hit.session.id for hit in await store.transcripts.search_messages(ANN, "striped")] == [temporary.id]


NOT_FOR_IT: dict[str, Callable[[Store, SessionInfo], Awaitable[object]]] = {
    "rename": lambda store, one: store.shelves.rename(ANN, one.number, "a name"),
    "name by model": lambda store, one: store.shelves.name_by_model(ANN, one.id, "a name"),
    "pin": lambda store, one: store.shelves.pin(ANN, one.number),
    "archive": lambda store, one: store.shelves.archive(ANN, one.number),
    "delete": lambda store, one: store.shelves.delete(ANN, one.number),
    "fork": lambda store, one: store.branches.fork(ANN, one.id),
    "read whole": read_whole,
}


@pytest.mark.parametrize("name", NOT_FOR_IT)
async def test_what_would_store_or_copy_its_words_is_refused_until_it_is_kept(
    store: Store, temporary: SessionInfo, name: str
) -> None:
    await exchange(store, temporary)
    with pytest.raises(SessionTemporary):
        await NOT_FOR_IT[name](store, temporary)
    await store.temporaries.keep(ANN, temporary.id)
    await NOT_FOR_IT[name](store, temporary)


async def test_kept_it_is_as_it_was_but_for_the_mark_and_again_is_the_same(store: Store) -> None:
    session = await store.sessions.create(ANN, "a name", temporary=True)
    await exchange(store, session, "one", "two")
    running = await ask(store, session, "three")
    await store.turns.checkpoint(ANN, running.id, "half")
    await wait(store, session, "four")
    held = await store.turns.hold(ANN, session.id, departure())
    was, path = await store.sessions.get(ANN, session.id), await store.transcripts.path(ANN, session.id)
    kept = await store.temporaries.keep(ANN, session.id)
    assert not kept.temporary
    assert (kept.name, kept.first_message, kept.modified) == (was.name, was.first_message, was.modified)
    assert await store.temporaries.keep(ANN, session.id) == kept == await store.sessions.get(ANN, session.id)
    assert await store.transcripts.path(ANN, session.id) == path
    assert (await store.turns.get(ANN, running.id)).partial == "half"
    assert await store.turns.choice(ANN, held.id) == held
    assert await read_whole(store, session) == ["one", "two", "three"]


async def test_what_comes_after_it_was_kept_is_kept_too(store: Store, temporary: SessionInfo) -> None:
    running = await ask(store, temporary, "one")
    await store.turns.checkpoint(ANN, running.id, "half")
    await store.temporaries.keep(ANN, temporary.id)
    await store.turns.checkpoint(ANN, running.id, "half and more")
    assert (await store.turns.get(ANN, running.id)).partial == "half and more"
    await answer(store, running, "the whole")
    assert [entry.text for entry in await store.transcripts.path(ANN, temporary.id)] == ["one", "the whole"]


async def test_ended_nothing_is_left_but_its_number_and_its_tokens(store: Store, temporary: SessionInfo, clock: Clock) -> None:
    turn = await ask(store, temporary, to=target(message_id=5))
    used = Usage(input_tokens=3, output_tokens=2)
    await store.turns.end(ANN, turn.id, TurnState.COMPLETED, text="hi", usage=used, spent=Spent(input_tokens=5))
    running = await ask(store, temporary, "more")
    await store.temporaries.end(ANN, temporary.id)
    for turn_id in (turn.id, running.id):
        with pytest.raises(TurnNotFound):
            await store.turns.get(ANN, turn_id)
    with pytest.raises(SessionNotFound):
        await store.sessions.get(ANN, temporary.id, binned=True)
    with pytest.raises(SessionNotFound):
        await store.deliveries.session_of(ANN, 5)
    assert await store.sessions.active(ANN) is None
    assert (await store.sessions.create(ANN)).number == temporary.number + 1
    assert await store.turns.spent(ANN, clock.time.date()) == 5


async def test_only_a_temporary_one_ends_so_and_only_its_owner_ends_or_keeps_it(store: Store, temporary: SessionInfo) -> None:
    ordinary = await store.sessions.create(ANN)
    for actor, session_id in ((ANN, ordinary.id), (BOB, temporary.id), (ANN, UUID(int=1))):
        with pytest.raises(SessionNotFound):
            await store.temporaries.end(actor, session_id)
    with pytest.raises(SessionNotFound):
        await store.temporaries.keep(BOB, temporary.id)
    assert await store.temporaries.keep(ANN, ordinary.id) == ordinary


async def test_it_takes_no_prompt_beyond_its_bound_until_it_is_kept(
    store: Store, temporary: SessionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("storage.sqlite.held", "storage.memory.journal"):
        monkeypatch.setattr(f"{module}.MOST_CHARACTERS", 20)
    await store.turns.remove(ANN, (await wait(store, temporary, "1234")).id)
    with pytest.raises(TemporaryFull):
        await ask(store, temporary, "17 more characters")
    last = await exchange(store, temporary, "12345", "an answer may go beyond it")
    with pytest.raises(TemporaryFull):
        await ask(store, temporary, "1")
    with pytest.raises(TemporaryFull):
        await wait(store, temporary, "1")
    with pytest.raises(TemporaryFull):
        await store.turns.retry(ANN, last.id, prompt())
    await exchange(store, await store.sessions.create(ANN), "an ordinary one has no such bound")
    await store.temporaries.keep(ANN, temporary.id)
    await ask(store, temporary, "1")


async def test_a_prompt_that_waits_in_it_can_be_reworded_as_far_as_there_is_room(
    store: Store, temporary: SessionInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("storage.sqlite.held", "storage.memory.journal"):
        monkeypatch.setattr(f"{module}.MOST_CHARACTERS", 10)
    waits = await wait(store, temporary, "1234567890")
    assert (await store.turns.reword(ANN, waits.id, "0987654321")).prompt == "0987654321"
    with pytest.raises(TemporaryFull):
        await store.turns.reword(ANN, waits.id, "12345678901")
    assert [turn.prompt for turn in await store.turns.waiting(ANN, temporary.id)] == ["0987654321"]


def test_the_bound_is_what_the_documents_say() -> None:
    assert temporaries.MOST_CHARACTERS == 500_000


async def test_a_choice_to_begin_one_has_its_words_and_acts_once(store: Store, session: SessionInfo) -> None:
    wanted = Departure(leave=Leave.NEW, name="next", prompt=prompt("then this"), temporary=True)
    held = await store.turns.hold(ANN, session.id, wanted)
    assert (await store.turns.choice(ANN, held.id)).departure == wanted
    assert (await store.turns.decide(ANN, held.id)).departure == wanted


async def test_it_is_never_archived_by_itself_and_nothing_of_it_is_mended(store: Store, temporary: SessionInfo) -> None:
    turn = await ask(store, temporary, to=target(message_id=5))
    await wait(store, temporary)
    assert await store.upkeep.running_turns() == await store.upkeep.waiting_turns() == ()
    await answer(store, turn)
    assert await store.upkeep.open_deliveries() == ()
    await store.sessions.close(ANN)
    for waiting in await store.turns.waiting(ANN, temporary.id):
        await store.turns.remove(ANN, waiting.id)
    assert await store.upkeep.auto_archive(temporary.created + timedelta(days=90), 30) == 0


async def test_it_goes_out_with_the_others_only_when_it_was_kept(store: Store, temporary: SessionInfo) -> None:
    assert [session async for session in store.transfers.every(ANN)] == []
    kept = await store.temporaries.keep(ANN, temporary.id)
    assert [session async for session in store.transfers.every(ANN)] == [kept]
