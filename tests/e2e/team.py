"""A team with Cubby on its server: the real bot over the stand-in, with a real SQLite file and a model that tests can hold.

`Gate` is the model: it answers "echo: ..." of the last message at once, but holds what begins with "hold" after its first
words until `release()`. Everything else in these tests is what people do and see.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import wiring
from agent.builtin import BuiltinModel
from agent.compaction import INSTRUCTIONS
from agent.config import AgentConfig
from agent.context import GO_ON
from agent.model import Finish, FinishReason, Message, ModelClient, ModelEvent, ModelRequest, Text
from cogs.reply import ONE_MOMENT
from playground.standin import Channel, Clock, Invocation, Limits, ManualClock, Person, StandIn, point_discord_at
from playground.standin import Message as Posted
from settings import Settings

TOKEN = "a-made-up-token"


class Gate:
    """A model that remembers favorites like the built-in one, and can be held in mid-answer."""

    name = "gate"
    host = "nowhere"
    label = None

    def __init__(self) -> None:
        self.asked: list[Sequence[Message]] = []
        self._inner = BuiltinModel(pace=0)
        self._open = asyncio.Event()

    def release(self) -> None:
        """Let everything that is held go on."""
        self._open.set()

    def hold(self) -> None:
        """Hold again what begins with "hold"."""
        self._open.clear()

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        self.asked.append(request.messages)
        last = request.messages[-1].content
        if last == GO_ON:
            yield self._rest()
        elif last.startswith("hold"):
            yield self._held(last)
        elif "favorite" in last or request.messages[0].content == INSTRUCTIONS:
            async with self._inner.stream(request) as events:
                yield events
        else:
            yield self._echo(last)

    async def list_models(self) -> Sequence[str]:
        return (self.name,)

    async def close(self) -> None:
        await self._inner.close()

    async def _held(self, text: str) -> AsyncIterator[ModelEvent]:
        yield Text("first words ")
        await self._open.wait()
        yield Text(f"of {text}, and the end.")
        yield Finish(FinishReason.STOP)

    async def _rest(self) -> AsyncIterator[ModelEvent]:
        yield Text("and the rest.")
        yield Finish(FinishReason.STOP)

    async def _echo(self, text: str) -> AsyncIterator[ModelEvent]:
        yield Text(f"echo: {text}")
        yield Finish(FinishReason.STOP)


class Team:
    """Ann and Bob, a channel, and the bot, which can be ended and started again on the same database."""

    def __init__(self, discord: StandIn, settings: Settings) -> None:
        self.discord = discord
        self.settings = settings
        self.model: ModelClient = Gate()
        self.config: AgentConfig | None = None
        self.guild = discord.add_guild("Team")
        self.general: Channel = self.guild.add_text_channel("general")
        discord.add_bot(TOKEN)
        self.ann: Person = discord.add_person("Ann")
        self.bob: Person = discord.add_person("Bob")
        self.bot: wiring.Running | None = None
        self._stack = AsyncExitStack()

    @property
    def clock(self) -> ManualClock:
        """Discord's, for tests that move it."""
        assert isinstance(self.discord.clock, ManualClock)
        return self.discord.clock

    @property
    def gate(self) -> Gate:
        assert isinstance(self.model, Gate)
        return self.model

    async def start(self) -> None:
        """Start the bot and wait until it takes messages."""
        self.bot = await self._stack.enter_async_context(wiring.running(self.settings, self.model, self.config))
        await wiring.connect_to_discord(self.bot, TOKEN)

    async def end(self) -> None:
        """End the bot as SIGTERM does."""
        if isinstance(self.model, Gate):
            self.model.release()
        await self._stack.aclose()

    async def restart(self) -> None:
        await self.end()
        self.gate.hold()
        await self.start()

    async def ask(self, who: Person, text: str) -> Posted:
        """`/ask` in the channel; returns the ended answer."""
        return await ended(await who.slash(self.general, "ask", prompt=text))

    async def write(self, who: Person, text: str) -> Posted:
        """Write to the bot; returns the ended answer."""
        before = {m.id for m in who.sees(who.dm)}
        await who.say(who.dm, text)
        return await who.wait_for(lambda m: m.author.bot and m.id not in before and is_ended(m), channel=who.dm)


def is_ended(message: Posted) -> bool:
    """Whether an answer has its last edit: the small line is there, and Stop is gone."""
    if message.loading or message.text == ONE_MOMENT:
        return False
    return "-# " in message.text and not any(b.label in ("Stop", "Remove") for b in message.buttons)


async def ended(invocation: Invocation) -> Posted:
    return await invocation.message(is_ended)


@asynccontextmanager
async def a_team(
    folder: Path,
    *,
    model: ModelClient | None = None,
    config: AgentConfig | None = None,
    clock: Clock | None = None,
    heartbeat_seconds: float = 41.25,
    limits: Limits | None = None,
    **settings: object,
) -> AsyncGenerator[Team, None]:
    """A team whose bot is running; `clock` is Discord's. Sessions are named by people alone, unless `titles` is set."""
    settings = {"titles": False, **settings}
    clock = clock or ManualClock()
    async with StandIn(clock, heartbeat_seconds=heartbeat_seconds, limits=limits) as discord:
        with point_discord_at(discord.api_url):
            team = Team(discord, Settings(database_path=folder / "cubby.db", **settings))  # pyright: ignore[reportArgumentType]
            team.model, team.config = model or team.model, config
            await team.start()
            try:
                yield team
            finally:
                await team.end()
            assert discord.refused == []
