"""The fields that the vendor's requests and answers on work plans share. What is None is left out."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.web.wire import Identifier, ShortText, Wire

WeekdayName: TypeAlias = Literal["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
Minutes: TypeAlias = Annotated[int, Meta(ge=0, le=527_040)]
WeekMinutes: TypeAlias = Annotated[int, Meta(ge=0, le=10_080)]
DayMinutes: TypeAlias = Annotated[int, Meta(ge=0, le=1_440)]
StartMinutes: TypeAlias = Annotated[int, Meta(ge=0, le=1_439, description="Minutes from midnight, on the wall")]
LatestStartMinutes: TypeAlias = Annotated[
    int, Meta(ge=0, le=2_879, description="Minutes from midnight, on the wall; from 1440 on, on the next day")
]
StopMinutes: TypeAlias = Annotated[
    int, Meta(ge=0, le=2_880, description="Minutes from midnight, on the wall; beyond 1440 on the next day")
]
WeekCount: TypeAlias = Annotated[int, Meta(ge=0, le=7)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=366)]
Step: TypeAlias = Annotated[int, Meta(ge=1, le=1_440)]


FIRST_YEAR, LAST_YEAR = 1990, 2199


def day_within(day: date, field: str) -> date:
    """A day that weeks can be counted from. Raises Invalid naming the field."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(Problem(field, f"the year must be from {FIRST_YEAR} to {LAST_YEAR}."))
    return day


class SetWrapperDayOfWeek(Wire):
    """The vendor's SetWrapperDayOfWeek."""

    values: Annotated[list[WeekdayName], Meta(max_length=7)] | None = None


class ShiftStartVariance(Wire):
    """The vendor's ShiftStartVariance."""

    applicable_days: Annotated[list[WeekdayName], Meta(max_length=7)]
    max_shift_start_variance_minutes: DayMinutes


class ListWrapperShiftStartVariance(Wire):
    """The vendor's ListWrapperShiftStartVariance."""

    values: Annotated[list[ShiftStartVariance], Meta(max_length=7)] | None = None


class PlanningPeriodShiftConstraints(Wire):
    """The vendor's PlanningPeriodShiftConstraints."""

    enabled: bool | None = None
    minimum_count: Count | None = None
    maximum_count: Count | None = None


class WorkPlanTerms(Wire):
    """What a plan says of weeks and of what lies between shifts."""

    constrain_weekly_paid_time: bool | None = None
    flexible_weekly_paid_time: bool | None = None
    weekly_exact_paid_minutes: WeekMinutes | None = None
    weekly_minimum_paid_minutes: WeekMinutes | None = None
    weekly_maximum_paid_minutes: WeekMinutes | None = None
    constrain_paid_time_granularity: bool | None = None
    paid_time_granularity_minutes: Step | None = None
    constrain_minimum_time_between_shifts: bool | None = None
    minimum_time_between_shifts_minutes: WeekMinutes | None = None
    maximum_days: WeekCount | None = None
    minimum_consecutive_non_working_minutes_per_week: WeekMinutes | None = None
    constrain_maximum_consecutive_working_weekends: bool | None = None
    maximum_consecutive_working_weekends: Count | None = None
    minimum_working_days_per_week: WeekCount | None = None
    constrain_maximum_consecutive_working_days: bool | None = None
    maximum_consecutive_working_days: Count | None = None
    minimum_shift_start_distance_minutes: WeekMinutes | None = None
    minimum_days_off_per_planning_period: Count | None = None
    maximum_days_off_per_planning_period: Count | None = None
    minimum_paid_minutes_per_planning_period: Minutes | None = None
    maximum_paid_minutes_per_planning_period: Minutes | None = None
    constrain_maximum_working_weekends_per_planning_period: bool | None = None
    maximum_working_weekends_per_planning_period: Count | None = None
    optional_days: SetWrapperDayOfWeek | None = None
    shift_start_variance_type: Literal["ShiftStart", "ShiftStartAndPaidDuration"] | None = None
    shift_start_variance_period: Literal["Weekly", "PlanningPeriod"] | None = None
    shift_start_variances: ListWrapperShiftStartVariance | None = None


class WorkPlanActivity(Wire):
    """The vendor's WorkPlanActivity, and CreateWorkPlanActivity without its last three."""

    activity_code_id: Identifier | None = None
    description: ShortText | None = None
    length_minutes: DayMinutes | None = None
    start_time_is_relative_to_shift_start: bool | None = None
    flexible_start_time: bool | None = None
    earliest_start_time_minutes: StopMinutes | None = None
    latest_start_time_minutes: StopMinutes | None = None
    exact_start_time_minutes: StopMinutes | None = None
    start_time_increment_minutes: Step | None = None
    counts_as_paid_time: bool | None = None
    counts_as_contiguous_work_time: bool | None = None
    minimum_length_from_shift_start_minutes: DayMinutes | None = None
    minimum_length_from_shift_end_minutes: DayMinutes | None = None
    maximum_length_from_shift_end_minutes: DayMinutes | None = None
    id: Identifier | None = None
    delete: bool | None = None
    validation_id: ShortText | None = None


class WorkPlanShift(Wire):
    """The vendor's WorkPlanShift, and CreateWorkPlanShift without its last three."""

    name: ShortText | None = None
    days: SetWrapperDayOfWeek | None = None
    flexible_start_time: bool | None = None
    exact_start_time_minutes_from_midnight: StartMinutes | None = None
    earliest_start_time_minutes_from_midnight: StartMinutes | None = None
    latest_start_time_minutes_from_midnight: LatestStartMinutes | None = None
    constrain_stop_time: bool | None = None
    constrain_latest_stop_time: bool | None = None
    latest_stop_time_minutes_from_midnight: StopMinutes | None = None
    constrain_earliest_stop_time: bool | None = None
    earliest_stop_time_minutes_from_midnight: StopMinutes | None = None
    start_increment_minutes: Step | None = None
    flexible_paid_time: bool | None = None
    exact_paid_time_minutes: DayMinutes | None = None
    minimum_paid_time_minutes: DayMinutes | None = None
    maximum_paid_time_minutes: DayMinutes | None = None
    constrain_contiguous_work_time: bool | None = None
    minimum_contiguous_work_time_minutes: DayMinutes | None = None
    maximum_contiguous_work_time_minutes: DayMinutes | None = None
    constrain_day_off: bool | None = None
    day_off_rule: Literal["NextDayOff", "PreviousDayOff"] | None = None
    planning_period_constraints: PlanningPeriodShiftConstraints | None = None
    activities: Annotated[list[WorkPlanActivity], Meta(max_length=50)] | None = None
    id: Identifier | None = None
    delete: bool | None = None
    validation_id: ShortText | None = None


Shifts: TypeAlias = Annotated[list[WorkPlanShift], Meta(max_length=100)]
