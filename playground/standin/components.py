"""Discord's rules for components: which may stand where, how long, how many, and the shape in which they come back.

Rules: https://discord.com/developers/docs/components/reference . User, role and channel selects, media and a
message's file components are not built; a bot that sends them is told so.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from playground.standin.errors import NotImplementedHere
from playground.standin.fields import Faults, Field, Path, check, every
from playground.standin.parts import (
    ACTION_ROW,
    BUTTON,
    CONTAINER,
    FILE_UPLOAD,
    LABEL,
    LINK_STYLE,
    SECTION,
    SELECT,
    SEPARATOR,
    TEXT,
    TEXT_INPUT,
    walk,
)

MAX_ROWS, MAX_COMPONENTS, MAX_TEXT = 5, 40, 4000
_CUSTOM_ID = Field(str, required=True, low=1, high=100)
_EMOJI = {"id": Field(str), "name": Field(str), "animated": Field(bool)}
_BASE = {"type": Field(int, required=True), "id": Field(int, low=0)}
_OPTION = {
    "label": Field(str, required=True, low=1, high=100),
    "value": Field(str, required=True, low=1, high=100),
    "description": Field(str, low=1, high=100),
    "default": Field(bool),
    "emoji": Field(dict),
}
_FIELDS: Mapping[int, Mapping[str, Field]] = {
    ACTION_ROW: {**_BASE, "components": Field(list, required=True, low=1, high=5)},
    BUTTON: {
        **_BASE,
        "style": Field(int, required=True, one_of=(1, 2, 3, 4, LINK_STYLE)),
        "label": Field(str, high=80),
        "emoji": Field(dict),
        "custom_id": Field(str, low=1, high=100),
        "url": Field(str, low=1, high=512),
        "disabled": Field(bool),
    },
    SELECT: {
        **_BASE,
        "custom_id": _CUSTOM_ID,
        "options": Field(list, required=True, low=1, high=25),
        "placeholder": Field(str, high=150),
        "min_values": Field(int, low=0, high=25),
        "max_values": Field(int, low=1, high=25),
        "disabled": Field(bool),
        "required": Field(bool),
    },
    TEXT_INPUT: {
        **_BASE,
        "custom_id": _CUSTOM_ID,
        "style": Field(int, required=True, one_of=(1, 2)),
        "label": Field(str, low=1, high=45),
        "min_length": Field(int, low=0, high=4000),
        "max_length": Field(int, low=1, high=4000),
        "required": Field(bool),
        "value": Field(str, high=4000),
        "placeholder": Field(str, high=100),
    },
    SECTION: {
        **_BASE,
        "components": Field(list, required=True, low=1, high=3),
        "accessory": Field(dict, required=True),
    },
    TEXT: {**_BASE, "content": Field(str, required=True, low=1, high=MAX_TEXT)},
    SEPARATOR: {**_BASE, "divider": Field(bool), "spacing": Field(int, one_of=(1, 2))},
    CONTAINER: {
        **_BASE,
        "components": Field(list, required=True, low=1, high=MAX_COMPONENTS),
        "accent_color": Field(int, low=0, high=0xFFFFFF),
        "spoiler": Field(bool),
    },
    LABEL: {
        **_BASE,
        "label": Field(str, required=True, low=1, high=45),
        "description": Field(str, low=1, high=100),
        "component": Field(dict, required=True),
    },
    FILE_UPLOAD: {
        **_BASE,
        "custom_id": _CUSTOM_ID,
        "min_values": Field(int, low=0, high=10),
        "max_values": Field(int, low=1, high=10),
        "required": Field(bool),
    },
}
_INSIDE: Mapping[int, tuple[int, ...]] = {
    ACTION_ROW: (BUTTON, SELECT),
    SECTION: (TEXT,),
    CONTAINER: (ACTION_ROW, TEXT, SECTION, SEPARATOR),
}
_NOT_BUILT = (5, 6, 7, 8, 11, 12, 13, 20, 21, 22, 23)
"""Component types that Discord has and the stand-in has not learned."""
_ROWS_ONLY = (ACTION_ROW,)
_V2_TOP = (ACTION_ROW, SECTION, TEXT, SEPARATOR, CONTAINER)
_MODAL_TOP = (ACTION_ROW, LABEL, TEXT)
_SHOWN: Mapping[int, Mapping[str, Any]] = {
    BUTTON: {"disabled": False},
    SELECT: {"min_values": 1, "max_values": 1, "disabled": False},
    SEPARATOR: {"divider": True, "spacing": 1},
    CONTAINER: {"accent_color": None, "spoiler": False},
    TEXT_INPUT: {"label": None, "min_length": None, "max_length": None},
}
"""What Discord adds to components that leave it out."""


def check_message_components(components: Sequence[Any], *, v2: bool, faults: Faults) -> None:
    """Check the components of a message, with or without Components V2."""
    top = _V2_TOP if v2 else _ROWS_ONLY
    sound = every(_check(c, top, faults, ("components", i)) for i, c in enumerate(components))
    if not v2 and len(components) > MAX_ROWS:
        faults.add(("components",), "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_ROWS} or fewer in length.")
    if not sound:
        return
    if sum(1 for _ in walk(components)) > MAX_COMPONENTS:
        faults.add(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"Must be {MAX_COMPONENTS} or fewer components.")
    if sum(len(c["content"]) for c in walk(components) if c["type"] == TEXT) > MAX_TEXT:
        faults.add(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"The displayable text exceeds {MAX_TEXT}.")
    _check_unique(components, faults)


def check_modal(modal: object, faults: Faults) -> None:
    """Check a modal's title, custom_id and its one to five fields."""
    fields = {
        "custom_id": _CUSTOM_ID,
        "title": Field(str, required=True, low=1, high=45),
        "components": Field(list, required=True, low=1, high=5),
    }
    if not check(modal, fields, faults):
        return
    components = cast("dict[str, Any]", modal)["components"]
    sound = [_check(c, _MODAL_TOP, faults, ("components", i)) for i, c in enumerate(components)]
    if all(sound):
        _check_unique(components, faults)


