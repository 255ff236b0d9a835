"""What a trade breaks of its agents' work plans: each rule of a plan is a rule of trades. Pure.

Only what the trade breaks, or makes worse, is held against it; what an agent's weeks broke before is not its fault. The
functions take one side with what it gives and gets, so that a trade of any number of sides is judged by them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec

from shiftline.foundation.decision import Reason
from shiftline.workforce.schedule.model import Shift
from shiftline.workforce.schedule.rules.rosters import PlanSetting, find_plan_breaches
from shiftline.workforce.trades.model import WHO, Calendar, Finding, Mode, Side


@dataclass(frozen=True, slots=True)
class PlanRow:
    """The word for a breach: the vendor's where it has one. ``setting`` names what follows among the trade settings."""

    violation: str
    setting: str = "work_plan"


PLAN_RULES: Mapping[str, PlanRow] = {
    "workplan.week.paid.minimum": PlanRow("{}WeeklyMinPaidTime", "weekly_minimum"),
    "workplan.week.paid.maximum": PlanRow("{}WeeklyMaxPaidTime", "weekly_maximum"),
    "workplan.rest": PlanRow("{}AgentMinimumTimeBetweenShifts", "rest"),
    "workplan.week.days.minimum": PlanRow("{}WeeklyMinWorkingDays"),
    "workplan.week.days.maximum": PlanRow("{}WeeklyMaxWorkingDays"),
    "workplan.week.days.required": PlanRow("{}RequiredDayNotWorked"),
    "workplan.days.in.a.row": PlanRow("{}MaxConsecutiveWorkingDays"),
    "workplan.weekends.in.a.row": PlanRow("{}MaxConsecutiveWorkingWeekends"),
    "workplan.start.distance": PlanRow("{}MinimumShiftStartDistance"),
    "workplan.week.rest": PlanRow("{}WeeklyMinConsecutiveNonWorkingTime"),
    "workplan.granularity": PlanRow("{}PaidTimeGranularity"),
    "workplan.start.variance": PlanRow("{}ShiftStartVariance"),
    "workplan.day.off": PlanRow("{}DayOffRule"),
    "workplan.day": PlanRow("{}ShiftDayNotInWorkPlan"),
    "workplan.start": PlanRow("{}ShiftStartOutsideWorkPlan"),
    "workplan.start.increment": PlanRow("{}ShiftStartIncrement"),
    "workplan.stop": PlanRow("{}ShiftStopOutsideWorkPlan"),
    "workplan.length": PlanRow("{}ShiftPaidTimeOutsideWorkPlan"),
    "workplan.activities": PlanRow("{}ShiftMealsMissing"),
    "workplan.activity.times": PlanRow("{}ShiftMealTimes"),
    "workplan.contiguous": PlanRow("{}ContiguousWorkTime"),
    "workplan.period.paid.minimum": PlanRow("{}PlanningPeriodMinPaidTime"),
    "workplan.period.paid.maximum": PlanRow("{}PlanningPeriodMaxPaidTime"),
    "workplan.period.days.off.minimum": PlanRow("{}PlanningPeriodMinDaysOff"),
    "workplan.period.days.off.maximum": PlanRow("{}PlanningPeriodMaxDaysOff"),
    "workplan.period.weekends": PlanRow("{}PlanningPeriodMaxWeekends"),
    "workplan.period.shifts.minimum": PlanRow("{}PlanningPeriodMinShiftCount"),
    "workplan.period.shifts.maximum": PlanRow("{}PlanningPeriodMaxShiftCount"),
    "workplan.period.start.variance": PlanRow("{}PlanningPeriodShiftStartVariance"),
}
"""By the code of the plan's rule."""


def judge_plan(side: Side, gets: Shift | None, calendar: Calendar) -> tuple[Reason, ...]:
    """The verdicts of all rules of a side's plan on giving what they give and getting ``gets``; none without a plan."""
    gives = side.gives
    changed = [shift.span for shift in (gives, gets) if shift is not None]
    if side.plans is None or not changed:
        return ()
    before = [held.shift for held in side.work]
    # A shift that changes hands is no longer one of anybody's plan: it is held against all shifts of the new one.
    got = [] if gets is None else [msgspec.structs.replace(gets, work_plan_id=None, work_plan_shift_id=None)]
    setting = PlanSetting(side.plans, side.agent.zone, calendar.first_day, tuple(side.days_off))
    return find_plan_breaches(setting, before, [shift for shift in before if shift is not gives] + got, changed)


def list_plan_findings(side: Side, gets: Shift | None, calendar: Calendar) -> Iterator[Finding]:
    """The rules of a side's plan that the trade breaks, with what follows by their management unit's settings."""
    for reason in judge_plan(side, gets, calendar):
        if reason.holds is not True:
            row = PLAN_RULES[reason.code]
            mode: Mode = getattr(side.settings, row.setting)
            told = replace(reason, sentence=f"For {WHO[side.role]}: {reason.sentence}")
            yield Finding(row.violation.format(side.role), mode, told)
