"""People who keep a bot busy: they write, attach files, edit what they wrote, start and open sessions, stop, finish and
regenerate answers, and decide what the guard asks.
"""

import asyncio
import itertools
import random
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from playground.standin import CannotDo, Channel, Invocation, Message, Person
from tests.soak.reader import Said, rows

OUTSTANDING = 3
"""Prompts of one person that are not ended yet; with more, a full queue would refuse the next one in words."""

RECENT = 6
"""Of so many of a person's newest prompts it is looked whether they were taken, and one may be edited."""

WITH_FILE = 0.2
"""The share of prompts that come with a file."""

PRESSED = (
    *("Stop", "Stop & switch", "Let it finish", "Send", "Send all", "Send now"),
    *("Retry", "Regenerate", "Finish the answer", "Answer the edit"),
)


class Crowd:
    """Some people at once, each doing things at random."""

    def __init__(self, people: list[Person], channel: Channel, path: Path, dice: random.Random) -> None:
        self.people, self.said = people, list[Said]()
        self._channel, self._path, self._dice = channel, path, dice
        self._words = itertools.count(1)

    async def live(self) -> None:
        """Go on until cancelled."""
        await asyncio.gather(*(self._live(person) for person in self.people))

    def sees(self, person: Person) -> list[Message]:
        """The bot's messages that the person sees now."""
        return [m for place in (person.dm, self._channel) for m in person.sees(place) if m.author.bot and not m.loading]

    def unsaved(self, said: Sequence[Said] | None = None) -> list[Said]:
        """The direct messages below which their authors read that they could not be saved."""
        refused = ("couldn't save that", "Please try")
        found: list[Said] = []
        for one in self.said if said is None else said:
            below = [m for m in self.sees(one.person) if m.channel == one.person.dm and m.id > (one.message_id or 0)]
            if one.message_id is not None and any(word in m.text for m in below for word in refused):
                found.append(one)
        return found

    async def send_what_waits(self) -> None:
        """Let what was paused go on."""
        for person in self.people:
            for message in self.sees(person):
                if (pressed := await self._press(person, message, "Send", "Send all")) is not None:
                    await pressed.acknowledged()

    async def _live(self, person: Person) -> None:
        while True:
            await asyncio.sleep(self._dice.uniform(0.02, 0.3))
            try:
                await self._do_something(person)
            except CannotDo:
                continue  # a button that has gone by the time it is pressed

    async def _do_something(self, person: Person) -> None:
        what = self._dice.random()
        if what < 0.55 and self._outstanding(person) < OUTSTANDING:
            await self._ask(person)
        elif what < 0.65:
            await person.slash(self._channel, "new")
        elif what < 0.75:
            await person.slash(self._channel, "open", session=str(self._dice.randint(1, 4)))
        elif what < 0.8:
            await person.slash(self._channel, "sessions")
        elif what < 0.88:
            await self._edit(person)
        else:
            await self._press_something(person)

    async def _ask(self, person: Person) -> None:
        word = f"q{next(self._words):06}"
        files = [(f"{word}.txt", f"what {word} is about".encode(), "text/plain")] if self._dice.random() < WITH_FILE else []
        if self._dice.random() < 0.7:
            message = await person.say(person.dm, f"{word} please", attachments=files)
            self.said.append(Said(person, word, message.id))
        else:
            self.said.append(Said(person, word, None))
            attached = {"file": files[0]} if files else {}
            await person.slash(self._channel, "ask", prompt=f"{word} please", **attached)

    async def _edit(self, person: Person) -> None:
        """Edit a newer direct message that was answered, and have the edit answered where that is offered. What waits is let
        be: it would be asked with the new words alone.
        """
        own = [message for message in person.sees(person.dm) if message.author == person.user][-RECENT:]
        sql = "SELECT 1 FROM turns WHERE source_id = ? AND ended IS NOT NULL"
        ended = [message for message in own if self._asks(sql, message.id)]
        if ended:
            word = f"q{next(self._words):06}"
            self.said.append(Said(person, word, None))
            await person.edit(ended[-1], f"{word} please")
            with suppress(TimeoutError):
                offer = await person.wait_for(_offers_to_answer, channel=person.dm, timeout=0.5)
                await person.press(offer, "Answer the edit")

    async def _press_something(self, person: Person) -> None:
        for message in reversed(self.sees(person)[-6:]):
            if await self._press(person, message, *PRESSED) is not None:
                return

    async def _press(self, person: Person, message: Message, *labels: str) -> Invocation | None:
        offered = [button.label for button in message.buttons if button.label in labels]
        if not offered:
            return None
        return await person.press(message, self._dice.choice(offered))

    def _outstanding(self, person: Person) -> int:
        """The person's turns that are not ended, and direct messages that are not taken and were not refused."""
        sql = "SELECT t.source_id, t.ended FROM turns t JOIN owners o ON o.id = t.owner WHERE o.user_id = ?"
        found = self._asks(sql, person.id)
        if found is None:
            return OUTSTANDING if self._path.exists() else 0
        taken = {row["source_id"] for row in found}
        recent = [one for one in self.said if one.person == person and one.message_id is not None][-RECENT:]
        refused = self.unsaved(recent)
        untaken = sum(one.message_id not in taken and one not in refused for one in recent)
        return untaken + sum(row["ended"] is None for row in found)

    def _asks(self, sql: str, *values: object) -> Sequence[sqlite3.Row] | None:
        """What the database says; `None` while the file is being made or recovered."""
        try:
            return rows(self._path, sql, *values)
        except sqlite3.Error:
            return None


def _offers_to_answer(message: Message) -> bool:
    return any(button.label == "Answer the edit" for button in message.buttons)
