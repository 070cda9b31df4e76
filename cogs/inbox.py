"""The way in for direct messages: each once, a person's in the order they wrote them, and those that were missed first."""

import asyncio
import logging
from contextlib import nullcontext
from datetime import timedelta
from enum import Enum, auto
from typing import Final
from weakref import WeakValueDictionary

import discord

from agent.errors import ShuttingDown
from agent.outcomes import Asked, Waiting, Went
from cogs import controls
from cogs.asking import checked
from cogs.attachments import Taken as Read
from cogs.attachments import take, text_of
from cogs.explain import UNREACHED, explain
from cogs.forwarded import is_forward
from cogs.missed import Missed, written
from cogs.present import present
from cogs.reply import MessageReply, unlisted
from cogs.services import Services
from cogs.words import ago, quote
from storage.errors import DuplicateSource, SessionNotFound, StoreError, StoreUnavailable
from storage.housekeeping import DirectChannel
from storage.records import Actor, Departure, Leave, Prompt, SessionInfo, Source, SourceKind

log = logging.getLogger(__name__)

OLD: Final = timedelta(days=1)
"""What was missed for longer is answered only when its author still wants it."""

QUOTED: Final = 5
"""So many of the old messages are shown; the others are counted."""

BACK_SOON: Final = "I'm just restarting. I'll answer this when I'm back, in a minute."


class Taken(Enum):
    """What became of a message."""

    ASKED = auto()
    KNOWN = auto()
    """It was taken before: a replay, or what was caught up meanwhile."""
    TOLD = auto()
    """It was not taken, and its author was told why."""


