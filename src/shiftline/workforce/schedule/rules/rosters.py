"""Shifts of a schedule as they are held against a work plan, and what a change of them breaks of it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import DAY, Interval, Weekday, Zone, day_of, week_start
from shiftline.workforce.schedule.model import FullDay, Shift
from shiftline.workforce.workplans.model import WorkPlan
from shiftline.workforce.workplans.rules.breaches import merge_verdicts
from shiftline.workforce.workplans.rules.choosing import AgentPlans, group_weeks, stretches_of
from shiftline.workforce.workplans.rules.judging import judge_change, judge_roster
from shiftline.workforce.workplans.rules.planning import bounds_periods
from shiftline.workforce.workplans.rules.worked import DayOff, Roster, WorkedActivity, WorkedShift

WEEK = 7 * DAY
LONGEST = 10 * WEEK


@dataclass(frozen=True, slots=True)
class PlanSetting:
    """Whose plans they are: the plans, the agent's zone, on which day their weeks begin, and their whole days off."""

    plans: AgentPlans
    zone: Zone
    first_day: Weekday
    days_off: tuple[DayOff, ...] = ()


def off_of(days: Iterable[FullDay]) -> tuple[DayOff, ...]:
    """Whole days off as plans count them."""
    return tuple(DayOff(each.day, each.payable_minutes if each.paid else 0) for each in days)


def reach_of(having: AgentPlans) -> timedelta:
    """How far around a changed week an agent's plans look at: what is bounded in a row or in a planning period, and a
    week at least.
    """
    return min(max((_reach(plan, having) for plan in having.plans.values()), default=WEEK), LONGEST)


def _reach(plan: WorkPlan, having: AgentPlans) -> timedelta:
    in_a_row = plan.terms.days_in_a_row or 0
    weekends = plan.terms.weekends_in_a_row or 0
    periods = having.periods.most_weeks if having.periods is not None and bounds_periods(plan) else 0
    return max(WEEK, (in_a_row + 1) * DAY, (weekends + 1) * WEEK, periods * WEEK)


def find_plan_breaches(
    setting: PlanSetting, before: Sequence[Shift], after: Sequence[Shift], around: Iterable[Interval]
) -> tuple[Reason, ...]:
    """What each rule of an agent's plans says of shifts that change: only what the change breaks, or makes worse, counts.

    ``before`` and ``after`` are all shifts of the weeks around; judged are the weeks in which the spans ``around`` start,
    each by the plan that counts in it. Nothing where none does.
    """
    days = [day_of(span.start, setting.zone) for span in around]
    weeks = {week_start(day, setting.first_day) for day in days}
    return merge_verdicts(
        [
            (plan, judge_change(plan, _roster(setting, before, plan, own), _roster(setting, after, plan, own)))
            for plan, own in group_weeks(setting.plans, weeks)
        ]
    )


def judge_weeks(setting: PlanSetting, shifts: Sequence[Shift], weeks: Iterable[date]) -> tuple[Reason, ...]:
    """What each rule of an agent's plans says of some weeks as they stand, each by the plan that counts in it."""
    return merge_verdicts(
        [
            (plan, judge_roster(plan, _roster(setting, shifts, plan, own)))
            for plan, own in group_weeks(setting.plans, weeks)
        ]
    )


def _roster(setting: PlanSetting, shifts: Iterable[Shift], plan: WorkPlan, weeks: tuple[date, ...]) -> Roster:
    worked = sorted((_worked(plan, shift) for shift in shifts), key=lambda each: each.span)
    stretches = stretches_of(setting.plans, plan, weeks, setting.first_day) if bounds_periods(plan) else ()
    return Roster(tuple(worked), setting.zone, weeks, setting.first_day, setting.days_off, stretches)


def _worked(plan: WorkPlan, shift: Shift) -> WorkedShift:
    return WorkedShift(
        id=shift.id,
        span=shift.span,
        paid_minutes=shift.paid_minutes,
        activities=tuple(WorkedActivity(Interval(each.start, each.end), each.code_id) for each in shift.activities),
        plan_shift_id=shift.work_plan_shift_id if shift.work_plan_id == plan.id else None,
    )
