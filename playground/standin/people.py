"""The person's side: what someone at a Discord client does, and what they see. Tests, the console and the page use it.

A person cannot do here what a client does not let them (press a disabled button, leave out a required option): that is a
`CannotDo`. `forge` and `forge_modal` are the exception: what a tampered client sends.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playground.standin.bodies import MAX_FILE_BYTES, MAX_FILES
from playground.standin.changes import InteractionMade, Typing
from playground.standin.forwards import forward_of
from playground.standin.hands import chosen, made_up, pressed, submitted, upload_fields
from playground.standin.interactions import Interaction, InteractionKind
from playground.standin.invocations import Choice, Invocation, Modal
from playground.standin.options import command_options, file_options
from playground.standin.parts import BUTTON, SELECT
from playground.standin.refusals import CannotDo
from playground.standin.things import Application, Attachment, Channel, File, Message, User
from playground.standin.world import World

MAX_CONTENT = 2000
"""Characters that a person may send (without Nitro)."""


class Person:
    """Someone at a keyboard."""

    def __init__(self, world: World, user: User) -> None:
        self._world = world
        self.user = user

    @property
    def id(self) -> int:
        """Give the person's Discord id."""
        return self.user.id

    @property
    def name(self) -> str:
        """Give the person's name."""
        return self.user.name

    @property
    def dm(self) -> Channel:
        """Give the direct messages with the bot, made on first use."""
        return self._world.dm(self.user, self._bot().user)

    def close_dms(self) -> None:
        """Take no more direct messages: the bot's sends are refused with 50007."""
        self._world.set_direct_messages(self.dm, closed=True)

    def open_dms(self) -> None:
        """Take direct messages again."""
        self._world.set_direct_messages(self.dm, closed=False)

    def sees(self, channel: Channel) -> list[Message]:
        """Give the messages that this person sees in a channel now, oldest first."""
        if not channel.seen_by(self.user):
            return []
        return [m for m in channel.messages.values() if self.sees_message(m)]

    def sees_message(self, message: Message) -> bool:
        """Tell whether this person sees a message now."""
        if message.deleted or not message.channel.seen_by(self.user):
            return False
        return not message.ephemeral or (message.only_for == self.user and not message.dismissed)

    def dismiss(self, message: Message) -> None:
        """Put an ephemeral message away."""
        if not (message.ephemeral and self.sees_message(message)):
            raise CannotDo("only one's own ephemeral messages can be dismissed")
        self._world.dismiss(message)

    def restart_client(self) -> None:
        """Restart the Discord client: ephemeral messages are gone."""
        for channel in tuple(self._world.channels.values()):
            for message in self.sees(channel):
                if message.ephemeral:
                    self._world.dismiss(message)

    def delete(self, message: Message) -> None:
        """Delete a message of one's own."""
        if message.author != self.user:
            raise CannotDo("one's own messages only")
        self._world.delete(message)

    async def edit(self, message: Message, text: str) -> None:
        """Edit a message of one's own, by the same rules as `say`; text that stays the same changes nothing."""
        if message.author != self.user or not self.sees_message(message):
            raise CannotDo("only one's own messages can be edited")
        content = _content(text, message.attachments)
        if content == message.content:
            return
        replied = message.channel.messages.get(message.reference_id or 0)
        self._world.edit(message, {"content": content, "mentions": self._mentions(content, replied)})

    def type_in(self, channel: Channel) -> None:
        """Start typing, as others see it."""
        self._world.changes.publish(Typing(channel, self.user, self._world.clock.now()))

    async def say(
        self,
        channel: Channel,
        text: str,
        *,
        reply_to: Message | None = None,
        attachments: Sequence[File] = (),
        mention_bot: bool = False,
    ) -> Message:
        """Send a message, up to 2,000 characters; a reply pings whom it answers."""
        self._must_see(channel)
        content = _content(f"<@{self._bot().id}> {text}" if mention_bot else text, attachments)
        if reply_to is not None and (reply_to.ephemeral or not self.sees_message(reply_to)):
            raise CannotDo("only a message that others can see can be replied to")
        return self._world.post(
            channel,
            self.user,
            content,
            mentions=self._mentions(content, reply_to),
            kind=19 if reply_to is not None else 0,
            reference_id=reply_to.id if reply_to is not None else None,
            attachments=self._attach(channel, attachments),
        )

    async def forward(self, message: Message, channel: Channel) -> Message:
        """Forward a message that this person sees into a channel."""
        self._must_see_message(message)
        self._must_see(channel)
        return self._world.post(channel, self.user, "", forward=forward_of(message))

    async def slash(self, channel: Channel, command: str, /, **options: Any) -> Invocation:
        """Use a slash command; options are checked as the client does, a file's is a `File`. Raises `CannotDo`."""
        self._must_see(channel)
        application = self._bot()
        data = command_options(application, command, options, in_guild=channel.guild is not None)
        with_files = file_options(data)
        attachments = self._attach(channel, [option["value"] for option in with_files])
        for option, attachment in zip(with_files, attachments, strict=True):
            option["value"] = str(attachment.id)
        return self._interact(InteractionKind.COMMAND, channel, data, application=application, attachments=attachments)

    async def use(self, message: Message, command: str) -> Invocation:
        """Use a message command, from the message's menu."""
        application = self._bot()
        found = application.command(command, kind=3)
        if found is None or not self.sees_message(message) or message.ephemeral:
            raise CannotDo(f"no message command {command} on this message")
        data = {"id": found["id"], "name": command, "type": 3, "target_id": str(message.id)}
        return self._interact(InteractionKind.COMMAND, message.channel, data, application=application, target=message)

    async def autocomplete(
        self, channel: Channel, command: str, /, *, focus: str | None = None, **options: Any
    ) -> list[Choice]:
        """Type into an option (the last one unless `focus` names it) and get what the bot offers.

        Raises `CannotDo` if the option has no autocomplete or the bot does not answer in time.
        """
        self._must_see(channel)
        application = self._bot()
        focus = focus or next(reversed(options), "")
        data = command_options(application, command, options, in_guild=channel.guild is not None, focus=focus)
        invocation = self._interact(InteractionKind.AUTOCOMPLETE, channel, data, application=application)
        await invocation.acknowledged()
        if invocation.failed:
            raise CannotDo("the application did not respond")
        return [Choice(c["name"], c["value"]) for c in invocation.interaction.choices]

    async def press(self, message: Message, label: str | None = None, *, custom_id: str | None = None) -> Invocation:
        """Press a button that this person sees, by label or custom_id. Raises `CannotDo`."""
        self._must_see_message(message)
        data = pressed(message, label, custom_id)
        return self._interact(InteractionKind.COMPONENT, message.channel, data, source=message)

    async def choose(self, message: Message, *values: str, custom_id: str | None = None) -> Invocation:
        """Choose in a select, by values or labels. Raises `CannotDo`."""
        self._must_see_message(message)
        data = chosen(message, values, custom_id)
        return self._interact(InteractionKind.COMPONENT, message.channel, data, source=message)

    async def submit(self, modal: Modal, values: Mapping[str, str], *, files: Sequence[File] = ()) -> Invocation:
        """Fill in a modal's fields, by label or custom_id, and the one for `files`, and submit it. Raises `CannotDo`."""
        data, opened = submitted(modal, values, files), modal.interaction
        attachments = self._attach(opened.channel, files)
        for field in upload_fields(data):
            field["values"] = [str(attachment.id) for attachment in attachments]
        kind, source = InteractionKind.MODAL, opened.source
        return self._interact(kind, opened.channel, data, source=source, parent=opened, attachments=attachments)

    async def forge(
        self,
        custom_id: str,
        *,
        channel: Channel,
        message: Message | None = None,
        component_type: int = BUTTON,
        values: Sequence[str] = (),
    ) -> Invocation:
        """Send what a tampered client could: any custom_id, on any message or none, seen or not."""
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": component_type, "id": 1}
        if component_type == SELECT:
            data["values"] = list(values)
        return self._interact(InteractionKind.COMPONENT, channel, data, source=message)

    async def forge_modal(
        self, custom_id: str, values: Mapping[str, str], *, channel: Channel, message: Message | None = None
    ) -> Invocation:
        """Submit a modal that was never opened."""
        data = made_up(custom_id, values)
        return self._interact(InteractionKind.MODAL, channel, data, source=message)

    async def wait_for(
        self,
        wanted: Callable[[Message], bool],
        *,
        channel: Channel | None = None,
        timeout: float = 10,  # noqa: ASYNC109  # a limit for tests, as in Changes.until
    ) -> Message:
        """Wait until this person sees a message (in `channel`) that fits, as it stands or after an edit.

        Raises `TimeoutError` after `timeout` real seconds.
        """

        def look() -> Message | None:
            places = [channel] if channel is not None else list(self._world.channels.values())
            return next((m for place in places for m in self.sees(place) if wanted(m)), None)

        return await self._world.changes.until(look, timeout)

    def _bot(self) -> Application:
        application = next(iter(self._world.applications.values()), None)
        if application is None:
            raise CannotDo("there is no bot; add one first")
        return application

    def _must_see(self, channel: Channel) -> None:
        if not channel.seen_by(self.user) or channel.id not in self._world.channels:
            raise CannotDo(f"{self.name} does not see that channel")

    def _must_see_message(self, message: Message) -> None:
        if not self.sees_message(message):
            raise CannotDo(f"{self.name} does not see that message")

    def _mentions(self, content: str, replied: Message | None) -> tuple[User, ...]:
        users = self._world.mentioned(content)
        return users if replied is None else tuple(dict.fromkeys([*users, replied.author]))

    def _attach(self, channel: Channel, files: Sequence[File]) -> list[Attachment]:
        if len(files) > MAX_FILES or any(len(data) > MAX_FILE_BYTES for _, data, _ in files):
            raise CannotDo("up to 10 files go with a message, each of up to 10 MiB")
        return [self._world.attach(channel, name, kind, data) for name, data, kind in files]

    def _interact(
        self,
        kind: InteractionKind,
        channel: Channel,
        data: dict[str, Any],
        *,
        application: Application | None = None,
        source: Message | None = None,
        parent: Interaction | None = None,
        target: Message | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Invocation:
        interaction = Interaction(
            id=self._world.ids.next(),
            token=secrets.token_urlsafe(48),
            kind=kind,
            application=application or (source.application if source and source.application else self._bot()),
            user=self.user,
            channel=channel,
            created=self._world.clock.now(),
            data=data,
            source=source,
            parent=parent,
            target=target,
            attachments=attachments,
        )
        self._world.remember(interaction)
        self._world.changes.publish(InteractionMade(interaction))
        return Invocation(self._world, interaction)


def _content(text: str, attachments: Sequence[File | Attachment]) -> str:
    content = text.strip()
    if len(content) > MAX_CONTENT or not (content or attachments):
        raise CannotDo("a message has 1 to 2,000 characters")
    return content
