"""What an interaction's token opens for 15 minutes: follow-ups, and the edit and deletion of its messages."""

from collections.abc import Mapping
from typing import Any

from playground.standin.bodies import Target, message_fields
from playground.standin.errors import invalid_webhook_token, unknown_channel, unknown_message, unknown_webhook
from playground.standin.interactions import Interaction, Progress, Response
from playground.standin.objects import message_object
from playground.standin.rest_interactions import post_answer
from playground.standin.routing import Ask, Reply, Route
from playground.standin.things import Message, MessageFlag


def follow_up(ask: Ask) -> Reply:
    """Post a further message; the first one after a deferred answer fills that in, private or not as it was deferred."""
    ask.allow_query("wait", "with_components")
    interaction = _interaction(ask)
    waiting = interaction.original
    if waiting is not None and waiting.loading and interaction.response is Response.DEFERRED_MESSAGE:
        body: dict[str, Any] = ask.body or {}
        flags = int(body.get("flags") or 0) & ~MessageFlag.EPHEMERAL
        return 200, _edited(ask, interaction, waiting, {**body, "flags": int(flags)})
    message = post_answer(ask, interaction, ask.body or {})
    return 200, message_object(message, interaction.application, ask.origin, fresh=True)


def get_message(ask: Ask) -> Reply:
    """Give one of the interaction's messages."""
    interaction = _interaction(ask)
    return 200, message_object(_message(ask, interaction), interaction.application, ask.origin)


def edit_message(ask: Ask) -> Reply:
    """Edit one of the interaction's messages: the only way to an ephemeral one."""
    ask.allow_query("with_components")
    interaction = _interaction(ask)
    return 200, _edited(ask, interaction, _message(ask, interaction), ask.body or {})


def delete_message(ask: Ask) -> Reply:
    """Delete one of the interaction's messages."""
    ask.world.delete(_message(ask, _interaction(ask)))
    return 204, None


def _edited(ask: Ask, interaction: Interaction, message: Message, body: Mapping[str, Any]) -> dict[str, Any]:
    ask.world.edit(message, message_fields(body, ask.uploads, Target(ask.world, message.channel, message)))
    return message_object(message, interaction.application, ask.origin)


def _interaction(ask: Ask) -> Interaction:
    """Find the token's interaction.

    Raises `Refusal`: 10015 unless it is answered, 50027 after 15 minutes, 10003 when its channel is gone.
    """
    interaction = ask.world.interactions.get(ask.path["webhook_token"])
    if interaction is None or interaction.application.id != ask.id("webhook_id"):
        raise unknown_webhook()
    if interaction.expired(ask.world.clock.now()):
        raise invalid_webhook_token()
    if interaction.progress is not Progress.ANSWERED:
        raise unknown_webhook()
    if interaction.channel.id not in ask.world.channels:
        raise unknown_channel()
    return interaction


def _message(ask: Ask, interaction: Interaction) -> Message:
    wanted = ask.path.get("message_id", "@original")
    reach = [*interaction.messages, *([interaction.source] if interaction.source else [])]
    named = next((m for m in reach if str(m.id) == wanted), None)
    message = interaction.original if wanted == "@original" else named
    if message is None or message.deleted:
        raise unknown_message()
    return message


_BASE = "/webhooks/{webhook_id}/{webhook_token}"
ROUTES = (
    Route("POST", _BASE, follow_up, needs_token=False),
    Route("GET", _BASE + "/messages/@original", get_message, needs_token=False),
    Route("PATCH", _BASE + "/messages/@original", edit_message, needs_token=False),
    Route("DELETE", _BASE + "/messages/@original", delete_message, needs_token=False),
    Route("GET", _BASE + "/messages/{message_id}", get_message, needs_token=False),
    Route("PATCH", _BASE + "/messages/{message_id}", edit_message, needs_token=False),
    Route("DELETE", _BASE + "/messages/{message_id}", delete_message, needs_token=False),
)
