"""What every cog is given: the parts of the bot it may use, made in `bot.py` and passed in."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import discord

from agent.catalogue import Catalogue
from agent.config import AgentConfig
from agent.recall import Meter
from agent.runtime import SessionRuntime
from agent.runtimes import Runtimes
from agent.usage import Report
from cogs.access import Access
from cogs.errands import Errands
from cogs.order import Order
from cogs.router import Router
from cogs.tasks import Tasks
from delivery.deliverer import Deliverer
from delivery.sender import Sender
from documents.reading import Reader
from storage.backups import Copies
from storage.records import Actor, Target
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """One bot's parts."""

    client: discord.Client
    store: Store
    runtimes: Runtimes
    deliverer: Deliverer
    sender: Sender
    router: Router
    access: Access
    order: Order
    tasks: Tasks
    errands: Errands
    direct: Callable[[Actor], Awaitable[Target]]
    """Opens a person's direct messages as a place to send to."""
    try_model_now: Callable[[], Awaitable[None]]
    """Asks at once whether a model service that was down is well again."""
    privacy: Callable[[], str]
    """The privacy page as the operator last saved it, with the model's host filled in."""
    config: AgentConfig
    """What the agent was told of the settings; what a person chose goes before it."""
    catalogue: Catalogue
    """Which models people may choose now."""
    names_sessions: bool
    """Whether sessions get names by themselves, of people who want that."""
    archive_days: int
    """After how many days sessions are archived by themselves for people who chose nothing else; 0 is never."""
    copies: Callable[[], Awaitable[Copies]]
    """Which backups may hold what is in the database now."""
    wipe_soon: Callable[[], None]
    """To be called when something was deleted for good: what the files still hold of it is wiped soon."""
    folder: Path
    """Where files are put for a while that are on their way to people or from them."""
    meter: Callable[[Actor, UUID], Awaitable[Meter]]
    """How full one of a person's sessions is. Raises `SessionNotFound`, `StoreUnavailable`."""
    reader: Reader
    """Makes of a file that people attach what a model can be given."""
    file_space: int
    """Bytes of files that are kept of one person; 0 is any number."""
    usage: Callable[[Actor], Awaitable[Report]]
    """What a person used, and what it cost. Raises `StoreUnavailable`."""
    has_leisure: Callable[[], bool]
    """Whether Discord leaves room for calls that nobody would miss."""
    now: Callable[[], datetime]

    @asynccontextmanager
    async def in_turn(self, actor: Actor) -> AsyncGenerator[SessionRuntime, None]:
        """The person's runtime, once whatever they asked for before has taken effect; with the end of what is done inside, this
        has.
        """
        async with self.order.turn(actor.user_id):
            yield self.runtimes.of(actor)

    def describe_model(self, model: str) -> str | None:
        """What it costs, where that is known."""
        return self.config.prices.describe(model, self.now().date())
