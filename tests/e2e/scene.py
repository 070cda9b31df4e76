"""One turn in whatever state a test wants, and what comes of a press of any button that names it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from agent.errors import CutOff, ModelError
from agent.model import ModelEvent, ModelRequest, Text
from cogs.explain import UNFORESEEN
from cogs.ids import custom_id
from cogs.words import GONE
from playground.standin import Invocation, Message
from storage.records import Actor, Turn, TurnState
from tests.e2e.team import Gate, Team, ended

OF_SESSIONS: Final = ("send", "keep")
"""The verbs whose argument is the session."""

MORE: Final = {"rest": (0,)}
"""What a verb's arguments have behind it."""


class Outcome(StrEnum):
    """What a press comes to."""

    OPENS = "o"
    """A modal."""
    ACTS = "a"
    """A turn, what is said in a session, or the list of sessions is another after it."""
    SAYS = "s"
    """It shows something, or tells in words why not, and changes nothing."""
    QUIET = "q"
    """It is acknowledged, and that is all."""
    GONE = "-"
    """The one answer to what is not there."""


class Moody(Gate):
    """Thinks, breaks off or fails where it is asked to."""

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        last = request.messages[-1].content
        if last.startswith("think"):
            yield self._thinks()
        elif last.startswith("break"):
            yield self._breaks()
        elif last.startswith("fail"):
            raise ModelError("no")
        else:
            async with super().stream(request) as events:
                yield events

    async def _thinks(self) -> AsyncIterator[ModelEvent]:
        await self._open.wait()
        yield Text("well")

    async def _breaks(self) -> AsyncIterator[ModelEvent]:
        yield Text("half of ")
        raise CutOff("broke")


class Scene:
    """Ann in a new session, with one turn there in the state that is wanted."""

    def __init__(self, team: Team) -> None:
        self.team = team
        assert team.bot is not None
        self.client, self.store, self.runtimes = team.bot.client, team.bot.store, team.bot.runtimes
        self.ann = Actor(team.ann.id)

    async def say(self, prompt: str) -> Invocation:
        return await self.team.ann.slash(self.team.general, "ask", prompt=prompt)

    async def use(self, command: str, **options: Any) -> None:
        await (await self.team.ann.slash(self.team.general, command, **options)).message()

    async def latest(self) -> Turn:
        session = await self.store.sessions.active(self.ann)
        assert session is not None
        turn = await self.store.turns.latest(self.ann, session.id)
        assert turn is not None
        return turn

    async def first_waiting(self) -> Turn:
        session = await self.store.sessions.active(self.ann)
        assert session is not None
        return (await self.store.turns.waiting(self.ann, session.id))[0]

    async def writing(self) -> Invocation:
        held = await self.say("hold it")
        await held.message(lambda m: "first words" in m.text)
        return held

    async def a(self, state: str) -> tuple[Turn, Message]:
        """A turn in this state, and a message that shows it or has shown it."""
        self.team.gate.hold()
        await self.use("stop")
        await self.use("new", name="elsewhere")
        await ended(await self.say("first of all"))
        make: Callable[[], Awaitable[tuple[Turn, Message]]] = getattr(self, f"_{state}")
        return await make()

    async def _answered(self, prompt: str) -> tuple[Turn, Message]:
        message = await ended(await self.say(prompt))
        return await self.latest(), message

    async def _queued(self) -> tuple[Turn, Message]:
        await self.writing()
        message = await (await self.say("and then")).message(lambda m: bool(m.buttons))
        return await self.first_waiting(), message

    async def _paused(self) -> tuple[Turn, Message]:
        turn, message = await self._queued()
        await self.use("stop")
        return turn, message

    async def _thinking(self) -> tuple[Turn, Message]:
        message = await (await self.say("think")).message(lambda m: "thinking" in m.text)
        return await self.latest(), message

    async def _writing(self) -> tuple[Turn, Message]:
        held = await self.writing()
        return await self.latest(), held.messages[0]

    async def _completed(self) -> tuple[Turn, Message]:
        return await self._answered("hello")

    async def _older(self) -> tuple[Turn, Message]:
        turn, message = await self._answered("hello")
        await self._answered("and now?")
        return turn, message

    async def _stopped(self) -> tuple[Turn, Message]:
        held = await self.writing()
        await self.use("stop")
        return await self.latest(), await ended(held)

    async def _cut(self) -> tuple[Turn, Message]:
        return await self._answered("break off")

    async def _failed(self) -> tuple[Turn, Message]:
        return await self._answered("fail")

    async def _removed(self) -> tuple[Turn, Message]:
        turn, message = await self._queued()
        await self.press(custom_id("remove", turn.id), message)
        return turn, message

    async def _binned(self) -> tuple[Turn, Message]:
        turn, message = await self._answered("hello")
        await self.use("delete")
        return turn, message

    async def _interrupted(self) -> tuple[Turn, Message]:
        held = await self.writing()
        (session,) = [each for each in self.runtimes.of(self.ann).live if each.running is not None]
        await session.abort(TurnState.INTERRUPTED)
        return await self.latest(), await ended(held)

    async def press(self, button: str, message: Message) -> Invocation:
        """Press, and wait until all that this does at once is done."""
        async with asyncio.TaskGroup() as group:
            over = group.create_task(self.client.wait_for("press_completion", timeout=10))
            await asyncio.sleep(0)  # it listens from its first step on
            pressed = await self.team.ann.forge(button, channel=self.team.general, message=message)
            await over
        assert (await pressed.acknowledged()).answered
        return pressed

    async def all_that_is(self) -> object:
        """What a press could change."""
        sessions = (await self.store.sessions.list(self.ann)).items
        paths = [await self.store.transcripts.path(self.ann, each.id) for each in sessions]
        waiting = [await self.store.turns.waiting(self.ann, each.id) for each in sessions]
        left_out = [await self.store.omissions.of(self.ann, each.id) for each in sessions]
        return sessions, paths, waiting, left_out, self.running()

    def running(self) -> list[UUID]:
        return [each.running.id for each in self.runtimes.of(self.ann).live if each.running is not None]

    async def outcome(self, verb: str, state: str, *, acts: bool) -> Outcome:
        """What comes of pressing it. What `acts` may do so a moment after the press was answered."""
        turn, message = await self.a(state)
        before = await self.all_that_is()
        pressed = await self.press(
            custom_id(verb, turn.session_id if verb in OF_SESSIONS else turn.id, *MORE.get(verb, ())), message
        )
        async with asyncio.timeout(10):
            while acts and await self.all_that_is() == before:  # noqa: ASYNC110 - the store tells nobody
                await asyncio.sleep(0.01)
        texts = [each.text for each in pressed.messages if not each.loading]
        assert UNFORESEEN not in texts
        if pressed.modal is not None:
            return Outcome.OPENS
        if await self.all_that_is() != before:
            return Outcome.ACTS
        if GONE in texts:
            return Outcome.GONE
        return Outcome.SAYS if texts else Outcome.QUIET
