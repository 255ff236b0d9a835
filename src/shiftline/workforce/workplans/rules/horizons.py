"""Whether a plan's rules of planning periods can be kept together with those of its weeks. Pure.

Each rule of a period is held against the rules of a week by itself: where no week that keeps these comes to its share of
the period, no period of such weeks keeps it, since one of them would have to. Two rules of a period may be kept by weeks
that differ, and are left aside. What is found is proven.
"""

from collections.abc import Iterable, Iterator

from shiftline.workforce.units.rules.periods import PlanningPeriods
from shiftline.workforce.workplans.model import Contradiction, PlanShift, WorkPlan
from shiftline.workforce.workplans.rules.spelling import count_text, length_text
from shiftline.workforce.workplans.rules.weeks import DAYS, WEEKEND, WeekRule, find_among, rules_of, weeks_of

EACH_WEEK = frozenset(
    {"workplan.days.required", "workplan.days.most", "workplan.days.least", "workplan.paid.least", "workplan.paid.most"}
)
"""Rules that each week keeps by itself. The others ask for weeks that can be repeated, which those of a period need not be."""


def find_in_periods(plan: WorkPlan, periods: PlanningPeriods) -> list[Contradiction]:
    """The contradictions of a plan whose weeks can each be worked with what it says of planning periods."""
    weeks, rules = list(weeks_of(plan)), [rule for rule in rules_of(plan) if rule.code in EACH_WEEK]
    return [found for rule in period_rules(plan, periods) for found in find_among([*rules, rule], weeks)]


def period_rules(plan: WorkPlan, periods: PlanningPeriods) -> Iterator[WeekRule]:
    """The rules of a period that a plan has: whether a period could keep each if all of its weeks were alike."""
    terms, fewest, most = plan.terms, periods.fewest_weeks, periods.most_weeks
    longest, shortest = (
        {day.number: choose(each for each in plan.shifts if day in each.days) for day in plan.working_days}
        for choose in (_longest, _shortest)
    )
    bound = terms.minimum_paid_minutes_per_planning_period
    if bound:
        yield WeekRule(
            "workplan.period.paid.least",
            "minimumPaidMinutesPerPlanningPeriod",
            f"at least {length_text(bound)} of paid time in a planning period",
            "shifts[].maximumPaidTimeMinutes",
            lambda week: most * sum(longest[day] for day in week) >= bound,
        )
    limit = terms.maximum_paid_minutes_per_planning_period
    if limit is not None:
        yield WeekRule(
            "workplan.period.paid.most",
            "maximumPaidMinutesPerPlanningPeriod",
            f"at most {length_text(limit)} of paid time in a planning period",
            "shifts[].minimumPaidTimeMinutes",
            lambda week: fewest * sum(shortest[day] for day in week) <= limit,
        )
    yield from _free_rules(plan, fewest, most)


def _free_rules(plan: WorkPlan, fewest: int, most: int) -> Iterator[WeekRule]:
    terms = plan.terms
    least_off, most_off = terms.minimum_days_off_per_planning_period, terms.maximum_days_off_per_planning_period
    if least_off:
        yield WeekRule(
            "workplan.period.days.off.least",
            "minimumDaysOffPerPlanningPeriod",
            f"at least {count_text(least_off, 'day')} off in a planning period",
            "shifts[].days",
            lambda week: most * (DAYS - len(week)) >= least_off,
        )
    if most_off is not None:
        yield WeekRule(
            "workplan.period.days.off.most",
            "maximumDaysOffPerPlanningPeriod",
            f"at most {count_text(most_off, 'day')} off in a planning period",
            "shifts[].days",
            lambda week: fewest * (DAYS - len(week)) <= most_off,
        )
    weekends = terms.working_weekends
    # Where weeks begin with a Sunday, the Saturday of one week and the Sunday of the next are one weekend.
    always = any(day.number in WEEKEND for day in plan.required_days)
    worked = fewest if always else (fewest + 1) // 2
    if weekends is not None:
        yield WeekRule(
            "workplan.period.weekends",
            "maximumWorkingWeekendsPerPlanningPeriod",
            f"at most {count_text(weekends, 'working weekend')} in a planning period",
            "shifts",
            lambda week: worked <= weekends or not any(day in WEEKEND for day in week),
        )


def _longest(shifts: Iterable[PlanShift]) -> int:
    return max(shift.paid.most for shift in shifts)


def _shortest(shifts: Iterable[PlanShift]) -> int:
    return min(shift.paid.least for shift in shifts)
