"""`Where`: the page of a list that a panel shows, or that a card goes back to. Every component carries it in its id."""

from dataclasses import dataclass

from cogs.router import Unreadable, number_in
from storage.records import Shelf


@dataclass(frozen=True, slots=True)
class Where:
    """A page, from 0, of one of the lists."""

    shelf: Shelf = Shelf.OPEN
    page: int = 0

    @property
    def arguments(self) -> tuple[int, str]:
        """As a component's id carries it."""
        return self.page, self.shelf.value


def where_in(arguments: list[str], start: int = 0) -> Where:
    """The place among a component's arguments; what an older panel's ids leave out is the first page of what is open.

    Raises `Unreadable`.
    """
    page = number_in(arguments, start) if len(arguments) > start else 0
    return Where(shelf_in(arguments[start + 1 :]), page)


def shelf_in(arguments: list[str]) -> Shelf:
    """A list's name among arguments or chosen values. Raises `Unreadable`."""
    try:
        return Shelf(arguments[0]) if arguments else Shelf.OPEN
    except ValueError:
        raise Unreadable from None
