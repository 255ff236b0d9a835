"""A plan is refused exactly when nobody could keep it: held against every week that there is, by the rules that judge."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shiftline.foundation.time import DAY
from shiftline.workforce.workplans.model import WEEK_DAYS, WorkPlan
from shiftline.workforce.workplans.rules import judging, limits
from shiftline.workforce.workplans.rules.consistency import find_contradictions
from shiftline.workforce.workplans.rules.worked import Roster
from unit.workforce.plans import WEEK, plan, plan_shift, roster, worked

PAID = 480
# The rules that a week of shifts of one kind can break. Rest of a week is left out: there the check takes the week for a ring.
RULES = (
    limits.judge_most_days,
    limits.judge_least_days,
    judging.judge_required_days,
    judging.judge_days_in_a_row,
    judging.judge_weekends_in_a_row,
    limits.judge_weekly_minimum,
    limits.judge_weekly_maximum,
    judging.judge_rest,
    judging.judge_start_distance,
)

day_sets = st.sets(st.sampled_from(WEEK_DAYS)).map(lambda chosen: tuple(day for day in WEEK_DAYS if day in chosen))
counts = st.one_of(st.none(), st.integers(0, 7))
minutes = st.one_of(st.none(), st.integers(0, 8).map(lambda shifts: shifts * PAID), st.integers(0, 4000))


@st.composite
def plans(draw: st.DrawFn) -> WorkPlan:
    """Plans with one shift, from a fixed time on."""
    start = draw(st.integers(0, 1439))
    shift = plan_shift(
        days=draw(day_sets.filter(bool)),
        flexible_start_time=False,
        exact_start_time_minutes_from_midnight=start,
        exact_paid_time_minutes=PAID,
    )
    terms: dict[str, Any] = {
        "optional_days": draw(day_sets),
        "maximum_days": draw(counts),
        "minimum_working_days_per_week": draw(counts),
        "minimum_shift_start_distance_minutes": draw(st.one_of(st.none(), st.integers(1380, 1500))),
    }
    for name, values in (
        ("maximum_consecutive_working_days", st.integers(0, 6)),
        ("maximum_consecutive_working_weekends", st.integers(0, 2)),
    ):
        if draw(st.booleans()):
            terms |= {f"constrain_{name}": True, name: draw(values)}
    if draw(st.booleans()):
        rest = draw(st.integers(900, 1000))
        terms |= {"constrain_minimum_time_between_shifts": True, "minimum_time_between_shifts_minutes": rest}
    least, most = draw(minutes), draw(minutes)
    if least is not None and most is not None:
        terms |= {"constrain_weekly_paid_time": True, "flexible_weekly_paid_time": True}
        terms |= {"weekly_minimum_paid_minutes": least, "weekly_maximum_paid_minutes": most}
    return plan(shift, **terms)


def weeks_of(wanted: WorkPlan) -> Iterator[Roster]:
    """Each week that the plan's shift can make, with the same before and after it; no clocks move in these."""
    start = wanted.shifts[0].starts.least
    clock = f"{start // 60:02d}:{start % 60:02d}"
    days = [day.number for day in wanted.working_days]
    for count in range(len(days) + 1):
        for chosen in combinations(days, count):
            shifts = (
                worked(WEEK - 14 * DAY + (7 * week + number) * DAY, clock, PAID)
                for week in range(3)
                for number in chosen
            )
            yield roster(*shifts, weeks=(WEEK - 7 * DAY,))


def is_kept(wanted: WorkPlan, week: Roster) -> bool:
    return all(rule(wanted, week).holds for rule in RULES)


@given(plans())
@settings(max_examples=40, deadline=None)
def test_a_plan_is_contradictory_when_no_week_keeps_it_and_only_then(wanted: WorkPlan) -> None:
    assert (find_contradictions(wanted) == []) == any(is_kept(wanted, week) for week in weeks_of(wanted))


@given(plans())
@settings(max_examples=40, deadline=None)
def test_every_contradiction_names_rules_that_cannot_be_kept_by_themselves(wanted: WorkPlan) -> None:
    for found in find_contradictions(wanted):
        assert len(set(found.fields)) >= 2 or "weeklyExactPaidMinutes" in found.fields
        assert all(field in found.sentence for field in found.fields)


@given(plans(), day_sets)
@settings(max_examples=40, deadline=None)
def test_more_optional_days_contradict_nothing_new(wanted: WorkPlan, more: tuple[Any, ...]) -> None:
    optional = tuple(day for day in WEEK_DAYS if day in {*wanted.terms.optional_days, *more})
    looser = replace(wanted, terms=replace(wanted.terms, optional_days=optional))
    if find_contradictions(wanted) == []:
        assert find_contradictions(looser) == []
