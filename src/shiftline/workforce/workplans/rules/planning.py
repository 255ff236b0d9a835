"""Whether what an agent works keeps what their plan says of a planning period: one rule, one sentence each. Pure.

Judged are the periods that the roster's weeks are in, of each the days on which the plan counts. A week without any shift
or day off is taken as not planned yet: it has nothing that is too much, and all that the plan allows of what is too little.
What the plan wants at least is asked only where it counts in the whole period.
"""

from collections.abc import Iterator
from datetime import date

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import DAY, week_start
from shiftline.workforce.workplans.model import PlanShift, VariancePeriod, WorkPlan
from shiftline.workforce.workplans.rules import fitting
from shiftline.workforce.workplans.rules.breaches import Breach, ids_of, verdict
from shiftline.workforce.workplans.rules.spelling import count_text, length_text
from shiftline.workforce.workplans.rules.variance import find_variances
from shiftline.workforce.workplans.rules.worked import DayOff, Roster, Stretch, WorkedShift

SATURDAY = 5


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


def _shifts(roster: Roster, stretch: Stretch) -> list[WorkedShift]:
    return [shift for shift in roster.shifts if roster.day(shift) in stretch.days]


def _off(roster: Roster, stretch: Stretch) -> list[DayOff]:
    worked = set(roster.worked_days)
    return [each for each in roster.days_off if each.day in stretch.days and each.day not in worked]


def _days_by_week(roster: Roster, stretch: Stretch, *, planned: bool) -> dict[date, list[date]]:
    """The days of weeks that are planned, or of those that are not."""
    known = {roster.week_of(shift) for shift in roster.shifts}
    known |= {week_start(each.day, roster.first_day) for each in roster.days_off}
    found: dict[date, list[date]] = {}
    for day in sorted(stretch.days):
        week = week_start(day, roster.first_day)
        if (week in known) is planned:
            found.setdefault(week, []).append(day)
    return found


def _named(stretch: Stretch) -> str:
    return f"The planning period from {stretch.first} to {stretch.last}"


def _paid(roster: Roster, stretch: Stretch) -> int:
    paid = sum(shift.paid_minutes for shift in _shifts(roster, stretch))
    return paid + sum(each.paid_minutes for each in _off(roster, stretch))


def _payable(plan: WorkPlan, roster: Roster, stretch: Stretch) -> int:
    """What the weeks that are not planned yet can pay at most."""
    weekly, most_days = plan.terms.weekly_paid, plan.terms.maximum_days
    total = 0
    for days in _days_by_week(roster, stretch, planned=False).values():
        longest = sorted((_longest(plan, day) for day in days), reverse=True)
        best = sum(longest if most_days is None else longest[:most_days])
        total += best if weekly is None else min(best, weekly.most)
    return total


def _longest(plan: WorkPlan, day: date) -> int:
    return max(
        (shift.paid.most for shift in plan.shifts if any(day.weekday() == each.number for each in shift.days)),
        default=0,
    )


def judge_least_paid(plan: WorkPlan, roster: Roster) -> Reason:
    """Each planning period pays at least the minimum, or still can; paid days off count."""
    least = plan.terms.minimum_paid_minutes_per_planning_period or 0
    reach = (
        (each, _paid(roster, each) + _payable(plan, roster, each)) for each in roster.stretches if each.whole and least
    )
    breaches = (
        Breach(
            f"{_named(each)} pays {length_text(paid)}; the work plan {plan.name} wants at least {length_text(least)}.",
            ids_of(_shifts(roster, each)),
            (str(each.first),),
            least - paid,
        )
        for each, paid in reach
        if paid < least
    )
    return verdict("workplan.period.paid.minimum", "minimumPaidMinutesPerPlanningPeriod", plan, breaches)


def judge_most_paid(plan: WorkPlan, roster: Roster) -> Reason:
    """No planning period pays more than the maximum; paid days off count."""
    most = plan.terms.maximum_paid_minutes_per_planning_period
    breaches = (
        Breach(
            f"{_named(each)} pays {length_text(_paid(roster, each))}; the work plan {plan.name} allows at most "
            f"{length_text(most)}.",
            ids_of(_shifts(roster, each)),
            (str(each.first),),
            _paid(roster, each) - most,
        )
        for each in roster.stretches
        if most is not None and _paid(roster, each) > most
    )
    return verdict("workplan.period.paid.maximum", "maximumPaidMinutesPerPlanningPeriod", plan, breaches)


