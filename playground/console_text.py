"""What the console prints for a Discord message: readable text without Discord's marks and without control characters.

Pure functions. Model text and people's words cannot move the cursor or colour the screen: every control character but the
line break and the tab is taken out.
"""

import re
from datetime import UTC, datetime
from typing import Final

from playground.standin import Message

CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TIMESTAMP: Final = re.compile(r"<t:(-?\d{1,12})(?::([a-zA-Z]))?>")
ESCAPED: Final = re.compile(r"\\([\\*_~`|>#\[\]()<@!-])")
FENCE: Final = re.compile(r"(```.*?(?:```|\Z))", re.DOTALL)
RUNNING: Final = ("writing…", "thinking…", "waiting…")
MOMENT: Final = "-# One moment…"

UNITS: Final = (("year", 31_536_000), ("month", 2_592_000), ("day", 86_400), ("hour", 3_600), ("minute", 60))


def readable(text: str, now: float) -> str:
    """Discord's Markdown as plain text; what stands in a code fence stays as it is."""
    parts = FENCE.split(CONTROL.sub("", text))
    return "".join(part if part.startswith("```") else _prose(part, now) for part in parts)


def body(message: Message) -> str:
    """A message's text without the small line that says that it is being written."""
    lines = message.text.split("\n")
    while lines and lines[-1].startswith("-# ") and lines[-1].endswith(RUNNING):
        lines.pop()
    return "\n".join(lines).rstrip()


def is_live(message: Message) -> bool:
    """Whether the bot is still at work on this message."""
    running = message.text.rstrip().endswith(RUNNING)
    return message.loading or message.text == MOMENT or running or any(b.label == "Stop" for b in message.buttons)


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


def _time(seconds: int, style: str | None, now: float) -> str:
    if style == "R":
        return ago(now - seconds)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
