"""Reading components: the buttons, selects and text that a person sees in a message, out of Discord's nested JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ACTION_ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT, SEPARATOR, CONTAINER, LABEL, FILE_UPLOAD = 9, 10, 14, 17, 18, 19
"""Component types by Discord's numbers."""

LINK_STYLE = 5
"""The button style that opens an address and never reaches the bot."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button as it is seen; a link has a `url` and no `custom_id`."""

    label: str
    custom_id: str | None
    disabled: bool = False
    style: int = 2
    url: str | None = None
    emoji: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a select."""

    label: str
    value: str
    description: str | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A select as it is seen."""

    custom_id: str
    options: tuple[Option, ...]
    placeholder: str | None = None
    disabled: bool = False
    min_values: int = 1
    max_values: int = 1


def walk(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Give every component, outer before inner, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components", ()))
        yield from walk([component[key] for key in ("accessory", "component") if component.get(key)])


def buttons_of(components: Sequence[Mapping[str, Any]]) -> list[Button]:
    """Give the buttons in reading order."""
    return [_button(c) for c in walk(components) if c["type"] == BUTTON]


def selects_of(components: Sequence[Mapping[str, Any]]) -> list[Select]:
    """Give the string selects in reading order."""
    return [_select(c) for c in walk(components) if c["type"] == SELECT]


def text_of(components: Sequence[Mapping[str, Any]]) -> str:
    """Give the text of all text displays, a line break between two."""
    return "\n".join(c["content"] for c in walk(components) if c["type"] == TEXT)


def _button(component: Mapping[str, Any]) -> Button:
    emoji: Mapping[str, Any] = component.get("emoji") or {}
    return Button(
        label=component.get("label") or "",
        custom_id=component.get("custom_id"),
        disabled=bool(component.get("disabled")),
        style=component["style"],
        url=component.get("url"),
        emoji=emoji.get("name"),
    )


def _select(component: Mapping[str, Any]) -> Select:
    options = tuple(Option(o["label"], o["value"], o.get("description"), bool(o.get("default"))) for o in component["options"])
    return Select(
        custom_id=component["custom_id"],
        options=options,
        placeholder=component.get("placeholder"),
        disabled=bool(component.get("disabled")),
        min_values=component.get("min_values", 1),
        max_values=component.get("max_values", 1),
    )
