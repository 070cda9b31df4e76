"""What asking models took: tokens, and their cost as far as the operator's prices tell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """A sum of money, in millionths of its currency: whole, so that sums of it are exact."""

    millionths: int
    currency: str
    """As ISO 4217 calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one answer or one request beside the answers took: what the server counted, else an estimate."""

    input_tokens: int = 0
    """Those in `cached_tokens` included."""
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: Cost | None = None
    """`None` where it isn't known: the model has no price, or the server didn't count."""

    @property
    def tokens(self) -> int:
        """What a day is charged with."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """All that one person spent in one session with one model, of known cost in one currency or of unknown cost."""

    number: int | None
    """The session's; `None` for what was spent in sessions that are gone, or in none."""
    model: str
    """Empty where it isn't known."""
    currency: str | None
    """`None` for what is of unknown cost."""
    turns: int = 0
    asides: int = 0
    """Requests beside the answers, such as those for names."""
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    millionths: int = 0
    """The known cost."""

    @property
    def tokens(self) -> int:
        """What days were charged with."""
        return self.input_tokens + self.output_tokens
