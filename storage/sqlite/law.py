"""What a law is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Law:
    """`rule` is what holds; `sql` selects what breaks it, and `sentence` says so of a row."""

    rule: str
    sentence: str
    sql: str
