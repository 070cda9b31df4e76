"""What the tests of delivery share: people, buttons, and hands that feed a session's events."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import aiohttp
import discord
from discord import app_commands

from agent.errors import ModelError
from agent.events import KeptFinished, QueueChanged, TextDelta, ThoughtDelta, TurnEnded, TurnSaved, TurnStarted
from delivery.deliverer import Deliverer
from delivery.flips import Flip
from delivery.summing import Summed
from playground.standin import Channel, ManualClock, Message, Person, StandIn
from storage.records import Actor, Prompt, SessionInfo, Source, SourceKind, Surface, Target, Turn, TurnState
from storage.store import Store

INTERVAL = 0.05


class Buttons:
    """Buttons that say what they are for."""

    def is_own(self, custom_id: str, turn_id: UUID) -> bool:
        return turn_id.hex in custom_id

    def waiting(self, turn: Turn) -> discord.ui.View:
        return row(turn, "Remove")

    def paused(self, turn: Turn) -> discord.ui.View:
        return row(turn, "Send", "Remove")

    def streaming(self, turn: Turn) -> discord.ui.View:
        return row(turn, "Stop")

    def rest(self, turn: Turn, part: int) -> discord.ui.View:
        return row(turn, f"Rest {part}")

    def ended(
        self,
        turn: Turn,
        outcome: TurnState,
        *,
        last: bool,
        wrote: bool,
        late: bool = False,
        flip: Flip | None = None,
        summed: Summed | None = None,
    ) -> discord.ui.View | None:
        labels = ["Reply"] if outcome is not TurnState.FAILED else []
        labels += [f"{flip.position}/{flip.count}"] if flip is not None else []
        labels += ["Finish"] if last and wrote and outcome is not TurnState.COMPLETED else []
        labels += ["Retry"] if last and outcome is not TurnState.COMPLETED else []
        labels += ["Move"] if last and wrote and late else []
        labels += ["Show summary"] if summed is not None else []
        return row(turn, *labels) if labels else None


def row(turn: Turn, *labels: str) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for label in labels:
        view.add_item(discord.ui.Button(label=label, custom_id=f"{label}:{turn.id.hex}"))
    return view


@dataclass
class Cast:
    """Ann, her session, the bot, and hands to feed a session's events."""

    standin: StandIn
    clock: ManualClock
    client: discord.Client
    general: Channel
    ann: Person
    store: Store
    actor: Actor
    session: SessionInfo
    deliverer: Deliverer
    begin: Callable[..., Deliverer]
    kept: list[KeptFinished] = field(default_factory=list[KeptFinished])
    sources: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def private(self) -> Target:
        """A deferred answer to a command of Ann's in the server."""
        await self.ann.slash(self.general, "ask")
        interaction = await self.client.wait_for("deferred", timeout=10)
        return Target(
            surface=Surface.EPHEMERAL,
            channel_id=self.general.id,
            token=interaction.token,
            token_expires=interaction.created_at + timedelta(minutes=15),
        )

    def direct(self) -> Target:
        return Target(surface=Surface.DIRECT, channel_id=self.ann.dm.id)

    async def submit(self, target: Target | None, state: TurnState = TurnState.ASKED, text: str = "Why?") -> Turn:
        source = Source(kind=SourceKind.MESSAGE, id=next(self.sources), channel_id=1)
        return await self.store.turns.submit(
            self.actor, self.session.id, Prompt(text=text, source=source, target=target), state
        )

    async def start(self, target: Target | None, generation: int = 1) -> Turn:
        turn = await self.submit(target)
        self.started(turn, generation)
        return turn

    def started(self, turn: Turn, generation: int = 1) -> None:
        self.deliverer.on_event(TurnStarted(actor=self.actor, session=self.session, generation=generation, turn=turn))

    def delta(self, turn: Turn, text: str, generation: int = 1) -> None:
        self.deliverer.on_event(TextDelta(actor=self.actor, session=self.session, generation=generation, turn=turn, text=text))

    def think(self, turn: Turn) -> None:
        event = ThoughtDelta(actor=self.actor, session=self.session, generation=1, turn=turn, text="hm")
        self.deliverer.on_event(event)

    async def end(
        self, turn: Turn, text: str, outcome: TurnState = TurnState.COMPLETED, error: ModelError | None = None
    ) -> None:
        kind = error.kind if error else None
        ended = await self.store.turns.end(self.actor, turn.id, outcome, text=text, error=kind)
        self.ended(ended, text, error)

    def ended(self, turn: Turn, text: str, error: ModelError | None = None, *, saved: bool = True) -> None:
        event = TurnEnded(
            actor=self.actor,
            session=self.session,
            generation=1,
            turn=turn,
            outcome=turn.state if saved else TurnState.COMPLETED,
            text=text,
            error=error,
            saved=saved,
        )
        self.deliverer.on_event(event)

    async def saved(self, turn: Turn, text: str) -> None:
        """The store takes an end that it refused before."""
        ended = await self.store.turns.end(self.actor, turn.id, TurnState.COMPLETED, text=text)
        self.deliverer.on_event(TurnSaved(actor=self.actor, session=self.session, generation=1, turn=ended))

    async def queue(self) -> None:
        waiting = tuple(await self.store.turns.waiting(self.actor, self.session.id))
        self.deliverer.on_event(QueueChanged(actor=self.actor, session=self.session, generation=1, waiting=waiting))

    async def seen(self, wanted: Callable[[Message], bool], channel: Channel | None = None) -> Message:
        return await self.ann.wait_for(wanted, channel=channel)

    async def settled(self) -> None:
        """Wait until every delivery has ended."""
        while tasks := [
            task
            for task in asyncio.all_tasks()
            if task.get_name().startswith(("answer-", "take-back-", "kept-", "withdraw-", "saved-"))
        ]:
            await asyncio.wait(tasks)

    async def states(self, turn: Turn) -> list[str]:
        return [row.state.value for row in await self.store.deliveries.of_turn(self.actor, turn.id)]


def labels(message: Message) -> list[str]:
    """The labels of a message's buttons."""
    return [button.label or "" for button in message.buttons]


def make_client(trace: aiohttp.TraceConfig | None = None) -> discord.Client:
    intents = discord.Intents(guilds=True, dm_messages=True)
    client = discord.Client(intents=intents, guild_ready_timeout=0.05, http_trace=trace or aiohttp.TraceConfig())
    tree = app_commands.CommandTree(client)

    @tree.command(name="ask")
    async def ask(interaction: discord.Interaction[discord.Client]) -> None:  # pyright: ignore[reportUnusedFunction]
        """Ask."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        client.dispatch("deferred", interaction)

    async def setup() -> None:
        await tree.sync()

    client.setup_hook = setup
    return client


async def direct(client: discord.Client, person: Person) -> Target:
    channel = await client.create_dm(discord.Object(person.id))
    return Target(surface=Surface.DIRECT, channel_id=channel.id)
