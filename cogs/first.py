"""The first response to an interaction, whose outcome may not be learnt, and interactions that come twice.

Discord takes one first response and refuses another with 40060; after three seconds it takes none (10062). (Its documentation,
"Receiving and Responding to Interactions" and "Opcodes and Status Codes", JSON Error Codes.) discord.py repeats a response
after a status of 500 and above, so the repeat may hear that the first one got through.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeVar

import aiohttp
import discord

ALREADY_GIVEN: Final = 40060
TRIES: Final = 3
REMEMBERED: Final = 10_000

T = TypeVar("T")


async def given(respond: Callable[[], Awaitable[T]]) -> T | None:
    """Give the first response, and again where the line broke; `None` where an earlier try got through after all.

    Raises what discord.py raises where Discord takes none.
    """
    return await repeated(lambda: _unless_given(respond))


async def repeated(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that does the same however often it is made, and again where the line broke."""
    for _ in range(TRIES - 1):
        with suppress(aiohttp.ClientError, OSError):
            return await call()
    return await call()


async def _unless_given(respond: Callable[[], Awaitable[T]]) -> T | None:
    try:
        return await respond()
    except discord.HTTPException as error:
        if error.code != ALREADY_GIVEN:
            raise
        return None


class Repeats:
    """The interactions that came lately: a gateway that is resumed may send one again."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, None] = OrderedDict()

    def is_one(self, interaction_id: int) -> bool:
        """Whether it came before; from now on it has."""
        if interaction_id in self._seen:
            return True
        self._seen[interaction_id] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return False
