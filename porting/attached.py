"""What was attached, on its way in: no more than its owner may have, and as pictures only what is one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from documents.reading import Picture, Reader, Reason, Unread
from porting.crossing import Crossing
from storage.records import PICTURE, Actor, Attached, Content, EntryKind, File, files_in
from storage.store import Store
from transfer.enclosed import CHANGED, TOO_LARGE, Look
from transfer.limits import MIB
from transfer.parsing import Unreadable
from transfer.saved import SavedEntry

MOST_AT_ONCE: Final = 256 * MIB
"""What the files of one session may have, as they come in with it at once."""

MOST_PICTURE: Final = 8 * MIB
"""What a picture may have: one that Cubby drew anew has less."""

MARKS: Final[Mapping[str | None, bytes]] = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""How the pictures begin that are kept."""

NO_ROOM: Final = "There's no room for an attached file, so only its name came; deleting sessions with files for good makes room"
TOO_MANY: Final = "The attached files of a session are more than I take with one, so only the name came"
NO_PICTURE: Final = "An attached picture is none that I can look at, so only its name came"

OF_ITSELF: Final = frozenset({CHANGED, NO_PICTURE, TOO_LARGE})
"""Why a file can't be taken with any session."""


class NobodyLooks(Exception):
    """Pictures can't be looked at just now: a session that has any would come without them, and be there from then on."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes what was attached in the sessions of a file, one session after the other."""

    crossing: Crossing
    store: Store
    actor: Actor
    look: Look
    reader: Reader
    """Looks at the pictures."""
    refused: dict[str, Unreadable] = field(default_factory=dict[str, Unreadable])
    """What was unpacked for nothing, by digest: it isn't for each session that names it."""

    def of(self, entries: Iterable[SavedEntry]) -> tuple[Sequence[File], Sequence[str]]:
        """The files to keep with a session, and a sentence for each that can't be; what its owner has already is neither.

        Raises `NobodyLooks`, `StoreUnavailable`, `Stopped`.
        """
        files: list[File] = []
        faults: list[str] = []
        taken = 0
        named = _named(entries)
        known = self.crossing.call(self.store.files.known(self.actor, named)) if named else ()
        room = self.crossing.call(self.store.files.room(self.actor)) if len(known) < len(named) else None
        for digest, told in named.items():
            if digest in known:
                continue
            come = self.refused.get(digest) or self._content(told, room, taken)
            if isinstance(come, Unreadable):
                if come.reason in OF_ITSELF or (come.reason == NO_ROOM and not taken):
                    self.refused[digest] = come
                faults.append(f"{come.reason}: {_plain(told[0].name)}")
            else:
                files.append(File(told[0], come))
                taken += come.size
        return files, faults

    def _content(self, told: Sequence[Attached], room: int | None, taken: int) -> Content | Unreadable:
        content = self.look(told[0].digest)
        if isinstance(content, Unreadable):
            return content
        if not all(_is_told(each, content) for each in told):
            return Unreadable(CHANGED)
        if room is not None and taken + content.size > room:
            return Unreadable(NO_ROOM)
        if taken + content.size > MOST_AT_ONCE:
            return Unreadable(TOO_MANY)
        return content if content.text else self._picture(told, content)

    def _picture(self, told: Sequence[Attached], content: Content) -> Content | Unreadable:
        """It, if it can be drawn, and has the measures that are told by itself: it is kept as it is, not as it was drawn."""
        if len(content.data) > MOST_PICTURE:
            return Unreadable(NO_PICTURE)
        drawn = self.crossing.call(self.reader.read(content.data, told[0].name))
        if drawn == Unread(reason=Reason.NOT_NOW):
            raise NobodyLooks
        if not isinstance(drawn, Picture) or drawn.resized:
            return Unreadable(NO_PICTURE)
        is_told = all((each.width, each.height) == (drawn.width, drawn.height) for each in told)
        return content if is_told else Unreadable(NO_PICTURE)


def _named(entries: Iterable[SavedEntry]) -> Mapping[str, Sequence[Attached]]:
    """What is said of each file in a session, by digest."""
    found: dict[str, list[Attached]] = {}
    for entry in entries:
        for told in files_in(entry.data) if entry.kind == EntryKind.USER else ():
            found.setdefault(told.digest, []).append(told)
    return found


def _is_told(told: Attached, content: Content) -> bool:
    """Whether it is what is said of it. What has no words is a picture: nothing else is ever shown to a model as one."""
    if (told.size, told.characters) != (len(content.data), len(content.text)):
        return False
    if told.kind != PICTURE:
        return bool(content.text)
    return not content.text and told.mime in MARKS and content.data.startswith(MARKS[told.mime])


def _plain(name: str) -> str:
    """A name on one line, with nothing in it that a terminal obeys."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in " ".join(name.split()))
