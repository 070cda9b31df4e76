"""An independent reader: what the database and the messages say, looked at without any code of the bot's.

It reads SQLite with the standard library and the stand-in's own messages; nothing of `storage/`, `agent/` or `delivery/` is
imported, so a mistake there cannot hide itself here.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from playground.standin import Message, Person

RUNNING = ("writing…", "thinking…", "waiting…")
REPLACED = "A newer answer took the place of this one."
"""What an answer says that was asked for once more before a kill, which came before it was shown whole."""


@dataclass(frozen=True, slots=True)
class Said:
    """A prompt that a person sent; `word` is in no other one."""

    person: Person
    word: str
    message_id: int | None
    """Of a direct message, which is taken in sooner or later whatever happens."""


def rows(path: Path, sql: str, *values: object) -> list[sqlite3.Row]:
    """Ask the database, beside whoever has it open."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(sql, values).fetchall()


def unfinished(path: Path, said: Sequence[Said], refused: Sequence[Said]) -> int:
    """How many direct messages are not answered yet, and turns not ended, answers not shown to the end. What was `refused` in
    words may be there or not.
    """
    if not path.exists():
        return len(said)
    taken = {row["source_id"] for row in rows(path, "SELECT source_id FROM turns")}
    missing = sum(one.message_id is not None and one.message_id not in taken for one in said if one not in refused)
    (open_turns,) = rows(path, "SELECT count(*) FROM turns WHERE ended IS NULL AND state != 'paused'")[0]
    (open_parts,) = rows(
        path,
        "SELECT count(*) FROM deliveries d JOIN turns t ON t.id = d.turn "
        "WHERE t.ended IS NOT NULL AND d.state IN ('pending', 'sent', 'unknown')",
    )[0]
    return missing + open_turns + open_parts


def faults(
    path: Path, said: Sequence[Said], refused: Sequence[Said], people: Sequence[Person], seen: dict[int, list[Message]]
) -> list[str]:
    """What is not as it was promised, once nothing is unfinished; `seen` are each person's messages of the bot."""
    found = [f"integrity: {row[0]}" for row in rows(path, "PRAGMA integrity_check") if row[0] != "ok"]
    found += _prompts(path, said, refused)
    found += _summaries(path)
    for person in people:
        found += _numbers(path, person)
        found += _answers(path, person, seen[person.id])
        found += _running(seen[person.id])
    return found


def _prompts(path: Path, said: Sequence[Said], refused: Sequence[Said]) -> list[str]:
    """Every direct message is in the store exactly once, what was `refused` and every other prompt at most once; a retry shares
    its first's entry.
    """
    found: list[str] = []
    taken = rows(path, "SELECT DISTINCT prompt, coalesce(prompt_entry, id) FROM turns")
    prompts = [row["prompt"] for row in taken]
    for one in said:
        times = sum(one.word in prompt.split() for prompt in prompts)
        if times > 1 or (times == 0 and one.message_id is not None and one not in refused):
            found.append(f"{one.word} is stored {times} times")
    return found


def _summaries(path: Path) -> list[str]:
    """No more than one summary hangs on a message, those left out that were taken back."""
    sql = (
        "SELECT parent FROM entries s WHERE kind = 'summary' "
        "AND NOT EXISTS (SELECT 1 FROM entries WHERE parent = s.id AND kind = 'undone') GROUP BY parent HAVING count(*) > 1"
    )
    return [f"entry {row['parent']} has two summaries" for row in rows(path, sql)]


def _numbers(path: Path, person: Person) -> list[str]:
    sql = "SELECT s.number FROM sessions s JOIN owners o ON o.id = s.owner WHERE o.user_id = ? ORDER BY s.number"
    numbers = [row["number"] for row in rows(path, sql, person.id)]
    return [] if numbers == list(range(1, len(numbers) + 1)) else [f"{person.name}'s numbers are {numbers}"]


def _read(message: Message) -> str:
    """What a person can read of it: a long answer goes on in a file."""
    return message.text + "".join(file.data.decode() for file in message.attachments)


def _answers(path: Path, person: Person, messages: Sequence[Message]) -> list[str]:
    """Every stored answer is shown, whole and once."""
    found: list[str] = []
    answers = rows(
        path,
        "SELECT t.id, e.text, t.state, (SELECT count(*) FROM turns x WHERE x.prompt_entry = t.prompt_entry) AS tries, "
        "EXISTS (SELECT 1 FROM turns x WHERE x.owner = t.owner AND x.number = t.number AND x.id > t.id) AS is_older "
        "FROM turns t JOIN owners o ON o.id = t.owner JOIN entries e ON e.id = t.answer_entry "
        "WHERE o.user_id = ? AND e.kind = 'assistant'",
        person.id,
    )
    by_id = {message.id: message for message in messages}
    for answer in answers:
        parts = rows(path, "SELECT * FROM deliveries WHERE turn = ? ORDER BY part", answer["id"])
        states = {part["state"] for part in parts}
        if states - {"final", "undeliverable"}:
            found.append(f"turn {answer['id']} ({answer['state']}): parts are {states}")
        shown = "".join(_read(by_id[part["message_id"]]) for part in parts if part["message_id"] in by_id)
        is_offered = any(button.label == "Show the rest" for message in by_id.values() for button in message.buttons)
        is_replaced = answer["is_older"] and REPLACED in shown
        is_elsewhere = "undeliverable" in states or is_offered or is_replaced
        if not is_elsewhere and _letters(answer["text"]) not in _letters(shown):
            found.append(f"turn {answer['id']} ({answer['state']}) is not shown whole: {shown[:80]!r}")
        # In a server `/open` shows an answer once more, and a retry may say the same: neither is a second delivery.
        copies = sum(_letters(answer["text"]) in _letters(m.text) for m in messages if m.channel == person.dm)
        if answer["state"] == "completed" and answer["tries"] == 1 and copies > 1:
            found.append(f"turn {answer['id']} is shown {copies} times")
    return found


def _letters(text: str) -> str:
    return "".join(text.split())


def _running(messages: Sequence[Message]) -> list[str]:
    """No message that anybody still sees says that something is under way."""
    return [
        f"{'private' if message.ephemeral else 'direct'} message {message.id} still shows {message.text[-60:]!r}"
        for message in messages
        if any(button.label == "Stop" for button in message.buttons) or message.text.rstrip().endswith(RUNNING)
    ]
