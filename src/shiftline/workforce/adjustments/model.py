"""Reason codes, adjustments, and a business unit's setting."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shiftline.foundation.time import MINUTE, Interval
from shiftline.workforce.units.model import Stamp

RANGE_DAYS = 14
"""How far back agents submit unless their business unit says otherwise."""


class CodeState(StrEnum):
    """Whether a reason code can be chosen, in the vendor's words."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"
    DELETED = "Deleted"


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """Why time is adjusted."""

    id: str
    business_unit_id: str
    name: str
    state: CodeState
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class CodeDraft:
    """What a reason code shall be; None stays. ``field``: where it stands in the request, with a dot behind."""

    name: str | None = None
    state: CodeState | None = None
    id: str | None = None
    version: int | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class RangeSetting:
    """How many days back agents of a business unit may submit; ``stamp`` None: it is as it comes."""

    days: int = RANGE_DAYS
    stamp: Stamp | None = None


class Status(StrEnum):
    """What became of an adjustment, in the vendor's words."""

    PENDING = "Pending"
    APPROVED = "Approved"
    DENIED = "Denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """Minutes of an agent's past that shall count as adherent."""

    id: str
    person_id: str
    management_unit_id: str
    business_unit_id: str
    reason_code_id: str
    status: Status
    start: datetime
    end: datetime
    submitter_notes: str | None = None
    reviewer_notes: str | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    stamp: Stamp
    active: bool = True

    @property
    def span(self) -> Interval:
        """The time that is adjusted."""
        return Interval(self.start, self.end)

    @property
    def length_minutes(self) -> int:
        """The same in minutes."""
        return (self.end - self.start) // MINUTE


@dataclass(frozen=True, slots=True)
class Change:
    """What an adjustment shall be; None stays. ``field``: where it stands in the request, with a dot behind."""

    reason_code_id: str | None = None
    start: datetime | None = None
    length_minutes: int | None = None
    submitter_notes: str | None = None
    reviewer_notes: str | None = None
    status: Status | None = None
    version: int | None = None
    id: str | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which adjustments are looked for; None: all. ``after`` and ``before`` are ids that a page ends at."""

    span: Interval
    person_ids: tuple[str, ...] | None = None
    management_unit_ids: tuple[str, ...] | None = None
    business_unit_id: str | None = None
    reason_code_ids: tuple[str, ...] | None = None
    statuses: tuple[str, ...] | None = None
    after: str | None = None
    before: str | None = None
    size: int = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A page of adjustments by time, whether there are more after it, and the days that agents may go back, by unit."""

    adjustments: tuple[Adjustment, ...]
    more: bool
    now: datetime
    days: int
