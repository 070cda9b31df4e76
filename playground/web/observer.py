"""The observer: turns what happens in the stand-in's world into events for the page, each with the people who see it.

Here it is decided what a person's view is told: what `Person.sees_message` says, and nothing more.
"""

from playground.standin import Message, Person
from playground.standin.changes import (
    Change,
    CommandsChanged,
    DirectMessagesSet,
    InteractionFailed,
    MessageDeleted,
    MessageDismissed,
    MessageEdited,
    MessageSent,
    Typing,
)
from playground.standin.interactions import Interaction, InteractionKind
from playground.web import shapes
from playground.web.feed import Feed
from playground.web.people import People


class Observer:
    """Listens to the world's changes (`take`) and publishes to the feed."""

    def __init__(self, people: People, feed: Feed) -> None:
        self._people, self._feed = people, feed

    def take(self, change: Change) -> None:
        """Tell the pages of one change, if it is any person's to see."""
        match change:
            case MessageSent(message) | MessageEdited(message):
                self._message(message)
            case MessageDeleted(message):
                self._gone(message, [p for p in self._people if message.channel.seen_by(p.user) and _is_for(message, p)])
            case MessageDismissed(message):
                self._gone(message, [p for p in self._people if _is_for(message, p)])
            case Typing(channel, user, _):
                viewers = [str(p.id) for p in self._people if channel.seen_by(p.user) and p.user != user]
                self._feed.publish("typing", channel=str(channel.id), user=str(user.id), viewers=viewers)
            case InteractionFailed(interaction):
                self._failed(interaction)
            case CommandsChanged(application):
                self._feed.publish("commands", commands=shapes.commands(application))
            case DirectMessagesSet(channel):
                for person in self._people:
                    if person.dm is channel:
                        self._feed.publish("dms", person=str(person.id), open=not channel.closed)
            case _:
                pass

    def _message(self, message: Message) -> None:
        viewers = [str(person.id) for person in self._people if person.sees_message(message)]
        if viewers:
            self._feed.publish("message", message=shapes.message(message), viewers=viewers)

    def _gone(self, message: Message, people: list[Person]) -> None:
        viewers = [str(person.id) for person in people]
        if viewers:
            self._feed.publish("gone", message=str(message.id), channel=str(message.channel.id), viewers=viewers)

    def _failed(self, interaction: Interaction) -> None:
        """A completion that doesn't come is no matter for the channel."""
        if interaction.kind is InteractionKind.AUTOCOMPLETE:
            return
        self._feed.publish(
            "failed",
            person=str(interaction.user.id),
            channel=str(interaction.channel.id),
            message=str(interaction.source.id) if interaction.source else None,
            name=interaction.data.get("name"),
        )


def _is_for(message: Message, person: Person) -> bool:
    return message.only_for is None or message.only_for == person.user
