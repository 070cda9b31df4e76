import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from storage.errors import ChoiceNotFound, DuplicateSource, NotLastTurn, QueueFull, TurnNotFound, WrongTurnState
from storage.records import EntryKind, SessionInfo, TurnState, Usage
from storage.store import Store
from tests.storage.samples import ANN, answer, ask, departure, exchange, prompt, target, wait

ENDS = [TurnState.COMPLETED, TurnState.TRUNCATED, TurnState.STOPPED, TurnState.FAILED, TurnState.INTERRUPTED]


async def test_the_words_are_an_entry_as_soon_as_they_are_asked(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session, "why?")
    (entry,) = await store.transcripts.path(ANN, session.id)
    assert (entry.kind, entry.text, entry.author, entry.parent, entry.depth) == ("user", "why?", ANN.user_id, None, 0)
    assert (turn.state, turn.prompt_entry, turn.session_number) == (TurnState.ASKED, entry.id, session.number)


async def test_a_waiting_prompt_is_no_entry_yet(store: Store, session: SessionInfo) -> None:
    turn = await wait(store, session, "later")
    assert (turn.state, turn.prompt, turn.prompt_entry, turn.asked) == (TurnState.QUEUED, "later", None, None)
    assert await store.transcripts.path(ANN, session.id) == ()


async def test_a_prompt_keeps_where_it_came_from_and_goes_to(store: Store, session: SessionInfo) -> None:
    said = prompt("hi", to=target(message_id=5))
    turn = await store.turns.submit(ANN, session.id, said, TurnState.PAUSED)
    (part,) = await store.deliveries.of_turn(ANN, turn.id)
    assert turn.source == said.source
    assert (part.part, part.state, part.target) == (0, "pending", said.target)


async def test_an_event_makes_one_turn_only(store: Store, session: SessionInfo) -> None:
    first = await store.turns.submit(ANN, session.id, prompt(event=99), TurnState.ASKED)
    with pytest.raises(DuplicateSource) as caught:
        await store.turns.submit(ANN, session.id, prompt("again", event=99), TurnState.QUEUED)
    assert caught.value.turn_id == first.id
    assert await store.turns.waiting(ANN, session.id) == ()


async def test_an_event_that_comes_ten_times_at_once_makes_one_turn(store: Store, session: SessionInfo) -> None:
    calls = (store.turns.submit(ANN, session.id, prompt(event=99), TurnState.QUEUED) for _ in range(10))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, DuplicateSource) for outcome in outcomes) == 9


async def test_the_sixth_waiting_prompt_is_refused(store: Store, session: SessionInfo) -> None:
    waiting = [await wait(store, session, limit=5) for _ in range(5)]
    with pytest.raises(QueueFull) as caught:
        await wait(store, session, limit=5)
    assert caught.value.limit == 5
    assert [turn.id for turn in await store.turns.waiting(ANN, session.id)] == [turn.id for turn in waiting]


async def test_the_limit_holds_against_prompts_that_come_at_once(store: Store, session: SessionInfo) -> None:
    outcomes = await asyncio.gather(*(wait(store, session, limit=5) for _ in range(12)), return_exceptions=True)
    assert sum(isinstance(outcome, QueueFull) for outcome in outcomes) == 7


async def test_the_limit_is_for_what_waits_in_this_session(store: Store, session: SessionInfo) -> None:
    await wait(store, session)
    asked = await store.turns.submit(ANN, session.id, prompt(), TurnState.ASKED, limit=1)
    other = await wait(store, await store.sessions.create(ANN), limit=1)
    assert (asked.state, other.state) == (TurnState.ASKED, TurnState.QUEUED)


async def test_a_waiting_prompt_is_asked_at_the_leaf(store: Store, session: SessionInfo) -> None:
    waiting = await wait(store, session, "later")
    ended = await exchange(store, session)
    asked = await store.turns.ask(ANN, waiting.id)
    newest = (await store.transcripts.path(ANN, session.id))[-1]
    assert (newest.id, newest.parent, newest.text, newest.depth) == (asked.prompt_entry, ended.answer_entry, "later", 2)
    assert await store.turns.waiting(ANN, session.id) == ()


