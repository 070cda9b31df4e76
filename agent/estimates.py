"""About how many tokens words and messages are: a quarter of their characters, till a server has counted (see `context.py`)."""

from typing import Final

from agent.model import Message

CHARACTERS_PER_TOKEN: Final = 4
TOKENS_PER_MESSAGE: Final = 4
"""What a chat template puts around a message, roughly."""


def estimated_tokens(text: str) -> int:
    """About how many tokens a text is."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def message_tokens(message: Message) -> int:
    """About how many tokens a message is."""
    return estimated_tokens(message.content) + TOKENS_PER_MESSAGE + sum(picture.tokens for picture in message.pictures)
