"""What Cubby should do, as plain lists in memory: the reference that the real one is held against."""

import re
from dataclasses import dataclass, field
from enum import Enum

from storage.records import EntryKind

QUEUE = 5
KEPT = 2
WORD = re.compile(r"\b(?:say|hold|fail) [a-z]\d+\b")
"""A prompt: what the model is to do, and a word that is in no other one."""


class Decision(Enum):
    """The guard's buttons."""

    STOP = "Stop & switch"
    FINISH = "Let it finish"
    STAY = "Stay here"


def first_words(prompt: str) -> str:
    """What the model says before it is held."""
    return f"first {prompt.split()[1]}"


def whole_answer(prompt: str, before: int) -> str:
    """What the model says in the end, `before` prompts having been in its context before this one."""
    kind, word = prompt.split()
    return f"first {word} then {word} after {before}" if kind == "hold" else f"echo {word} after {before}"


@dataclass(slots=True)
class Session:
    """One session: its path, what runs, and what waits with whether it is paused."""

    number: int
    said: list[tuple[EntryKind, str]] = field(default_factory=list[tuple[EntryKind, str]])
    running: str | None = None
    waiting: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])

    @property
    def is_blank(self) -> bool:
        return not self.said and not self.waiting

    @property
    def can_retry(self) -> bool:
        """Whether the last answer offers *Retry*."""
        if self.running or not self.said:
            return False
        kind, text = self.said[-1]
        return kind is EntryKind.FAILURE or (kind is EntryKind.ASSISTANT and text.startswith("first") and "then" not in text)

    def ask(self, prompt: str) -> None:
        """Take a prompt in."""
        if self.running is None:
            self.said.append((EntryKind.USER, prompt))
            self._run(prompt)
        elif len(self.waiting) < QUEUE:
            self.waiting.append((prompt, False))

    def retry(self) -> None:
        """Ask the last prompt once more."""
        self.said.pop()
        self._run(self.said[-1][1])

    def release(self) -> None:
        """Let what runs end."""
        if self.running is not None:
            self._answered(self.running)
            self.running = None
            self.go_on()

    def stop(self, *, pauses: bool = True) -> None:
        """End what runs with what it has."""
        if self.running is not None:
            self.said.append((EntryKind.ASSISTANT, first_words(self.running)))
            self.running = None
            self.waiting = [(prompt, was or pauses) for prompt, was in self.waiting]

    def send(self) -> None:
        """Let what is paused go on."""
        self.waiting = [(prompt, False) for prompt, _ in self.waiting]
        self.go_on()

    def go_on(self) -> None:
        """Ask what waits, in order, until something runs."""
        while self.running is None and (ready := [each for each in self.waiting if not each[1]]):
            self.waiting.remove(ready[0])
            self.said.append((EntryKind.USER, ready[0][0]))
            self._run(ready[0][0])

    def _run(self, prompt: str) -> None:
        kind = prompt.split(maxsplit=1)[0]
        if kind == "hold":
            self.running = prompt
            return
        if kind == "fail":
            self.said.append((EntryKind.FAILURE, ""))
        else:
            self._answered(prompt)
        self.go_on()

    def _answered(self, prompt: str) -> None:
        before = sum(kind is EntryKind.USER for kind, _ in self.said) - 1
        self.said.append((EntryKind.ASSISTANT, whole_answer(prompt, before)))


@dataclass(slots=True)
class Person:
    """One person's sessions."""

    sessions: dict[int, Session] = field(default_factory=dict[int, Session])
    active: int | None = None
    kept: set[int] = field(default_factory=set[int])

    @property
    def here(self) -> Session | None:
        return None if self.active is None else self.sessions[self.active]

    @property
    def is_writing(self) -> bool:
        return self.here is not None and self.here.running is not None

    def ask(self, prompt: str) -> None:
        """Ask in the active session, or in a new one."""
        if self.here is None:
            self._start()
        assert self.here is not None
        self.here.ask(prompt)

    def stays_here(self, to: int | None, *, new: bool) -> bool:
        """Whether such a departure leaves nothing."""
        return (to is not None and to == self.active) or (new and self.here is not None and self.here.is_blank)

    def can_keep(self, to: int | None) -> bool:
        return len(self.kept - {to}) < KEPT

    def go(self, to: int | None, decision: Decision, *, new: bool = False) -> None:
        """Go to a session, a new one, or none."""
        if self.stays_here(to, new=new) or (self.is_writing and decision is Decision.STAY):
            return
        if self.here is not None and self.active is not None and self.is_writing:
            if decision is Decision.FINISH and self.can_keep(to):
                self.kept.add(self.active)
            else:
                self.here.stop()
        if new:
            self._start()
        else:
            self.active = to
            self.kept.discard(to or 0)

    def release(self) -> None:
        """Let everything end that is held."""
        for session in self.sessions.values():
            session.release()
        self._see_out()

    def restart(self) -> None:
        """The bot ended in good order and came back."""
        for session in self.sessions.values():
            session.stop(pauses=False)
        for session in self.sessions.values():
            session.go_on()
        self.kept = {n for n, session in self.sessions.items() if session.running and n != self.active}

    def _see_out(self) -> None:
        self.kept = {number for number in self.kept if self.sessions[number].running}

    def _start(self) -> None:
        number = len(self.sessions) + 1
        self.sessions[number] = Session(number)
        self.active = number
