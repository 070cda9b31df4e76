"""What is sent to the model: the system prompt and the newest part of the session's path that fits.

Tokens are estimated as a quarter of the characters, corrected by what the server counted for the last answer. Stopped and cut
answers are in it, since the person saw them; a prompt that failed is too, unless it was itself the cause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from agent.model import Message
from storage.records import Entry, EntryKind, Usage

CHARACTERS_PER_TOKEN: Final = 4
TOKENS_PER_MESSAGE: Final = 4
"""What a chat template puts around a message, roughly."""

LEAST_CORRECTION: Final = 0.5
MOST_CORRECTION: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The messages for one answer."""

    messages: tuple[Message, ...]
    estimated_tokens: int
    """Before correction, so that a server's count can be set against it."""
    trimmed: bool
    """Whether older messages were left out because they no longer fit."""


def build_context(
    entries: Sequence[Entry],
    *,
    system_prompt: str,
    budget_tokens: int,
    reserve_tokens: int,
    correction: float = 1.0,
    complete: bool = True,
) -> Context:
    """The context for the path `entries` (oldest first), whose last user entry is the question.

    It fits `budget_tokens` less `reserve_tokens`, except that the question is always in. `complete` is false when the path
    has more entries above the given ones.
    """
    system = Message("system", system_prompt)
    room = (budget_tokens - reserve_tokens) / correction - _tokens(system)
    messages = _messages(entries)
    kept: list[Message] = []
    for message in reversed(messages):
        room -= _tokens(message)
        if kept and room < 0:
            break
        kept.append(message)
    while kept and kept[-1].role == "assistant":
        kept.pop()
    kept.reverse()
    chosen = (system, *kept)
    return Context(
        messages=chosen,
        estimated_tokens=sum(map(_tokens, chosen)),
        trimmed=not complete or len(kept) < len(messages),
    )


def characters_needed(budget_tokens: int, reserve_tokens: int, correction: float = 1.0) -> int:
    """How many characters of path can be of use, so that no more is read from the store."""
    return max(1, int((budget_tokens - reserve_tokens) / correction * CHARACTERS_PER_TOKEN))


def correction_from(usage: Usage | None) -> float:
    """How many tokens the server counted for each that was estimated, within sane bounds; 1 where it reported none."""
    if usage is None or not usage.estimated_input_tokens or not usage.input_tokens:
        return 1.0
    return min(MOST_CORRECTION, max(LEAST_CORRECTION, usage.input_tokens / usage.estimated_input_tokens))


def _messages(entries: Sequence[Entry]) -> list[Message]:
    """The path as messages that alternate: strict servers refuse two of one role in a row."""
    messages: list[Message] = []
    for position, entry in enumerate(entries):
        role = _role(entry, entries[position + 1] if position + 1 < len(entries) else None)
        if role is None:
            continue
        if messages and messages[-1].role == role:
            messages[-1] = Message(role, f"{messages[-1].content}\n\n{entry.text}")
        else:
            messages.append(Message(role, entry.text))
    return messages


def _role(entry: Entry, following: Entry | None) -> Literal["user", "assistant"] | None:
    if entry.kind == EntryKind.USER:
        is_blamed = following is not None and following.kind == EntryKind.FAILURE and following.data.get("blame_prompt")
        return None if is_blamed else "user"
    return "assistant" if entry.kind == EntryKind.ASSISTANT else None


def _tokens(message: Message) -> int:
    return -(-len(message.content) // CHARACTERS_PER_TOKEN) + TOKENS_PER_MESSAGE
