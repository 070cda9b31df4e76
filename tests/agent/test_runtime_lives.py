"""Several people do everything at once, in any order: each prompt has one fate, in the session it was meant for.

Every life is a list of acts drawn by Hypothesis, all begun at the same moment but for a few breaths between them; the model
echoes, so each answer tells which prompt it belongs to. At the end everything that was acknowledged is accounted for.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent.events import Event, KeptFinished, TurnEnded, TurnStarted
from agent.outcomes import Asked, Decision, Started, Stayed, StillWriting, Waiting
from agent.runtime import SessionRuntime
from agent.runtimes import Runtimes
from storage.errors import ChoiceNotFound, NotLastTurn, QueueFull, SessionNotFound, TurnNotFound, WrongTurnState
from storage.memory import MemoryStore
from storage.records import Actor, Departure, EntryKind, Leave, Prompt, SessionInfo, Turn, TurnState
from storage.sqlite.open import open_store
from storage.store import Store
from tests.agent.people import QUIT, Ear, some_runtimes, tasks, to, words
from tests.agent.scripted_model import EchoModel, echo_of

REFUSALS = (ChoiceNotFound, NotLastTurn, QueueFull, SessionNotFound, TurnNotFound, WrongTurnState)
PEOPLE = (Actor(1), Actor(2), Actor(3))


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does, after some breaths; `which` picks a session, turn or choice that there is."""

    who: Actor
    what: str
    which: int
    breaths: int


@dataclass(slots=True)
class World:
    """All that people were told, and all that was heard."""

    store: Store
    ear: Ear
    runtimes: Runtimes = field(init=False)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    taken: dict[UUID, tuple[Turn, SessionInfo, str]] = field(default_factory=dict[UUID, tuple[Turn, SessionInfo, str]])
    """Every turn that was acknowledged, with the session that was named and the words."""
    choices: dict[int, list[StillWriting]] = field(default_factory=dict[int, list[StillWriting]])
    newest: dict[UUID, int] = field(default_factory=dict[UUID, int])
    faults: list[str] = field(default_factory=list[str])

    def hear(self, event: Event) -> None:
        """Every listener's law: no event of a build after one of a later build; never two live for one session."""
        self.ear(event)
        if not isinstance(event, KeptFinished) and event.generation:
            if event.generation < self.newest.get(event.session.id, 0):
                self.faults.append(f"late: {type(event).__name__}")
            self.newest[event.session.id] = event.generation
        live = [session.info.id for session in self.runtimes.of(event.actor).live] if not self.is_closing else []
        if len(live) != len(set(live)):
            self.faults.append("two live for one session")
        if len(live) > 3:
            self.faults.append("more than one active and two kept")
        if event.session.owner != event.actor.user_id:
            self.faults.append("heard by a stranger")

    @property
    def is_closing(self) -> bool:
        return self.runtimes._closing is not None

    def prompt(self) -> Prompt:
        return words(f"prompt {next(self.numbers)}")

    def told(self, who: Actor, went: object, prompt: Prompt | None = None) -> None:
        """Note what was acknowledged."""
        match went:
            case Started(asked=Asked() | Waiting() as asked):
                self.told(who, asked, prompt)
            case Asked() | Waiting():
                self.taken[went.turn.id] = (went.turn, went.session, went.turn.prompt)
                if prompt is not None and prompt.text:
                    assert went.turn.prompt == prompt.text
            case StillWriting():
                self.choices.setdefault(who.user_id, []).append(went)
            case Stayed():
                pass
            case _:
                pass


def pick(things: Sequence[object], which: int) -> int:
    return which % len(things) if things else 0


async def act(world: World, todo: Act) -> None:
    """Do it; what is refused for a reason is fine."""
    for _ in range(todo.breaths):
        await asyncio.sleep(0)
    with suppress(*REFUSALS):
        await ACTS[todo.what](world, world.runtimes.of(todo.who), todo)


async def say(world: World, runtime: SessionRuntime, todo: Act) -> None:
    prompt = world.prompt()
    world.told(todo.who, await runtime.say(prompt), prompt)


async def new(world: World, runtime: SessionRuntime, todo: Act) -> None:
    prompt = world.prompt() if todo.which % 2 else None
    name = "named" if todo.which % 3 == 0 else None
    world.told(todo.who, await runtime.go(Departure(leave=Leave.NEW, name=name, prompt=prompt)), prompt)


async def open_one(world: World, runtime: SessionRuntime, todo: Act) -> None:
    world.told(todo.who, await runtime.go(to(1 + todo.which % 4)))


async def reply(world: World, runtime: SessionRuntime, todo: Act) -> None:
    prompt = world.prompt()
    number = 1 + todo.which % 4
    world.told(todo.who, await runtime.go(Departure(leave=Leave.REPLY, number=number, prompt=prompt)), prompt)


async def leave(world: World, runtime: SessionRuntime, todo: Act) -> None:
    world.told(todo.who, await runtime.go(QUIT))


async def send(world: World, runtime: SessionRuntime, todo: Act) -> None:
    world.told(todo.who, await runtime.go(Departure(leave=Leave.SEND, number=1 + todo.which % 4)))


async def retry(world: World, runtime: SessionRuntime, todo: Act) -> None:
    mine = [turn for turn, session, _ in world.taken.values() if session.owner == todo.who.user_id]
    if mine:
        turn = mine[pick(mine, todo.which)]
        again = Departure(leave=Leave.RETRY, number=turn.session_number, turn_id=turn.id, prompt=words(""))
        world.told(todo.who, await runtime.go(again))


