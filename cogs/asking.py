"""From a person's words to a prompt: what is taken, what is refused with its bound, and the way into the runtime."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import discord

from cogs.attachments import take
from cogs.explain import UNREACHED, Told, explain
from cogs.reply import Interaction, Reply, actor_of, reply_to, say_long, source_of
from cogs.services import Services
from cogs.words import to_send_again
from delivery.splitting import split
from storage.errors import DuplicateSource
from storage.records import File, Prompt

log = logging.getLogger(__name__)

PROMPT_LIMIT: Final = 70_000
"""Characters of one prompt: a 64 KiB text attachment with a message around it."""

UNSEEN: Final = "\u200b\u200c\u200d\u2060\ufeff\x00"
"""Characters of no width, and NUL: a message of these alone says nothing."""

NOTHING_IN_IT: Final = "There's nothing in that message. Write what you'd like to ask."


def checked(text: str) -> str:
    """The words as they are stored. Raises `Told` for an empty or too long prompt."""
    words = storable(text)
    if is_empty(words):
        raise Told(NOTHING_IN_IT)
    if len(words) > PROMPT_LIMIT:
        raise Told(f"That's {len(words):,} characters; I take up to {PROMPT_LIMIT:,} at once. Send it in parts.")
    return words


def storable(text: str) -> str:
    """The words without what no text may have, nor white space around them."""
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def is_empty(words: str) -> bool:
    """Whether nothing of it can be seen."""
    return all(character.isspace() or character in UNSEEN for character in words)


def prompt_from(interaction: Interaction, reply: Reply, text: str, files: tuple[File, ...] = ()) -> Prompt:
    """The prompt of an interaction whose first message is to be the answer. Raises `Told`."""
    return Prompt(text=checked(text), files=files, source=source_of(interaction), target=reply.target())


async def prompt_with(
    services: Services, interaction: Interaction, reply: Reply, text: str, attachments: Sequence[discord.Attachment]
) -> Prompt:
    """The prompt of an interaction with what is attached to it; what is to be said of that comes below the first message.

    Raises as `take`, and `Told`.
    """
    taken = await take(services, actor_of(interaction), text, attachments)
    prompt = prompt_from(interaction, reply, taken.text, taken.files)
    if taken.remarks:
        await reply.say_below("\n".join(taken.remarks))
    return prompt


async def ask(
    services: Services,
    interaction: Interaction,
    reply: Reply,
    text: str,
    attachments: Sequence[discord.Attachment] = (),
) -> None:
    """Ask in the person's active session; the answer, or the place in the queue, fills the reply's first message."""
    actor = actor_of(interaction)
    if text or not attachments:
        checked(text)
    async with giving_back(services, interaction, text, attachments):
        async with reply.acknowledging():
            prompt = await prompt_with(services, interaction, reply, text, attachments)
            async with services.in_turn(actor) as runtime:
                await runtime.say(prompt)
        reply.leave_first()


@asynccontextmanager
async def giving_back(
    services: Services, interaction: Interaction, text: str | None, attachments: Sequence[discord.Attachment] = ()
) -> AsyncGenerator[None, None]:
    """Where what is done inside is refused, tell why and give the person their words back, with the names of what they
    attached: a command's text and a modal's are shown nowhere once they are sent. What the interaction's answer cannot show
    goes to their direct messages.
    """
    try:
        yield
    except DuplicateSource:
        raise
    except Exception as error:
        if not text:
            raise
        await give_back(services, interaction, explain(error), text, [each.filename for each in attachments])


async def give_back(services: Services, interaction: Interaction, sentence: str, text: str, files: Sequence[str] = ()) -> None:
    """Tell the person why what they wrote was not taken, with their words and the names of their files."""
    reply, words = reply_to(interaction), to_send_again(text, files)
    try:
        await reply.say(sentence)
        await say_long(reply, words)
    except UNREACHED as error:
        log.info("an interaction can't be answered, so its words go to direct messages: %s", type(error).__name__)
        target = await services.direct(actor_of(interaction))
        for part in split(f"{sentence}\n{words}"):
            await services.sender.send(target, part)