async def test_pause_and_resume_keep_the_order(store: Store, session: SessionInfo) -> None:
    ids = [(await wait(store, session, str(number))).id for number in range(4)]
    paused = await store.turns.pause(ANN, session.id)
    resumed = await store.turns.resume(ANN, session.id)
    assert [turn.id for turn in paused] == [turn.id for turn in resumed] == ids
    assert {turn.state for turn in paused} == {TurnState.PAUSED}
    assert {turn.state for turn in resumed} == {TurnState.QUEUED}


async def test_what_is_put_ahead_last_is_first_and_queued_whatever_happens_to_the_others(
    store: Store, session: SessionInfo
) -> None:
    one, two, three, four = [await wait(store, session, str(number)) for number in range(4)]
    await store.turns.pause(ANN, session.id)
    await store.turns.put_ahead(ANN, three.id)
    first = await store.turns.put_ahead(ANN, two.id)
    waiting = await store.turns.waiting(ANN, session.id)
    assert [turn.id for turn in waiting] == [two.id, three.id, one.id, four.id]
    assert waiting[0] == first == await store.turns.get(ANN, two.id)
    assert [turn.state for turn in waiting] == [TurnState.QUEUED] * 2 + [TurnState.PAUSED] * 2
    paused = await store.turns.pause(ANN, session.id, but=three.id)
    assert [turn.id for turn in paused if turn.state is TurnState.QUEUED] == [three.id]
    assert [turn.id for turn in paused] == [turn.id for turn in waiting]


async def test_pausing_leaves_the_running_turn_and_other_sessions(store: Store, session: SessionInfo) -> None:
    running = await ask(store, session)
    other = await wait(store, await store.sessions.create(ANN))
    assert await store.turns.pause(ANN, session.id) == ()
    assert await store.turns.get(ANN, running.id) == running
    assert await store.turns.get(ANN, other.id) == other


async def test_what_waits_can_be_removed_once(store: Store, session: SessionInfo) -> None:
    turn = await wait(store, session)
    removed = await store.turns.remove(ANN, turn.id)
    assert (removed.state, removed.prompt_entry) == (TurnState.REMOVED, None)
    assert removed.ended is not None
    for act in (store.turns.remove, store.turns.ask):
        with pytest.raises(WrongTurnState):
            await act(ANN, turn.id)


async def test_what_runs_or_ended_can_be_neither_asked_nor_removed_nor_reworded(store: Store, session: SessionInfo) -> None:
    running, ended = await ask(store, session), await exchange(store, session)
    for turn in (running, ended):
        for act in (store.turns.ask, store.turns.remove, store.turns.put_ahead):
            with pytest.raises(WrongTurnState):
                await act(ANN, turn.id)
        with pytest.raises(WrongTurnState):
            await store.turns.reword(ANN, turn.id, "other words")
        assert await store.turns.get(ANN, turn.id) == turn


@pytest.mark.parametrize("state", [TurnState.QUEUED, TurnState.PAUSED])
async def test_what_waits_is_asked_with_its_new_words_in_its_old_place(
    store: Store, session: SessionInfo, state: TurnState
) -> None:
    first = await store.turns.submit(ANN, session.id, prompt("one"), state)
    second = await wait(store, session, "two")
    reworded = await store.turns.reword(ANN, first.id, "one \ud800 more")
    assert reworded == replace(first, prompt="one \ufffd more")
    assert await store.turns.waiting(ANN, session.id) == (reworded, second)
    await store.turns.ask(ANN, first.id)
    (entry,) = await store.transcripts.path(ANN, session.id)
    assert entry.text == "one \ufffd more"


