"""Each contradiction is found in a plan that has it, names both of its rules, and is not found where it just fits."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shiftline.foundation.errors import Invalid
from shiftline.foundation.time import Weekday
from shiftline.workforce.units.rules.periods import PlanningPeriods
from shiftline.workforce.workplans.errors import PlanContradictory
from shiftline.workforce.workplans.model import WEEK_DAYS, WorkPlan
from shiftline.workforce.workplans.rules.consistency import check_consistent, find_contradictions
from shiftline.workforce.workplans.rules.drafting import check_complete
from shiftline.workforce.workplans.rules.weeks import longest_run
from unit.workforce.plans import BREAK, MEAL, NIGHT, plan, plan_shift

EARLY = plan_shift(id="early", name="Early", flexible_start_time=False, exact_start_time_minutes_from_midnight=360)
ANY_DAY = plan_shift(days=WEEK_DAYS)


def weekly(least: int, most: int, **more: Any) -> dict[str, Any]:
    return {
        "constrain_weekly_paid_time": True,
        "flexible_weekly_paid_time": True,
        "weekly_minimum_paid_minutes": least,
        "weekly_maximum_paid_minutes": most,
        **more,
    }


def exactly(minutes: int) -> dict[str, Any]:
    return {"constrain_weekly_paid_time": True, "weekly_exact_paid_minutes": minutes}


def rest(minutes: int) -> dict[str, Any]:
    return {"constrain_minimum_time_between_shifts": True, "minimum_time_between_shifts_minutes": minutes}


def row(days: int) -> dict[str, Any]:
    return {"constrain_maximum_consecutive_working_days": True, "maximum_consecutive_working_days": days}


def granularity(minutes: int) -> dict[str, Any]:
    return {"constrain_paid_time_granularity": True, "paid_time_granularity_minutes": minutes}


def paying(least: int, most: int, **more: Any) -> WorkPlan:
    flexible = {"flexible_paid_time": True, "minimum_paid_time_minutes": least, "maximum_paid_time_minutes": most}
    return plan(plan_shift(**flexible, **more))


def stopping(**more: Any) -> WorkPlan:
    return plan(plan_shift(**more))


def latest(minutes: int, **more: Any) -> dict[str, Any]:
    return {"constrain_latest_stop_time": True, "latest_stop_time_minutes_from_midnight": minutes, **more}


def earliest(minutes: int) -> dict[str, Any]:
    return {"constrain_earliest_stop_time": True, "earliest_stop_time_minutes_from_midnight": minutes}


def contiguous(least: int, most: int, *activities: Any) -> WorkPlan:
    return plan(
        plan_shift(
            constrain_contiguous_work_time=True,
            minimum_contiguous_work_time_minutes=least,
            maximum_contiguous_work_time_minutes=most,
            activities=activities,
        )
    )


def resting(minutes: int, *days: Weekday) -> WorkPlan:
    """A day shift and a night shift on these days, 22:00 to 06:00 and 06:00 to 14:00."""
    return plan(replace(NIGHT, days=days[::2]), replace(EARLY, days=days[1::2]), **rest(minutes))


MONDAY, TUESDAY = WEEK_DAYS[:2]
EVERY = tuple(WEEK_DAYS)
SHIFT = "shifts[0]."
CASES: list[tuple[WorkPlan, WorkPlan, set[str], str]] = [
    (
        plan(**weekly(2401, 2400)),
        plan(**weekly(2400, 2400)),
        {"weeklyMinimumPaidMinutes", "weeklyMaximumPaidMinutes"},
        "weeklyMinimumPaidMinutes (2401) is more than weeklyMaximumPaidMinutes (2400)",
    ),
    (
        plan(minimum_working_days_per_week=5, maximum_days=4, optional_days=EVERY),
        plan(minimum_working_days_per_week=4, maximum_days=4, optional_days=EVERY),
        {"minimumWorkingDaysPerWeek", "maximumDays"},
        "minimumWorkingDaysPerWeek (5) is more than maximumDays (4)",
    ),
    (
        plan(minimum_paid_minutes_per_planning_period=2, maximum_paid_minutes_per_planning_period=1),
        plan(minimum_paid_minutes_per_planning_period=1, maximum_paid_minutes_per_planning_period=1),
        {"minimumPaidMinutesPerPlanningPeriod", "maximumPaidMinutesPerPlanningPeriod"},
        "is more than",
    ),
    (
        plan(minimum_days_off_per_planning_period=2, maximum_days_off_per_planning_period=1),
        plan(minimum_days_off_per_planning_period=1, maximum_days_off_per_planning_period=1),
        {"minimumDaysOffPerPlanningPeriod", "maximumDaysOffPerPlanningPeriod"},
        "is more than",
    ),
    (
        stopping(earliest_start_time_minutes_from_midnight=601),
        stopping(earliest_start_time_minutes_from_midnight=600),
        {f"{SHIFT}earliestStartTimeMinutesFromMidnight", f"{SHIFT}latestStartTimeMinutesFromMidnight"},
        "cannot start from 10:01 on and by 10:00",
    ),
    (
        paying(481, 480),
        paying(480, 480),
        {f"{SHIFT}minimumPaidTimeMinutes", f"{SHIFT}maximumPaidTimeMinutes"},
        "at least 8 h 1 min and at most 8 h",
    ),
    (
        stopping(**latest(900), **earliest(901)),
        stopping(**latest(900), **earliest(900)),
        {f"{SHIFT}earliestStopTimeMinutesFromMidnight", f"{SHIFT}latestStopTimeMinutesFromMidnight"},
        "cannot last until 15:01 and be over by 15:00",
    ),
    (
        stopping(**latest(869), activities=(MEAL,)),
        stopping(**latest(870), activities=(MEAL,)),
        {f"{SHIFT}latestStopTimeMinutesFromMidnight", f"{SHIFT}exactPaidTimeMinutes"},
        "is over at 14:30 the earliest, but latestStopTimeMinutesFromMidnight wants it over by 14:29",
    ),
    (
        stopping(**earliest(1081)),
        stopping(**earliest(1080)),
        {f"{SHIFT}earliestStopTimeMinutesFromMidnight", f"{SHIFT}exactPaidTimeMinutes"},
        "so that it is over by 18:00",
    ),
    (
        plan(plan_shift(exact_paid_time_minutes=1411, activities=(MEAL,))),
        plan(plan_shift(exact_paid_time_minutes=1410, activities=(MEAL,))),
        {f"{SHIFT}exactPaidTimeMinutes", f"{SHIFT}activities"},
        "longer than a day",
    ),
    (
        plan(plan_shift(exact_paid_time_minutes=470), **granularity(15)),
        plan(plan_shift(exact_paid_time_minutes=465), **granularity(15)),
        {"paidTimeGranularityMinutes", f"{SHIFT}exactPaidTimeMinutes"},
        "no multiple of paidTimeGranularityMinutes (15 min)",
    ),
    (
        plan(plan_shift(exact_paid_time_minutes=14, activities=(replace(BREAK, earliest_start_time_minutes=0),))),
        plan(plan_shift(exact_paid_time_minutes=15, activities=(replace(BREAK, earliest_start_time_minutes=0),))),
        {f"{SHIFT}activities", f"{SHIFT}exactPaidTimeMinutes", f"{SHIFT}activities[0]"},
        "The paid activities of Day take 15 min",
    ),
    (
        stopping(activities=(replace(MEAL, earliest_start_time_minutes=301),)),
        stopping(activities=(replace(MEAL, earliest_start_time_minutes=300),)),
        {f"{SHIFT}activities[0].earliestStartTimeMinutes", f"{SHIFT}activities[0].latestStartTimeMinutes"},
        "earliestStartTimeMinutes (301) is after latestStartTimeMinutes (300)",
    ),
    (
        stopping(
            activities=(
                replace(MEAL, minimum_length_from_shift_end_minutes=61, maximum_length_from_shift_end_minutes=60),
            )
        ),
        stopping(
            activities=(
                replace(MEAL, minimum_length_from_shift_end_minutes=60, maximum_length_from_shift_end_minutes=60),
            )
        ),
        {
            f"{SHIFT}activities[0].minimumLengthFromShiftEndMinutes",
            f"{SHIFT}activities[0].maximumLengthFromShiftEndMinutes",
        },
        "(61) is more than",
    ),
    (
        stopping(activities=(replace(MEAL, minimum_length_from_shift_end_minutes=301),)),
        stopping(activities=(replace(MEAL, minimum_length_from_shift_end_minutes=300),)),
        {f"{SHIFT}activities[0]", f"{SHIFT}exactPaidTimeMinutes"},
        "would be over 8 h 31 min after the shift's start",
    ),
    (
        stopping(
            activities=(
                replace(MEAL, flexible_start_time=False, exact_start_time_minutes=240),
                replace(BREAK, flexible_start_time=False, exact_start_time_minutes=269),
            )
        ),
        stopping(
            activities=(
                replace(MEAL, flexible_start_time=False, exact_start_time_minutes=240),
                replace(BREAK, flexible_start_time=False, exact_start_time_minutes=270),
            )
        ),
        {f"{SHIFT}activities[0]", f"{SHIFT}activities[1]"},
        "Activities 1 and 2 of Day overlap wherever they start",
    ),
    (
        contiguous(241, 240, MEAL),
        contiguous(240, 240, MEAL),
        {f"{SHIFT}minimumContiguousWorkTimeMinutes", f"{SHIFT}maximumContiguousWorkTimeMinutes"},
        "is more than maximumContiguousWorkTimeMinutes",
    ),
    (
        contiguous(60, 239, MEAL),
        contiguous(60, 240, MEAL),
        {f"{SHIFT}maximumContiguousWorkTimeMinutes", f"{SHIFT}exactPaidTimeMinutes"},
        "8 h of work and 1 break in it",
    ),
    (
        contiguous(481, 600),
        contiguous(480, 600),
        {f"{SHIFT}minimumContiguousWorkTimeMinutes", f"{SHIFT}exactPaidTimeMinutes"},
        "at most 8 h of work",
    ),
    (
        plan(**weekly(2401, 3000)),
        plan(**weekly(2400, 3000)),
        {"weeklyMinimumPaidMinutes", "shifts[].maximumPaidTimeMinutes"},
        "which its shifts (shifts[].maximumPaidTimeMinutes) do not allow in any week",
    ),
    (
        plan(**exactly(2400), maximum_days=4, optional_days=EVERY),
        plan(**exactly(1920), maximum_days=4, optional_days=EVERY),
        {"maximumDays", "weeklyExactPaidMinutes"},
        "at most 4 working days a week (maximumDays) and at least 40 h of paid time a week (weeklyExactPaidMinutes)",
    ),
    (
        plan(**weekly(0, 2399)),
        plan(**weekly(0, 2400)),
        {"optionalDays", "weeklyMaximumPaidMinutes"},
        "at most 39 h 59 min of paid time a week (weeklyMaximumPaidMinutes), and no week can have both",
    ),
    (
        plan(**weekly(0, 959), minimum_working_days_per_week=2, optional_days=EVERY),
        plan(**weekly(0, 960), minimum_working_days_per_week=2, optional_days=EVERY),
        {"minimumWorkingDaysPerWeek", "weeklyMaximumPaidMinutes"},
        "at least 2 working days a week",
    ),
    (
        plan(maximum_days=4),
        plan(maximum_days=4, optional_days=(Weekday.FRIDAY,)),
        {"optionalDays", "maximumDays"},
        "work on every Monday, Tuesday, Wednesday, Thursday, Friday, which are not optional",
    ),
    (
        plan(minimum_working_days_per_week=6),
        plan(minimum_working_days_per_week=5),
        {"minimumWorkingDaysPerWeek", "shifts[].days"},
        "at least 6 working days a week",
    ),
    (
        plan(**row(4)),
        plan(**row(5)),
        {"optionalDays", "maximumConsecutiveWorkingDays"},
        "at most 4 working days in a row",
    ),
    (
        plan(ANY_DAY, **row(2), minimum_working_days_per_week=5, optional_days=EVERY),
        plan(ANY_DAY, **row(3), minimum_working_days_per_week=5, optional_days=EVERY),
        {"minimumWorkingDaysPerWeek", "maximumConsecutiveWorkingDays"},
        "at most 2 working days in a row",
    ),
    (
        plan(
            ANY_DAY,
            constrain_maximum_consecutive_working_weekends=True,
            maximum_consecutive_working_weekends=3,
            minimum_working_days_per_week=6,
            optional_days=EVERY,
        ),
        plan(
            ANY_DAY,
            constrain_maximum_consecutive_working_weekends=True,
            maximum_consecutive_working_weekends=3,
            minimum_working_days_per_week=5,
            optional_days=EVERY,
        ),
        {"minimumWorkingDaysPerWeek", "maximumConsecutiveWorkingWeekends"},
        "at most 3 working weekends in a row",
    ),
    (  # a night that is over at 06:00, and the day shift after it
        resting(1, MONDAY, TUESDAY),
        resting(0, MONDAY, TUESDAY),
        {"optionalDays", "minimumTimeBetweenShiftsMinutes"},
        "at least 1 min between shifts",
    ),
    (  # 06:00 to 14:00 the earliest, 10:00 the latest: 20 hours
        plan(minimum_working_days_per_week=4, optional_days=EVERY, **rest(1201)),
        plan(minimum_working_days_per_week=4, optional_days=EVERY, **rest(1200)),
        {"minimumWorkingDaysPerWeek", "minimumTimeBetweenShiftsMinutes"},
        "at least 20 h 1 min between shifts",
    ),
    (  # who must start early to be over in time cannot make use of a late start
        plan(plan_shift(**latest(900)), **rest(1021)),
        plan(plan_shift(**latest(900)), **rest(1020)),
        {"optionalDays", "minimumTimeBetweenShiftsMinutes"},
        "at least 17 h 1 min between shifts",
    ),
    (
        plan(minimum_shift_start_distance_minutes=1681),
        plan(minimum_shift_start_distance_minutes=1680),
        {"optionalDays", "minimumShiftStartDistanceMinutes"},
        "at least 28 h 1 min between the starts on two days in a row",
    ),
    (  # Friday 14:00 the earliest to Monday 10:00 the latest
        plan(minimum_consecutive_non_working_minutes_per_week=4081),
        plan(minimum_consecutive_non_working_minutes_per_week=4080),
        {"optionalDays", "minimumConsecutiveNonWorkingMinutesPerWeek"},
        "at least 68 h 1 min without work in each week",
    ),
]


@pytest.mark.parametrize(("wrong", "right", "fields", "words"), CASES)
def test_a_contradiction_names_both_rules(wrong: WorkPlan, right: WorkPlan, fields: set[str], words: str) -> None:
    check_complete(wrong)
    found = find_contradictions(wrong)
    assert {field for each in found for field in each.fields} == fields
    assert any(words in each.sentence for each in found), [each.sentence for each in found]
    assert all(len(each.fields) == 2 for each in found)
    assert find_contradictions(right) == []


def test_three_rules_that_only_together_cannot_be_kept_are_all_named() -> None:
    """Five days of which no more than three in a row leave no weekend free; any two of these rules can be kept."""
    three = plan(
        plan_shift(days=EVERY),
        **weekly(1920, 2400),
        constrain_maximum_consecutive_working_weekends=True,
        maximum_consecutive_working_weekends=1,
        **row(3),
        minimum_working_days_per_week=4,
        optional_days=EVERY,
    )
    assert find_contradictions(three) == []
    core = find_contradictions(replace(three, terms=replace(three.terms, minimum_working_days_per_week=5)))
    assert [set(each.fields) for each in core] == [
        {"minimumWorkingDaysPerWeek", "maximumConsecutiveWorkingDays", "maximumConsecutiveWorkingWeekends"}
    ]
    assert "no week can have all of these" in core[0].sentence


def test_the_refusal_carries_a_problem_at_the_field_of_each_contradiction() -> None:
    with pytest.raises(PlanContradictory) as refused:
        check_consistent(plan(**weekly(2401, 2400)))
    (problem,) = refused.value.problems
    assert (problem.field, refused.value.code) == ("weeklyMinimumPaidMinutes", "workplan.contradictory")
    assert "weeklyMaximumPaidMinutes" in problem.sentence
    check_consistent(plan())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (plan(constrain_weekly_paid_time=True), "weeklyExactPaidMinutes"),
        (plan(constrain_minimum_time_between_shifts=True), "minimumTimeBetweenShiftsMinutes"),
        (stopping(days=()), "shifts[0].days"),
        (stopping(latest_start_time_minutes_from_midnight=None), "shifts[0].latestStartTimeMinutesFromMidnight"),
        (stopping(constrain_stop_time=True), "shifts[0].latestStopTimeMinutesFromMidnight"),
        (stopping(constrain_day_off=True), "shifts[0].dayOffRule"),
        (stopping(activities=(replace(MEAL, length_minutes=0),)), "shifts[0].activities[0].lengthMinutes"),
        (
            stopping(activities=(replace(MEAL, flexible_start_time=False),)),
            "shifts[0].activities[0].exactStartTimeMinutes",
        ),
    ],
)
def test_a_rule_that_is_on_has_its_numbers(wrong: WorkPlan, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_complete(wrong)
    assert [problem.field for problem in refused.value.problems] == [field]
    check_complete(plan())


def test_runs_go_over_the_end_of_the_week() -> None:
    assert longest_run(()) == 0
    assert longest_run((0, 1, 5, 6)) == 4
    assert longest_run(tuple(range(6))) == 6
    assert longest_run(tuple(range(7))) == float("inf")


FOUR_WEEKS = PlanningPeriods(date(2023, 10, 23), 4)
MONTHS = PlanningPeriods(date(2023, 10, 1), None)


@pytest.mark.parametrize(
    ("wrong", "right", "periods", "fields"),
    [
        (
            plan(minimum_paid_minutes_per_planning_period=9601, **weekly(0, 2400)),
            plan(minimum_paid_minutes_per_planning_period=9600, **weekly(0, 2400)),
            FOUR_WEEKS,
            {"minimumPaidMinutesPerPlanningPeriod", "shifts[].maximumPaidTimeMinutes"},
        ),
        (
            plan(minimum_paid_minutes_per_planning_period=7681, optional_days=EVERY, maximum_days=4),
            plan(minimum_paid_minutes_per_planning_period=7680, optional_days=EVERY, maximum_days=4),
            FOUR_WEEKS,
            {"minimumPaidMinutesPerPlanningPeriod", "maximumDays"},
        ),
        (
            plan(maximum_paid_minutes_per_planning_period=9599),
            plan(maximum_paid_minutes_per_planning_period=9600),
            FOUR_WEEKS,
            {"optionalDays", "maximumPaidMinutesPerPlanningPeriod"},
        ),
        (
            plan(minimum_days_off_per_planning_period=9),
            plan(minimum_days_off_per_planning_period=8),
            FOUR_WEEKS,
            {"optionalDays", "minimumDaysOffPerPlanningPeriod"},
        ),
        (
            plan(maximum_days_off_per_planning_period=11, optional_days=EVERY, maximum_days=4),
            plan(maximum_days_off_per_planning_period=12, optional_days=EVERY, maximum_days=4),
            FOUR_WEEKS,
            {"maximumDays", "maximumDaysOffPerPlanningPeriod"},
        ),
        (
            plan(
                plan_shift(days=EVERY),
                constrain_maximum_working_weekends_per_planning_period=True,
                maximum_working_weekends_per_planning_period=3,
            ),
            plan(
                plan_shift(days=EVERY),
                constrain_maximum_working_weekends_per_planning_period=True,
                maximum_working_weekends_per_planning_period=4,
            ),
            FOUR_WEEKS,
            {"optionalDays", "maximumWorkingWeekendsPerPlanningPeriod"},
        ),
        (
            plan(maximum_paid_minutes_per_planning_period=9599),
            plan(maximum_paid_minutes_per_planning_period=9600),
            MONTHS,
            {"optionalDays", "maximumPaidMinutesPerPlanningPeriod"},
        ),
    ],
)
def test_planning_periods_and_weeks_that_contradict_each_other_are_both_named(
    wrong: WorkPlan, right: WorkPlan, periods: PlanningPeriods, fields: set[str]
) -> None:
    found = find_contradictions(wrong, periods)
    assert {field for each in found for field in each.fields} == fields, [each.sentence for each in found]
    assert find_contradictions(wrong) == []
    assert find_contradictions(right, periods) == []


def test_weekends_in_a_row_bind_no_single_week_of_a_period() -> None:
    """Two weekends of three may be worked: what a period wants may need them."""
    some = plan(
        plan_shift(days=EVERY),
        optional_days=EVERY,
        constrain_maximum_consecutive_working_weekends=True,
        maximum_consecutive_working_weekends=2,
        minimum_paid_minutes_per_planning_period=22 * 480,
    )
    assert find_contradictions(some, FOUR_WEEKS) == []
