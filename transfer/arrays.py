"""Reads a file that is one big array of conversations, or one conversation, one of them in memory at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from transfer.fields import object_of
from transfer.parsing import Unreadable, parse
from transfer.results import Damage, Place, Result, is_message
from transfer.saved import Loaded, SavedEntry, SavedSession
from transfer.splitting import elements
from transfer.trees import grow

Convert = Callable[[dict[str, Any], int], Iterator[Result]]
"""Makes results of a conversation and its number in the file."""


def read_array(file: BinaryIO, convert: Convert) -> Iterator[Result]:
    """What `convert` makes of each conversation; damage is told by the conversation's number, from 1."""
    for number, piece in enumerate(elements(file), 1):
        parsed = piece if isinstance(piece, Unreadable) else parse(piece)
        if isinstance(parsed, Unreadable):
            yield Damage(Place.CONVERSATION, number, parsed.reason)
        else:
            yield from convert(object_of(parsed.value), number)


def finish(session: SavedSession, entries: Sequence[SavedEntry], number: int) -> Iterator[Result]:
    """The session with its entries as a tree, after what had to be put right. A leaf that is not there is the newest entry;
    `modified` is the time of the newest message.
    """
    newest = max(reversed(entries), key=lambda entry: entry.created, default=None)
    is_there = any(entry.id == session.leaf for entry in entries)
    tree = grow(entries, session.leaf if is_there or newest is None else newest.id)
    for fault in tree.faults:
        yield Damage(Place.CONVERSATION, number, fault.reason)
    modified = max((entry.created for entry in tree.entries if is_message(entry)), default=session.created)
    yield Loaded(replace(session, leaf=tree.leaf, modified=modified), tree.entries)
