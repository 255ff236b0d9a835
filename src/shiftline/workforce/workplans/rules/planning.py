"""Whether what an agent works keeps what their plan says of a planning period: one rule, one sentence each. Pure.

Judged are the periods that the roster's weeks are in, of each the days on which the plan counts. A week without any shift
or day off is taken as not planned yet: it has nothing that is too much, and all that the plan allows of what is too little.
What the plan wants at least is asked only where it counts in the whole period.
"""

from collections.abc import Iterator

from shiftline.foundation.decision import Reason
from shiftline.workforce.workplans.model import PlanShift, VariancePeriod, WorkPlan
from shiftline.workforce.workplans.rules import fitting
from shiftline.workforce.workplans.rules.breaches import Breach, ids_of, verdict
from shiftline.workforce.workplans.rules.limits import PERIOD, days_by_week, shifts_of
from shiftline.workforce.workplans.rules.spelling import count_text
from shiftline.workforce.workplans.rules.variance import find_variances
from shiftline.workforce.workplans.rules.worked import Roster, Stretch, WorkedShift


def bounds_periods(plan: WorkPlan) -> bool:
    """Whether a plan says anything of planning periods."""
    terms = plan.terms
    return (
        terms.working_weekends is not None
        or terms.shift_start_variance_period is VariancePeriod.PLANNING_PERIOD
        or any(
            each is not None
            for each in (
                terms.minimum_days_off_per_planning_period,
                terms.maximum_days_off_per_planning_period,
                terms.minimum_paid_minutes_per_planning_period,
                terms.maximum_paid_minutes_per_planning_period,
            )
        )
        or any(counts is not None for counts in (shift.counted for shift in plan.shifts))
    )


def _counted(plan: WorkPlan, roster: Roster) -> Iterator[tuple[Stretch, PlanShift, list[WorkedShift]]]:
    """Each period with each shift of the plan that is counted, and which of the worked ones are it."""
    for stretch in roster.stretches:
        matched = [(shift, fitting.match_shift(plan, shift, roster)) for shift in shifts_of(roster, stretch)]
        for wanted in plan.shifts:
            if wanted.counted is not None:
                yield stretch, wanted, [shift for shift, of in matched if of is not None and of.id == wanted.id]


def judge_least_shifts(plan: WorkPlan, roster: Roster) -> Reason:
    """Each planning period has a shift at least as often as the plan wants it, or still can."""
    breaches: list[Breach] = []
    for stretch, wanted, worked in _counted(plan, roster):
        least = 0 if wanted.counted is None else wanted.counted.minimum_count or 0
        open_weeks = days_by_week(roster, stretch, planned=False).values()
        numbers = {each.number for each in wanted.days}
        count = len(worked) + sum(day.weekday() in numbers for days in open_weeks for day in days)
        if stretch.whole and count < least:
            sentence = f"{PERIOD.name(stretch)} has {wanted.name} {count_text(count, 'time')}; the work plan {plan.name} wants it at least {count_text(least, 'time')}."
            breaches.append(Breach(sentence, ids_of(worked), (f"{stretch.first} {wanted.id}",), least - count))
    field = "shifts[].planningPeriodConstraints.minimumCount"
    return verdict("workplan.period.shifts.minimum", field, plan, breaches)


def judge_most_shifts(plan: WorkPlan, roster: Roster) -> Reason:
    """No planning period has a shift more often than the plan allows."""
    breaches: list[Breach] = []
    for stretch, wanted, worked in _counted(plan, roster):
        most = None if wanted.counted is None else wanted.counted.maximum_count
        if most is not None and len(worked) > most:
            sentence = (
                f"{PERIOD.name(stretch)} has {wanted.name} {count_text(len(worked), 'time')}; the work plan {plan.name} allows "
                f"it at most {count_text(most, 'time')}."
            )
            at = (f"{stretch.first} {wanted.id}",)
            breaches.append(Breach(sentence, ids_of(worked), at, len(worked) - most))
    field = "shifts[].planningPeriodConstraints.maximumCount"
    return verdict("workplan.period.shifts.maximum", field, plan, breaches)


def judge_start_variance(plan: WorkPlan, roster: Roster) -> Reason:
    """The starts of a planning period's shifts differ by no more than allowed, by the wall."""
    breaches: list[Breach] = []
    if plan.terms.shift_start_variance_period is VariancePeriod.PLANNING_PERIOD:
        for stretch in roster.stretches:
            named = (f"the planning period from {stretch.first} to {stretch.last}", str(stretch.first))
            breaches += find_variances(plan, roster, shifts_of(roster, stretch), named)
    return verdict("workplan.period.start.variance", "shiftStartVariances", plan, breaches)
