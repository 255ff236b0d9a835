"""Each rule of automatic approval, firing and silent; which plans there may be; what estimates say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shiftline.foundation.errors import Invalid
from shiftline.foundation.time import Disambiguation, Interval, find_zone
from shiftline.workforce.schedule.model import Activity, Shift
from shiftline.workforce.timeoff.model import (
    ApprovalRule,
    Granularity,
    Limit,
    OverrideType,
    Piece,
    Plan,
    PlanDraft,
    Status,
    Substatus,
    TimeOffRequest,
)
from shiftline.workforce.timeoff.model.balances import Account, Overdraft
from shiftline.workforce.timeoff.rules.approving import (
    Facts,
    decide,
    expire,
    judge_activities,
    judge_balance,
    judge_blocked_dates,
    judge_daily_duration,
    judge_limit,
    judge_review_dates,
    judge_rule,
    judge_shifts,
    may_wait,
    runs_of_request,
)
from shiftline.workforce.timeoff.rules.balances import list_moves
from shiftline.workforce.timeoff.rules.estimates import Grounds, estimate_day, estimate_part
from shiftline.workforce.timeoff.rules.limits import Shortage
from shiftline.workforce.timeoff.rules.plans import apply_draft, check_plan, choose_plan, list_counted_codes
from shiftline.workforce.units.model import DEFAULT_CODES, Stamp

CHICAGO = find_zone("America/Chicago")
NOW = datetime(2023, 10, 1, tzinfo=UTC)
STAMP = Stamp(1, "boss", NOW, "boss", NOW)
DAY = date(2023, 11, 8)
MIDNIGHT = datetime(2023, 11, 8, 6, tzinfo=UTC)
NINE = MIDNIGHT + timedelta(hours=9)
CODES = {code.id: code for code in DEFAULT_CODES}
PLAN = Plan("plan", "bu", "Leave", ("5",), ("mu",), STAMP, ApprovalRule.CHECK_BOTH, counts_against_limits=True)
LIMIT = Limit("l", "bu", "mu", Granularity.DAILY, STAMP)
FULL = Shortage(DAY, NINE, True, 480, 480, 480)
WHOLE = Piece(MIDNIGHT, MIDNIGHT + timedelta(days=1), 480, 480, DAY)
PART = Piece(NINE, NINE + timedelta(hours=1), 60, 60)


def off(*pieces: Piece, status: Status = Status.PENDING, code: str = "5") -> TimeOffRequest:
    return TimeOffRequest(
        id="r",
        person_id="ada",
        business_unit_id="bu",
        management_unit_id="mu",
        zone=CHICAGO.key,
        activity_code_id=code,
        paid=True,
        pieces=pieces,
        status=status,
        submitted_by="ada",
        submitted_at=NOW,
        modified_by="ada",
        modified_at=NOW,
    )


def shift(start: datetime, minutes: int, code: str = "0", paid: int | None = None) -> Shift:
    end = start + timedelta(minutes=minutes)
    wall = start.astimezone(CHICAGO).replace(tzinfo=None)
    paid = minutes if paid is None else paid
    return Shift(
        id="s",
        start=start,
        end=end,
        wall_start=wall,
        wall_end=wall + timedelta(minutes=minutes),
        zone=CHICAGO.key,
        start_disambiguation=Disambiguation.COMPATIBLE,
        end_disambiguation=Disambiguation.COMPATIBLE,
        start_offset_seconds=-21600,
        end_offset_seconds=-21600,
        tzdata="x",
        activities=(Activity(start=start, end=end, code_id=code, paid=True, payable_minutes=paid),),
        paid_minutes=paid,
    )


def facts(plan: Plan | None = PLAN, **more: Any) -> Facts:
    return replace(Facts(plan, NOW, CHICAGO, limit=LIMIT), **more)


def test_without_a_plan_a_person_decides() -> None:
    ruling = decide(off(WHOLE), facts(None))
    assert (ruling.status, ruling.substatus, ruling.plan_id) == (Status.PENDING, Substatus.MANUAL_APPROVAL, None)


def test_where_no_rule_objects_it_is_approved_and_says_by_what() -> None:
    ruling = decide(off(WHOLE), facts())
    assert (ruling.status, ruling.substatus, ruling.plan_id) == (Status.APPROVED, Substatus.AUTO_APPROVED, "plan")
    assert ruling.sentence == (
        "Approved automatically: the plan Leave found room within the limit and no activity in the way."
    )


NEVER, ALWAYS = replace(PLAN, approval_rule=ApprovalRule.NEVER), replace(PLAN, approval_rule=ApprovalRule.ALWAYS)
LIMITS, ACTIVITIES = (
    replace(PLAN, approval_rule=rule) for rule in (ApprovalRule.CHECK_LIMITS, ApprovalRule.CHECK_ACTIVITY_CODES)
)
BLOCKED = replace(PLAN, overrides={DAY: OverrideType.BLOCKED})
REVIEWED = replace(PLAN, overrides={DAY: OverrideType.MANUAL_REVIEW})
RESTRICTED = replace(PLAN, restricted_code_ids=("6",))
LATE = replace(PLAN, days_before_start=60)
TRAINING = (shift(NINE, 480, "6"),)
PLANNED = (Interval(MIDNIGHT - timedelta(days=3), MIDNIGHT + timedelta(days=4)),)
WORK = (shift(NINE, 420),)
SHORT = Overdraft(Account("ada", "5", (), {}), None, DAY, 0, 480)


@pytest.mark.parametrize(
    ("rule", "request_", "plan", "known", "substatus"),
    [
        (judge_rule, WHOLE, NEVER, {}, Substatus.MANUAL_APPROVAL),
        (judge_rule, WHOLE, ALWAYS, {}, None),
        (judge_blocked_dates, WHOLE, BLOCKED, {}, Substatus.BLOCKED_DATE),
        (judge_blocked_dates, PART, BLOCKED, {}, Substatus.BLOCKED_DATE),
        (judge_blocked_dates, WHOLE, REVIEWED, {}, None),
        (judge_review_dates, WHOLE, REVIEWED, {}, Substatus.REVIEW_DATE),
        (judge_review_dates, WHOLE, BLOCKED, {}, None),
        (judge_balance, WHOLE, PLAN, {"overdraft": SHORT}, Substatus.INSUFFICIENT_BALANCE),
        (judge_balance, WHOLE, PLAN, {}, None),
        (judge_activities, PART, RESTRICTED, {"shifts": TRAINING}, Substatus.OVERLAPS_RESTRICTED_ACTIVITY_CODE),
        (judge_activities, PART, PLAN, {"shifts": TRAINING}, None),
        (
            judge_activities,
            PART,
            replace(RESTRICTED, approval_rule=ApprovalRule.CHECK_LIMITS),
            {"shifts": TRAINING},
            None,
        ),
        (judge_shifts, PART, PLAN, {"planned": PLANNED}, Substatus.OUTSIDE_SHIFT),
        (judge_shifts, PART, PLAN, {"planned": PLANNED, "shifts": WORK}, None),
        (judge_shifts, PART, PLAN, {}, None),
        (judge_shifts, PART, LIMITS, {"planned": PLANNED}, None),
        (judge_shifts, WHOLE, PLAN, {"planned": PLANNED}, None),
        (judge_daily_duration, WHOLE, PLAN, {"shifts": WORK}, Substatus.INVALID_DAILY_DURATION),
        (judge_daily_duration, replace(WHOLE, minutes=420), PLAN, {"shifts": WORK}, None),
        (judge_daily_duration, WHOLE, PLAN, {}, None),
        (judge_daily_duration, WHOLE, LIMITS, {"shifts": WORK}, None),
        (judge_limit, WHOLE, PLAN, {"shortage": FULL}, Substatus.WAITLISTED),
        (judge_limit, WHOLE, LATE, {"shortage": FULL}, Substatus.ADVANCE_TIME_ELAPSED),
        (judge_limit, WHOLE, PLAN, {"limit": None}, Substatus.MANUAL_APPROVAL),
        (judge_limit, WHOLE, PLAN, {}, None),
        (judge_limit, WHOLE, ACTIVITIES, {"shortage": FULL}, None),
        (judge_limit, WHOLE, ALWAYS, {"shortage": FULL}, None),
    ],
)
def test_a_rule(rule: Any, request_: Piece, plan: Plan, known: dict[str, Any], substatus: Substatus | None) -> None:
    ruling = rule(off(request_), plan, facts(plan, **known))
    assert (None if ruling is None else ruling.substatus) is substatus
    if ruling is not None:
        assert ruling.status is Status.PENDING
        assert ruling.sentence[0].isupper() or ruling.sentence[0].isdigit()
        assert decide(off(request_), facts(plan, **known)) == ruling


def test_one_waits_until_the_plans_days_before_the_start() -> None:
    until = MIDNIGHT - timedelta(days=60)
    assert may_wait(off(WHOLE), LATE, until - timedelta(seconds=1))
    assert not may_wait(off(WHOLE), LATE, until)
    assert expire(LATE).substatus is Substatus.REMOVED_FROM_WAITLIST
    assert "60 days" in expire(LATE).sentence


def test_the_days_of_parts_are_those_on_the_wall() -> None:
    late = Piece(datetime(2023, 11, 9, 5, tzinfo=UTC), datetime(2023, 11, 9, 6, tzinfo=UTC), 60, 60)
    assert [(run.first, run.last) for run in runs_of_request(off(late))] == [(DAY, DAY)]


@pytest.mark.parametrize(
    ("former", "latter", "moves"),
    [
        (None, off(WHOLE, status=Status.APPROVED), {"5": {DAY: 480}}),
        (None, off(WHOLE), {}),
        (off(WHOLE, status=Status.APPROVED), off(WHOLE, status=Status.CANCELED), {"5": {DAY: -480}}),
        (off(WHOLE, status=Status.APPROVED), off(PART, status=Status.APPROVED), {"5": {DAY: -420}}),
        (
            off(WHOLE, status=Status.APPROVED),
            off(WHOLE, status=Status.APPROVED, code="8"),
            {"5": {DAY: -480}, "8": {DAY: 480}},
        ),
        (off(WHOLE, status=Status.APPROVED), off(WHOLE, status=Status.APPROVED), {"5": {}}),
    ],
)
def test_balances_follow_what_is_approved(former: Any, latter: TimeOffRequest, moves: dict[str, int]) -> None:
    assert list_moves(former, latter) == moves


def test_the_plan_of_a_request_is_enabled_of_its_code_and_its_unit() -> None:
    assert choose_plan([PLAN], "5", "mu") is PLAN
    assert choose_plan([replace(PLAN, enabled=False)], "5", "mu") is None
    assert choose_plan([PLAN], "6", "mu") is None
    assert choose_plan([PLAN], "5", "elsewhere") is None


def test_only_plans_that_count_bound_their_codes() -> None:
    assert list_counted_codes([PLAN], "mu") == ["5"]
    assert list_counted_codes([replace(PLAN, counts_against_limits=False)], "mu") == []
    assert list_counted_codes([PLAN], "elsewhere") == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"activity_code_ids": ("6",)}, "activityCodeIds[0]"),
        ({"activity_code_ids": ()}, "activityCodeIds"),
        ({"restricted_code_ids": ("5",)}, "restrictedActivityCodeIds[0]"),
        ({"restricted_code_ids": ("none",)}, "restrictedActivityCodeIds[0]"),
        ({"management_unit_ids": ()}, "businessUnitAssociation.managementUnitIds"),
        ({"management_unit_ids": ("elsewhere",)}, "businessUnitAssociation.managementUnitIds"),
        (
            {"management_unit_ids": ("elsewhere",), "owner_id": "elsewhere"},
            "managementUnitAssociation.managementUnitId",
        ),
        ({"counts_against_limits": False}, "countAgainstTimeOffLimits"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_naming_the_field(change: dict[str, Any], field: str) -> None:
    check_plan(RESTRICTED, CODES, ["mu"], [])
    with pytest.raises(Invalid) as refused:
        check_plan(replace(PLAN, **change), CODES, ["mu"], [])
    assert field in [problem.field for problem in refused.value.problems]


def test_two_plans_never_decide_the_same_request() -> None:
    other = replace(PLAN, id="other", name="Holidays")
    with pytest.raises(Invalid) as refused:
        check_plan(other, CODES, ["mu"], [PLAN])
    assert "the plan Leave" in refused.value.problems[0].sentence
    check_plan(other, CODES, ["mu"], [replace(PLAN, enabled=False)])
    check_plan(replace(other, enabled=False), CODES, ["mu"], [PLAN])
    check_plan(other, CODES, ["mu"], [replace(PLAN, management_unit_ids=("elsewhere",))])
    check_plan(PLAN, CODES, ["mu"], [PLAN])


def test_what_a_draft_does_not_say_stays() -> None:
    assert apply_draft(BLOCKED, PlanDraft()) == BLOCKED
    changed = apply_draft(
        BLOCKED, PlanDraft(enabled=False, overrides={}, days_before_start=0, activity_code_ids=["8", "8"])
    )
    assert (changed.enabled, changed.overrides, changed.activity_code_ids) == (False, {}, ("8",))


def grounds(*shifts: Shift, paid: bool = True, plan: Plan | None = None) -> Grounds:
    return Grounds(CODES["5"], paid, CHICAGO, plan, shifts)


def test_a_day_off_is_as_long_as_its_shift_and_paid_as_it_is() -> None:
    day = estimate_day(DAY, None, grounds(shift(NINE, 540, paid=500), plan=BLOCKED))
    assert (day.minutes, day.payable_minutes, day.flexible, day.override) == (540, 500, False, OverrideType.BLOCKED)
    assert (day.earliest_start_offset, day.latest_end_offset) == (540, 1080)


def test_a_day_off_without_a_shift_is_as_asked_or_as_the_code_says() -> None:
    free = estimate_day(DAY, None, grounds())
    assert (free.minutes, free.payable_minutes, free.flexible, free.earliest_start_offset) == (480, 480, True, None)
    assert estimate_day(DAY, 120, grounds(paid=False)).payable_minutes == 0


def test_a_day_off_is_never_longer_than_the_day() -> None:
    assert estimate_day(date(2024, 3, 10), 1500, grounds()).minutes == 23 * 60
    assert estimate_day(date(2023, 11, 5), 1500, grounds()).minutes == 25 * 60


def test_a_part_of_a_day_ends_with_the_shift_around_it() -> None:
    assert estimate_part(NINE + timedelta(hours=7), 120, grounds(shift(NINE, 480))).minutes == 60
    free = estimate_part(NINE, 120, grounds(plan=REVIEWED))
    assert (free.minutes, free.flexible, free.override) == (120, True, OverrideType.MANUAL_REVIEW)
