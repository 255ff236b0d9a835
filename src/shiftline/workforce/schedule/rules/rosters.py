"""Shifts of a schedule as they are held against a work plan, and what a change of them breaks of it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import DAY, Interval, Weekday, Zone, day_of, week_start
from shiftline.workforce.schedule.model import FullDay, Shift
from shiftline.workforce.workplans.model import WorkPlan
from shiftline.workforce.workplans.rules.judging import judge_change
from shiftline.workforce.workplans.rules.worked import DayOff, Roster, WorkedActivity, WorkedShift

WEEK = 7 * DAY
LONGEST = 10 * WEEK


@dataclass(frozen=True, slots=True)
class PlanSetting:
    """Whose plan it is: the plan, the agent's zone, on which day their weeks begin, and their whole days off."""

    plan: WorkPlan
    zone: Zone
    first_day: Weekday
    days_off: tuple[DayOff, ...] = ()


def off_of(days: Iterable[FullDay]) -> tuple[DayOff, ...]:
    """Whole days off as plans count them."""
    return tuple(DayOff(each.day, each.payable_minutes if each.paid else 0) for each in days)


def reach_of(plan: WorkPlan) -> timedelta:
    """How far around a changed week a plan looks at: what is bounded in a row, and a week at least."""
    in_a_row = plan.terms.days_in_a_row or 0
    weekends = plan.terms.weekends_in_a_row or 0
    return min(max(WEEK, (in_a_row + 1) * DAY, (weekends + 1) * WEEK), LONGEST)


def find_plan_breaches(
    setting: PlanSetting, before: Sequence[Shift], after: Sequence[Shift], around: Iterable[Interval]
) -> tuple[Reason, ...]:
    """What each rule of an agent's plan says of shifts that change: only what the change breaks, or makes worse, counts.

    ``before`` and ``after`` are all shifts of the weeks around; judged are the weeks in which the spans ``around`` start.
    """
    days = [day_of(span.start, setting.zone) for span in around]
    weeks = tuple(sorted({week_start(day, setting.first_day) for day in days}))
    return judge_change(setting.plan, _roster(setting, before, weeks), _roster(setting, after, weeks))


def _roster(setting: PlanSetting, shifts: Iterable[Shift], weeks: tuple[date, ...]) -> Roster:
    worked = sorted((_worked(setting.plan, shift) for shift in shifts), key=lambda each: each.span)
    return Roster(tuple(worked), setting.zone, weeks, setting.first_day, setting.days_off)


def _worked(plan: WorkPlan, shift: Shift) -> WorkedShift:
    return WorkedShift(
        id=shift.id,
        span=shift.span,
        paid_minutes=shift.paid_minutes,
        activities=tuple(WorkedActivity(Interval(each.start, each.end), each.code_id) for each in shift.activities),
        plan_shift_id=shift.work_plan_shift_id if shift.work_plan_id == plan.id else None,
    )
