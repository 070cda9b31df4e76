"""Reading a text attachment of a direct message as a prompt: long pastes arrive so."""

from typing import Final

import discord

from cogs.explain import Told

LIMIT: Final = 64 * 1024
"""Bytes of text that are read."""

CANT_READ: Final = "I can't read files yet, paste the text."
TOO_LONG: Final = "That file is larger than 64 KiB, which is what I read. Send it in parts, or paste what matters."

TEXT_ENDINGS: Final = (".txt", ".md", ".markdown", ".text", ".log")


async def text_of(message: discord.Message) -> str:
    """The message's words, then those of its text attachments. Raises `Told` for a file that is no text, or too long."""
    parts = [message.content, *[await _read(attachment) for attachment in message.attachments]]
    return "\n\n".join(part for part in parts if part)


async def _read(attachment: discord.Attachment) -> str:
    if not _is_text(attachment):
        raise Told(CANT_READ)
    if attachment.size > LIMIT:
        raise Told(TOO_LONG)
    try:
        return (await attachment.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Told(CANT_READ) from None


def _is_text(attachment: discord.Attachment) -> bool:
    kind = (attachment.content_type or "").partition(";")[0].strip()
    return kind.startswith("text/") or (not kind and attachment.filename.lower().endswith(TEXT_ENDINGS))
