"""Reads the data export of Claude: an array of conversations, each with its messages in order.

Anthropic documents no schema; what is here is what exports have. What a conversation or message has beside what we know is kept
under `claude` in `extra` and `data`: thoughts, calls of tools and their results among it, and the text of attachments.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO, Final

from storage.records import EntryKind, TurnState
from transfer.arrays import finish, read_array
from transfer.fields import EPOCH, id_of, list_of, made_id, maybe_text, moment, name_of, object_of, text_of
from transfer.results import Damage, Format, Place, Result
from transfer.saved import SavedEntry, SavedSession

KEY: Final = Format.CLAUDE.value
NO_MESSAGES: Final = "It isn't a conversation of Claude's."
NO_MESSAGE: Final = "One of its messages isn't one, so it was left out."

KNOWN: Final = ("uuid", "name", "created_at", "updated_at", "chat_messages", "current_leaf_message_uuid", "model")
KNOWN_IN_MESSAGE: Final = ("uuid", "text", "content", "sender", "created_at", "parent_message_uuid")
ROOTS: Final = frozenset({"00000000-0000-4000-8000-000000000000", "00000000-0000-0000-0000-000000000000"})
"""The parents that first messages claim."""
KINDS: Final = {"human": EntryKind.USER.value, "assistant": EntryKind.ASSISTANT.value}
AUTHORS: Final = {"human": "user", "assistant": "assistant"}


def read(file: BinaryIO) -> Iterator[Result]:
    """The conversations in `file`, one at a time."""
    return read_array(file, convert)


def is_claude(fields: Mapping[str, Any]) -> bool:
    """Whether this is a conversation of Claude's."""
    return isinstance(fields.get("chat_messages"), list)


def convert(fields: dict[str, Any], number: int) -> Iterator[Result]:
    """The session that a conversation is, after what was damaged in it."""
    if not is_claude(fields):
        yield Damage(Place.CONVERSATION, number, NO_MESSAGES)
        return
    created = moment(fields.get("created_at")) or moment(fields.get("updated_at")) or EPOCH
    messages = list_of(fields["chat_messages"])
    entries: list[SavedEntry] = []
    for at, message in enumerate(map(object_of, messages)):
        if message:
            before = entries[-1] if entries else None
            entries.append(_entry(message, at, before, before.created if before else created))
    if len(entries) < len(messages):
        yield Damage(Place.CONVERSATION, number, NO_MESSAGE)
    session = SavedSession(
        id=id_of(fields.get("uuid")) or made_id(created, *(entry.id for entry in entries[:9])),
        name=name_of(fields.get("name")),
        created=created,
        modified=created,
        leaf=id_of(fields.get("current_leaf_message_uuid")),
        model=maybe_text(fields.get("model")),
        source=KEY,
        extra={KEY: {key: value for key, value in fields.items() if key not in KNOWN}},
    )
    yield from finish(session, entries, number)


def _entry(message: Mapping[str, Any], at: int, before: SavedEntry | None, time: datetime) -> SavedEntry:
    sender = text_of(message.get("sender"))
    kind = KINDS.get(sender, KEY + ".message")
    content = list_of(message.get("content"))
    data: dict[str, Any] = {KEY: {key: value for key, value in message.items() if key not in KNOWN_IN_MESSAGE and value != []}}
    if not _is_plain(content):
        data[KEY]["content"] = [_without_text(object_of(block)) for block in content]
    if kind == EntryKind.ASSISTANT:
        data["outcome"] = (TurnState.TRUNCATED if message.get("truncated") is True else TurnState.COMPLETED).value
    return SavedEntry(
        id=id_of(message.get("uuid")) or f"message-{at + 1}",
        parent=_parent(message, before),
        kind=kind,
        author=AUTHORS.get(sender),
        text=_words(message, content),
        data=data,
        created=moment(message.get("created_at")) or time,
    )


def _parent(message: Mapping[str, Any], before: SavedEntry | None) -> str | None:
    """Whom it answers: the message that it names, else the one before it."""
    named = id_of(message.get("parent_message_uuid"))
    if named is None:
        return before.id if before else None
    return None if named in ROOTS else named


def _words(message: Mapping[str, Any], content: list[Any]) -> str:
    """Its words: those of its text blocks, else of its `text`, else the names of what was attached."""
    blocks = [text_of(block.get("text")) for block in map(object_of, content) if block.get("type") == "text"]
    words = "\n\n".join(filter(None, blocks)) or text_of(message.get("text"))
    return words or "\n".join(f"[file: {name}]" for name in _file_names(message))


def _file_names(message: Mapping[str, Any]) -> list[str]:
    files = [*list_of(message.get("attachments")), *list_of(message.get("files"))]
    return [name for file in files if (name := name_of(object_of(file).get("file_name")))]


def _is_plain(content: list[Any]) -> bool:
    """Whether nothing is in it but one text."""
    return len(content) <= 1 and all(object_of(block).keys() == {"type", "text"} for block in content)


def _without_text(block: Mapping[str, Any]) -> dict[str, Any]:
    """A block without the words, which the entry has."""
    return {key: value for key, value in block.items() if key != "text" or block.get("type") != "text"}
