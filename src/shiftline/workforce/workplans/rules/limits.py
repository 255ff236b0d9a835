"""Limits of a plan on what is counted over a week or a planning period: one row a rule. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import DAY, week_start
from shiftline.workforce.workplans.model import WorkPlan
from shiftline.workforce.workplans.rules.breaches import Breach, ids_of, verdict
from shiftline.workforce.workplans.rules.spelling import count_text, length_text
from shiftline.workforce.workplans.rules.worked import DayOff, Roster, Stretch, WorkedShift, free_stretches

SATURDAY = 5

Span = TypeVar("Span")


@dataclass(frozen=True, slots=True)
class Over(Generic[Span]):
    """What is counted over: each such span of a roster, how sentences begin with it, its first day, and its shifts."""

    each: Callable[[Roster], Iterable[Span]]
    name: Callable[[Span], str]
    first: Callable[[Span], date]
    shifts: Callable[[Roster, Span], Sequence[WorkedShift]]


@dataclass(frozen=True, slots=True)
class Limit(Generic[Span]):
    """One limit: ``count`` over each span may not go beyond ``limit`` (None: the plan has none).

    ``least``: it may not fall short of it. ``credit`` counts for that, too, without being told. ``tell`` says a count in
    words, ``bound`` the limit.
    """

    code: str
    field: Callable[[WorkPlan], str]
    over: Over[Span]
    limit: Callable[[WorkPlan], int | None]
    count: Callable[[WorkPlan, Roster, Span], int]
    tell: Callable[[int], str]
    bound: Callable[[int], str] = str
    least: bool = False
    credit: Callable[[Roster, Span], int] = lambda _, __: 0
    asked: Callable[[Span], bool] = lambda _: True

    def __call__(self, plan: WorkPlan, roster: Roster) -> Reason:
        """The verdict on a roster."""
        limit = self.limit(plan)
        breaches = [] if limit is None else self._list_breaches(plan, roster, limit)
        return verdict(self.code, self.field(plan), plan, breaches)

    def _list_breaches(self, plan: WorkPlan, roster: Roster, limit: int) -> list[Breach]:
        wants = f"the work plan {plan.name} {'wants at least' if self.least else 'allows at most'} {self.bound(limit)}."
        found: list[Breach] = []
        for span in filter(self.asked, self.over.each(roster)):
            count = self.count(plan, roster, span)
            by = limit - count - self.credit(roster, span) if self.least else count - limit
            if by > 0:
                sentence = f"{self.over.name(span)} {self.tell(count)}; {wants}"
                ids = ids_of(self.over.shifts(roster, span))
                found.append(Breach(sentence, ids, (str(self.over.first(span)),), by))
        return found


def shifts_of(roster: Roster, stretch: Stretch) -> list[WorkedShift]:
    """The shifts of what a plan has of a planning period."""
    return [shift for shift in roster.shifts if roster.day(shift) in stretch.days]


def days_by_week(roster: Roster, stretch: Stretch, *, planned: bool) -> dict[date, list[date]]:
    """The days of weeks that are planned, or of those that are not."""
    known = {roster.week_of(shift) for shift in roster.shifts}
    known |= {week_start(each.day, roster.first_day) for each in roster.days_off}
    found: dict[date, list[date]] = {}
    for day in sorted(stretch.days):
        week = week_start(day, roster.first_day)
        if (week in known) is planned:
            found.setdefault(week, []).append(day)
    return found


WEEK: Over[date] = Over(
    each=lambda roster: roster.weeks,
    name=lambda week: f"The week of {week}",
    first=lambda week: week,
    shifts=lambda roster, week: roster.within(week),
)
PERIOD: Over[Stretch] = Over(
    each=lambda roster: roster.stretches,
    name=lambda stretch: f"The planning period from {stretch.first} to {stretch.last}",
    first=lambda stretch: stretch.first,
    shifts=shifts_of,
)


def _paid(shifts: Iterable[WorkedShift], days_off: Iterable[DayOff]) -> int:
    return sum(shift.paid_minutes for shift in shifts) + sum(each.paid_minutes for each in days_off)


def _paid_in_week(_: WorkPlan, roster: Roster, week: date) -> int:
    return _paid(roster.within(week), roster.days_off_in(week))


def _paid_in_period(_: WorkPlan, roster: Roster, stretch: Stretch) -> int:
    worked = set(roster.worked_days)
    off = [each for each in roster.days_off if each.day in stretch.days and each.day not in worked]
    return _paid(shifts_of(roster, stretch), off)


def _payable_in_period(plan: WorkPlan, roster: Roster, stretch: Stretch) -> int:
    """What it pays, and what the weeks that are not planned yet can pay at most."""
    weekly, most_days = plan.terms.weekly_paid, plan.terms.maximum_days
    total = _paid_in_period(plan, roster, stretch)
    for days in days_by_week(roster, stretch, planned=False).values():
        longest = sorted((_longest(plan, day) for day in days), reverse=True)
        best = sum(longest if most_days is None else longest[:most_days])
        total += best if weekly is None else min(best, weekly.most)
    return total


def _longest(plan: WorkPlan, day: date) -> int:
    return max(
        (shift.paid.most for shift in plan.shifts if any(day.weekday() == each.number for each in shift.days)),
        default=0,
    )


def _paid_field(plan: WorkPlan, end: str) -> str:
    return f"weekly{end if plan.terms.flexible_weekly_paid_time else 'Exact'}PaidMinutes"


def _worked_days(_: WorkPlan, roster: Roster, week: date) -> int:
    return sum(week_start(day, roster.first_day) == week for day in roster.worked_days)


def _longest_rest(_: WorkPlan, roster: Roster, week: date) -> int:
    return max(free.minutes for free in free_stretches(roster.bounds(week), roster.shifts))


def _free_days(_: WorkPlan, roster: Roster, stretch: Stretch) -> int:
    """Days without a shift that are no approved time off either, in weeks that are planned."""
    return _count_free(roster, days_by_week(roster, stretch, planned=True).values())


def _freeable_days(plan: WorkPlan, roster: Roster, stretch: Stretch) -> int:
    """Those, and all that the weeks that are not planned yet can have."""
    open_weeks = days_by_week(roster, stretch, planned=False).values()
    return _free_days(plan, roster, stretch) + _count_free(roster, open_weeks)


def _count_free(roster: Roster, weeks: Iterable[Sequence[date]]) -> int:
    taken = {*roster.worked_days, *(each.day for each in roster.days_off)}
    return sum(day not in taken for days in weeks for day in days)


def _working_weekends(_: WorkPlan, roster: Roster, stretch: Stretch) -> int:
    days = [roster.day(shift) for shift in shifts_of(roster, stretch)]
    return len({day - (day.weekday() - SATURDAY) * DAY for day in days if day.weekday() >= SATURDAY})


def _pays(minutes: int) -> str:
    return f"pays {length_text(minutes)}"


def _has(what: str, more: str = "") -> Callable[[int], str]:
    return lambda count: f"has {count_text(count, what)}{more}"


judge_weekly_minimum = Limit(
    "workplan.week.paid.minimum",
    lambda plan: _paid_field(plan, "Minimum"),
    WEEK,
    lambda plan: plan.terms.weekly_paid and plan.terms.weekly_paid.least,
    _paid_in_week,
    _pays,
    length_text,
    least=True,
)
"""Each week pays at least the minimum; paid days off count."""
judge_weekly_maximum = Limit(
    "workplan.week.paid.maximum",
    lambda plan: _paid_field(plan, "Maximum"),
    WEEK,
    lambda plan: plan.terms.weekly_paid and plan.terms.weekly_paid.most,
    _paid_in_week,
    _pays,
    length_text,
)
"""No week pays more than the maximum; paid days off count."""
judge_least_days = Limit(
    "workplan.week.days.minimum",
    lambda _: "minimumWorkingDaysPerWeek",
    WEEK,
    lambda plan: plan.terms.minimum_working_days_per_week,
    _worked_days,
    _has("working day"),
    least=True,
    credit=lambda roster, week: len(roster.days_off_in(week)),
)
"""Each week has at least so many working days; approved days off count as worked."""
judge_most_days = Limit(
    "workplan.week.days.maximum",
    lambda _: "maximumDays",
    WEEK,
    lambda plan: plan.terms.maximum_days,
    _worked_days,
    _has("working day"),
)
"""No week has more than so many working days."""
judge_weekly_rest = Limit(
    "workplan.week.rest",
    lambda _: "minimumConsecutiveNonWorkingMinutesPerWeek",
    WEEK,
    lambda plan: plan.terms.minimum_consecutive_non_working_minutes_per_week,
    _longest_rest,
    lambda minutes: f"has {length_text(minutes)} without work at the longest",
    length_text,
    least=True,
)
"""Each week has one stretch of so much elapsed time without work, within the week."""
judge_least_paid = Limit(
    "workplan.period.paid.minimum",
    lambda _: "minimumPaidMinutesPerPlanningPeriod",
    PERIOD,
    lambda plan: plan.terms.minimum_paid_minutes_per_planning_period,
    _payable_in_period,
    _pays,
    length_text,
    least=True,
    asked=lambda stretch: stretch.whole,
)
"""Each planning period pays at least the minimum, or still can; paid days off count."""
judge_most_paid = Limit(
    "workplan.period.paid.maximum",
    lambda _: "maximumPaidMinutesPerPlanningPeriod",
    PERIOD,
    lambda plan: plan.terms.maximum_paid_minutes_per_planning_period,
    _paid_in_period,
    _pays,
    length_text,
)
"""No planning period pays more than the maximum; paid days off count."""
judge_least_days_off = Limit(
    "workplan.period.days.off.minimum",
    lambda _: "minimumDaysOffPerPlanningPeriod",
    PERIOD,
    lambda plan: plan.terms.minimum_days_off_per_planning_period,
    _freeable_days,
    _has("day", " off"),
    least=True,
    asked=lambda stretch: stretch.whole,
)
"""Each planning period has at least so many days off, or still can; approved time off is none of them."""
judge_most_days_off = Limit(
    "workplan.period.days.off.maximum",
    lambda _: "maximumDaysOffPerPlanningPeriod",
    PERIOD,
    lambda plan: plan.terms.maximum_days_off_per_planning_period,
    _free_days,
    _has("day", " off"),
)
"""No planning period has more days off than the maximum; approved time off is none of them."""
judge_weekends = Limit(
    "workplan.period.weekends",
    lambda _: "maximumWorkingWeekendsPerPlanningPeriod",
    PERIOD,
    lambda plan: plan.terms.working_weekends,
    _working_weekends,
    _has("working weekend"),
)
"""No planning period has more weekends with a shift on their Saturday or Sunday than allowed."""
