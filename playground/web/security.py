"""What keeps the playground to its own page on this machine.

It listens on loopback only. Other pages in the same browser can still send requests there, so: `Host` must be this machine's
own name (a stranger's name that leads here is refused), `Origin`, where the browser sends it, must be the page's, and
everything but the page and its own files wants the token that stands in it, which no other origin can read. A strict
Content-Security-Policy lets nothing but the page's own files run, and Trusted Types let no text become HTML.
"""

import hmac
import secrets
from typing import Final

from aiohttp import web

NAMES: Final = ("127.0.0.1", "localhost")
TOKEN_HEADER: Final = "X-Playground-Token"  # noqa: S105 - a header's name

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self' {sockets}; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class Gatekeeper:
    """Knows the page's token and addresses; `port` is set once the server listens."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self.port = 0

    def is_token(self, given: object) -> bool:
        """Whether this is the page's token."""
        return isinstance(given, str) and hmac.compare_digest(given.encode(errors="replace"), self.token.encode())

    def require_token(self, given: object) -> None:
        """Raises 403 without the page's token."""
        if not self.is_token(given):
            raise web.HTTPForbidden(text="Reload the page: this one is of an earlier start of the playground.\n")

    def require_origin(self, request: web.Request) -> None:
        """Raises 403 unless the browser says that the page itself asks."""
        if request.headers.get("Origin") not in self._origins():
            raise web.HTTPForbidden(text="Only the playground's own page may ask that.\n")

    async def check(self, request: web.Request) -> None:
        """What every request goes through. Raises 403 for another host's name or another page's origin."""
        if request.host not in self._hosts():
            raise web.HTTPForbidden(text="The playground answers at its own address on this machine only.\n")
        if "Origin" in request.headers:
            self.require_origin(request)

    async def add_headers(self, _: web.Request, response: web.StreamResponse) -> None:
        """For aiohttp's `on_response_prepare`: errors and files carry them too. A stricter policy that is there stays."""
        sockets = " ".join(f"ws://{host}" for host in self._hosts())
        response.headers.setdefault("Content-Security-Policy", _POLICY.format(sockets=sockets))
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.update(_HEADERS)

    def _hosts(self) -> list[str]:
        return [f"{name}:{self.port}" for name in NAMES]

    def _origins(self) -> list[str]:
        return [f"http://{host}" for host in self._hosts()]
