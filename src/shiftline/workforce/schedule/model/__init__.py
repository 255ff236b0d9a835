"""Schedules, revisions, shifts and their activities. Plain values; msgspec's structs where there are ten thousands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from shiftline.foundation.time import DAY, MINUTE, Disambiguation, Interval, Zone, week_bounds

PUBLISHED = "published"  # the book of everything in force
NO_PART = "part"  # what is covered where an agent had no part in a schedule
WEEKS_AT_MOST = 6
LONGEST_SHIFT_MINUTES = 24 * 60


class RevisionKind(StrEnum):
    """What made a revision."""

    CREATE = "create"
    IMPORT = "import"
    COPY = "copy"
    UPDATE = "update"
    EDIT = "edit"
    PUBLISH = "publish"
    SWAP = "swap"
    REPUBLISH = "republish"
    SUPERSEDE = "supersede"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One to six weeks of a business unit. ``version`` is the number of the latest revision."""

    id: str
    business_unit_id: str
    week_date: date
    week_count: int
    description: str
    published: bool
    version: int
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime
    short_term_forecast: Mapping[str, Any] | None = None

    @property
    def book(self) -> str:
        """Which of its agents' books its shifts stand in."""
        return PUBLISHED if self.published else self.id

    @property
    def end_date(self) -> date:
        """The first day after it."""
        return self.week_date + self.week_count * 7 * DAY

    def bounds(self, zone: Zone) -> Interval:
        """Its instants in the business unit's zone; its shifts start within."""
        return week_bounds(self.week_date, zone, self.week_count)


