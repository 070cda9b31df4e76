"""Taking a running answer out of an ephemeral message before that can't be changed any longer.

Discord's documentation, "Receiving and Responding to Interactions": an interaction's token, with which such a message is
edited, lives 15 minutes; time that the prompt waited in line is part of them. Used by `answer.py`.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from delivery import render
from delivery.errors import DeliveryError
from delivery.live import Look
from delivery.means import Means
from delivery.parts import Parts
from storage.records import Surface, Turn

log = logging.getLogger(__name__)

LAST_SECONDS: Final = 45.0
"""How long before its token expires an answer leaves."""


class LastCall:
    """Of one answer: `ring` is called when it is time to leave, and `is_due` from then on until it has left."""

    def __init__(self, means: Means, parts: Parts, ring: Callable[[], None]) -> None:
        self._means, self._parts, self._ring = means, parts, ring
        self._alarm: asyncio.TimerHandle | None = None
        self.is_due = False

    def watch(self) -> None:
        """Set the alarm, once it is known where the answer is."""
        place = self._parts.place
        if place is not None and place.token_expires is not None:
            left = (place.token_expires - self._means.now()).total_seconds() - LAST_SECONDS
            self._alarm = asyncio.get_running_loop().call_later(max(0.0, left), self._rung)

    def stop(self) -> None:
        """Ring no more."""
        if self._alarm is not None:
            self._alarm.cancel()

    async def leave(self, turn: Turn, looks: Sequence[Look]) -> None:
        """Go on in direct messages, looking so, with a word of that where it was; where those are shut, the rest waits to be
        asked for.
        """
        self.is_due = False
        place, part = self._parts.place, self._parts.count - 1
        if not looks or place is None or place.surface is not Surface.EPHEMERAL:
            return
        shown = self._parts.last.shown if self._parts.last is not None else None
        if shown is None or shown.buttons != looks[-1].buttons:  # a place in line, where it waits no longer
            shown = looks[-1]
        if not await self._parts.go_direct(looks):
            view = lambda: self._means.controls.rest(turn, part)  # noqa: E731 - as a `Look` takes it
            await self._parts.let_rest_wait(Look(render.rest_waits(shown.content), "rest", view))
            return
        try:
            await self._means.sender.edit(place, render.goes_on(shown.content, self._parts.place or place))
        except DeliveryError as error:
            log.info("turn %s: where it goes on could not be said: %s", turn.id, error)

    def _rung(self) -> None:
        self.is_due = True
        self._ring()
