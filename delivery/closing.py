"""How an ended answer is to look: its text with what is said under it, its buttons, and its place among the answers beside it.

What is read of the store for that is read once, however often the end is shown.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import discord

from agent.errors import Costly
from delivery import render
from delivery.flips import Flip, flip_of
from delivery.idle import came_after
from delivery.live import Look, looks_of
from delivery.means import Means
from delivery.render import Ending
from delivery.summing import Summed, summed_for
from storage.errors import StoreError
from storage.records import Actor, SessionInfo, Turn

log = logging.getLogger(__name__)

WELCOME: Final = "welcome"
"""The name under which the store keeps that a person was given the privacy notice."""

SAID_TEMPORARY: Final = "temporary"
"""The same, that they were told what the temporary session is that they are in."""


class Closing:
    """The end of one turn's answer. Where something beside it can't be learnt of the store, it is left out."""

    def __init__(self, means: Means, actor: Actor) -> None:
        self._means, self._actor = means, actor
        self._notice: str | None = None
        """What is to be said once, and this answer is to say; `None` until it is known."""
        self._is_late: bool | None = None

    async def looks(self, session: SessionInfo, turn: Turn, ending: Ending, *, is_last: Callable[[], bool]) -> list[Look]:
        """What its messages shall show. `is_last`, whether it is its session's last exchange, is asked as each is drawn.

        Raises `StoreError`.
        """
        means = self._means
        if self._is_late is None:
            self._is_late = await came_after(means.long_silence, means.store, self._actor, session, turn)
        late = self._is_late
        ending, told = await self._with_notice(session, turn, ending), means.operator_told()
        ending = replace(ending, operator_told=told, late=late, summed=await self._summed(turn))
        flip = await self._flip(turn)
        contents = render.ended(session, replace(ending, flip=flip))

        def view() -> discord.ui.View | None:
            last, wrote = is_last(), ending.wrote
            beside = flip if last else None
            summed = ending.summed
            return means.controls.ended(turn, ending.outcome, last=last, wrote=wrote, late=late, flip=beside, summed=summed)

        return looks_of(contents, "ended", view, render.whole_file(session, ending))

    async def _flip(self, turn: Turn) -> Flip | None:
        try:
            return await flip_of(self._means.store, self._actor, turn)
        except StoreError as error:
            log.warning("turn %s: what stands beside it is not known: %s", turn.id, type(error).__name__)
            return None

    async def _summed(self, turn: Turn) -> Summed | None:
        try:
            return await summed_for(self._means.store, self._actor, turn)
        except StoreError as error:
            log.warning("turn %s: whether room was made for it is not known: %s", turn.id, type(error).__name__)
            return None

    async def _with_notice(self, session: SessionInfo, turn: Turn, ending: Ending) -> Ending:
        """The privacy notice rides on a person's very first answer, and what a temporary session is on its first one; what asks
        whether to ask is none, and goes.
        """
        if self._notice is None and not isinstance(ending.error, Costly):
            try:
                self._notice = "\n".join(await self._due(session))
            except StoreError as error:
                log.warning("turn %s: whether it is the first is not known: %s", turn.id, type(error).__name__)
        return replace(ending, notice=self._notice or None)

    async def _due(self, session: SessionInfo) -> list[str]:
        """What was never said before, and is from now on."""
        store, due = self._means.store, list[str]()
        if await store.first_time(self._actor, WELCOME):
            due.append(self._means.privacy_notice)
        if session.temporary and await store.first_time(self._actor, SAID_TEMPORARY, session.id):
            due.append(render.TEMPORARY)
        return due
