"""`Catalogue`: which models people may choose now: those that the operator allows, as far as the endpoint lists them.

Nobody waits for the list: a task asks for it from time to time, and while the endpoint does not give it, what was known last
holds, and before that what the operator named.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from types import TracebackType
from typing import Final, Self

from agent.checkpoints import Sleep
from agent.config import Models
from agent.errors import ModelError
from storage.tasks import end

log = logging.getLogger(__name__)

PAUSE: Final = 600.0
"""Seconds until the list is asked for again."""

SHORT_PAUSE: Final = 30.0
"""The same where it could not be had."""

LATEST: Final = ":latest"
"""What Ollama adds in its list to a name that has no tag, and takes without (its documentation, "Model names")."""


class Catalogue:
    """As an async context it has the task that asks, where people may choose at all."""

    def __init__(
        self, models: Models, list_models: Callable[[], Awaitable[Sequence[str]]], *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._models, self._list_models, self._sleep = models, list_models, sleep
        self._listed: frozenset[str] | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._models.allowed != ():
            self._task = asyncio.create_task(self._ask_again_and_again(), name="models-list")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await end(self._task)

    @property
    def names(self) -> tuple[str, ...]:
        """What may be chosen: the operator's model first, then those they name, in their order, or all by name."""
        allowed = sorted(self._listed or ()) if self._models.allowed is None else self._models.allowed
        return tuple(dict.fromkeys((self._models.default, *(name for name in allowed if self._is_there(name)))))

    def _is_there(self, model: str) -> bool:
        return self._listed is None or is_listed(model, self._listed)

    async def _ask_again_and_again(self) -> None:
        while True:
            await self._sleep(PAUSE if await self._ask() else SHORT_PAUSE)

    async def _ask(self) -> bool:
        try:
            self._listed = frozenset(await self._list_models())
        except (ModelError, TimeoutError) as error:
            log.info("the endpoint did not list its models: %s", type(error).__name__)
            return False
        return True


def is_listed(model: str, listed: Collection[str]) -> bool:
    """Whether a list of an endpoint's has this model."""
    return model in listed or model + LATEST in listed
