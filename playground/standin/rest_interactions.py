"""The first response to an interaction, within three seconds.

Rules: https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object
"""

from collections.abc import Callable, Mapping
from typing import Any

from playground.standin.bodies import Target, choices_of, message_fields
from playground.standin.changes import InteractionAnswered
from playground.standin.components import check_modal, shown
from playground.standin.errors import (
    InvalidForm,
    NotImplementedHere,
    already_acknowledged,
    empty_message,
    unknown_channel,
    unknown_interaction,
)
from playground.standin.fields import Faults, Field, Path, check
from playground.standin.interactions import Interaction, InteractionKind, Progress, Response
from playground.standin.objects import message_object
from playground.standin.rest_messages import mentioned
from playground.standin.routing import Ask, Reply, Route
from playground.standin.things import Message, MessageFlag

_CALLBACK = {"type": Field(int, required=True), "data": Field(dict)}
_UNDER = ("data",)
"""Where Discord reports the faults of a callback's message, modal or choices."""


def respond(ask: Ask) -> Reply:
    """Take the bot's first response. Raises `Refusal` 10062 when it comes too late, 40060 when it is the second."""
    ask.allow_query("with_response")
    interaction = ask.world.interactions.get(ask.path["interaction_token"])
    if interaction is None or interaction.id != ask.id("interaction_id") or interaction.progress is Progress.FAILED:
        raise unknown_interaction()
    if interaction.progress is Progress.ANSWERED:
        raise already_acknowledged()
    body = ask.fields(_CALLBACK)
    response = _response(body["type"], interaction)
    _ANSWERS[response](ask, interaction, body.get("data") or {})
    interaction.response, interaction.progress = response, Progress.ANSWERED
    ask.world.changes.publish(InteractionAnswered(interaction))
    if ask.query.get("with_response", "").lower() not in {"1", "true"}:
        return 204, None
    return 200, _receipt(ask, interaction, response)


def post_answer(ask: Ask, interaction: Interaction, data: Mapping[str, Any], under: Path = ()) -> Message:
    """Post a message of an interaction, ephemeral if its flags say so, as first response or follow-up."""
    target = Target(ask.world, interaction.channel, may_be_ephemeral=True)
    fields = message_fields(data, ask.uploads, target, under=under)
    fields["mentions"] = mentioned(ask.world, fields.get("content", ""), data.get("allowed_mentions"))
    return _post(ask, interaction, fields.pop("content", ""), fields)


def _post(ask: Ask, interaction: Interaction, content: str, fields: Mapping[str, Any]) -> Message:
    if interaction.channel.id not in ask.world.channels:
        raise unknown_channel()
    is_first = interaction.original is None and interaction.kind is InteractionKind.COMMAND
    command_kind = 23 if interaction.data.get("type") == 3 else 20
    return ask.world.post(
        interaction.channel,
        interaction.application.user,
        content,
        **fields,
        interaction=interaction,
        application=interaction.application,
        only_for=interaction.user if MessageFlag.EPHEMERAL in fields["flags"] else None,
        kind=command_kind if is_first else 0,
    )


def _response(number: int, interaction: Interaction) -> Response:
    try:
        response = Response(number)
    except ValueError:
        raise NotImplementedHere(f"callback type {number}") from None
    if response not in _ALLOWED[interaction.kind] or (response in _UPDATES and interaction.source is None):
        fault = {"code": "UNION_TYPE_CHOICES", "message": f"Callback type {number} does not fit this interaction."}
        raise InvalidForm({"type": {"_errors": [fault]}})
    return response


def _message(ask: Ask, interaction: Interaction, data: Mapping[str, Any]) -> None:
    if not data:
        raise empty_message()
    interaction.original = post_answer(ask, interaction, data, _UNDER)


def _deferred_message(ask: Ask, interaction: Interaction, data: Mapping[str, Any]) -> None:
    faults = Faults(_UNDER)
    check(dict(data), {"flags": Field(int)}, faults)
    faults.raise_any()
    asked = MessageFlag(data.get("flags") or 0) & MessageFlag.EPHEMERAL
    interaction.original = _post(ask, interaction, "", {"flags": asked | MessageFlag.LOADING})


def _deferred_update(_: Ask, interaction: Interaction, __: Mapping[str, Any]) -> None:
    interaction.original = interaction.source


def _update(ask: Ask, interaction: Interaction, data: Mapping[str, Any]) -> None:
    source = interaction.source
    if source is None:
        raise unknown_interaction()
    ask.world.edit(source, message_fields(data, ask.uploads, Target(ask.world, source.channel, source), under=_UNDER))
    interaction.original = source


def _choices(_: Ask, interaction: Interaction, data: Mapping[str, Any]) -> None:
    interaction.choices = choices_of(dict(data))


def _modal(_: Ask, interaction: Interaction, data: Mapping[str, Any]) -> None:
    faults = Faults(_UNDER)
    check_modal(dict(data), faults)
    faults.raise_any()
    interaction.modal = {**data, "components": shown(data["components"])}


def _receipt(ask: Ask, interaction: Interaction, response: Response) -> dict[str, Any]:
    about: dict[str, Any] = {"id": str(interaction.id), "type": int(interaction.kind)}
    message = interaction.original
    if message is None:
        return {"interaction": about}
    about |= {
        "response_message_id": str(message.id),
        "response_message_loading": message.loading,
        "response_message_ephemeral": message.ephemeral,
        "channel_id": str(message.channel.id),
    }
    if message.channel.guild is not None:
        about["guild_id"] = str(message.channel.guild.id)
    if response not in {Response.MESSAGE, Response.UPDATE}:
        return {"interaction": about}
    resource = {"type": int(response), "message": message_object(message, interaction.application, ask.origin)}
    return {"interaction": about, "resource": resource}


_UPDATES = (Response.DEFERRED_UPDATE, Response.UPDATE)
_ALLOWED: Mapping[InteractionKind, tuple[Response, ...]] = {
    InteractionKind.COMMAND: (Response.MESSAGE, Response.DEFERRED_MESSAGE, Response.MODAL),
    InteractionKind.COMPONENT: (Response.MESSAGE, Response.DEFERRED_MESSAGE, *_UPDATES, Response.MODAL),
    InteractionKind.AUTOCOMPLETE: (Response.CHOICES,),
    InteractionKind.MODAL: (Response.MESSAGE, Response.DEFERRED_MESSAGE, *_UPDATES),
}
_ANSWERS: Mapping[Response, Callable[[Ask, Interaction, Mapping[str, Any]], None]] = {
    Response.MESSAGE: _message,
    Response.DEFERRED_MESSAGE: _deferred_message,
    Response.DEFERRED_UPDATE: _deferred_update,
    Response.UPDATE: _update,
    Response.CHOICES: _choices,
    Response.MODAL: _modal,
}
ROUTES = (Route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", respond, needs_token=False),)
