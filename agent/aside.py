"""A question to a model beside the answers: for a name, or a summary. Its tokens are its owner's, within the day's budget."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from agent.budget import Budget
from agent.estimates import estimated_tokens
from agent.model import Finish, FinishReason, ModelClient, ModelRequest, Text, Tokens
from agent.prices import Prices
from agent.spending import took, usage_of
from storage.errors import StoreError
from storage.records import Actor, Spent, Usage
from storage.store import Store

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Asked:
    """What has come of a question."""

    model: ModelClient
    request: ModelRequest
    pieces: list[str] = field(default_factory=list[str])
    tokens: Tokens | None = None
    finish: FinishReason | None = None

    @property
    def text(self) -> str:
        """What the model has said."""
        return "".join(self.pieces)

    @property
    def usage(self) -> Usage | None:
        """What the server counted."""
        return usage_of(self.tokens)

    async def read(self, seconds: float | None) -> None:
        """Ask, and read to the end. Raises `ModelError`, and `TimeoutError` after so many seconds, if any."""
        async with asyncio.timeout(seconds), self.model.stream(self.request) as events:
            async for event in events:
                match event:
                    case Text():
                        self.pieces.append(event.text)
                    case Tokens():
                        self.tokens = event
                    case Finish():
                        self.finish = event.reason
                    case _:
                        pass  # what it thinks


@dataclass(frozen=True, slots=True)
class Side:
    """Asks for one session of a person's, on a day whose prices and budget hold."""

    store: Store
    budget: Budget
    model: ModelClient
    prices: Prices
    actor: Actor
    session_id: UUID
    day: date

    @asynccontextmanager
    async def asking(self, request: ModelRequest, room: int) -> AsyncGenerator[Asked, None]:
        """A question that is yet to be `read`, with tokens set aside for it and `room` more; what it took is counted at the
        end. Raises `OverBudget`, `StoreUnavailable`.
        """
        sent = sum(estimated_tokens(message.content) for message in request.messages)
        reservation = await self.budget.reserve(self.actor, sent + room)
        asked, name = Asked(self.model, request), request.model or self.model.name
        try:
            yield asked
        finally:
            spent = took(self.prices, name, self.day, asked.usage, sent=sent, text=asked.text)
            self.budget.settle(reservation, spent.tokens if spent is not None else 0, silently=True)
            if spent is not None:
                await self._charge(spent, name)

    async def _charge(self, spent: Spent, name: str) -> None:
        """Where the disk does not take it, it goes uncounted: a stop must not end in that."""
        try:
            await self.store.turns.spend(self.actor, spent, model=name, session_id=self.session_id)
        except StoreError as error:
            log.warning("%d tokens of session %s go uncounted: %s", spent.tokens, self.session_id, type(error).__name__)
