"""Turns discord.py, in this process, from Discord to a stand-in on loopback, and back again."""

import ipaddress
from collections.abc import Generator
from contextlib import contextmanager

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


class NotLoopback(ValueError):
    """The address is not one of this machine's own; a bot is never turned to a stranger's."""


@contextmanager
def point_discord_at(api_url: str) -> Generator[None, None, None]:
    """Send every call of discord.py made inside to `api_url` (`StandIn.api_url`), and its gateway to the same host.

    Raises `NotLoopback` for anything but `http://` to a loopback address.
    """
    url = yarl.URL(api_url)
    if url.scheme != "http" or not _is_loopback(url.host):
        raise NotLoopback(f"{api_url} is not an http address on loopback, such as http://127.0.0.1:8700/api/v10")
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = url.origin().with_scheme("ws") / "gateway"
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
