"""What is typed after a slash, read as a command's options. Pure functions over the commands as Discord keeps them.

Text goes to the first option; `name:text` sets another, up to the next one that is named.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from playground.standin import Application, CannotDo, File
from playground.standin.bodies import MAX_FILE_BYTES

STRING: Final = 3
INTEGER: Final = 4
BOOLEAN: Final = 5
NUMBER: Final = 10
FILE: Final = 11
"""Option types by Discord's numbers (documentation, "Application Commands", Option Type)."""


def file_at(path: str) -> File:
    """The file with this path. Raises `ValueError` where it can't be read, or is more than a person may send."""
    try:
        with Path(path).expanduser().open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ValueError from error
    if len(data) > MAX_FILE_BYTES:
        raise ValueError
    return Path(path).name, data, "application/octet-stream"


YES_OR_NO: Final = {"true": True, "yes": True, "false": False, "no": False}
CONVERT: Final[Mapping[int, Callable[[str], Any]]] = {
    STRING: str,
    INTEGER: int,
    NUMBER: float,
    BOOLEAN: lambda word: YES_OR_NO[word.lower()],
    FILE: file_at,
}
WANTED: Final = {
    INTEGER: "a whole number",
    NUMBER: "a number",
    BOOLEAN: "yes or no",
    FILE: "the path of a file of at most 10 MiB",
}


def slash_commands(application: Application) -> dict[str, list[Mapping[str, Any]]]:
    """The bot's slash commands by name, in the order of the alphabet, each with its options as Discord has them."""
    known = sorted(application.commands.values(), key=lambda command: str(command["name"]))
    return {str(command["name"]): list(command.get("options", ())) for command in known if command["type"] == 1}


def options_in(text: str, names: Sequence[str]) -> dict[str, str]:
    """What was typed after a command, by option: `name:value` sets one, up to the next; what comes first is the first's."""
    return {name: value.strip() for name, value in _pieces(text, names) if value.strip()}


def being_typed(text: str, names: Sequence[str]) -> tuple[str, str]:
    """The option that the end of the text belongs to, and what it holds so far."""
    name, value = _pieces(text, names)[-1]
    return name, value.lstrip()


def typed_options(text: str, options: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The options of a command with values of their types. Raises `CannotDo` for a value that is none of its type."""
    declared = {str(option["name"]): option for option in options}
    return {name: _converted(declared[name], value) for name, value in options_in(text, list(declared)).items()}


def _pieces(text: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """The text cut where an option is named for the first time; named again, it is part of the text."""
    if not names:
        return [("", "")]
    pieces = [(names[0], 0, 0)]
    for match in re.finditer(rf"(?<!\S)({'|'.join(map(re.escape, names))}):", text):
        if all(match[1] != name or start == end == 0 for name, start, end in pieces):
            pieces.append((match[1], match.start(), match.end()))
    ends = [start for _, start, _ in pieces[1:]] + [len(text)]
    cut = [(name, text[start:end]) for (name, _, start), end in zip(pieces, ends, strict=True)]
    return cut if cut[0][1].strip() or len(cut) == 1 else cut[1:]


def _converted(option: Mapping[str, Any], text: str) -> Any:
    choices: Sequence[Mapping[str, Any]] = option.get("choices") or ()
    for choice in choices:
        if text in (choice["name"], str(choice["value"])):
            return choice["value"]
    try:
        return CONVERT.get(option["type"], str)(text)
    except (KeyError, ValueError):
        wanted = WANTED[option["type"]]
        raise CannotDo(f"{option['name']} takes {wanted}") from None
