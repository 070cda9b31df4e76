"""What the world is made of, as plain data: people, servers, channels, messages, and the bots in them.

`world.py` changes it and tells who listens; `objects.py` gives it as Discord's JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum, IntFlag
from typing import TYPE_CHECKING, Any

from playground.standin.interactions import Interaction
from playground.standin.parts import Button, Select, buttons_of, selects_of, text_of
from playground.standin.snowflakes import named

if TYPE_CHECKING:
    from playground.standin.world import World

Json = dict[str, Any]
File = tuple[str, bytes, str]
"""A file to attach: name, bytes, content type."""


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
        """Make a text channel that all members see, or find it by name; the same names give the same id in every run."""
        channel_id = named("channel", f"{self.name}/{name}")
        if (known := self.channels.get(channel_id)) is not None:
            return known
        return self.world.add_channel(Channel(id=channel_id, kind=ChannelKind.TEXT, name=name, guild=self))


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
    forward: Json | None = None
    """Where it forwards another: the fields that say so, with a snapshot of what that was."""
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
