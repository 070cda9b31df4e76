"""Reads the data export of ChatGPT: an array of conversations, each a `mapping` of nodes that know their parent.

OpenAI documents no schema; what is here is what exports have. What a conversation or message has beside what we know is kept
under `chatgpt` in `extra` and `data`. Nodes without a message, and system messages without words, only hold the tree together:
they are left out, and what follows them follows what they follow.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO, Final

from storage.records import EntryKind, TurnState
from transfer.arrays import finish, read_array
from transfer.chatgpt_words import words_of
from transfer.fields import EPOCH, id_of, list_of, made_id, maybe_text, moment, name_of, object_of, text_of
from transfer.limits import MOST_KIND
from transfer.results import Damage, Format, Place, Result
from transfer.saved import SavedEntry, SavedSession

KEY: Final = Format.CHATGPT.value
NO_NODES: Final = "It isn't a conversation of ChatGPT's."
NO_ID: Final = "One of its messages has no id, so it was left out."

KNOWN: Final = ("id", "conversation_id", "title", "create_time", "update_time", "mapping", "current_node", "is_archived")
KNOWN_IN_MESSAGE: Final = ("id", "create_time", "content")
THOUGHTS: Final = frozenset({"thoughts", "reasoning_recap"})
CONTEXTS: Final = frozenset({"user_editable_context", "model_editable_context"})
OUTCOMES: Final = {"max_tokens": TurnState.TRUNCATED, "interrupted": TurnState.STOPPED}
"""What `finish_details.type` says of an answer that did not come to its end."""


def read(file: BinaryIO) -> Iterator[Result]:
    """The conversations in `file`, one at a time."""
    return read_array(file, convert)


def is_chatgpt(fields: Mapping[str, Any]) -> bool:
    """Whether this is a conversation of ChatGPT's."""
    return isinstance(fields.get("mapping"), dict)


def convert(fields: dict[str, Any], number: int) -> Iterator[Result]:
    """The session that a conversation is, after what was damaged in it."""
    if not is_chatgpt(fields):
        yield Damage(Place.CONVERSATION, number, NO_NODES)
        return
    mapping = object_of(fields["mapping"])
    nodes = {key: object_of(node) for key, node in mapping.items() if id_of(key)}
    if len(nodes) < len(mapping):
        yield Damage(Place.CONVERSATION, number, NO_ID)
    created = moment(fields.get("create_time")) or moment(fields.get("update_time")) or EPOCH
    kept = {id_: node for id_, node in nodes.items() if _has_words(object_of(node.get("message")))}
    above = _Above(nodes, kept)
    entries: list[SavedEntry] = []
    before = created
    for id_, node in kept.items():
        entry = _entry(id_, above.of(node.get("parent")), object_of(node["message"]), before)
        entries.append(entry)
        before = entry.created
    models = [entry.data["model"] for entry in entries if "model" in entry.data]
    session = SavedSession(
        id=id_of(fields.get("conversation_id"))
        or id_of(fields.get("id"))
        or made_id(fields.get("title"), created, *list(nodes)[:9]),
        name=name_of(fields.get("title")),
        created=created,
        modified=created,
        archived=fields.get("is_archived") is True,
        leaf=above.of(fields.get("current_node")),
        model=models[-1] if models else maybe_text(fields.get("default_model_slug")),
        source=KEY,
        extra={KEY: {key: value for key, value in fields.items() if key not in KNOWN}},
    )
    yield from finish(session, entries, number)


def _has_words(message: Mapping[str, Any]) -> bool:
    if not message:
        return False
    role = object_of(message.get("author")).get("role")
    return role != "system" or bool(words_of(object_of(message.get("content"))).strip())


class _Above:
    """For any node the nearest one upwards, itself included, that is kept; each way is gone once."""

    def __init__(self, nodes: Mapping[str, Mapping[str, Any]], kept: Mapping[str, Any]) -> None:
        self._nodes = nodes
        self._kept = kept
        self._found: dict[str, str | None] = {}

    def of(self, id_: Any) -> str | None:
        """The id of that node, or one that is not there, for the tree to tell; `None` above a root or in a circle."""
        way: dict[str, None] = {}
        at = id_of(id_)
        while at is not None and at in self._nodes and at not in self._kept and at not in self._found and at not in way:
            way[at] = None
            at = id_of(self._nodes[at].get("parent"))
        found = None if at is None or at in way else self._found.get(at, at)
        self._found.update(dict.fromkeys(way, found))
        return found


def _entry(id_: str, parent: str | None, message: Mapping[str, Any], before: datetime) -> SavedEntry:
    content, metadata = object_of(message.get("content")), object_of(message.get("metadata"))
    role = text_of(object_of(message.get("author")).get("role"))
    kind = _kind_of(role, text_of(content.get("content_type")), text_of(message.get("recipient")))
    model = maybe_text(metadata.get("model_slug"))
    data: dict[str, Any] = {KEY: {key: value for key, value in message.items() if key not in KNOWN_IN_MESSAGE}}
    if left := _left_of(content):
        data[KEY]["content"] = left
    if kind == EntryKind.ASSISTANT:
        data["outcome"] = _outcome(message, metadata).value
    if model and role == "assistant":
        data["model"] = model
    return SavedEntry(
        id=id_,
        parent=parent,
        kind=kind,
        author=role[:MOST_KIND] or None,
        text=words_of(content),
        data=data,
        created=moment(message.get("create_time")) or before,
    )


def _kind_of(role: str, content_type: str, recipient: str) -> str:
    if content_type in CONTEXTS:
        return "context"
    if role == "assistant":
        if content_type in THOUGHTS:
            return "thinking"
        return EntryKind.ASSISTANT if recipient in ("", "all") else "tool_call"
    return {"user": EntryKind.USER.value, "tool": "tool", "system": "system"}.get(role, KEY + ".message")


def _outcome(message: Mapping[str, Any], metadata: Mapping[str, Any]) -> TurnState:
    if message.get("status") == "in_progress":
        return TurnState.TRUNCATED
    return OUTCOMES.get(text_of(object_of(metadata.get("finish_details")).get("type")), TurnState.COMPLETED)


def _left_of(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content where it is more than the words taken from it."""
    is_plain = content.keys() <= {"content_type", "parts"} and all(
        isinstance(part, str) for part in list_of(content.get("parts"))
    )
    return {} if is_plain else content
