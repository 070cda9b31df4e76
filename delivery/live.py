"""One message that changes while an answer is written, and the pace of those changes.

A message has one call in flight at a time and each takes the newest state when it begins; when that is, the governor says.
Interim edits are never repeated: the next one is newer. The final one is repeated by us, because the library repeats neither
after a dropped connection nor after a 503 on a channel's message. Used by `answer.py`, whose one
task calls in here; nothing here runs by itself.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

import discord

from agent.checkpoints import Sleep
from delivery.errors import DeliveryError, Lost, Passing, Unheard, Unsent
from delivery.governor import Governor, Next, Right
from delivery.sender import Sender, Upload
from storage.records import Delivery, DeliveryState, Surface, Target

log = logging.getLogger(__name__)

PATIENCE: Final = (0.5, 1.0, 2.0, 4.0, 6.0, 6.5, 60.0, 240.0, 600.0)
"""Seconds between the tries of a final edit: about twenty in all, then a few more in case Discord is away for longer."""

LONGEST_INTERIM: Final = 5.0
"""Seconds after which an interim edit without an answer is given up: discord.py repeats one that failed for half a minute,
and the end would have to wait.
"""
DOUBT: Final = 2.0
"""Seconds after which the end is shown once more where an interim edit may have been overtaken by it."""


class Pace:
    """When to show the newest state: at once if it has been quiet, else when the governor has a turn for it."""

    def __init__(self, governor: Governor, call: Callable[[], Next | None]) -> None:
        self._governor, self._call = governor, call
        self._changed = asyncio.Event()
        self._hurried = asyncio.Event()
        self._shown = float("-inf")
        self._turn: asyncio.Future[bool] | None = None

    def mark(self) -> None:
        """There is something newer to show."""
        self._changed.set()

    def hurry(self) -> None:
        """There is something to show that shall not wait: the first words, or the end."""
        self._hurried.set()
        self._changed.set()
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(False)

    def spend(self) -> None:
        """Something was shown just now."""
        self._shown = self._governor.now()

    async def wait(self) -> bool:
        """Return when it is time to show what is newest, and whether that is because it shall not wait; without a change,
        never.
        """
        await self._changed.wait()
        call = self._call()
        while call is not None and not self._hurried.is_set():
            await self._until(self._governor.ready(call, self._shown))
            if await self._has_turn(call):
                break
            await asyncio.sleep(0)  # whatever the governor says, others have their turn
        is_hurried = self._hurried.is_set()
        self._changed.clear()
        self._hurried.clear()
        return is_hurried

    async def _has_turn(self, call: Next) -> bool:
        """Wait for the call's turn; false where it is to be asked for again, or something shall not wait."""
        if self._hurried.is_set():
            return False
        self._turn = self._governor.turn(call, self._shown)
        try:
            return await self._turn
        finally:
            self._turn = None

    async def _until(self, due: float) -> None:
        """Wait until then, unless something comes that shall not wait."""
        remaining = due - self._governor.now()
        if remaining > 0 and not self._hurried.is_set():
            with suppress(TimeoutError):  # and not by `wait_for`, whose Python 3.11 swallows a cancel that comes with it
                async with asyncio.timeout(remaining):
                    await self._hurried.wait()


@dataclass(frozen=True, slots=True)
class Look:
    """What a message shows. Looks with the same content and the same `buttons` are the same."""

    content: str
    buttons: str = ""
    """A name for the buttons under it; "" for none."""
    view: Callable[[], discord.ui.View | None] = field(default=lambda: None, compare=False)
    upload: Upload | None = field(default=None, compare=False)
    """A file that goes with it."""
    lasting: str | None = field(default=None, compare=False)
    """What may stay for ever where `content` says that something is under way; `None` where that may."""


def looks_of(
    contents: list[str], buttons: str, view: Callable[[], discord.ui.View | None], upload: Upload | None = None
) -> list[Look]:
    """The contents as looks, with buttons and file under the last only."""
    *before, last = contents
    return [*map(Look, before), Look(last, buttons, view, upload)]


