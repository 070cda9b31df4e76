"""After how many days a person's untouched sessions are archived by themselves: the select in the list of archived ones, and in
`/settings`.
"""

from dataclasses import dataclass
from typing import Any, Final

import discord

from cogs.ids import custom_id
from cogs.router import Unreadable, one_of
from storage.preferences import AUTO_ARCHIVE_DAYS
from storage.records import Actor
from storage.store import Store

USUAL: Final = "usual"
OFFERED: Final = (7, 14, 30, 60, 90, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """What holds for a person. 0 days are never."""

    usual: int
    """What whoever runs the bot has set."""
    chosen: int | None = None

    @property
    def days(self) -> int:
        """The days that count."""
        return self.usual if self.chosen is None else self.chosen


async def resting_of(store: Store, actor: Actor, usual: int) -> Resting:
    """What the person chose, read from the store."""
    chosen = await store.preferences.get(actor, AUTO_ARCHIVE_DAYS)
    return Resting(usual=usual, chosen=chosen if type(chosen) is int else None)


def days_in(values: list[str]) -> int | None:
    """The days that were chosen in the select, `None` for what is usual here. Raises `Unreadable`."""
    offered: dict[str, int | None] = {USUAL: None, **{str(days): days for days in OFFERED}}
    days = one_of(values)
    if days not in offered:
        raise Unreadable
    return offered[days]


def rule(resting: Resting) -> str:
    """What holds, as a sentence."""
    if resting.days <= 0:
        return "Nothing comes here by itself."
    untouched = f"What is left untouched for {_many(resting.days)} comes here by itself"
    return f"{untouched}; pinned sessions never do. Open one to bring it back."


def select(resting: Resting, verb: str = "rests") -> discord.ui.Select[Any]:
    """The choice, with what holds chosen; what is chosen goes to `verb`."""
    usual = f"{_when(resting.usual)}, as usual here"
    options = [discord.SelectOption(label=usual, value=USUAL, default=resting.chosen is None)]
    options += [discord.SelectOption(label=_when(days), value=str(days), default=resting.chosen == days) for days in OFFERED]
    return discord.ui.Select(placeholder="Archive by itself", options=options, custom_id=custom_id(verb))


def _many(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _when(days: int) -> str:
    return "Never by itself" if days <= 0 else f"By itself after {_many(days)}"
