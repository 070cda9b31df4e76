"""Forwarding: a message of its own that has no words, but a snapshot of another, without its author.

Rules: https://discord.com/developers/docs/resources/message#message-snapshot-object
"""

from typing import Any

from playground.standin.objects import attachment_object, timestamp
from playground.standin.things import Message

Json = dict[str, Any]

FORWARD = 1
"""The type of such a reference."""


def forward_of(message: Message) -> Json:
    """Give the fields of a message that forwards this one, as it is now. (Its files stay where they are.)"""
    reference: Json = {"type": FORWARD, "channel_id": str(message.channel.id), "message_id": str(message.id)}
    if message.channel.guild is not None:
        reference["guild_id"] = str(message.channel.guild.id)
    snapshot: Json = {
        "type": message.kind,
        "content": message.content,
        "embeds": [],
        "attachments": [attachment_object(a, "") for a in message.attachments],
        "mentions": [],
        "mention_roles": [],
        "timestamp": timestamp(message.created),
        "edited_timestamp": timestamp(message.edited),
        "flags": 0,
        "components": [],
    }
    return {"message_reference": reference, "message_snapshots": [{"message": snapshot}]}
