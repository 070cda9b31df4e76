"""What a bot may put into a message, a modal, a list of choices, a command: checked, then given as changes to apply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from playground.standin.components import check_message_components, shown
from playground.standin.errors import NotImplementedHere, empty_message
from playground.standin.fields import Faults, Field, Path, check
from playground.standin.things import Attachment, Channel, Message, MessageFlag
from playground.standin.world import World

MAX_CONTENT, MAX_FILES, MAX_FILE_BYTES = 2000, 10, 10 * 1024 * 1024
"""Discord's limits for a bot: characters of content, files a message, bytes a file (also `attachment_size_limit`)."""

_MESSAGE = {
    "content": Field(str, high=MAX_CONTENT),
    "components": Field(list, high=40),
    "flags": Field(int, low=0),
    "allowed_mentions": Field(dict),
    "attachments": Field(list, high=MAX_FILES),
    "embeds": Field(list, high=10),
    "tts": Field(bool),
}
_SEND = {
    **_MESSAGE,
    "message_reference": Field(dict),
    "nonce": Field(object),
    "enforce_nonce": Field(bool),
    "sticker_ids": Field(list),
}
_MENTIONS = {"parse": Field(list), "users": Field(list, high=100), "roles": Field(list, high=100), "replied_user": Field(bool)}
_ATTACHMENT = {"id": Field(object, required=True), "filename": Field(str), "description": Field(str, high=1024)}
_SETTABLE = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2


@dataclass(frozen=True, slots=True)
class Upload:
    """A file part of a multipart request."""

    index: int
    filename: str
    content_type: str | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """Where a checked body goes: a new message in a channel, or an existing message."""

    world: World
    channel: Channel
    message: Message | None = None
    may_be_ephemeral: bool = False


def message_fields(body: Mapping[str, Any], uploads: Sequence[Upload], target: Target, *, under: Path = ()) -> dict[str, Any]:
    """Check a message body and give the fields of `Message` that it sets; `under` is where faults are reported.

    Raises `InvalidForm`, `Refusal` 50006 for an empty message, `NotImplementedHere` for embeds, stickers and speech.
    """
    faults = Faults(under)
    check(dict(body), _SEND if target.message is None else _MESSAGE, faults)
    faults.raise_any()
    _refuse_unbuilt(body)
    flags = _flags(body, target)
    _check_parts(body, flags, target.message, faults)
    faults.raise_any()
    fields = _chosen(body, flags, uploads, target)
    _refuse_empty(fields, target.message)
    return fields


def choices_of(data: object) -> list[dict[str, Any]]:
    """Check the choices of an autocomplete answer: at most 25, names and string values of at most 100 characters."""
    faults = Faults()
    check(data, {"choices": Field(list, required=True, high=25)}, faults, ("data",))
    faults.raise_any()
    choices = cast("list[Any]", cast("dict[str, Any]", data)["choices"])
    for index, choice in enumerate(choices):
        table = {
            "name": Field(str, required=True, low=1, high=100),
            "value": Field(object, required=True),
            "name_localizations": Field(dict),
        }
        if check(choice, table, faults, ("data", "choices", index)) and isinstance(choice["value"], str):
            value = {"value": choice["value"]}
            check(value, {"value": Field(str, low=0, high=100)}, faults, ("data", "choices", index))
    faults.raise_any()
    return choices


def _refuse_unbuilt(body: Mapping[str, Any]) -> None:
    for name in ("embeds", "sticker_ids", "tts"):
        if body.get(name):
            raise NotImplementedHere(f"a message with {name}")


def _flags(body: Mapping[str, Any], target: Target) -> MessageFlag:
    asked = MessageFlag(body.get("flags") or 0)
    settable = _SETTABLE | (MessageFlag.EPHEMERAL if target.may_be_ephemeral else MessageFlag(0))
    kept = target.message.flags if target.message else MessageFlag(0)
    if unknown := asked & ~(settable | kept):
        raise NotImplementedHere(f"message flags {int(unknown)}")
    return asked & settable | kept


def _check_parts(body: Mapping[str, Any], flags: MessageFlag, old: Message | None, faults: Faults) -> None:
    v2 = MessageFlag.COMPONENTS_V2 in flags
    content = body.get("content", old.content if old else None)
    if v2 and (content or body.get("embeds")):
        message = "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
        faults.add(("content",), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
    check_message_components(body.get("components") or (), v2=v2, faults=faults)
    if body.get("allowed_mentions") is not None:
        check(body["allowed_mentions"], _MENTIONS, faults, ("allowed_mentions",))
    nonce = body.get("nonce")
    if nonce is not None and not (isinstance(nonce, int) or (isinstance(nonce, str) and len(nonce) <= 25)):
        faults.add(("nonce",), "NONCE_TYPE_TOO_LONG", "A nonce is a number or at most 25 characters.")
    for index, attachment in enumerate(body.get("attachments") or ()):
        check(attachment, _ATTACHMENT, faults, ("attachments", index))


def _chosen(body: Mapping[str, Any], flags: MessageFlag, uploads: Sequence[Upload], target: Target) -> dict[str, Any]:
    fields: dict[str, Any] = {"flags": flags}
    if "content" in body:
        fields["content"] = (body["content"] or "").strip()
    if "components" in body:
        fields["components"] = shown(body["components"] or ())
    if uploads or body.get("attachments") is not None:
        fields["attachments"] = _attachments(body, uploads, target)
    return fields


def _attachments(body: Mapping[str, Any], uploads: Sequence[Upload], target: Target) -> list[Attachment]:
    listed = body.get("attachments")
    old = {str(a.id): a for a in (target.message.attachments if target.message else ())}
    kept = list(old.values()) if listed is None else [old[str(a["id"])] for a in listed if str(a["id"]) in old]
    faults = Faults()
    for upload in uploads:
        if len(upload.data) > MAX_FILE_BYTES:
            faults.add(("files", upload.index), "FILE_SIZE_LIMIT_EXCEEDED", "The file is larger than 10 MiB.")
    faults.raise_any()
    new = [target.world.attach(target.channel, u.filename, u.content_type, u.data) for u in uploads]
    return [*kept, *new]


def _refuse_empty(fields: Mapping[str, Any], old: Message | None) -> None:
    for name in ("content", "components", "attachments"):
        if fields.get(name, getattr(old, name, None)):
            return
    raise empty_message()
