"""Ids and times, made in one place."""

from datetime import UTC, datetime
from uuid import UUID

import uuid6


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique, and sorted by the millisecond it was made in."""
    return UUID(int=uuid6.uuid7().int)


def uuid_of(text: str) -> UUID | None:
    """The UUID that `str` gives this text for, if there is one."""
    try:
        made = UUID(text)
    except ValueError:
        return None
    return made if str(made) == text else None


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)
