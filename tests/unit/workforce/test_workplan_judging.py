"""Each rule by which shifts are held against a plan fires once and is silent once; nights when clocks move are among them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shiftline.foundation.decision import Reason
from shiftline.foundation.time import DAY, Weekday
from shiftline.workforce.units.model import BREAK_ID
from shiftline.workforce.workplans.model import (
    WEEK_DAYS,
    DayOffRule,
    PeriodCounts,
    StartVariance,
    VariancePeriod,
    VarianceType,
    WorkPlan,
)
from shiftline.workforce.workplans.rules import judging, limits, planning
from shiftline.workforce.workplans.rules.consistency import find_contradictions
from shiftline.workforce.workplans.rules.judging import PlanRule, judge_roster
from shiftline.workforce.workplans.rules.worked import DayOff, Roster, Stretch, WorkedShift
from unit.workforce.plans import (
    BACK,
    BREAK,
    FORWARD,
    MEAL,
    NIGHT,
    WEEK,
    activity,
    days,
    having,
    plan,
    plan_shift,
    roster,
    until,
    worked,
)

FORTY = {"constrain_weekly_paid_time": True, "weekly_exact_paid_minutes": 2400}
REST = {"constrain_minimum_time_between_shifts": True, "minimum_time_between_shifts_minutes": 480}
ROW = {"constrain_maximum_consecutive_working_days": True, "maximum_consecutive_working_days": 5}
WEEKENDS = {"constrain_maximum_consecutive_working_weekends": True, "maximum_consecutive_working_weekends": 1}
VARIANCE = {
    "shift_start_variance_type": VarianceType.SHIFT_START,
    "shift_start_variance_period": VariancePeriod.WEEKLY,
    "shift_start_variances": (StartVariance(applicable_days=WEEK_DAYS, max_shift_start_variance_minutes=60),),
}
STOP = plan_shift(constrain_latest_stop_time=True, latest_stop_time_minutes_from_midnight=17 * 60)
LASTING = plan_shift(constrain_earliest_stop_time=True, earliest_stop_time_minutes_from_midnight=15 * 60)
QUARTERS = plan_shift(start_increment_minutes=15)
FREE_AFTER = plan_shift(name="Long", constrain_day_off=True, day_off_rule=DayOffRule.NEXT)
FREE_BEFORE = replace(FREE_AFTER, day_off_rule=DayOffRule.PREVIOUS)
WITH_MEAL = plan_shift(activities=(MEAL,))
WITH_BREAKS = plan_shift(activities=(BREAK, replace(BREAK, id="second", earliest_start_time_minutes=300)))
AT_NOON = plan_shift(
    activities=(
        replace(
            MEAL,
            start_time_is_relative_to_shift_start=False,
            earliest_start_time_minutes=720,
            latest_start_time_minutes=780,
        ),
    )
)
IN_PIECES = plan_shift(
    activities=(MEAL,),
    constrain_contiguous_work_time=True,
    minimum_contiguous_work_time_minutes=120,
    maximum_contiguous_work_time_minutes=270,
)
TODAY = worked(WEEK)


def with_meal(after: int, minutes: int = 30) -> Roster:
    return roster(having(TODAY, activity(TODAY, after, minutes)))


def with_breaks(*after: int) -> Roster:
    return roster(having(TODAY, *(activity(TODAY, each, 15, BREAK_ID) for each in after)))


CASES: list[tuple[PlanRule, WorkPlan, Roster, Roster, str]] = [
    (
        limits.judge_weekly_minimum,
        plan(**FORTY),
        roster(*days(0, 1, 2, 3)),
        roster(*days(0, 1, 2, 3, 4)),
        "pays 32 h; the work plan Full Time wants at least 40 h",
    ),
    (
        limits.judge_weekly_minimum,
        plan(**FORTY),
        roster(*days(0, 1, 2, 3), days_off=(DayOff(WEEK + 4 * DAY),)),
        roster(*days(0, 1, 2, 3), days_off=(DayOff(WEEK + 4 * DAY, 480),)),
        "wants at least 40 h",
    ),
    (
        limits.judge_weekly_maximum,
        plan(**FORTY),
        roster(*days(0, 1, 2, 3, 4, 5)),
        roster(*days(0, 1, 2, 3, 4)),
        "pays 48 h; the work plan Full Time allows at most 40 h",
    ),
    (
        limits.judge_least_days,
        plan(minimum_working_days_per_week=4),
        roster(*days(0, 1, 2)),
        roster(*days(0, 1, 2), days_off=(DayOff(WEEK + 3 * DAY),)),
        "has 3 working days",
    ),
    (
        limits.judge_most_days,
        plan(maximum_days=5),
        roster(*days(0, 1, 2, 3, 4, 5)),
        roster(*days(0, 1, 2, 3, 4)),
        "has 6 working days",
    ),
    (
        judging.judge_required_days,
        plan(optional_days=(Weekday.FRIDAY,)),
        roster(*days(0, 1, 4)),
        roster(*days(0, 1, 2), days_off=(DayOff(WEEK + 3 * DAY),)),
        "there is no shift on Wednesday, Thursday",
    ),
    (
        judging.judge_days_in_a_row,
        plan(**ROW),
        roster(*days(4, 5, 6, week=WEEK - 7 * DAY), *days(0, 1, 2)),
        roster(*days(4, 5, week=WEEK - 7 * DAY), *days(0, 1, 2, 3)),
        "6 days in a row are worked from 2023-10-20 to 2023-10-25",
    ),
    (
        judging.judge_weekends_in_a_row,
        plan(**WEEKENDS),
        roster(*days(6, week=WEEK - 7 * DAY), *days(5)),
        roster(*days(6, week=WEEK - 14 * DAY), *days(5)),
        "2 weekends in a row are worked from 2023-10-21 on",
    ),
    (
        judging.judge_rest,
        plan(**REST),
        roster(*days(0, clock="16:00"), *days(1, clock="07:59")),
        roster(*days(0, clock="16:00"), *days(1, clock="08:00")),
        "lie 7 h 59 min; the work plan Full Time wants at least 8 h",
    ),
    (  # 23:00 to 07:00 is eight hours on most nights, and seven on the one in March
        judging.judge_rest,
        plan(**REST),
        roster(*days(5, week=FORWARD, clock="15:00"), *days(6, week=FORWARD, clock="07:00"), weeks=(FORWARD,)),
        roster(*days(5, week=BACK, clock="16:00"), *days(6, week=BACK, clock="07:00"), weeks=(BACK,)),
        "lie 7 h;",
    ),
    (
        judging.judge_start_distance,
        plan(minimum_shift_start_distance_minutes=1440),
        roster(*days(0, clock="09:00"), *days(1, clock="08:00")),
        roster(*days(0, clock="09:00"), *days(1, clock="09:00"), *days(3, clock="08:00")),
        "start 23 h after each other",
    ),
    (  # from eight to eight is 23 hours when clocks go forward
        judging.judge_start_distance,
        plan(minimum_shift_start_distance_minutes=1440),
        roster(*days(5, 6, week=FORWARD), weeks=(FORWARD,)),
        roster(*days(5, 6, week=BACK), weeks=(BACK,)),
        "start 23 h after each other",
    ),
    (
        limits.judge_weekly_rest,
        plan(minimum_consecutive_non_working_minutes_per_week=2880),
        roster(*days(0, 2, 4, 6)),
        roster(*days(0, 1, 2, 3, 4)),
        "The week of 2023-10-23 has 40 h without work at the longest",
    ),
    (
        judging.judge_granularity,
        plan(constrain_paid_time_granularity=True, paid_time_granularity_minutes=30),
        roster(worked(WEEK, minutes=470)),
        roster(worked(WEEK, minutes=450)),
        "pays 7 h 50 min, no multiple of 30 min",
    ),
    (
        judging.judge_start_variance,
        plan(**VARIANCE),
        roster(*days(0, clock="07:30"), *days(1, clock="09:00")),
        roster(*days(0, clock="08:00"), *days(1, clock="09:00")),
        "differ by 1 h 30 min",
    ),
    (
        judging.judge_free_day,
        plan(FREE_AFTER),
        roster(*days(0, 1)),
        roster(*days(0, 2)),
        "Long on 2023-10-23 wants 2023-10-24 free",
    ),
    (
        judging.judge_free_day,
        plan(FREE_BEFORE),
        roster(*days(0, 1)),
        roster(*days(0, 2)),
        "Long on 2023-10-24 wants 2023-10-23 free",
    ),
    (
        judging.judge_shift_days,
        plan(),
        roster(*days(5)),
        roster(*days(4)),
        "it is on a Saturday, but Day is for Monday, Tuesday, Wednesday, Thursday, Friday",
    ),
    (
        judging.judge_starts,
        plan(),
        roster(*days(0, clock="10:01")),
        roster(*days(0, clock="10:00")),
        "it starts at 10:01, but Day starts from 06:00 to 10:00",
    ),
    (  # by the wall, on the days on which clocks move as well
        judging.judge_starts,
        plan(plan_shift(days=WEEK_DAYS)),
        roster(*days(6, week=FORWARD, clock="05:59"), weeks=(FORWARD,)),
        roster(*days(6, week=FORWARD, clock="06:00"), *days(6, week=BACK, clock="10:00"), weeks=(FORWARD, BACK)),
        "it starts at 05:59",
    ),
    (
        judging.judge_increments,
        plan(QUARTERS),
        roster(*days(0, clock="08:10")),
        roster(*days(0, clock="08:15")),
        "Day starts every 15 min from 06:00 on",
    ),
    (
        judging.judge_stops,
        plan(STOP),
        roster(*days(0, clock="09:01")),
        roster(*days(0, clock="09:00")),
        "it is over at 17:01, but Day is over by 17:00",
    ),
    (
        judging.judge_stops,
        plan(LASTING),
        roster(*days(0, clock="06:59")),
        roster(*days(0, clock="07:00")),
        "it is over at 14:59, but Day lasts until 15:00",
    ),
    (
        judging.judge_lengths,
        plan(),
        roster(worked(WEEK, minutes=479)),
        roster(worked(WEEK)),
        "it pays 7 h 59 min, but Day pays 8 h",
    ),
    (  # the same hours on the wall, on another night
        judging.judge_lengths,
        plan(NIGHT),
        roster(until(BACK + 5 * DAY, "22:00", "06:00"), weeks=(BACK,)),
        roster(until(BACK + 4 * DAY, "22:00", "06:00"), weeks=(BACK,)),
        "it pays 9 h, but Night pays 8 h",
    ),
    (
        judging.judge_lengths,
        plan(NIGHT),
        roster(until(FORWARD + 5 * DAY, "22:00", "06:00"), weeks=(FORWARD,)),
        roster(until(FORWARD + 4 * DAY, "22:00", "06:00"), weeks=(FORWARD,)),
        "it pays 7 h, but Night pays 8 h",
    ),
    (judging.judge_activities, plan(WITH_MEAL), roster(TODAY), with_meal(240), "Day has 1 meal of 30 min"),
    (judging.judge_activities, plan(WITH_MEAL), with_meal(240, 20), with_meal(0), "but there are none"),
    (judging.judge_activities, plan(WITH_MEAL), with_meal(470), with_meal(450), "but there are none"),
    (
        judging.judge_activity_times,
        plan(WITH_MEAL),
        with_meal(170),
        with_meal(180),
        "the meal of 30 min must start 3 h to 5 h after the shift's start",
    ),
    (  # each break needs one of its own: the first is too early for the second
        judging.judge_activity_times,
        plan(WITH_BREAKS),
        with_breaks(60, 240),
        with_breaks(310, 400),
        "the break of 15 min must start",
    ),
    (
        judging.judge_activity_times,
        plan(AT_NOON),
        with_meal(239),
        with_meal(240),
        "must start from 12:00 to 13:00",
    ),
    (
        judging.judge_contiguous,
        plan(IN_PIECES),
        with_meal(300),
        with_meal(240),
        "it has 5 h of work in one go, but Day allows 2 h to 4 h 30 min",
    ),
]


def verdict(reason: Reason) -> bool | None:
    assert reason.sentence
    assert reason.facts["workPlanId"] == "plan-1"
    return reason.holds


PERIOD = Stretch(WEEK, WEEK + 13 * DAY, frozenset(WEEK + number * DAY for number in range(14)))
PART = replace(PERIOD, days=frozenset(WEEK + number * DAY for number in range(7)))
NEXT = WEEK + 7 * DAY
COUNTED = plan_shift(planning_period_constraints=PeriodCounts(enabled=True, minimum_count=6, maximum_count=8))
TWO_WEEKENDS = {
    "constrain_maximum_working_weekends_per_planning_period": True,
    "maximum_working_weekends_per_planning_period": 1,
}
WORK_DAYS = (0, 1, 2, 3, 4)


def in_period(*shifts: WorkedShift, stretch: Stretch = PERIOD, days_off: tuple[DayOff, ...] = ()) -> Roster:
    return replace(roster(*shifts, days_off=days_off), stretches=(stretch,))


def two_weeks(one: tuple[int, ...], two: tuple[int, ...], **more: Any) -> Roster:
    return in_period(*days(*one), *days(*two, week=NEXT), **more)


OF_PERIODS: list[tuple[PlanRule, WorkPlan, Roster, Roster, str]] = [
    (
        limits.judge_least_paid,
        plan(minimum_paid_minutes_per_planning_period=4800),
        two_weeks(WORK_DAYS, (0, 1, 2, 3)),
        two_weeks(WORK_DAYS, (0, 1, 2, 3), days_off=(DayOff(NEXT + 4 * DAY, 480),)),
        "The planning period from 2023-10-23 to 2023-11-05 pays 72 h; the work plan Full Time wants at least 80 h",
    ),
    (  # the second week is not planned yet, and can pay five days of eight hours
        limits.judge_least_paid,
        plan(minimum_paid_minutes_per_planning_period=4800),
        in_period(*days(0, 1, 2, 3)),
        in_period(*days(*WORK_DAYS)),
        "pays 72 h",
    ),
    (  # what a part of a period lacks may be made up in the rest of it, under another plan
        limits.judge_least_paid,
        plan(minimum_paid_minutes_per_planning_period=4800),
        two_weeks((0,), (0,)),
        two_weeks((0,), (0,), stretch=PART),
        "pays 16 h",
    ),
    (
        limits.judge_most_paid,
        plan(maximum_paid_minutes_per_planning_period=4800),
        two_weeks((0, 1, 2, 3, 4, 5), WORK_DAYS),
        two_weeks((0, 1, 2, 3, 4, 5), (0, 1, 2, 3)),
        "pays 88 h; the work plan Full Time allows at most 80 h",
    ),
    (
        limits.judge_least_days_off,
        plan(minimum_days_off_per_planning_period=5),
        two_weeks(WORK_DAYS, (0, 1, 2, 3), days_off=(DayOff(NEXT + 4 * DAY),)),
        two_weeks(WORK_DAYS, (0, 1, 2, 3)),
        "has 4 days off; the work plan Full Time wants at least 5",
    ),
    (
        limits.judge_most_days_off,
        plan(maximum_days_off_per_planning_period=4),
        two_weeks(WORK_DAYS, (0, 1, 2, 3)),
        in_period(*days(*WORK_DAYS)),
        "has 5 days off; the work plan Full Time allows at most 4",
    ),
    (
        limits.judge_weekends,
        plan(**TWO_WEEKENDS),
        two_weeks((5,), (6,)),
        two_weeks((5, 6), (0,)),
        "has 2 working weekends; the work plan Full Time allows at most 1",
    ),
    (
        planning.judge_least_shifts,
        plan(COUNTED),
        two_weeks((0, 1, 2), (0, 1)),
        two_weeks((0, 1, 2), (0, 1, 2)),
        "has Day 5 times; the work plan Full Time wants it at least 6 times",
    ),
    (
        planning.judge_most_shifts,
        plan(COUNTED),
        two_weeks(WORK_DAYS, (0, 1, 2, 3)),
        two_weeks(WORK_DAYS, (0, 1, 2)),
        "has Day 9 times; the work plan Full Time allows it at most 8 times",
    ),
    (
        planning.judge_start_variance,
        plan(**{**VARIANCE, "shift_start_variance_period": VariancePeriod.PLANNING_PERIOD}),
        in_period(worked(WEEK), worked(NEXT, "09:01")),
        in_period(worked(WEEK), worked(NEXT, "09:00")),
        "The starts of the shifts in the planning period from 2023-10-23 to 2023-11-05 differ by 1 h 1 min",
    ),
]


@pytest.mark.parametrize(("rule", "wanted", "broken", "kept", "words"), [*CASES, *OF_PERIODS])
def test_a_rule_fires_and_is_silent(
    rule: Callable[[WorkPlan, Roster], Reason], wanted: WorkPlan, broken: Roster, kept: Roster, words: str
) -> None:
    reason = rule(wanted, broken)
    assert verdict(reason) is False
    assert words in reason.sentence
    assert verdict(rule(wanted, kept)) is True, rule(wanted, kept).sentence


def test_every_rule_has_its_case() -> None:
    assert {case[0] for case in (*CASES, *OF_PERIODS)} == set(judging.RULES)


def test_a_plan_without_rules_says_nothing_of_anything() -> None:
    bare = replace(plan(), shifts=())
    tired = roster(*(worked(WEEK + number * DAY, "00:00", 1440) for number in range(7)))
    assert [reason.code for reason in judge_roster(bare, tired) if reason.holds is not True] == []


def test_codes_are_each_of_one_rule() -> None:
    codes = [reason.code for reason in judge_roster(plan(), roster(*days(0)))]
    assert len(codes) == len(set(codes)) == len(judging.RULES)


def test_a_shift_is_the_one_of_the_plan_that_it_is_meant_to_be_else_the_one_that_suits_best() -> None:
    both = plan(plan_shift(), replace(NIGHT, id="night"))
    night = until(WEEK, "22:00", "06:00")
    assert judging.judge_starts(both, roster(night)).holds is True
    meant = replace(night, plan_shift_id="day")
    reason = judging.judge_starts(both, roster(meant))
    assert (reason.holds, reason.facts["shiftIds"]) == (False, [night.id])


def test_all_breaches_are_counted_and_the_first_is_told() -> None:
    reason = judging.judge_lengths(plan(), roster(*days(0, 1, 2, minutes=400)))
    assert reason.facts["breaches"] == 3
    assert reason.sentence.endswith("(2 times more.)")
    assert "2023-10-23" in reason.sentence


def test_what_lies_outside_the_weeks_is_not_judged_by_itself() -> None:
    before = worked(WEEK - DAY, minutes=100)
    assert judging.judge_lengths(plan(), roster(before, *days(0))).holds is True
    late = worked(WEEK - DAY, "23:00", 480)
    assert judging.judge_rest(plan(**REST), roster(late, *days(0))).holds is False
    assert judging.judge_rest(
        plan(**REST), roster(late, worked(WEEK, "07:00"), weeks=(WEEK + timedelta(days=7),))
    ).holds


def test_a_window_of_starts_reaches_over_midnight() -> None:
    """Shifts from 22:00 to 02:00 on weekdays: what starts on Saturday at 01:00 is Friday's."""
    late = plan_shift(
        earliest_start_time_minutes_from_midnight=22 * 60,
        latest_start_time_minutes_from_midnight=26 * 60,
        constrain_latest_stop_time=True,
        latest_stop_time_minutes_from_midnight=34 * 60,
    )
    nights = [worked(WEEK + number * DAY, "22:00") for number in range(4)]
    friday, too_late, sundays = (
        worked(WEEK + 5 * DAY, "01:00"),
        worked(WEEK + 5 * DAY, "02:30"),
        worked(WEEK + 7 * DAY, "01:00"),
    )

    def broken(last: WorkedShift) -> list[str]:
        found = judge_roster(plan(late), roster(*nights, last))
        return [each.code for each in found if each.holds is not True]

    assert broken(friday) == []
    assert broken(too_late) == ["workplan.week.days.required", "workplan.day", "workplan.start"]
    assert "workplan.week.days.required" in broken(sundays)
    assert find_contradictions(plan(late)) == []
