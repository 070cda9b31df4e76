from datetime import timedelta

import pytest

from storage.errors import SessionNotFound
from storage.records import Delivery, DeliveryState, PartKind, SessionInfo, Surface, Target, TurnState
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, answer, ask, departure, exchange, prompt, target, wait

SOON = START + timedelta(minutes=15)
LATER = START + timedelta(minutes=16)


async def test_parts_are_kept_in_order_and_rewritten_in_place(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session, to=target())
    second = Delivery(turn_id=turn.id, part=1, target=Target(surface=Surface.DIRECT, channel_id=1), kind=PartKind.FILE)
    first = Delivery(turn_id=turn.id, part=0, target=target(message_id=44, expires=SOON), state=DeliveryState.SENT)
    await store.deliveries.put(ANN, second)
    await store.deliveries.put(ANN, first)
    assert await store.deliveries.of_turn(ANN, turn.id) == (first, second)


async def test_a_turn_without_a_place_has_no_parts(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session)
    assert await store.deliveries.of_turn(ANN, turn.id) == ()


async def test_a_retry_has_parts_of_its_own(store: Store, session: SessionInfo) -> None:
    first = await exchange(store, session)
    again = await store.turns.retry(ANN, first.id, prompt(to=target(message_id=8)))
    assert [part.target.message_id for part in await store.deliveries.of_turn(ANN, again.id)] == [8]
    assert await store.deliveries.of_turn(ANN, first.id) == ()


async def test_an_answers_message_leads_to_its_session(store: Store, session: SessionInfo) -> None:
    await ask(store, session, to=target(message_id=44))
    assert await store.deliveries.session_of(ANN, 44) == await store.sessions.get(ANN, session.id)


async def test_a_linked_message_leads_to_the_session_it_was_last_linked_to(store: Store, session: SessionInfo) -> None:
    other = await store.sessions.create(ANN)
    await store.deliveries.link(ANN, 44, session.id)
    await store.deliveries.link(ANN, 44, session.id)
    assert (await store.deliveries.session_of(ANN, 44)).id == session.id
    await store.deliveries.link(ANN, 44, other.id)
    assert (await store.deliveries.session_of(ANN, 44)).id == other.id


async def test_a_message_that_became_an_answer_leads_to_the_newest(store: Store, session: SessionInfo) -> None:
    newest = await store.sessions.create(ANN)
    await ask(store, session, to=target(message_id=44))
    await ask(store, newest, to=target(message_id=44))
    await store.deliveries.link(ANN, 44, session.id)
    assert (await store.deliveries.session_of(ANN, 44)).id == newest.id


@pytest.mark.parametrize("message", [0, -1, 45, 10**30])
async def test_an_unknown_message_leads_nowhere(store: Store, session: SessionInfo, message: int) -> None:
    await store.deliveries.link(ANN, 44, session.id)
    with pytest.raises(SessionNotFound):
        await store.deliveries.session_of(ANN, message)


@pytest.mark.parametrize("state", list(DeliveryState))
async def test_open_deliveries_are_the_unsettled_parts_of_ended_turns(
    store: Store, session: SessionInfo, state: DeliveryState
) -> None:
    turn = await answer(store, await ask(store, session))
    part = Delivery(turn_id=turn.id, part=0, target=target(message_id=4), state=state)
    await store.deliveries.put(ANN, part)
    is_open = state not in (DeliveryState.FINAL, DeliveryState.UNDELIVERABLE)
    assert await store.upkeep.open_deliveries() == (((ANN, part),) if is_open else ())


async def test_parts_of_what_runs_or_waits_are_not_open(store: Store, session: SessionInfo) -> None:
    await ask(store, session, to=target())
    for state in (TurnState.QUEUED, TurnState.PAUSED):
        await store.turns.submit(ANN, session.id, prompt(to=target()), state)
    assert await store.upkeep.open_deliveries() == ()


async def test_the_part_of_a_removed_turn_is_open_until_it_says_so(store: Store, session: SessionInfo) -> None:
    turn = await store.turns.submit(ANN, session.id, prompt(to=target()), TurnState.QUEUED)
    await store.turns.remove(ANN, turn.id)
    ((actor, part),) = await store.upkeep.open_deliveries()
    assert (actor, part.turn_id) == (ANN, turn.id)


async def test_undeliverable_answers_are_their_owners_alone_oldest_first(store: Store, session: SessionInfo) -> None:
    turns = [await exchange(store, session) for _ in range(3)]
    for turn in turns[::-1]:
        await store.deliveries.put(ANN, Delivery(turn_id=turn.id, part=0, target=target(), state=DeliveryState.UNDELIVERABLE))
    assert [turn.id for turn in await store.deliveries.undeliverable(ANN, limit=2)] == [turn.id for turn in turns[:2]]
    assert await store.deliveries.undeliverable(BOB) == ()


async def test_open_deliveries_come_in_the_order_of_their_turns(store: Store, session: SessionInfo) -> None:
    turns = [await answer(store, await ask(store, session, to=target())) for _ in range(3)]
    await store.deliveries.put(ANN, Delivery(turn_id=turns[1].id, part=1, target=target()))
    found = [(part.turn_id, part.part) for _, part in await store.upkeep.open_deliveries()]
    assert found == [(turns[0].id, 0), (turns[1].id, 0), (turns[1].id, 1), (turns[2].id, 0)]


async def test_expired_tokens_are_erased_and_the_place_stays(store: Store, session: SessionInfo) -> None:
    expired = await ask(store, session, to=target(message_id=4, expires=SOON))
    living = await ask(store, session, to=target(expires=LATER))
    await wait(store, session)
    assert await store.upkeep.erase_tokens(SOON + timedelta(seconds=1)) == 1
    assert await store.upkeep.erase_tokens(SOON + timedelta(seconds=1)) == 0
    (part,) = await store.deliveries.of_turn(ANN, expired.id)
    assert (part.target.token, part.target.message_id, part.target.token_expires) == (None, 4, SOON)
    assert (await store.deliveries.of_turn(ANN, living.id))[0].target.token == "secret-token"


async def test_a_choice_loses_its_expired_token_and_keeps_the_words(store: Store, session: SessionInfo) -> None:
    held = await store.turns.hold(ANN, session.id, departure(target(expires=SOON)))
    await store.turns.hold(ANN, session.id, departure(target(expires=LATER)))
    await store.turns.hold(ANN, session.id, departure())
    assert await store.upkeep.erase_tokens(SOON + timedelta(seconds=1)) == 1
    kept = (await store.turns.decide(ANN, held.id)).departure.prompt
    assert kept is not None
    assert (kept.text, kept.target) == ("then this", Target(surface=Surface.EPHEMERAL, channel_id=7, token_expires=SOON))


async def test_a_token_is_not_shown_when_a_record_is_printed(store: Store, session: SessionInfo) -> None:
    turn = await ask(store, session, to=target(expires=SOON))
    assert "secret-token" not in repr(await store.deliveries.of_turn(ANN, turn.id))
