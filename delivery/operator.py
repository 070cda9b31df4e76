"""What whoever runs the bot is told: one direct message when something begins that only they can mend, one when it is over.

Parts of the bot report what they see as often as they like; here each incident is told once, also across restarts. A message
that fails in passing is tried again until it is out, or until there is nothing to tell any more.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

from agent.checkpoints import Sleep
from agent.errors import BadKey, NoSuchModel, OutOfCredit
from agent.events import Event, TurnEnded
from delivery.errors import DeliveryError, Passing, translated
from delivery.sender import Sender
from storage.errors import StoreError
from storage.housekeeping import IncidentKind
from storage.records import Actor, Target, TurnState
from storage.tasks import end
from storage.upkeep import Upkeep

log = logging.getLogger(__name__)

AGAIN: Final = 60.0
"""Seconds until what could not be told is tried again."""

OF_ERRORS: Final[Mapping[str, IncidentKind]] = {
    BadKey.kind: IncidentKind.KEY_REFUSED,
    NoSuchModel.kind: IncidentKind.NO_SUCH_MODEL,
    OutOfCredit.kind: IncidentKind.OUT_OF_CREDIT,
}
"""The failures of a turn that only the operator can mend."""

OVER_WITH_AN_ANSWER: Final = (*OF_ERRORS.values(), IncidentKind.ENDPOINT_DOWN)

BEGAN: Final[Mapping[IncidentKind, str]] = {
    IncidentKind.KEY_REFUSED: (
        "The model service doesn't accept my key, so nobody gets an answer. "
        "Put a valid one into `OPENAI_API_KEY` and restart me."
    ),
    IncidentKind.NO_SUCH_MODEL: (
        "The model service doesn't have the model I'm set to, so nobody gets an answer. "
        "Put one that it has into `OPENAI_MODEL` and restart me."
    ),
    IncidentKind.OUT_OF_CREDIT: "The model account is out of credit, so nobody gets an answer until it has some again.",
    IncidentKind.ENDPOINT_DOWN: (
        "The model service has been down since {since}. I look again each minute and go on by myself; no message is lost."
    ),
    IncidentKind.DISK_LOW: "The disk that holds my database is nearly full. Make room on it, or soon nothing new can be saved.",
    IncidentKind.BACKUP_FAILED: "The daily backup couldn't be made. I try again each hour; `bot.py --check` tells why.",
    IncidentKind.BUDGET_LOW: (
        "Four fifths of everybody's tokens for today are used (`DAY_TOKENS_ALL`). There are new ones {refills}."
    ),
}

OVER: Final[Mapping[IncidentKind, str]] = {
    IncidentKind.KEY_REFUSED: "The model service accepts my key again.",
    IncidentKind.NO_SUCH_MODEL: "The model I'm set to is there again.",
    IncidentKind.OUT_OF_CREDIT: "The model account has credit again.",
    IncidentKind.ENDPOINT_DOWN: "The model service is well again.",
    IncidentKind.DISK_LOW: "The disk has room again.",
    IncidentKind.BACKUP_FAILED: "The backup was made.",
    IncidentKind.BUDGET_LOW: "A new day: everybody's tokens are there again.",
}

WHY_YOU: Final = "-# You get this because `OPERATOR_ID` names you."


class Operator:
    """Tells the operator. An async context that owns the task which does; without an `operator_id` it tells nobody.

    `direct` opens a person's direct messages, once there is a connection to Discord.
    """

    def __init__(
        self,
        operator_id: int | None,
        upkeep: Upkeep,
        sender: Sender,
        direct: Callable[[Actor], Awaitable[Target]],
        *,
        now: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._actor = None if operator_id is None else Actor(operator_id)
        self._upkeep, self._sender, self._direct, self._now, self._sleep = upkeep, sender, direct, now, sleep
        self._happening: dict[IncidentKind, datetime] = {}
        self._told: dict[IncidentKind, datetime] = {}
        self._shut = False
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._actor is not None:
            try:
                self._told = {incident.kind: incident.began for incident in await self._upkeep.incidents()}
            except StoreError as error:
                log.warning("what the operator knows could not be read: %s", type(error).__name__)
            self._happening = dict(self._told)
            self._task = asyncio.create_task(self._tell_all(), name="operator")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await end(self._task)

    def hears(self) -> bool:
        """Whether there is an operator, whom Discord has not refused to reach."""
        return self._actor is not None and not self._shut

    def report(self, kind: IncidentKind, *, happening: bool) -> None:
        """What somebody sees now; the same again changes nothing."""
        if happening == (kind in self._happening):
            return
        if happening:
            self._happening[kind] = self._now()
        else:
            del self._happening[kind]
        self._changed.set()

    def sees(self, kind: IncidentKind, happening: bool) -> None:
        """`report`, in the form of a callback."""
        self.report(kind, happening=happening)

    def endpoint(self, since: datetime | None) -> None:
        """The model endpoint is down since then, or well: for `GuardedModel`."""
        self.report(IncidentKind.ENDPOINT_DOWN, happening=since is not None)

    def on_event(self, event: Event) -> None:
        """The `Listener`: what a turn's end tells of the model."""
        if not isinstance(event, TurnEnded):
            return
        kind = OF_ERRORS.get(event.error.kind) if event.error is not None else None
        if kind is not None:
            self.report(kind, happening=True)
        elif event.error is None and event.outcome in (TurnState.COMPLETED, TurnState.TRUNCATED):
            for over in OVER_WITH_AN_ANSWER:
                self.report(over, happening=False)

    async def _tell_all(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                for kind in IncidentKind:
                    await self._tell_of(kind)
            except Passing as error:
                log.info("the operator could not be told: %s", error)
                await self._sleep(AGAIN)
                self._changed.set()

    async def _tell_of(self, kind: IncidentKind) -> None:
        """Say what is new of this kind. Raises `Passing`."""
        began, told = self._happening.get(kind), self._told.get(kind)
        if began is not None and told is None:
            await self._say(f"{began_text(kind, began)}\n{WHY_YOU}", f"{kind} {began}")
            self._told[kind] = began
            await self._remember(kind, began)
        elif began is None and told is not None:
            await self._say(OVER[kind], f"{kind} {told} over")
            del self._told[kind]
            await self._remember(kind, None)

    async def _say(self, text: str, name: str) -> None:
        """Send it; a refusal is as good as told, since another try would be refused as well. Raises `Passing`."""
        if self._actor is None:
            return
        nonce = hashlib.blake2b(name.encode(), digest_size=12).hexdigest()
        try:
            with translated():
                target = await self._direct(self._actor)
            await self._sender.send(target, text, nonce=nonce)
        except Passing:
            raise
        except DeliveryError as error:
            self._shut = True
            log.warning("Discord does not let me write to OPERATOR_ID: %s", error)
        else:
            self._shut = False

    async def _remember(self, kind: IncidentKind, began: datetime | None) -> None:
        try:
            if began is None:
                await self._upkeep.end_incident(kind)
            else:
                await self._upkeep.begin_incident(kind, began)
        except StoreError as error:  # a restart then tells of it once more, which is better than never
            log.warning("what the operator was told is not kept: %s", type(error).__name__)


def began_text(kind: IncidentKind, began: datetime) -> str:
    """What is said of an incident that began then; Discord shows the times in the reader's own zone."""
    midnight = began.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return BEGAN[kind].format(since=f"<t:{int(began.timestamp())}:t>", refills=f"<t:{int(midnight.timestamp())}:R>")
