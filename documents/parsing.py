"""Bytes to words or a picture, in this process: only the child calls it, as what it reads may be made to do harm."""

from collections.abc import Callable
from importlib import import_module
from typing import TypeAlias

from documents.kinds import Kind, kind_of
from documents.results import Limits, Reason, Result, Unread, Unreadable

Parser: TypeAlias = Callable[[bytes, str, Limits], Result]
"""Takes a file's bytes, its name and the limits. May raise whatever its library does, and `Unreadable`."""


def parse(data: bytes, name: str, limits: Limits) -> Result:
    """What is in a file. Raises nothing for any bytes."""
    try:
        return _parser(kind_of(data))(data, name, limits)
    except Unreadable as error:
        return Unread(reason=error.reason)
    except MemoryError:
        return Unread(reason=Reason.TOO_MUCH)
    except Exception:  # noqa: BLE001  # libraries raise anything for a broken file, and none of it says more than that
        return Unread(reason=Reason.DAMAGED)


def _parser(kind: Kind) -> Parser:
    """A kind's own module, imported where it is needed only: that takes longer than reading most files."""
    parser: Parser = import_module(f"documents.{kind}").read
    return parser
