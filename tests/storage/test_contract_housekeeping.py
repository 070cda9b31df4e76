"""The day's tokens, direct messages that may have been missed, incidents, and choices that nobody made."""

from datetime import timedelta

import pytest

from storage.errors import ChoiceNotFound
from storage.housekeeping import DirectChannel, Incident, IncidentKind
from storage.records import Actor, Prompt, SessionInfo, Source, SourceKind, Spent, TurnState
from storage.store import Store
from tests.storage.samples import ANN, BOB, LONG_AGO, START, ask, departure, exchange

TODAY = START.date()


def direct(message_id: int) -> Prompt:
    return Prompt(text="hi", source=Source(kind=SourceKind.MESSAGE, id=message_id, channel_id=70))


async def known(store: Store) -> list[tuple[Actor, int, int]]:
    found = await store.upkeep.direct_channels(LONG_AGO)
    return [(channel.actor, channel.channel_id, channel.last_message) for channel in found]


async def test_tokens_are_counted_for_the_person_and_for_all(store: Store, session: SessionInfo) -> None:
    for tokens in (100, 20, 0):
        turn = await ask(store, session)
        await store.turns.end(ANN, turn.id, TurnState.COMPLETED, text="hi", spent=Spent(input_tokens=tokens))
        await store.turns.end(ANN, turn.id, TurnState.COMPLETED, text="hi", spent=Spent(input_tokens=tokens))
    theirs = await ask(store, await store.sessions.create(BOB), actor=BOB)
    await store.turns.end(BOB, theirs.id, TurnState.FAILED, text="", spent=Spent(input_tokens=3))
    assert (await store.turns.spent(ANN, TODAY), await store.turns.spent(BOB, TODAY)) == (120, 3)
    assert await store.upkeep.spent(TODAY) == 123
    assert (await store.turns.spent(ANN, TODAY - timedelta(days=1)), await store.turns.spent(Actor(9), TODAY)) == (0, 0)


async def test_tokens_used_beside_any_turn_are_counted_as_well_but_not_for_who_is_not_there(
    store: Store, session: SessionInfo
) -> None:
    await exchange(store, session)
    for actor, tokens in ((ANN, 30), (ANN, 0), (ANN, 5), (BOB, 7)):
        await store.turns.spend(actor, Spent(output_tokens=tokens), model="small")
    assert (await store.turns.spent(ANN, TODAY), await store.turns.spent(BOB, TODAY)) == (35, 0)
    assert await store.upkeep.spent(TODAY) == 35
    await store.shelves.erase(ANN)
    await store.turns.spend(ANN, Spent(output_tokens=9), model="small")
    assert (await store.turns.spent(ANN, TODAY), await store.upkeep.spent(TODAY)) == (0, 35)


async def test_a_direct_message_is_remembered_with_its_channel(store: Store, session: SessionInfo) -> None:
    await store.turns.submit(ANN, session.id, direct(500), TurnState.ASKED)
    await store.turns.submit(ANN, session.id, direct(600), TurnState.QUEUED)
    await ask(store, session)
    assert await known(store) == [(ANN, 70, 600)]


async def test_what_was_seen_only_goes_on(store: Store) -> None:
    await store.deliveries.saw(ANN, 70, 600)
    await store.deliveries.saw(ANN, 70, 500)
    assert await store.upkeep.direct_channels(START) == (DirectChannel(actor=ANN, channel_id=70, last_message=600),)


async def test_meeting_somebody_takes_nothing_of_theirs(store: Store) -> None:
    await store.deliveries.met(ANN, 70, 500)
    await store.deliveries.saw(BOB, 80, 10)
    await store.deliveries.met(BOB, 80, 500)
    assert await known(store) == [(ANN, 70, 500), (BOB, 80, 10)]


async def test_channels_in_which_nobody_wrote_for_long_are_left_out(store: Store) -> None:
    await store.deliveries.saw(ANN, 70, 600)
    assert await store.upkeep.direct_channels(START + timedelta(days=1)) == ()


async def test_an_incident_begins_once_and_ends_once(store: Store) -> None:
    assert await store.upkeep.begin_incident(IncidentKind.KEY_REFUSED, START)
    assert not await store.upkeep.begin_incident(IncidentKind.KEY_REFUSED, START + timedelta(hours=1))
    assert await store.upkeep.begin_incident(IncidentKind.DISK_LOW, LONG_AGO)
    key, disk = Incident(kind=IncidentKind.KEY_REFUSED, began=START), Incident(kind=IncidentKind.DISK_LOW, began=LONG_AGO)
    assert await store.upkeep.incidents() == (disk, key)
    assert await store.upkeep.end_incident(IncidentKind.KEY_REFUSED) == key
    assert await store.upkeep.end_incident(IncidentKind.KEY_REFUSED) is None
    assert await store.upkeep.incidents() == (disk,)


async def test_choices_that_nobody_made_are_forgotten(store: Store, session: SessionInfo) -> None:
    old = await store.turns.hold(ANN, session.id, departure())
    new = await store.turns.hold(ANN, session.id, departure())
    assert await store.upkeep.forget_choices(new.created) == 1
    with pytest.raises(ChoiceNotFound):
        await store.turns.choice(ANN, old.id)
    assert (await store.turns.choice(ANN, new.id)).id == new.id