async def test_a_checkpoint_keeps_the_whole_text_so_far(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session)
    await store.turns.checkpoint(ANN, turn.id, "one")
    first = await store.turns.get(ANN, turn.id)
    await store.turns.checkpoint(ANN, turn.id, "one two")
    second = await store.turns.get(ANN, turn.id)
    assert (second.state, second.partial) == (TurnState.STREAMING, "one two")
    assert first.first_delta == second.first_delta is not None


async def test_a_checkpoint_for_what_does_not_run_is_refused(store: Store, session: SessionInfo) -> None:
    for turn in (await wait(store, session), await exchange(store, session)):
        with pytest.raises(WrongTurnState):
            await store.turns.checkpoint(ANN, turn.id, "late")
        assert await store.turns.get(ANN, turn.id) == turn


@pytest.mark.parametrize("outcome", ENDS)
async def test_an_end_with_text_is_an_answer(store: Store, session: SessionInfo, outcome: TurnState) -> None:
    turn = await ask(store, session)
    await store.turns.checkpoint(ANN, turn.id, "so")
    usage = Usage(input_tokens=5, output_tokens=3, cached_tokens=1, estimated_input_tokens=4)
    ended = await store.turns.end(ANN, turn.id, outcome, text="so far", error="cut_off", model="m", usage=usage)
    entry = (await store.transcripts.path(ANN, session.id))[-1]
    assert (ended.state, ended.partial, ended.error, ended.model, ended.usage) == (outcome, "", "cut_off", "m", usage)
    assert (entry.id, entry.kind, entry.parent, entry.author) == (ended.answer_entry, "assistant", turn.prompt_entry, None)
    assert entry.data == {"turn": turn.id.hex, "outcome": outcome.value, "error": "cut_off"}


@pytest.mark.parametrize("blame", [True, False])
async def test_an_end_without_text_is_a_failure(store: Store, session: SessionInfo, blame: bool) -> None:
    turn = await ask(store, session)
    ended = await store.turns.end(ANN, turn.id, TurnState.FAILED, text="", error="refused", blame_prompt=blame)
    info, entry = await store.sessions.get(ANN, session.id), (await store.transcripts.path(ANN, session.id))[-1]
    assert (entry.id, entry.kind, entry.text) == (ended.answer_entry, EntryKind.FAILURE, "") == (info.leaf, "failure", "")
    assert entry.data == {"turn": turn.id.hex, "outcome": "failed", "error": "refused", "blame_prompt": blame}


async def test_ending_twice_changes_nothing(store: Store, session: SessionInfo) -> None:
    ended = await exchange(store, session)
    assert await store.turns.end(ANN, ended.id, TurnState.STOPPED, text="else", error="x") == ended
    assert (await store.sessions.get(ANN, session.id)).message_count == 2


@pytest.mark.parametrize("state", [TurnState.QUEUED, TurnState.PAUSED, TurnState.ASKED, TurnState.STREAMING])
async def test_a_turn_ends_with_an_outcome_only(store: Store, session: SessionInfo, state: TurnState) -> None:
    turn = await ask(store, session)
    with pytest.raises(WrongTurnState):
        await store.turns.end(ANN, turn.id, state, text="x")
    assert await store.turns.get(ANN, turn.id) == turn


async def test_what_waits_cannot_end(store: Store, session: SessionInfo) -> None:
    turn = await wait(store, session)
    with pytest.raises(WrongTurnState):
        await answer(store, turn)


async def test_a_retry_makes_a_sibling_and_keeps_the_old_answer(store: Store, session: SessionInfo) -> None:
    first = await exchange(store, session, "why?", "old")
    again = await store.turns.retry(ANN, first.id, prompt("not used"))
    assert (await store.sessions.get(ANN, session.id)).message_count == 1
    second = await answer(store, again, "new")
    assert (again.prompt, again.prompt_entry, again.state) == ("why?", first.prompt_entry, TurnState.ASKED)
    assert second.answer_entry != first.answer_entry is not None
    assert [entry.text for entry in await store.transcripts.path(ANN, session.id)] == ["why?", "new"]
    assert (await store.sessions.get(ANN, session.id)).message_count == 2
    assert await store.turns.get(ANN, first.id) == first


