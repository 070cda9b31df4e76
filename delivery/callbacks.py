"""The first responses that are on their way: an interaction's webhook is there only once it was answered.

Discord's documentation, "Receiving and Responding to Interactions": the first response makes what `@original` names.
So an answer may be asked for at once, beside the acknowledgement, and the calls that show it wait for that.
"""

import asyncio
from typing import Final

from yarl import URL

PATIENCE: Final = 15.0
"""Seconds for which the others wait for a first response that fails and is given again."""


def token_of(url: URL) -> tuple[str, bool] | None:
    """The interaction whose call this is, and whether it is the first response; `None` for any other call."""
    match url.parts[-1:], url.parts:
        case ("callback",), (*_, "interactions", _, token, _):
            return token, True
        case _, (_, "api", _, "webhooks", _, token, *_):
            return token, False
        case _:
            return None


class Callbacks:
    """Which first responses are under way. It holds tokens: never to be logged."""

    def __init__(self) -> None:
        self._under_way: dict[str, tuple[asyncio.Event, asyncio.TimerHandle]] = {}

    async def begin(self, url: URL) -> None:
        """A call is about to begin; returns once its interaction's first response, where one is under way, was answered."""
        call = token_of(url)
        if call is None:
            return
        token, is_first = call
        if is_first and token not in self._under_way:
            given_up = asyncio.get_running_loop().call_later(PATIENCE, self._answered, token)
            self._under_way[token] = asyncio.Event(), given_up
        elif not is_first and token in self._under_way:
            await self._under_way[token][0].wait()

    def end(self, url: URL, status: int | None) -> None:
        """A call that began has ended, without a `status` where no answer came. A first response that failed in passing comes
        again.
        """
        call = token_of(url)
        if call is not None and call[1] and status is not None and status < 500 and status != 429:
            self._answered(call[0])

    def _answered(self, token: str) -> None:
        if (waited := self._under_way.pop(token, None)) is not None:
            answered, given_up = waited
            answered.set()
            given_up.cancel()
