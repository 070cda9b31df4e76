"""The one sender that every part of an answer goes through, so that none can become public by an oversight.

Discord's documentation, "Receiving and Responding to Interactions": follow-ups and edits of an ephemeral message go to the
interaction's webhook, whose token lives 15 minutes. Nobody is ever mentioned. Link previews are suppressed on what is sent: a
model's links are unchecked, and their previews would push the answer out of sight (an edit cannot say so through discord.py;
it keeps what the message has).

discord.py stores the view of each message it sends for ever, unless the view is finished (`Messageable.send`,
`Webhook.send`, `edit`: `not view.is_finished()`). Presses are routed by `custom_id`, so every view is sent finished.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BufferedIOBase
from typing import Any, BinaryIO, Final, cast

import aiohttp
import discord

from delivery.errors import Gone, translated
from delivery.governor import Right, with_right
from delivery.once import OneTry
from storage.records import Surface, Target

NO_MENTIONS: Final = discord.AllowedMentions.none()
ORIGINAL: Final = "@original"
"""Discord's name for an interaction's first message, in the place of a message id."""

LOOKED_THROUGH: Final = 50
"""Messages of a channel among which one is looked for."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that goes with a message, from its beginning, as often as it is sent. It stays open."""

    name: str
    file: BinaryIO

    def begun(self) -> discord.File:
        """As discord.py takes it, once."""
        self.file.seek(0)
        return discord.File(cast("BufferedIOBase", self.file), filename=self.name)


class Sender:
    """Sends, edits and deletes messages at a `Target`; `right` is for the governor. Everything raises `DeliveryError` only."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def send(
        self,
        target: Target,
        content: str,
        view: discord.ui.View | None = None,
        *,
        nonce: str | None = None,
        once: bool = False,
        upload: Upload | None = None,
        right: Right = Right.ANSWER,
    ) -> int:
        """Send a new message and return its id. With a `nonce` (25 characters at most, direct messages only) Discord makes
        one message of a send that is repeated within a few minutes, and gives it as it is: so it is edited where it shows
        something else. A follow-up has none: with `once` it is not repeated.
        """
        with translated(), with_right(right):
            if target.surface is Surface.EPHEMERAL:
                return await self._follow_up(target, content, view, upload, once=once)
            channel = self._client.get_partial_messageable(target.channel_id)
            nonce, is_known = nonce or secrets.token_hex(12), nonce is not None
            more: dict[str, Any] = {} if view is None else {"view": _finished(view)}
            if upload is not None:
                more["file"] = upload.begun()
            message = await channel.send(content, nonce=nonce, allowed_mentions=NO_MENTIONS, suppress_embeds=True, **more)
        if is_known and message.content.strip() != content.strip():
            await self.edit(replace(target, message_id=message.id), content, view, upload=upload, right=right)
        return message.id

    async def find(self, target: Target, wanted: Callable[[str], bool]) -> list[int]:
        """The bot's newest messages at a direct-message target with a button whose `custom_id` is `wanted`, newest first.

        Buttons come back with the messages of a channel, a nonce does not (Discord's documentation, "Get Channel Messages").
        """
        with translated():
            channel = self._client.get_partial_messageable(target.channel_id)
            me = self._client.user
            return [
                message.id
                async for message in channel.history(limit=LOOKED_THROUGH)
                if me is not None and message.author.id == me.id and any(map(wanted, _ids_in(message)))
            ]

    async def edit(
        self,
        target: Target,
        content: str | None,
        view: discord.ui.View | None = None,
        *,
        upload: Upload | None = None,
        right: Right = Right.ANSWER,
    ) -> int:
        """Make the target's message show this and return its id; no view takes its buttons off. Without an `upload` it keeps
        the files that it has, and without a `content` its words.
        """
        shown = None if view is None else _finished(view)
        words: Any = discord.utils.MISSING if content is None else content
        with translated(), with_right(right):
            if target.surface is Surface.EPHEMERAL:
                message_id = cast("int", target.message_id or ORIGINAL)
                edited = await self._webhook(target).edit_message(
                    message_id, content=words, view=shown, allowed_mentions=NO_MENTIONS, attachments=_files(upload)
                )
                return edited.id
            message = await self._partial(target).edit(
                content=words, view=shown, allowed_mentions=NO_MENTIONS, attachments=_files(upload)
            )
            return message.id

    async def delete(self, target: Target) -> None:
        """Delete the target's message."""
        with translated():
            if target.surface is Surface.EPHEMERAL:
                await self._webhook(target).delete_message(cast("int", target.message_id or ORIGINAL))
            else:
                await self._partial(target).delete()

    async def _follow_up(
        self, target: Target, content: str, view: discord.ui.View | None, upload: Upload | None, *, once: bool
    ) -> int:
        shown = discord.utils.MISSING if view is None else _finished(view)
        file = discord.utils.MISSING if upload is None else upload.begun()
        webhook = self._webhook(target)
        if once:
            webhook.session = cast("aiohttp.ClientSession", OneTry(webhook.session))
        sent = await webhook.send(
            content, view=shown, file=file, ephemeral=True, wait=True, allowed_mentions=NO_MENTIONS, suppress_embeds=True
        )
        return sent.id

    def _webhook(self, target: Target) -> discord.Webhook:
        application_id = self._client.application_id
        if target.token is None or application_id is None:
            raise Gone("its token was erased")
        webhook = discord.Webhook.partial(application_id, target.token, client=self._client)
        webhook.type = discord.WebhookType.application  # `partial` takes it for a channel's, which may not send ephemerally
        return webhook

    def _partial(self, target: Target) -> discord.PartialMessage:
        if target.message_id is None:
            raise Gone("it has no message")
        return self._client.get_partial_messageable(target.channel_id).get_partial_message(target.message_id)


def _ids_in(message: discord.Message) -> list[str]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [item.custom_id for row in rows for item in row.children if item.custom_id is not None]


def _files(upload: Upload | None) -> list[discord.File | discord.Attachment]:
    return discord.utils.MISSING if upload is None else [upload.begun()]


def _finished(view: discord.ui.View) -> discord.ui.View:
    view.stop()
    return view
