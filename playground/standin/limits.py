"""Rate limits as Discord keeps them: buckets per route and place, one over all, and the headers that tell of both.

Discord's documentation, "Rate Limits": a bucket is a route with its major parameter (channel, server, webhook with token), and
its numbers come in the headers of every answer; beyond it the answer is 429 with the wait. Fifty requests a second is the
limit over all of a bot's; interaction endpoints are not bound to it. The numbers of single routes are not documented and may
change: those of `DISCORD` were measured by others, and a client must read them from the headers.
"""

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from playground.standin.clock import Clock

MAJOR: Final = ("channel_id", "guild_id", "webhook_id", "webhook_token")
OUTSIDE: Final = ("* /interactions/*", "* /webhooks/*")
"""Routes that the limit over all does not count: those of interactions."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` within `seconds`, for routes that fit `route` ("POST /channels/{channel_id}/messages", with `*`)."""

    route: str
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of single routes, the first that fits, and the one over all."""

    routes: Sequence[Limit] = ()
    over_all: Limit | None = None


DISCORD: Final = Limits(
    routes=(
        Limit("POST /channels/{channel_id}/messages", 5, 5.0),
        Limit("PATCH /channels/{channel_id}/messages/*", 5, 5.0),
        Limit("DELETE /channels/{channel_id}/messages/*", 5, 1.0),
        Limit("GET /channels/{channel_id}/messages*", 5, 5.0),
        Limit("* /webhooks/*", 5, 2.0),
    ),
    over_all=Limit("*", 50, 1.0),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limits say to one call: headers for its answer and, where it is one too many, the body of the 429."""

    headers: Mapping[str, str]
    refusal: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a limit is used up in its running window."""

    route: str
    """The limit's route; that of the limit over all too."""
    place: Mapping[str, str]
    """The channel, server or webhook that it counts for (never a token); empty for the limit over all."""
    used: int
    limit: int
    seconds: float
    """How long the window still runs."""
    over_all: bool = False


@dataclass(slots=True)
class _Window:
    limit: Limit
    place: Mapping[str, str]
    ends: float
    left: int


class LimitKeeper:
    """Counts calls."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits, self._clock = limits, clock
        self._windows: dict[tuple[str, ...], _Window] = {}

    def take(self, name: str, params: Mapping[str, str], bot: str) -> Verdict:
        """Count one call of this bot, or refuse it."""
        now = self._clock.now()
        over_all = self._limits.over_all
        if over_all is not None and not any(fnmatchcase(name, route) for route in OUTSIDE):
            window = self._window(("all", bot), over_all, {}, now)
            if window.left == 0:
                return _refused(window.ends - now, {"X-RateLimit-Global": "true"}, "global")
            window.left -= 1
        limit = next((limit for limit in self._limits.routes if fnmatchcase(name, limit.route)), None)
        if limit is None:
            return Verdict({})
        place = {m: params[m] for m in MAJOR if m in params}
        window = self._window((limit.route, *place.values()), limit, place, now)
        is_refused = window.left == 0
        window.left -= not is_refused
        headers = {
            "X-RateLimit-Limit": str(limit.calls),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{window.ends:.3f}",
            "X-RateLimit-Reset-After": f"{window.ends - now:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(limit.route.encode()):08x}",
        }
        return _refused(window.ends - now, headers, "user") if is_refused else Verdict(headers)

    def usage(self) -> list[Usage]:
        """Give the windows that run now: the limit over all first, then the fullest."""
        now, over_all = self._clock.now(), self._limits.over_all
        running = [
            Usage(w.limit.route, w.place, w.limit.calls - w.left, w.limit.calls, w.ends - now, over_all=w.limit is over_all)
            for w in self._windows.values()
            if w.ends > now
        ]
        return sorted(running, key=lambda u: (not u.over_all, -u.used / u.limit))

    def _window(self, key: tuple[str, ...], limit: Limit, place: Mapping[str, str], now: float) -> _Window:
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            # The ended ones go here: there are never more than were opened within the longest window's time.
            self._windows = {k: w for k, w in self._windows.items() if w.ends > now}
            shown = {name: value for name, value in place.items() if "token" not in name}
            window = self._windows[key] = _Window(limit, shown, now + limit.seconds, limit.calls)
        return window


def _refused(wait: float, headers: Mapping[str, str], scope: str) -> Verdict:
    body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": scope == "global"}
    told = {"Via": "1.1 google", "Retry-After": str(math.ceil(wait)), "X-RateLimit-Scope": scope, **headers}
    return Verdict(told, body)
