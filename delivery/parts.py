"""The messages of one answer, in order: where they are, and how all of them are brought to look as they should.

An answer begins at the place that came with its prompt; further parts are new messages in the same place, as private as the
first. What cannot be shown there in the end goes to the owner's direct messages, part by part. Used by `answer.py`.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from delivery import render
from delivery.errors import DeliveryError, Lost, Passing, Rejected, translated
from delivery.governor import Next, Right
from delivery.live import LiveMessage, Look
from delivery.means import Means
from storage.errors import StoreError
from storage.records import Actor, Delivery, DeliveryState, Surface, Target, Turn

log = logging.getLogger(__name__)

SETTLED: Final = (DeliveryState.FINAL, DeliveryState.UNDELIVERABLE)


class Parts:
    """The messages of one turn's answer. Used by one task."""

    def __init__(self, means: Means, actor: Actor, turn: Turn) -> None:
        self._means, self._actor, self._turn = means, actor, turn
        self._messages: list[LiveMessage] = []
        self._home: Target | None = None
        self._direct: Target | None = None
        self._lost = self._is_over = False
        self.behind = False
        """Whether the last `show` failed in passing, so that the messages do not look as they should."""
        self.goes_on = False
        """Whether the last `show` left a further message to be sent."""

    async def find(self) -> None:
        """Read where the answer goes; a place that cannot be read is as good as none."""
        try:
            rows = await self._means.store.deliveries.of_turn(self._actor, self._turn.id)
        except StoreError as error:
            log.warning("turn %s: its place could not be read: %s", self._turn.id, type(error).__name__)
            rows = ()
        self._messages = [self._live(row) for row in rows]
        self._home = replace(rows[0].target, message_id=None) if rows else None

    @property
    def quiet(self) -> bool:
        """Whether nothing is to be seen yet, so that nothing need be said before there are words."""
        return not (self._messages and self._messages[0].exists)

    @property
    def place(self) -> Target | None:
        """Where the message at the end is, as far as that is known."""
        return self._messages[-1].delivery.target if self._messages else self._home

    @property
    def next(self) -> Next | None:
        """The call that comes next while the answer is written, as far as its place is known."""
        return None if self.place is None else Next(self.place, is_new=self.goes_on)

    @property
    def count(self) -> int:
        """How many messages there are."""
        return len(self._messages)

    @property
    def last(self) -> LiveMessage | None:
        """The message at the end."""
        return self._messages[-1] if self._messages else None

    async def show(self, looks: Sequence[Look], right: Right, *, insist: bool = False) -> bool:
        """Bring the messages up to date, a call each at most; whether anything was called. `behind` and `goes_on` tell how it
        went. `right` is that of an edit. A further message waits for a call of its own: what is before it has just changed, so
        others that stand still come first.

        A place that turns out to be gone is left alone until the end, which finds another; with `insist`, another is found
        now.
        """
        called = self.behind = self.goes_on = False
        if self._is_over or (self._lost and not insist):
            return False
        try:
            for part, look in enumerate(looks):
                if called and not self._exists(part):
                    self.goes_on = True
                    break
                message = await self._part(part)
                if message is not None and message.shown != look:
                    called = True
                    await self._show(message, look, _right(message, right), insist=insist)
        except Passing as error:
            self.behind = True
            log.info("turn %s: an edit failed: %s", self._turn.id, error)
        except DeliveryError as error:
            self._lost = True
            log.info("turn %s: its place is lost: %s %s", self._turn.id, type(error).__name__, error)
        return called

    async def _show(self, message: LiveMessage, look: Look, right: Right, *, insist: bool) -> None:
        try:
            await message.show(look, right)
        except Passing:
            raise
        except DeliveryError:
            if not insist:
                raise
            self._home = await self._direct_messages()
            message.move(self._home)
            await message.show(look, right)

    async def go_direct(self, looks: Sequence[Look]) -> bool:
        """Show the answer in direct messages from now on, and whether they take it. Where they don't, all is as it was."""
        before = [(message.delivery.target, message.shown) for message in self._messages]
        home = self._home
        try:
            self._home = await self._direct_messages()
        except DeliveryError as error:
            log.info("turn %s: no direct messages: %s %s", self._turn.id, type(error).__name__, error)
            return False
        for message in self._messages:
            message.move(self._home)
        await self.show(looks, Right.FIRST)
        while self.goes_on:
            await self.show(looks, Right.NEW)
        if not self._lost:
            return True
        self._lost, self._home = False, home
        del self._messages[len(before) :]
        for message, (target, shown) in zip(self._messages, before, strict=True):
            message.move(target)
            message.exists, message.shown = True, shown
        return False

    async def let_rest_wait(self, look: Look) -> None:
        """Show this last, and nothing more: the rest is its owner's to ask for."""
        self._is_over = True
        try:
            for message in self._messages[:-1]:
                await message.leave()
            await self._messages[-1].settle(look, self._means.patience, self._means.sleep)
        except DeliveryError as error:
            log.info("turn %s: that its rest waits could not be shown: %s", self._turn.id, error)
            await self._messages[-1].give_up()

    async def settle(self, looks: Sequence[Look], refused: str, rest: str = "") -> None:
        """Show the end, whole, here or in direct messages, and remove what is too much.

        `refused` is shown in the place of a content that Discord takes in neither. From a part on that may be there or not,
        the rest is offered instead, with the content `rest` where that has to be a message of its own.
        """
        if self._is_over:
            return
        for part, look in enumerate(looks):
            try:
                await self._settle(part, look, refused)
            except Lost as error:
                log.info("turn %s, part %d: offered: %s", self._turn.id, part, error)
                await self._offer(part, looks[part - 1] if part else None, rest)
                return
        for message in self._messages[len(looks) :]:
            try:
                await message.remove()
            except DeliveryError as error:
                log.info("turn %s: a part could not be removed: %s", self._turn.id, error)
        del self._messages[len(looks) :]

    async def correct(self, looks: Sequence[Look]) -> None:
        """Change what an end that was shown says, and record all of it; nothing is sent anew."""
        if len(looks) != len(self._messages):
            looks = [message.shown or Look("") for message in self._messages]
        for message, look in zip(self._messages, looks, strict=True):
            if not message.exists or message.delivery.state is DeliveryState.UNDELIVERABLE:
                continue
            try:
                await message.settle(look, self._means.patience, self._means.sleep)
            except DeliveryError as error:
                log.info("turn %s: what it says stays: %s %s", self._turn.id, type(error).__name__, error)
                await message.leave()

    async def withdraw(self, look: Look) -> None:
        """Let what is to be seen of an answer that will never be whole show only this, once, where it is."""
        unfinished = [message for message in self._messages if message.delivery.state not in SETTLED]
        for place, message in enumerate(unfinished):
            try:
                if place > 0:
                    await message.remove()
                elif message.may_exist:
                    await message.settle(look, self._means.patience, self._means.sleep)
                else:
                    await message.give_up()
            except Passing as error:
                log.warning("turn %s: left for the next start: %s", self._turn.id, error)
            except DeliveryError:
                await message.give_up()

    async def take_down(self) -> None:
        """Delete every message of it that is known, in one try each."""
        for message in self._messages:
            try:
                await message.remove()
            except DeliveryError as error:
                log.info("turn %s: a part stays: %s %s", self._turn.id, type(error).__name__, error)

    async def _settle(self, part: int, look: Look, refused: str) -> None:
        message = await self._part(part)
        if message is None:
            return
        try:
            await message.settle(look, self._means.patience, self._means.sleep)
        except Passing as error:
            log.warning("turn %s, part %d: left for the next start: %s", self._turn.id, part, error)
        except Lost:
            raise
        except DeliveryError as error:
            log.info("turn %s, part %d: to direct messages: %s %s", self._turn.id, part, type(error).__name__, error)
            await self._settle_elsewhere(message, look, refused)

    async def _offer(self, part: int, before: Look | None, rest: str) -> None:
        """Put *Show the rest* under the part before this one, as it looks; where that can't be, into direct messages."""
        lost, view = self._messages[part], lambda: self._means.controls.rest(self._turn, part)
        try:
            if before is None:
                raise Lost("it is the first part")
            look = Look(f"{before.content}\n{render.small(render.REST_HERE)}", "rest", view)
            await self._messages[part - 1].settle(look, self._means.patience, self._means.sleep)
            await lost.leave()
        except Passing as error:
            log.warning("turn %s: left for the next start: %s", self._turn.id, error)
        except DeliveryError as error:
            log.info("turn %s, part %d: offered in direct messages: %s", self._turn.id, part, error)
            await self._settle_elsewhere(lost, Look(rest, "rest", view), rest)

    async def _settle_elsewhere(self, message: LiveMessage, look: Look, refused: str) -> None:
        try:
            self._home = await self._direct_messages()
            message.move(self._home)
            try:
                await message.settle(look, self._means.patience, self._means.sleep)
            except Rejected as error:
                log.warning("turn %s: Discord does not take a content of it: %s", self._turn.id, error)
                await message.settle(replace(look, content=refused, upload=None), self._means.patience, self._means.sleep)
        except Passing as error:
            log.warning("turn %s: left for the next start: %s", self._turn.id, error)
        except DeliveryError as error:
            log.warning("turn %s: undeliverable: %s %s", self._turn.id, type(error).__name__, error)
            await message.give_up()

    def _exists(self, part: int) -> bool:
        return part < len(self._messages) and self._messages[part].exists

    async def _part(self, part: int) -> LiveMessage | None:
        """The message of this part, a new one after the last if need be; `None` if there is no place for it."""
        if part < len(self._messages):
            return self._messages[part]
        try:
            home = self._home = self._home or await self._direct_messages()
        except DeliveryError as error:
            log.warning("turn %s: no place for its answer: %s %s", self._turn.id, type(error).__name__, error)
            return None
        self._messages.append(self._live(Delivery(turn_id=self._turn.id, part=part, target=home)))
        return self._messages[part]

    async def _direct_messages(self) -> Target:
        if self._direct is None:
            with translated():
                self._direct = await self._means.direct(self._actor)
        return self._direct

    def _live(self, row: Delivery) -> LiveMessage:
        is_original = row.part == 0 and row.target.surface is Surface.EPHEMERAL
        exists = is_original or row.target.message_id is not None
        return LiveMessage(self._means.sender, self._record, row, exists=exists, known=self._known, is_own=self._is_own)

    def _is_own(self, custom_id: str) -> bool:
        return self._means.controls.is_own(custom_id, self._turn.id)

    def _known(self) -> set[int]:
        """The ids of the messages that are known to be parts."""
        targets = [message.delivery.target for message in self._messages]
        return {target.message_id for target in targets if target.message_id is not None}

    async def _record(self, delivery: Delivery) -> bool:
        """Write the row; whether that went. A disk that fails must not keep the words from their owner."""
        try:
            await self._means.store.deliveries.put(self._actor, delivery)
        except StoreError as error:
            log.warning("turn %s, part %d: not recorded: %s", delivery.turn_id, delivery.part, type(error).__name__)
            return False
        return True


def _right(message: LiveMessage, edit: Right) -> Right:
    if message.exists:
        return edit
    return Right.FIRST if message.delivery.part == 0 else Right.NEW
