"""Erasing the tokens of interactions once they have expired, every hour."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from storage.errors import StoreError
from storage.upkeep import Upkeep

log = logging.getLogger(__name__)

EVERY: Final = 3600.0
"""Seconds between two erasures."""


async def erase_hourly(upkeep: Upkeep, now: Callable[[], datetime]) -> None:
    """Do so until it is cancelled; what fails is done an hour later."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await upkeep.erase_tokens(now())
        except StoreError as error:
            log.warning("expired tokens were not erased: %s", type(error).__name__)
