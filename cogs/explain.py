"""From an exception to the sentence a person reads. The only place that does this for commands, buttons and messages.

In order: what storage says (it speaks to people), what the agent says, Discord's refusals, and last one sentence for what
nobody foresaw, which is logged with its traceback.
"""

import logging
from typing import Final

import aiohttp
import discord

from agent.errors import ModelError, ShuttingDown, TooFast
from cogs.words import NO_SUCH_SESSION
from delivery.errors import DeliveryError
from storage.errors import DuplicateSource, NotFound, QueueFull, StoreError

log = logging.getLogger(__name__)

NOT_TAKEN: Final = "Discord didn't take that just now. Please try once more."
TOO_LATE: Final = "Discord says that I answered too late, so nothing was done. Please try once more."
UNFORESEEN: Final = "Something went wrong on my side, and I've noted it. Please try that once more."


UNREACHED: Final = (discord.HTTPException, aiohttp.ClientError, OSError)
"""What a call to Discord raises that was refused, or whose line broke; discord.py lets aiohttp's own errors through."""


class Told(Exception):
    """A sentence for the person that ends what they asked for, raised where it is known."""


def explain(error: BaseException, *, missing: str = NO_SUCH_SESSION) -> str:
    """The sentence for `error`; `missing` is what not-found means where it happened."""
    match error:
        case NotFound():
            sentence = missing
        case QueueFull():
            sentence = f"{error.limit} messages are already waiting in this session. Wait for an answer, or remove one."
        case DuplicateSource():
            sentence = "I have that one already."
        case Told() | StoreError() | ShuttingDown() | TooFast():
            sentence = str(error)
        case ModelError():
            sentence = error.for_person()
        case discord.HTTPException(code=10062):
            log.warning("an interaction was answered too late")
            sentence = TOO_LATE
        case discord.HTTPException():
            log.warning("Discord refused something: %s %s", error.status, error.code)
            sentence = NOT_TAKEN
        case DeliveryError():
            log.warning("an answer could not be shown: %s %s", type(error).__name__, error)
            sentence = NOT_TAKEN
        case aiohttp.ClientError() | ConnectionError():
            log.warning("the line to Discord broke: %s", type(error).__name__)
            sentence = NOT_TAKEN
        case _:
            log.error("unforeseen %s", type(error).__name__, exc_info=error)
            sentence = UNFORESEEN
    return sentence