class Lane:
    """One person's messages, one at a time."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        """First come, first served (Python's documentation, `asyncio.Lock`), so the order is that of arrival."""
        self.newest = 0
        """The id of the newest message that was caught up while anybody held this lane: it, and older ones, may yet arrive."""


class Inbox:
    """Takes direct messages."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.missed = Missed(services)
        self._lanes: WeakValueDictionary[int, Lane] = WeakValueDictionary()

    async def receive(self, message: discord.Message) -> None:
        """Take a message that just came, after all that its author wrote before."""
        actor = Actor(message.author.id)
        lane = self._lane(actor)
        self._services.order.join(actor.user_id)
        await self._services.order.earlier(actor.user_id)
        async with lane.lock:
            try:
                await self._catch_up(actor, lane)
            except UNREACHED as error:
                log.warning("missed messages could not be read: %s", type(error).__name__)
            except StoreError as error:
                await _tell(message, explain(error))
                return
            if message.id > lane.newest:
                await self._take(message, missed=False)

    async def catch_up(self, actor: Actor) -> None:
        """Take what the person wrote while the bot was away. Raises `StoreUnavailable`, and what is `UNREACHED`."""
        lane = self._lane(actor)
        async with lane.lock:
            await self._catch_up(actor, lane)

    async def answer_again(self, actor: Actor, channel_id: int, first: int, last: int) -> list[Taken]:
        """Take what the person wrote from `first` to `last` in their direct messages; what became of each.

        Raises what is `UNREACHED`.
        """
        lane = self._lane(actor)
        await self._services.order.earlier(actor.user_id)  # else a message that waits for its turn would wait for this, too
        async with lane.lock:
            known = DirectChannel(actor=actor, channel_id=channel_id, last_message=first - 1)
            messages = await written(self._services.client, known, last=last)
            return [await self._take(message, missed=True) for message in messages]

    def _lane(self, actor: Actor) -> Lane:
        lane = self._lanes.get(actor.user_id)
        if lane is None:
            lane = self._lanes[actor.user_id] = Lane()
        return lane

    async def _catch_up(self, actor: Actor, lane: Lane) -> None:
        messages = await self.missed.take(actor)
        since = self._services.now() - OLD
        old = [message for message in messages if message.created_at < since]
        if old:
            await self._offer(actor, old)
        for message in messages[len(old) :]:
            await self._take(message, missed=True)
        if messages:
            lane.newest = messages[-1].id
            log.info("%d missed messages taken, %d offered", len(messages) - len(old), len(old))

    async def _offer(self, actor: Actor, old: list[discord.Message]) -> None:
        """List what was missed more than a day ago, with *Answer these*."""
        count = "a message" if len(old) == 1 else f"{len(old)} messages"
        lines = [f"While I was away you wrote {count} here, the first {ago(old[0].created_at)}:"]
        lines += [quote(message.content or _wordless(message)) for message in old[:QUOTED]]
        if len(old) > QUOTED:
            lines.append(f"-# and {len(old) - QUOTED} more")
        view = unlisted(controls.answer_these(old[0].id, old[-1].id, one=len(old) == 1))
        await MessageReply(old[-1]).say("\n".join(lines), view=view)
        await self._services.store.deliveries.saw(actor, old[-1].channel.id, old[-1].id)

    async def _take(self, message: discord.Message, *, missed: bool) -> Taken:
        actor, reply = Actor(message.author.id), MessageReply(message)
        self._services.client.dispatch("direct_words", message)
        try:
            refusal = await self._services.access.refusal(actor.user_id, None)
            if refusal is None:
                await self._ask(message, actor, reply, missed=missed)
                return Taken.ASKED
        except DuplicateSource:
            return Taken.KNOWN
        except ShuttingDown:
            await _tell(message, BACK_SOON)
            return Taken.TOLD
        except StoreUnavailable as error:
            if not await _tell(message, explain(error)):
                self.missed.again(message)
            return Taken.TOLD
        except Exception as error:  # noqa: BLE001 - whatever fails, the person is told
            refusal = explain(error)
        if await _tell(message, refusal):
            await self._mark(actor, message)
        else:
            self.missed.again(message)
        return Taken.TOLD

    async def _ask(self, message: discord.Message, actor: Actor, reply: MessageReply, *, missed: bool) -> None:
        read = await take(self._services, actor, await text_of(message), message.attachments)
        # What was missed is only part of what the message that just came, or *Answer these*, has yet to do.
        async with nullcontext() if missed else self._services.order.turn(actor.user_id):
            went = await self._went(message, actor, reply, read, missed=missed)
        if isinstance(went, Asked) and self._services.has_leisure():
            self._services.tasks.start(f"typing-{message.id}", _type(message))
        if not isinstance(went, Waiting):
            await present(self._services, actor, reply, went)
        if read.remarks:
            await _tell(message, "\n".join(read.remarks))

    async def _went(self, message: discord.Message, actor: Actor, reply: MessageReply, read: Read, *, missed: bool) -> Went:
        source = Source(kind=SourceKind.MESSAGE, id=message.id, channel_id=message.channel.id)
        words, where = checked(read.text), reply.next_target()
        prompt = Prompt(text=words, files=read.files, source=source, target=where, missed=missed)
        runtime = self._services.runtimes.of(actor)
        addressed = await self._addressed(actor, message)
        if addressed is None:
            return await runtime.say(prompt)
        return await runtime.go(Departure(leave=Leave.REPLY, number=addressed.number, prompt=prompt))

    async def _addressed(self, actor: Actor, message: discord.Message) -> SessionInfo | None:
        """The session of the bot's message that this one replies to with Discord's own reply, if it does."""
        if message.reference is None or message.reference.message_id is None or is_forward(message):
            return None
        try:
            return await self._services.store.deliveries.session_of(actor, message.reference.message_id)
        except SessionNotFound:
            return None

    async def _mark(self, actor: Actor, message: discord.Message) -> None:
        """Its author was told, so the next start need not look at it again."""
        try:
            await self._services.store.deliveries.saw(actor, message.channel.id, message.id)
        except StoreError as error:
            log.warning("message %s could not be marked as seen: %s", message.id, type(error).__name__)


def _wordless(message: discord.Message) -> str:
    return "a forwarded message" if is_forward(message) else "an attachment"


async def _type(message: discord.Message) -> None:
    """Show that it was read, while the model thinks; for no more than show, so nobody waits for it."""
    await message.channel.typing()


async def _tell(message: discord.Message, sentence: str) -> bool:
    """Say so below the message; whether that got through."""
    try:
        await MessageReply(message).say(sentence)
    except UNREACHED as error:
        log.warning("message %s could not be answered: %s", message.id, type(error).__name__)
        return False
    return True
