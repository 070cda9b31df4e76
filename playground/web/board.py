"""The board of switches: what can be made to go wrong, as plain data that the page draws without knowing any of them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from playground.standin import CannotDo

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    """One position of a switch that is a choice."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A switch, how it stands and how it is turned."""

    id: str
    group: str
    label: str
    about: str
    kind: Literal["choice", "toggle", "action"]
    turn: Callable[[Any], Awaitable[None]]
    value: Callable[[], str | bool | None] = lambda: None
    options: Sequence[Option] = ()
    why: Callable[[], str] = lambda: ""
    """Why it can't be turned now; empty where it can."""

    def shape(self) -> Json:
        """As the page is told."""
        return {
            "id": self.id,
            "group": self.group,
            "label": self.label,
            "about": self.about,
            "kind": self.kind,
            "value": self.value(),
            "options": [{"value": option.value, "label": option.label} for option in self.options],
            "available": not self.why(),
            "why": self.why(),
        }

    def takes(self, value: object) -> bool:
        """Whether it can stand so."""
        if self.kind == "choice":
            return value in [option.value for option in self.options]
        return isinstance(value, bool) if self.kind == "toggle" else True


class Board:
    """All switches, in the order in which they are shown."""

    def __init__(self, switches: Sequence[Switch]) -> None:
        self._switches = {switch.id: switch for switch in switches}

    def shape(self) -> Json:
        """As the page is told."""
        return {"switches": [switch.shape() for switch in self._switches.values()]}

    async def turn(self, switch_id: object, value: object) -> None:
        """Turn one switch. Raises `CannotDo` where there is none, or it can't stand so now."""
        switch = self._switches.get(str(switch_id))
        if switch is None or not switch.takes(value):
            raise CannotDo("there is no such switch; reload the page")
        if why := switch.why():
            raise CannotDo(why)
        await switch.turn(value)
