"""Discord's JSON for what is in the world: users, members, channels, servers, messages, interactions.

Shapes: Discord's OpenAPI description, against which the tests check every one that is sent.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from playground.standin.bodies import MAX_FILE_BYTES
from playground.standin.interactions import Interaction, InteractionKind
from playground.standin.things import Application, Attachment, Channel, ChannelKind, Guild, Message, User

Json = dict[str, Any]
LOCALE = "en-US"
PERMISSIONS = str(1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 31)
"""View, send, embed links, attach files, read history, use commands: what members and bots have here."""
JOINED = "2020-01-01T00:00:00+00:00"

_EVERYONE: Mapping[str, Any] = {
    "name": "@everyone",
    "permissions": PERMISSIONS,
    "position": 0,
    "color": 0,
    "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
    "hoist": False,
    "managed": False,
    "mentionable": False,
    "icon": None,
    "unicode_emoji": None,
    "flags": 0,
}
_LISTS = "emojis stickers features threads voice_states presences stage_instances guild_scheduled_events soundboard_sounds"
_EMPTY_GUILD: Mapping[str, Any] = {
    **{name: [] for name in _LISTS.split()},
    "large": False,
    "unavailable": False,
    "afk_timeout": 300,
    "verification_level": 0,
    "default_message_notifications": 0,
    "explicit_content_filter": 0,
    "mfa_level": 0,
    "nsfw_level": 0,
    "premium_tier": 0,
    "preferred_locale": LOCALE,
    "system_channel_flags": 0,
}
"""What every server here has alike."""


def timestamp(seconds: float | None) -> str | None:
    """Give a time as Discord writes it (ISO 8601, UTC)."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def user_object(user: User) -> Json:
    """Give a user."""
    return {
        "id": str(user.id),
        "username": user.name.lower().replace(" ", "_"),
        "global_name": None if user.bot else user.name,
        "discriminator": "0",
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def own_user_object(user: User) -> Json:
    """Give the bot's own user, as `/users/@me` and READY do."""
    return {**user_object(user), "mfa_enabled": True, "locale": LOCALE, "verified": True, "email": None}


def member_object(user: User, *, with_user: bool = True) -> Json:
    """Give a member; MESSAGE_CREATE leaves the user out."""
    member: Json = {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "flags": 0,
        "joined_at": JOINED,
        "nick": None,
        "pending": False,
        "premium_since": None,
        "roles": [],
        "mute": False,
        "deaf": False,
    }
    return {**member, "user": user_object(user)} if with_user else member


def channel_object(channel: Channel, viewer: User) -> Json:
    """Give a channel as `viewer` sees it: of a direct message, the other one is the recipient."""
    last = next(reversed(channel.messages), None)
    base: Json = {
        "id": str(channel.id),
        "type": int(channel.kind),
        "flags": 0,
        "last_message_id": None if last is None else str(last),
    }
    if channel.guild is None:
        return {**base, "recipients": [user_object(u) for u in channel.recipients if u != viewer]}
    position = list(channel.guild.channels).index(channel.id) if channel.id in channel.guild.channels else 0
    return {
        **base,
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "position": position,
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
        "permission_overwrites": [],
    }


def guild_object(guild: Guild, application: Application) -> Json:
    """Give a server as GUILD_CREATE does, with the bot as its one listed member."""
    channels = [c for c in guild.channels.values() if c.seen_by(application.user)]
    return {
        **_EMPTY_GUILD,
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(next((m for m in guild.members if m != application.id), application.id)),
        "roles": [{**_EVERYONE, "id": str(guild.id)}],
        "channels": [channel_object(c, application.user) for c in channels],
        "members": [member_object(application.user)],
        "member_count": len(guild.members),
        "joined_at": JOINED,
    }


def attachment_object(attachment: Attachment, origin: str) -> Json:
    """Give an attachment; its address is below `origin`, the stand-in's own."""
    whole: Json = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": len(attachment.data),
        "url": origin + attachment.url_path,
        "proxy_url": origin + attachment.url_path,
    }
    if attachment.content_type:
        whole["content_type"] = attachment.content_type
    return whole


