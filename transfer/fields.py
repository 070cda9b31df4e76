"""Fields of foreign JSON, of whatever type they turn out to be, as what we expect there or nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, cast

from transfer.limits import MOST_ID, MOST_NAME

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = datetime(9990, 1, 1, tzinfo=UTC)
"""Times outside these two are taken for no time at all."""

JsonObject = Mapping[str, Any]


def object_of(value: Any) -> dict[str, Any]:
    """`value` if it is a JSON object, else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """`value` if it is a JSON array, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """`value` if it is text, else none."""
    return value if isinstance(value, str) else ""


def maybe_text(value: Any, most: int = MOST_NAME) -> str | None:
    """`value` if it is text of at most `most` characters with something in it."""
    return value if isinstance(value, str) and value.strip() and len(value) <= most else None


def id_of(value: Any) -> str | None:
    """`value` as an id: short text, or a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return maybe_text(value, MOST_ID)


def name_of(value: Any) -> str | None:
    """`value` as a session's name: on one line, trimmed, cut; none if nothing is left."""
    return " ".join(text_of(value).split())[:MOST_NAME].strip() or None


def moment(value: Any) -> datetime | None:
    """`value` as a UTC time: ISO 8601 (without an offset it is UTC), or Unix seconds."""
    try:
        if isinstance(value, str) and len(value) <= MOST_ID:
            time = datetime.fromisoformat(value)
            time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            time = EPOCH + timedelta(seconds=value)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return time if EPOCH <= time < LAST else None


def milliseconds(value: Any) -> datetime | None:
    """`value` as a UTC time: Unix milliseconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return moment(value / 1000)
    return None


def iso(time: datetime) -> str:
    """A time as ISO 8601 in UTC, to the microsecond where it has any."""
    return time.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def iso_milliseconds(time: datetime) -> str:
    """A time as ISO 8601 in UTC, to the millisecond, as JavaScript writes it."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def made_id(*parts: object) -> str:
    """An id for what came without one: the same for the same parts."""
    return sha256("\n".join(map(repr, parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
