"""Several people do everything at once, in any order: each prompt has one fate, in the session it was meant for.

Every life is a list of acts drawn by Hypothesis, all begun at the same moment but for a few breaths between them; the model
echoes, so each answer tells which prompt it belongs to. At the end everything that was acknowledged is accounted for.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent.events import TurnEnded, TurnStarted
from storage.memory import MemoryStore
from storage.records import Actor, EntryKind, SessionInfo, TurnState
from storage.sqlite.open import open_store
from storage.store import Store
from tests.agent.lives import ACTS, PEOPLE, Act, World, act, acts
from tests.agent.people import Ear, some_runtimes, tasks
from tests.agent.scripted_model import EchoModel, echo_of


async def settled(world: World) -> None:
    """Wait until nothing is being written."""
    while live := [one for who in PEOPLE for one in world.runtimes.of(who).live if one.is_streaming]:
        await asyncio.gather(*(session.until_idle() for session in live))


async def nobody_was_forgotten(world: World) -> None:
    """Nothing is being written any more, so nothing may be in line for it."""
    for turn, session, _ in world.taken.values():
        now = await world.what_became_of(turn, session)
        assert now is None or now.state is not TurnState.QUEUED


async def live_through(store: Store, deed: Sequence[Act], *, settle: bool) -> World:
    """Everybody does everything; returns once the bot has ended."""
    world = World(store, Ear())
    world.runtimes = some_runtimes(store, EchoModel(size=1), world.hear)
    await asyncio.gather(*(act(world, one) for one in deed))
    if settle:
        await settled(world)
        await nobody_was_forgotten(world)
    await world.runtimes.close()
    heard = len(world.ear.events)
    await asyncio.sleep(0)
    assert len(world.ear.events) == heard
    return world


async def account(world: World) -> None:
    """Each prompt has one fate, in the session that was named when it was taken."""
    assert world.faults == []
    assert tasks() == []
    started = Counter(event.turn.id for event in world.ear.of(TurnStarted))
    ended = Counter(event.turn.id for event in world.ear.of(TurnEnded))
    assert started == ended
    assert set(started.values()) <= {1}
    assert set(started) <= set(world.taken)
    for turn, session, text in world.taken.values():
        now = await world.what_became_of(turn, session)
        if now is None:
            continue
        assert (now.session_id, now.prompt) == (session.id, text)
        assert now.state.is_ended or now.state.is_waiting
        assert (now.id in started) is (now.answer_entry is not None)
        if now.state is TurnState.COMPLETED:
            event = next(event for event in world.ear.of(TurnEnded) if event.turn.id == now.id)
            assert (event.text, event.session.id) == (echo_of(text), session.id)
    for who in PEOPLE:
        await check_transcripts(world, who)
        await check_temporary(world, who)


async def check_temporary(world: World, who: Actor) -> None:
    """A person has one temporary session at most, and is in it."""
    active = await world.store.sessions.active(who)
    temporary = [session for session in (await world.store.sessions.list(who, size=1000)).items if session.temporary]
    assert temporary == ([active] if active is not None and active.temporary else [])


async def check_transcripts(world: World, who: Actor) -> None:
    """What a session's path says was said in it, and each answer stands under its own prompt."""
    for session in (await world.store.sessions.list(who, size=1000)).items:
        path = await world.store.transcripts.path(who, session.id)
        for before, entry in itertools.pairwise(path):
            if entry.kind == EntryKind.USER:
                continue
            turn, named, text = world.taken[UUID(hex=entry.data["turn"])]
            assert (before.kind, before.text, before.id) == (EntryKind.USER, text, entry.parent)
            assert named.id in await family(world, session)
            assert turn.owner == who.user_id
            assert echo_of(text).startswith(entry.text)


SAY = Act(PEOPLE[0], "say", 0, 0)
TEMPORARY = Act(PEOPLE[0], "new temporary", 0, 0)
AWAY_AND_BACK = [
    SAY,
    *(
        Act(PEOPLE[0], what, which, 4 * at)
        for at, (what, which) in enumerate([("new", 0), ("decide", 1), ("open", 0), ("reply", 0), ("say", 0)], start=1)
    ),
]


async def family(world: World, session: SessionInfo) -> list[UUID]:
    """The session with all that it was forked from."""
    ids = [session.id]
    while session.origin is not None:
        session = await world.store.sessions.get(Actor(session.owner), session.origin.session_id)
        ids.append(session.id)
    return ids


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deed=acts, settle=st.booleans())
@example(deed=AWAY_AND_BACK, settle=True)
@example(deed=[SAY, Act(PEOPLE[0], "new", 1, 0), Act(PEOPLE[0], "decide", 0, 5), Act(PEOPLE[0], "decide", 0, 5)], settle=True)
@example(deed=[TEMPORARY, SAY, Act(PEOPLE[0], "open", 0, 40), Act(PEOPLE[0], "decide", 0, 50)], settle=True)
@example(deed=[TEMPORARY, SAY, Act(PEOPLE[0], "quit", 0, 2), Act(PEOPLE[0], "decide", 1, 3)], settle=False)
@example(deed=[SAY, *[Act(PEOPLE[0], what, n, n) for n in range(3) for what in ("new", "decide", "open")]], settle=False)
def test_each_prompt_has_one_fate_whatever_comes_at_once(deed: list[Act], settle: bool) -> None:
    async def life() -> None:
        await account(await live_through(MemoryStore(), deed, settle=settle))

    asyncio.run(life())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deed=acts, settle=st.booleans())
def test_the_same_over_sqlite(deed: list[Act], settle: bool) -> None:
    async def life(folder: Path) -> None:
        store = await open_store(folder / "cubby.db")
        try:
            await account(await live_through(store, deed, settle=settle))
        finally:
            await store.close()

    with TemporaryDirectory() as folder:
        asyncio.run(life(Path(folder)))


async def test_hundreds_at_once() -> None:
    """The same, with what chance would rarely pick: 400 acts of three people within a moment."""
    kinds = itertools.cycle([*ACTS, "say", "decide", "say"])
    deed = [Act(PEOPLE[n % 3], next(kinds), n * 7 % 12, n * 13 % 900) for n in range(400)]
    world = await live_through(MemoryStore(), deed, settle=True)
    await account(world)
    outcomes = {event.outcome for event in world.ear.of(TurnEnded)}
    assert {TurnState.COMPLETED, TurnState.STOPPED} <= outcomes
    assert len(world.taken) > 50
