"""The stand-in's world as rows: what of it is kept on disk, and how it becomes a world again.

Kept are people, servers, channels and the messages that all in a channel see, with their files. Not kept is what ends with
Discord's own clients and servers: ephemeral messages, interactions and their tokens, registered commands.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.standin.interactions import Interaction, InteractionKind, Progress
from playground.standin.things import Application, Attachment, Channel, ChannelKind, Guild, Message, MessageFlag, User
from playground.standin.world import World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """All that a file holds."""

    places: Json
    """People, servers and channels; empty for a new file."""
    messages: Mapping[int, list[tuple[int, Json]]]
    """By channel: ids and fields, oldest first."""
    files: Mapping[int, bytes]
    """The bytes of attachments, by id."""


def places_of(world: World) -> str:
    """Give people, servers and channels as JSON text, which differs when they do."""
    return json.dumps(
        {
            "users": [{"id": u.id, "name": u.name, "bot": u.bot} for u in world.users.values()],
            "guilds": [{"id": g.id, "name": g.name, "members": list(g.members)} for g in world.guilds.values()],
            "channels": [_channel_row(c) for c in world.channels.values()],
        }
    )


def message_row(world: World, message: Message) -> str:
    """Give a message's fields as JSON text."""
    is_once = world.nonces.get((message.channel.id, str(message.nonce))) is message
    return json.dumps(
        {
            "author": message.author.id,
            "content": message.content,
            "created": message.created,
            "edited": message.edited,
            "components": list(message.components),
            "flags": int(message.flags),
            "kind": message.kind,
            "reference": message.reference_id,
            "forward": message.forward,
            "mentions": [u.id for u in message.mentions],
            "nonce": message.nonce,
            "once": is_once,
            "application": message.application.id if message.application else None,
            "attachments": [_attachment_row(a) for a in message.attachments],
            "command": _command_row(message.interaction),
        }
    )


def is_kept(world: World, message: Message) -> bool:
    """Tell whether a message is there now and outlives a client."""
    channel = message.channel
    return not message.ephemeral and message.id in channel.messages and world.channels.get(channel.id) is channel


def restore(world: World, rows: Rows) -> None:
    """Put what was kept into a world, telling nobody. Raises `KeyError`, `TypeError` or `ValueError` for rows of another shape.

    A message knows its bot again if that is in the world already; it need not, where there is only one.
    """
    if not rows.places:
        return
    for row in rows.places["users"]:
        world.users.setdefault(row["id"], User(row["id"], row["name"], row["bot"]))
    for row in rows.places["guilds"]:
        guild = world.guilds.setdefault(row["id"], Guild(row["id"], row["name"], world))
        bots = {a.user.id: a.user for a in world.applications.values()}
        guild.members.update({i: world.users[i] for i in row["members"]} | bots)
    for row in rows.places["channels"]:
        channel = _restored_channel(world, row)
        for message_id, fields in rows.messages.get(channel.id, ()):
            channel.messages[message_id] = _restored_message(world, channel, message_id, fields, rows.files)
            if fields["once"]:
                world.nonces[channel.id, str(fields["nonce"])] = channel.messages[message_id]
    world.ids.go_past(max(_ids(rows), default=0))


def _channel_row(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "kind": int(channel.kind),
        "name": channel.name,
        "guild": channel.guild.id if channel.guild else None,
        "recipients": [u.id for u in channel.recipients],
        "closed": channel.closed,
    }


def _attachment_row(attachment: Attachment) -> Json:
    about = {"name": attachment.filename, "type": attachment.content_type, "description": attachment.description}
    return {"id": attachment.id, **about}


def _command_row(used: Interaction | None) -> Json | None:
    """Give what the line "Ann used /ask" needs, and Discord's `interaction_metadata` of a command."""
    if used is None or used.kind is not InteractionKind.COMMAND:
        return None
    about = {"name": used.data["name"], "type": used.data.get("type", 1)}
    return {"id": used.id, "user": used.user.id, "created": used.created, **about}


def _restored_channel(world: World, row: Json) -> Channel:
    guild = world.guilds[row["guild"]] if row["guild"] is not None else None
    channel = Channel(
        id=row["id"],
        kind=ChannelKind(row["kind"]),
        name=row["name"],
        guild=guild,
        recipients=tuple(world.users[i] for i in row["recipients"]),
        closed=row["closed"],
    )
    world.channels[channel.id] = channel
    if guild is not None:
        guild.channels[channel.id] = channel
    return channel


def _restored_message(world: World, channel: Channel, message_id: int, row: Json, files: Mapping[int, bytes]) -> Message:
    bots = {a.id: a for a in world.applications.values()}
    attachments = [
        Attachment(a["id"], channel.id, a["name"], a["type"], files[a["id"]], a["description"]) for a in row["attachments"]
    ]
    world.attachments.update({a.id: a for a in attachments})
    author = world.users[row["author"]]
    return Message(
        id=message_id,
        channel=channel,
        author=author,
        content=row["content"],
        created=row["created"],
        components=row["components"],
        flags=MessageFlag(row["flags"]),
        attachments=attachments,
        kind=row["kind"],
        reference_id=row["reference"],
        forward=row.get("forward"),
        mentions=tuple(world.users[i] for i in row["mentions"]),
        nonce=row["nonce"],
        interaction=_restored_command(world, channel, row["command"], author),
        application=bots.get(row["application"]),
        edited=row["edited"],
    )


def _restored_command(world: World, channel: Channel, row: Json | None, bot: User) -> Interaction | None:
    """Give the command that a message answered: over, and with no token that the bot could use."""
    if row is None:
        return None
    return Interaction(
        id=row["id"],
        token="",
        kind=InteractionKind.COMMAND,
        application=Application(token="", user=bot),
        user=world.users[row["user"]],
        channel=channel,
        created=row["created"],
        data={"name": row["name"], "type": row["type"]},
        progress=Progress.ANSWERED,
    )


def _ids(rows: Rows) -> Iterable[int]:
    yield from rows.files
    for messages in rows.messages.values():
        yield from (message_id for message_id, _ in messages)
