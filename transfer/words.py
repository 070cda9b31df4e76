"""What a reader is told of an entry, in Markdown and in HTML alike: who said it, when, and what befell it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from storage.records import EntryKind, TurnState, files_in
from transfer.results import Format
from transfer.saved import SavedEntry, SavedSession

OTHERS: Final = {Format.PI.value: "pi", Format.CHATGPT.value: "ChatGPT", Format.CLAUDE.value: "Claude"}
"""Who answered in a session that came from elsewhere."""
ASIDES: Final = {
    "thinking": "Thoughts",
    "tool": "Tool",
    "tool_call": "Call of a tool",
    "compaction": "Summary of what came before",
    "summary": "Summary of what came before",
    "branch_summary": "Summary of another branch",
    "context": "What was known before",
    "system": "Instructions",
}
"""What other kinds are called that have words of their own."""
MARKS: Final = {
    TurnState.STOPPED.value: "stopped",
    TurnState.TRUNCATED.value: "cut",
    TurnState.INTERRUPTED.value: "interrupted",
}
NO_ANSWER: Final = "No answer came to this."
UNTITLED: Final = "Untitled session"


@dataclass(frozen=True, slots=True)
class Said:
    """An entry as it is shown."""

    speaker: str
    time: str
    mark: str | None
    """What befell an answer, or the files that came with a question."""
    text: str
    is_markdown: bool
    """Whether the text is an answer's Markdown; a person's words are shown as they were typed."""
    role: str
    """`user`, `assistant` or `aside`."""


def title(session: SavedSession) -> str:
    """What the session is called."""
    return session.name or (f"Session {session.number}" if session.number else UNTITLED)


def about(session: SavedSession) -> str:
    """A line on the session."""
    number = f"Session {session.number} · " if session.number else ""
    model = f" · {session.model}" if session.model else ""
    return f"{number}begun {clock(session.created)}{model}"


def said(entry: SavedEntry, session: SavedSession) -> Said | None:
    """The entry as it is shown, or nothing if there is nothing to read in it."""
    time = clock(entry.created)
    if entry.kind == EntryKind.USER:
        names = ", ".join(" ".join(file.name.split()) for file in files_in(entry.data))
        return Said("You", time, f"with {names}" if names else None, entry.text, is_markdown=False, role="user")
    if entry.kind == EntryKind.ASSISTANT:
        outcome = entry.data.get("outcome")
        mark = MARKS.get(outcome) if isinstance(outcome, str) else None
        if not entry.text.strip() and mark is None:
            return None
        speaker = OTHERS.get(session.source, "Cubby")
        return Said(speaker, time, mark, entry.text, is_markdown=True, role="assistant")
    if entry.kind == EntryKind.FAILURE:
        return Said("Cubby", time, None, NO_ANSWER, is_markdown=False, role="aside")
    if entry.text.strip() and entry.kind in ASIDES:
        return Said(ASIDES[entry.kind], time, None, entry.text, is_markdown=False, role="aside")
    return None


def clock(time: datetime) -> str:
    """A time as people read it, in UTC."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
