"""A state machine over the whole bot: several people at once do anything, things fail, and the plain reference tells what is
to come of it. After each step the store and what everybody sees must come to agree with it.
"""

import asyncio
import itertools
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from playground.standin import Fault
from storage.records import EntryKind
from tests.e2e.team import Team, a_team
from tests.service.hands import Hands, Player, shows_running
from tests.service.plain import Decision, Person, Session

NAMES = "abc"
MOST_SESSIONS = 6
PATIENCE = 15.0
WHO = st.sampled_from(range(len(NAMES)))
KINDS = st.sampled_from(["say", "say", "hold", "hold", "fail"])
DECISIONS = st.sampled_from(Decision)
FAULTS = st.builds(
    Fault,
    route=st.sampled_from(["PATCH /webhooks/*", "POST /interactions/*", "PATCH /channels/*", "POST /channels/*/messages"]),
    cut=st.just(True),
    when=st.sampled_from(["before", "after"]),
)


class Service(RuleBasedStateMachine):
    """Three people and one bot. `steps` counts what all machines did."""

    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.words = itertools.count(1)
        self.direct: set[str] = set()
        self.again: set[str] = set()
        self.failing: set[str] = set()

    @initialize()
    def begin(self) -> None:
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        folder = self.stack.enter_context(TemporaryDirectory())
        self.hands = Hands()
        team = a_team(
            Path(folder), model=self.hands, prompts_per_minute=0, day_tokens_person=0, day_tokens_all=0, backups=False
        )
        self.team: Team = await self.stack.enter_async_context(team)
        people = [self.team.discord.add_person(name) for name in NAMES]
        self.players = [Player(self.team, who) for who in people]
        self.plain = [Person() for _ in people]

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()

    @rule(who=WHO, kind=KINDS, direct=st.booleans())
    def ask(self, who: int, kind: str, direct: bool) -> None:
        prompt = f"{kind} {NAMES[who]}{next(self.words)}"
        if direct:
            self.direct.add(prompt)
        self.plain[who].ask(prompt)
        self._then(self.players[who].ask(prompt, direct=direct))

    @rule(who=WHO)
    def ask_on_a_broken_disk(self, who: int) -> None:
        self._then(self.players[who].ask_on_a_broken_disk(f"say {NAMES[who]}{next(self.words)}"))

    @rule(who=WHO, decision=DECISIONS)
    def start(self, who: int, decision: Decision) -> None:
        if len(self.plain[who].sessions) < MOST_SESSIONS:
            self._leave(who, "new", decision, None, new=True)

    @rule(who=WHO, number=st.integers(1, MOST_SESSIONS), decision=DECISIONS)
    def open(self, who: int, number: int, decision: Decision) -> None:
        if number in self.plain[who].sessions:
            self._leave(who, "open", decision, number, session=str(number))

    @rule(who=WHO, decision=DECISIONS)
    def quit(self, who: int, decision: Decision) -> None:
        self._leave(who, "quit", decision, None)

    @rule(who=WHO)
    def stop(self, who: int) -> None:
        here = self.plain[who].here
        if here is not None:
            here.stop()
        self._then(self.players[who].stop())

    @precondition(lambda self: any(session.running for person in self.plain for session in person.sessions.values()))
    @rule()
    def release(self) -> None:
        self.hands.release()
        for person in self.plain:
            person.release()
        self._then()

    @rule(who=WHO)
    def send(self, who: int) -> None:
        here = self.plain[who].here
        if here is not None and any(paused for _, paused in here.waiting):
            self._then(self._send(who, here))

    async def _send(self, who: int, here: Session) -> None:
        player = self.players[who]
        info = await player.store.sessions.find(player.actor, here.number)
        if await player.press_for("send", info):
            here.send()

    @rule(who=WHO, place=st.integers(0, 4))
    def remove(self, who: int, place: int) -> None:
        here = self.plain[who].here
        if here is not None and place < len(here.waiting):
            self._then(self._remove(who, here, place))

    async def _remove(self, who: int, here: Session, place: int) -> None:
        player = self.players[who]
        info = await player.store.sessions.find(player.actor, here.number)
        turns = {turn.prompt: turn for turn in await player.store.turns.waiting(player.actor, info.id)}
        if await player.press_for("remove", turns[here.waiting[place][0]]):
            del here.waiting[place]

    @rule(who=WHO)
    def retry(self, who: int) -> None:
        here = self.plain[who].here
        if here is not None and here.can_retry:
            self._then(self._retry(who, here))

    async def _retry(self, who: int, here: Session) -> None:
        player = self.players[who]
        info = await player.store.sessions.find(player.actor, here.number)
        latest = await player.store.turns.latest(player.actor, info.id)
        assert latest is not None
        if await player.press_for("retry", latest):
            await player.until_asked_after(info, latest)
            self.again.add(latest.prompt)
            here.retry()

    @rule()
    def restart(self) -> None:
        for person in self.plain:
            person.restart()
        self._then(self._restart())

    async def _restart(self) -> None:
        await self.team.end()
        self.hands.release()
        await self.team.start()

    @rule(fault=FAULTS)
    def let_discord_fail(self, fault: Fault) -> None:
        """One call of a kind fails at a time: a second try is all that a command's response may need."""
        if fault.route not in self.failing:
            self.failing.add(fault.route)
            self.team.discord.faults.add(Fault(route=fault.route, cut=True, when=fault.when))

    def _leave(self, who: int, command: str, decision: Decision, to: int | None, *, new: bool = False, **options: str) -> None:
        person = self.plain[who]
        if decision is Decision.FINISH and not person.can_keep(to):
            decision = Decision.STOP
        self._then(self._left(who, command, decision, to, new=new, options=options))

    async def _left(
        self, who: int, command: str, decision: Decision, to: int | None, *, new: bool, options: dict[str, str]
    ) -> None:
        person = self.plain[who]
        must_ask = person.is_writing and not person.stays_here(to, new=new)
        asked = await self.players[who].leave(command, decision, **options)
        person.go(to, decision if asked or not must_ask else Decision.STAY, new=new)

    def _leave_nothing_failing(self) -> None:
        """Routes whose fault has struck may fail again."""
        self.failing = {row.route for row in self.team.discord.faults.rows}

    def _then(self, act: Any = None) -> None:
        """Do it, and wait until everything agrees with the reference."""
        Service.steps += 1
        self.runner.run(self._agree(act))
        self._leave_nothing_failing()

    async def _agree(self, act: Any) -> None:
        if act is not None:
            await act
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while differences := await self._differences():
            assert asyncio.get_running_loop().time() < deadline, "\n".join(differences)
            await asyncio.sleep(0.01)

    async def _differences(self) -> list[str]:
        found: list[str] = []
        for name, player, person in zip(NAMES, self.players, self.plain, strict=True):
            found += [f"{name}: {each}" for each in await self._kept(player, person)]
            found += [f"{name}: {each}" for each in self._shown(player, person)]
            others = [other for other in NAMES if other != name]
            seen = " ".join(message.text for message in player.sees())
            found += [f"{name} reads {other}'s words" for other in others if f" {other}1" in seen or f" {other}2" in seen]
        return found

    async def _kept(self, player: Player, person: Person) -> list[str]:
        """Where the store and the reference differ."""
        active = await player.store.sessions.active(player.actor)
        found = [] if (active.number if active else None) == person.active else [f"active is {active}, not {person.active}"]
        infos = {info.number: info for info in await player.sessions()}
        if set(infos) != set(person.sessions):
            return [*found, f"sessions are {sorted(infos)}, not {sorted(person.sessions)}"]
        running = await player.running()
        for number, session in person.sessions.items():
            info = infos[number]
            path = await player.store.transcripts.path(player.actor, info.id)
            said = [(entry.kind, entry.text.strip()) for entry in path]
            waiting = await player.store.turns.waiting(player.actor, info.id)
            line = [(turn.prompt, turn.state.value == "paused") for turn in waiting]
            actual = (said, line, running.get(str(info.id)))
            expected = (session.said, session.waiting, session.running)
            if [(EntryKind(k), t) for k, t in said] != session.said or actual[1:] != expected[1:]:
                found.append(f"session {number} is {actual}, not {expected}")
        return found

    def _shown(self, player: Player, person: Person) -> list[str]:
        """Where what the person sees differs."""
        found: list[str] = []
        seen = player.sees()
        held = [session.running for session in person.sessions.values() if session.running]
        running = [message for message in seen if shows_running(message)]
        if len(running) != len(held):
            found.append(f"{[m.text for m in running]} show a running state, and {held} run")
        for session in person.sessions.values():
            prompts = [text for kind, text in session.said if kind is EntryKind.USER]
            answers = [text for kind, text in session.said if kind is not EntryKind.USER]
            for prompt, answer in zip(prompts, answers, strict=False):
                copies = [message for message in seen if answer and answer in message.text]
                direct = [message for message in copies if message.channel == player.who.dm]
                if answer and (not copies or (prompt in self.direct - self.again and len(direct) != 1)):
                    found.append(f"{answer!r} is shown {len(copies)} times, {len(direct)} of them directly")
        return found
