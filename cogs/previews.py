"""What is said of a file that is to be imported: what is in it, how far it is, what came of it, and what could not be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from cogs.words import inert
from delivery.inert import shorten
from delivery.sender import Upload
from porting.incoming import Broke, Preview, Report
from transfer.results import Damage, Place

SHOWN: Final = 5
"""Damages that a message lists; more come as a file."""
LONGEST: Final = 150
"""Characters of one there: what it quotes of the file is anybody's."""
LONGEST_IN_FILE: Final = 1000
FILE_NAME: Final = "not-read.txt"

NOTHING_IN_IT: Final = "I found no conversation in that file."
BROKE: Final[Mapping[Broke, str]] = {
    Broke.STORE: "My disk stopped taking it, so the rest isn't in. Send the file again later; what is in can be skipped.",
    Broke.READER: "I can't look at pictures now, so the rest isn't in. Send it again in a minute; what is in can be skipped.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A message, with a file where it would be too long."""

    text: str
    upload: Upload | None = None


def question(found: Preview) -> Said:
    """What is in the file, and whether to import it."""
    survey = found.survey
    facts = [_count(survey.conversations, "conversation"), _count(survey.messages, "message")]
    if survey.damages:
        lines = all(damage.place is Place.LINE for damage in survey.listed)
        facts.append(_count(survey.damages, "damaged line" if lines else "damaged piece"))
    known = f" {found.known:,} of them you have already." if found.known else ""
    return _with_damages(f"{', '.join(facts)}.{known} Import?", "I can't read", survey.damages, survey.listed)


def nothing_in_it(found: Preview) -> Said:
    """For a file of a known kind in which there is nothing to import."""
    return _with_damages(NOTHING_IN_IT, "I can't read", found.survey.damages, found.survey.listed)


def how_far(done: int, found: Preview) -> str:
    """While it is imported."""
    return f"Importing: {done:,} of {_count(found.survey.conversations, 'conversation')}…"


def report(came: Report) -> Said:
    """What came of it."""
    files = f", {_count(came.files, 'attached file')}" if came.files else ""
    parts = [f"{_count(came.taken, 'conversation')} imported, {_count(came.messages, 'message')}{files}."]
    if came.skipped:
        parts.append(f"{came.skipped:,} you have already, so I skipped {'it' if came.skipped == 1 else 'them'}.")
    if came.broke is not None:
        parts.append(BROKE[came.broke])
    return _with_damages(" ".join([*parts, "`/sessions` shows them."]), "I couldn't read", came.damages, came.listed)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _with_damages(text: str, heading: str, count: int, listed: Sequence[Damage]) -> Said:
    """The text, then what could not be read, by line; all of it that is known in a file, where that is more than is shown."""
    if not count:
        return Said(text)
    shown = "\n".join([text, f"{heading}:", *(f"- {inert(str(damage), LONGEST)}" for damage in listed[:SHOWN])])
    if count <= SHOWN:
        return Said(shown)
    lines = [shorten(str(damage), LONGEST_IN_FILE) for damage in listed]
    more = [f"and {count - len(lines):,} more"] if count > len(lines) else []
    whole = "\n".join([*lines, *more, ""])
    return Said(f"{shown}\n- and {count - SHOWN:,} more", Upload(FILE_NAME, BytesIO(whole.encode())))
