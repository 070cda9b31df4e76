"""What a direct message forwards, or answers with Discord's own reply where that was forwarded, as a quote.

A forward has a reference of its own type and a snapshot of what it was, without its author (Discord's documentation, "Message",
Message Reference Types, Message Snapshot Object).
"""

import discord

from cogs.explain import Told
from cogs.quotes import quoted, said_in

NO_WORDS = "There are no words on what was forwarded that I could read{}. Write me what you'd like to ask."


def is_forward(message: discord.Message) -> bool:
    """Whether the message forwards another; its reference is then no reply."""
    return bool(message.message_snapshots)


async def forwarded_in(message: discord.Message, *, has_words: bool) -> str | None:
    """The quote of what was forwarded, if anything was. Raises `Told` where there are no words in it, nor beside it, and what
    is `explain.UNREACHED`.
    """
    forward = message if is_forward(message) else await _replied_to(message)
    if forward is None or not is_forward(forward):
        return None
    said = said_in(forward.message_snapshots[0])
    if not (said.text or has_words):
        raise Told(NO_WORDS.format(f", only {said.besides}" if said.besides else ""))
    reference = forward.reference
    link = f" ({reference.jump_url})" if reference is not None and reference.guild_id is not None else ""
    return quoted(said, f"Forwarded{link}")


async def _replied_to(message: discord.Message) -> discord.Message | None:
    """The message that this one replies to; `None` where it is gone."""
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    if isinstance(reference.resolved, discord.Message):
        return reference.resolved
    if reference.resolved is not None or reference.channel_id != message.channel.id:
        return None
    try:
        return await message.channel.fetch_message(reference.message_id)
    except (discord.NotFound, discord.Forbidden):
        return None
