"""What a model thinks before it answers: kept for whoever wants to see it, and never sent to a model again."""

from typing import Final

MOST: Final = 8000
"""Characters that are kept: the first ones, with "…" where there were more. They tell what the model set out to do."""


class Thoughts:
    """Collects them as they come, and holds no more than is kept."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._room = MOST

    def add(self, text: str) -> None:
        """More of them."""
        if text and self._room >= 0:
            self._pieces.append(text if len(text) <= self._room else text[: self._room] + "…")
            self._room -= len(text)

    @property
    def text(self) -> str:
        """What is kept, "" where nothing but blanks came."""
        return "".join(self._pieces).strip()
