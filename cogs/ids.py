"""What a button, select or modal says about itself: `cubby:<verb>:<argument>:...`, at most 100 characters.

Discord hands the text back with each press, so it works after a restart. (Discord's documentation, "Component Reference":
`custom_id` has 1 to 100 characters.) It never holds more than an id of something stored, or a page and the list that it
is of; what the presser may do with it is decided by storage.
"""

from typing import Final
from uuid import UUID

PREFIX: Final = "cubby"


def custom_id(verb: str, *arguments: UUID | int | str) -> str:
    """The id of a component that does `verb`."""
    return ":".join([PREFIX, verb, *(a.hex if isinstance(a, UUID) else str(a) for a in arguments)])


def parse(text: str) -> tuple[str, list[str]] | None:
    """The verb and its arguments, or `None` for an id that is not ours."""
    prefix, *rest = text.split(":")
    if prefix != PREFIX or not rest:
        return None
    return rest[0], rest[1:]
