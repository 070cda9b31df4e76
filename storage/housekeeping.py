"""The plain data of the bot's own housekeeping: where to look for missed messages, and what its operator was told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.records import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectChannel:
    """A person's direct-message channel with the bot."""

    actor: Actor
    channel_id: int
    last_message: int
    """The id of the newest message that was taken; what is newer was missed."""


class IncidentKind(StrEnum):
    """What only whoever runs the bot can mend. The values are stored."""

    KEY_REFUSED = "key_refused"
    NO_SUCH_MODEL = "no_such_model"
    OUT_OF_CREDIT = "out_of_credit"
    ENDPOINT_DOWN = "endpoint_down"
    DISK_LOW = "disk_low"
    BACKUP_FAILED = "backup_failed"
    BUDGET_LOW = "budget_low"
    """Four fifths of the day's tokens of all people are used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One that is not over, and which the operator was told of."""

    kind: IncidentKind
    began: datetime
