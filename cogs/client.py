"""`Cubby`, the Discord client: its intents, its cogs, and what happens between logging in and taking the first message."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import aiohttp
import discord
from discord.ext import commands

from agent.events import KeptFinished
from cogs.about import About
from cogs.answers import Answers
from cogs.asking_first import AskingFirst
from cogs.catchup import CatchUp
from cogs.chat import Chat
from cogs.compacting import Compacting
from cogs.continuing import Continuing
from cogs.edits import Edits
from cogs.exporting import Exporting
from cogs.forgetting import Forgetting
from cogs.forks import Forks
from cogs.history import History
from cogs.importing import Importing
from cogs.inbox import Inbox
from cogs.mentions import Mentions
from cogs.more import More
from cogs.moving import Moving
from cogs.notices import Notices
from cogs.other_model import OtherModel
from cogs.owed import Owed
from cogs.panel import Branches, Panel
from cogs.privacy import Privacy
from cogs.quoting import Quoting
from cogs.revising import Revising
from cogs.search import Search
from cogs.services import Services
from cogs.sessions import Sessions
from cogs.settings import Settings
from cogs.shelves import Shelves
from cogs.status import Status
from cogs.sync import sync_if_changed
from cogs.temporary import Temporary
from cogs.thoughts import Thinking
from cogs.tree import Tree
from cogs.usage import Usage
from cogs.waiting import WaitingPrompts
from storage.errors import StoreError
from storage.records import Actor, Surface, Target

log = logging.getLogger(__name__)

SKEW: Final = timedelta(minutes=5)
"""How far this machine's clock may be from Discord's, in whose time messages are numbered."""


def intents() -> discord.Intents:
    """Servers, and messages in them and in direct messages; nothing privileged. The content of direct messages and of
    mentions is delivered without the Message Content intent (Discord's documentation, "Gateway", Message Content Intent).
    """
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


class Cubby(commands.Bot):
    """The bot as discord.py runs it. `equip` must be called before it logs in."""

    def __init__(self, http_trace: aiohttp.TraceConfig) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            intents=intents(),
            tree_cls=Tree,
            help_command=None,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.1,  # nothing waits for servers to be counted, and a stop should not either
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=http_trace,
        )
        self.taking_messages = asyncio.Event()
        """Set once everything is mended and the gateway has said that it is ready."""
        self._staying: asyncio.Task[None] | None = None
        self._notices: Notices | None = None
        self._services: Services | None = None
        self._mend: Callable[[], Awaitable[None]] | None = None

    def equip(self, services: Services, mend: Callable[[], Awaitable[None]]) -> None:
        """Hand over the bot's parts, and what is to be mended before the first message is taken."""
        self._services, self._mend = services, mend
        self._notices = Notices(services)
        if isinstance(self.tree, Tree):
            self.tree.access, self.tree.order = services.access, services.order

    def begin(self, token: str) -> "asyncio.Task[None]":
        """Log in and stay connected in a task of the bot's own, which `close()` ends and `ended()` awaits."""
        self._staying = asyncio.create_task(self.start(token), name="discord")
        return self._staying

    async def ended(self) -> None:
        """Wait until what `begin()` started has ended; what it raised is its caller's to tell."""
        if self._staying is not None:
            await asyncio.wait([self._staying])

    async def furnish(self) -> None:
        """Add the cogs, and with them the commands."""
        if self._services is None or self._notices is None:
            raise RuntimeError("equip() comes before start()")
        services = self._services
        inbox = Inbox(services)
        reading = (Sessions, Status, Usage, Settings, Panel, Branches, History, Search, Shelves, Forks, Exporting, Importing)
        answers = (
            Answers,
            More,
            Revising,
            Edits,
            OtherModel,
            Thinking,
            Forgetting,
            Continuing,
            Moving,
            AskingFirst,
        )
        cogs = (Mentions, *reading, *answers, Compacting, WaitingPrompts, Owed, Temporary)
        direct = (Chat(services, inbox), CatchUp(services, inbox))
        for cog in (
            services.router,
            self._notices,
            About(self.tree),
            Quoting(services, self.tree),
            Privacy(services),
            *direct,
            *(make(services) for make in cogs),
        ):
            await self.add_cog(cog)

    async def setup_hook(self) -> None:
        """Called by discord.py after it has logged in and before it connects to the gateway."""
        await self.furnish()
        try:
            await sync_if_changed(self.tree)
        except discord.HTTPException as error:
            log.warning("the commands could not be registered: %s %s", error.status, error.code)
        if self._mend is not None:
            await self._mend()

    async def direct(self, actor: Actor) -> Target:
        """Open a person's direct messages as a place to send to, and remember them, since they may answer there.

        Raises `discord.HTTPException`.
        """
        channel = await self.create_dm(discord.Object(actor.user_id))
        if self._services is not None:
            newest = discord.utils.time_snowflake(self._services.now() - SKEW)
            with suppress(StoreError):  # what is to be sent matters more than what may once be missed
                await self._services.store.deliveries.met(actor, channel.id, newest)
        return Target(surface=Surface.DIRECT, channel_id=channel.id)

    async def direct_once_connected(self, actor: Actor) -> Target:
        """The same, for what happens before the bot is there: waits until it takes messages."""
        await self.taking_messages.wait()
        return await self.direct(actor)

    def kept_finished(self, event: KeptFinished) -> None:
        """Tell the owner that a session they left with *Let it finish* has answered."""
        if self._notices is not None:
            self._notices.kept_finished(event)

    async def on_connect(self) -> None:
        """Called by discord.py once the gateway has taken the bot in; events come from here on."""
        self.taking_messages.set()

    async def on_message(self, message: discord.Message, /) -> None:
        """Called by discord.py; the cogs' own listeners take messages, and there are no prefixed commands."""

    async def on_error(self, event_method: str, /, *_arguments: object, **_more: object) -> None:
        """Called by discord.py when a listener raises: none should."""
        log.error("a listener of %s failed", event_method, exc_info=sys.exc_info())
