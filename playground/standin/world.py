"""The world the stand-in keeps, and the acts that change it and publish what happened.

REST routes and people's acts come here; the gateway and all who wait listen to `World.changes`. It knows no HTTP and no
JSON of Discord's, and lives in memory only: it outlives the bot, not the stand-in (but see `playground/world_file.py`).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from playground.standin.changes import (
    Changes,
    ChannelAdded,
    ChannelRemoved,
    CommandsChanged,
    DirectMessagesSet,
    GuildAdded,
    MessageDeleted,
    MessageDismissed,
    MessageEdited,
    MessageSent,
    PersonAdded,
)
from playground.standin.clock import Clock
from playground.standin.interactions import TOKEN_SECONDS, Interaction
from playground.standin.snowflakes import Snowflakes, named
from playground.standin.things import (
    Application,
    Attachment,
    Channel,
    ChannelKind,
    Guild,
    Json,
    Message,
    MessageFlag,
    User,
    Version,
)

FORGOTTEN_SECONDS = 4 * TOKEN_SECONDS
"""How long interactions are known."""


class World:
    """All there is, and the acts that change it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ids = Snowflakes(clock)
        self.changes = Changes()
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.applications: dict[str, Application] = {}
        self.interactions: dict[str, Interaction] = {}
        self.attachments: dict[int, Attachment] = {}
        self.nonces: dict[tuple[int, str], Message] = {}
        """The messages of enforced nonces, by channel, deleted ones too."""

    def add_guild(self, name: str) -> Guild:
        """Make a server, or find it by name; every bot there is becomes a member."""
        if (known := self.guilds.get(named("guild", name))) is not None:
            return known
        guild = Guild(id=named("guild", name), name=name, world=self)
        guild.members.update({a.user.id: a.user for a in self.applications.values()})
        self.guilds[guild.id] = guild
        self.changes.publish(GuildAdded(guild))
        return guild

    def add_channel(self, channel: Channel) -> Channel:
        """Put a channel into the world, and into its server if it has one."""
        self.channels[channel.id] = channel
        if channel.guild is not None:
            channel.guild.channels[channel.id] = channel
            self.changes.publish(ChannelAdded(channel))
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel with all that is in it."""
        self.channels.pop(channel.id, None)
        if channel.guild is not None:
            channel.guild.channels.pop(channel.id, None)
        self.changes.publish(ChannelRemoved(channel))

    def add_user(self, name: str, guilds: Iterable[Guild] = ()) -> User:
        """Make a person, or find them by name, and put them into these servers."""
        user = User(id=named("user", name), name=name)
        joined = [guild for guild in guilds if user.id not in guild.members]
        for guild in joined:
            guild.members[user.id] = user
        if user.id not in self.users or joined:
            self.users[user.id] = user
            self.changes.publish(PersonAdded(user))
        return user

    def add_application(self, token: str, name: str, privileged: int) -> Application:
        """Make a bot with this token, in every server there is."""
        user = User(id=named("bot", name), name=name, bot=True)
        application = Application(token=token, user=user, privileged=privileged)
        self.users[user.id] = user
        self.applications[token] = application
        for guild in self.guilds.values():
            guild.members[user.id] = user
        return application

    def dm(self, person: User, bot: User) -> Channel:
        """Give the direct messages of these two, made on first use."""
        channel_id = named("dm", f"{person.id}/{bot.id}")
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(id=channel_id, kind=ChannelKind.DM, name=person.name, recipients=(person, bot))
        return self.channels[channel_id]

    def set_direct_messages(self, channel: Channel, *, closed: bool) -> None:
        """Shut a person's direct messages, or open them."""
        channel.closed = closed
        self.changes.publish(DirectMessagesSet(channel))

    def mentioned(self, content: str) -> tuple[User, ...]:
        """Give the users whom a text names, each once, in order."""
        ids = map(int, re.findall(r"<@!?(\d{1,20})>", content))
        return tuple(dict.fromkeys(self.users[i] for i in ids if i in self.users))

    def attach(self, channel: Channel, filename: str, content_type: str | None, data: bytes) -> Attachment:
        """Keep a file's bytes, to be put on a message of this channel."""
        attachment = Attachment(
            id=self.ids.next(), channel_id=channel.id, filename=filename, content_type=content_type, data=data
        )
        self.attachments[attachment.id] = attachment
        return attachment

    def post(self, channel: Channel, author: User, content: str, **more: Any) -> Message:
        """Post a message and tell everyone; `more` are the fields of `Message`."""
        now = self.clock.now()
        message = Message(id=self.ids.next(), channel=channel, author=author, content=content, created=now, **more)
        channel.messages[message.id] = message
        if message.interaction is not None:
            message.interaction.messages.append(message)
        self.changes.publish(MessageSent(message))
        return message

    def edit(self, message: Message, changed: Mapping[str, Any]) -> None:
        """Change fields of a message, keep what it was, tell everyone."""
        was = Version(content=message.content, components=message.components, at=message.edited or message.created)
        filled_in = message.loading
        for name, value in changed.items():
            setattr(message, name, value)
        message.flags &= ~MessageFlag.LOADING
        if not filled_in:
            message.history.append(was)
            message.edited = self.clock.now()
        self.changes.publish(MessageEdited(message))

    def delete(self, message: Message) -> None:
        """Take a message away for everyone."""
        message.deleted = True
        for attachment in message.attachments:
            self.attachments.pop(attachment.id, None)
        message.channel.messages.pop(message.id, None)
        self.changes.publish(MessageDeleted(message))

    def remember(self, interaction: Interaction) -> None:
        """Keep an interaction while its token could be used, and a while longer for what comes too late."""
        since = self.clock.now() - FORGOTTEN_SECONDS
        while self.interactions and next(iter(self.interactions.values())).created < since:
            self.interactions.pop(next(iter(self.interactions)))
        self.interactions[interaction.token] = interaction

    def dismiss(self, message: Message) -> None:
        """Put an ephemeral message away on its person's screen; the bot may still edit it, and nobody sees that."""
        message.dismissed = True
        self.changes.publish(MessageDismissed(message))

    def set_commands(self, application: Application, commands: Mapping[int, Json]) -> None:
        """Replace a bot's global commands."""
        application.commands = dict(commands)
        self.changes.publish(CommandsChanged(application))
