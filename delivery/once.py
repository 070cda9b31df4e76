"""One try only, for calls that must not be repeated before it is known what became of the first.

discord.py repeats a webhook's call after every status of 500 and above, and after some broken connections
(`AsyncWebhookAdapter.request`). For an ephemeral follow-up, which carries no nonce and can't be looked up, a repeat may make a
second message.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp


class OneTry:
    """Takes the place of an `aiohttp.ClientSession` where discord.py makes one call of a webhook."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @asynccontextmanager
    async def request(self, method: str, url: str, **more: Any) -> AsyncGenerator[aiohttp.ClientResponse]:
        """As `ClientSession.request`, but a call that discord.py would repeat raises `aiohttp.ClientError`."""
        try:
            async with self._session.request(method, url, **more) as response:
                if response.status >= 500:
                    raise aiohttp.ClientPayloadError(f"status {response.status}")
                yield response
        except aiohttp.ClientConnectorError:
            raise  # there was no connection, so nothing was sent; discord.py does not repeat it
        except OSError as error:
            raise aiohttp.ClientPayloadError(type(error).__name__) from None
