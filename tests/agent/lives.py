"""Lives of several people, drawn by Hypothesis: what each does and when, and what they were told."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import strategies as st

from agent.events import Event, KeptFinished
from agent.outcomes import Asked, Decision, Forgotten, Leaving, Started, Stayed, StillWriting, Waiting
from agent.runtime import SessionRuntime
from agent.runtimes import Runtimes
from storage.errors import (
    ChoiceNotFound,
    NotLastTurn,
    QueueFull,
    SessionNotFound,
    SessionTemporary,
    TurnNotFound,
    WrongTurnState,
)
from storage.records import Actor, Departure, Leave, Prompt, SessionInfo, Turn
from storage.store import Store
from tests.agent.people import QUIT, Ear, to, words

REFUSALS = (ChoiceNotFound, NotLastTurn, QueueFull, SessionNotFound, SessionTemporary, TurnNotFound, WrongTurnState)
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
    choices: dict[int, list[StillWriting | Leaving]] = field(default_factory=dict[int, list[StillWriting | Leaving]])
    given_up: set[UUID] = field(default_factory=set[UUID])
    """The temporary sessions that their owners chose to lose."""
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

    async def what_became_of(self, turn: Turn, session: SessionInfo) -> Turn | None:
        """A turn as it is now; `None` where its owner gave its session up, which no other turn may be lost for."""
        try:
            return await self.store.turns.get(Actor(session.owner), turn.id)
        except TurnNotFound:
            if session.id not in self.given_up:
                raise
            return None

    def told(self, who: Actor, went: object, prompt: Prompt | None = None) -> None:
        """Note what was acknowledged."""
        match went:
            case Started(asked=Asked() | Waiting() as asked):
                self.told(who, asked, prompt)
            case Asked() | Waiting():
                self.taken[went.turn.id] = (went.turn, went.session, went.turn.prompt)
                if prompt is not None and prompt.text:
                    assert went.turn.prompt == prompt.text
            case StillWriting() | Leaving():
                self.choices.setdefault(who.user_id, []).append(went)
            case Stayed():
                pass
            case _:
                pass


def pick(things: Sequence[object], which: int) -> int:
    return which % len(things) if things else 0


async def act(world: World, deed: Act) -> None:
    """Do it; what is refused for a reason is fine."""
    for _ in range(deed.breaths):
        await asyncio.sleep(0)
    with suppress(*REFUSALS):
        await ACTS[deed.what](world, world.runtimes.of(deed.who), deed)


async def say(world: World, runtime: SessionRuntime, deed: Act) -> None:
    prompt = world.prompt()
    world.told(deed.who, await runtime.say(prompt), prompt)


async def new(world: World, runtime: SessionRuntime, deed: Act) -> None:
    prompt = world.prompt() if deed.which % 2 else None
    name = "named" if deed.which % 3 == 0 else None
    world.told(deed.who, await runtime.go(Departure(leave=Leave.NEW, name=name, prompt=prompt)), prompt)


async def new_temporary(world: World, runtime: SessionRuntime, deed: Act) -> None:
    prompt = world.prompt() if deed.which % 2 else None
    world.told(deed.who, await runtime.go(Departure(leave=Leave.NEW, prompt=prompt, temporary=True)), prompt)


async def keep(_world: World, runtime: SessionRuntime, _todo: Act) -> None:
    if (active := await runtime.active()) is not None:
        await runtime.keep(active.id)


async def delete(world: World, runtime: SessionRuntime, deed: Act) -> None:
    """What is not temporary can come back from the bin; here only what can't is deleted."""
    active = await runtime.active()
    if active is not None and active.temporary:
        deleted = await runtime.delete(active.number, stop=deed.which % 2 == 0)
        if isinstance(deleted, Forgotten):
            world.given_up.add(active.id)


async def open_one(world: World, runtime: SessionRuntime, deed: Act) -> None:
    world.told(deed.who, await runtime.go(to(1 + deed.which % 4)))


