"""What a turn looks like in Discord at each moment: pure functions from its state to the contents of its messages.

Every content ends in a small line that names the session. Whatever people or models named is made inert there: one line, no
Markdown, no mention, no link. Used by `answer.py`; who sends it and when is not known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.errors import ModelError
from agent.events import LineWaiting, MakingRoom, RetryWaiting
from delivery.flips import Flip
from delivery.graphemes import units
from delivery.inert import inert, shorten
from delivery.long import COMES_AS_FILE, FULL, IN_FILE, ends_in_file, text_file
from delivery.readable import readable
from delivery.sender import Upload
from delivery.splitting import MESSAGE_LIMIT, split
from delivery.summing import NEARLY_FULL, TRIMMED, UNSUMMARISED, Summed
from storage.records import SessionInfo, Target, Turn, TurnState

NAME_LENGTH: Final = 40
"""Characters of a session's name in a line."""
BODY_LIMIT: Final = MESSAGE_LIMIT - 120
"""Room for text in a part: what is left holds the longest last line, so that a part never moves when that line changes."""
QUOTE_LENGTH: Final = 200
WHICH_LENGTH: Final = 100
LENGTH: Final = "length"
"""The error kind of an answer that reached its length limit; there is no `ModelError` of it."""

REMOVED: Final = "Removed."
STOPPED: Final = "■ Stopped. What was written is kept."
STOPPED_EARLY: Final = "■ Stopped before the first words."
INTERRUPTED: Final = "I was restarted while writing this. What was written is kept."
INTERRUPTED_EARLY: Final = "I was restarted before the first words. Your message is kept; try again."
STOPPED_TEMPORARY: Final = "■ Stopped."
LOST_WRITING: Final = "I was restarted while writing this. The session was temporary, so it is gone."
LOST: Final = "I was restarted. Session {} was temporary, so it is gone."
LENGTH_REACHED: Final = "The answer reached its length limit."
TEMPORARY: Final = (
    "Not saved by Cubby; Discord keeps direct messages and the model's provider receives the text. "
    "It is gone when you leave it, or when I'm restarted."
)
"""What a temporary session is, said at its start."""
NEAR_LIMIT: Final = "You've used four fifths of today's share. It refills <t:{}:R>."
MODEL_GONE: Final = "{} isn't offered any more, so the usual model is asked from now on. /settings has the others."
STILL_IN: Final = "Still in {}"
BEFORE: Final = "The answer before this stands beside the conversation now: ◀ or *Branches* in /sessions leads back to it."
"""What is said where nothing came of asking once more, or in other words."""
REPLACED: Final = "A newer answer took the place of this one."
REFUSED: Final = "Discord doesn't take this part of the answer. It is kept: see it with /history."
REST_HERE: Final = "Discord didn't say whether the rest of this arrived."
REST_ELSEWHERE: Final = "The rest of an answer may not have reached you: Discord didn't say."
REST_WAITS: Final = "I can't change this message any longer, and your direct messages are closed to me."
NOT_SAVED: Final = "I couldn't save this answer: the disk isn't taking it. Copy it if you need it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """All that is said of an ended turn."""

    outcome: TurnState
    text: str
    error: ModelError | None = None
    trimmed: bool = False
    unsummarised: bool = False
    """Whether older messages were left out since they could not be summarised just now."""
    summed: Summed | None = None
    """The summary that was made for it."""
    nearly_full: bool = False
    saved: bool = True
    operator_told: bool = False
    """Whether whoever runs the bot knows of a failure that only they can mend."""
    near_limit: datetime | None = None
    """When there are new tokens, where the day's are nearly used."""
    model_gone: str | None = None
    """The model that was chosen, where it is to be had no more."""
    files: str | None = None
    """What of the prompt's files the model was not given."""
    model_label: str | None = None
    """What to say of the model, as a small line; `None` for nothing."""
    as_file: bool = False
    """Whether what does not fit three messages goes on in a file."""
    late: bool = False
    """Whether it came after a long silence, so that people may have taken it for another session's."""
    flip: Flip | None = None
    """Its place among those beside it."""
    notice: str | None = None
    """The privacy notice, on a person's first answer; and what a temporary session is, on its first one."""

    @property
    def wrote(self) -> bool:
        """Whether there are words in it."""
        return bool(self.text.strip())


