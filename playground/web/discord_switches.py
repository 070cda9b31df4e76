"""The switches of Discord's troubles: calls that are slow, refused, cut or limited, and a gateway that drops the bot."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from playground.standin import Fault, StandIn
from playground.web.board import Option, Switch

WELL: Final = "well"
GROUP: Final = "Discord"

_MESSAGES: Final = "*/messages*"
_TROUBLES: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "slow": ("Slow: each call takes 2 seconds", {"route": "*", "delay": 2.0}),
    "failing": ("Failing: 503 to every call", {"route": "*", "status": 503}),
    "edits": ("Failing: 503 to every edit", {"route": "PATCH *", "status": 503}),
    "limited": ("Rate limited: 429 to every edit and message", {"route": _MESSAGES, "status": 429, "retry_after": 2.0}),
    "forbidden": ("Refusing: 403, missing permissions", {"route": _MESSAGES, "status": 403, "code": 50013}),
    "cut": ("Cut: connections break before they are heard", {"route": "*", "cut": True}),
    "lost": ("Cut: heard, but the answer to the bot is lost", {"route": _MESSAGES, "cut": True, "when": "after"}),
}


def discord_switches(discord: StandIn) -> list[Switch]:
    """All of them."""
    return [
        _trouble(discord),
        _action("gateway-drop", "Drop the gateway", "Cuts the bot's line without a word; it resumes.", discord.gateway.drop),
        _action(
            "gateway-reconnect",
            "Ask for a reconnect",
            "What Discord does when a server of its own goes for maintenance.",
            discord.gateway.ask_to_reconnect,
        ),
        _action(
            "gateway-invalidate",
            "Invalidate the session",
            "The bot must log in anew and learns nothing of what it missed.",
            discord.gateway.invalidate,
        ),
        _zombie(discord),
    ]


def _trouble(discord: StandIn) -> Switch:
    standing: list[tuple[str, Fault]] = []

    async def turn(value: Any) -> None:
        while standing:
            discord.faults.remove(standing.pop()[1])
        if value != WELL:
            standing.append((value, discord.faults.add(Fault(times=None, **_TROUBLES[value][1]))))

    return Switch(
        id="discord",
        group=GROUP,
        label="Discord's calls",
        about="How Discord takes what the bot sends, until you turn it back.",
        kind="choice",
        turn=turn,
        value=lambda: standing[0][0] if standing else WELL,
        options=[Option(WELL, "Well"), *(Option(value, label) for value, (label, _) in _TROUBLES.items())],
    )


def _zombie(discord: StandIn) -> Switch:
    async def turn(value: Any) -> None:
        discord.gateway.deaf = value

    return Switch(
        id="gateway-deaf",
        group=GROUP,
        label="A gateway that doesn't answer",
        about="Heartbeats stay unanswered: within a minute or two the bot finds the line dead and takes a new one.",
        kind="toggle",
        turn=turn,
        value=lambda: discord.gateway.deaf,
    )


def _action(switch_id: str, label: str, about: str, act: Callable[[], None]) -> Switch:
    async def turn(_: Any) -> None:
        act()

    turning: Callable[[Any], Awaitable[None]] = turn
    return Switch(id=switch_id, group=GROUP, label=label, about=about, kind="action", turn=turning)
