"""What is sent to the model: the system prompt and the newest part of the session's path that fits.

With a compaction on the path its summary stands for all that is above the oldest entry that it keeps.

Tokens are estimated as a quarter of the characters, corrected by what the server counted for the last answer. Stopped and cut
answers are in it, since the person saw them; a prompt that failed is too, unless it was itself the cause.
"""

import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from agent.enclosing import Enclosed
from agent.estimates import CHARACTERS_PER_TOKEN, message_tokens
from agent.model import Message
from storage.records import Entry, EntryKind, Turn, Usage, first_kept

LEAST_CORRECTION: Final = 0.75
"""Some servers do not count what they had cached, so a low count is believed only so far."""
MOST_CORRECTION: Final = 4.0
STEADY_TOKENS: Final = 256
"""Added to both sides of a ratio: what a server's own template adds to a short context says nothing of a long one."""


GO_ON: Final = (
    "Your answer above broke off before its end. Go on exactly where it stopped, in the middle of the word if need be; "
    "repeat nothing, and add no introduction."
)
"""What is asked for the rest of an answer. It is sent and never stored."""

NO_FILES: Final[Mapping[int, Enclosed]] = MappingProxyType({})

SUMMARY: Final = "This conversation began earlier. A summary of what was said until here:\n<summary>\n{}\n</summary>"
OTHER_WAY: Final = "This conversation took another way for a while, and came back. A summary of it:\n<summary>\n{}\n</summary>"
TOLD: Final = {"branch_summary": OTHER_WAY, "custom_message": "{}"}
"""What came from pi, which sends it to the model as a person's words (pi's own `packages/coding-agent/docs/session.md`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The messages for one answer."""

    messages: tuple[Message, ...]
    estimated_tokens: int
    """Before correction, so that a server's count can be set against it."""
    system_tokens: int
    summary_tokens: int
    file_tokens: int
    """What of these the system prompt has, the summary of what came before, and the files that came with prompts."""
    trimmed: bool
    """Whether older messages were left out because they no longer fit, or were not given."""
    clipped: bool = False
    """Whether words of the newest prompt's files were left out because they don't fit."""
    wants_more: bool = False
    """Whether all that was given fits, and there is more path above it that was not given."""


async def nothing_enclosed(_entries: Sequence[Entry], _room: int) -> Mapping[int, Enclosed]:
    """For a path without files."""
    return NO_FILES


async def read_context(
    read: Callable[[int], Awaitable[Sequence[Entry]]],
    *,
    compaction: Entry | None = None,
    system_prompt: str,
    budget_tokens: int,
    reserve_tokens: int,
    correction: float = 1.0,
    begun: str = "",
    enclose: Callable[[Sequence[Entry], int], Awaitable[Mapping[int, Enclosed]]] = nothing_enclosed,
) -> Context:
    """The context of the path of which `read` gives the newest so many characters; it reads no more than is of use.

    `compaction` is the newest one on that path. `enclose` gives the files that came with entries, as far as so many tokens go.

    One read does, except where what was read is prompts that stay out: a refused long paste must not hide what came before.
    """
    characters = characters_needed(budget_tokens, reserve_tokens, correction)
    while True:
        entries = await read(characters)
        context = build_context(
            entries,
            compaction=compaction,
            system_prompt=system_prompt,
            budget_tokens=budget_tokens,
            reserve_tokens=reserve_tokens,
            correction=correction,
            begun=begun,
            enclosed=await enclose(entries, int((budget_tokens - reserve_tokens) / correction)),
        )
        if not context.wants_more:
            return context
        characters *= 4