def error_of(kind: str | None) -> ModelError | None:
    """The error that a turn was stored with; a kind that is not known here is a `ModelError` without more.

    `None` for no error, and for the length limit, which is none.
    """
    if kind is None or kind == LENGTH:
        return None
    known = {error.kind: error for error in ModelError.__subclasses__()}
    return known.get(kind, ModelError)()


def label(session: SessionInfo) -> str:
    """The session's number and its name or first message: `3 · Auth bug`; and whether it is temporary."""
    return f"{session.number} · {inert(title(session, NAME_LENGTH))}{' · temporary' if session.temporary else ''}"


def title(session: SessionInfo, limit: int) -> str:
    """A session's name, or else its first message, as plain text on one line; "empty" where neither shows anything."""
    shown = (shorten(words, limit) for words in (session.name, session.first_message) if words)
    return next(filter(None, shown), "empty")


def small(text: str) -> str:
    """Each line of the text as a small one."""
    return "\n".join(f"-# {line}" for line in text.splitlines() if line.strip())


def waiting(session: SessionInfo, turn: Turn, position: int) -> str:
    """A prompt that waits behind a running answer; `position` counts from 1."""
    return f"Waiting in **{label(session)}**, number {position} in line.\n{_words(turn)}"


def paused(session: SessionInfo, turn: Turn) -> str:
    """A prompt that waits for its owner."""
    return f"Paused in **{label(session)}**: send it, edit it or remove it.\n{_words(turn)}"


def _words(turn: Turn) -> str:
    """The beginning of a prompt that waits."""
    return f"> {inert(shorten(turn.prompt, QUOTE_LENGTH))}"


def thinking(session: SessionInfo, seconds: float = 0) -> str:
    """The turn runs and no text has come; the model has been thinking for so long."""
    so_long = f" {seconds:.0f} s" if seconds >= 1 else ""
    return small(f"{label(session)} · thinking…{so_long}")


def held_up(event: RetryWaiting | LineWaiting | MakingRoom) -> str:
    """The model failed for a moment and is asked again soon, or writes as many answers as it may, or summarises first."""
    if isinstance(event, MakingRoom):
        return small(f"Making room: summarising the older messages…\n{label(event.session)} · waiting…")
    if isinstance(event, LineWaiting):
        before = "yours is next" if event.position == 1 else f"yours is number {event.position} in line"
        return small(f"Many answers are being written right now; {before}\n{label(event.session)} · waiting…")
    seconds = max(1, round(event.seconds))
    what = event.error.sentence.split(". ")[0].rstrip(".")
    return small(f"{what}; trying again in {seconds} s, {event.attempt} of {event.attempts}\n{label(event.session)} · waiting…")


def streaming(session: SessionInfo, text: str, *, as_file: bool = False) -> list[str]:
    """The contents while text comes. Those before the last stay as they are while it grows, but for a table that reaches into
    them; with `as_file` what does not fit three messages is counted only.
    """
    parts = split(readable(text, growing=True), BODY_LIMIT)
    if not parts:
        return [thinking(session)]
    tail = f"{label(session)} · writing…"
    if ends_in_file(parts, as_file=as_file):
        return _to_file(parts, small(f"{tail} {len(text) // 1000},000 characters, {COMES_AS_FILE}"))
    return _with_tail(parts, small(tail))


def lasting(session: SessionInfo, content: str) -> str:
    """The last content of `streaming` without saying that it is still being written."""
    before, _, _ = content.rpartition("\n")
    return f"{before}\n{small(label(session))}"


def ended(session: SessionInfo, ending: Ending) -> list[str]:
    """The contents of an ended turn: its text or its failure, what there is to say of it, and the session's line."""
    where = STILL_IN.format(label(session)) if ending.late and ending.wrote else label(session)
    parts, rest = split(_body(ending), BODY_LIMIT), [*_remarks(ending, temporary=session.temporary), where]
    if ends_in_file(parts, as_file=ending.as_file):
        return _to_file(parts, small("\n".join([IN_FILE, *rest])))
    return _with_tail(parts, small("\n".join(rest)))


def whole_file(session: SessionInfo, ending: Ending) -> Upload | None:
    """The file that goes with the last content of `ended`; `None` where the contents are all."""
    is_long = ends_in_file(split(_body(ending), BODY_LIMIT), as_file=ending.as_file)
    return text_file(session, ending.text) if is_long else None


