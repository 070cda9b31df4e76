"""What is another person's answers just as what does not exist.

The table names a call for every method of the protocols that takes an actor: a method that is added without one fails here.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from storage.accounts import Accounts
from storage.branches import Branches
from storage.compactions import Compactions
from storage.files import Files
from storage.omissions import Omissions
from storage.preferences import Preferences
from storage.records import Delivery, Draft, Provenance, Shelf, Spent, Turn, TurnState
from storage.sessions import SessionManager
from storage.shelves import Shelves
from storage.store import DeliveryJournal, Store, Transcripts
from storage.transfers import Transfers
from storage.turns import TurnJournal
from tests.storage.samples import ANN, BOB, START, answer, ask, departure, exchange, prompt, summary, target, wait

PARTS = {
    "sessions": SessionManager,
    "shelves": Shelves,
    "branches": Branches,
    "compactions": Compactions,
    "omissions": Omissions,
    "transfers": Transfers,
    "preferences": Preferences,
    "transcripts": Transcripts,
    "turns": TurnJournal,
    "deliveries": DeliveryJournal,
    "accounts": Accounts,
    "files": Files,
}


@dataclass(frozen=True, slots=True)
class Things:
    """What a call is aimed at: all of it Bob's, or none of it anybody's."""

    session: UUID
    number: int
    turn: UUID
    choice: UUID
    message: int
    undo: UUID
    entry: int
    binned: int
    source: int


Call = Callable[[Store, Things], Awaitable[Any]]

AIMED: dict[str, Call] = {
    "sessions.get": lambda s, t: s.sessions.get(ANN, t.session),
    "sessions.find": lambda s, t: s.sessions.find(ANN, t.number),
    "sessions.read": lambda s, t: s.sessions.read(ANN, t.session),
    "sessions.open": lambda s, t: s.sessions.open(ANN, t.number),
    "shelves.rename": lambda s, t: s.shelves.rename(ANN, t.number, "mine"),
    "shelves.name_by_model": lambda s, t: s.shelves.name_by_model(ANN, t.session, "mine"),
    "shelves.pin": lambda s, t: s.shelves.pin(ANN, t.number),
    "shelves.unpin": lambda s, t: s.shelves.unpin(ANN, t.number),
    "shelves.archive": lambda s, t: s.shelves.archive(ANN, t.number),
    "shelves.unarchive": lambda s, t: s.shelves.unarchive(ANN, t.number),
    "shelves.delete": lambda s, t: s.shelves.delete(ANN, t.number),
    "shelves.restore": lambda s, t: s.shelves.restore(ANN, t.binned),
    "shelves.undo": lambda s, t: s.shelves.undo(ANN, t.undo),
    "shelves.purge": lambda s, t: s.shelves.purge(ANN, t.binned),
    "branches.tips": lambda s, t: s.branches.tips(ANN, t.session),
    "branches.switch": lambda s, t: s.branches.switch(ANN, t.session, t.entry),
    "branches.fork": lambda s, t: s.branches.fork(ANN, t.session),
    "omissions.omit": lambda s, t: s.omissions.omit(ANN, t.session, t.entry),
    "omissions.restore": lambda s, t: s.omissions.restore(ANN, t.session, t.entry),
    "omissions.of": lambda s, t: s.omissions.of(ANN, t.session),
    "branches.lift": lambda s, t: s.branches.lift(ANN, t.turn),
    "transfers.provenance": lambda s, t: s.transfers.provenance(ANN, t.session),
    "transfers.read_all": lambda s, t: anext(s.transfers.read_all(ANN, t.session)),
    "transcripts.search_messages": lambda s, t: s.transcripts.search_messages(ANN, "hello", session=t.session),
    "transcripts.tail": lambda s, t: s.transcripts.tail(ANN, t.session, limit=5),
    "transcripts.path": lambda s, t: s.transcripts.path(ANN, t.session),
    "preferences.of_session": lambda s, t: s.preferences.of_session(ANN, t.session),
    "preferences.set_for_session": lambda s, t: s.preferences.set_for_session(ANN, t.session, "x", 1),
    "compactions.standing": lambda s, t: s.compactions.standing(ANN, t.session),
    "compactions.get": lambda s, t: s.compactions.get(ANN, t.session, t.entry),
    "compactions.hanging": lambda s, t: s.compactions.hanging(ANN, t.session, t.entry),
    "compactions.add": lambda s, t: s.compactions.add(ANN, t.session, summary(t.entry), instead_of=None),
    "compactions.undo": lambda s, t: s.compactions.undo(ANN, t.session, t.entry),
    "turns.submit": lambda s, t: s.turns.submit(ANN, t.session, prompt(), TurnState.ASKED),
    "turns.ask": lambda s, t: s.turns.ask(ANN, t.turn),
    "turns.retry": lambda s, t: s.turns.retry(ANN, t.turn, prompt()),
    "turns.thoughts": lambda s, t: s.turns.thoughts(ANN, t.turn),
    "turns.from_source": lambda s, t: s.turns.from_source(ANN, t.source),
    "turns.revise": lambda s, t: s.turns.revise(ANN, t.turn, prompt()),
    "turns.finish": lambda s, t: s.turns.finish(ANN, t.turn, prompt()),
    "turns.siblings": lambda s, t: s.turns.siblings(ANN, t.turn),
    "turns.tries": lambda s, t: s.turns.tries(ANN, t.turn),
    "turns.shelve": lambda s, t: s.turns.shelve(ANN, t.turn),
    "turns.checkpoint": lambda s, t: s.turns.checkpoint(ANN, t.turn, "x"),
    "turns.end": lambda s, t: s.turns.end(ANN, t.turn, TurnState.STOPPED, text="x"),
    "turns.reword": lambda s, t: s.turns.reword(ANN, t.turn, "mine"),
    "turns.remove": lambda s, t: s.turns.remove(ANN, t.turn),
    "turns.put_ahead": lambda s, t: s.turns.put_ahead(ANN, t.turn),
    "turns.pause": lambda s, t: s.turns.pause(ANN, t.session),
    "turns.resume": lambda s, t: s.turns.resume(ANN, t.session),
    "turns.waiting": lambda s, t: s.turns.waiting(ANN, t.session),
    "turns.get": lambda s, t: s.turns.get(ANN, t.turn),
    "turns.latest": lambda s, t: s.turns.latest(ANN, t.session),
    "turns.hold": lambda s, t: s.turns.hold(ANN, t.session, departure()),
    "turns.choice": lambda s, t: s.turns.choice(ANN, t.choice),
    "turns.decide": lambda s, t: s.turns.decide(ANN, t.choice),
    "deliveries.put": lambda s, t: s.deliveries.put(ANN, Delivery(turn_id=t.turn, part=0, target=target())),
    "deliveries.of_turn": lambda s, t: s.deliveries.of_turn(ANN, t.turn),
    "deliveries.link": lambda s, t: s.deliveries.link(ANN, t.message, t.session),
    "deliveries.session_of": lambda s, t: s.deliveries.session_of(ANN, t.message),
    "files.texts": lambda s, t: s.files.texts(ANN, t.session, ["0"]),
    "files.data": lambda s, t: s.files.data(ANN, t.session, "0"),
    "store.first_time": lambda s, t: s.first_time(ANN, "welcome", t.session),
}
"""Calls that are aimed at something by its id or number."""

OWN: dict[str, Call] = {
    "sessions.create": lambda s, _: s.sessions.create(ANN),
    "sessions.list": lambda s, _: s.sessions.list(ANN),
    "sessions.counts": lambda s, _: s.sessions.counts(ANN),
    "sessions.search": lambda s, _: s.sessions.search(ANN, ""),
    "shelves.erase": lambda s, _: s.shelves.erase(ANN),
    "transfers.adopt": lambda s, _: s.transfers.adopt(ANN, Draft(created=START), []),
    "files.room": lambda s, _: s.files.room(ANN),
    "files.used": lambda s, _: s.files.used(ANN),
    "files.known": lambda s, _: s.files.known(ANN, ["0"]),
    "transfers.every": lambda s, _: anext(s.transfers.every(ANN), None),
    "transfers.known": lambda s, _: s.transfers.known(ANN, "there", ["a-1"]),
    "preferences.get": lambda s, _: s.preferences.get(ANN, "x"),
    "preferences.all": lambda s, _: s.preferences.all(ANN),
    "preferences.set": lambda s, _: s.preferences.set(ANN, "x", 1),
    "sessions.close": lambda s, _: s.sessions.close(ANN),
    "sessions.active": lambda s, _: s.sessions.active(ANN),
    "turns.spend": lambda s, _: s.turns.spend(ANN, Spent(input_tokens=1), model="m"),
    "turns.spent": lambda s, _: s.turns.spent(ANN, START.date()),
    "accounts.used": lambda s, _: s.accounts.used(ANN, START.date()),
    "deliveries.undeliverable": lambda s, _: s.deliveries.undeliverable(ANN),
    "deliveries.saw": lambda s, _: s.deliveries.saw(ANN, 7, 9),
    "deliveries.met": lambda s, _: s.deliveries.met(ANN, 7, 9),
}
"""Calls that name nothing: they act on whatever the actor has."""

SEEN_IN_THE_BIN = {"deliveries.put", "deliveries.of_turn"}
"""What a session in the bin still answers: the last edit of its answer."""

NOBODYS = Things(uuid4(), 77, uuid4(), uuid4(), 77, uuid4(), 77, 78, 1 << 60)


async def bobs(store: Store, turn: Callable[[Store], Awaitable[Turn]]) -> Things:
    """Bob's second session, with the turn that `turn` makes in it, a choice, a linked message, and one more in the bin."""
    made = await turn(store)
    held = await store.turns.hold(BOB, made.session_id, departure())
    await store.deliveries.link(BOB, 55, made.session_id)
    await store.sessions.open(BOB, made.session_number)
    pinned = await store.shelves.pin(BOB, made.session_number)
    binned = (await store.shelves.delete(BOB, (await store.sessions.create(BOB)).number)).session
    await store.preferences.set(BOB, "x", "his")
    await store.preferences.set_for_session(BOB, made.session_id, "x", "his")
    await store.transfers.adopt(BOB, Draft(created=START, provenance=Provenance(source="there", external_id="a-1")), [])
    entry, source = made.prompt_entry or 1, made.source.id
    return Things(made.session_id, made.session_number, made.id, held.id, 55, pinned.undo, entry, binned.number, source)


