"""Turning what a person types after a slash command into Discord's options, checked as the client checks them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from playground.standin.refusals import CannotDo
from playground.standin.things import Application, File

Json = dict[str, Any]
_STRING, _INTEGER, _BOOLEAN, _NUMBER, _ATTACHMENT = 3, 4, 5, 10, 11
_SUBCOMMAND, _GROUP = 1, 2
_UNBUILT = {6: "a user", 7: "a channel", 8: "a role", 9: "a user or role"}
_TAKES: Mapping[int, tuple[type, Callable[[Any], Any]]] = {
    _STRING: (str, str),
    _INTEGER: (int, int),
    _BOOLEAN: (bool, bool),
    _NUMBER: (float, float),
}


def command_options(
    application: Application, name: str, options: Mapping[str, Any], *, in_guild: bool, focus: str | None = None
) -> Json:
    """Give the data of a command ("ask" or "group sub") or, with `focus`, of its autocomplete. Raises `CannotDo`.

    An option that takes a file carries the `File` itself, for whoever uploads it (see `file_options`).
    """
    top, *inner = name.split()
    command = application.command(top)
    if command is None or not _offered(command, in_guild=in_guild):
        raise CannotDo(f"there is no command /{top} here")
    kind_path: list[int] = []
    found: Json | None = command
    for step in inner:
        found = next((o for o in found.get("options", ()) if o["name"] == step and o["type"] in (_SUBCOMMAND, _GROUP)), None)
        if found is None:
            raise CannotDo(f"there is no command /{name}")
        kind_path.append(found["type"])
    given = _given(found.get("options", ()), options, focus)
    for step, kind in zip(reversed(inner), reversed(kind_path), strict=True):
        given = [{"name": step, "type": kind, "options": given}]
    return {"id": command["id"], "name": top, "type": 1, "options": given}


def file_options(data: Json) -> list[Json]:
    """Give the options of a command's data that carry a file."""
    return [option for option in _leaves(data["options"]) if option["type"] == _ATTACHMENT]


def _leaves(options: list[Json]) -> Iterator[Json]:
    for option in options:
        if option["type"] in (_SUBCOMMAND, _GROUP):
            yield from _leaves(option["options"])
        else:
            yield option


def _offered(command: Mapping[str, Any], *, in_guild: bool) -> bool:
    """Tell whether the client lists the command in a server (context 0) or in direct messages with the bot (1)."""
    contexts = command.get("contexts")
    if contexts is not None:
        return (0 if in_guild else 1) in contexts
    return in_guild or command.get("dm_permission", True)


def _given(declared: Any, options: Mapping[str, Any], focus: str | None) -> list[Json]:
    if unknown := set(options) - {o["name"] for o in declared}:
        raise CannotDo(f"no option {', '.join(sorted(unknown))}")
    given: list[Json] = []
    for option in declared:
        value = options.get(option["name"])
        if focus is not None and option["type"] == _ATTACHMENT:
            continue  # nothing is uploaded before the command is sent
        if value is not None:
            given.append(_option(option, value, focus))
        elif option.get("required") and focus is None:
            raise CannotDo(f"{option['name']} is required")
    return given


def _option(option: Mapping[str, Any], value: Any, focus: str | None) -> Json:
    whole: Json = {"name": option["name"], "type": option["type"]}
    if option["type"] == _ATTACHMENT:
        return {**whole, "value": _file(option, value)}
    if option["type"] not in _TAKES:
        what = _UNBUILT.get(option["type"], f"something of type {option['type']}")
        raise CannotDo(f"{option['name']} takes {what}, which the stand-in has not learned yet")
    if focus == option["name"]:
        if not option.get("autocomplete"):
            raise CannotDo(f"{focus} has no autocomplete")
        return {**whole, "value": str(value), "focused": True}
    kind, convert = _TAKES[option["type"]]
    if not isinstance(value, int if kind is float else kind):
        raise CannotDo(f"{option['name']} takes {kind.__name__}")
    if focus is None:
        _check_value(option, value)
    return {**whole, "value": convert(value)}


def _file(option: Mapping[str, Any], value: Any) -> File:
    match value:
        case (str() as name, bytes() as data, str() as kind):
            return name, data, kind
        case _:
            raise CannotDo(f"{option['name']} takes a file")


def _check_value(option: Mapping[str, Any], value: Any) -> None:
    choices = option.get("choices")
    if choices and value not in [c["value"] for c in choices]:
        raise CannotDo(f"{option['name']} is one of {[c['name'] for c in choices]}")
    size = len(value) if isinstance(value, str) else value
    low = option.get("min_length", option.get("min_value"))
    high = option.get("max_length", option.get("max_value"))
    if isinstance(value, str) and high is None:
        high = 6000
    if (low is not None and size < low) or (high is not None and size > high):
        raise CannotDo(f"{option['name']} is out of bounds ({low} to {high})")
