"""Showing answers that ended before once more: on request, where they have not arrived, and one instead of another."""

import logging
from dataclasses import replace

import discord

from delivery import render
from delivery.errors import DeliveryError
from delivery.governor import Right
from delivery.means import Means
from delivery.offers import Offer, Offers
from delivery.render import Ending
from delivery.stored import StoredAnswer, said_now, stored_answer
from storage.records import Actor, DeliveryState, SessionInfo, Surface, Target, Turn

log = logging.getLogger(__name__)


class Again:
    """Shows stored answers. `offers` learns of the buttons that come to be under them."""

    def __init__(self, means: Means, offers: Offers) -> None:
        self._means, self._offers = means, offers

    async def show(self, actor: Actor, session: SessionInfo, turn: Turn, target: Target, *, since: int = 0) -> bool:
        """Show an ended turn's answer, whole or from part `since` on, as new messages at `target`; false where there is
        nothing to show any more.

        Raises `DeliveryError`, `NotFound`, `StoreUnavailable`.
        """
        if (stored := await stored_answer(self._means.store, actor, session, turn, self._means.model_label)) is None:
            return False
        return await self._show(actor, stored, await said_now(self._means, actor, stored), target, since)

    async def flip(self, actor: Actor, session: SessionInfo, turn: Turn, shown: Turn, target: Target, after: Target) -> None:
        """Show an ended turn's answer instead of that of `shown`: in its message at `target` where each is one, else anew at
        `after`, and then the old one no longer offers what is for the last one alone.

        Raises as `show`.
        """
        left = self._offers.drop(session.id, shown.id)
        if (stored := await stored_answer(self._means.store, actor, session, turn, self._means.model_label)) is None:
            return
        ending = await said_now(self._means, actor, stored)
        contents = render.ended(session, ending)
        if len(contents) > 1 or len(await self._means.store.deliveries.of_turn(actor, shown.id)) > 1:
            await self._show(actor, stored, ending, after)
            for offer in left:
                await self.take_off(offer)
            return
        await self._means.sender.edit(target, contents[0], self._buttons(stored, ending))
        self._offers.add(Offer(turn=turn, outcome=turn.state, target=target, content=contents[0]))

    async def offer_again(self, actor: Actor, session: SessionInfo, turn: Turn) -> None:
        """An ended turn is its session's last once more: have its message offer what the last one does, as far as Discord lets
        that be changed. Raises `NotFound`, `StoreUnavailable`.
        """
        stored = await stored_answer(self._means.store, actor, session, turn, self._means.model_label)
        if stored is None or not stored.last:
            return
        ending = await said_now(self._means, actor, stored)
        contents, parts = render.ended(session, ending), await self._means.store.deliveries.of_turn(actor, turn.id)
        if len(contents) != len(parts) or parts[-1].state is not DeliveryState.FINAL:
            return
        target = parts[-1].target
        try:
            await self._means.sender.edit(target, None, self._buttons(stored, ending))
        except DeliveryError as error:
            log.info("turn %s: its message does not offer what it did: %s", turn.id, type(error).__name__)
            return
        self._offers.add(Offer(turn=turn, outcome=turn.state, target=target, content=contents[-1]))

    async def take_off(self, offer: Offer) -> None:
        """Leave under an answer what can be done with one that is not its session's last, as far as Discord lets that be."""
        view = self._means.controls.ended(offer.turn, offer.outcome, last=False, wrote=True)
        try:
            await self._means.sender.edit(offer.target, None, view, right=Right.INTERIM)
        except DeliveryError as error:
            log.info("turn %s: its Retry stays: %s", offer.turn.id, type(error).__name__)

    async def move(self, turn: Turn, session: SessionInfo) -> None:
        """An ended turn, as it was before, is this session's now: say so where it is shown and offers something, as far as
        Discord lets that be changed.
        """
        moved = replace(turn, session_id=session.id, session_number=session.number)
        for offer in self._offers.drop(turn.session_id, turn.id):
            content = render.lasting(session, offer.content)
            view = self._means.controls.ended(moved, offer.outcome, last=True, wrote=True)
            try:
                await self._means.sender.edit(offer.target, content, view)
            except DeliveryError as error:
                log.info("turn %s: its message does not say that it was moved: %s", turn.id, type(error).__name__)
                continue
            self._offers.add(replace(offer, turn=moved, content=content))

    async def _show(self, actor: Actor, stored: StoredAnswer, ending: Ending, target: Target, since: int = 0) -> bool:
        """Send a stored answer's messages from part `since` on; false where there are none."""
        session, turn = stored.session, stored.turn
        shown_now = render.ended(session, ending)[since:]
        for part, content in enumerate(shown_now, start=1):
            is_last = part == len(shown_now)
            view = self._buttons(stored, ending) if is_last else None
            upload = render.whole_file(session, ending) if is_last else None
            message_id = await self._means.sender.send(target, content, view, upload=upload)
            shown = replace(target, message_id=message_id)
            if is_last and stored.last:
                self._offers.add(Offer(turn=turn, outcome=turn.state, target=shown, content=content))
            if target.surface is Surface.DIRECT:
                await self._means.store.deliveries.link(actor, message_id, session.id)
        return bool(shown_now)

    def _buttons(self, stored: StoredAnswer, ending: Ending) -> discord.ui.View | None:
        turn, shown = stored.turn, self._means.controls.ended
        return shown(
            turn, turn.state, last=stored.last, wrote=ending.wrote, late=ending.late, flip=stored.flip, summed=ending.summed
        )