async def test_while_a_retry_runs_the_session_is_as_old_as_its_prompt(store: Store, session: SessionInfo) -> None:
    first = await exchange(store, session)
    await store.turns.retry(ANN, first.id, prompt())
    assert (await store.sessions.get(ANN, session.id)).modified == first.asked


async def test_only_the_last_exchange_can_be_retried(store: Store, session: SessionInfo) -> None:
    first = await exchange(store, session)
    await ask(store, session)
    with pytest.raises(NotLastTurn):
        await store.turns.retry(ANN, first.id, prompt())


async def test_a_second_press_of_retry_is_refused(store: Store, session: SessionInfo) -> None:
    first = await exchange(store, session)
    await store.turns.retry(ANN, first.id, prompt(event=99))
    with pytest.raises(NotLastTurn):
        await store.turns.retry(ANN, first.id, prompt())
    with pytest.raises(DuplicateSource):
        await store.turns.retry(ANN, first.id, prompt(event=99))


async def test_what_has_not_ended_cannot_be_retried(store: Store, session: SessionInfo) -> None:
    removed = await store.turns.remove(ANN, (await wait(store, session)).id)
    for turn in (await wait(store, session), await ask(store, session), removed):
        with pytest.raises(WrongTurnState):
            await store.turns.retry(ANN, turn.id, prompt())


async def test_the_latest_turn_is_that_of_the_leaf(store: Store, session: SessionInfo) -> None:
    assert await store.turns.latest(ANN, session.id) is None
    first = await exchange(store, session)
    await wait(store, session)
    assert await store.turns.latest(ANN, session.id) == first
    again = await store.turns.retry(ANN, first.id, prompt())
    assert await store.turns.latest(ANN, session.id) == again
    failed = await answer(store, again, "")
    assert await store.turns.latest(ANN, session.id) == failed


async def test_a_turn_that_never_was_is_not_found(store: Store, session: SessionInfo) -> None:
    for call in (store.turns.get, store.turns.ask, store.turns.remove):
        with pytest.raises(TurnNotFound):
            await call(ANN, uuid4())


async def test_a_choice_is_decided_once(store: Store, session: SessionInfo) -> None:
    held = await store.turns.hold(ANN, session.id, departure(target(message_id=3)))
    assert await store.turns.choice(ANN, held.id) == held
    outcomes = await asyncio.gather(*(store.turns.decide(ANN, held.id) for _ in range(5)), return_exceptions=True)
    assert [outcome for outcome in outcomes if not isinstance(outcome, ChoiceNotFound)] == [held]
    with pytest.raises(ChoiceNotFound):
        await store.turns.choice(ANN, held.id)


async def test_running_and_waiting_turns_are_found_for_everyone(store: Store, session: SessionInfo) -> None:
    queued, asked = await wait(store, session), await ask(store, session)
    streaming = await ask(store, await store.sessions.create(ANN))
    await store.turns.checkpoint(ANN, streaming.id, "so far")
    await exchange(store, await store.sessions.create(ANN))
    (paused,) = await store.turns.pause(ANN, session.id)
    assert paused.id == queued.id
    assert await store.upkeep.running_turns() == (asked, await store.turns.get(ANN, streaming.id))
    assert await store.upkeep.waiting_turns() == (paused,)


async def test_a_turn_is_found_by_the_event_that_made_it(store: Store, session: SessionInfo) -> None:
    turn = await exchange(store, session)
    again = await store.turns.retry(ANN, turn.id, prompt())
    assert await store.turns.from_source(ANN, turn.source.id) == turn
    assert await store.turns.from_source(ANN, again.source.id) == again
    with pytest.raises(TurnNotFound):
        await store.turns.from_source(ANN, 1 << 60)
