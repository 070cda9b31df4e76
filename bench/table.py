"""One measurement, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HEAD = ("what", "store", "limit", "plain design", "plain/store", "goal", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: what the store took, what SQLite takes in the calling thread, what the plain design takes."""

    what: str
    store: float
    limit: float | None = None
    plain: float | None = None
    goal: float | None = None
    more_is_better: bool = False
    unit: str = "ms"

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; `None` without one."""
        if self.goal is None:
            return None
        return self.store >= self.goal if self.more_is_better else self.store <= self.goal

    @property
    def gain(self) -> float | None:
        """How many times better than the plain design."""
        if not self.plain or not self.store:
            return None
        return self.store / self.plain if self.more_is_better else self.plain / self.store

    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        unit = "" if self.unit == "ms" else f" {self.unit}"
        sign = ">=" if self.more_is_better else "<="
        goal = "" if self.goal is None else f"{sign} {_number(self.goal)}{unit}"
        verdict = {None: "", True: "met", False: "MISSED"}[self.is_met]
        gain = "" if self.gain is None else f"{self.gain:,.1f}x"
        return (
            self.what,
            f"{_number(self.store)}{unit}",
            *(_number(value) if value is not None else "" for value in (self.limit, self.plain)),
            gain,
            goal,
            verdict,
        )


def as_table(rows: Sequence[Row]) -> str:
    """Aligned columns, words left and numbers right."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(pairs)).rstrip()
        for pairs in (list(zip(line, widths, strict=True)) for line in lines)
    )


def as_json(rows: Sequence[Row]) -> dict[str, Any]:
    """The same for a program, by name."""
    return {
        row.what: {
            "store": round(row.store, 4),
            "unit": row.unit,
            **({"limit": round(row.limit, 4)} if row.limit is not None else {}),
            **({"plain": round(row.plain, 4)} if row.plain is not None else {}),
            **({"goal": row.goal, "met": row.is_met} if row.goal is not None else {}),
        }
        for row in rows
    }


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"