async def reply(world: World, runtime: SessionRuntime, deed: Act) -> None:
    prompt = world.prompt()
    number = 1 + deed.which % 4
    world.told(deed.who, await runtime.go(Departure(leave=Leave.REPLY, number=number, prompt=prompt)), prompt)


async def fork(world: World, runtime: SessionRuntime, deed: Act) -> None:
    world.told(deed.who, await runtime.go(Departure(leave=Leave.FORK, number=1 + deed.which % 4)))


async def leave(world: World, runtime: SessionRuntime, deed: Act) -> None:
    world.told(deed.who, await runtime.go(QUIT))


async def send(world: World, runtime: SessionRuntime, deed: Act) -> None:
    world.told(deed.who, await runtime.go(Departure(leave=Leave.SEND, number=1 + deed.which % 4)))


async def retry(world: World, runtime: SessionRuntime, deed: Act) -> None:
    mine = [turn for turn, session, _ in world.taken.values() if session.owner == deed.who.user_id]
    if mine:
        turn = mine[pick(mine, deed.which)]
        again = Departure(leave=Leave.RETRY, number=turn.session_number, turn_id=turn.id, prompt=words(""))
        world.told(deed.who, await runtime.go(again))


async def stop(_world: World, runtime: SessionRuntime, _todo: Act) -> None:
    await runtime.stop()


async def stop_turn(world: World, runtime: SessionRuntime, deed: Act) -> None:
    turns = list(world.taken.values())
    if turns:
        await runtime.stop_turn(turns[pick(turns, deed.which)][0].id)


async def remove(world: World, runtime: SessionRuntime, deed: Act) -> None:
    turns = list(world.taken.values())
    if turns:
        await runtime.remove(turns[pick(turns, deed.which)][0].id)


async def send_now(world: World, runtime: SessionRuntime, deed: Act) -> None:
    turns = list(world.taken.values())
    if turns:
        world.told(deed.who, await runtime.send_now(turns[pick(turns, deed.which)][0].id))


async def reword(world: World, runtime: SessionRuntime, deed: Act) -> None:
    turns = list(world.taken.values())
    if turns:
        turn, session, _ = turns[pick(turns, deed.which)]
        text = f"reworded {next(world.numbers)}"
        await runtime.reword(turn.id, text)
        world.taken[turn.id] = turn, session, text


def _decision(asked: StillWriting | Leaving, which: int) -> Decision:
    """One of those that were offered, now and then one that was not."""
    if which == 11:
        return Decision.FORGET
    offered = [Decision.FORGET, Decision.KEEP, Decision.STAY] if isinstance(asked, Leaving) else list(Decision)
    return offered[which % 3]


async def decide(world: World, runtime: SessionRuntime, deed: Act) -> None:
    open_choices = world.choices.get(deed.who.user_id, [])
    if open_choices:
        newest = open_choices[-1 - (deed.which // 6) % len(open_choices)]
        choice = newest.choice
        went = await runtime.decide(choice.id, _decision(newest, deed.which))
        left = getattr(went, "left", None)
        if left is not None and left.forgotten:
            assert isinstance(newest, Leaving)
            world.given_up.add(left.session.id)
        world.told(deed.who, went, None if isinstance(went, Stayed) else choice.departure.prompt)


async def rest(world: World, _runtime: SessionRuntime, _todo: Act) -> None:
    await world.runtimes.rest()


ACTS: dict[str, Callable[[World, SessionRuntime, Act], Awaitable[None]]] = {
    "say": say,
    "new": new,
    "new temporary": new_temporary,
    "keep": keep,
    "delete": delete,
    "open": open_one,
    "reply": reply,
    "fork": fork,
    "quit": leave,
    "send": send,
    "retry": retry,
    "stop": stop,
    "stop_turn": stop_turn,
    "remove": remove,
    "send now": send_now,
    "reword": reword,
    "decide": decide,
    "rest": rest,
}

WHAT = st.sampled_from(["say", "say", "say", "decide", "decide", *ACTS])
acts = st.lists(
    st.builds(Act, who=st.sampled_from(PEOPLE), what=WHAT, which=st.integers(0, 11), breaths=st.integers(0, 60)),
    min_size=10,
    max_size=60,
)
