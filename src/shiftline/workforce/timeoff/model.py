"""Time-off requests and what may be asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from shiftline.foundation.time import Interval
from shiftline.workforce.schedule.model import Clash

PAID_TIME_OFF = "PAID_TIME_OFF"
UNPAID_TIME_OFF = "UNPAID_TIME_OFF"


class Status(StrEnum):
    """Where a request stands, in the vendor's words."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    DENIED = "DENIED"
    CANCELED = "CANCELED"


class Substatus(StrEnum):
    """Why a request stands there, in the vendor's words."""

    ADVANCE_TIME_ELAPSED = "AdvanceTimeElapsed"
    AUTO_APPROVED = "AutoApproved"
    BLOCKED_DATE = "BlockedDate"
    INSUFFICIENT_BALANCE = "InsufficientBalance"
    INVALID_DAILY_DURATION = "InvalidDailyDuration"
    MANUAL_APPROVAL = "ManualApproval"
    OUTSIDE_SHIFT = "OutsideShift"
    OVERLAPS_RESTRICTED_ACTIVITY_CODE = "OverlapsRestrictedActivityCode"
    REMOVED_FROM_WAITLIST = "RemovedFromWaitlist"
    REVIEW_DATE = "ReviewDate"
    WAITLISTED = "Waitlisted"


@dataclass(frozen=True, slots=True)
class Piece:
    """One whole local day (``day`` is its date in the request's zone) or one part of a day (``day`` is None).

    ``starts_at`` and ``ends_at`` are its half-open span: the whole day's, or start and start plus minutes.
    ``minutes`` is the time taken, ``payable_minutes`` what of it is paid. The offsets, of whole days only, estimate
    from when until when the time falls, in minutes after the day's first instant.
    """

    starts_at: datetime
    ends_at: datetime
    minutes: int
    payable_minutes: int
    day: date | None = None
    earliest_start_offset: int | None = None
    latest_end_offset: int | None = None

    @property
    def span(self) -> Interval:
        """The time that it covers."""
        return Interval(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True)
class TimeOffRequest:
    """What somebody asked for and where it stands. Pieces are in order of time and never overlap.

    ``clashes`` are what its latest change met in the schedules in force; only the answer to that change has them.
    """

    id: str
    person_id: str
    business_unit_id: str
    management_unit_id: str
    zone: str
    activity_code_id: str
    paid: bool
    pieces: tuple[Piece, ...]
    status: Status
    submitted_by: str
    submitted_at: datetime
    modified_by: str
    modified_at: datetime
    substatus: Substatus | None = None
    notes: str | None = None
    marked_as_read: bool = True
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    sync_version: int = 1
    version: int = 1
    clashes: tuple[Clash, ...] = field(default=(), compare=False)

    @property
    def is_full_day(self) -> bool:
        """Whether it asks for whole days."""
        return self.pieces[0].day is not None

    @property
    def sentence(self) -> str:
        """The request for a person: what, when, where it stands."""
        first, last = self.pieces[0], self.pieces[-1]
        if first.day is not None and last.day is not None:
            when = f"{first.day}" if first.day == last.day else f"{first.day} to {last.day}"
        else:
            when = f"{first.starts_at:%Y-%m-%d %H:%M} to {last.ends_at:%Y-%m-%d %H:%M} UTC"
        return f"{self.status.capitalize()} time off {when}"


@dataclass(frozen=True, slots=True)
class TimesAsked:
    """The days or parts of days as a caller wrote them, before they were judged.

    Either ``days`` or ``starts``; ``minutes`` for each, or ``daily_minutes`` for all (``minutes`` wins, as the vendor
    documents); ``payable_minutes`` are by default the minutes taken.
    """

    days: Sequence[date] = ()
    starts: Sequence[datetime] = ()
    daily_minutes: int | None = None
    minutes: Sequence[int] | None = None
    payable_minutes: Sequence[int] | None = None
    earliest_start_offsets: Sequence[int | None] | None = None
    latest_end_offsets: Sequence[int | None] | None = None


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """A request to be. ``paid`` None: as the activity code says."""

    activity_code_id: str
    times: TimesAsked
    notes: str | None = None
    paid: bool | None = None
    status: Status = Status.PENDING


@dataclass(frozen=True, slots=True)
class Filing:
    """A request as publishing files it: a half-open span (or local dates) and a type instead of an activity code.

    ``type`` is ``PAID_TIME_OFF`` or ``UNPAID_TIME_OFF`` (the unit's default time-off activity), or the id of a
    time-off activity code. ``field`` is where it stands in the caller's request, for refusals that name a field.
    """

    person_id: str
    type: str
    span: Interval | None = None
    days: Sequence[date] = ()
    daily_minutes: int | None = None
    status: Status = Status.PENDING
    notes: str | None = None
    field: str = "timeOffRequests[0]"


@dataclass(frozen=True, slots=True)
class RequestChanges:
    """What an approver changes; None leaves as it is. ``times`` replaces all times."""

    version: int
    status: Status | None = None
    activity_code_id: str | None = None
    paid: bool | None = None
    notes: str | None = None
    times: TimesAsked | None = None


@dataclass(frozen=True, slots=True)
class OwnChanges:
    """What the agent changes on their own request; None leaves as it is."""

    marked_as_read: bool | None = None
    cancel: bool = False
    notes: str | None = None
    earliest_start_offsets: Sequence[int | None] | None = None
    latest_end_offsets: Sequence[int | None] | None = None


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests are wanted; None does not restrict. ``days`` are inclusive dates in the unit's zone."""

    ids: Sequence[str] | None = None
    person_ids: Sequence[str] | None = None
    statuses: Sequence[str] | None = None
    substatuses: Sequence[str] | None = None
    first_day: date | None = None
    last_day: date | None = None
