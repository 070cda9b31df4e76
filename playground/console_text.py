"""What the console prints for a Discord message: readable text without Discord's marks and without control characters.

Pure functions. Model text and people's words cannot move the cursor or colour the screen: every control character but the
line break and the tab is taken out.
"""

import re
from datetime import UTC, datetime
from typing import Final

from prompt_toolkit.utils import get_cwidth as wcwidth

from playground.standin import Message
from playground.standin.parts import buttons_of

CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What could move the cursor, colour the screen, break a line or turn its direction around."""
TIMESTAMP: Final = re.compile(r"<t:(-?\d{1,12})(?::([a-zA-Z]))?>")
ESCAPED: Final = re.compile(r"\\([^\w\s]|_)")
FENCE: Final = re.compile(r"(```.*?```|^```.*\Z)", re.DOTALL | re.MULTILINE)
"""Code; backticks within a line that nothing closes are none, as in Discord."""
BEHIND: Final = re.compile(r"(Packing|Looking|Importing)\b.*…", re.DOTALL)
"""How far a long work is; in the end its message says something else."""
RUNNING: Final = ("writing…", "thinking…", "waiting…")
MOMENT: Final = "-# One moment…"

UNITS: Final = (("year", 31_536_000), ("month", 2_592_000), ("day", 86_400), ("hour", 3_600), ("minute", 60))


def readable(text: str, now: float) -> str:
    """Discord's Markdown as plain text; what stands in a code fence stays as it is."""
    parts = FENCE.split(CONTROL.sub("", text))
    return "".join(part if part.startswith("```") else _prose(part, now) for part in parts)


def printable(text: str) -> str:
    """The text without control characters."""
    return CONTROL.sub("", text)


def body(message: Message) -> str:
    """A message's text without the small line that says that it is being written."""
    lines = message.text.split("\n")
    if is_live(message) and lines[-1].startswith("-# ") and lines[-1].endswith(RUNNING):
        lines.pop()
    return "" if message.text == MOMENT else "\n".join(lines).rstrip()


def is_live(message: Message) -> bool:
    """Whether the bot is still at work on this message.

    Its *Stop* tells, never its words: a session may be called "writing…", and a list of answers has *Stop* too.
    """
    last = message.text.rstrip().rpartition("\n")[2]
    writes = last.startswith("-# ") and any(button.label == "Stop" for button in message.buttons)
    return message.loading or message.text == MOMENT or writes or BEHIND.fullmatch(message.text) is not None


def goes_on(message: Message) -> bool:
    """Whether an answer went on from this message to a next one: it had *Stop*, and ends without the answer's small line."""
    last = message.text.rstrip().rpartition("\n")[2]
    had = any(button.label == "Stop" for version in message.history for button in buttons_of(version.components))
    return had and not message.buttons and not last.startswith("-# ")


def is_waiting(message: Message) -> bool:
    """Whether a prompt waits its turn here: it offers *Remove*. (A paused one offers *Send* too.)"""
    labels = [button.label for button in message.buttons]
    return "Remove" in labels and "Send" not in labels


def tail(text: str, columns: int, rows: int) -> str:
    """The end of a text as it fits into so many rows, whatever is too long for one broken."""
    wrapped = [row for line in printable(text).split("\n") for row in _rows(line.expandtabs(4), max(2, columns))]
    return "\n".join(wrapped[-rows:])


def ago(seconds: float) -> str:
    """A span as people say it."""
    for name, length in UNITS:
        if abs(seconds) >= length:
            count = int(abs(seconds) // length)
            words = f"{count} {name}{'' if count == 1 else 's'}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now"


def _prose(text: str, now: float) -> str:
    text = TIMESTAMP.sub(lambda match: _time(int(match[1]), match[2], now), text)
    text = re.sub(r"^-# ", "", text, flags=re.MULTILINE)
    text = re.sub(r"^> ", "| ", text, flags=re.MULTILINE)
    text = re.sub(r"^#{1,3} ", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<!\\)\*\*(.+?)(?<!\\)\*\*", r"\1", text)
    return ESCAPED.sub(r"\1", text.replace("\u200b", ""))


def _rows(line: str, columns: int) -> list[str]:
    rows, width = [""], 0
    for char in line:
        wide = max(0, wcwidth(char))
        if width + wide > columns:
            rows.append("")
            width = 0
        rows[-1] += char
        width += wide
    return rows


def _time(seconds: int, style: str | None, now: float) -> str:
    if style == "R":
        return ago(now - seconds)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
