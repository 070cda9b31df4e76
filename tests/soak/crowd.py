"""People who keep a bot busy: they write, start and open sessions, stop answers, and decide what the guard asks."""

import asyncio
import itertools
import random
from pathlib import Path

from playground.standin import CannotDo, Channel, Invocation, Message, Person
from tests.soak.reader import Said, rows

OUTSTANDING = 3
"""Prompts of one person that are not ended yet; with more, a full queue would refuse the next one in words."""


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

    def unsaved(self) -> list[Said]:
        """The direct messages below which their authors read that they could not be saved."""
        refused = ("couldn't save that", "Please try")
        found: list[Said] = []
        for one in self.said:
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
        else:
            await self._press_something(person)

    async def _ask(self, person: Person) -> None:
        word = f"q{next(self._words):06}"
        if self._dice.random() < 0.7:
            message = await person.say(person.dm, f"{word} please")
            self.said.append(Said(person, word, message.id))
        else:
            self.said.append(Said(person, word, None))
            await person.slash(self._channel, "ask", prompt=f"{word} please")

    async def _press_something(self, person: Person) -> None:
        for message in reversed(self.sees(person)[-6:]):
            labels = ("Stop", "Stop & switch", "Let it finish", "Send", "Send all", "Retry")
            if await self._press(person, message, *labels) is not None:
                return

    async def _press(self, person: Person, message: Message, *labels: str) -> Invocation | None:
        offered = [button.label for button in message.buttons if button.label in labels]
        if not offered:
            return None
        return await person.press(message, self._dice.choice(offered))

    def _outstanding(self, person: Person) -> int:
        if not self._path.exists():
            return 0
        sql = "SELECT count(*) FROM turns t JOIN owners o ON o.id = t.owner WHERE o.user_id = ? AND t.ended IS NOT NULL"
        try:
            (ended,) = rows(self._path, sql, person.id)[0]
        except Exception:  # noqa: BLE001 - the file is being made or recovered just now
            return OUTSTANDING
        return sum(one.person == person for one in self.said) - ended
