"""Whether the rules of a plan can be kept together at all. Pure.

What is found is proven: a plan that is refused cannot be kept by anybody. The reverse does not hold: shifts whose starts
depend on each other over many days are not searched through.
"""

from shiftline.workforce.units.rules.periods import PlanningPeriods
from shiftline.workforce.workplans.errors import PlanContradictory
from shiftline.workforce.workplans.model import Contradiction, WorkPlan
from shiftline.workforce.workplans.rules.horizons import find_in_periods
from shiftline.workforce.workplans.rules.shifts import find_in_shifts
from shiftline.workforce.workplans.rules.weeks import find_in_weeks


def find_contradictions(plan: WorkPlan, periods: PlanningPeriods | None = None) -> list[Contradiction]:
    """The rules that contradict each other: of single shifts first, of weeks once each shift can be worked, and of the
    management unit's planning periods, if it has such, once a week can be.
    """
    found = [*find_in_bounds(plan), *find_in_shifts(plan)] or find_in_weeks(plan)
    return found if found or periods is None else find_in_periods(plan, periods)


def find_in_bounds(plan: WorkPlan) -> list[Contradiction]:
    """The least of something that is more than its most."""
    terms, paid = plan.terms, plan.terms.weekly_paid
    pairs = [
        (
            "weeklyMinimumPaidMinutes",
            "weeklyMaximumPaidMinutes",
            None if paid is None else paid.least,
            None if paid is None else paid.most,
        ),
        ("minimumWorkingDaysPerWeek", "maximumDays", terms.minimum_working_days_per_week, terms.maximum_days),
        (
            "minimumPaidMinutesPerPlanningPeriod",
            "maximumPaidMinutesPerPlanningPeriod",
            terms.minimum_paid_minutes_per_planning_period,
            terms.maximum_paid_minutes_per_planning_period,
        ),
        (
            "minimumDaysOffPerPlanningPeriod",
            "maximumDaysOffPerPlanningPeriod",
            terms.minimum_days_off_per_planning_period,
            terms.maximum_days_off_per_planning_period,
        ),
    ]
    return [
        Contradiction("workplan.bounds", (least, most), f"{least} ({low}) is more than {most} ({high}).")
        for least, most, low, high in pairs
        if low is not None and high is not None and low > high
    ]


def check_consistent(plan: WorkPlan, periods: PlanningPeriods | None = None) -> None:
    """Raises PlanContradictory, which names the fields of all rules that cannot be kept together."""
    found = find_contradictions(plan, periods)
    if found:
        raise PlanContradictory(found)
