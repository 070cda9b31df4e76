"""What every delivery is given: the store, the sender, the buttons, and the words and times that are not its own to choose."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import discord

from delivery.flips import Flip
from delivery.governor import Governor
from delivery.live import PATIENCE, Sleep
from delivery.sender import Sender
from delivery.summing import Summed
from storage.records import Actor, Target, Turn, TurnState
from storage.store import Store


class Controls(Protocol):
    """The buttons of a turn's own messages."""

    def is_own(self, custom_id: str, turn_id: UUID) -> bool:
        """Whether a button with this id stands under a turn's own messages, and not only where one is told of the turn."""
        ...

    def waiting(self, turn: Turn) -> discord.ui.View:
        """While it waits behind a running answer."""
        ...

    def paused(self, turn: Turn) -> discord.ui.View:
        """While it waits for its owner."""
        ...

    def streaming(self, turn: Turn) -> discord.ui.View:
        """While the model is at work."""
        ...

    def rest(self, turn: Turn, part: int) -> discord.ui.View:
        """Where the answer's messages from `part` on may not have arrived."""
        ...

    def ended(
        self,
        turn: Turn,
        outcome: TurnState,
        *,
        last: bool,
        wrote: bool,
        late: bool = False,
        flip: Flip | None = None,
        summed: Summed | None = None,
    ) -> discord.ui.View | None:
        """Under the ended answer; `last` while it is its session's last exchange, `wrote` where it has text, `late` where it
        came after a long silence; with the way to those beside it, and to the summary that was made for it.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What every delivery is given."""

    store: Store
    sender: Sender
    controls: Controls
    model_label: str | None
    privacy_notice: str
    direct: Callable[[Actor], Awaitable[Target]]
    """Opens a person's direct messages; may raise what discord.py raises."""
    governor: Governor
    now: Callable[[], datetime]
    operator_told: Callable[[], bool] = lambda: False
    """Whether the operator hears of what only they can mend."""
    long_silence: timedelta = timedelta(hours=8)
    """After how long without a message an answer says in which session it is."""
    silence: float = 1.5
    """Seconds without words before a new direct message says that the model is thinking."""
    patience: Sequence[float] = PATIENCE
    sleep: Sleep = asyncio.sleep
