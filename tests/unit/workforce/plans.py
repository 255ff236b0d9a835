"""Work plans and rosters for tests."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shiftline.foundation.time import DAY, Interval, Weekday, find_zone, resolve
from shiftline.workforce.units.model import BREAK_ID, MEAL_ID, Stamp
from shiftline.workforce.workplans.model import WEEK_DAYS, PlanActivity, PlanShift, Terms, WorkPlan
from shiftline.workforce.workplans.rules.worked import DayOff, Roster, WorkedActivity, WorkedShift

NOW = datetime(2023, 10, 20, 12, tzinfo=UTC)
CHICAGO = find_zone("America/Chicago")
WEEK = date(2023, 10, 23)  # a Monday
BACK = date(2023, 10, 30)  # on its Sunday, 2023-11-05, clocks go back
FORWARD = date(2024, 3, 4)  # on its Sunday, 2024-03-10, clocks go forward
WORK_WEEK = WEEK_DAYS[:5]
MEAL = PlanActivity(
    id="meal",
    activity_code_id=MEAL_ID,
    description="meal",
    length_minutes=30,
    start_time_is_relative_to_shift_start=True,
    flexible_start_time=True,
    earliest_start_time_minutes=180,
    latest_start_time_minutes=300,
)
BREAK = replace(MEAL, id="break", activity_code_id=BREAK_ID, description="break", length_minutes=15,
                earliest_start_time_minutes=60, latest_start_time_minutes=420, counts_as_paid_time=True)  # fmt: skip


def plan_shift(**more: Any) -> PlanShift:
    """Eight paid hours from 06:00 to 10:00 on, Monday to Friday."""
    made = PlanShift(
        id="day",
        name="Day",
        days=WORK_WEEK,
        flexible_start_time=True,
        earliest_start_time_minutes_from_midnight=360,
        latest_start_time_minutes_from_midnight=600,
        exact_paid_time_minutes=480,
    )
    return replace(made, **more)


NIGHT = plan_shift(
    id="night",
    name="Night",
    days=WEEK_DAYS,
    flexible_start_time=False,
    exact_start_time_minutes_from_midnight=22 * 60,
)


def plan(*shifts: PlanShift, **terms: Any) -> WorkPlan:
    """A plan with these shifts (by default the one) and terms."""
    return WorkPlan(
        id="plan-1",
        management_unit_id="chicago",
        name="Full Time",
        terms=Terms(**terms),
        shifts=shifts or (plan_shift(),),
        stamp=Stamp(1, "boss", NOW, "boss", NOW),
    )


def at(day: date, clock: str) -> datetime:
    """The instant of a wall time in Chicago."""
    return resolve(datetime.combine(day, time.fromisoformat(clock)), CHICAGO).instant


def worked(day: date, clock: str = "08:00", minutes: int = 480, **more: Any) -> WorkedShift:
    """A shift of so many elapsed minutes, all of them paid."""
    made = WorkedShift(f"s-{day}", Interval.lasting(at(day, clock), minutes), minutes)
    return replace(made, **more)


def until(day: date, start: str, end: str) -> WorkedShift:
    """A shift to a time of the next day on the wall, all of it paid."""
    span = Interval(at(day, start), at(day + DAY, end))
    return WorkedShift(f"s-{day}", span, span.minutes)


def activity(shift: WorkedShift, after: int, minutes: int, code_id: str = MEAL_ID) -> WorkedActivity:
    """A part of a shift that starts so many minutes after it."""
    return WorkedActivity(Interval.lasting(shift.span.start + timedelta(minutes=after), minutes), code_id)


def having(shift: WorkedShift, *activities: WorkedActivity) -> WorkedShift:
    """The shift with these activities."""
    return replace(shift, activities=activities)


def roster(*shifts: WorkedShift, weeks: tuple[date, ...] = (WEEK,), days_off: tuple[DayOff, ...] = ()) -> Roster:
    """What is worked, in Chicago, in weeks from Monday on."""
    return Roster(tuple(sorted(shifts, key=lambda each: each.span)), CHICAGO, weeks, Weekday.MONDAY, days_off)


def days(*numbers: int, week: date = WEEK, clock: str = "08:00", minutes: int = 480) -> list[WorkedShift]:
    """Shifts on days of a week, Monday 0."""
    return [worked(week + number * DAY, clock, minutes) for number in numbers]
