"""What of a change reaches a bot over the gateway: which event, with what inside, if its intents ask for it.

Events and intents: https://discord.com/developers/docs/events/gateway#list-of-intents . The bot's own ephemeral messages
come without `guild_id`, as Discord sends them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

from playground.standin.changes import (
    Change,
    ChannelAdded,
    ChannelRemoved,
    GuildAdded,
    InteractionMade,
    MessageDeleted,
    MessageEdited,
    MessageSent,
    Typing,
)
from playground.standin.objects import (
    channel_object,
    guild_object,
    interaction_object,
    member_object,
    message_object,
    own_user_object,
)
from playground.standin.things import Application, Channel, Message, User
from playground.standin.world import World


class Intent(IntFlag):
    """Gateway intents by Discord's bits, as far as they matter here."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = int(Intent.GUILD_MEMBERS | Intent.PRESENCES | Intent.MESSAGE_CONTENT)
"""Intents that Discord gives only to bots for which they are switched on."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """An event's name and data."""

    event: str
    data: dict[str, Any]


def ready(world: World, session_id: str, application: Application, intents: int, resume_url: str) -> Iterator[Dispatch]:
    """Give what follows an IDENTIFY: READY, then a GUILD_CREATE for each server of the bot."""
    guilds = [g for g in world.guilds.values() if application.id in g.members]
    yield Dispatch(
        "READY",
        {
            "v": 10,
            "user": own_user_object(application.user),
            "guilds": [{"id": str(g.id), "unavailable": True} for g in guilds],
            "session_id": session_id,
            "resume_gateway_url": resume_url,
            "application": {"id": str(application.id), "flags": 0},
            "private_channels": [],
        },
    )
    if intents & Intent.GUILDS:
        for guild in guilds:
            yield Dispatch("GUILD_CREATE", guild_object(guild, application))


def dispatches(change: Change, application: Application, intents: int, origin: str) -> Iterator[Dispatch]:
    """Give the events that this change is for this bot: none or one."""
    match change:
        case MessageSent() | MessageEdited() | MessageDeleted():
            if _wants_message(change.message, application, intents):
                yield _about_message(change, application, intents, origin)
        case InteractionMade(interaction) if interaction.application is application:
            yield Dispatch("INTERACTION_CREATE", interaction_object(interaction, origin))
        case GuildAdded(guild) if application.id in guild.members and intents & Intent.GUILDS:
            yield Dispatch("GUILD_CREATE", guild_object(guild, application))
        case ChannelAdded(channel) | ChannelRemoved(channel):
            if intents & Intent.GUILDS and channel.seen_by(application.user):
                event = "CHANNEL_CREATE" if isinstance(change, ChannelAdded) else "CHANNEL_DELETE"
                yield Dispatch(event, channel_object(channel, application.user))
        case Typing(channel, user, at):
            if _wants(channel, application, intents, Intent.GUILD_TYPING, Intent.DIRECT_TYPING):
                yield Dispatch("TYPING_START", _typing(channel, user, at))
        case _:
            return


def _wants(channel: Channel, application: Application, intents: int, in_guild: Intent, direct: Intent) -> bool:
    wanted = in_guild if channel.guild is not None else direct
    return bool(intents & wanted) and channel.seen_by(application.user)


def _wants_message(message: Message, application: Application, intents: int) -> bool:
    if message.ephemeral:
        return message.author == application.user and bool(intents & Intent.DIRECT_MESSAGES)
    return _wants(message.channel, application, intents, Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES)


def _message(message: Message, application: Application, intents: int, origin: str, *, fresh: bool) -> dict[str, Any]:
    may_read = bool(intents & Intent.MESSAGE_CONTENT)
    whole = message_object(message, application, origin, may_read=may_read, fresh=fresh)
    guild = _guild_id(message)
    return whole | guild | ({"member": member_object(message.author, with_user=False)} if guild else {})


def _about_message(
    change: MessageSent | MessageEdited | MessageDeleted, application: Application, intents: int, origin: str
) -> Dispatch:
    message = change.message
    match change:
        case MessageSent():
            return Dispatch("MESSAGE_CREATE", _message(message, application, intents, origin, fresh=True))
        case MessageEdited():
            return Dispatch("MESSAGE_UPDATE", _message(message, application, intents, origin, fresh=False))
        case MessageDeleted():
            ids = {"id": str(message.id), "channel_id": str(message.channel.id)}
            return Dispatch("MESSAGE_DELETE", ids | _guild_id(message))


def _typing(channel: Channel, user: User, at: float) -> dict[str, Any]:
    ids = {"channel_id": str(channel.id), "user_id": str(user.id), "timestamp": int(at)}
    return ids | ({"guild_id": str(channel.guild.id), "member": member_object(user)} if channel.guild else {})


def _guild_id(message: Message) -> dict[str, Any]:
    if message.channel.guild is None or message.ephemeral:
        return {}
    return {"guild_id": str(message.channel.guild.id)}
