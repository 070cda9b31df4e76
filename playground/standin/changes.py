"""What happens in the world, as small typed changes, and the hub that passes them on.

The gateway turns changes into dispatches to the bot; people and tests wait for them instead of sleeping or polling.
Listeners are called at once, in order, on the event loop's thread.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from playground.standin.interactions import Interaction
    from playground.standin.rest import Call
    from playground.standin.things import Application, Channel, Guild, Message, User

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GuildAdded:
    """A server came to be; the gateway tells the bots that are in it."""

    guild: "Guild"


@dataclass(frozen=True, slots=True)
class ChannelAdded:
    """A channel came to be in a server."""

    channel: "Channel"


@dataclass(frozen=True, slots=True)
class ChannelRemoved:
    """A channel was deleted."""

    channel: "Channel"


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message was posted, for all who see its channel or, if ephemeral, for one person."""

    message: "Message"


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """Content, components, flags or attachments of a message changed."""

    message: "Message"


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message is gone for everyone."""

    message: "Message"


@dataclass(frozen=True, slots=True)
class MessageDismissed:
    """The one person who saw an ephemeral message put it away; the bot is not told."""

    message: "Message"


@dataclass(frozen=True, slots=True)
class InteractionMade:
    """A person used a command, pressed, chose, typed into an autocomplete or submitted a modal."""

    interaction: "Interaction"


@dataclass(frozen=True, slots=True)
class InteractionAnswered:
    """The bot's first response to an interaction was accepted."""

    interaction: "Interaction"


@dataclass(frozen=True, slots=True)
class InteractionFailed:
    """Three seconds passed without a response: the person reads that the application did not respond."""

    interaction: "Interaction"


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody types in a channel."""

    channel: "Channel"
    user: "User"
    at: float


@dataclass(frozen=True, slots=True)
class CommandsChanged:
    """A bot's global commands were replaced, added to or deleted."""

    application: "Application"


@dataclass(frozen=True, slots=True)
class BotConnected:
    """A bot's gateway session is ready, or resumed."""

    application: "Application"
    resumed: bool


@dataclass(frozen=True, slots=True)
class BotDisconnected:
    """A bot's gateway connection ended, for whatever reason."""

    application: "Application"


@dataclass(frozen=True, slots=True)
class PersonAdded:
    """A person came to be, or came into a server."""

    user: "User"


@dataclass(frozen=True, slots=True)
class DirectMessagesSet:
    """A person shut or opened their direct messages: `channel.closed` tells which."""

    channel: "Channel"


@dataclass(frozen=True, slots=True)
class CallMade:
    """A bot's REST call was recorded; its answer is about to be sent."""

    call: "Call"


@dataclass(frozen=True, slots=True)
class CallRefused:
    """A call asked for something that the stand-in does not do."""

    line: str


Change = (
    GuildAdded
    | ChannelAdded
    | ChannelRemoved
    | MessageSent
    | MessageEdited
    | MessageDeleted
    | MessageDismissed
    | InteractionMade
    | InteractionAnswered
    | InteractionFailed
    | Typing
    | CommandsChanged
    | BotConnected
    | BotDisconnected
    | PersonAdded
    | DirectMessagesSet
    | CallMade
    | CallRefused
)


class Changes:
    """The hub: publish, listen, or wait until something holds."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Change], None]] = []

    def publish(self, change: Change) -> None:
        """Tell every listener, now."""
        for listener in tuple(self._listeners):
            listener(change)

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` on each change until the returned function is called (twice is the same as once)."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    @contextmanager
    def stream(self) -> Generator[AsyncIterator[Change], None, None]:
        """Give the changes from now on, in order, as an async iterator that never ends by itself."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        stop = self.listen(queue.put_nowait)
        try:
            yield _each(queue)
        finally:
            stop()

    async def until(self, look: Callable[[], T | None], timeout: float = 10) -> T:  # noqa: ASYNC109  # a limit for tests, not a cancel scope
        """Give what `look` returns as soon as it is true; it is asked now and after each change.

        Raises `TimeoutError` after `timeout` seconds of real time.
        """
        if found := look():
            return found
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def again(_: Change) -> None:
            if future.done():
                return
            try:
                seen = look()
            except Exception as error:  # noqa: BLE001  # belongs to whoever waits, not to whoever published
                future.set_exception(error)
            else:
                if seen:
                    future.set_result(seen)

        stop = self.listen(again)
        try:
            async with asyncio.timeout(timeout):  # Python 3.11's `wait_for` swallows a cancel that comes with the change
                return await future
        finally:
            stop()


async def _each(queue: "asyncio.Queue[Change]") -> AsyncIterator[Change]:
    while True:
        yield await queue.get()
