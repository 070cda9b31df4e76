"""What can go wrong between an answer and Discord, sorted by what is to be done about it.

DeliveryError
├── Gone        the message, its channel or its token is no more: show it elsewhere
├── Shut        Discord does not let the bot write there (closed direct messages, permissions): show it elsewhere
├── Passing     Discord or the way to it fails for now, or the outcome was not learnt: try again
│   ├── Unsent  the same, and surely nothing came of it
│   └── Unheard no answer came: it may have happened, and may yet happen
├── Lost        it may be there or not, and cannot be looked up: offer it, never repeat it
└── Rejected    Discord does not take what was sent: trying again is no use

Codes: Discord's documentation, "Opcodes and Status Codes", JSON Error Codes.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import aiohttp
import discord


class DeliveryError(Exception):
    """Base of what `delivery/` raises. Its text has Discord's status and code, never a message or a token."""


class Gone(DeliveryError):
    """The message, its channel or its token is no more."""


class Shut(DeliveryError):
    """The bot may not write there."""


class Passing(DeliveryError):
    """It failed for now, or its outcome is not known."""


class Unsent(Passing):
    """It failed for now and had no effect."""


class Unheard(Passing):
    """No answer came, so that it may even happen later."""


class Lost(DeliveryError):
    """An earlier send's outcome was not learnt, and never will be."""


class Rejected(DeliveryError):
    """Discord does not take it."""


GONE: Final = frozenset({10003, 10008, 10015, 10062, 50027, 30046, 40094})
"""Unknown channel, message, webhook (an interaction's token is one), interaction; invalid webhook token; no more edits of so
old a message, no more follow-ups to this interaction.
"""


@contextmanager
def translated() -> Generator[None]:
    """Turn what discord.py and aiohttp raise in the block into a `DeliveryError`."""
    try:
        yield
    except discord.HTTPException as error:
        raise _sorted(error) from None
    except discord.RateLimited as error:
        raise Unsent(f"rate limited for {error.retry_after:.0f} s") from None
    except aiohttp.ClientConnectorError as error:
        raise Unsent(type(error).__name__) from None
    except (aiohttp.ClientError, OSError) as error:
        raise Unheard(type(error).__name__) from None
    except RuntimeError as error:  # aiohttp's way to say that its session is closed: the bot is about to end
        raise Passing(type(error).__name__) from None


def _sorted(error: discord.HTTPException) -> DeliveryError:
    what = f"status {error.status}, code {error.code}"
    if error.code in GONE or error.status == 404:
        return Gone(what)
    if error.status in (401, 403):
        return Shut(what)
    if error.status == 429:
        return Unsent(what)
    if error.status >= 500:
        return Passing(what)
    return Rejected(what)
