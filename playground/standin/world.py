"""The world the stand-in keeps: people, servers, channels, messages, and the bots in them, as plain data.

REST routes and people's acts change it through the methods of `World`, which publish what happened; the gateway and all
who wait listen there. It knows no HTTP and no JSON of Discord's (that is `objects.py`), and lives in memory only: it
outlives the bot, not the stand-in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum, IntFlag
from typing import Any

from playground.standin.changes import (
    Changes,
    ChannelAdded,
    ChannelRemoved,
    CommandsChanged,
    GuildAdded,
    MessageDeleted,
    MessageDismissed,
    MessageEdited,
    MessageSent,
)
from playground.standin.clock import Clock
from playground.standin.interactions import Interaction
from playground.standin.parts import Button, Select, buttons_of, selects_of, text_of
from playground.standin.snowflakes import Snowflakes, named

Json = dict[str, Any]


class ChannelKind(IntEnum):
    """The two kinds of channel there are here, by Discord's numbers."""

    TEXT = 0
    DM = 1


class MessageFlag(IntFlag):
    """Message flags by Discord's bits."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = MessageFlag(0)


class Right(Enum):
    """What a bot may do in a server channel; a test takes one away with `channel.deny`."""

    VIEW = "view"
    SEND = "send"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot."""

    id: int
    name: str
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on a message; its bytes are served at `url_path`."""

    id: int
    channel_id: int
    filename: str
    content_type: str | None
    data: bytes
    description: str | None = None

    @property
    def url_path(self) -> str:
        """Give the path below the stand-in's address where the bytes are."""
        return f"/attachments/{self.channel_id}/{self.id}/{self.filename}"


@dataclass(eq=False, slots=True)
class Guild:
    """A server, with its members and channels."""

    id: int
    name: str
    world: "World" = field(repr=False)
    members: dict[int, User] = field(default_factory=dict[int, User])
    channels: dict[int, "Channel"] = field(default_factory=dict[int, "Channel"])

    def add_text_channel(self, name: str) -> "Channel":
        """Make a text channel that all members see; the same names give the same id in every run."""
        channel = Channel(id=named("channel", f"{self.name}/{name}"), kind=ChannelKind.TEXT, name=name, guild=self)
        return self.world.add_channel(channel)


@dataclass(eq=False, slots=True)
class Channel:
    """A text channel of a server, or the direct messages of one person and one bot."""

    id: int
    kind: ChannelKind
    name: str
    guild: Guild | None = None
    recipients: tuple[User, ...] = ()
    messages: dict[int, "Message"] = field(default_factory=dict[int, "Message"], repr=False)
    denied: set[Right] = field(default_factory=set[Right])
    closed: bool = False
    """Direct messages that the person has shut: the bot's sends are refused with 50007."""

    def deny(self, *rights: Right) -> None:
        """Take rights in this channel from the bots."""
        self.denied.update(rights)

    def allow(self, *rights: Right) -> None:
        """Give rights back."""
        self.denied.difference_update(rights)

    def seen_by(self, user: User) -> bool:
        """Tell whether this user reads the channel at all."""
        if self.guild is None:
            return user in self.recipients
        return user.id in self.guild.members and not (user.bot and Right.VIEW in self.denied)


@dataclass(frozen=True, slots=True)
class Version:
    """What a message was at one time."""

    content: str
    components: Sequence[Json]
    at: float


@dataclass(eq=False, slots=True, kw_only=True)
class Message:
    """A message, edited in place; `history` keeps what it was before."""

    id: int
    channel: Channel
    author: User
    content: str
    created: float
    components: Sequence[Json] = ()
    flags: MessageFlag = NO_FLAGS
    attachments: Sequence[Attachment] = ()
    kind: int = 0
    """Discord's message type: 0 plain, 19 reply, 20 a command's answer, 23 a message command's."""
    reference_id: int | None = None
    mentions: tuple[User, ...] = ()
    nonce: str | int | None = None
    interaction: Interaction | None = None
    """The interaction that it answers."""
    application: "Application | None" = None
    only_for: User | None = None
    """The one person who sees it, if it is ephemeral."""
    edited: float | None = None
    deleted: bool = False
    dismissed: bool = False
    """Put away by the one person who saw it."""
    history: list[Version] = field(default_factory=list[Version])

    @property
    def edits(self) -> int:
        """Count how often it was edited."""
        return len(self.history)

    @property
    def ephemeral(self) -> bool:
        """Tell whether only one person sees it."""
        return self.only_for is not None

    @property
    def loading(self) -> bool:
        """Tell whether it is the "is thinking" of a deferred answer."""
        return MessageFlag.LOADING in self.flags

    @property
    def text(self) -> str:
        """Give what a person reads: the content, or the text of a Components V2 message, line by line."""
        return self.content or text_of(self.components)

    @property
    def buttons(self) -> list[Button]:
        """Give its buttons in reading order."""
        return buttons_of(self.components)

    @property
    def selects(self) -> list[Select]:
        """Give its selects in reading order."""
        return selects_of(self.components)


@dataclass(eq=False, slots=True)
class Application:
    """A bot: its account, its token, its commands."""

    token: str = field(repr=False)
    user: User
    privileged: int = 0
    """The privileged intents that are switched on for it, as Discord's bits (none: Cubby asks for none)."""
    commands: dict[int, Json] = field(default_factory=dict[int, Json])

    @property
    def id(self) -> int:
        """Give the application's id, which is its user's."""
        return self.user.id

    def command(self, name: str, kind: int = 1) -> Json | None:
        """Find a registered command by name and type (1 slash, 3 message)."""
        return next((c for c in self.commands.values() if c["name"] == name and c["type"] == kind), None)


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

    def add_guild(self, name: str) -> Guild:
        """Make a server; every bot there is becomes a member."""
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
        user = self.users.setdefault(named("user", name), User(id=named("user", name), name=name))
        for guild in guilds:
            guild.members[user.id] = user
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
        message.channel.messages.pop(message.id, None)
        self.changes.publish(MessageDeleted(message))

    def dismiss(self, message: Message) -> None:
        """Put an ephemeral message away on its person's screen; the bot may still edit it, and nobody sees that."""
        message.dismissed = True
        self.changes.publish(MessageDismissed(message))

    def set_commands(self, application: Application, commands: Mapping[int, Json]) -> None:
        """Replace a bot's global commands."""
        application.commands = dict(commands)
        self.changes.publish(CommandsChanged(application))
