"""Answering one interaction: first the response, then follow-ups, all as private as the place asks.

In a server everything is ephemeral, in a direct message everything is plain. This is the only way cogs answer, so nothing can
become public by an oversight; the parts of model answers go through `delivery/sender.py`.

Facts from Discord's documentation ("Receiving and Responding to Interactions"): the first response is due within 3 seconds,
the token lives 15 minutes from the interaction's creation.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

import discord

from cogs.explain import UNREACHED
from cogs.first import given, repeated
from delivery.splitting import split
from storage.records import Actor, Source, SourceKind, Surface, Target

log = logging.getLogger(__name__)

Interaction = discord.Interaction[discord.Client]
AnyView = discord.ui.View | discord.ui.LayoutView

V = TypeVar("V", bound=AnyView)

TOKEN_LIFE: Final = timedelta(minutes=15)
NO_MENTIONS: Final = discord.AllowedMentions.none()
ONE_MOMENT: Final = "-# One moment…"


def actor_of(interaction: Interaction) -> Actor:
    """Who pressed or typed."""
    return Actor(interaction.user.id)


def source_of(interaction: Interaction) -> Source:
    """The interaction as the source of a turn."""
    return Source(
        kind=SourceKind.INTERACTION,
        id=interaction.id,
        channel_id=interaction.channel_id or 0,
        guild_id=interaction.guild_id,
    )


def unlisted(view: V) -> V:
    """Keep discord.py from storing the view with each message: it stores unfinished views only (`Messageable.send`,
    `Webhook.send`), for ever when they have no timeout, and our presses are routed by `custom_id` instead.
    """
    view.stop()
    return view


class Answering(Protocol):
    """Something a person is being answered through: an interaction, or a direct message they wrote."""

    @property
    def private(self) -> bool:
        """Whether it is in a server, where only they may see it."""
        ...

    async def say(self, text: str | None = None, *, view: AnyView | None = None) -> int | None:
        """Show `text`, or a panel, as the next message of this answer; returns its id where Discord tells it."""
        ...

    def leave_first(self) -> None:
        """The first message is somebody else's to fill (a model's answer); say what follows below it."""
        ...

    def next_target(self) -> Target:
        """A place for a further message of this answer."""
        ...


class Reply:
    """What one person is answered to one interaction.

    With `in_place`, the first answer changes the message whose button was pressed; otherwise it is a new message.
    """

    def __init__(self, interaction: Interaction, *, in_place: bool = False) -> None:
        self.interaction = interaction
        self._in_place = in_place and interaction.type is discord.InteractionType.component
        self._first = True
        self._given = False
        """Whether the first response was, though discord.py did not learn so."""
        self._message_id: int | None = None
        self._acknowledgement: asyncio.Task[None] | None = None

    @property
    def private(self) -> bool:
        """Whether the interaction is in a server, so that its answers are ephemeral."""
        return self.interaction.guild_id is not None

    @property
    def responded(self) -> bool:
        """Whether the interaction has its first response."""
        return self._given or self.interaction.response.is_done()

    async def defer(self) -> None:
        """Acknowledge now, answer later. In a direct message the new message appears at once, as a plain one, so that it
        can still be edited when the interaction's token has expired.
        """
        response = self.interaction.response
        if self.responded:
            return
        if self._in_place:
            await given(response.defer)
        elif self.private:
            await given(lambda: response.defer(ephemeral=True, thinking=True))
        else:
            sent = await given(lambda: response.send_message(ONE_MOMENT, allowed_mentions=NO_MENTIONS))
            self._message_id = sent.message_id if sent is not None else await self._first_message()
        self._given = True

    @asynccontextmanager
    async def acknowledging(self) -> AsyncGenerator[None, None]:
        """Acknowledge as `defer` does beside what is done inside, so that an answer is asked for at once; in a direct message
        before it, since that tells the first message's id. Where Discord takes no acknowledgement any more, what was done
        inside stays done, and its answer finds another place.
        """
        if not self.private:
            await self.defer()
            yield
            return
        self._acknowledgement = asyncio.create_task(self.defer(), name=f"acknowledge-{self.interaction.id}")
        try:
            yield
        finally:
            await self._acknowledged()

    async def _acknowledged(self) -> None:
        """Wait for the acknowledgement that is under way."""
        if self._acknowledgement is not None:
            try:
                await self._acknowledgement
            except UNREACHED as error:
                log.warning("interaction %s can't be acknowledged: %s", self.interaction.id, type(error).__name__)

    def target(self) -> Target:
        """The interaction's first message as the place of a model's answer; in a direct message call after `defer()`."""
        channel_id = self.interaction.channel_id or 0
        if self.private:
            return self.next_target()
        pressed = self.interaction.message.id if self._in_place and self.interaction.message else None
        return Target(surface=Surface.DIRECT, channel_id=channel_id, message_id=self._message_id or pressed)

    def next_target(self) -> Target:
        """A place for a further message: a follow-up in a server, a new message in a direct-message channel."""
        return place_after(self.interaction)

    def leave_first(self) -> None:
        """The first message is somebody else's to fill (a model's answer); say what follows below it."""
        self._first = False

    async def say_below(self, text: str) -> None:
        """Say it below the first message, which is still to be filled; while that is loading, Discord would show this there."""
        try:
            await self.say(ONE_MOMENT)
            await self.say(text)
        finally:
            self._first = True

    async def say(self, text: str | None = None, *, view: AnyView | None = None) -> int | None:
        """Show `text`, or a panel, as the next message of this answer; returns its id where Discord tells it."""
        await self._acknowledged()
        # A first response that Discord refused has yet to be given, whatever was meant to come below it.
        first, self._first = self._first or not self.responded, False
        shown = _shown(text, view)
        if not first:
            return await self._follow_up(shown)
        if self.responded:
            return await self._fill(shown)
        return await self._respond(shown)

    async def refresh(self, view: AnyView) -> None:
        """Show the panel whose component was used as it now is; what is said next comes below it."""
        self._first = False
        shown: dict[str, Any] = {"view": unlisted(view), "allowed_mentions": NO_MENTIONS}
        if self.responded:
            await repeated(lambda: self.interaction.edit_original_response(**shown))
        else:
            await given(lambda: self.interaction.response.edit_message(**shown))
            self._given = True

    async def aside(self, text: str) -> None:
        """Say something beside what is shown: it never replaces a message that people are looking at."""
        if self._in_place and self.responded:
            self._first = False
        self._in_place = False
        await self.say(text)

    async def _respond(self, shown: dict[str, Any]) -> int | None:
        response = self.interaction.response
        if self._in_place:
            await given(lambda: response.edit_message(**_replacing(shown)))
            self._given = True
            return self.interaction.message.id if self.interaction.message else None
        sent = await given(lambda: response.send_message(ephemeral=self.private, **shown))
        self._given = True
        return sent.message_id if sent is not None else await self._first_message()

    async def _first_message(self) -> int:
        """The id of the first message, where Discord did not tell it with the response."""
        message = await repeated(self.interaction.original_response)
        return message.id

    async def _fill(self, shown: dict[str, Any]) -> int:
        message = await repeated(lambda: self.interaction.edit_original_response(**_replacing(shown)))
        return message.id

    async def _follow_up(self, shown: dict[str, Any]) -> int:
        message = await self.interaction.followup.send(ephemeral=self.private, wait=True, **shown)
        return message.id


class MessageReply:
    """What a person is answered to a direct message they wrote."""

    private = False

    def __init__(self, message: discord.Message) -> None:
        self._channel = message.channel

    async def say(self, text: str | None = None, *, view: AnyView | None = None) -> int | None:
        """Send `text`, or a panel, into the channel; returns its id."""
        sent = await self._channel.send(**_shown(text, view))
        return sent.id

    def leave_first(self) -> None:
        """A model's answer comes as a message of its own here: nothing to keep free."""

    def next_target(self) -> Target:
        """A new message in the channel."""
        return Target(surface=Surface.DIRECT, channel_id=self._channel.id)


