"""Which of Discord's rate limits a call falls under, from its address and from a place to write to."""

from dataclasses import dataclass

from yarl import URL

from storage.records import Surface, Target

Key = tuple[str, ...]
"""Calls with the same key share a window. It may hold an interaction's token: never to be logged."""


@dataclass(frozen=True, slots=True)
class Route:
    """A call's limits."""

    key: Key | None
    """`None` where its window is its own."""
    counts: bool
    """Whether it counts in the limit over all."""


def route_of(method: str, url: URL) -> Route:
    """The limits of a call. Discord's documentation, "Rate Limits": channel and webhook with token make a window each, and
    "interaction endpoints are not bound to the bot's Global Rate Limit"; a follow-up's webhook is one of them.
    """
    parts = url.parts
    if "api" not in parts or "interactions" in parts:
        return Route(None, counts=False)
    match parts[parts.index("api") + 2 :]:
        case ("webhooks", _, token, *_):
            return Route(("webhook", token), counts=False)
        case ("channels", channel, *more):
            kinds = ["*" if part.isdigit() else part for part in more]
            return Route((method, channel, *kinds), counts=True)
        case _:
            return Route(None, counts=True)


def edits_at(target: Target) -> Route:
    """The limits of an edit of a message at this place."""
    if target.surface is Surface.EPHEMERAL:
        return Route(("webhook", target.token or ""), counts=False)
    return Route(("PATCH", str(target.channel_id), "messages", "*"), counts=True)
