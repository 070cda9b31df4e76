"""Routes of channels and their messages, for the bot with its token. Ephemeral messages are not to be found here."""

from typing import Any

from playground.standin.bodies import Target, message_fields
from playground.standin.changes import Typing
from playground.standin.errors import (
    InvalidForm,
    Refusal,
    cannot_dm,
    missing_access,
    missing_permissions,
    not_the_author,
    unknown_message,
)
from playground.standin.fields import Faults, Field, check
from playground.standin.objects import channel_object, message_object
from playground.standin.routing import Ask, Reply, Route
from playground.standin.things import Channel, Message, Right, User
from playground.standin.world import World

NONCE_SECONDS = 5 * 60.0
"""How long an enforced nonce is remembered: Discord says "a few minutes"."""
_REFERENCE = {
    "message_id": Field(object, required=True),
    "channel_id": Field(object),
    "guild_id": Field(object),
    "fail_if_not_exists": Field(bool),
    "type": Field(int, one_of=(0,)),
}


def get_channel(ask: Ask) -> Reply:
    """Give a channel."""
    return 200, channel_object(_seen(ask), ask.bot.user)


def trigger_typing(ask: Ask) -> Reply:
    """Show that the bot types."""
    channel = _writable(ask)
    ask.world.changes.publish(Typing(channel, ask.bot.user, ask.world.clock.now()))
    return 204, None


def get_messages(ask: Ask) -> Reply:
    """Give up to 100 messages, newest first, before or after one."""
    ask.allow_query("limit", "before", "after")
    channel = _seen(ask)
    if Right.HISTORY in channel.denied:
        return 200, []
    limit, before, after = (int(ask.query.get(k, d)) for k, d in (("limit", 50), ("before", 1 << 63), ("after", 0)))
    if not 1 <= limit <= 100:
        fault = {"code": "NUMBER_TYPE_MAX", "message": "int value should be between 1 and 100."}
        raise InvalidForm({"limit": {"_errors": [fault]}})
    found = [m for m in channel.messages.values() if after < m.id < before and not m.ephemeral]
    page = found[:limit] if "after" in ask.query else found[-limit:]
    return 200, [message_object(m, ask.bot, ask.origin) for m in reversed(page)]


def get_message(ask: Ask) -> Reply:
    """Give one message."""
    return 200, message_object(_message(ask), ask.bot, ask.origin)


def create_message(ask: Ask) -> Reply:
    """Send a message; an enforced nonce that was used just before gives the first message again."""
    channel = _writable(ask)
    fields = message_fields(ask.body or {}, ask.uploads, Target(ask.world, channel))
    if (again := _same_nonce(ask, channel)) is not None:
        return 200, message_object(again, ask.bot, ask.origin, fresh=True)
    fields |= _reply_fields(ask.body, channel)
    fields["mentions"] = mentioned(ask.world, fields.get("content", ""), ask.body.get("allowed_mentions"))
    content = fields.pop("content", "")
    nonce = ask.body.get("nonce")
    message = ask.world.post(channel, ask.bot.user, content, nonce=nonce, **fields)
    if nonce is not None and ask.body.get("enforce_nonce"):
        ask.world.nonces[channel.id, str(nonce)] = message
    return 200, message_object(message, ask.bot, ask.origin, fresh=True)


def edit_message(ask: Ask) -> Reply:
    """Edit one of the bot's own messages."""
    message = _message(ask)
    if message.author != ask.bot.user:
        raise not_the_author()
    ask.world.edit(message, message_fields(ask.body or {}, ask.uploads, Target(ask.world, message.channel, message)))
    return 200, message_object(message, ask.bot, ask.origin)


def delete_message(ask: Ask) -> Reply:
    """Delete one of the bot's own messages; it has no right to delete others'."""
    message = _message(ask)
    if message.author != ask.bot.user:
        raise missing_permissions() if message.channel.guild else Refusal(403, 50003, "Cannot execute action on a DM channel")
    ask.world.delete(message)
    return 204, None


def mentioned(world: World, content: str, allowed: Any) -> tuple[User, ...]:
    """Give the users whom a text mentions, as far as `allowed_mentions` lets it (`None` is all)."""
    users = world.mentioned(content)
    if allowed is None or "users" in (allowed.get("parse") or ()):
        return users
    named = {str(i) for i in allowed.get("users") or ()}
    return tuple(u for u in users if str(u.id) in named)


def _seen(ask: Ask) -> Channel:
    channel = ask.channel()
    if not channel.seen_by(ask.bot.user):
        raise missing_access()
    return channel


def _writable(ask: Ask) -> Channel:
    channel = _seen(ask)
    if channel.closed:
        raise cannot_dm()
    if Right.SEND in channel.denied:
        raise missing_permissions()
    return channel


def _message(ask: Ask) -> Message:
    message = _seen(ask).messages.get(ask.id("message_id"))
    if message is None or message.ephemeral:
        raise unknown_message()
    return message


def _same_nonce(ask: Ask, channel: Channel) -> Message | None:
    nonce = ask.body.get("nonce")
    if nonce is None or not ask.body.get("enforce_nonce"):
        return None
    first = ask.world.nonces.get((channel.id, str(nonce)))
    if first is None or first.author != ask.bot.user or first.created < ask.world.clock.now() - NONCE_SECONDS:
        return None
    if first.deleted:  # https://github.com/discord/discord-api-docs/issues/6647
        raise unknown_message()
    return first


def _reply_fields(body: dict[str, Any], channel: Channel) -> dict[str, Any]:
    if body.get("message_reference") is None:
        return {}
    reference, faults = body["message_reference"], Faults()
    check(reference, _REFERENCE, faults, ("message_reference",))
    faults.raise_any()
    found = channel.messages.get(int(reference["message_id"]))
    if found is None or found.ephemeral:
        if reference.get("fail_if_not_exists", True):
            faults.add(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        faults.raise_any()
        return {}
    return {"reference_id": found.id, "kind": 19}


_ONE = "/channels/{channel_id}/messages/{message_id}"
ROUTES = (
    Route("GET", "/channels/{channel_id}", get_channel),
    Route("POST", "/channels/{channel_id}/typing", trigger_typing),
    Route("GET", "/channels/{channel_id}/messages", get_messages),
    Route("POST", "/channels/{channel_id}/messages", create_message),
    Route("GET", _ONE, get_message),
    Route("PATCH", _ONE, edit_message),
    Route("DELETE", _ONE, delete_message),
)
