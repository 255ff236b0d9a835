"""Whether a plan's rules of a week can be kept together. Pure.

A *week* here is a set of days of the week that are worked, the same in every week. That is enough: where a plan can be
kept in weeks that differ, some week of them can be repeated. (Two weeks meet only where the last day of one meets the
first of the next. Where these two days may not follow each other, some week works only one of them, and that one can be
repeated. And of weeks that keep a limit of days in a row, one has no more days at its two ends than they have on average.)

Each rule says whether a week can keep it with the most favourable shifts of the plan. Two rules that no week keeps
together contradict each other; where all pairs can be kept but not all rules, the fewest that cannot are named.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from shiftline.foundation.time import Weekday
from shiftline.workforce.workplans.model import DAY_MINUTES, WEEK_DAYS, Contradiction, PlanShift, WorkPlan
from shiftline.workforce.workplans.rules.spelling import count_text, days_text, length_text

Week: TypeAlias = tuple[int, ...]
"""The numbers of the days worked, Monday 0."""

DAYS = len(WEEK_DAYS)
WEEKEND = (Weekday.SATURDAY.number, Weekday.SUNDAY.number)


@dataclass(frozen=True, slots=True)
class WeekRule:
    """A rule of a plan: its field on the wire, what it wants in words, and whether a week can keep it.

    ``given`` is the field of the shifts that it cannot be kept with, when no week keeps it.
    """

    code: str
    field: str
    words: str
    given: str
    keeps: Callable[[Week], bool]


def find_in_weeks(plan: WorkPlan) -> list[Contradiction]:
    """The contradictions between rules of a week, of a plan whose shifts can each be worked."""
    return find_among(list(rules_of(plan)), list(weeks_of(plan)))


def find_among(rules: Sequence[WeekRule], weeks: Sequence[Week]) -> list[Contradiction]:
    """Which of some rules no week keeps: alone, by two, or the fewest together."""
    alone = [rule for rule in rules if not any(rule.keeps(week) for week in weeks)]
    if alone:
        return [_alone(rule) for rule in alone]
    pairs = [
        (one, two)
        for one, two in combinations(rules, 2)
        if not any(one.keeps(week) and two.keeps(week) for week in weeks)
    ]
    if pairs:
        return [_together(pair) for pair in pairs]
    if any(all(rule.keeps(week) for rule in rules) for week in weeks):
        return []
    return [_together(_core(rules, weeks))]


def weeks_of(plan: WorkPlan) -> Iterator[Week]:
    """All weeks on days on which the plan has shifts, also the one without work."""
    days = sorted(day.number for day in plan.working_days)
    for count in range(len(days) + 1):
        yield from combinations(days, count)


def _core(rules: Sequence[WeekRule], weeks: Sequence[Week]) -> list[WeekRule]:
    """The rules that cannot be kept together, without those that do not matter to that."""
    core = list(rules)
    for rule in rules:
        rest = [each for each in core if each is not rule]
        if not any(all(each.keeps(week) for each in rest) for week in weeks):
            core = rest
    return core


def _alone(rule: WeekRule) -> Contradiction:
    sentence = f"The plan wants {rule.words} ({rule.field}), which its shifts ({rule.given}) do not allow in any week."
    return Contradiction(rule.code, (rule.field, rule.given), sentence)


def _together(rules: Sequence[WeekRule]) -> Contradiction:
    wanted = ", ".join(f"{rule.words} ({rule.field})" for rule in rules[:-1])
    sentence = f"The plan wants {wanted} and {rules[-1].words} ({rules[-1].field}), and no week can have both."
    if len(rules) > 2:  # noqa: PLR2004 - "both" are two
        sentence = sentence.replace("can have both", "can have all of these")
    return Contradiction(rules[0].code, tuple(rule.field for rule in rules), sentence)


def rules_of(plan: WorkPlan) -> Iterator[WeekRule]:
    """The rules of a week that a plan has."""
    yield from _day_rules(plan)
    yield from _paid_rules(plan)
    yield from _gap_rules(plan)


def _day_rules(plan: WorkPlan) -> Iterator[WeekRule]:
    terms = plan.terms
    required = {day.number for day in plan.required_days}
    if required:
        words = f"work on every {days_text(plan.required_days)}, which are not optional"
        yield WeekRule("workplan.days.required", "optionalDays", words, "shifts", lambda week: required <= {*week})
    most, least = terms.maximum_days, terms.minimum_working_days_per_week
    if most is not None:
        words = f"at most {count_text(most, 'working day')} a week"
        yield WeekRule("workplan.days.most", "maximumDays", words, "shifts", lambda week: len(week) <= most)
    if least is not None:
        words = f"at least {count_text(least, 'working day')} a week"
        field = "minimumWorkingDaysPerWeek"
        yield WeekRule("workplan.days.least", field, words, "shifts[].days", lambda week: len(week) >= least)
    row = terms.days_in_a_row
    if row is not None:
        words = f"at most {count_text(row, 'working day')} in a row"
        field = "maximumConsecutiveWorkingDays"
        yield WeekRule("workplan.days.row", field, words, "shifts", lambda week: longest_run(week) <= row)
    if terms.weekends_in_a_row is not None:
        # A limit of any size means that some weekend is free, and a week with a free weekend can be repeated.
        words = f"at most {count_text(terms.weekends_in_a_row, 'working weekend')} in a row"
        field = "maximumConsecutiveWorkingWeekends"
        yield WeekRule(
            "workplan.weekends", field, words, "shifts", lambda week: not any(day in WEEKEND for day in week)
        )


def longest_run(week: Week) -> float:
    """The most days in a row when a week is repeated; without end where every day is worked."""
    if len(week) == DAYS:
        return float("inf")
    longest = run = 0
    for day in range(2 * DAYS):
        run = run + 1 if day % DAYS in week else 0
        longest = max(longest, run)
    return longest


def _paid_rules(plan: WorkPlan) -> Iterator[WeekRule]:
    bounds = plan.terms.weekly_paid
    if bounds is None:
        return
    longest = {day: max(shift.paid.most for shift in shifts) for day, shifts in _by_day(plan).items()}
    shortest = {day: min(shift.paid.least for shift in shifts) for day, shifts in _by_day(plan).items()}
    flexible = plan.terms.flexible_weekly_paid_time
    yield WeekRule(
        "workplan.paid.least",
        "weeklyMinimumPaidMinutes" if flexible else "weeklyExactPaidMinutes",
        f"at least {length_text(bounds.least)} of paid time a week",
        "shifts[].maximumPaidTimeMinutes",
        lambda week: sum(longest[day] for day in week) >= bounds.least,
    )
    yield WeekRule(
        "workplan.paid.most",
        "weeklyMaximumPaidMinutes" if flexible else "weeklyExactPaidMinutes",
        f"at most {length_text(bounds.most)} of paid time a week",
        "shifts[].minimumPaidTimeMinutes",
        lambda week: sum(shortest[day] for day in week) <= bounds.most,
    )


def _by_day(plan: WorkPlan) -> dict[int, list[PlanShift]]:
    return {day.number: [shift for shift in plan.shifts if day in shift.days] for day in plan.working_days}


def _gap_rules(plan: WorkPlan) -> Iterator[WeekRule]:
    terms, shifts = plan.terms, _by_day(plan)
    first_start = {day: min(each.starts.least for each in found) for day, found in shifts.items()}
    last_start = {day: max(each.latest_possible_start for each in found) for day, found in shifts.items()}
    first_stop = {day: min(each.soonest_stop for each in found) for day, found in shifts.items()}

    def gaps(week: Week, begins: dict[int, int]) -> list[tuple[int, int]]:
        """For each day worked: how many days it is to the next, and the most minutes from one to the other."""
        following = [*week[1:], *(day + DAYS for day in week[:1])]
        return [
            (later - day, (later - day) * DAY_MINUTES + last_start[later % DAYS] - begins[day])
            for day, later in zip(week, following, strict=True)
        ]

    rest = terms.rest_minutes
    if rest is not None:
        yield WeekRule(
            "workplan.rest",
            "minimumTimeBetweenShiftsMinutes",
            f"at least {length_text(rest)} between shifts",
            "shifts",
            lambda week: all(free >= rest for _, free in gaps(week, first_stop)),
        )
    distance = terms.minimum_shift_start_distance_minutes
    if distance is not None:
        yield WeekRule(
            "workplan.start.distance",
            "minimumShiftStartDistanceMinutes",
            f"at least {length_text(distance)} between the starts on two days in a row",
            "shifts",
            lambda week: all(apart >= distance for days, apart in gaps(week, first_start) if days == 1),
        )
    free = terms.minimum_consecutive_non_working_minutes_per_week
    if free is not None:
        yield WeekRule(
            "workplan.weekly.rest",
            "minimumConsecutiveNonWorkingMinutesPerWeek",
            f"at least {length_text(free)} without work in each week",
            "shifts",
            lambda week: not week or any(most >= free for _, most in gaps(week, first_stop)),
        )
