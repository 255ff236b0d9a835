"""Whether what an agent works keeps their plan: one rule, one sentence each. Pure.

A rule that the plan does not have holds. One that is broken says where the first time, and counts the rest; its facts name
the plan, the plan's field and the shifts. Weeks and days are those of the agent's wall; rest and paid time are elapsed.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import DAY, MINUTE, week_start
from shiftline.workforce.workplans.model import (
    WEEK_DAYS,
    DayOffRule,
    VariancePeriod,
    WorkPlan,
)
from shiftline.workforce.workplans.rules import fitting, limits, planning
from shiftline.workforce.workplans.rules.breaches import Breach, find_new, ids_of, verdict
from shiftline.workforce.workplans.rules.spelling import count_text, days_text, length_text
from shiftline.workforce.workplans.rules.variance import find_variances
from shiftline.workforce.workplans.rules.worked import Roster, WorkedShift

PlanRule: TypeAlias = Callable[[WorkPlan, Roster], Reason]


def judge_required_days(plan: WorkPlan, roster: Roster) -> Reason:
    """Days that the plan has shifts for are worked each week, but optional ones and days off."""
    required = [day.number for day in plan.required_days]
    breaches: list[Breach] = []
    matched = ((shift, fitting.match_shift(plan, shift, roster)) for shift in roster.shifts if required)
    # What starts after midnight in a window that begins before it is worked for the day before, too.
    nights = {roster.day(one) - fitting.days_before(of, one, roster) * DAY for one, of in matched if of is not None}
    for week in roster.weeks:
        free = {each.day for each in roster.days_off_in(week)} | set(roster.worked_days) | nights
        week_days = (week + number * DAY for number in range(7))
        missing = [day for day in week_days if day.weekday() in required and day not in free]
        if missing:
            names = days_text([WEEK_DAYS[day.weekday()] for day in missing])
            sentence = f"In the week of {week} there is no shift on {names}, not optional in the work plan {plan.name}."
            breaches.append(Breach(sentence, ids_of(roster.within(week)), tuple(str(day) for day in missing)))
    return verdict("workplan.week.days.required", "optionalDays", plan, breaches)


def judge_days_in_a_row(plan: WorkPlan, roster: Roster) -> Reason:
    """No more than so many days in a row are worked, over the ends of weeks too."""
    most = plan.terms.days_in_a_row
    breaches = (
        Breach(
            f"{count_text(len(run), 'day')} in a row are worked from {run[0]} to {run[-1]}; the work plan {plan.name} "
            f"allows {most}.",
            ids_of(shift for shift in roster.shifts if roster.day(shift) in run),
            tuple(str(day) for day in run[most:]),
        )
        for run in _runs(roster.worked_days, DAY)
        if most is not None and len(run) > most and _is_judged(roster, run)
    )
    return verdict("workplan.days.in.a.row", "maximumConsecutiveWorkingDays", plan, breaches)


def _runs(days: Sequence[date], step: timedelta) -> list[list[date]]:
    """Days in groups of those that follow each other by the step."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == step:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _is_judged(roster: Roster, days: Iterable[date]) -> bool:
    return any(week_start(day, roster.first_day) in roster.weeks for day in days)


def judge_weekends_in_a_row(plan: WorkPlan, roster: Roster) -> Reason:
    """No more than so many weekends in a row have a shift on their Saturday or Sunday."""
    most = plan.terms.weekends_in_a_row
    saturday = 5
    weekends = sorted(
        {day - (day.weekday() - saturday) * DAY for day in roster.worked_days if day.weekday() >= saturday}
    )
    breaches = (
        Breach(
            f"{count_text(len(run), 'weekend')} in a row are worked from {run[0]} on; the work plan {plan.name} allows "
            f"{most}.",
            ids_of(shift for shift in roster.shifts if roster.day(shift) in _both_days(run)),
            tuple(str(saturday) for saturday in run[most:]),
        )
        for run in _runs(weekends, 7 * DAY)
        if most is not None and len(run) > most and _is_judged(roster, _both_days(run))
    )
    return verdict("workplan.weekends.in.a.row", "maximumConsecutiveWorkingWeekends", plan, breaches)


