"""What the tests of sessions and runtimes share: people, prompts, an ear for events, and sleeps that take no time."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from agent.build import build_session
from agent.config import AgentConfig
from agent.events import Event, Listener, TextDelta, TurnEnded
from agent.model import ModelClient
from agent.outcomes import Asked, StillWriting
from agent.runtime import SessionRuntime
from agent.runtimes import Runtimes
from agent.session import AgentSession
from storage.records import Actor, Departure, Leave, Prompt, SessionInfo, Source, SourceKind, Turn, TurnState
from storage.store import Store
from tests.agent.scripted_model import Pause

E = TypeVar("E", bound=Event)

ANN = Actor(101)
BOB = Actor(202)
CONFIG = AgentConfig()

_ids = count(1)


def words(text: str = "hello") -> Prompt:
    """A prompt from a Discord event of its own."""
    return Prompt(text=text, source=Source(kind=SourceKind.MESSAGE, id=next(_ids), channel_id=7))


def new(text: str | None = None, name: str | None = None) -> Departure:
    return Departure(leave=Leave.NEW, name=name, prompt=words(text) if text else None)


def to(number: int) -> Departure:
    return Departure(leave=Leave.OPEN, number=number)


def fork(number: int) -> Departure:
    return Departure(leave=Leave.FORK, number=number)


QUIT = Departure(leave=Leave.QUIT)


@dataclass(slots=True)
class Ear:
    """Keeps every event, and lets a test wait for one."""

    events: list[Event] = field(default_factory=list[Event])
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self._heard.set()

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, kind: type[E], wanted: Callable[[E], bool] = lambda _: True) -> E:
        """The first event of this kind that is wanted, once it came."""
        while True:
            for event in self.of(kind):
                if wanted(event):
                    return event
            self._heard.clear()
            await self._heard.wait()

    async def until_ended(self, times: int = 1) -> TurnEnded:
        """The turn's end of this number, from 1, once it came."""
        await self.until(TurnEnded, lambda _: len(self.of(TurnEnded)) >= times)
        return self.of(TurnEnded)[times - 1]

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.of(TextDelta))

    @property
    def outcomes(self) -> list[TurnState]:
        return [event.outcome for event in self.of(TurnEnded)]


@dataclass(slots=True)
class Naps:
    """A sleep that a test ends, or that ends at once."""

    at_once: bool = True
    asked: list[float] = field(default_factory=list[float])
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    end: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.begun.set()
        if self.at_once:
            await asyncio.sleep(0)
        else:
            await self.end.wait()


@asynccontextmanager
async def a_session(
    store: Store, model: ModelClient, ear: Ear, *, config: AgentConfig = CONFIG, naps: Naps | None = None
) -> AsyncGenerator[AgentSession, None]:
    """A live session of Ann's, disposed at the end."""
    info = await store.sessions.create(ANN)
    session = await build(store, model, ear, info, config=config, naps=naps)
    try:
        yield session
    finally:
        await session.dispose()


async def build(
    store: Store,
    model: ModelClient,
    ear: Ear,
    info: SessionInfo,
    *,
    generation: int = 1,
    config: AgentConfig = CONFIG,
    naps: Naps | None = None,
) -> AgentSession:
    return await build_session(
        store=store,
        model=model,
        config=config,
        actor=Actor(info.owner),
        info=info,
        generation=generation,
        listener=ear,
        sleep=naps or Naps(),
    )


async def said(runtime: SessionRuntime, *prompts: str) -> list[Turn]:
    """These are asked and answered in the active session, one after the other."""
    turns: list[Turn] = []
    for text in prompts:
        asked = await runtime.say(words(text))
        assert isinstance(asked, Asked)
        await settled(runtime)
        turns.append(asked.turn)
    return turns


async def settled(runtime: SessionRuntime) -> None:
    for session in runtime.live:
        await session.until_idle()


async def writing(runtime: SessionRuntime, gate: Pause, text: str = "hello") -> Asked:
    """Ask, and wait until the model holds its answer."""
    asked = await runtime.say(words(text))
    assert isinstance(asked, Asked)
    await gate.reached.wait()
    return asked


async def still(runtime: SessionRuntime, departure: Departure) -> StillWriting:
    went = await runtime.go(departure)
    assert isinstance(went, StillWriting)
    return went


def some_runtimes(
    store: Store, model: ModelClient, ear: Listener, *, config: AgentConfig = CONFIG, grace: float = 0.0
) -> Runtimes:
    """Runtimes without a sweeper, unless entered."""
    return Runtimes(store, model, config, ear, grace=grace, sleep=Naps())


async def texts(store: Store, session: SessionInfo) -> list[str]:
    """What the session's path says."""
    return [entry.text for entry in await store.transcripts.path(Actor(session.owner), session.id)]


def tasks() -> list[str]:
    """The names of the tasks that a session, runtime or turn left behind."""
    ours = ("session-", "dispose-", "checkpoints-", "keeper-", "person-", "last-answers", "idle-sessions", "close-sessions")
    return [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith(ours)]
