"""The hands of these tests: a model that is held one word at a time, and what people do, see and have in the store."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from agent.errors import BadKey
from agent.model import Finish, FinishReason, Message, ModelEvent, ModelRequest, Text
from playground.standin import CannotDo, Invocation, Person
from playground.standin import Message as Posted
from storage.records import Actor, SessionInfo, Turn, TurnState
from storage.sqlite.database import in_thread
from storage.sqlite.store import SqliteStore
from tests.e2e.team import Team
from tests.service.plain import WORD, Decision, first_words, whole_answer

RUNNING = ("writing…", "thinking…", "waiting…")


class Hands:
    """Does as each prompt says: "say" answers at once, "hold" waits for `release()` after its first words, "fail" fails."""

    name, host, label = "hands", "nowhere", None

    def __init__(self) -> None:
        self._held: list[asyncio.Event] = []

    def release(self) -> None:
        """Let everything that is held now go on."""
        for event in self._held:
            event.set()
        self._held.clear()

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent]]:
        prompts = [prompt for message in request.messages if message.role == "user" for prompt in WORD.findall(message.content)]
        if prompts[-1].startswith("fail"):
            raise BadKey
        yield self._answer(prompts[-1], len(prompts) - 1)

    async def list_models(self) -> Sequence[str]:
        return (self.name,)

    async def close(self) -> None:
        pass

    async def _answer(self, prompt: str, before: int) -> AsyncIterator[ModelEvent]:
        whole = whole_answer(prompt, before)
        if prompt.startswith("hold"):
            event = asyncio.Event()
            self._held.append(event)
            yield Text(first_words(prompt))
            await event.wait()
            whole = whole.removeprefix(first_words(prompt))
        yield Text(whole)
        yield Finish(FinishReason.STOP)


class Player:
    """One person: what they do, and what there is of theirs."""

    def __init__(self, team: Team, who: Person) -> None:
        self.team, self.who, self.actor = team, who, Actor(who.id)

    @property
    def store(self) -> SqliteStore:
        assert self.team.bot is not None
        assert isinstance(self.team.bot.store, SqliteStore)
        return self.team.bot.store

    def sees(self) -> list[Posted]:
        """The bot's messages that they see now."""
        places = (self.who.dm, self.team.general)
        return [m for place in places for m in self.who.sees(place) if m.author.bot and not m.loading]

    async def ask(self, prompt: str, *, direct: bool) -> None:
        """Ask, in the server or in direct messages."""
        if direct:
            await self.who.say(self.who.dm, prompt)
        else:
            await (await self.who.slash(self.team.general, "ask", prompt=prompt)).acknowledged()

    async def ask_on_a_broken_disk(self, prompt: str) -> None:
        """Ask while nothing can be written."""
        writer = self.store._database._writer
        await in_thread(writer, lambda c: c.execute("PRAGMA query_only=ON"))
        try:
            before = {message.id for message in self.sees()}
            await self.who.slash(self.team.general, "ask", prompt=prompt)
            await self.who.wait_for(lambda m: m.id not in before and ("couldn't save" in m.text or "Please try" in m.text))
        finally:
            await in_thread(writer, lambda c: c.execute("PRAGMA query_only=OFF"))

    async def leave(self, command: str, decision: Decision, **options: str) -> bool:
        """`/new`, `/open` or `/quit`, and what the guard asks; whether it asked."""
        used = await self.who.slash(self.team.general, command, **options)
        shown = await used.message()
        offered = [button.label for button in shown.buttons]
        if Decision.STAY.value not in offered:
            return False
        pressed = await self.who.press(shown, decision.value)
        await pressed.acknowledged()
        return True

    async def stop(self) -> None:
        """`/stop`."""
        await (await self.who.slash(self.team.general, "stop")).message()

    async def press_for(self, verb: str, target: SessionInfo | Turn) -> bool:
        """Press a button that does this for a session or turn; false where none is to be seen."""
        custom_id = f"cubby:{verb}:{target.id.hex}"
        for message in reversed(self.sees()):
            if any(button.custom_id == custom_id and not button.disabled for button in message.buttons):
                try:
                    await (await self._press(message, custom_id)).acknowledged()
                except CannotDo:
                    continue  # it has just gone
                return True
        return False

    async def until_asked_after(self, session: SessionInfo, turn: Turn) -> None:
        """Wait until something else was asked there: the same may come of it."""
        async with asyncio.timeout(15):
            latest: Turn | None = turn
            while latest is None or latest.id == turn.id:
                await asyncio.sleep(0.005)
                latest = await self.store.turns.latest(self.actor, session.id)

    async def _press(self, message: Posted, custom_id: str) -> Invocation:
        return await self.who.press(message, custom_id=custom_id)

    async def sessions(self) -> Sequence[SessionInfo]:
        return (await self.store.sessions.list(self.actor)).items

    async def running(self) -> dict[str, str]:
        """The prompts that run, by session."""
        turns = [turn for turn in await self.store.upkeep.running_turns() if turn.state is not TurnState.QUEUED]
        mine = {session.id for session in await self.sessions()}
        return {str(turn.session_id): turn.prompt for turn in turns if turn.session_id in mine}


def shows_running(message: Posted) -> bool:
    """Whether it says that something is under way."""
    return any(b.label == "Stop" for b in message.buttons) or message.text.rstrip().endswith(RUNNING)


def context_of(messages: Sequence[Message]) -> int:
    """How many prompts a request holds."""
    return sum(len(WORD.findall(m.content)) for m in messages if m.role == "user")