async def stop(_world: World, runtime: SessionRuntime, _todo: Act) -> None:
    await runtime.stop()


async def stop_turn(world: World, runtime: SessionRuntime, todo: Act) -> None:
    turns = list(world.taken.values())
    if turns:
        await runtime.stop_turn(turns[pick(turns, todo.which)][0].id)


async def remove(world: World, runtime: SessionRuntime, todo: Act) -> None:
    turns = list(world.taken.values())
    if turns:
        await runtime.remove(turns[pick(turns, todo.which)][0].id)


async def decide(world: World, runtime: SessionRuntime, todo: Act) -> None:
    open_choices = world.choices.get(todo.who.user_id, [])
    if open_choices:
        choice = open_choices[pick(open_choices, todo.which)].choice
        went = await runtime.decide(choice.id, list(Decision)[todo.which % 3])
        world.told(todo.who, went, None if isinstance(went, Stayed) else choice.departure.prompt)


async def rest(world: World, _runtime: SessionRuntime, _todo: Act) -> None:
    await world.runtimes.rest()


ACTS: dict[str, Callable[[World, SessionRuntime, Act], Awaitable[None]]] = {
    "say": say,
    "new": new,
    "open": open_one,
    "reply": reply,
    "quit": leave,
    "send": send,
    "retry": retry,
    "stop": stop,
    "stop_turn": stop_turn,
    "remove": remove,
    "decide": decide,
    "rest": rest,
}

WHAT = st.sampled_from(["say", "say", "say", "decide", "decide", *ACTS])
acts = st.lists(
    st.builds(Act, who=st.sampled_from(PEOPLE), what=WHAT, which=st.integers(0, 11), breaths=st.integers(0, 60)),
    min_size=10,
    max_size=60,
)


async def settled(world: World) -> None:
    """Wait until nothing is being written."""
    while live := [one for who in PEOPLE for one in world.runtimes.of(who).live if one.is_streaming]:
        await asyncio.gather(*(session.until_idle() for session in live))


async def live_through(store: Store, todo: Sequence[Act], *, settle: bool) -> World:
    """Everybody does everything; returns once the bot has ended."""
    world = World(store, Ear())
    world.runtimes = some_runtimes(store, EchoModel(), world.hear)
    await asyncio.gather(*(act(world, one) for one in todo))
    if settle:
        await settled(world)
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
        now = await world.store.turns.get(Actor(session.owner), turn.id)
        assert (now.session_id, now.prompt) == (session.id, text)
        assert now.state.is_ended or now.state.is_waiting
        assert (now.id in started) is (now.answer_entry is not None)
        if now.state is TurnState.COMPLETED:
            event = next(event for event in world.ear.of(TurnEnded) if event.turn.id == now.id)
            assert (event.text, event.session.id) == (echo_of(text), session.id)
    for who in PEOPLE:
        await check_transcripts(world, who)


async def check_transcripts(world: World, who: Actor) -> None:
    """What a session's path says was said in it, and each answer stands under its own prompt."""
    for session in (await world.store.sessions.list(who, size=1000)).items:
        path = await world.store.transcripts.path(who, session.id)
        for before, entry in itertools.pairwise(path):
            if entry.kind == EntryKind.USER:
                continue
            turn, named, text = world.taken[UUID(hex=entry.data["turn"])]
            assert (before.kind, before.text, before.id) == (EntryKind.USER, text, entry.parent)
            assert (named.id, turn.owner) == (session.id, who.user_id)
            assert echo_of(text).startswith(entry.text)


SAY = Act(PEOPLE[0], "say", 0, 0)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(todo=acts, settle=st.booleans())
@example(todo=[SAY, Act(PEOPLE[0], "new", 1, 0), Act(PEOPLE[0], "decide", 0, 5), Act(PEOPLE[0], "decide", 0, 5)], settle=True)
@example(todo=[SAY, *[Act(PEOPLE[0], what, n, n) for n in range(3) for what in ("new", "decide", "open")]], settle=False)
def test_each_prompt_has_one_fate_whatever_comes_at_once(todo: list[Act], settle: bool) -> None:
    async def life() -> None:
        await account(await live_through(MemoryStore(), todo, settle=settle))

    asyncio.run(life())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(todo=acts, settle=st.booleans())
def test_the_same_over_sqlite(todo: list[Act], settle: bool) -> None:
    async def life(folder: Path) -> None:
        store = await open_store(folder / "cubby.db")
        try:
            await account(await live_through(store, todo, settle=settle))
        finally:
            await store.close()

    with TemporaryDirectory() as folder:
        asyncio.run(life(Path(folder)))


async def test_hundreds_at_once() -> None:
    """The same, with what chance would rarely pick: 400 acts of three people within a moment."""
    kinds = itertools.cycle([*ACTS, "say", "decide", "say"])
    todo = [Act(PEOPLE[n % 3], next(kinds), n * 7 % 12, n * 13 % 900) for n in range(400)]
    world = await live_through(MemoryStore(), todo, settle=True)
    await account(world)
    outcomes = {event.outcome for event in world.ear.of(TurnEnded)}
    assert {TurnState.COMPLETED, TurnState.STOPPED} <= outcomes
    assert len(world.taken) > 50
