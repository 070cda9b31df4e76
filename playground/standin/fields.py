"""Checking JSON bodies against small tables of fields, gathering every fault as Discord reports them.

A wrong value becomes an entry in Discord's nested `errors` (50035); a field that the tables do not name is one that the
stand-in has not learned, and is refused loudly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from playground.standin.errors import InvalidForm, NotImplementedHere

Path = tuple[str | int, ...]

_KIND_FAULT: Mapping[type, tuple[str, str]] = {
    str: ("STRING_TYPE_CONVERT", "Could not interpret value as string."),
    int: ("NUMBER_TYPE_COERCE", "Value is not int."),
    float: ("NUMBER_TYPE_COERCE", "Value is not a number."),
    bool: ("BOOLEAN_TYPE_CHOICES", "Must be either true or false."),
    list: ("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"),
    dict: ("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """What one field may hold: a type, whether it must be there, and bounds on its value or length."""

    kind: type
    required: bool = False
    low: int | None = None
    high: int | None = None
    one_of: tuple[Any, ...] = ()


@dataclass(slots=True)
class Faults:
    """The faults found in one body, or in the part of it that lies at `base`."""

    base: Path = ()
    tree: dict[str, Any] = field(default_factory=dict[str, Any])

    def add(self, path: Path, code: str, message: str) -> None:
        """Note a fault of the field at `path`."""
        node = self.tree
        for step in (*self.base, *path):
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def raise_any(self) -> None:
        """Raise `InvalidForm` if there was a fault."""
        if self.tree:
            raise InvalidForm(self.tree)


def check(body: object, fields: Mapping[str, Field], faults: Faults, path: Path = ()) -> bool:
    """Check an object against its table; tell whether it is sound enough to look into further.

    Raises `NotImplementedHere` for a field that is not in the table.
    """
    if not isinstance(body, dict):
        faults.add(path, *_KIND_FAULT[dict])
        return False
    body = cast("dict[str, Any]", body)
    if unknown := sorted(set(body) - set(fields)):
        raise NotImplementedHere(f"field(s) {', '.join(unknown)} at {'.'.join(map(str, path)) or 'the top'}")
    sound = True
    for name, spec in fields.items():
        sound &= _check_field(body.get(name), spec, faults, (*path, name))
    return sound


def every(checks: Iterable[bool]) -> bool:
    """Tell whether all hold, having made every check, so that each fault is reported."""
    return all(list(checks))


def _check_field(value: object, spec: Field, faults: Faults, path: Path) -> bool:
    if value is None:
        if spec.required:
            faults.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        return not spec.required
    if not _is_kind(value, spec.kind):
        faults.add(path, *_KIND_FAULT[spec.kind])
        return False
    if spec.one_of and value not in spec.one_of:
        faults.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(map(repr, spec.one_of))}}}.")
        return False
    return _check_bounds(value, spec, faults, path)


def _is_kind(value: object, kind: type) -> bool:
    if isinstance(value, bool) and kind is not bool:
        return False
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)


def _check_bounds(value: object, spec: Field, faults: Faults, path: Path) -> bool:
    if isinstance(value, str | list):
        size, word = len(cast("Sequence[Any]", value)), "in length"
        low_code, high_code = "BASE_TYPE_MIN_LENGTH", "BASE_TYPE_MAX_LENGTH"
    elif isinstance(value, int):
        size, word = value, "as a value"
        low_code, high_code = "NUMBER_TYPE_MIN", "NUMBER_TYPE_MAX"
    else:
        return True
    if spec.low is not None and spec.high is not None and not spec.low <= size <= spec.high and isinstance(value, str | list):
        faults.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {spec.low} and {spec.high} in length.")
        return False
    if spec.low is not None and size < spec.low:
        faults.add(path, low_code, f"Must be {spec.low} or more {word}.")
        return False
    if spec.high is not None and size > spec.high:
        faults.add(path, high_code, f"Must be {spec.high} or fewer {word}.")
        return False
    return True
