"""Ids and times, made in one place."""

from datetime import UTC, datetime
from uuid import UUID

import uuid6


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique, and sorted by the millisecond it was made in."""
    return UUID(int=uuid6.uuid7().int)


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)
