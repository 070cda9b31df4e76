"""The law of the line: whatever is done with what waits, one after the other, it goes as a plain list would."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.config import AgentConfig
from agent.events import TurnStarted
from agent.model import Finish, FinishReason, ModelEvent, ModelRequest, Text
from agent.session import AgentSession
from storage.memory import MemoryStore
from storage.records import TurnState
from storage.store import Store
from tests.agent.people import ANN, Ear, a_session, words

PATIENCE = 20.0
"""Seconds after which what never comes is a failure."""


class Holding:
    """A model that holds each answer after its first word until it is let end."""

    name, host, label = "holding", "nowhere", None

    def __init__(self) -> None:
        self._end = asyncio.Event()
        self._requests: list[ModelRequest] = []
        self._asked = asyncio.Condition()

    async def until_asked(self, times: int) -> None:
        """Wait for the call of this number, from 1."""
        async with self._asked:
            await self._asked.wait_for(lambda: len(self._requests) >= times)

    def let_end(self) -> None:
        """End the answer that is held."""
        self._end.set()

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        self._end = asyncio.Event()
        async with self._asked:
            self._requests.append(request)
            self._asked.notify_all()
        yield self._held(self._end)

    async def list_models(self) -> Sequence[str]:
        return (self.name,)

    async def close(self) -> None:
        """Nothing is held."""

    async def _held(self, end: asyncio.Event) -> AsyncIterator[ModelEvent]:
        yield Text("word")
        await end.wait()
        yield Finish(FinishReason.STOP)


@dataclass(slots=True)
class Expected:
    """A plain list: what runs, what waits and whether it is paused, and what was asked, in order."""

    running: str | None = None
    line: list[tuple[str, TurnState]] = field(default_factory=list[tuple[str, TurnState]])
    asked: list[str] = field(default_factory=list[str])

    def ask(self, text: str) -> None:
        self.running = text
        self.asked.append(text)

    def go_on(self) -> None:
        self.running = None
        first = next((at for at, (_, state) in enumerate(self.line) if state is TurnState.QUEUED), None)
        if first is not None:
            self.ask(self.line.pop(first)[0])

    def all_become(self, state: TurnState) -> None:
        self.line = [(text, state) for text, _ in self.line]


@dataclass(slots=True)
class Table:
    """One session, and what is expected of it."""

    store: Store
    session: AgentSession
    model: Holding
    ear: Ear
    expected: Expected = field(default_factory=Expected)

    async def do(self, what: str, which: int, text: str) -> None:
        """Do one thing with the session and with the list, and wait until the session has come as far."""
        waiting = await self.store.turns.waiting(ANN, self.session.info.id)
        at = which % len(waiting) if waiting else None
        if what in ("send now", "remove", "reword"):
            if at is not None:
                await self._with_one(what, at, text)
        else:
            await self._with_all(what, text)
        await self._come_as_far()

    async def _with_one(self, what: str, at: int, text: str) -> None:
        turn = (await self.store.turns.waiting(ANN, self.session.info.id))[at]
        words_now, state = self.expected.line.pop(at)
        match what:
            case "send now":
                await self.session.send_now(turn.id)
                self.expected.ask(words_now)
            case "reword":
                await self.session.reword(turn.id, text)
                self.expected.line.insert(at, (text, state))
            case _:
                await self.session.remove(turn.id)

    async def _with_all(self, what: str, text: str) -> None:
        expected = self.expected
        match what:
            case "say" if expected.running is None:
                await self.session.prompt(words(text))
                expected.ask(text)
            case "say":
                await self.session.follow_up(words(text))
                expected.line.append((text, TurnState.QUEUED))
            case "stop" if expected.running is not None:
                await self.session.abort()
                expected.all_become(TurnState.PAUSED)
                expected.running = None
            case "send":
                await self.session.resume_waiting()
                expected.all_become(TurnState.QUEUED)
                if expected.running is None:
                    expected.go_on()
            case "end" if expected.running is not None:
                self.model.let_end()
                expected.go_on()
            case _:
                pass

    async def _come_as_far(self) -> None:
        async with asyncio.timeout(PATIENCE):
            if self.expected.running is None:
                await self.session.until_idle()
            else:
                await self.model.until_asked(len(self.expected.asked))
        waiting = await self.store.turns.waiting(ANN, self.session.info.id)
        assert [(turn.prompt, turn.state) for turn in waiting] == self.expected.line
        assert [event.turn.prompt for event in self.ear.of(TurnStarted)] == self.expected.asked


DEEDS = st.lists(
    st.tuples(st.sampled_from(["say", "say", "say", "send now", "reword", "remove", "stop", "send", "end"]), st.integers(0, 9)),
    max_size=30,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deeds=DEEDS)
def test_the_line_goes_as_a_plain_list_would(deeds: list[tuple[str, int]]) -> None:
    async def life() -> None:
        store, model, ear = MemoryStore(), Holding(), Ear()
        config = AgentConfig(queue_limit=100)
        async with a_session(store, model, ear, config=config) as session:
            table = Table(store, session, model, ear)
            for number, (what, which) in enumerate(deeds):
                await table.do(what, which, f"words {number}")
            said = [entry.text for entry in await store.transcripts.path(ANN, session.info.id) if entry.kind == "user"]
            assert said == table.expected.asked

    asyncio.run(life())