class LiveMessage:
    """One part of an answer. `record` writes its row; it is told before each send and after what was learnt from it, and gives
    whether the row was taken. One that was not is written again with the next look.

    `known` gives the ids of the answer's messages, and `is_own` tells whether a button's id is of these alone.
    """

    def __init__(
        self,
        sender: Sender,
        record: Callable[[Delivery], Awaitable[bool]],
        delivery: Delivery,
        *,
        exists: bool,
        known: Callable[[], set[int]] = set,
        is_own: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._sender, self._record = sender, record
        self._known, self._is_own = known, is_own
        self.delivery = delivery
        self.exists = exists
        """Whether there is a message to edit; else the first look sends one."""
        self.shown: Look | None = None
        self._recorded = True
        self._in_doubt = False
        """Whether an interim edit had no answer, and may yet be made."""
        self._salt = 0
        """Makes the nonce another once this part is to be a message anew."""

    @property
    def may_exist(self) -> bool:
        """Whether there is a message, or one that a repeated send would find."""
        return self.exists or (self.delivery.state is DeliveryState.UNKNOWN and self.delivery.target.surface is Surface.DIRECT)

    @property
    def is_lost(self) -> bool:
        """Whether there may be a message that cannot be found: an ephemeral follow-up whose send told nothing."""
        return not self.exists and self.delivery.state is DeliveryState.UNKNOWN and not self.may_exist

    async def show(self, look: Look, right: Right) -> None:
        """Make the message look so, in one try; costs nothing when it does already. Raises `DeliveryError`."""
        if look == self.shown:
            return
        if self.is_lost:
            raise Lost("the outcome of an earlier send was not learnt")
        if self.exists:
            message_id = await self._edit(look, right)
        else:
            message_id = await self._send(look, right)
            if look.lasting is not None and self.delivery.target.surface is Surface.EPHEMERAL:
                look = Look(look.lasting)
        self.exists, self.shown = True, look
        is_news = message_id != self.delivery.target.message_id or self.delivery.state is not DeliveryState.SENT
        if is_news or not self._recorded:
            await self._become(DeliveryState.SENT, replace(self.delivery.target, message_id=message_id))

    async def settle(self, look: Look, patience: Sequence[float], sleep: Sleep) -> None:
        """Make the message look so for good, trying again while it fails in passing. Raises `DeliveryError`."""
        for pause in patience:
            try:
                await self.show(look, Right.FINAL)
                break
            except Passing as error:
                log.info("turn %s, part %d: %s", self.delivery.turn_id, self.delivery.part, error)
            await sleep(pause)
        else:
            await self.show(look, Right.FINAL)
        if self._in_doubt:
            await sleep(DOUBT)
            self._in_doubt, self.shown = False, None
            await self.show(look, Right.FINAL)
        await self._become(DeliveryState.FINAL)

    async def leave(self) -> None:
        """Nothing more is to be done for this part by itself: its owner was offered it."""
        await self._become(DeliveryState.FINAL)

    async def give_up(self) -> None:
        """Remember that this part cannot be delivered."""
        await self._become(DeliveryState.UNDELIVERABLE)

    async def remove(self) -> None:
        """Delete the message: the answer turned out shorter than what was shown. Raises `DeliveryError`."""
        if self.exists:
            await self._sender.delete(self.delivery.target)
        self.exists = False
        await self._become(DeliveryState.FINAL, replace(self.delivery.target, message_id=None))

    def move(self, target: Target) -> None:
        """Show this part as a new message at `target` from now on."""
        self._salt = self.delivery.target.message_id or self._salt + 1
        self.delivery = replace(self.delivery, target=target, state=DeliveryState.PENDING)
        self.exists, self.shown = target.message_id is not None, None

    async def _edit(self, look: Look, right: Right) -> int:
        """Edit. Newer text is worth more than an interim edit that takes long."""
        if right is not Right.INTERIM:
            return await self._sender.edit(self.delivery.target, look.content, look.view(), upload=look.upload, right=right)
        try:
            async with asyncio.timeout(LONGEST_INTERIM):
                return await self._sender.edit(self.delivery.target, look.content, look.view(), right=right)
        except (TimeoutError, Unheard) as error:
            self._in_doubt = True
            raise Unheard(str(error)) from None

    async def _send(self, look: Look, right: Right) -> int:
        """Send, with the row saying before that there may be a message.

        Where the outcome of an earlier send was not learnt, its message is looked for first.
        """
        repeated = self.delivery.state is DeliveryState.UNKNOWN
        await self._become(DeliveryState.UNKNOWN)
        target = self.delivery.target
        if target.surface is Surface.EPHEMERAL:
            return await self._follow_up(look, right)
        found = await self._lost() if repeated else None
        if found is not None:
            target = replace(target, message_id=found)
            return await self._sender.edit(target, look.content, look.view(), upload=look.upload, right=right)
        nonce = self._nonce()
        return await self._sender.send(target, look.content, look.view(), nonce=nonce, upload=look.upload, right=right)

    async def _follow_up(self, look: Look, right: Right) -> int:
        """Send a message that can't be looked up: if this tells nothing it stays as it is, so it says and offers nothing that
        passes. The next look brings that.
        """
        try:
            if look.lasting is not None:
                return await self._sender.send(self.delivery.target, look.lasting, once=True, right=right)
            target, view = self.delivery.target, look.view()
            return await self._sender.send(target, look.content, view, once=True, upload=look.upload, right=right)
        except DeliveryError as error:
            if isinstance(error, Unsent) or not isinstance(error, Passing):  # else it may be there
                await self._become(DeliveryState.PENDING)
            raise

    async def _lost(self) -> int | None:
        """The message of a send whose outcome was not learnt: its buttons name the turn. An enforced nonce finds it too, but
        only for some minutes, which a restart may take longer than.
        """
        found = await self._sender.find(self.delivery.target, self._is_own)
        return next((message_id for message_id in found if message_id not in self._known()), None)

    def _nonce(self) -> str:
        """The same for the same message, also after a restart; never that of one that is gone, which Discord answers with
        "Unknown Message" (discord-api-docs#6647).
        """
        name = f"{self.delivery.turn_id} {self.delivery.part} {self._salt}"
        return hashlib.blake2b(name.encode(), digest_size=12).hexdigest()

    async def _become(self, state: DeliveryState, target: Target | None = None) -> None:
        self.delivery = replace(self.delivery, state=state, target=target or self.delivery.target)
        self._recorded = await self._record(self.delivery)
