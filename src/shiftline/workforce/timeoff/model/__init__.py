"""Time-off requests and what may be asked of them; plans and limits that decide of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from shiftline.foundation.time import DAY, Interval
from shiftline.workforce.schedule.model import Clash
from shiftline.workforce.units.model import Stamp

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
class Ruling:
    """What was decided of a request without a person, and why: a code and a sentence. ``plan_id`` is None without a plan."""

    status: Status
    substatus: Substatus
    code: str
    sentence: str
    plan_id: str | None = None


@dataclass(frozen=True, slots=True)
class TimeOffRequest:
    """What somebody asked for and where it stands. Pieces are in order of time and never overlap.

    ``clashes`` are what its latest change met in the schedules in force; only the answer to that change has them.
    ``ruling`` is what a plan decided of it last, also when a person decided since.
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
    ruling: Ruling | None = field(default=None, compare=False)

    @property
    def span(self) -> Interval:
        """From the start of its first piece to the end of its last."""
        return Interval(self.pieces[0].starts_at, max(piece.ends_at for piece in self.pieces))

    @property
    def waits(self) -> bool:
        """Whether it stands in the wait list."""
        return self.status is Status.PENDING and self.substatus is Substatus.WAITLISTED

    @property
    def payable_minutes(self) -> int:
        """What it takes of its agent's balance."""
        return sum(piece.payable_minutes for piece in self.pieces)

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


class ApprovalRule(StrEnum):
    """What a plan looks at before it approves by itself, in the vendor's words."""

    NEVER = "Never"
    ALWAYS = "Always"
    CHECK_LIMITS = "CheckLimits"
    CHECK_ACTIVITY_CODES = "CheckActivityCodes"
    CHECK_BOTH = "CheckLimitsAndActivityCodes"

    @property
    def checks_limits(self) -> bool:
        """Whether the management unit's limit is looked at."""
        return self in (ApprovalRule.CHECK_LIMITS, ApprovalRule.CHECK_BOTH)

    @property
    def checks_codes(self) -> bool:
        """Whether the agent's shifts are looked at."""
        return self in (ApprovalRule.CHECK_ACTIVITY_CODES, ApprovalRule.CHECK_BOTH)


class OverrideType(StrEnum):
    """What a plan's date of its own says, in the vendor's words."""

    BLOCKED = "Blocked"
    MANUAL_REVIEW = "ManualReview"


@dataclass(frozen=True, slots=True)
class HrisType:
    """Which time off of an HRIS a plan's activity codes stand for, in the HRIS's own ids."""

    id: str
    name: str | None = None
    integration_id: str | None = None
    secondary_id: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How time off of some activity codes is decided in some management units of a business unit.

    ``days_before_start``: a request leaves the wait list so many days before its first day. ``overrides`` are dates of
    the request's own zone on which no request is approved without a person. ``owner_id`` is the management unit that the
    plan belongs to, None when it is the business unit's.
    """

    id: str
    business_unit_id: str
    name: str
    activity_code_ids: tuple[str, ...]
    management_unit_ids: tuple[str, ...]
    stamp: Stamp
    approval_rule: ApprovalRule = ApprovalRule.NEVER
    days_before_start: int = 0
    restricted_code_ids: tuple[str, ...] = ()
    overrides: Mapping[date, OverrideType] = field(default_factory=dict[date, OverrideType])
    enabled: bool = True
    counts_against_limits: bool = False
    owner_id: str | None = None
    hris_type: HrisType | None = None


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """What a plan shall be; None leaves as it is, or takes the default in a new one.

    ``hris_types`` has the one HRIS type that the plan shall have, or none.
    """

    name: str | None = None
    activity_code_ids: Sequence[str] | None = None
    management_unit_ids: Sequence[str] | None = None
    owner_id: str | None = None
    approval_rule: ApprovalRule | None = None
    days_before_start: int | None = None
    restricted_code_ids: Sequence[str] | None = None
    overrides: Mapping[date, OverrideType] | None = None
    enabled: bool | None = None
    counts_against_limits: bool | None = None
    hris_types: Sequence[HrisType] | None = None
    version: int | None = None


class Granularity(StrEnum):
    """How long the intervals of a limit are, in the vendor's words."""

    DAILY = "Daily"
    FIFTEEN_MINUTES = "FifteenMinutes"


@dataclass(frozen=True, slots=True)
class Limit:
    """How much time off a management unit bears at once, by day or by quarter hour of its zone.

    ``full_day_start``, in minutes from midnight, is from when on a whole day counts in a limit by the quarter hour.
    """

    id: str
    business_unit_id: str
    management_unit_id: str
    granularity: Granularity
    stamp: Stamp
    full_day_start: int | None = None


@dataclass(frozen=True, slots=True)
class LimitDraft:
    """A limit to be."""

    management_unit_id: str
    granularity: Granularity = Granularity.DAILY
    full_day_start: int | None = None


Slots: TypeAlias = Mapping[date, Sequence[int]]
"""Values of local days, one for each interval of each day in the order of time."""


@dataclass(frozen=True, slots=True)
class ValuesGiven:
    """Values from a day on, as a caller wrote them: one for each interval; None is no value, hence nothing free."""

    first_day: date
    minutes: Sequence[int | None]
    field: str


@dataclass(frozen=True, slots=True)
class LimitUse:
    """A limit's days with what they bear, what is approved and what waits, each by interval."""

    limit: Limit
    values: Slots
    taken: Slots
    waiting_minutes: Slots
    waiting_requests: Slots


@dataclass(frozen=True, slots=True)
class Days:
    """Local days from the first to the last, both included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        day = self.first
        while day <= self.last:
            yield day
            day += DAY


ALL_DAYS = Days(date.min, date.max)


@dataclass(frozen=True, slots=True)
class Conversion:
    """That a limit went to another granularity, with the values of so many days between two days (None: of none)."""

    id: str
    limit: Limit
    granularity: Granularity
    day_count: int
    days: Days | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request stands in the wait list on one of its days; 1 is the first."""

    request_id: str
    limit_id: str
    day: date
    position: int
