"""What the built-in demo model makes of a conversation that it is to summarise: what the person said, shortened."""

import json
from collections.abc import Iterator
from typing import Any, Final, cast

SAID: Final = "The person said: "
SHOWN: Final = 120
"""Characters of a message in it."""
MOST: Final = 10
"""Messages in it: the newest."""


def digest(asked: str) -> str:
    """The notes on the JSON lines in what is asked (see `compaction.py`)."""
    said = [f"{SAID}{_shortened(text)}" for text in _said(asked)]
    return "\n".join(said[-MOST:]) or "Nothing of note was said."


def _said(asked: str) -> Iterator[str]:
    for line in asked.splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, str):
            yield from (note.removeprefix(SAID) for note in told.splitlines())
        elif isinstance(told, dict) and (fields := cast("dict[str, Any]", told)).get("from") == "person":
            yield str(fields.get("text", ""))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