def _both_days(saturdays: Iterable[date]) -> list[date]:
    return [day for saturday in saturdays for day in (saturday, saturday + DAY)]


def _neighbours(roster: Roster) -> list[tuple[WorkedShift, WorkedShift]]:
    """Shifts that follow each other, at least one of them of the weeks that are judged."""
    judged = set(ids_of(roster.judged))
    return [pair for pair in pairwise(roster.shifts) if judged & set(ids_of(pair))]


def judge_rest(plan: WorkPlan, roster: Roster) -> Reason:
    """Between two shifts lies enough elapsed time: clocks that go forward at night take an hour of it."""
    rest = plan.terms.rest_minutes
    breaches = (
        Breach(
            f"Between the shifts of {roster.day(one)} and {roster.day(two)} lie "
            f"{length_text((two.span.start - one.span.end) // MINUTE)}; the work plan {plan.name} wants at least "
            f"{length_text(rest)} between shifts.",
            ids_of((one, two)),
            (f"{roster.day(one)} {roster.day(two)}",),
            rest - (two.span.start - one.span.end) // MINUTE,
        )
        for one, two in _neighbours(roster)
        if rest is not None and two.span.start - one.span.end < rest * MINUTE
    )
    return verdict("workplan.rest", "minimumTimeBetweenShiftsMinutes", plan, breaches)


def judge_start_distance(plan: WorkPlan, roster: Roster) -> Reason:
    """The starts on two days in a row are far enough apart, by elapsed time."""
    distance = plan.terms.minimum_shift_start_distance_minutes
    breaches = (
        Breach(
            f"The shifts of {roster.day(one)} and {roster.day(two)} start "
            f"{length_text((two.span.start - one.span.start) // MINUTE)} after each other; the work plan {plan.name} "
            f"wants at least {length_text(distance)}.",
            ids_of((one, two)),
            (f"{roster.day(one)} {roster.day(two)}",),
            distance - (two.span.start - one.span.start) // MINUTE,
        )
        for one, two in _neighbours(roster)
        if distance is not None
        and roster.day(two) - roster.day(one) == DAY
        and two.span.start - one.span.start < distance * MINUTE
    )
    return verdict("workplan.start.distance", "minimumShiftStartDistanceMinutes", plan, breaches)


def judge_granularity(plan: WorkPlan, roster: Roster) -> Reason:
    """The paid time of each shift is a multiple of the granularity."""
    step = plan.terms.granularity
    breaches = (
        Breach(
            f"The shift of {roster.day(shift)} pays {length_text(shift.paid_minutes)}, no multiple of "
            f"{length_text(step)} as the work plan {plan.name} wants.",
            (shift.id,),
            (shift.id,),
        )
        for shift in roster.judged
        if step and shift.paid_minutes % step
    )
    return verdict("workplan.granularity", "paidTimeGranularityMinutes", plan, breaches)


def judge_start_variance(plan: WorkPlan, roster: Roster) -> Reason:
    """The starts of a week's shifts differ by no more than allowed, by the wall."""
    breaches: list[Breach] = []
    if plan.terms.shift_start_variance_period is not VariancePeriod.PLANNING_PERIOD:
        for week in roster.weeks:
            breaches += find_variances(plan, roster, roster.within(week), (f"the week of {week}", str(week)))
    return verdict("workplan.start.variance", "shiftStartVariances", plan, breaches)


