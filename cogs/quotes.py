"""Somebody's message as a quote in a prompt: inert, closed, bounded, with what was left out said in it. Pure functions.

The quote stands below the person's own words, so that lists show those.
"""

from dataclasses import dataclass
from typing import Final

import discord

from delivery.graphemes import is_boundary

LIMIT: Final = 4_000
"""Characters of a message that are quoted: all of it, for whoever pays Discord for no longer ones."""

FENCE: Final = "```"


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says, and how to name what else is on it."""

    text: str
    besides: str
    """As "2 files and 1 embed"; empty where there is nothing."""


def said_in(message: discord.Message | discord.MessageSnapshot) -> Said:
    """What a message says; one that forwards another, and has no words of its own, says what that says."""
    snapshots = message.message_snapshots if isinstance(message, discord.Message) else []
    if not message.content and snapshots:
        return said_in(snapshots[0])
    counts = {"file": len(message.attachments), "embed": len(message.embeds), "sticker": len(message.stickers)}
    if isinstance(message, discord.Message):
        counts["poll"] = int(message.poll is not None)
    named = [f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts.items() if count]
    return Said(message.content.strip(), " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named))


def quoted(said: Said, origin: str) -> str:
    """The quote under a line that says where it is from. No line of the text is outside of it, and nothing in it pings."""
    text = said.text
    notes: list[str] = []
    if len(text) > LIMIT:
        at = LIMIT
        while not is_boundary(text, at):
            at -= 1
        notes.append(f"cut here: {len(text) - at:,} more characters")
        text = text[:at]
    if said.besides:
        notes.append(f"not quoted: {said.besides}")
    lines = discord.utils.escape_mentions(text).splitlines()
    if text.count(FENCE) % 2:
        lines.append(FENCE)
    if notes:
        lines.append(f"({'; '.join(notes)})")
    return "\n".join([f"{origin}:", *(f"> {line}" for line in lines)])


def below(words: str, quote: str) -> str:
    """A prompt of the person's words, where there are some, and a quote."""
    return f"{words}\n\n{quote}" if words else quote
