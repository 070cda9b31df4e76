"""What is in the stand-in's world, in the shapes that the page is told (see the package's own words)."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from playground.standin import Channel, Guild, Message, Person
from playground.standin.interactions import InteractionKind
from playground.standin.things import Application, Attachment, MessageFlag, User

Json = dict[str, Any]

PAGE: Final = 60
"""Messages of a channel that are told at once."""
PREVIEW: Final = 120
"""Characters of a message that a reply shows of it."""


def user(one: User) -> Json:
    """A person or a bot."""
    return {"id": str(one.id), "name": one.name, "bot": one.bot}


def guild(one: Guild) -> Json:
    """A server with its channels and members."""
    channels = [{"id": str(channel.id), "name": channel.name} for channel in one.channels.values()]
    return {"id": str(one.id), "name": one.name, "channels": channels, "members": [str(member) for member in one.members]}


def commands(application: Application) -> list[Json]:
    """The bot's commands, as Discord describes them."""
    return list(application.commands.values())


def message(one: Message) -> Json:
    """A message as those read it who see it."""
    return {
        "id": str(one.id),
        "channel": str(one.channel.id),
        "author": str(one.author.id),
        "content": one.content,
        "components": list(one.components),
        "ephemeral": one.ephemeral,
        "loading": one.loading,
        "v2": MessageFlag.COMPONENTS_V2 in one.flags,
        "created": milliseconds(one.created),
        "edited": None if one.edited is None else milliseconds(one.edited),
        "attachments": [_attachment(each) for each in one.attachments],
        "reply": _reply(one),
        "command": _command(one),
    }


def view(person: Person, channel: Channel) -> Json:
    """A channel as one person sees it, with its newest messages."""
    messages, more = page_of(person, channel)
    return {
        "id": str(channel.id),
        "kind": "text" if channel.guild else "dm",
        "name": channel.name,
        "guild": str(channel.guild.id) if channel.guild else None,
        "open": not channel.closed,
        "messages": messages,
        "more": more,
    }


def views(person: Person, guilds: Sequence[Guild]) -> dict[str, Json]:
    """Every channel that a person sees, their direct messages with the bot first."""
    channels = [person.dm, *(channel for each in guilds for channel in each.channels.values())]
    return {str(channel.id): view(person, channel) for channel in channels if channel.seen_by(person.user)}


def page_of(person: Person, channel: Channel, before: int | None = None) -> tuple[list[Json], bool]:
    """The newest messages (older than `before`) that a person sees, oldest first, and whether there are older ones."""
    seen = [each for each in person.sees(channel) if before is None or each.id < before]
    return [message(each) for each in seen[-PAGE:]], len(seen) > PAGE


def milliseconds(seconds: float) -> int:
    """A time as the page takes it."""
    return round(seconds * 1000)


def _attachment(one: Attachment) -> Json:
    return {
        "id": str(one.id),
        "name": one.filename,
        "kind": one.content_type or "application/octet-stream",
        "size": len(one.data),
        "url": f"/files/{one.id}/{quote(one.filename, safe='')}",
    }


def _reply(one: Message) -> Json | None:
    if one.reference_id is None:
        return None
    answered = one.channel.messages.get(one.reference_id)
    if answered is None:
        return {"id": str(one.reference_id), "author": None, "text": ""}
    return {"id": str(answered.id), "author": str(answered.author.id), "text": answered.text[:PREVIEW]}


def _command(one: Message) -> Json | None:
    """Which command a message answers, and whose."""
    used = one.interaction
    if used is None or used.kind is not InteractionKind.COMMAND:
        return None
    return {"name": used.data["name"], "user": str(used.user.id)}