def shown(components: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give checked components as Discord sends them back: every one with an id, defaults filled in."""
    given = {c["id"] for c in walk(components) if c.get("id")}
    free = iter(n for n in range(1, 1000) if n not in given)
    return [_shown(c, free) for c in components]


def _shown(component: Mapping[str, Any], free: Any) -> dict[str, Any]:
    kept = {k: v for k, v in component.items() if v is not None and not (k == "required" and component["type"] == SELECT)}
    whole: dict[str, Any] = {**_SHOWN.get(component["type"], {}), **kept}
    whole["id"] = component.get("id") or next(free)
    if "components" in whole:
        whole["components"] = [_shown(c, free) for c in whole["components"]]
    for key in ("accessory", "component"):
        if key in whole:
            whole[key] = _shown(whole[key], free)
    return whole


def _check(component: object, allowed: tuple[int, ...], faults: Faults, path: Path) -> bool:
    kind: Any = cast("dict[str, Any]", component).get("type") if isinstance(component, dict) else None
    if kind in _NOT_BUILT:
        raise NotImplementedHere(f"component type {kind}")
    if kind not in allowed:
        faults.add((*path, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of {allowed}.')
        return False
    found = cast("dict[str, Any]", component)
    return check(found, _FIELDS[kind], faults, path) and _check_inside(found, allowed, faults, path)


def _check_inside(component: Mapping[str, Any], allowed: tuple[int, ...], faults: Faults, path: Path) -> bool:
    kind = component["type"]
    if kind == BUTTON:
        return _check_button(component, faults, path)
    if kind == SELECT:
        return _check_select(component, faults, path)
    if kind == LABEL:
        return _check(component["component"], (TEXT_INPUT, SELECT, FILE_UPLOAD), faults, (*path, "component"))
    if kind == SECTION and not _check(component["accessory"], (BUTTON,), faults, (*path, "accessory")):
        return False
    in_modal_row = kind == ACTION_ROW and allowed == _MODAL_TOP
    inside = (TEXT_INPUT,) if in_modal_row else _INSIDE.get(kind, ())
    parts: Sequence[Any] = component.get("components", ())
    sound = every(_check(c, inside, faults, (*path, "components", i)) for i, c in enumerate(parts))
    if sound and kind == ACTION_ROW and len(parts) > 1 and any(c["type"] != BUTTON for c in parts):
        faults.add((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A row holds five buttons or one other component.")
        return False
    return sound


def _check_button(button: Mapping[str, Any], faults: Faults, path: Path) -> bool:
    wants, not_wanted = ("url", "custom_id") if button["style"] == LINK_STYLE else ("custom_id", "url")
    if not button.get(wants):
        faults.add((*path, wants), "BASE_TYPE_REQUIRED", "This field is required")
    if button.get(not_wanted):
        faults.add(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_CONFLICT", "A button has a custom_id or a url, not both.")
    if not button.get("label") and not button.get("emoji"):
        faults.add((*path, "label"), "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji.")
    return not button.get("emoji") or check(button["emoji"], _EMOJI, faults, (*path, "emoji"))


def _check_select(select: Mapping[str, Any], faults: Faults, path: Path) -> bool:
    options: Sequence[Any] = select["options"]
    sound = every(check(o, _OPTION, faults, (*path, "options", i)) for i, o in enumerate(options))
    if not sound:
        return False
    if len({o["value"] for o in options}) < len(options):
        faults.add((*path, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The option values must be unique.")
    most = select.get("max_values") or 1
    if most > len(options) or sum(bool(o.get("default")) for o in options) > most:
        faults.add((*path, "max_values"), "SELECT_COMPONENT_MAX_VALUES", "max_values does not fit the options.")
    return True


def _check_unique(components: Sequence[Mapping[str, Any]], faults: Faults) -> None:
    names = [c["custom_id"] for c in walk(components) if c.get("custom_id")]
    for name in {n for n in names if names.count(n) > 1}:
        message = f"Component custom id cannot be duplicated: {name}"
        faults.add(("components",), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
