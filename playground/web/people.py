"""The people of the playground: those whose views the page shows."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from playground.standin import CannotDo, Person, StandIn

LONGEST_NAME: Final = 32
"""Characters of a name (Discord's documentation, "Usernames and Nicknames")."""
MOST: Final = 12
"""More people than a page can show side by side."""


class People:
    """In the order in which they came."""

    def __init__(self, discord: StandIn) -> None:
        self._discord = discord
        self._by_id: dict[int, Person] = {}

    def __iter__(self) -> Iterator[Person]:
        return iter(tuple(self._by_id.values()))

    def find(self, person_id: object) -> Person:
        """The person of this id. Raises `CannotDo`."""
        person = self._by_id.get(_number(person_id))
        if person is None:
            raise CannotDo("that person isn't here any more; reload the page")
        return person

    def add(self, name: str) -> Person:
        """Somebody of this name, a member of every server. Raises `CannotDo` where the name can't be, or is taken."""
        name = " ".join(name.split())
        if not 1 <= len(name) <= LONGEST_NAME or any(unicodedata.category(char).startswith("C") for char in name):
            raise CannotDo(f"a name has 1 to {LONGEST_NAME} characters that can be read")
        if any(user.name.casefold() == name.casefold() for user in self._discord.world.users.values()):
            raise CannotDo(f"there is somebody called {name} already; take another name")
        if len(self._by_id) >= MOST:
            raise CannotDo(f"there are {MOST} people here, as many as the page can show")
        return self.keep(name)

    def keep(self, name: str) -> Person:
        """Somebody of this name who may have been here before."""
        person = self._discord.add_person(name)
        self._by_id[person.id] = person
        return person


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 20 else -1
