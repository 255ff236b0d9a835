"""Work plans. The fields have the vendor's names; the properties say what they mean together.

All numbers are minutes, days, weekends or counts, as the name says. Times of day are minutes from midnight on the wall;
a stop beyond 1440 is on the next day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from shiftline.foundation.time import Weekday
from shiftline.workforce.units.model import Stamp

DAY_MINUTES = 24 * 60
WEEK_DAYS: tuple[Weekday, ...] = tuple(Weekday)

Fresh: TypeAlias = Callable[[], str]
"""Gives a new id at each call."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """From the least to the most, both included."""

    least: int
    most: int

    def hold(self, value: int) -> bool:
        """Whether a value lies between them."""
        return self.least <= value <= self.most


class DayOffRule(StrEnum):
    """Which day beside a shift's must be free, in the vendor's words."""

    NEXT = "NextDayOff"
    PREVIOUS = "PreviousDayOff"


class VarianceType(StrEnum):
    """Which shifts are held against each other by their starts, in the vendor's words."""

    SHIFT_START = "ShiftStart"
    SHIFT_START_AND_PAID_DURATION = "ShiftStartAndPaidDuration"


class VariancePeriod(StrEnum):
    """Over which time, in the vendor's words."""

    WEEKLY = "Weekly"
    PLANNING_PERIOD = "PlanningPeriod"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartVariance:
    """By how much the starts of shifts on some days may differ."""

    applicable_days: tuple[Weekday, ...] = ()
    max_shift_start_variance_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCounts:
    """How often a shift is worked in a planning period."""

    enabled: bool = False
    minimum_count: int | None = None
    maximum_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanActivity:
    """A meal, a break or other part that a shift has. Starts are minutes from the shift's start or from midnight."""

    id: str
    activity_code_id: str
    description: str | None = None
    length_minutes: int = 0
    start_time_is_relative_to_shift_start: bool = False
    flexible_start_time: bool = False
    earliest_start_time_minutes: int | None = None
    latest_start_time_minutes: int | None = None
    exact_start_time_minutes: int | None = None
    start_time_increment_minutes: int | None = None
    counts_as_paid_time: bool = False
    counts_as_contiguous_work_time: bool = False
    minimum_length_from_shift_start_minutes: int | None = None
    minimum_length_from_shift_end_minutes: int | None = None
    maximum_length_from_shift_end_minutes: int | None = None

    @property
    def starts(self) -> Bounds:
        """When it may start."""
        if self.flexible_start_time:
            return Bounds(self.earliest_start_time_minutes or 0, self.latest_start_time_minutes or 0)
        return Bounds(self.exact_start_time_minutes or 0, self.exact_start_time_minutes or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShift:
    """One way in which a day may be worked."""

    id: str
    name: str
    days: tuple[Weekday, ...] = ()
    flexible_start_time: bool = False
    exact_start_time_minutes_from_midnight: int | None = None
    earliest_start_time_minutes_from_midnight: int | None = None
    latest_start_time_minutes_from_midnight: int | None = None
    constrain_stop_time: bool = False
    constrain_latest_stop_time: bool = False
    latest_stop_time_minutes_from_midnight: int | None = None
    constrain_earliest_stop_time: bool = False
    earliest_stop_time_minutes_from_midnight: int | None = None
    start_increment_minutes: int | None = None
    flexible_paid_time: bool = False
    exact_paid_time_minutes: int | None = None
    minimum_paid_time_minutes: int | None = None
    maximum_paid_time_minutes: int | None = None
    constrain_contiguous_work_time: bool = False
    minimum_contiguous_work_time_minutes: int | None = None
    maximum_contiguous_work_time_minutes: int | None = None
    constrain_day_off: bool = False
    day_off_rule: DayOffRule | None = None
    planning_period_constraints: PeriodCounts | None = None
    activities: tuple[PlanActivity, ...] = ()

    @property
    def starts(self) -> Bounds:
        """When it may start."""
        if self.flexible_start_time:
            least = self.earliest_start_time_minutes_from_midnight or 0
            return Bounds(least, self.latest_start_time_minutes_from_midnight or 0)
        exact = self.exact_start_time_minutes_from_midnight or 0
        return Bounds(exact, exact)

    @property
    def paid(self) -> Bounds:
        """Its paid minutes."""
        if self.flexible_paid_time:
            return Bounds(self.minimum_paid_time_minutes or 0, self.maximum_paid_time_minutes or 0)
        return Bounds(self.exact_paid_time_minutes or 0, self.exact_paid_time_minutes or 0)

    @property
    def unpaid_minutes(self) -> int:
        """Minutes of it that are not paid: its unpaid meals and breaks."""
        return sum(each.length_minutes for each in self.activities if not each.counts_as_paid_time)

    @property
    def lengths(self) -> Bounds:
        """How long it may last, paid or not."""
        return Bounds(self.paid.least + self.unpaid_minutes, self.paid.most + self.unpaid_minutes)

    @property
    def latest_stop(self) -> int | None:
        """When it must be over, if that is bounded."""
        bounded = self.constrain_latest_stop_time or self.constrain_stop_time
        return self.latest_stop_time_minutes_from_midnight if bounded else None

    @property
    def earliest_stop(self) -> int | None:
        """Until when it must last, if that is bounded."""
        return self.earliest_stop_time_minutes_from_midnight if self.constrain_earliest_stop_time else None

    @property
    def counted(self) -> PeriodCounts | None:
        """How often it is worked in a planning period, if that is bounded."""
        counts = self.planning_period_constraints
        return counts if counts is not None and counts.enabled else None

    @property
    def soonest_stop(self) -> int:
        """The earliest that it can be over."""
        return max(self.starts.least + self.lengths.least, self.earliest_stop or 0)

    @property
    def latest_possible_start(self) -> int:
        """The latest that it can start and still be over in time."""
        if self.latest_stop is None:
            return self.starts.most
        return min(self.starts.most, self.latest_stop - self.lengths.least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a plan says of weeks and of what lies between shifts."""

    constrain_weekly_paid_time: bool = False
    flexible_weekly_paid_time: bool = False
    weekly_exact_paid_minutes: int | None = None
    weekly_minimum_paid_minutes: int | None = None
    weekly_maximum_paid_minutes: int | None = None
    constrain_paid_time_granularity: bool = False
    paid_time_granularity_minutes: int | None = None
    constrain_minimum_time_between_shifts: bool = False
    minimum_time_between_shifts_minutes: int | None = None
    maximum_days: int | None = None
    minimum_consecutive_non_working_minutes_per_week: int | None = None
    constrain_maximum_consecutive_working_weekends: bool = False
    maximum_consecutive_working_weekends: int | None = None
    minimum_working_days_per_week: int | None = None
    constrain_maximum_consecutive_working_days: bool = False
    maximum_consecutive_working_days: int | None = None
    minimum_shift_start_distance_minutes: int | None = None
    minimum_days_off_per_planning_period: int | None = None
    maximum_days_off_per_planning_period: int | None = None
    minimum_paid_minutes_per_planning_period: int | None = None
    maximum_paid_minutes_per_planning_period: int | None = None
    constrain_maximum_working_weekends_per_planning_period: bool = False
    maximum_working_weekends_per_planning_period: int | None = None
    optional_days: tuple[Weekday, ...] = ()
    shift_start_variance_type: VarianceType | None = None
    shift_start_variance_period: VariancePeriod | None = None
    shift_start_variances: tuple[StartVariance, ...] = ()

    @property
    def weekly_paid(self) -> Bounds | None:
        """Paid minutes of a week, if they are bounded."""
        if not self.constrain_weekly_paid_time:
            return None
        if self.flexible_weekly_paid_time:
            return Bounds(self.weekly_minimum_paid_minutes or 0, self.weekly_maximum_paid_minutes or 0)
        return Bounds(self.weekly_exact_paid_minutes or 0, self.weekly_exact_paid_minutes or 0)

    @property
    def rest_minutes(self) -> int | None:
        """Elapsed minutes between two shifts, if they are bounded."""
        return self.minimum_time_between_shifts_minutes if self.constrain_minimum_time_between_shifts else None

    @property
    def days_in_a_row(self) -> int | None:
        """How many days in a row may be worked, if that is bounded."""
        return self.maximum_consecutive_working_days if self.constrain_maximum_consecutive_working_days else None

    @property
    def weekends_in_a_row(self) -> int | None:
        """How many weekends in a row may be worked, if that is bounded."""
        bounded = self.constrain_maximum_consecutive_working_weekends
        return self.maximum_consecutive_working_weekends if bounded else None

    @property
    def working_weekends(self) -> int | None:
        """How many weekends of a planning period may be worked, if that is bounded."""
        bounded = self.constrain_maximum_working_weekends_per_planning_period
        return self.maximum_working_weekends_per_planning_period if bounded else None

    @property
    def granularity(self) -> int | None:
        """What the paid minutes of a shift are a multiple of, if that is bounded."""
        return self.paid_time_granularity_minutes if self.constrain_paid_time_granularity else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPlan:
    """A plan as it stands. ``valid``: no two of its rules contradict each other."""

    id: str
    management_unit_id: str
    name: str
    enabled: bool = True
    valid: bool = True
    terms: Terms = Terms()
    shifts: tuple[PlanShift, ...] = ()
    stamp: Stamp
    agent_ids: tuple[str, ...] = ()

    @property
    def working_days(self) -> tuple[Weekday, ...]:
        """Days on which a shift of it may be worked."""
        return tuple(day for day in WEEK_DAYS if any(day in shift.days for shift in self.shifts))

    @property
    def required_days(self) -> tuple[Weekday, ...]:
        """Days on which one must be worked: those that are not optional."""
        return tuple(day for day in self.working_days if day not in self.terms.optional_days)


Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActivityDraft:
    """An activity as a request states it: what is not among its values stays, or takes its default in a new one."""

    field: str
    id: str | None
    values: Values
    delete: bool = False


@dataclass(frozen=True, slots=True)
class ShiftDraft:
    """A shift as a request states it. ``activities`` None: they stay."""

    field: str
    id: str | None
    values: Values
    activities: tuple[ActivityDraft, ...] | None = None
    delete: bool = False


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """What a plan shall be: fields left out stay. ``agents`` maps a person to whether they shall have the plan.

    ``lenient``: contradictory rules are kept, and the plan is marked as not valid.
    """

    name: str | None = None
    enabled: bool | None = None
    terms: Values = field(default_factory=dict[str, Any])
    shifts: tuple[ShiftDraft, ...] = ()
    agents: Mapping[str, bool] = field(default_factory=dict[str, bool])
    version: int | None = None
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two or more rules of a plan that nobody can keep together: their fields as the wire spells them, and a sentence."""

    code: str
    fields: tuple[str, ...]
    sentence: str
