"""Random lives of several people, led on both stores at once: whatever can be seen must be the same on both.

The in-memory store recounts what a list shows from the entries each time, so this also holds SQLite's stored counts, previews
and times against a recount.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from storage.errors import StoreError
from storage.memory import MemoryStore
from storage.records import Actor, Delivery, DeliveryState, Entry, Target, TurnState, Usage
from storage.sqlite.open import open_store
from storage.sqlite.verify import verify
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, Clock, departure, prompt, summary, target


@dataclass(frozen=True, slots=True)
class Made:
    """One thing under its id in either store."""

    ids: tuple[UUID, UUID]
    owner: Actor

    def by(self, is_owner: bool) -> Actor:
        """Its owner, or somebody else."""
        return self.owner if is_owner else Actor(404)

    def __getitem__(self, which: int) -> UUID:
        return self.ids[which]


Act = Callable[[Store, int], Awaitable[Any]]

ENTRY_IDS = {"leaf", "parent", "prompt_entry", "answer_entry", "entry"}
NOBODYS = Made((UUID(int=1), UUID(int=1)), ANN)
USAGE = Usage(input_tokens=3, output_tokens=2)
PEOPLE = st.sampled_from([ANN, BOB])
TEXTS = st.sampled_from(["", "hello", "two\nlines  of it", "ünï 🎉", "x" * 250])
OWNS = st.sampled_from([True] * 9 + [False])
NUMBERS = st.integers(0, 3)
PICKS = st.integers(0, 3)
EVENTS = st.integers(1, 500)
MESSAGES = st.integers(1, 4)
STARTS = st.sampled_from([TurnState.ASKED, TurnState.QUEUED, TurnState.PAUSED])
OUTCOMES = st.sampled_from([state for state in TurnState if state.is_ended])
EXPIRIES = st.none() | st.integers(0, 120).map(lambda seconds: START + timedelta(seconds=seconds))
TARGETS = st.none() | st.builds(target, message_id=st.none() | MESSAGES, expires=EXPIRIES)


class Lives(RuleBasedStateMachine):
    """Both stores under the same acts. Ids differ between them, so each is known by the order it was first seen in."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.clocks = [Clock(step=timedelta()), Clock(step=timedelta())]
        self.stores: list[Store] = [
            MemoryStore(now=self.clocks[0]),
            self.runner.run(open_store(Path(self.folder.name) / "laws.db", now=self.clocks[1])),
        ]
        self.names: list[dict[object, int]] = [{}, {}]
        self.sessions: list[Made] = []
        self.turns: list[Made] = []
        self.choices: list[Made] = []
        self.summaries: list[tuple[Made, tuple[Any, Any]]] = []

    def teardown(self) -> None:
        self.runner.run(self.stores[1].close())
        faults = self.runner.run(verify(Path(self.folder.name) / "laws.db"))
        self.runner.close()
        self.folder.cleanup()
        assert faults == []

    def both(self, act: Act) -> tuple[Any, Any]:
        """Do it on both; what comes of it must look alike."""
        for clock in self.clocks:
            clock.time += timedelta(seconds=1)
        came = self.runner.run(self._both(act))
        seen = [self.plain(which, value) for which, value in enumerate(came)]
        assert seen[0] == seen[1]
        return came[0], came[1]

    async def _both(self, act: Act) -> list[Any]:
        came: list[Any] = []
        for which, store in enumerate(self.stores):
            try:
                came.append(await act(store, which))
            except StoreError as error:
                came.append(error)
        return came

    def plain(self, which: int, value: Any) -> Any:
        """The value with each id as the place it was first seen at."""
        if isinstance(value, StoreError):
            return type(value).__name__, str(value)
        if isinstance(value, UUID):
            return self.named(which, value)
        if isinstance(value, str | int | datetime | None):
            return value
        if isinstance(value, Mapping):
            return {
                key: self.plain(which, UUID(hex=inner) if key == "turn" else inner)
                for key, inner in cast("Mapping[str, Any]", value).items()
            }
        if is_dataclass(value):
            return {field.name: self.field(which, value, field.name) for field in fields(value)}
        return [self.plain(which, item) for item in value]

    def field(self, which: int, record: Any, name: str) -> Any:
        """A record's field; an entry's id is an integer, which differs as well."""
        value = getattr(record, name)
        is_entry_id = name in ENTRY_IDS or (isinstance(record, Entry) and name == "id")
        return self.named(which, ("entry", value)) if is_entry_id and value is not None else self.plain(which, value)

    def named(self, which: int, value: object) -> str:
        """An id as the place it was first seen at."""
        return f"#{self.names[which].setdefault(value, len(self.names[which]))}"

    def session(self, pick: int) -> Made:
        """One of the sessions, anybody's, or none."""
        return self.sessions[pick] if pick < len(self.sessions) else NOBODYS

    def turn(self, pick: int) -> Made:
        """One of the newest turns, anybody's, or none."""
        return self.turns[-1 - pick] if pick < len(self.turns) else NOBODYS

    def remember(self, made: tuple[Any, Any], owner: Actor, things: list[Made]) -> None:
        """Keep the ids of what was made on both, to aim at."""
        if not isinstance(made[0], StoreError):
            things.append(Made((made[0].id, made[1].id), owner))

    @initialize()
    def begin(self) -> None:
        for actor in (ANN, BOB, ANN):
            self.create(actor, None, temporary=False)

    @rule(actor=PEOPLE, name=st.none() | TEXTS, temporary=st.booleans())
    def create(self, actor: Actor, name: str | None, temporary: bool) -> None:
        made = self.both(lambda store, _: store.sessions.create(actor, name, temporary=temporary))
        self.remember(made, actor, self.sessions)

    @rule(owns=OWNS, number=NUMBERS)
    def keep_after_all(self, owns: bool, number: int) -> None:
        session = self.session(number)
        actor = session.by(owns)
        self.both(lambda store, which: store.temporaries.keep(actor, session[which]))

    @rule(owns=OWNS, number=NUMBERS)
    def end_for_good(self, owns: bool, number: int) -> None:
        session = self.session(number)
        actor = session.by(owns)
        self.both(lambda store, which: store.temporaries.end(actor, session[which]))

    @rule(actor=PEOPLE, number=NUMBERS, name=st.none() | TEXTS)
    def rename(self, actor: Actor, number: int, name: str | None) -> None:
        self.both(lambda store, _: store.shelves.rename(actor, number, name))

    @rule(actor=PEOPLE, number=NUMBERS, place=st.sampled_from(["everywhere", "there"]))
    def open(self, actor: Actor, number: int, place: str) -> None:
        self.both(lambda store, _: store.sessions.open(actor, number, place=place))

    @rule(actor=PEOPLE)
    def close(self, actor: Actor) -> None:
        self.both(lambda store, _: store.sessions.close(actor))

    @rule(owns=OWNS, number=NUMBERS, text=TEXTS, to=TARGETS, state=STARTS, event=EVENTS, limit=st.none() | NUMBERS)
    def submit(
        self, owns: bool, number: int, text: str, to: Target | None, state: TurnState, event: int, limit: int | None
    ) -> None:
        session, words = self.session(number), prompt(text, event=event, to=to)
        actor = session.by(owns)
        made = self.both(lambda store, which: store.turns.submit(actor, session[which], words, state, limit=limit))
        self.remember(made, actor, self.turns)

    @rule(number=NUMBERS, text=TEXTS, reply=TEXTS, outcome=OUTCOMES, event=EVENTS)
    def ask_and_end(self, number: int, text: str, reply: str, outcome: TurnState, event: int) -> None:
        """The way most turns go: without it, few are ended, and fewer asked again."""
        self.submit(True, number, text, None, TurnState.ASKED, event, None)
        self.end(True, 0, outcome, reply, None, False)

    @rule(reply=TEXTS, outcome=OUTCOMES, event=EVENTS)
    def ask_again_and_end(self, reply: str, outcome: TurnState, event: int) -> None:
        self.retry(True, 0, None, event)
        self.end(True, 0, outcome, reply, None, True)

    @rule(owns=OWNS, pick=PICKS)
    def ask(self, owns: bool, pick: int) -> None:
        turn = self.turn(pick)
        actor = turn.by(owns)
        self.both(lambda store, which: store.turns.ask(actor, turn[which]))

    @rule(owns=OWNS, pick=PICKS, text=TEXTS)
    def checkpoint(self, owns: bool, pick: int, text: str) -> None:
        turn = self.turn(pick)
        actor = turn.by(owns)
        self.both(lambda store, which: store.turns.checkpoint(actor, turn[which], text))

    @rule(owns=OWNS, pick=PICKS, outcome=OUTCOMES, text=TEXTS, error=st.none() | st.just("cut_off"), blame=st.booleans())
    def end(self, owns: bool, pick: int, outcome: TurnState, text: str, error: str | None, blame: bool) -> None:
        turn = self.turn(pick)
        actor = turn.by(owns)
        more: dict[str, Any] = {
            "error": error,
            "blame_prompt": blame,
            "model": error and "small",
            "usage": USAGE if error else None,
        }
        self.both(lambda store, which: store.turns.end(actor, turn[which], outcome, text=text, **more))

    @rule(owns=OWNS, pick=PICKS, to=TARGETS, event=EVENTS)
    def retry(self, owns: bool, pick: int, to: Target | None, event: int) -> None:
        turn, words = self.turn(pick), prompt(event=event, to=to)
        actor = turn.by(owns)
        self.remember(self.both(lambda store, which: store.turns.retry(actor, turn[which], words)), actor, self.turns)

    @rule(owns=OWNS, pick=PICKS, text=TEXTS, event=EVENTS)
    def revise(self, owns: bool, pick: int, text: str, event: int) -> None:
        turn, words = self.turn(pick), prompt(text, event=event)
        actor = turn.by(owns)
        self.remember(self.both(lambda store, which: store.turns.revise(actor, turn[which], words)), actor, self.turns)

    @rule(owns=OWNS, pick=PICKS)
    def lift(self, owns: bool, pick: int) -> None:
        turn = self.turn(pick)
        actor = turn.by(owns)
        self.remember(self.both(lambda store, which: store.branches.lift(actor, turn[which])), actor, self.sessions)

    @rule(owns=OWNS, pick=PICKS)
    def remove(self, owns: bool, pick: int) -> None:
        turn = self.turn(pick)
        actor = turn.by(owns)
        self.both(lambda store, which: store.turns.remove(actor, turn[which]))

    @rule(owns=OWNS, pick=PICKS)
    def put_ahead(self, owns: bool, pick: int) -> None:
        turn = self.turn(pick)
        actor = turn.by(owns)
        self.both(lambda store, which: store.turns.put_ahead(actor, turn[which]))

    @rule(owns=OWNS, number=NUMBERS, is_pause=st.booleans())
    def pause_or_resume(self, owns: bool, number: int, is_pause: bool) -> None:
        session = self.session(number)
        actor = session.by(owns)
        self.both(lambda store, which: (store.turns.pause if is_pause else store.turns.resume)(actor, session[which]))

    @rule(owns=OWNS, number=NUMBERS, to=TARGETS)
    def hold(self, owns: bool, number: int, to: Target | None) -> None:
        session, held = self.session(number), departure(to)
        actor = session.by(owns)
        self.remember(self.both(lambda store, which: store.turns.hold(actor, session[which], held)), actor, self.choices)

    @rule(owns=OWNS, number=NUMBERS)
    def decide(self, owns: bool, number: int) -> None:
        choice = self.choices[number] if number < len(self.choices) else NOBODYS
        actor = choice.by(owns)
        self.both(lambda store, which: store.turns.decide(actor, choice[which]))

    @rule(owns=OWNS, pick=PICKS, part=st.integers(0, 2), state=st.sampled_from(DeliveryState), to=TARGETS.filter(bool))
    def put(self, owns: bool, pick: int, part: int, state: DeliveryState, to: Target) -> None:
        turn = self.turn(pick)
        actor = turn.by(owns)
        self.both(
            lambda store, which: store.deliveries.put(actor, Delivery(turn_id=turn[which], part=part, target=to, state=state))
        )

    @rule(owns=OWNS, number=NUMBERS, message=MESSAGES)
    def link(self, owns: bool, number: int, message: int) -> None:
        session = self.session(number)
        actor = session.by(owns)
        self.both(lambda store, which: store.deliveries.link(actor, message, session[which]))

    @rule(actor=PEOPLE, number=st.none() | NUMBERS)
    def notice(self, actor: Actor, number: int | None) -> None:
        session = (None, None) if number is None else self.session(number).ids
        self.both(lambda store, which: store.first_time(actor, "welcome", session[which]))

    @rule(seconds=st.integers(0, 120))
    def erase_tokens(self, seconds: int) -> None:
        self.both(lambda store, _: store.upkeep.erase_tokens(START + timedelta(seconds=seconds)))

    @rule(actor=PEOPLE, page=st.integers(-1, 3), size=st.integers(1, 3), text=TEXTS)
    def look_at_lists(self, actor: Actor, page: int, size: int, text: str) -> None:
        self.both(lambda store, _: store.sessions.list(actor, page=page, size=size))
        self.both(lambda store, _: store.sessions.search(actor, text, limit=size))

    @rule(owns=OWNS, number=NUMBERS, back=st.integers(1, 4), kept=st.integers(0, 6), is_fresh=OWNS)
    def summarise(self, owns: bool, number: int, back: int, kept: int, is_fresh: bool) -> None:
        session = self.session(number)
        actor = session.by(owns)
        paths = self.both(lambda store, which: store.transcripts.path(actor, session[which]))
        holds = self.both(lambda store, which: store.compactions.standing(actor, session[which]))
        if any(isinstance(path, StoreError) or not path for path in paths):
            return
        newest = [path[-min(back, len(path))].id for path in paths]
        instead_of = [None if not is_fresh or held.compaction is None else held.compaction.id for held in holds]

        async def add(store: Store, which: int) -> object:
            omitted = await store.omissions.of(actor, session[which]) if is_fresh else frozenset[int]()
            made = replace(summary(newest[which], first_kept=kept), omitted={each for each in omitted if each <= newest[which]})
            return await store.compactions.add(actor, session[which], made, instead_of=instead_of[which])

        added = self.both(add)
        if not isinstance(added[0], StoreError):
            self.summaries.append((session, added))

    @rule(owns=OWNS, pick=PICKS)
    def take_back(self, owns: bool, pick: int) -> None:
        if pick < len(self.summaries):
            session, made = self.summaries[-1 - pick]
            actor = session.by(owns)
            self.both(lambda store, which: store.compactions.undo(actor, session[which], made[which].id))

    @rule(owns=OWNS, number=NUMBERS, back=st.integers(1, 3), is_out=st.booleans())
    def leave_out(self, owns: bool, number: int, back: int, is_out: bool) -> None:
        session = self.session(number)
        actor = session.by(owns)
        paths = self.both(lambda store, which: store.transcripts.path(actor, session[which]))
        if any(isinstance(path, StoreError) or not path for path in paths):
            return
        entry = [path[-min(back, len(path))].id for path in paths]

        async def change(store: Store, which: int) -> None:
            act = store.omissions.omit if is_out else store.omissions.restore
            await act(actor, session[which], entry[which])

        self.both(change)

    @rule(owns=OWNS, number=NUMBERS, message=MESSAGES, limit=st.integers(0, 4), characters=st.integers(0, 400))
    def look_at_a_session(self, owns: bool, number: int, message: int, limit: int, characters: int) -> None:
        session = self.session(number)
        actor = session.by(owns)
        paths = self.both(lambda store, which: store.transcripts.path(actor, session[which]))
        before = [None if isinstance(path, StoreError) or not path else path[len(path) // 2].id for path in paths]
        self.both(lambda store, which: store.transcripts.tail(actor, session[which], limit=limit, before=before[which]))
        self.both(lambda store, which: store.transcripts.path(actor, session[which], characters=characters, since=limit))
        self.both(lambda store, which: store.compactions.standing(actor, session[which]))
        self.both(lambda store, which: self.left_out(store, actor, session[which]))
        self.both(lambda store, which: store.turns.latest(actor, session[which]))
        self.both(lambda store, which: store.turns.waiting(actor, session[which]))
        self.both(lambda store, _: store.deliveries.session_of(actor, message))

    @staticmethod
    async def left_out(store: Store, actor: Actor, session: UUID) -> list[bool]:
        """Which entries of the path are answers that are left out."""
        omitted = await store.omissions.of(actor, session)
        return [entry.id in omitted for entry in await store.transcripts.path(actor, session)]

    @rule(owns=OWNS, pick=PICKS)
    def look_at_a_turn(self, owns: bool, pick: int) -> None:
        turn = self.turn(pick)
        actor = turn.by(owns)
        self.both(lambda store, which: store.turns.get(actor, turn[which]))
        self.both(lambda store, which: store.deliveries.of_turn(actor, turn[which]))

    @invariant()
    def everything_looks_alike(self) -> None:
        self.both(lambda store, _: store.upkeep.running_turns())
        self.both(lambda store, _: store.upkeep.waiting_turns())
        self.both(lambda store, _: store.upkeep.open_deliveries())
        for actor in (ANN, BOB):
            self.both(lambda store, _, actor=actor: store.sessions.list(actor, size=50))
            self.both(lambda store, _, actor=actor: store.sessions.active(actor))


Lives.TestCase.settings = settings(
    max_examples=45,
    stateful_step_count=70,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestLives = pytest.mark.timeout(600)(Lives.TestCase)  # a failure is first made small, which takes minutes