def judge_free_day(plan: WorkPlan, roster: Roster) -> Reason:
    """The day before or after a shift is free where the plan's shift wants that: nothing is worked on it."""
    breaches: list[Breach] = []
    for shift in roster.judged:
        matched = fitting.match_shift(plan, shift, roster)
        if matched is None or not matched.constrain_day_off:
            continue
        step = DAY if matched.day_off_rule is DayOffRule.NEXT else -DAY
        day = roster.day(shift) + step
        others = [each for each in roster.shifts if each is not shift and roster.day(each) == day]
        if others:
            sentence = f"{matched.name} on {roster.day(shift)} wants {day} free, but there is a shift."
            breaches.append(Breach(sentence, ids_of([shift, *others]), (f"{shift.id} {day}",)))
    return verdict("workplan.day.off", "shifts[].dayOffRule", plan, breaches)


def _fit(code: str, field: str) -> PlanRule:
    """One of the rules that each shift must keep by itself, as ``fitting`` says."""

    def judge(plan: WorkPlan, roster: Roster) -> Reason:
        breaches: list[Breach] = []
        for shift in roster.judged:
            matched = fitting.match_shift(plan, shift, roster)
            wrong = None if matched is None else fitting.RULES[code](matched, shift, roster)
            if wrong is not None:
                sentence = f"The shift of {roster.day(shift)} does not keep the work plan {plan.name}: {wrong}"
                breaches.append(Breach(sentence, (shift.id,), (shift.id,)))
        return verdict(code, field, plan, breaches)

    return judge


judge_shift_days = _fit("workplan.day", "shifts[].days")
"""Shifts are worked on days of the week that they are for."""
judge_starts = _fit("workplan.start", "shifts[].earliestStartTimeMinutesFromMidnight")
"""Shifts start in their window, by the wall."""
judge_increments = _fit("workplan.start.increment", "shifts[].startIncrementMinutes")
"""Shifts start at one of the times that the increment allows."""
judge_stops = _fit("workplan.stop", "shifts[].latestStopTimeMinutesFromMidnight")
"""Shifts are over in time and not too soon, by the wall."""
judge_lengths = _fit("workplan.length", "shifts[].maximumPaidTimeMinutes")
"""Shifts pay as much as they may."""
judge_activities = _fit("workplan.activities", "shifts[].activities")
"""Shifts have their meals and breaks."""
judge_activity_times = _fit("workplan.activity.times", "shifts[].activities")
"""Meals and breaks are when they may be."""
judge_contiguous = _fit("workplan.contiguous", "shifts[].maximumContiguousWorkTimeMinutes")
"""Work without a break is neither too short nor too long."""

RULES: tuple[PlanRule, ...] = (
    limits.judge_weekly_minimum,
    limits.judge_weekly_maximum,
    limits.judge_least_days,
    limits.judge_most_days,
    judge_required_days,
    judge_days_in_a_row,
    judge_weekends_in_a_row,
    judge_rest,
    judge_start_distance,
    limits.judge_weekly_rest,
    judge_granularity,
    judge_start_variance,
    judge_free_day,
    judge_shift_days,
    judge_starts,
    judge_increments,
    judge_stops,
    judge_lengths,
    judge_activities,
    judge_activity_times,
    judge_contiguous,
    limits.judge_least_paid,
    limits.judge_most_paid,
    limits.judge_least_days_off,
    limits.judge_most_days_off,
    limits.judge_weekends,
    planning.judge_least_shifts,
    planning.judge_most_shifts,
    planning.judge_start_variance,
)


def judge_roster(plan: WorkPlan, roster: Roster) -> tuple[Reason, ...]:
    """The verdicts of all rules, in order."""
    return tuple(rule(plan, roster) for rule in RULES)


def judge_change(plan: WorkPlan, before: Roster, after: Roster) -> tuple[Reason, ...]:
    """The verdicts of all rules on a change of what an agent works, in order: only what it breaks, or makes worse, counts."""
    changed = ((rule, rule(plan, after)) for rule in RULES)
    # What holds after the change needs no look at what was before.
    return tuple(now if now.holds is True else find_new(plan, rule(plan, before), now) for rule, now in changed)