class AcceptedBreach(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that a planner broke knowingly, for which agent, in words."""

    code: str
    agent_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a schedule: what made it, who, when (application time), why, and which rules it broke knowingly."""

    number: int
    kind: RevisionKind
    published: bool
    description: str
    by: str
    at: datetime
    reason: str | None = None
    restores: int | None = None
    accepted: tuple[AcceptedBreach, ...] = ()


class Activity(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A stretch of a shift, [start, end), both in UTC."""

    start: datetime
    end: datetime
    code_id: str
    paid: bool
    payable_minutes: int
    description: str | None = None
    time_off_request_id: str | None = None
    time_off_request_sync_version: int | None = None
    external_activity_id: str | None = None
    external_activity_type: str | None = None

    @property
    def minutes(self) -> int:
        """Elapsed minutes."""
        return (self.end - self.start) // MINUTE


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent works in one go: instants in UTC, and what the clock on their wall shows then.

    ``zone`` names the wall; the disambiguations say how its two times mean these instants and no others; ``tzdata`` is
    the release by which that was found. The activities partition [start, end).
    """

    id: str
    start: datetime
    end: datetime
    wall_start: datetime
    wall_end: datetime
    zone: str
    start_disambiguation: Disambiguation
    end_disambiguation: Disambiguation
    start_offset_seconds: int
    end_offset_seconds: int
    tzdata: str
    activities: tuple[Activity, ...]
    paid_minutes: int
    is_swap: bool = False
    swap_reason: str | None = None
    skill_ids: tuple[str, ...] = ()
    manually_edited: bool = False
    work_plan_id: str | None = None
    work_plan_shift_id: str | None = None

    @property
    def span(self) -> Interval:
        """Its instants."""
        return Interval(self.start, self.end)

    @property
    def minutes(self) -> int:
        """Elapsed minutes."""
        return (self.end - self.start) // MINUTE


class FullDay(msgspec.Struct, frozen=True, kw_only=True):
    """A whole day off. ``day`` is the business unit's; offsets are minutes from its midnight."""

    day: date
    code_id: str
    paid: bool
    length_minutes: int
    payable_minutes: int
    start_offset_minutes: int | None = None
    end_offset_minutes: int | None = None
    description: str | None = None
    time_off_request_id: str | None = None
    time_off_request_sync_version: int | None = None


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """Approved time off as schedules carry it: a whole local day (``day`` is its date) or one part of a day.

    [start, end) in UTC: the day's bounds in its agent's zone, or the part's. ``minutes`` are taken, ``payable_minutes``
    of them paid. The stamp says by which revision of which request.
    """

    request_id: str
    sync_version: int
    code_id: str
    paid: bool
    start: datetime
    end: datetime
    minutes: int
    payable_minutes: int
    day: date | None = None
    start_offset_minutes: int | None = None
    end_offset_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class TimeOff:
    """A time-off request as schedules know it. ``status`` is the request's own word; only APPROVED ones are carried."""

    request_id: str
    agent_id: str
    business_unit_id: str
    sync_version: int
    status: str
    absences: tuple[Absence, ...]

    @property
    def approved(self) -> bool:
        """Whether schedules carry it."""
        return self.status == "APPROVED"


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """What stood where time off covers a schedule: a shift, a day's marker, or (neither) that there was no part.

    ``id`` is the shift's, the day, or ``NO_PART``; ``absences`` are those that cover it.
    """

    id: str
    shift: Shift | None = None
    full_day: FullDay | None = None
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """What time off meets in a schedule, or why something could not be put back, in words."""

    code: str
    sentence: str


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's part of a schedule: shifts in order of time, whole days off in order of days."""

    agent_id: str
    shifts: tuple[Shift, ...] = ()
    full_days: tuple[FullDay, ...] = ()
    work_plan_id: str | None = None
    work_plan_ids_per_week: tuple[str, ...] | None = None


class PartStamp(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's version in a schedule, with who made and last changed it."""

    version: int
    created_by: str
    created_at: datetime
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part as it is stored: the keys of its shifts' rows stand beside them."""

    part: Part
    stamp: PartStamp
    keys: tuple[int, ...]


class AgentUpdate(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which of an agent's shifts a revision touched, by their starts (of what was deleted: the former start)."""

    added: tuple[datetime, ...] = ()
    edited: tuple[datetime, ...] = ()
    deleted: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A shift in force outside the schedule at hand, that its shifts must not overlap."""

    agent_id: str
    schedule_id: str
    span: Interval


@dataclass(frozen=True, slots=True)
class Change:
    """What a revision shall be, beside its content."""

    kind: RevisionKind
    published: bool
    description: str
    reason: str | None = None
    restores: int | None = None
    accepted: tuple[AcceptedBreach, ...] = ()
    operation_id: str | None = None
    short_term_forecast: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Revised:
    """What a change made of a schedule. ``updates`` are those of its own content, by agent; ``changed`` is False when
    the schedule already was as wanted and no revision was made. ``parts`` are the touched agents' as they are now,
    ``clashes`` what their time off met, ``open_shift_ids`` what was left open by it.
    """

    schedule: Schedule
    changed: bool
    updates: Mapping[str, AgentUpdate] = field(default_factory=dict[str, AgentUpdate])
    superseded: tuple[Schedule, ...] = ()
    notes: tuple["Note", ...] = ()
    clashes: tuple[Clash, ...] = ()
    parts: Mapping[str, Part] = field(default_factory=dict[str, Part])
    open_shift_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was decided for the caller, at a field of the request (a wall time in a gap or fold)."""

    code: str
    field: str
    sentence: str


class ActivityDraft(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An activity as asked for. None: by default (paid and payable minutes by its code)."""

    start: datetime
    minutes: int
    code_id: str
    paid: bool | None = None
    payable_minutes: int | None = None
    description: str | None = None
    time_off_request_id: str | None = None
    time_off_request_sync_version: int | None = None
    external_activity_id: str | None = None
    external_activity_type: str | None = None


class ShiftDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A shift as asked for: by instant and length, or by wall times in the agent's zone.

    ``field`` is where it stands in the request. Activities None: kept where the shift stays in place, else on queue.
    """

    field: str
    id: str | None = None
    start: datetime | None = None
    minutes: int | None = None
    wall_start: datetime | None = None
    wall_end: datetime | None = None
    disambiguation: Disambiguation = Disambiguation.COMPATIBLE
    activities: tuple[ActivityDraft, ...] | None = None
    is_swap: bool | None = None
    swap_reason: str | None = None
    skill_ids: tuple[str, ...] | None = None
    manually_edited: bool | None = None
    work_plan_id: str | None = None
    work_plan_shift_id: str | None = None
    delete: bool = False


class FullDayDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A whole day off as asked for."""

    field: str
    day: date
    code_id: str | None = None
    paid: bool | None = None
    length_minutes: int | None = None
    payable_minutes: int | None = None
    start_offset_minutes: int | None = None
    end_offset_minutes: int | None = None
    description: str | None = None
    time_off_request_id: str | None = None
    time_off_request_sync_version: int | None = None
    delete: bool = False


class PartDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What shall become of an agent's part. In an update, shifts and days that are not named stay."""

    field: str
    agent_id: str
    shifts: tuple[ShiftDraft, ...] = ()
    full_days: tuple[FullDayDraft, ...] = ()
    work_plan_id: str | None = None
    work_plan_ids_per_week: tuple[str, ...] | None = None
    version: int | None = None
    delete: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """A schedule as asked for. None: stays as it is, or takes its default in a new one."""

    description: str | None = None
    published: bool | None = None
    parts: tuple[PartDraft, ...] = ()
    version: int | None = None
    id: str | None = None
    week_count: int | None = None
    reason: str | None = None
    short_term_forecast: Mapping[str, Any] | None = None
