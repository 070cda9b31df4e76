"""A small table of troubles: which calls fail, how, how often, before or after their effect.

A test adds rows; each call of the bot takes the first row that fits. Used by `rest.py`; the gateway's troubles are
methods of `Gateway`.
"""

import math
import zlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

_MESSAGES = {
    403: "Missing Permissions",
    404: "404: Not Found",
    500: "500: Internal Server Error",
    503: "503: Service Unavailable",
}


@dataclass(slots=True, kw_only=True)
class Fault:
    """One row: calls whose "METHOD /route/{template}" fits `route` (with `*`) are delayed, refused or cut."""

    route: str
    status: int | None = None
    """Answer with this status; with neither `status` nor `cut` the call is only delayed."""
    cut: bool = False
    """Drop the connection without an answer."""
    when: Literal["before", "after"] = "before"
    """Whether the call's effect happens (`after`) or not (`before`)."""
    times: int | None = 1
    """How many calls it strikes; `None` strikes until removed."""
    skip: int = 0
    """How many fitting calls pass first."""
    delay: float = 0.0
    """Seconds of the stand-in's clock that the call waits first."""
    code: int = 0
    message: str = ""
    retry_after: float = 1.0
    scope: Literal["user", "global", "shared"] = "user"
    """For 429: whose limit it is."""

    def body(self) -> dict[str, Any]:
        """Give the JSON of the refusal."""
        if self.status == 429:
            is_global = self.scope == "global"
            return {"message": "You are being rate limited.", "retry_after": self.retry_after, "global": is_global}
        return {"message": self.message or _MESSAGES.get(self.status or 0, f"{self.status}: fault"), "code": self.code}

    def headers(self, now: float) -> dict[str, str]:
        """Give the headers of a rate limit, as Discord sends them; none for other faults."""
        if self.status != 429:
            return {}
        headers = {
            "Via": "1.1 google",
            "Retry-After": str(math.ceil(self.retry_after)),
            "X-RateLimit-Scope": self.scope,
        }
        if self.scope == "global":
            return {**headers, "X-RateLimit-Global": "true"}
        return headers | {
            "X-RateLimit-Limit": "5",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": f"{now + self.retry_after:.3f}",
            "X-RateLimit-Reset-After": f"{self.retry_after:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(self.route.encode()):08x}",
        }


class Faults:
    """The table."""

    def __init__(self) -> None:
        self._rows: list[Fault] = []

    @property
    def rows(self) -> tuple[Fault, ...]:
        """The rows that may still strike."""
        return tuple(self._rows)

    def add(self, fault: Fault) -> Fault:
        """Add a row at the end; keep it to remove it again."""
        self._rows.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Take a row out, whether it struck or not."""
        if fault in self._rows:
            self._rows.remove(fault)

    def clear(self) -> None:
        """Empty the table."""
        self._rows.clear()

    def take(self, call: str) -> Fault | None:
        """Give the fault that strikes this call ("PATCH /channels/{channel_id}/..."), and count it."""
        for row in self._rows:
            if not fnmatchcase(call, row.route):
                continue
            if row.skip > 0:
                row.skip -= 1
                continue
            if row.times is not None:
                row.times -= 1
                if row.times <= 0:
                    self._rows.remove(row)
            return row
        return None
