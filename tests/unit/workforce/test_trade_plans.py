"""Each rule of a work plan judges trades: it fires on what a trade breaks, and is silent on what was broken before."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shiftline.foundation.time import Weekday
from shiftline.workforce.trades.model import Calendar, Held, Mode, Role, Side, TradeSettings
from shiftline.workforce.trades.rules.matching import judge_match
from shiftline.workforce.trades.rules.planned import PLAN_RULES, judge_plan, list_plan_findings
from shiftline.workforce.units.rules.periods import PlanningPeriods
from shiftline.workforce.workplans.model import (
    WEEK_DAYS,
    DayOffRule,
    PeriodCounts,
    StartVariance,
    VariancePeriod,
    VarianceType,
    WorkPlan,
)
from shiftline.workforce.workplans.rules.choosing import always
from unit.schedule.drafts import CHICAGO, activity
from unit.workforce.plans import MEAL, plan, plan_shift
from unit.workforce.test_trade_matches import FRIDAY, THURSDAY, scheduled, side, snapshot

CALENDAR = Calendar(CHICAGO, Weekday.MONDAY)
SATURDAY = scheduled("s-sat", "2023-10-28T06:00", activities=(activity("2023-10-28T09:00", 30, "2"),))
MONDAY, TUESDAY, WEDNESDAY = (
    scheduled(f"s-{day}", f"2023-10-{day}T06:00", activities=(activity(f"2023-10-{day}T09:00", 30, "2"),))
    for day in (23, 24, 25)
)
SHORT = scheduled("s-short", "2023-10-27T06:00", 240)
LONG = scheduled("s-long", "2023-10-27T06:00", 600)
LATE = scheduled("s-late", "2023-10-27T10:00", activities=(activity("2023-10-27T13:00", 30, "2"),))
EARLY = scheduled("s-early", "2023-10-27T02:00", activities=(activity("2023-10-27T05:00", 30, "2"),))
ODD = scheduled("s-odd", "2023-10-27T06:07", activities=(activity("2023-10-27T09:00", 30, "2"),))
NO_MEAL = scheduled("s-no-meal", "2023-10-27T06:00", 450)
MEAL_AT_ONCE = scheduled("s-meal", "2023-10-27T06:00", activities=(activity("2023-10-27T06:00", 30, "2"),))
WORK_WEEK = [MONDAY, TUESDAY, WEDNESDAY, THURSDAY]


def full_time(*shifts: Any, **terms: Any) -> WorkPlan:
    """Seven and a half paid hours from 06:00 to 10:00 on, with a meal, on any day; no day must be worked."""
    day = plan_shift(days=WEEK_DAYS, exact_paid_time_minutes=450, activities=(MEAL,))
    return plan(*(shifts or (day,)), **{"optional_days": WEEK_DAYS, **terms})


def planned_shift(**more: Any) -> Any:
    return plan_shift(**{"days": WEEK_DAYS, "exact_paid_time_minutes": 450, "activities": (MEAL,), **more})


def codes(gives: Any, gets: Any, others: list[Any], of: WorkPlan) -> list[str]:
    """The rules that the exchange breaks for an agent who keeps ``others``."""
    plans = replace(always(of), periods=PlanningPeriods(date(2023, 10, 23), 1))
    mine = replace(side(Role.RECEIVING, gives, *others), plans=plans)
    return [each.code for each in judge_plan(mine, gets, CALENDAR) if each.holds is not True]


def weekly(least: int, most: int) -> dict[str, Any]:
    return {
        "constrain_weekly_paid_time": True,
        "flexible_weekly_paid_time": True,
        "weekly_minimum_paid_minutes": least,
        "weekly_maximum_paid_minutes": most,
    }


REST = {"constrain_minimum_time_between_shifts": True, "minimum_time_between_shifts_minutes": 1000}
ROW = {"constrain_maximum_consecutive_working_days": True, "maximum_consecutive_working_days": 4}
WEEKENDS = {"constrain_maximum_consecutive_working_weekends": True, "maximum_consecutive_working_weekends": 1}
LAST_SATURDAY = scheduled("s-last", "2023-10-21T06:00")
EVENING = scheduled("s-evening", "2023-10-26T14:00", activities=(activity("2023-10-26T17:00", 30, "2"),))
VARIANCE = {
    "shift_start_variances": (StartVariance(applicable_days=WEEK_DAYS, max_shift_start_variance_minutes=60),),
    "shift_start_variance_type": VarianceType.SHIFT_START,
}
NO_WEEKEND = {
    "constrain_maximum_working_weekends_per_planning_period": True,
    "maximum_working_weekends_per_planning_period": 0,
}
GRANULAR = {"constrain_paid_time_granularity": True, "paid_time_granularity_minutes": 50}
FREE_NEXT = planned_shift(constrain_day_off=True, day_off_rule=DayOffRule.NEXT)
CONTIGUOUS = planned_shift(
    constrain_contiguous_work_time=True,
    minimum_contiguous_work_time_minutes=120,
    maximum_contiguous_work_time_minutes=300,
)

# Rule; what is given, got and kept under the plan that breaks it; what is got instead that keeps it.
EXAMPLES: dict[str, tuple[Any, Any, list[Any], WorkPlan, Any]] = {
    "workplan.week.paid.minimum": (THURSDAY, None, WORK_WEEK[:3], full_time(**weekly(1800, 2400)), FRIDAY),
    "workplan.week.paid.maximum": (None, FRIDAY, WORK_WEEK, full_time(**weekly(0, 1800)), None),
    "workplan.week.days.minimum": (
        THURSDAY,
        None,
        WORK_WEEK[:3],
        full_time(minimum_working_days_per_week=4),
        FRIDAY,
    ),
    "workplan.week.days.maximum": (None, FRIDAY, WORK_WEEK, full_time(maximum_days=4), None),
    "workplan.week.days.required": (
        THURSDAY,
        FRIDAY,
        WORK_WEEK[:3],
        full_time(optional_days=tuple(day for day in WEEK_DAYS if day is not Weekday.THURSDAY)),
        EVENING,
    ),
    "workplan.days.in.a.row": (None, FRIDAY, WORK_WEEK, full_time(**ROW), SATURDAY),
    "workplan.weekends.in.a.row": (None, SATURDAY, [LAST_SATURDAY], full_time(**WEEKENDS), FRIDAY),
    "workplan.rest": (None, EARLY, [THURSDAY], full_time(**REST), SATURDAY),
    "workplan.start.distance": (
        None,
        EARLY,
        [THURSDAY],
        full_time(minimum_shift_start_distance_minutes=24 * 60),
        FRIDAY,
    ),
    "workplan.week.rest": (
        None,
        FRIDAY,
        WORK_WEEK,
        full_time(minimum_consecutive_non_working_minutes_per_week=72 * 60),
        None,
    ),
    "workplan.granularity": (None, FRIDAY, [], full_time(**{**GRANULAR, "paid_time_granularity_minutes": 60}), LONG),
    "workplan.start.variance": (None, LATE, WORK_WEEK, full_time(**VARIANCE), FRIDAY),
    "workplan.day.off": (None, FRIDAY, [THURSDAY], full_time(FREE_NEXT), SATURDAY),
    "workplan.day": (None, SATURDAY, [], full_time(planned_shift(days=WEEK_DAYS[:5])), FRIDAY),
    "workplan.start": (None, EARLY, [], full_time(), FRIDAY),
    "workplan.start.increment": (None, ODD, [], full_time(planned_shift(start_increment_minutes=15)), FRIDAY),
    "workplan.stop": (
        None,
        LATE,
        [],
        full_time(planned_shift(constrain_latest_stop_time=True, latest_stop_time_minutes_from_midnight=17 * 60)),
        FRIDAY,
    ),
    "workplan.length": (None, SHORT, [], full_time(), FRIDAY),
    "workplan.activities": (None, NO_MEAL, [], full_time(), FRIDAY),
    "workplan.activity.times": (None, MEAL_AT_ONCE, [], full_time(), FRIDAY),
    "workplan.contiguous": (None, MEAL_AT_ONCE, [], full_time(CONTIGUOUS), FRIDAY),
    "workplan.period.paid.minimum": (
        THURSDAY,
        None,
        WORK_WEEK[:3],
        full_time(minimum_paid_minutes_per_planning_period=1800),
        FRIDAY,
    ),
    "workplan.period.paid.maximum": (
        None,
        FRIDAY,
        WORK_WEEK,
        full_time(maximum_paid_minutes_per_planning_period=1800),
        None,
    ),
    "workplan.period.days.off.minimum": (
        None,
        FRIDAY,
        WORK_WEEK,
        full_time(minimum_days_off_per_planning_period=3),
        None,
    ),
    "workplan.period.days.off.maximum": (
        THURSDAY,
        None,
        WORK_WEEK[:3],
        full_time(maximum_days_off_per_planning_period=3),
        FRIDAY,
    ),
    "workplan.period.weekends": (None, SATURDAY, [], full_time(**NO_WEEKEND), FRIDAY),
    "workplan.period.shifts.minimum": (
        THURSDAY,
        None,
        WORK_WEEK[:3],
        full_time(planned_shift(planning_period_constraints=PeriodCounts(enabled=True, minimum_count=4))),
        FRIDAY,
    ),
    "workplan.period.shifts.maximum": (
        None,
        FRIDAY,
        WORK_WEEK,
        full_time(planned_shift(planning_period_constraints=PeriodCounts(enabled=True, maximum_count=4))),
        None,
    ),
    "workplan.period.start.variance": (
        None,
        LATE,
        WORK_WEEK,
        full_time(**VARIANCE, shift_start_variance_period=VariancePeriod.PLANNING_PERIOD),
        FRIDAY,
    ),
}


@pytest.mark.parametrize("code", EXAMPLES)
def test_each_rule_of_a_plan_fires_and_is_silent(code: str) -> None:
    gives, gets, kept, of, well = EXAMPLES[code]
    assert code in codes(gives, gets, kept, of)
    assert code not in codes(gives, well, kept, of)


def test_every_rule_of_a_plan_has_its_example() -> None:
    assert set(EXAMPLES) == set(PLAN_RULES)


def test_what_was_broken_before_is_not_held_against_a_trade_but_worse_is() -> None:
    few = full_time(**weekly(2400, 3000))
    assert codes(THURSDAY, FRIDAY, WORK_WEEK[:2], few) == []
    assert codes(THURSDAY, SHORT, WORK_WEEK[:2], few)[0] == "workplan.week.paid.minimum"
    tired = full_time(**{**ROW, "maximum_consecutive_working_days": 2})
    assert codes(THURSDAY, THURSDAY, WORK_WEEK[:3], tired) == []
    assert codes(None, FRIDAY, WORK_WEEK, tired) == ["workplan.days.in.a.row"]


def test_only_what_is_new_is_told() -> None:
    mine = replace(side(Role.RECEIVING, None, EARLY), plans=always(full_time()))
    (reason,) = [each for each in judge_plan(mine, MEAL_AT_ONCE, CALENDAR) if each.holds is not True]
    assert (reason.code, reason.facts["shiftIds"]) == ("workplan.activity.times", [MEAL_AT_ONCE.id])


def test_without_a_plan_or_a_shift_nothing_is_said() -> None:
    assert judge_plan(side(Role.RECEIVING, THURSDAY), FRIDAY, CALENDAR) == ()
    assert judge_plan(replace(side(Role.RECEIVING, None), plans=always(full_time())), None, CALENDAR) == ()


def test_what_follows_is_as_the_settings_say_and_the_side_is_named() -> None:
    strict = TradeSettings.of({"shiftTrading": {"workPlanViolations": "Disallow", "weeklyMaxPaidViolations": "Allow"}})
    mine: Side = replace(
        side(Role.RECEIVING, None, *WORK_WEEK),
        plans=always(full_time(maximum_days=4, **weekly(0, 1800))),
        settings=strict,
    )
    found = {each.violation: each for each in list_plan_findings(mine, FRIDAY, CALENDAR)}
    assert {name: each.mode for name, each in found.items()} == {
        "ReceivingWeeklyMaxPaidTime": Mode.ALLOW,
        "ReceivingWeeklyMaxWorkingDays": Mode.REFUSE,
    }
    assert found["ReceivingWeeklyMaxWorkingDays"].reason.sentence == (
        "For the agent who takes: The week of 2023-10-23 has 5 working days; the work plan Full Time allows at most 4."
    )


def test_a_match_is_judged_by_both_plans_and_shows_their_limits() -> None:
    bobs = full_time(maximum_days=1, **weekly(450, 900))
    seen = snapshot(
        given=None, bob={"plans": always(bobs), "work": [Held("sch", THURSDAY)]}, ada={"plans": always(full_time())}
    )
    judged = judge_match(seen, THURSDAY.start.replace(day=20))
    assert "ReceivingWeeklyMaxWorkingDays" in [each.violation for each in judged.findings]
    assert judged.verdict is Mode.REVIEW
    assert (judged.pay[Role.RECEIVING].minimum, judged.pay[Role.RECEIVING].maximum) == (450, 900)
    assert judged.unevaluated == ("InitiatingWeeklyMinPaidTime", "InitiatingWeeklyMaxPaidTime")
    lenient = judge_match(seen, THURSDAY.start.replace(day=20), reviewing=True)
    assert lenient.verdict is Mode.REVIEW
