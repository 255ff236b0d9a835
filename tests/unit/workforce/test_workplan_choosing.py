"""Which plan counts in a week: of single weeks, else of a rotation, else the agent's own."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shiftline.foundation.errors import Invalid
from shiftline.foundation.time import DAY, Weekday
from shiftline.workforce.units.rules.periods import PlanningPeriods, periods_of, read_periods
from shiftline.workforce.workplans.errors import PlanContradictory
from shiftline.workforce.workplans.model import WEEK_DAYS, WorkPlan
from shiftline.workforce.workplans.model.agents import (
    AgentPlan,
    Days,
    Failing,
    Failure,
    Member,
    MemberDraft,
    Override,
    OverrideAction,
    OverrideDraft,
    Rotation,
    RotationDraft,
)
from shiftline.workforce.workplans.rules.assigning import OVERRIDES_AT_MOST, apply_overrides, check_overrides
from shiftline.workforce.workplans.rules.breaches import merge_verdicts
from shiftline.workforce.workplans.rules.choosing import (
    AgentPlans,
    Source,
    Turn,
    choose_plan,
    group_weeks,
    stretches_of,
)
from shiftline.workforce.workplans.rules.judging import judge_roster
from shiftline.workforce.workplans.rules.rotating import apply_draft, check_pattern
from unit.workforce.plans import NOW, WEEK, days, plan, plan_shift, roster

EARLY, LATE, SUMMER, OWN = (replace(plan(), id=name, name=name.title()) for name in ("early", "late", "summer", "own"))
BY_ID = {each.id: each for each in (EARLY, LATE, SUMMER, OWN)}
TURN = Turn("rotation-1", Days(WEEK), Days(WEEK), 0, ("early", "late"))


def week(number: int) -> date:
    return WEEK + number * 7 * DAY


def having(**more: Any) -> AgentPlans:
    return replace(AgentPlans(own="own", plans=BY_ID), **more)


def chosen(of: AgentPlans, *numbers: int) -> list[str | None]:
    found = (choose_plan(of, week(number)).plan for number in numbers)
    return [None if each is None else each.id for each in found]


def test_a_plan_of_single_weeks_goes_before_a_rotation_and_that_before_the_own() -> None:
    mine = having(overrides=(Override(week(1), 2, "summer"),), turns=(TURN,))
    assert chosen(mine, -1, 0, 1, 2, 3, 4) == ["own", "early", "summer", "summer", "late", "early"]
    sources = [choose_plan(mine, week(number)).source for number in (-1, 0, 1)]
    assert sources == [Source.OWN, Source.ROTATION, Source.OVERRIDE]
    assert (choose_plan(mine, week(3)).rotation_id, choose_plan(mine, week(3)).position) == ("rotation-1", 1)
    assert chosen(having(own=None, plans={}), 0) == [None]
    assert chosen(replace(mine, plans={"own": OWN}), 0, 1) == ["own", "own"]


def test_a_rotation_holds_for_weeks_that_begin_within_both_ranges() -> None:
    ends = replace(TURN, days=Days(WEEK + 2 * DAY, week(3)), within=Days(WEEK, week(2)), position=1)
    assert chosen(having(turns=(ends,)), 0, 1, 2, 3) == ["own", "late", "early", "own"]


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_each_turn_comes_round_after_as_many_weeks_as_there_are_plans(length: int) -> None:
    ids = tuple(f"plan-{number}" for number in range(length))
    plans = {each: replace(plan(), id=each) for each in ids}
    for position in range(length):
        turn = replace(TURN, work_plan_ids=ids, position=position)
        mine = AgentPlans(turns=(turn,), plans=plans)
        assert chosen(mine, *range(2 * length)) == [ids[(position + number) % length] for number in range(2 * length)]


def test_weeks_are_judged_each_by_the_plan_that_counts_in_it() -> None:
    few, many = (replace(plan(maximum_days=most), id=name, name=name) for name, most in (("few", 3), ("many", 5)))
    mine = AgentPlans(turns=(replace(TURN, work_plan_ids=("few", "many")),), plans={"few": few, "many": many})
    assert group_weeks(mine, [week(2), week(0), week(1)]) == [(few, (week(0), week(2))), (many, (week(1),))]
    shifts = [*days(0, 1, 2, 3), *days(0, 1, 2, 3, week=week(1)), *days(0, 1, 2, 3, week=week(2))]

    def judged(*groups: tuple[WorkPlan, tuple[date, ...]]) -> dict[str, Any]:
        verdicts = [(of, judge_roster(of, roster(*shifts, weeks=weeks))) for of, weeks in groups]
        return {reason.code: reason for reason in merge_verdicts(verdicts)}

    found = judged(*group_weeks(mine, [week(0), week(1), week(2)]))["workplan.week.days.maximum"]
    assert (found.holds, found.facts["breaches"], found.facts["workPlanId"]) == (False, 2, "few")
    both = judged((few, (week(0),)), (replace(many, terms=few.terms), (week(1),)))["workplan.week.days.maximum"]
    assert (both.facts["breaches"], [each["at"] for each in both.facts["each"]]) == (
        2,
        [(str(week(0)),), (str(week(1)),)],
    )
    assert merge_verdicts([]) == ()


def test_a_period_has_of_a_plan_the_weeks_in_which_it_counts() -> None:
    mine = having(turns=(TURN,), periods=PlanningPeriods(WEEK, 2))
    (stretch,) = stretches_of(mine, EARLY, [WEEK], Weekday.MONDAY)
    assert (stretch.first, stretch.last, stretch.whole) == (WEEK, WEEK + 13 * DAY, False)
    assert stretch.days == {WEEK + number * DAY for number in range(7)}
    (own,) = stretches_of(replace(mine, turns=()), OWN, [week(1)], Weekday.MONDAY)
    assert own.whole
    assert stretches_of(replace(mine, turns=()), OWN, [week(-1)], Weekday.MONDAY) == ()
    monthly = replace(mine, turns=(), periods=PlanningPeriods(date(2023, 10, 1), None))
    found = stretches_of(monthly, OWN, [date(2023, 10, 30)], Weekday.MONDAY)
    assert [(each.first, each.last, each.whole) for each in found] == [
        (date(2023, 10, 1), date(2023, 10, 31), True),
        (date(2023, 11, 1), date(2023, 11, 30), True),
    ]


def test_planning_periods_are_read_as_requests_and_answers_have_them() -> None:
    weekly = {"weekCount": 4, "startDate": "2023-10-23"}
    for stated in (weekly, {"value": weekly}):
        assert read_periods({"scheduling": {"planningPeriod": stated}}) == PlanningPeriods(WEEK, 4)
    assert read_periods({"scheduling": {"planningPeriod": {"value": None}}}) is None
    month = {"startDate": "2024-02-01"}
    assert read_periods({"scheduling": {"monthlyPlanningPeriod": month}}) == PlanningPeriods(date(2024, 2, 1), None)


@pytest.mark.parametrize(
    ("scheduling", "field"),
    [
        ({"planningPeriod": {"weekCount": 0, "startDate": "2023-10-23"}}, "planningPeriod.weekCount"),
        ({"planningPeriod": {"weekCount": True, "startDate": "2023-10-23"}}, "planningPeriod.weekCount"),
        ({"planningPeriod": {"weekCount": 4}}, "planningPeriod.startDate"),
        ({"monthlyPlanningPeriod": {"startDate": "2024-02-02"}}, "monthlyPlanningPeriod.startDate"),
        (
            {
                "planningPeriod": {"weekCount": 4, "startDate": "2023-10-23"},
                "monthlyPlanningPeriod": {"startDate": "2024-02-01"},
            },
            "planningPeriod",
        ),
    ],
)
def test_planning_periods_that_cannot_be_read_name_their_field(scheduling: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_periods({"scheduling": scheduling})
    assert [each.field for each in refused.value.problems] == [f"settings.scheduling.{field}"]
    assert periods_of({"scheduling": scheduling}) is None


def override(action: str, number: int, weeks: int | None = None, plan_id: str | None = None) -> OverrideDraft:
    return OverrideDraft("at", OverrideAction(action), week(number), weeks, plan_id)


@pytest.mark.parametrize(
    ("drafts", "clears", "expected"),
    [
        ([override("Add", 5, 1, "late")], False, [(0, 2, "summer"), (5, 1, "late")]),
        ([override("Update", 0, 1)], False, [(0, 1, "summer")]),
        ([override("Update", 0, None, "late")], False, [(0, 2, "late")]),
        ([override("Delete", 0)], False, []),
        ([override("Add", 1, 1, "late")], True, [(1, 1, "late")]),
        ([override("Add", 1, 1, "late"), override("Update", 0, 1)], False, [(0, 1, "summer"), (1, 1, "late")]),
        ([override("Add", 1, 1, "late")], False, Failing.OVERLAPPING),
        ([override("Add", 0, 1, "late")], False, Failing.OVERLAPPING),
        ([override("Update", 1, 1)], False, Failing.NO_OVERRIDE),
        ([override("Delete", 1)], False, Failing.NO_OVERRIDE),
        ([override("Delete", 0)], True, Failing.NO_OVERRIDE),
        ([override("Add", 5, 1, "theirs")], False, Failing.NO_PLAN),
        ([override("Add", 2 + n, 1, "late") for n in range(OVERRIDES_AT_MOST)], False, Failing.TOO_MANY),
    ],
)
def test_overrides_change_as_a_whole_or_not(drafts: list[OverrideDraft], clears: bool, expected: Any) -> None:
    wanted = AgentPlan("ada", None, keeps=True, overrides=tuple(drafts), clears=clears)
    result = apply_overrides(wanted, [Override(week(0), 2, "summer")], BY_ID)
    if isinstance(result, Failure):
        assert result.why is expected
    else:
        assert [((each.start - WEEK).days // 7, each.weeks, each.work_plan_id) for each in result] == expected


def test_an_override_begins_with_a_week_and_says_what_it_gives() -> None:
    bare = OverrideDraft("values[0]", OverrideAction.ADD, WEEK + DAY)
    with pytest.raises(Invalid) as refused:
        check_overrides([AgentPlan("ada", None, overrides=(bare,))], Weekday.MONDAY)
    assert [each.field for each in refused.value.problems] == [
        "values[0].startDate",
        "values[0].weekCount",
        "values[0].workPlanId",
    ]
    assert "a Monday" in refused.value.problems[0].sentence
    gone = replace(bare, action=OverrideAction.DELETE, start=WEEK)
    check_overrides([AgentPlan("ada", None, overrides=(gone,))], Weekday.MONDAY)


def rotation(*ids: str, **more: Any) -> Rotation:
    values: dict[str, Any] = {"days": Days(WEEK), "members": (Member("ada", Days(WEEK), 1),), **more}
    return Rotation(id="r", management_unit_id="m", name="Two weeks", work_plan_ids=ids, stamp=plan().stamp, **values)


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (RotationDraft(days=Days(WEEK, WEEK - DAY)), ["dateRange.endBusinessUnitDate"]),
        (RotationDraft(days=Days(WEEK + DAY)), ["dateRange"]),
        (RotationDraft(work_plan_ids=("early",)), ["pattern.workPlanIds"]),
        (
            RotationDraft(work_plan_ids=(), members=(MemberDraft("agents[0]", "ada", delete=True),)),
            ["pattern.workPlanIds"],
        ),
        (RotationDraft(members=(MemberDraft("agents[0]", "bob", position=2),)), ["agents[0].position"]),
        (RotationDraft(members=(MemberDraft("agents[0]", "bob", Days(WEEK - DAY)),)), ["agents[0].dateRange"]),
    ],
)
def test_a_rotation_that_contradicts_itself_names_the_field(draft: RotationDraft, fields: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        apply_draft(rotation("early", "late"), draft)
    assert [each.field for each in refused.value.problems] == fields


def test_agents_who_are_not_named_stay() -> None:
    draft = RotationDraft(members=(MemberDraft("agents[0]", "bob"), MemberDraft("agents[1]", "cleo", delete=True)))
    changed = apply_draft(rotation("early", "late"), draft)
    assert changed.members == (Member("ada", Days(WEEK), 1), Member("bob", Days(WEEK), 0))
    assert changed.stamp.changed_at == NOW


def test_plans_that_cannot_follow_each_other_are_refused_by_both_names() -> None:
    late = plan_shift(days=WEEK_DAYS, flexible_start_time=False, exact_start_time_minutes_from_midnight=16 * 60)
    dawn = replace(late, exact_start_time_minutes_from_midnight=6 * 60)
    rest = {"constrain_minimum_time_between_shifts": True, "minimum_time_between_shifts_minutes": 11 * 60}
    plans = {"dawn": replace(plan(dawn, **rest), id="dawn"), "late": replace(plan(late, **rest), id="late")}
    with pytest.raises(PlanContradictory) as refused:
        check_pattern(rotation("dawn", "late"), plans, Weekday.MONDAY)
    assert "Sunday" in str(refused.value)
    assert "11 h of rest" in str(refused.value)
    free = {"late": replace(plans["late"], terms=replace(plans["late"].terms, optional_days=(Weekday.SUNDAY,)))}
    check_pattern(rotation("dawn", "late"), {**plans, **free}, Weekday.MONDAY)
    once = Days(WEEK, WEEK + timedelta(days=13))
    check_pattern(rotation("dawn", "late", days=once), plans, Weekday.MONDAY)
    with pytest.raises(Invalid) as unknown:
        check_pattern(rotation("dawn", "theirs"), plans, Weekday.MONDAY)
    assert unknown.value.problems[0].field == "pattern.workPlanIds[1]"