def build_context(
    entries: Sequence[Entry],
    *,
    compaction: Entry | None = None,
    system_prompt: str,
    budget_tokens: int,
    reserve_tokens: int,
    correction: float = 1.0,
    begun: str = "",
    enclosed: Mapping[int, Enclosed] = NO_FILES,
) -> Context:
    """The context for `entries`, the newest part of a path (oldest first), whose last user entry is the question, and for what
    is `begun` of its answer already, whose rest is then asked for. `compaction` is the newest one on that path, and what is
    `enclosed` are the files of its entries.

    It fits `budget_tokens` less `reserve_tokens`, except that the question is always in, with what is begun. A summary that
    fits beside these goes before all others. It never begins with an answer whose question was left out.
    """
    since = 0 if compaction is None else first_kept(compaction)
    complete = not entries or entries[0].depth <= since
    going_on = [Message("assistant", begun), Message("user", GO_ON)] if begun else []
    said = [message for _, message in spoken([each for each in entries if each.depth >= since], enclosed)] + going_on
    least = len(going_on) + 1
    system = Message("system", system_prompt)
    room = (budget_tokens - reserve_tokens) / correction - message_tokens(system)
    summary = [] if compaction is None else [Message("user", SUMMARY.format(compaction.text))]
    lost = bool(summary) and sum(map(message_tokens, [*summary, *said[-least:]])) > room
    opening = [] if lost else summary
    kept, fits = _newest(said, room - sum(map(message_tokens, opening)), least)
    # What follows a summary may begin with an answer: the summary tells what it answers.
    is_whole = complete and len(kept) == len(said)
    if not (opening and is_whole):
        kept = _from_first_question(kept)
    chosen = (system, *_alternating([*opening, *kept]))
    return Context(
        messages=chosen,
        estimated_tokens=sum(map(message_tokens, chosen)),
        system_tokens=message_tokens(system),
        summary_tokens=sum(map(message_tokens, opening)),
        file_tokens=sum(message.file_tokens for message in kept),
        trimmed=lost or not complete or len(kept) < len(said if opening else _from_first_question(said)),
        clipped=_is_clipped(entries, enclosed),
        wants_more=fits and not complete,
    )


def characters_needed(budget_tokens: int, reserve_tokens: int, correction: float = 1.0) -> int:
    """How many characters of path can be of use, so that no more is read from the store."""
    return max(1, int((budget_tokens - reserve_tokens) / correction * CHARACTERS_PER_TOKEN))


def correction_after(latest: Turn | None) -> float:
    """The correction that a session's last answer gives for the next one."""
    return correction_from(latest.usage if latest is not None else None)


def correction_from(usage: Usage | None) -> float:
    """How many tokens the server counted for each that was estimated, within sane bounds; 1 where it reported none."""
    if usage is None or usage.estimated_input_tokens <= 0 or usage.input_tokens <= 0:
        return 1.0
    ratio = (usage.input_tokens + STEADY_TOKENS) / (usage.estimated_input_tokens + STEADY_TOKENS)
    return min(MOST_CORRECTION, max(LEAST_CORRECTION, ratio))


def _newest(said: Sequence[Message], room: float, least: int) -> tuple[list[Message], bool]:
    """The last messages that fit, in order, `least` of them in any case; and whether all do."""
    kept: list[Message] = []
    for message in reversed(said):
        room -= message_tokens(message)
        if len(kept) >= least and room < 0:
            break
        kept.append(message)
    return kept[::-1], room >= 0


def spoken(entries: Sequence[Entry], enclosed: Mapping[int, Enclosed] | None = None) -> list[tuple[Entry, Message]]:
    """The entries that the model shall see, each with its message."""
    pairs = itertools.zip_longest(entries, entries[1:])
    return [
        (entry, _with_files(Message(role, TOLD.get(entry.kind, "{}").format(entry.text)), (enclosed or {}).get(entry.id)))
        for entry, follower in pairs
        if (role := _role(entry, follower)) is not None
    ]


def _with_files(message: Message, files: Enclosed | None) -> Message:
    """The words behind the files that they are about."""
    if files is None:
        return message
    return Message(message.role, f"{files.text}\n\n{message.content}", files.pictures, files.tokens)


def _is_clipped(entries: Sequence[Entry], enclosed: Mapping[int, Enclosed]) -> bool:
    asked = next((entry for entry in reversed(entries) if entry.kind == EntryKind.USER), None)
    return asked is not None and asked.id in enclosed and enclosed[asked.id].clipped


def _from_first_question(messages: Sequence[Message]) -> list[Message]:
    return list(itertools.dropwhile(lambda message: message.role == "assistant", messages))


def _role(entry: Entry, follower: Entry | None) -> Literal["user", "assistant"] | None:
    if entry.kind == EntryKind.USER:
        is_blamed = follower is not None and follower.kind == EntryKind.FAILURE and follower.data.get("blame_prompt")
        return None if is_blamed else "user"
    if entry.kind in TOLD:
        return "user" if entry.text.strip() else None
    return "assistant" if entry.kind == EntryKind.ASSISTANT and entry.text.strip() else None


def _alternating(messages: Sequence[Message]) -> list[Message]:
    """The same words with neighbours of one role joined: strict servers refuse two of one role in a row."""
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1].role == message.role:
            joined[-1] = _both(joined[-1], message)
        else:
            joined.append(message)
    return joined


def _both(one: Message, other: Message) -> Message:
    return Message(
        one.role,
        f"{one.content}\n\n{other.content}",
        one.pictures + other.pictures,
        one.file_tokens + other.file_tokens,
    )
