"""How the log is written: lines for people, or a JSON object a line (`LOG_FORMAT=json`) for what collects logs.

A record may carry `facts`, a flat mapping of ids and numbers: at the end of a line for people, keys of the object in JSON.
No part of the bot logs what people or models wrote, so nothing needs to be taken out here.
"""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

TALKATIVE: Final = ("discord", "openai", "httpx2", "httpcore2", "aiohttp", "aiosqlite", "asyncio", "filelock")
"""Libraries whose lines below INFO hold people's words and tokens."""


def set_up_logging(level: str, form: str = "text") -> None:
    """Log to standard error in the form "text" or "json". What libraries log below INFO is left out always."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=level, handlers=[handler])
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))


class TextLines(logging.Formatter):
    """Time, level, logger and message, then the facts as `name=value`; what is not known is left out."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Called by `logging` for the line itself, before any traceback."""
        known = [f"{name}={value}" for name, value in facts_of(record).items() if value is not None]
        return " ".join([super().formatMessage(record), *known])


class JsonLines(logging.Formatter):
    """`time` (UTC), `level`, `logger`, `message` and the facts; `traceback` where there is one. Always one line of ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Called by `logging` for each record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **facts_of(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def facts_of(record: logging.LogRecord) -> Mapping[str, object]:
    """The facts that were logged with `extra={"facts": ...}`."""
    return getattr(record, "facts", {})
