"""Plans, limits and the wait list on a real PostgreSQL, also by many at once."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.store.conftest import Api, serve
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.leave import (
    APPROVED,
    FRIDAY,
    MONDAY,
    TUESDAY,
    WAITS,
    ask,
    bear,
    bound,
    cancel,
    days,
    decide,
    hire,
    now,
    plan_leave,
)
from tests.store.workforce.test_trades import publish

from shiftline.foundation.context import SYSTEM
from shiftline.workforce.schedule.operations.searching import find_work
from shiftline.workforce.timeoff.endpoints import ROUTES
from shiftline.workforce.timeoff.errors import (
    AlreadyOff,
    LimitThere,
)
from shiftline.workforce.timeoff.events import ApprovedTimeOffChanged, TimeOffChanged, TimeOffEntered, TimeOffNews
from shiftline.workforce.timeoff.jobs import expire_from_wait_list
from shiftline.workforce.timeoff.model import (
    ApprovalRule,
    Days,
    Filing,
    Granularity,
    LimitDraft,
    PlanDraft,
    RequestChanges,
    RequestDraft,
    Status,
    Substatus,
    TimeOffRequest,
    TimesAsked,
)
from shiftline.workforce.timeoff.operations.changing import Target, change_request
from shiftline.workforce.timeoff.operations.filing import enter_requests, file_request_in, submit_request
from shiftline.workforce.timeoff.operations.limits import (
    create_limit,
    delete_limit,
    query_available,
    query_values,
)
from shiftline.workforce.timeoff.operations.plans import change_plan, delete_plan
from shiftline.workforce.timeoff.operations.reading import get_own_request
from shiftline.workforce.timeoff.operations.waiting import expire_waiting, find_own_places, query_places
from shiftline.workforce.units.errors import AgentNotFound


@pytest.fixture(autouse=True)
def october(context: Any) -> None:
    context.clock.set("2023-10-20T12:00:00-05:00")


@pytest.fixture
async def api(context: Any) -> AsyncIterator[Api]:
    async with serve(context.database, context.clock, ROUTES) as served:
        yield served


# Automatic approval


async def test_without_a_plan_a_request_awaits_a_person(centre: Centre) -> None:
    request = await ask(centre.ada, MONDAY)
    assert (request.status, request.substatus, request.ruling) == (Status.PENDING, Substatus.MANUAL_APPROVAL, None)


async def test_an_automatic_approval_says_why_and_stands_in_the_schedule_at_once(centre: Centre) -> None:
    await publish(centre)
    plan = await plan_leave(centre, approval_rule=ApprovalRule.ALWAYS)
    await centre.tenant.news()
    request = await ask(centre.ada, FRIDAY)
    assert (request.status, request.substatus, request.reviewed_by) == (*APPROVED, SYSTEM)
    read = await get_own_request(centre.ada, request.id)
    assert read.ruling is not None
    assert (read.ruling.code, read.ruling.plan_id) == ("timeoff.auto", plan.id)
    assert read.ruling.sentence == "Approved automatically: the plan Leave approves everything."
    assert [type(each) for each in await centre.tenant.news(TimeOffNews)] == [TimeOffEntered]
    async with centre.boss.reader() as reader:
        off = request.span
        assert await find_work(reader, centre.boss.organization_id, off, [request.person_id]) == {}
    again, created = await submit_request(centre.ada, days(FRIDAY))
    assert (again.id, created, again.ruling) == (request.id, False, read.ruling)


async def test_what_an_approver_enters_or_a_swap_files_is_decided_by_no_plan(centre: Centre) -> None:
    await plan_leave(centre, approval_rule=ApprovalRule.ALWAYS)
    ((entered, _),) = await enter_requests(centre.boss, centre.chicago.id, [person_id(centre.ada)], days(MONDAY))
    async with centre.boss.transaction() as tx:
        filed, _ = await file_request_in(
            tx, Filing(person_id(centre.bob), "PAID_TIME_OFF", days=[MONDAY], daily_minutes=60)
        )
    assert {entered.status, filed.status} == {Status.PENDING}


async def test_a_plan_applies_to_its_units_alone(centre: Centre) -> None:
    await plan_leave(centre, approval_rule=ApprovalRule.ALWAYS)
    assert (await ask(centre.cleo, MONDAY)).status is Status.PENDING


async def test_a_restricted_activity_leaves_it_to_a_person(centre: Centre) -> None:
    await publish(centre)
    await plan_leave(centre, approval_rule=ApprovalRule.CHECK_ACTIVITY_CODES, restricted_code_ids=["0"])
    over = await ask(centre.ada, FRIDAY)
    assert over.substatus is Substatus.OVERLAPS_RESTRICTED_ACTIVITY_CODE
    assert (await ask(centre.ada, MONDAY)).status is Status.APPROVED


async def test_a_part_outside_the_shifts_is_left_to_a_person_and_where_no_schedule_is_not(centre: Centre) -> None:
    await publish(centre)
    await plan_leave(centre, approval_rule=ApprovalRule.CHECK_ACTIVITY_CODES)

    async def part(start: datetime) -> TimeOffRequest:
        return (await submit_request(centre.ada, RequestDraft("5", TimesAsked(starts=[start], minutes=[60]))))[0]

    assert (await part(datetime(2023, 10, 26, 14, tzinfo=UTC))).substatus is Substatus.OUTSIDE_SHIFT
    assert (await part(datetime(2023, 10, 27, 14, tzinfo=UTC))).status is Status.APPROVED
    assert (await part(datetime(2023, 11, 20, 14, tzinfo=UTC))).status is Status.APPROVED
    assert (await ask(centre.bob, date(2023, 10, 26), minutes=481)).substatus is Substatus.INVALID_DAILY_DURATION


# Limits and the wait list


async def test_the_first_that_fits_has_the_place_that_a_cancellation_frees(centre: Centre) -> None:
    dan, eve = await hire(centre, "dan", "eve")
    await plan_leave(centre)
    limit = await bound(centre, 480, 480)
    taken = await ask(centre.ada, MONDAY)
    both, one, late = await ask(centre.bob, MONDAY, minutes=481), await ask(dan, MONDAY), await ask(eve, MONDAY)
    assert [taken.substatus, both.substatus, one.substatus, late.substatus] == [
        Substatus.AUTO_APPROVED,
        *([Substatus.WAITLISTED] * 3),
    ]
    assert one.ruling is not None
    assert one.ruling.sentence == (
        "2023-11-13 bears 480 minutes of time off, of which 480 are approved; 480 more are asked for: it waits."
    )
    assert [place.position for place in await find_own_places(dan, one.id)] == [2]
    await centre.tenant.news()
    await cancel(centre.ada, taken)
    assert [await now(centre.bob, both), await now(dan, one), await now(eve, late)] == [WAITS, APPROVED, WAITS]
    news = await centre.tenant.news(TimeOffNews)
    assert [(type(each), each.request_id) for each in news] == [
        (ApprovedTimeOffChanged, taken.id),
        (ApprovedTimeOffChanged, one.id),
    ]
    granted = await get_own_request(dan, one.id)
    assert (granted.reviewed_by, granted.modified_by, granted.marked_as_read) == (SYSTEM, SYSTEM, False)
    (use,) = await query_values(centre.boss, centre.unit.id, limit.id, [Days(MONDAY, TUESDAY)])
    assert (use.taken, use.waiting_minutes) == ({MONDAY: [480], TUESDAY: [0]}, {MONDAY: [961], TUESDAY: [0]})
    places = await query_places(centre.boss, centre.chicago.id, [both.id, one.id, late.id])
    assert [(place.request_id, place.position) for place in places] == [(both.id, 1), (late.id, 2)]


@pytest.mark.parametrize("way", ["denied", "reopened", "shortened", "raised", "plan"])
async def test_whatever_frees_a_place_grants_it_in_the_same_transaction(centre: Centre, way: str) -> None:
    plan, limit = await plan_leave(centre), await bound(centre, 480)
    taken, waits = await ask(centre.ada, MONDAY), await ask(centre.bob, MONDAY, minutes=240)
    target = Target(centre.chicago.id, taken.person_id, taken.id)
    match way:
        case "denied" | "reopened":
            await decide(centre, taken, Status.DENIED if way == "denied" else Status.PENDING)
        case "shortened":
            short = RequestChanges(taken.version, times=TimesAsked(daily_minutes=240))
            await change_request(centre.boss, target, short)
        case "raised":
            await bear(centre, limit, 720)
        case _:
            draft = PlanDraft(approval_rule=ApprovalRule.ALWAYS, version=plan.stamp.version)
            await change_plan(centre.boss, centre.unit.id, plan.id, draft)
    assert await now(centre.bob, waits) == APPROVED


@pytest.mark.parametrize("what", ["plan", "limit"])
async def test_who_waits_by_what_is_deleted_waits_for_a_person(centre: Centre, what: str) -> None:
    plan, limit = await plan_leave(centre), await bound(centre, 0)
    waits = await ask(centre.ada, MONDAY)
    if what == "plan":
        await delete_plan(centre.boss, centre.unit.id, plan.id)
    else:
        await delete_limit(centre.boss, centre.unit.id, limit.id)
    assert await now(centre.ada, waits) == (Status.PENDING, Substatus.MANUAL_APPROVAL)


async def test_an_approver_grants_beyond_the_limit_and_nobody_is_pushed_out(centre: Centre) -> None:
    await plan_leave(centre)
    limit = await bound(centre, 480)
    taken, waits = await ask(centre.ada, MONDAY), await ask(centre.bob, MONDAY)
    assert (await decide(centre, waits, Status.APPROVED)).status is Status.APPROVED
    limit = await bear(centre, limit, 0)
    assert await now(centre.ada, taken) == APPROVED
    (use,) = await query_values(centre.boss, centre.unit.id, limit.id, [Days(MONDAY, MONDAY)])
    assert (use.values, use.taken) == ({MONDAY: [0]}, {MONDAY: [960]})
    _, _, (left,) = await query_available(centre.ada, "5", [Days(MONDAY, MONDAY)])
    assert left.taken == {MONDAY: [960]}


async def test_one_leaves_the_wait_list_as_many_days_before_as_the_plan_says(centre: Centre, context: Any) -> None:
    await plan_leave(centre)
    await bound(centre, 0)
    waits = await ask(centre.ada, MONDAY)
    context.clock.set("2023-11-09T23:59:59-06:00")
    assert await expire_waiting(context) == 0
    context.clock.set("2023-11-10T00:00:00-06:00")
    await centre.tenant.news()
    await expire_from_wait_list(context)
    assert await now(centre.ada, waits) == (Status.PENDING, Substatus.REMOVED_FROM_WAITLIST)
    assert [type(each) for each in await centre.tenant.news(TimeOffNews)] == [TimeOffChanged]
    assert await expire_waiting(context) == 0
    late = await ask(centre.bob, MONDAY)
    assert late.substatus is Substatus.ADVANCE_TIME_ELAPSED


async def test_quarters_of_a_day_of_25_hours_and_of_23(centre: Centre) -> None:
    await plan_leave(centre)
    draft = LimitDraft(centre.chicago.id, Granularity.FIFTEEN_MINUTES, 0)
    limit = await create_limit(centre.boss, centre.unit.id, draft)
    for day, quarters in ((date(2023, 11, 5), 100), (date(2024, 3, 10), 92)):
        limit = await bear(centre, limit, *([15] * quarters), first=day)
        whole = await ask(centre.ada, day, minutes=quarters * 15)
        assert whole.status is Status.APPROVED
        assert (await ask(centre.bob, day, minutes=15)).substatus is Substatus.WAITLISTED
        (use,) = await query_values(centre.boss, centre.unit.id, limit.id, [Days(day, day)])
        assert use.taken == {day: [15] * quarters}


async def test_of_many_at_once_as_many_are_approved_as_there_are_places(centre: Centre) -> None:
    others = await hire(centre, *(f"agent{number}" for number in range(6)))
    await plan_leave(centre)
    await bound(centre, 960)
    asked = await asyncio.gather(*(ask(who, MONDAY) for who in (centre.ada, centre.bob, *others)))
    assert sorted((each.status, each.substatus) for each in asked) == [APPROVED] * 2 + [WAITS] * 6


async def test_cancellations_that_grant_each_others_agents_do_not_wait_for_each_other(centre: Centre) -> None:
    dan, eve = await hire(centre, "dan", "eve")
    await publish(centre, week=date(2023, 11, 13))
    await plan_leave(centre)
    await bound(centre, 480, 480)
    for _ in range(3):
        held = [await ask(centre.ada, MONDAY), await ask(centre.bob, TUESDAY)]
        waiting = [await ask(dan, MONDAY), await ask(eve, TUESDAY)]
        await asyncio.gather(cancel(centre.ada, held[0]), cancel(centre.bob, held[1]))
        assert [await now(dan, waiting[0]), await now(eve, waiting[1])] == [APPROVED, APPROVED]
        await asyncio.gather(cancel(dan, waiting[0]), cancel(eve, waiting[1]))


# Bad input


async def test_a_unit_has_one_limit_and_who_is_no_agent_has_none(centre: Centre) -> None:
    limit = await bound(centre, 480)
    with pytest.raises(LimitThere):
        await create_limit(centre.boss, centre.unit.id, LimitDraft(centre.chicago.id))
    await delete_limit(centre.boss, centre.unit.id, limit.id)
    await create_limit(centre.boss, centre.unit.id, LimitDraft(centre.chicago.id))
    stranger = centre.tenant.acting_as(await centre.tenant.person("stranger"), "wfm:agentTimeOffRequest:submit")
    with pytest.raises(AgentNotFound):
        await query_available(stranger, "5", [])


async def test_time_over_an_approved_one_is_refused_naming_it(centre: Centre) -> None:
    await plan_leave(centre, approval_rule=ApprovalRule.ALWAYS)
    first = await ask(centre.ada, MONDAY)
    with pytest.raises(AlreadyOff, match=first.id):
        await ask(centre.ada, MONDAY, TUESDAY)
    assert (await ask(centre.ada, TUESDAY)).status is Status.APPROVED


BU = "/api/v2/workforcemanagement/businessunits"
PLANNED = {"name": "Leave", "activityCodeIds": ["5"], "businessUnitAssociation": {"managementUnitIds": ["mu"]}}


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("timeoffplans", {"businessUnitAssociation": None}, "businessUnitAssociation"),
        ("timeoffplans", {"managementUnitAssociation": {"managementUnitId": "mu"}}, "businessUnitAssociation"),
        ("timeoffplans", {"businessUnitAssociation": {"staffingGroupIds": ["g"]}}, "staffingGroupIds"),
        ("timeoffplans", {"hrisTimeOffType": {"name": "Leave"}}, "hrisTimeOffType"),
        ("timeoffplans", {"autoApprovalRule": "Sometimes"}, "autoApprovalRule"),
        ("timeoffplans", {"autoApprovalRule": "CheckLimits"}, "countAgainstTimeOffLimits"),
        ("timeoffplans", {"daysBeforeStartToExpireFromWaitlist": -1}, "daysBeforeStartToExpireFromWaitlist"),
        (
            "timeoffplans",
            {"overrideDates": [{"date": "2023-12-24", "type": kind} for kind in ("Blocked", "ManualReview")]},
            "overrideDates[1]",
        ),
        ("timeofflimits", {"staffingGroupId": "g"}, "staffingGroupId"),
        ("timeofflimits", {}, "managementUnitId"),
        ("timeofflimits", {"managementUnitId": "mu", "granularity": "Hourly"}, "granularity"),
        ("timeofflimits", {"managementUnitId": "mu", "fullDayTimeOffStartTime": "09:00"}, "fullDayTimeOffStartTime"),
        ("timeofflimits", {"managementUnitId": "strange"}, "managementUnitId"),
    ],
)
async def test_bad_plans_and_limits_are_refused_naming_the_field(
    api: Api, centre: Centre, path: str, body: dict[str, Any], named: str
) -> None:
    wanted = {**PLANNED, **body} if path == "timeoffplans" else body
    text = json.dumps(wanted).replace('"mu"', f'"{centre.chicago.id}"')
    answer = await api.call("POST", f"{BU}/{centre.unit.id}/{path}", centre.tenant.tokens["admin-1"], json.loads(text))
    assert answer.status_code == 400
    assert named in answer.json()["message"]


async def test_values_of_the_other_granularity_or_an_old_version_are_refused(api: Api, centre: Centre) -> None:
    limit, token = await bound(centre, 480), centre.tenant.tokens["admin-1"]
    path = f"{BU}/{centre.unit.id}/timeofflimits/{limit.id}/values"
    quarters = {"startDate": "2023-11-13", "limitMinutesPerFifteenMinutes": [15]}
    wrong = await api.call("PUT", path, token, {"values": [quarters], "metadata": {"version": 2}})
    assert (wrong.status_code, "values[0].limitMinutesPerFifteenMinutes" in wrong.json()["message"]) == (400, True)
    per_day = {"startDate": "2023-11-13", "limitMinutesPerDay": [15]}
    old = await api.call("PUT", path, token, {"values": [per_day], "metadata": {"version": 1}})
    assert (old.status_code, old.json()["messageParams"]["currentVersion"]) == (409, "2")
    missing = await api.call("PUT", path, token, {"values": [per_day], "metadata": {}})
    assert (missing.status_code, "metadata.version" in missing.json()["message"]) == (400, True)