def _free_days(roster: Roster, stretch: Stretch, *, planned: bool) -> int:
    """Days without a shift that are no approved time off either, in weeks that are planned, or in those that are not."""
    taken = {*roster.worked_days, *(each.day for each in roster.days_off)}
    by_week = _days_by_week(roster, stretch, planned=planned)
    return sum(1 for days in by_week.values() for day in days if day not in taken)


def judge_least_days_off(plan: WorkPlan, roster: Roster) -> Reason:
    """Each planning period has at least so many days off, or still can; approved time off is none of them."""
    least = plan.terms.minimum_days_off_per_planning_period or 0
    free = (
        (each, _free_days(roster, each, planned=True) + _free_days(roster, each, planned=False))
        for each in roster.stretches
        if each.whole and least
    )
    breaches = (
        Breach(
            f"{_named(each)} has {count_text(days, 'day')} off; the work plan {plan.name} wants at least {least}.",
            ids_of(_shifts(roster, each)),
            (str(each.first),),
            least - days,
        )
        for each, days in free
        if days < least
    )
    return verdict("workplan.period.days.off.minimum", "minimumDaysOffPerPlanningPeriod", plan, breaches)


def judge_most_days_off(plan: WorkPlan, roster: Roster) -> Reason:
    """No planning period has more days off than the maximum; approved time off is none of them."""
    most = plan.terms.maximum_days_off_per_planning_period
    breaches = (
        Breach(
            f"{_named(each)} has {count_text(_free_days(roster, each, planned=True), 'day')} off; the work plan "
            f"{plan.name} allows at most {most}.",
            ids_of(_shifts(roster, each)),
            (str(each.first),),
            _free_days(roster, each, planned=True) - most,
        )
        for each in roster.stretches
        if most is not None and _free_days(roster, each, planned=True) > most
    )
    return verdict("workplan.period.days.off.maximum", "maximumDaysOffPerPlanningPeriod", plan, breaches)


def judge_weekends(plan: WorkPlan, roster: Roster) -> Reason:
    """No planning period has more weekends with a shift on their Saturday or Sunday than allowed."""
    most = plan.terms.working_weekends

    def weekends(stretch: Stretch) -> int:
        days = [roster.day(shift) for shift in _shifts(roster, stretch)]
        return len({day - (day.weekday() - SATURDAY) * DAY for day in days if day.weekday() >= SATURDAY})

    breaches = (
        Breach(
            f"{_named(each)} has {count_text(weekends(each), 'working weekend')}; the work plan {plan.name} allows at "
            f"most {most}.",
            ids_of(_shifts(roster, each)),
            (str(each.first),),
            weekends(each) - most,
        )
        for each in roster.stretches
        if most is not None and weekends(each) > most
    )
    return verdict("workplan.period.weekends", "maximumWorkingWeekendsPerPlanningPeriod", plan, breaches)


def _counted(plan: WorkPlan, roster: Roster) -> Iterator[tuple[Stretch, PlanShift, list[WorkedShift]]]:
    """Each period with each shift of the plan that is counted, and which of the worked ones are it."""
    for stretch in roster.stretches:
        matched = [(shift, fitting.match_shift(plan, shift, roster)) for shift in _shifts(roster, stretch)]
        for wanted in plan.shifts:
            if wanted.counted is not None:
                yield stretch, wanted, [shift for shift, of in matched if of is not None and of.id == wanted.id]


def judge_least_shifts(plan: WorkPlan, roster: Roster) -> Reason:
    """Each planning period has a shift at least as often as the plan wants it, or still can."""
    breaches: list[Breach] = []
    for stretch, wanted, worked in _counted(plan, roster):
        least = 0 if wanted.counted is None else wanted.counted.minimum_count or 0
        open_weeks = _days_by_week(roster, stretch, planned=False).values()
        numbers = {each.number for each in wanted.days}
        count = len(worked) + sum(day.weekday() in numbers for days in open_weeks for day in days)
        if stretch.whole and count < least:
            sentence = f"{_named(stretch)} has {wanted.name} {count_text(count, 'time')}; the work plan {plan.name} wants it at least {count_text(least, 'time')}."
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
                f"{_named(stretch)} has {wanted.name} {count_text(len(worked), 'time')}; the work plan {plan.name} allows "
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
            breaches += find_variances(plan, roster, _shifts(roster, stretch), named)
    return verdict("workplan.period.start.variance", "shiftStartVariances", plan, breaches)