async def _asked(store: Store) -> Turn:
    await store.sessions.create(BOB)
    return await ask(store, await store.sessions.create(BOB), actor=BOB, to=target(message_id=56))


async def _ended(store: Store) -> Turn:
    return await answer(store, await _asked(store))


async def _waiting(store: Store) -> Turn:
    await store.sessions.create(BOB)
    session = await store.sessions.create(BOB)
    return await store.turns.submit(BOB, session.id, prompt(), TurnState.QUEUED)


async def said(call: Awaitable[Any]) -> tuple[type[Exception], str]:
    """What a call raises, which is all that a person can learn from it."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - its very type and text are compared
        await call
    return type(caught.value), str(caught.value)


async def everything(store: Store, things: Things) -> list[object]:
    """All that Bob can see."""
    return [
        await store.sessions.list(BOB),
        await store.sessions.list(BOB, shelf=Shelf.BIN),
        await store.sessions.active(BOB),
        await store.transcripts.search_messages(BOB, "hello"),
        await store.preferences.get(BOB, "x"),
        await store.transfers.known(BOB, "there", ["a-1"]),
        await store.transcripts.path(BOB, things.session),
        await store.turns.get(BOB, things.turn),
        await store.turns.waiting(BOB, things.session),
        await store.deliveries.of_turn(BOB, things.turn),
        await store.turns.choice(BOB, things.choice),
        await store.deliveries.session_of(BOB, things.message),
    ]


@pytest.mark.parametrize("turn", [_asked, _ended, _waiting], ids=lambda made: made.__name__)
@pytest.mark.parametrize("name", AIMED)
async def test_foreign_is_as_missing_and_untouched(store: Store, name: str, turn: Callable[[Store], Awaitable[Turn]]) -> None:
    await exchange(store, await store.sessions.create(ANN))
    things = await bobs(store, turn)
    before = await everything(store, things)
    assert await said(AIMED[name](store, things)) == await said(AIMED[name](store, NOBODYS))
    assert await everything(store, things) == before


@pytest.mark.parametrize("name", AIMED)
async def test_foreign_is_as_missing_for_who_has_nothing(store: Store, name: str) -> None:
    things = await bobs(store, _ended)
    assert await said(AIMED[name](store, things)) == await said(AIMED[name](store, NOBODYS))


@pytest.mark.parametrize("name", sorted(set(AIMED) - SEEN_IN_THE_BIN))
async def test_in_the_bin_is_as_missing(store: Store, name: str) -> None:
    made = await exchange(store, await store.sessions.create(ANN))
    await store.deliveries.link(ANN, 55, made.session_id)
    await store.shelves.delete(ANN, made.session_number)
    entry, source = made.prompt_entry or 1, made.source.id
    there = Things(made.session_id, made.session_number, made.id, uuid4(), 55, uuid4(), entry, 78, source)
    assert await said(AIMED[name](store, there)) == await said(AIMED[name](store, NOBODYS))


async def test_calls_that_name_nothing_show_nothing_of_others(store: Store) -> None:
    things = await bobs(store, _ended)
    before = await everything(store, things)
    assert (await store.sessions.list(ANN)).total == 0
    assert await store.sessions.search(ANN, "") == ()
    assert await store.sessions.active(ANN) is None
    assert await store.sessions.close(ANN) is None
    assert await store.transcripts.search_messages(ANN, "hello") == ()
    assert await store.preferences.get(ANN, "x") is None
    assert not await store.transfers.known(ANN, "there", ["a-1"])
    await store.shelves.erase(ANN)
    assert (await store.sessions.create(ANN)).number == 1
    assert await everything(store, things) == before


async def test_a_foreign_entry_leads_nowhere_within_ones_own_session(store: Store) -> None:
    things = await bobs(store, _ended)
    mine = await store.sessions.create(ANN)
    await exchange(store, mine)
    (foreign, _) = await store.transcripts.path(BOB, things.session)
    assert await store.transcripts.tail(ANN, mine.id, limit=5, before=foreign.id) == ()


async def test_a_linked_message_of_another_stays_theirs(store: Store) -> None:
    things = await bobs(store, _ended)
    mine = await store.sessions.create(ANN)
    for message in (55, 56):
        await store.deliveries.link(ANN, message, mine.id)
        assert (await store.deliveries.session_of(BOB, message)).id == things.session
        assert (await store.deliveries.session_of(ANN, message)).id == mine.id


async def test_errors_name_nothing_of_what_was_asked_for(store: Store) -> None:
    things = await bobs(store, _ended)
    for call in AIMED.values():
        _, text = await said(call(store, things))
        assert text == "There is no such thing here."


def test_every_method_that_takes_an_actor_is_covered() -> None:
    parts = {**PARTS, "store": Store}
    methods = {
        f"{part}.{name}": made
        for part, kind in parts.items()
        for name, made in vars(kind).items()
        if callable(made) and not name.startswith("_")
    }
    taking = {name for name, made in methods.items() if "actor" in inspect.signature(made).parameters}
    assert taking == set(AIMED) | set(OWN)


async def test_the_bots_own_housekeeping_hands_out_no_transcripts(store: Store) -> None:
    session = await store.sessions.create(ANN)
    await exchange(store, session, "private words", "private answer")
    await wait(store, session)
    shown = [await store.upkeep.running_turns(), await store.upkeep.open_deliveries(), await store.upkeep.erase_tokens(START)]
    assert "private" not in repr(shown)