async def say_long(reply: Answering, text: str, *, view: AnyView | None = None) -> None:
    """Say a text of any length, in as many messages as it needs; a `view` goes under the last of them."""
    parts = split(text)
    for part in parts[:-1]:
        await reply.say(part)
    for part in parts[-1:]:
        await reply.say(part, view=view)


def place_after(interaction: Interaction) -> Target:
    """A further message of this interaction as a place: a follow-up in a server, a new message in a direct-message channel."""
    channel_id = interaction.channel_id or 0
    if interaction.guild_id is None:
        return Target(surface=Surface.DIRECT, channel_id=channel_id)
    return Target(
        surface=Surface.EPHEMERAL,
        channel_id=channel_id,
        token=interaction.token,
        token_expires=interaction.created_at + TOKEN_LIFE,
    )


def reply_to(interaction: Interaction, *, in_place: bool = False) -> Reply:
    """The one `Reply` of an interaction, made at the first call: so an error knows what was already shown."""
    reply = interaction.extras.get("reply")
    if not isinstance(reply, Reply):
        reply = interaction.extras["reply"] = Reply(interaction, in_place=in_place)
    return reply


def _shown(text: str | None, view: AnyView | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"allowed_mentions": NO_MENTIONS}
    if view is not None:
        shown["view"] = unlisted(view)
    if text is not None:
        shown["content"] = text
    return shown


def _replacing(shown: dict[str, Any]) -> dict[str, Any]:
    """An edit leaves alone what it is not told: buttons that are not mentioned would stay."""
    return {"view": None, **shown}


def expired(target: Target, now: datetime) -> bool:
    """Whether the target's token can no longer be used."""
    return target.token_expires is not None and target.token_expires <= now
