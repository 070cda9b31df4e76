"""A session as Markdown, for reading: the current path, who said what and when, and what was stopped or cut."""

import re
from collections.abc import Iterable
from typing import BinaryIO, Final

from transfer.json_file import as_bytes
from transfer.saved import SavedEntry, SavedSession
from transfer.words import Said, about, said, title

_SIGNS: Final = re.compile(r"[\\`*_\[\]<>]")
_ESCAPED: Final = r"\\\g<0>"
"""A file's name may have Markdown's own signs in it."""


def write(file: BinaryIO, session: SavedSession, entries: Iterable[SavedEntry]) -> None:
    """Write the session to `file`; `entries` are those of its current path, oldest first."""
    file.write(as_bytes(f"# {_on_one_line(title(session))}\n\n{_on_one_line(about(session))}\n"))
    for entry in entries:
        if shown := said(entry, session):
            file.write(as_bytes(_section(shown)))


def _section(shown: Said) -> str:
    mark = f" · *{_SIGNS.sub(_ESCAPED, shown.mark)}*" if shown.mark else ""
    text = _quoted(shown.text) if shown.role == "aside" else shown.text.strip("\n")
    return f"\n---\n\n**{shown.speaker}** · {shown.time}{mark}\n\n{text}\n"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip("\n").split("\n"))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
