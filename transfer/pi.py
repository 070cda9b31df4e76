"""What both ways of pi's session format have in common: JSONL, version 3, an entry a line, the leaf last.

Facts of the format are from pi's own documentation (`packages/coding-agent/docs/session.md` of pi-mono). What pi has and we
have not travels in `data["pi"]` of an entry and `extra["pi"]` of a session. Entries of ours that pi has no type for are
`custom` ones there, of the type `CUSTOM_TYPE`, so that they come back.
"""

import re
from typing import Final

from storage.records import EntryKind, TurnState

VERSION: Final = 3
KEY: Final = "pi"
"""Where an entry's `data` and a session's `extra` keep what only pi knows."""
CUSTOM_TYPE: Final = "cubby.entry"
PREFIX: Final = "pi."
"""Before the kind of what pi has, or may come to have, and we do not know."""

TOOL: Final = "tool"
ROLES: Final = {"user": EntryKind.USER.value, "assistant": EntryKind.ASSISTANT.value, "toolResult": TOOL}
KNOWN_TYPES: Final = frozenset(
    {
        "model_change",
        "thinking_level_change",
        "compaction",
        "branch_summary",
        "custom",
        "custom_message",
        "label",
        "session_info",
        "context_edit",
        "usage",
    }
)
"""Types that are kinds by the same name."""
REFERENCES: Final = ("firstKeptEntryId", "fromId", "targetId")
"""Fields that name another entry by its id."""

OUTCOMES: Final = {
    "stop": TurnState.COMPLETED,
    "toolUse": TurnState.COMPLETED,
    "length": TurnState.TRUNCATED,
    "aborted": TurnState.STOPPED,
    "error": TurnState.TRUNCATED,
}
"""What a `stopReason` is called here; an error before any text is a failure."""
STOP_REASONS: Final = {
    TurnState.COMPLETED.value: "stop",
    TurnState.TRUNCATED.value: "length",
    TurnState.STOPPED.value: "aborted",
    TurnState.INTERRUPTED.value: "error",
    TurnState.FAILED.value: "error",
}

ID: Final = re.compile(r"[0-9a-f]{8}\Z")
"""An entry's id, as pi makes them."""

OLDER: Final = (
    "This session was written by an old pi. Open it once with a current pi, which brings it up to date, then import it again."
)
NEWER: Final = "A newer pi than I know wrote this session, so I left it alone."