def message_object(
    message: Message, application: Application, origin: str, *, may_read: bool = False, fresh: bool = False
) -> Json:
    """Give a message as REST does: without content if the bot may not read it, with its nonce only while it is new."""
    readable = may_read or message_is_readable(message, application)
    whole: Json = {
        "id": str(message.id),
        "type": message.kind,
        "channel_id": str(message.channel.id),
        "author": user_object(message.author),
        "content": message.content if readable else "",
        "components": list(message.components) if readable else [],
        "attachments": [attachment_object(a, origin) for a in message.attachments] if readable else [],
        "embeds": [],
        "mentions": [user_object(u) for u in message.mentions],
        "mention_roles": [],
        "mention_everyone": False,
        "timestamp": timestamp(message.created),
        "edited_timestamp": timestamp(message.edited),
        "flags": int(message.flags),
        "pinned": False,
        "tts": False,
    }
    if fresh and message.nonce is not None:
        whole["nonce"] = message.nonce
    if message.reference_id is not None:
        whole |= _reference(message, application, origin, may_read=may_read)
    if message.forward is not None:
        whole |= message.forward if readable else {**message.forward, "message_snapshots": []}
    if message.interaction is not None:
        app_id = str(message.interaction.application.id)
        metadata = interaction_metadata(message.interaction)
        whole |= {"webhook_id": app_id, "application_id": app_id, "interaction_metadata": metadata}
    return whole


def message_is_readable(message: Message, application: Application) -> bool:
    """Tell whether a bot without the Message Content intent gets the content: own, direct, or mentioned.

    Rule: https://discord.com/developers/docs/events/gateway#message-content-intent
    """
    return message.author == application.user or message.channel.guild is None or application.user in message.mentions


def interaction_metadata(interaction: Interaction) -> Json:
    """Give where an answer came from, as messages carry it."""
    whole: Json = {
        "id": str(interaction.id),
        "type": int(interaction.kind),
        "user": user_object(interaction.user),
        "authorizing_integration_owners": _owners(interaction.channel),
    }
    if interaction.kind is InteractionKind.COMPONENT and interaction.source is not None:
        whole["interacted_message_id"] = str(interaction.source.id)
    if interaction.parent is not None:
        whole["triggering_interaction_metadata"] = interaction_metadata(interaction.parent)
    return whole


def interaction_object(interaction: Interaction, origin: str) -> Json:
    """Give an interaction as INTERACTION_CREATE does."""
    channel, application = interaction.channel, interaction.application
    whole: Json = {
        "id": str(interaction.id),
        "application_id": str(application.id),
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": _data(interaction, origin),
        "channel": channel_object(channel, application.user),
        "channel_id": str(channel.id),
        "locale": LOCALE,
        "app_permissions": PERMISSIONS,
        "entitlements": [],
        "authorizing_integration_owners": _owners(channel),
        "context": 0 if channel.kind is ChannelKind.TEXT else 1,
        "attachment_size_limit": MAX_FILE_BYTES,
    }
    if channel.guild is None:
        whole["user"] = user_object(interaction.user)
    else:
        guild_id = str(channel.guild.id)
        whole |= {"guild_id": guild_id, "guild": {"id": guild_id, "locale": LOCALE, "features": []}, "guild_locale": LOCALE}
        whole["member"] = {**member_object(interaction.user), "permissions": PERMISSIONS}
    if interaction.source is not None:
        whole["message"] = message_object(interaction.source, application, origin)
    return whole


def _data(interaction: Interaction, origin: str) -> Json:
    if interaction.attachments:
        files = {str(a.id): {**attachment_object(a, origin), "ephemeral": True} for a in interaction.attachments}
        return {**interaction.data, "resolved": {"attachments": files}}
    if interaction.target is None:
        return interaction.data
    # The target of a message command is readable without the Message Content intent.
    target = message_object(interaction.target, interaction.application, origin, may_read=True)
    return {**interaction.data, "resolved": {"messages": {str(interaction.target.id): target}}}


def _reference(message: Message, application: Application, origin: str, *, may_read: bool) -> Json:
    reference: Json = {"type": 0, "channel_id": str(message.channel.id), "message_id": str(message.reference_id)}
    if message.channel.guild is not None:
        reference["guild_id"] = str(message.channel.guild.id)
    found = message.channel.messages.get(message.reference_id or 0)
    # A reply shows what it answers, but not in turn what that answered.
    shown = message_object(found, application, origin, may_read=may_read) if found else None
    if shown is not None:
        shown.pop("referenced_message", None)
    return {"message_reference": reference, "referenced_message": shown}


def _owners(channel: Channel) -> dict[str, str]:
    return {"0": str(channel.guild.id) if channel.guild else "0"}
