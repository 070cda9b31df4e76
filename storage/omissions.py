"""`Omissions`: exchanges that their owner leaves out of what models are sent (see `store.py`). Nothing is rewritten or lost.

An exchange is named by its answer, so what stands beside it at the same place is not left out with it.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final, Protocol
from uuid import UUID

from storage.records import Actor, Entry, EntryKind

OMITTED: Final = "omitted"
"""The kind that `masked` gives; and the key of an answer's data, in what goes out and comes in, that is true for such a one."""

ANSWERS: Final = (EntryKind.ASSISTANT, EntryKind.FAILURE)
"""What an exchange ends with."""


class Omissions(Protocol):
    """What is left out of each session. All raise `SessionNotFound`."""

    async def omit(self, actor: Actor, session_id: UUID, answer: int) -> None:
        """Leave out the exchange with this answer; a second time changes nothing. Raises `EntryNotFound`."""
        ...

    async def restore(self, actor: Actor, session_id: UUID, answer: int) -> None:
        """Take it in again. Raises as `omit`."""
        ...

    async def of(self, actor: Actor, session_id: UUID) -> AbstractSet[int]:
        """The answers of the exchanges that are left out of a session, on whatever path."""
        ...


def left_out(entries: Sequence[Entry], omitted: AbstractSet[int]) -> AbstractSet[int]:
    """The ids of what a path's entries have of exchanges that are left out, by their `omitted` answers."""
    if not omitted:
        return frozenset()
    answers = [entry for entry in entries if entry.id in omitted]
    return {each for answer in answers for each in (answer.id, answer.parent) if each is not None}


def masked(entries: Sequence[Entry], omitted: AbstractSet[int]) -> Sequence[Entry]:
    """The same entries at their places, those that are left out as of a kind that is sent to no model."""
    out = left_out(entries, omitted)
    return [replace(entry, kind=OMITTED) if entry.id in out else entry for entry in entries] if out else entries


def going_out(entry: Entry, *, omitted: bool) -> Entry:
    """An entry as it goes out."""
    return replace(entry, data={**entry.data, OMITTED: True}) if omitted else entry


def is_omitted(kind: str, data: Mapping[str, Any]) -> bool:
    """Whether an entry that comes in is an answer whose exchange is left out."""
    return kind in ANSWERS and data.get(OMITTED) is True


def coming_in(kind: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of an entry that comes in, as it is stored."""
    return {key: value for key, value in data.items() if key != OMITTED} if is_omitted(kind, data) else data