def _with_tail(parts: Sequence[str], tail: str) -> list[str]:
    """The parts with a last line, in one more message where both do not fit."""
    if not parts:
        return [tail]
    *parts, last = parts
    room = MESSAGE_LIMIT - units(tail) - 1
    *before, last = [last] if units(last) <= room else split(last, room)
    return [*parts, *before, f"{last}\n{tail}"]


def goes_on(content: str, place: Target) -> str:
    """The last content of `streaming` where it can't be changed much longer: the answer goes on at this place."""
    message = "" if place.message_id is None else f"/{place.message_id}"
    return _instead(content, f"Goes on in your direct messages: https://discord.com/channels/@me/{place.channel_id}{message}")


def rest_waits(content: str) -> str:
    """The same where direct messages are shut."""
    return _instead(content, REST_WAITS)


def _instead(content: str, line: str) -> str:
    """A content of `streaming` with another last line."""
    before, _, _ = content.rpartition("\n")
    return f"{before}\n{small(line)}" if before else small(line)


def _to_file(parts: Sequence[str], tail: str) -> list[str]:
    """As many of the parts as are shown in full, the last as far as it fits with its last line: the file has the rest."""
    *before, last = parts[:FULL]
    return [*before, f"{split(last, MESSAGE_LIMIT - units(tail) - 1)[0]}\n{tail}"]


def replaced(session: SessionInfo) -> str:
    """An answer that was asked anew before it could be shown whole."""
    return small(f"{REPLACED}\n{label(session)}")


def lost(number: int) -> str:
    """An answer, or a prompt that waited, in a temporary session that a restart has ended."""
    return small(LOST.format(number))


def refused(session: SessionInfo) -> str:
    """In the place of a content that Discord does not take."""
    return f"{REFUSED}\n{small(label(session))}"


def rest_elsewhere(session: SessionInfo) -> str:
    """Where the rest of an answer may not have arrived, and what came before it can't be changed."""
    return f"{REST_ELSEWHERE}\n{small(label(session))}"


def _body(ending: Ending) -> str:
    if ending.outcome is TurnState.FAILED:
        return _quoted((ending.error or ModelError()).for_person(operator_told=ending.operator_told))
    return readable(ending.text)


def _quoted(sentence: str) -> str:
    """A failure's sentence; what the model said in it is quoted on every line of it."""
    first, *rest = sentence.splitlines()
    return "\n".join([first, *(line if line.startswith("> ") else f"> {line}" for line in rest)])


def _remarks(ending: Ending, *, temporary: bool) -> list[str]:
    remarks = [
        ending.model_label,
        *_which(ending.flip),
        ending.notice,
        None if ending.model_gone is None else MODEL_GONE.format(inert(shorten(ending.model_gone, NAME_LENGTH))),
        ending.files,
        UNSUMMARISED if ending.unsummarised else TRIMMED if ending.trimmed else None,
        None if ending.summed is None else ending.summed.sentence,
        NEARLY_FULL if ending.nearly_full else None,
        None if ending.near_limit is None else NEAR_LIMIT.format(int(ending.near_limit.timestamp())),
        _mark(ending, temporary=temporary),
        BEFORE if ending.flip is not None and not ending.wrote else None,
        None if ending.saved else NOT_SAVED,
    ]
    return [remark for remark in remarks if remark]


def _which(flip: Flip | None) -> list[str]:
    """Which of the answers beside each other it is, where they are by other models or to other words."""
    told = {} if flip is None else {"By": flip.model, "To": flip.question}
    return [f"{how}: {inert(shorten(what, WHICH_LENGTH))}" for how, what in told.items() if what is not None]


def _mark(ending: Ending, *, temporary: bool) -> str | None:
    """How the answer ended, where it did not simply end."""
    wrote = ending.wrote
    if temporary and ending.outcome is TurnState.INTERRUPTED:
        return LOST_WRITING
    match ending.outcome:
        case TurnState.STOPPED:
            return STOPPED_EARLY if not wrote else STOPPED_TEMPORARY if temporary else STOPPED
        case TurnState.INTERRUPTED:
            return INTERRUPTED if wrote else INTERRUPTED_EARLY
        case TurnState.TRUNCATED:
            return ending.error.sentence if ending.error else LENGTH_REACHED
        case _:
            return None
