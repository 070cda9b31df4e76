"""The numbers under which the console offers buttons and selects.

A number means what was last shown under it. Counting begins at 1 again with each line that is typed, so that scripts know the
numbers; between two lines no number changes its meaning, so that nothing else is pressed than what was read.
"""

from dataclasses import dataclass
from typing import Final

from playground.console_text import is_live
from playground.standin import CannotDo, Message
from playground.standin.parts import Button, Select

Part = Button | Select
SHORT: Final = 12
"""Characters of a select's value that is short enough to be typed, as no id is; longer ones are chosen by their place."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A part of a message that can be used now."""

    message: Message
    part: Part


class Offers:
    """Gives numbers and finds what they stand for."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[Message, str]] = {}
        self._counted: set[int] = set()

    def restart(self) -> None:
        """Count from 1 again: a line was typed."""
        self._counted.clear()

    def show(self, message: Message) -> str:
        """The message's parts with their numbers: `[!1 Stop] [!2 Reply]`."""
        return " ".join(self._show(message, part) for part in _usable(message))

    def find(self, number: str) -> Offered:
        """What is offered under a number. Raises `CannotDo` where nothing is, or no longer."""
        held = self._held.get(int(number)) if number.isdecimal() and len(number) < 6 else None
        if held is None:
            raise CannotDo(f"nothing is offered under !{number}")
        message, custom_id = held
        part = next((part for part in _usable(message) if part.custom_id == custom_id), None)
        if part is None or message.deleted:
            raise CannotDo(f"what was !{number} is no longer offered")
        return Offered(message, part)

    def _show(self, message: Message, part: Part) -> str:
        number = self._number(message, part.custom_id or "")
        if isinstance(part, Button):
            return f"[!{number} {' '.join(word for word in (part.emoji, part.label) if word)}]"
        names = ", ".join(name if name == value else f"{name} {label}" for name, value, label in named_choices(part))
        return f"[!{number} N {part.placeholder or 'choose'}: {names}]"

    def _number(self, message: Message, custom_id: str) -> int:
        kept = next((n for n, (m, c) in self._held.items() if m is message and c == custom_id), None)
        number = kept if kept is not None else self._free()
        self._held[number] = (message, custom_id)
        self._counted.add(number)
        return number

    def _free(self) -> int:
        """The lowest number not given since the last line; what a message that is being written offers keeps its own."""
        number = 1
        while number in self._counted or self._on_live(number):
            number += 1
        return number

    def _on_live(self, number: int) -> bool:
        return number in self._held and is_live(self._held[number][0])


def named_choices(select: Select) -> list[tuple[str, str, str]]:
    """What to type for each option, its value and its label: the value itself where all are short words, else its place."""
    options = select.options
    if all(len(option.value) <= SHORT and not set(option.value) & set(" ,") for option in options):
        return [(option.value, option.value, option.label) for option in options]
    return [(str(place), option.value, option.label) for place, option in enumerate(options, start=1)]


def chosen_values(select: Select, typed: str) -> list[str]:
    """The values of what was typed behind a select's number. Raises `CannotDo`, naming what there is."""
    values = {name: value for name, value, _ in named_choices(select)}
    words = typed.replace(",", " ").split()
    if not words or not set(words) <= set(values):
        raise CannotDo(f"choose one of {', '.join(values)}")
    return [values[word] for word in words]


def _usable(message: Message) -> list[Part]:
    return [part for part in (*message.buttons, *message.selects) if part.custom_id and not part.disabled]
