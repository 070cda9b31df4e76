"""Reading a text attachment of a direct message as a prompt: long pastes arrive so."""

from typing import Final

import discord

from cogs.explain import Told
from cogs.forwarded import forwarded_in
from cogs.quotes import below
from cogs.words import inert

LIMIT: Final = 64 * 1024
"""Bytes of text that are read."""

CANT_READ: Final = "I can't read {}: I read text files in UTF-8. Send it without, or paste the text."
TOO_LONG: Final = "{} is larger than 64 KiB, which is what I read. Send it in parts, or paste what matters."
NAME_LENGTH: Final = 60
"""Characters of a file's name that are shown."""

TEXT_ENDINGS: Final = (".txt", ".md", ".markdown", ".text", ".log")


async def text_of(message: discord.Message) -> str:
    """The message's words, then those of its text attachments, then what it forwards, or answers that was forwarded.

    Raises `Told` for a file that is no text, or too long, and as `forwarded_in`.
    """
    parts = [message.content, *[await _read(attachment) for attachment in message.attachments]]
    words = "\n\n".join(part for part in parts if part)
    quote = await forwarded_in(message, has_words=bool(words))
    return words if quote is None else below(words, quote)


async def _read(attachment: discord.Attachment) -> str:
    name = inert(attachment.filename, NAME_LENGTH)
    if not _is_text(attachment):
        raise Told(CANT_READ.format(name))
    if attachment.size > LIMIT:
        raise Told(TOO_LONG.format(name))
    try:
        return (await attachment.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Told(CANT_READ.format(name)) from None


def _is_text(attachment: discord.Attachment) -> bool:
    kind = (attachment.content_type or "").partition(";")[0].strip()
    return kind.startswith("text/") or (not kind and attachment.filename.lower().endswith(TEXT_ENDINGS))
