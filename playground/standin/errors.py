"""Discord's refusals, as its pages give them, and the loud one for what the stand-in does not do.

    Refusal               a JSON error with Discord's own status and code
      InvalidForm         50035, with the fault of each field
    NotImplementedHere    501: the bot asked for something that the stand-in has not learned; tests assert there was none

Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from typing import Any


class Refusal(Exception):
    """Discord says no: an HTTP status with a JSON body of code and message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> dict[str, Any]:
        """Give the JSON that Discord sends."""
        return {"message": self.message, "code": self.code}


class InvalidForm(Refusal):
    """50035: one or more fields are wrong; `fields` is Discord's nested object of `_errors`."""

    def __init__(self, fields: dict[str, Any]) -> None:
        super().__init__(400, 50035, "Invalid Form Body")
        self.fields = fields

    def body(self) -> dict[str, Any]:
        """Give the JSON that Discord sends."""
        return {**super().body(), "errors": self.fields}


class NotImplementedHere(Exception):
    """The stand-in does not do this; it says so instead of pretending."""


def unauthorized() -> Refusal:
    """Refuse a missing or wrong bot token."""
    return Refusal(401, 0, "401: Unauthorized")


def unknown_channel() -> Refusal:
    """Refuse a channel id that names nothing."""
    return Refusal(404, 10003, "Unknown Channel")


def unknown_guild() -> Refusal:
    """Refuse a server id that names nothing, or a server without the bot."""
    return Refusal(404, 10004, "Unknown Guild")


def unknown_member() -> Refusal:
    """Refuse a user who is not in the server."""
    return Refusal(404, 10007, "Unknown Member")


def unknown_message() -> Refusal:
    """Refuse a message that is not there, or not to be reached by this way."""
    return Refusal(404, 10008, "Unknown Message")


def unknown_user() -> Refusal:
    """Refuse a user id that names nobody."""
    return Refusal(404, 10013, "Unknown User")


def unknown_webhook() -> Refusal:
    """Refuse a token that never was, or an interaction not yet answered."""
    return Refusal(404, 10015, "Unknown Webhook")


def unknown_interaction() -> Refusal:
    """Refuse a response that comes after three seconds, or to nothing."""
    return Refusal(404, 10062, "Unknown interaction")


def unknown_command() -> Refusal:
    """Refuse a command id that names nothing."""
    return Refusal(404, 10063, "Unknown application command")


def already_acknowledged() -> Refusal:
    """Refuse a second first response."""
    return Refusal(400, 40060, "Interaction has already been acknowledged.")


def missing_access() -> Refusal:
    """Refuse a channel that the bot cannot see."""
    return Refusal(403, 50001, "Missing Access")


def not_the_author() -> Refusal:
    """Refuse the edit of somebody else's message."""
    return Refusal(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> Refusal:
    """Refuse a message with nothing in it."""
    return Refusal(400, 50006, "Cannot send an empty message")


def cannot_dm() -> Refusal:
    """Refuse a direct message to somebody who does not take it."""
    return Refusal(403, 50007, "Cannot send messages to this user")


def missing_permissions() -> Refusal:
    """Refuse what the bot may not do in this channel."""
    return Refusal(403, 50013, "Missing Permissions")


def invalid_webhook_token() -> Refusal:
    """Refuse an interaction's token after its 15 minutes."""
    return Refusal(401, 50027, "Invalid Webhook Token")


def bad_json() -> Refusal:
    """Refuse a body that is not JSON."""
    return Refusal(400, 50109, "The request body contains invalid JSON.")
