"""Approved time off stands in every schedule in force at once, and goes from it again, on a real PostgreSQL."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, LiteralString

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import make_tenant, serve
from tests.store.publishing.conftest import ROUTES
from tests.store.schedule.planner import ROOT, Planner, activity, part, shift

from shiftline.foundation.errors import Conflict
from shiftline.workforce.schedule.events import ScheduleUpdated
from shiftline.workforce.timeoff.model import OwnChanges
from shiftline.workforce.timeoff.operations.changing import change_own_request
from shiftline.workforce.trades.model import Offer
from shiftline.workforce.trades.operations.offering import offer_shift

WEEK = "2023-10-29"
NEXT = "2023-11-05"  # its first day has 25 hours in Chicago
UNIT = f"{ROOT}/managementunits/mu-1"

# Every column but a row's own key, its revisions and when it was in force.
SHIFTS = """
select agent_id, id, book, span, wall_start, wall_end, zone, start_disambiguation, end_disambiguation,
       start_offset_seconds, end_offset_seconds, tzdata, paid_minutes, is_swap, swap_reason, skill_ids, manually_edited,
       work_plan_id, activity_starts, activity_code_ids, activity_paid, activity_payable_minutes, activity_details
from schedule.shift where to_revision is null and book = 'published' order by agent_id, span
"""
DAYS = """
select agent_id, day, activity_code_id, paid, length_minutes, payable_minutes, start_offset_minutes, end_offset_minutes,
       description, time_off_request_id, time_off_request_sync_version
from schedule.full_day where to_revision is null order by agent_id, day
"""
PARTS = """
select schedule_id, agent_id, work_plan_id from schedule.agent_schedule where to_revision is null order by 1, 2
"""
DISAGREEING = """
select m.* from schedule.public_time_off_mark m
left join timeoff.request r on r.organization_id = m.organization_id and r.id = m.request_id
where r.status is distinct from 'APPROVED' or r.sync_version <> m.sync_version or r.person_id <> m.agent_id
"""


def whole(*days: str, minutes: int = 480) -> dict[str, Any]:
    return {"fullDayManagementUnitDates": list(days), "dailyDurationMinutes": minutes}


def partly(start: str, minutes: int) -> dict[str, Any]:
    return {"partialDayStartDateTimes": [start], "durationMinutes": [minutes]}


async def enter(planner: Planner, times: dict[str, Any], *, status: str = "APPROVED", who: str = "ann") -> Any:
    """Time off entered by the administrator."""
    body = {"activityCodeId": "5", "users": [{"id": who}], "status": status, **times}
    return (await planner.call("POST", f"{UNIT}/timeoffrequests", body, status=201))["timeOffRequests"][0]


async def patch(planner: Planner, request: Any, changes: dict[str, Any], *, status: int | None = 200) -> Any:
    """An approver's change of a request as it was read."""
    path = f"{UNIT}/users/{request['user']['id']}/timeoffrequests/{request['id']}"
    return await planner.call("PATCH", path, {"metadata": request["metadata"], **changes}, status=status)


async def deny(planner: Planner, request: Any) -> Any:
    return await patch(planner, request, {"status": "DENIED"})


async def parts_in_force(planner: Planner, who: str = "ann") -> list[Any]:
    path = f"{ROOT}/businessunits/{planner.unit_id}/agentschedules/search"
    body = {"startDate": "2023-10-20T00:00:00Z", "endDate": "2024-04-01T00:00:00Z", "userIds": [who]}
    return (await planner.call("POST", path, body))["result"]["agentSchedules"]


async def walls(planner: Planner, who: str = "ann") -> list[str]:
    found = [each for part in await parts_in_force(planner, who) for each in part["shifts"]]
    return [f"{each['wallStart'][5:]} {each['wallEnd'][11:]}" for each in found]


async def marked_days(planner: Planner, who: str = "ann") -> dict[str, tuple[str, int]]:
    found = [day for part in await parts_in_force(planner, who) for day in part["fullDayTimeOffMarkers"]]
    return {day["businessUnitDate"]: (day["timeOffRequestId"], day["timeOffRequestSyncVersion"]) for day in found}


async def activities(planner: Planner, who: str = "ann") -> list[tuple[str, int, int]]:
    """Code, minutes and payable minutes of all of an agent's activities."""
    found = [each for part in await parts_in_force(planner, who) for each in part["shifts"]]
    return [
        (each["activityCodeId"], each["lengthMinutes"], each["payableMinutes"])
        for shift in found
        for each in shift["activities"]
    ]


async def read(planner: Planner, *statements: LiteralString) -> list[Any]:
    async with planner.tenant.context.reader() as reader:
        return [await reader.all(statement, {}) for statement in statements]


async def content(planner: Planner) -> list[Any]:
    """All that is in force, column by column."""
    return await read(planner, SHIFTS, DAYS, PARTS)


async def publish(planner: Planner, *shifts: Any, week: str = WEEK, **more: Any) -> str:
    return (await planner.bring(part("ann", *shifts), week=week, **more))["result"]["id"]


MONDAY = shift("2023-10-30T06:00:00-05:00", id="monday")
TUESDAY = shift("2023-10-31T06:00:00-05:00", id="tuesday")


async def test_a_whole_day_takes_the_days_shifts_and_marks_it_in_one_revision(planner: Planner) -> None:
    schedule_id = await publish(planner, MONDAY, shift("2023-10-30T18:00:00-05:00", 120), TUESDAY)
    request = await enter(planner, whole("2023-10-30"), status="PENDING")
    assert len(await walls(planner)) == 3
    await planner.tenant.news()
    approved = await patch(planner, request, {"status": "APPROVED"})
    assert approved["syncVersion"] == 2
    assert "conflicts" not in approved
    assert await walls(planner) == ["10-31T06:00 14:00"]
    assert await marked_days(planner) == {"2023-10-30": (request["id"], 2)}
    assert await planner.version(schedule_id, week=WEEK) == 2
    [told] = await planner.tenant.news(ScheduleUpdated)
    assert len(told.agents["ann"].deleted) == 2
    assert request["id"] in told.reason


async def test_a_part_of_a_day_lies_inside_the_shift_and_paid_minutes_follow(planner: Planner) -> None:
    meal = activity("2023-10-30T10:00:00-05:00", 30, "2")
    await publish(planner, {**MONDAY, "activities": [meal]})
    request = await enter(planner, {**partly("2023-10-30T10:15:00-05:00", 105), "payableMinutes": [60]})
    assert await activities(planner) == [("0", 240, 240), ("2", 15, 0), ("5", 105, 60), ("0", 120, 120)]
    [found] = await planner.in_force("ann")
    assert found["paidMinutes"] == 240 + 60 + 120
    mark = found["activities"][2]
    assert (mark["timeOffRequestId"], mark["timeOffRequestSyncVersion"]) == (request["id"], 1)


async def test_unpaid_time_off_is_paid_nothing(planner: Planner) -> None:
    await publish(planner, MONDAY)
    await enter(planner, {**partly("2023-10-30T06:00:00-05:00", 60), "paid": False})
    assert await activities(planner) == [("5", 60, 0), ("0", 420, 420)]


async def test_a_part_that_reaches_over_the_shift_is_paid_by_what_lies_within(planner: Planner) -> None:
    await publish(planner, MONDAY)
    await enter(planner, partly("2023-10-30T05:00:00-05:00", 120))
    assert await activities(planner) == [("5", 60, 60), ("0", 420, 420)]


async def test_a_day_of_25_hours_cuts_the_night_before_and_both_weeks_are_restored(planner: Planner) -> None:
    night = shift("2023-11-04T22:00:00-05:00", 9 * 60, activities=[activity("2023-11-04T23:30:00-05:00", 60, "2")])
    await publish(planner, night)
    await publish(planner, shift("2023-11-05T10:00:00-06:00", id="sunday"), week=NEXT)
    before = await content(planner)
    request = await enter(planner, whole("2023-11-05", minutes=600))
    assert await walls(planner) == ["11-04T22:00 00:00"]
    assert await activities(planner) == [("0", 90, 90), ("2", 30, 0)]
    assert await marked_days(planner) == {"2023-11-05": (request["id"], 1)}
    await deny(planner, request)
    assert await content(planner) == before


async def test_a_day_of_23_hours_and_the_night_that_loses_an_hour(planner: Planner) -> None:
    await publish(planner, shift("2024-03-09T22:00:00-06:00", 7 * 60), week="2024-03-03")
    await publish(planner, shift("2024-03-10T22:00:00-05:00", 8 * 60), week="2024-03-10")
    before = await content(planner)
    request = await enter(planner, whole("2024-03-10"))
    assert await walls(planner) == ["03-09T22:00 00:00"]
    await deny(planner, request)
    assert await content(planner) == before
    # 01:30 to 03:30 on the wall is one elapsed hour.
    part_of_it = await enter(planner, partly("2024-03-10T01:30:00-06:00", 60))
    assert await activities(planner) == [("0", 210, 210), ("5", 60, 60), ("0", 150, 150), ("0", 480, 480)]
    await deny(planner, part_of_it)
    assert await content(planner) == before


async def test_days_over_two_weeks_stand_in_both_schedules_and_go_from_both(planner: Planner) -> None:
    first = await publish(planner, TUESDAY, shift("2023-11-03T06:00:00-05:00"))
    second = await publish(planner, shift("2023-11-06T06:00:00-06:00"), shift("2023-11-07T06:00:00-06:00"), week=NEXT)
    before = await content(planner)
    request = await enter(planner, whole("2023-11-03", "2023-11-04", "2023-11-05", "2023-11-06"))
    assert await walls(planner) == ["10-31T06:00 14:00", "11-07T06:00 14:00"]
    assert list(await marked_days(planner)) == ["2023-11-03", "2023-11-04", "2023-11-05", "2023-11-06"]
    assert [await planner.version(first, week=WEEK), await planner.version(second, week=NEXT)] == [2, 2]
    await deny(planner, request)
    assert await content(planner) == before


async def test_the_agents_cancellation_restores_byte_for_byte(planner: Planner) -> None:
    breaks = [activity("2023-10-30T08:00:00-05:00", 15, "1"), activity("2023-10-30T10:00:00-05:00", 30, "2")]
    await publish(planner, {**MONDAY, "activities": breaks}, TUESDAY)
    before = await content(planner)
    entered = [
        await enter(planner, partly("2023-10-30T08:05:00-05:00", 120)),
        await enter(planner, partly("2023-10-30T12:00:00-05:00", 60)),
        await enter(planner, whole("2023-10-31")),
    ]
    ann = planner.tenant.acting_as(planner.agents["ann"], "wfm:agentTimeOffRequest:submit")
    for request in entered:
        canceled = await change_own_request(ann, request["id"], OwnChanges(cancel=True))
        assert canceled.clashes == ()
    assert await content(planner) == before


async def test_a_change_of_the_times_moves_the_mark(planner: Planner) -> None:
    await publish(planner, MONDAY, TUESDAY)
    request = await enter(planner, whole("2023-10-30"))
    moved = await patch(planner, request, {"fullDayManagementUnitDates": ["2023-10-31"]})
    assert await walls(planner) == ["10-30T06:00 14:00"]
    assert await marked_days(planner) == {"2023-10-31": (request["id"], 2)}
    parted = await patch(planner, moved, partly("2023-10-31T06:00:00-05:00", 60))
    assert await activities(planner) == [("0", 480, 480), ("5", 60, 60), ("0", 420, 420)]
    assert await marked_days(planner) == {}
    away = await patch(planner, parted, partly("2023-12-24T06:00:00-06:00", 60))
    assert await activities(planner) == [("0", 480, 480), ("0", 480, 480)]
    await deny(planner, away)
    assert await read(planner, DISAGREEING) == [[]]


async def test_an_agent_without_a_part_gets_the_marker_and_loses_it_again(planner: Planner) -> None:
    await planner.bring(part("bob", MONDAY), week=WEEK)
    before = await content(planner)
    request = await enter(planner, whole("2023-10-30"))
    assert list(await marked_days(planner)) == ["2023-10-30"]
    await deny(planner, request)
    assert await content(planner) == before


async def test_a_day_off_that_a_planner_had_marked_comes_back(planner: Planner) -> None:
    own = {"businessUnitDate": "2023-10-30", "lengthMinutes": 300, "description": "Anniversary"}
    await planner.bring(part("ann", fullDayTimeOffMarkers=[own]), week=WEEK)
    before = await content(planner)
    request = await enter(planner, whole("2023-10-30"))
    assert await marked_days(planner) == {"2023-10-30": (request["id"], 1)}
    await deny(planner, request)
    assert await content(planner) == before


async def test_what_cannot_be_put_back_is_named(planner: Planner) -> None:
    schedule_id = await publish(planner, MONDAY, TUESDAY)
    request = await enter(planner, whole("2023-10-30"))
    version = (await planner.parts(schedule_id, week=WEEK))["ann"]["metadata"]["version"]
    late = shift("2023-10-30T12:00:00-05:00")
    await planner.change(schedule_id, part("ann", late, version=version), week=WEEK)
    # Whoever plans a shift on a marked day means it.
    assert await walls(planner) == ["10-30T12:00 20:00", "10-31T06:00 14:00"]
    denied = await deny(planner, request)
    [conflict] = denied["conflicts"]
    assert conflict["code"] == "timeoff.shift.not.restored"
    assert "2023-10-30 12:00-20:00 America/Chicago stands there now" in conflict["sentence"]
    assert await walls(planner) == ["10-30T12:00 20:00", "10-31T06:00 14:00"]
    assert await marked_days(planner) == {}


async def test_a_night_that_would_reach_into_another_weeks_shift_is_refused_in_words(planner: Planner) -> None:
    await publish(planner, shift("2023-11-04T22:00:00-05:00", 9 * 60))
    second = await publish(planner, shift("2023-11-06T10:00:00-06:00"), week=NEXT)
    request = await enter(planner, whole("2023-11-05"))
    version = (await planner.parts(second, week=NEXT))["ann"]["metadata"]["version"]
    sunday = shift("2023-11-05T01:00:00-05:00", 60)
    await planner.change(second, part("ann", sunday, version=version), week=NEXT)
    before = await content(planner)
    refused = await patch(planner, request, {"status": "DENIED"}, status=400)
    assert "2023-11-04 22:00-06:00 America/Chicago of ann overlaps one in force in schedule " + second in str(refused)
    assert await content(planner) == before
    assert await read(planner, DISAGREEING) == [[]]


async def test_a_shift_that_was_changed_under_its_mark_keeps_the_change(planner: Planner) -> None:
    meal = activity("2023-10-30T10:00:00-05:00", 30, "2")
    schedule_id = await publish(planner, {**MONDAY, "activities": [meal]})
    request = await enter(planner, partly("2023-10-30T10:00:00-05:00", 60))
    [standing] = await planner.in_force("ann")
    version = (await planner.parts(schedule_id, week=WEEK))["ann"]["metadata"]["version"]
    kept = {name: standing[name] for name in ("id", "startDate", "activities")}
    await planner.change(schedule_id, part("ann", {**kept, "lengthMinutes": 540}, version=version), week=WEEK)
    assert await activities(planner) == [("0", 240, 240), ("5", 60, 60), ("0", 180, 180), ("0", 60, 60)]
    await deny(planner, request)
    assert await activities(planner) == [("0", 240, 240), ("2", 30, 0), ("0", 30, 30), ("0", 180, 180), ("0", 60, 60)]


async def test_a_meeting_from_elsewhere_under_the_time_off_is_named(planner: Planner) -> None:
    meeting = activity(
        "2023-10-30T09:00:00-05:00", 60, "4", externalActivityId="m-1", externalActivityType="ActivityPlan"
    )
    await publish(planner, {**MONDAY, "activities": [meeting]})
    request = await enter(planner, partly("2023-10-30T11:00:00-05:00", 60))
    assert "conflicts" not in request
    request = await enter(planner, partly("2023-10-30T09:30:00-05:00", 15))
    [conflict] = request["conflicts"]
    assert conflict["code"] == "timeoff.over.external.activity"
    assert "m-1" in conflict["sentence"]


async def test_an_offered_shift_under_the_time_off_is_named(planner: Planner) -> None:
    schedule_id = await publish(planner, MONDAY, TUESDAY)
    ann = planner.tenant.acting_as(planner.agents["ann"], "wfm:agentShiftTradeRequest:participate")
    trade, _ = await offer_shift(ann, Offer("monday", schedule_id, week_date=date(2023, 10, 29)))
    assert "conflicts" not in await enter(planner, whole("2023-10-31"))
    [conflict] = (await enter(planner, whole("2023-10-30")))["conflicts"]
    assert conflict["code"] == "timeoff.over.offered.shift"
    assert trade.id in conflict["sentence"]


async def test_a_week_that_comes_into_force_later_carries_what_is_approved(planner: Planner) -> None:
    request = await enter(planner, whole("2023-10-30"))
    await enter(planner, partly("2023-10-31T06:00:00-05:00", 60))
    assert await marked_days(planner) == {}
    await publish(planner, MONDAY, TUESDAY)
    assert await marked_days(planner) == {"2023-10-30": (request["id"], 1)}
    assert await activities(planner) == [("5", 60, 60), ("0", 420, 420)]
    await deny(planner, request)
    assert await walls(planner) == ["10-30T06:00 14:00", "10-31T06:00 14:00"]


async def test_a_draft_carries_nothing_until_it_is_published(planner: Planner) -> None:
    request = await enter(planner, whole("2023-10-30"))
    draft = await publish(planner, MONDAY, published=False)
    assert len((await planner.parts(draft, week=WEEK))["ann"]["shifts"]) == 1
    await planner.change(draft, week=WEEK, published=True)
    assert await walls(planner) == []
    assert await marked_days(planner) == {"2023-10-30": (request["id"], 1)}


async def test_a_week_brought_with_its_own_marks_stays_as_it_was_brought(planner: Planner) -> None:
    request = await enter(planner, whole("2023-10-30"))
    stamp = {"timeOffRequestId": request["id"], "timeOffRequestSyncVersion": 1}
    own = {"businessUnitDate": "2023-10-30", "lengthMinutes": 300, **stamp}
    other = {"businessUnitDate": "2023-10-31", "lengthMinutes": 60, "timeOffRequestId": "elsewhere"}
    await planner.bring(part("ann", MONDAY, fullDayTimeOffMarkers=[own, other]), week=WEEK)
    assert await walls(planner) == ["10-30T06:00 14:00"]
    [_, days, _] = await content(planner)
    assert [(day["length_minutes"], day["time_off_request_id"]) for day in days] == [
        (300, request["id"]),
        (60, "elsewhere"),
    ]
    await deny(planner, request)
    [_, days, _] = await content(planner)
    assert [day["time_off_request_id"] for day in days] == ["elsewhere"]


async def test_a_stale_mark_that_is_brought_is_brought_up_to_date(planner: Planner) -> None:
    request = await enter(planner, whole("2023-10-30"))
    await patch(planner, request, {"fullDayManagementUnitDates": ["2023-10-31"]})
    stamp = {"timeOffRequestId": request["id"], "timeOffRequestSyncVersion": 1}
    own = {"businessUnitDate": "2023-10-30", **stamp}
    mark = activity("2023-11-01T06:00:00-05:00", 60, "5", **stamp)
    wednesday = shift("2023-11-01T06:00:00-05:00", activities=[mark])
    await planner.bring(part("ann", TUESDAY, wednesday, fullDayTimeOffMarkers=[own]), week=WEEK)
    assert await marked_days(planner) == {"2023-10-31": (request["id"], 2)}
    assert await activities(planner) == [("0", 60, 60), ("0", 420, 420)]


async def test_a_republished_revision_carries_what_is_approved_now(planner: Planner) -> None:
    schedule_id = await publish(planner, MONDAY, TUESDAY)
    before = await content(planner)
    request = await enter(planner, whole("2023-10-30"))
    path = f"/api/v2/shiftline/schedules/{schedule_id}/revisions"
    again = await planner.call("POST", f"{path}/1/republish", {})
    assert again["version"] == 2
    assert list(await marked_days(planner)) == ["2023-10-30"]
    await deny(planner, request)
    assert await content(planner) == before
    # The second revision carried the mark of a request that is denied by now.
    await planner.call("POST", f"{path}/2/republish", {})
    assert await content(planner) == before


async def test_a_week_set_aside_and_put_back_carries_what_is_approved_then(planner: Planner) -> None:
    first = await publish(planner, MONDAY, TUESDAY)
    before = await content(planner)
    request = await enter(planner, whole("2023-10-30"))
    await publish(planner, shift("2023-11-01T06:00:00-05:00"))
    assert await marked_days(planner) == {"2023-10-30": (request["id"], 1)}
    await deny(planner, request)
    await planner.change(first, week=WEEK, published=True)
    now = await content(planner)
    assert now[0] == before[0]
    assert await read(planner, DISAGREEING) == [[]]


async def test_a_marker_that_is_taken_away_by_hand_is_set_again(planner: Planner) -> None:
    schedule_id = await publish(planner, MONDAY)
    request = await enter(planner, whole("2023-10-30"))
    version = (await planner.parts(schedule_id, week=WEEK))["ann"]["metadata"]["version"]
    gone = {"businessUnitDate": "2023-10-30", "delete": True}
    await planner.change(schedule_id, part("ann", version=version, fullDayTimeOffMarkers=[gone]), week=WEEK)
    assert await marked_days(planner) == {"2023-10-30": (request["id"], 1)}
    assert await walls(planner) == []


async def test_a_copy_has_the_shifts_beneath_and_none_of_the_time_off(planner: Planner) -> None:
    schedule_id = await publish(planner, MONDAY, TUESDAY)
    await enter(planner, whole("2023-10-30"))
    await enter(planner, partly("2023-10-31T06:00:00-05:00", 60))
    body = {"description": "Again", "weekDate": "2023-11-12"}
    copied = await planner.call("POST", planner.path(f"/{schedule_id}/copy", week=WEEK), body)
    held = (await planner.parts(copied["result"]["id"], week="2023-11-12"))["ann"]
    assert [(each["wallStart"], len(each["activities"])) for each in held["shifts"]] == [
        ("2023-11-13T06:00", 1),
        ("2023-11-14T06:00", 1),
    ]
    assert held["fullDayTimeOffMarkers"] == []


async def test_approved_within_a_swap(planner: Planner) -> None:
    schedule_id = await publish(planner, MONDAY, TUESDAY)
    body = {
        "userId": "ann",
        "scheduleId": schedule_id,
        "shifts": [{"startTime": "2023-10-30T10:00:00-05:00", "endTime": "2023-10-30T18:00:00-05:00"}],
        "timeOffRequests": [
            {
                "startTime": "2023-10-31T08:00:00-05:00",
                "endTime": "2023-10-31T16:00:00-05:00",
                "status": "APPROVED",
                "type": "PAID_TIME_OFF",
            }
        ],
    }
    done = await planner.call("POST", "/api/v2/wfm/schedule/agent/swap", body)
    assert await activities(planner) == [("0", 480, 480), ("0", 120, 120), ("5", 360, 360)]
    assert done["access"]["allowed"] is True
    version = await planner.version(schedule_id, week=WEEK)
    assert (done["version"], done["previousVersion"]) == (version, 1)
    again = await planner.call("POST", "/api/v2/wfm/schedule/agent/swap", body)
    assert (again["changed"], again["version"]) == (False, version)


async def test_a_swap_onto_time_off_carries_the_part_and_respects_the_day(planner: Planner) -> None:
    schedule_id = await publish(planner, MONDAY, TUESDAY)
    await enter(planner, partly("2023-10-31T12:00:00-05:00", 60))
    day = await enter(planner, whole("2023-10-30"))
    shifts = [
        {"startTime": "2023-10-30T10:00:00-05:00", "endTime": "2023-10-30T18:00:00-05:00"},
        {"startTime": "2023-10-31T10:00:00-05:00", "endTime": "2023-10-31T18:00:00-05:00"},
    ]
    body = {"userId": "ann", "scheduleId": schedule_id, "shifts": shifts}
    done = await planner.call("POST", "/api/v2/wfm/schedule/agent/swap", body)
    assert {each["code"] for each in done["warnings"]} == {"shift.over.approved.time.off"}
    assert (await activities(planner))[:3] == [("0", 480, 480), ("0", 120, 120), ("5", 60, 60)]
    assert [each["paidMinutes"] for each in await planner.in_force("ann")] == [480, 480]
    assert list(await marked_days(planner)) == ["2023-10-30"]
    denied = await deny(planner, day)
    assert [each["code"] for each in denied["conflicts"]] == ["timeoff.shift.not.restored"]


async def test_two_approvals_at_once_both_stand(planner: Planner) -> None:
    schedule_id = await publish(planner, MONDAY, TUESDAY)
    before = await content(planner)
    asked = [
        await enter(planner, partly(f"2023-10-30T{hour:02}:00:00-05:00", 60), status="PENDING") for hour in range(6, 12)
    ]
    await asyncio.gather(*(patch(planner, request, {"status": "APPROVED"}) for request in asked))
    assert [code for code, _, _ in await activities(planner)] == ["5"] * 6 + ["0", "0"]
    assert await planner.version(schedule_id, week=WEEK) == 7
    approved = [{**request, "metadata": {"version": 2}} for request in asked]
    await asyncio.gather(*(deny(planner, request) for request in approved))
    assert await content(planner) == before


@pytest.mark.parametrize("turn", range(4))
async def test_an_approval_while_a_publication_runs(planner: Planner, turn: int) -> None:
    await publish(planner, MONDAY)
    draft = await publish(planner, MONDAY | {"id": "other"}, TUESDAY, published=False)
    request = await enter(planner, whole("2023-10-30"), status="PENDING")
    jobs = [patch(planner, request, {"status": "APPROVED"}), planner.change(draft, week=WEEK, published=True)]
    await asyncio.gather(*(jobs if turn % 2 else reversed(jobs)))
    assert await walls(planner) == ["10-31T06:00 14:00"]
    assert await marked_days(planner) == {"2023-10-30": (request["id"], 2)}
    await deny(planner, {**request, "metadata": {"version": 2}})
    assert await walls(planner) == ["10-30T06:00 14:00", "10-31T06:00 14:00"]


@pytest.mark.parametrize("turn", range(2))
async def test_swaps_and_approvals_at_once_never_deadlock(planner: Planner, turn: int) -> None:
    schedule_id = await publish(planner, MONDAY, TUESDAY)
    asked = [
        await enter(planner, partly(f"2023-10-31T{hour:02}:00:00-05:00", 60), status="PENDING") for hour in range(6, 9)
    ]
    swaps: list[Any] = [
        {
            "userId": "ann",
            "scheduleId": schedule_id,
            "shifts": [{"startTime": f"2023-10-30T{hour:02}:00:00-05:00", "endTime": "2023-10-30T18:00:00-05:00"}],
            "timeOffRequests": [
                {
                    "startTime": f"2023-10-31T{hour:02}:00:00-05:00",
                    "endTime": f"2023-10-31T{hour + 1:02}:00:00-05:00",
                    "status": "APPROVED",
                    "type": "PAID_TIME_OFF",
                }
            ],
        }
        for hour in (9, 10, 11)
    ]
    jobs: Sequence[Any] = [
        *(planner.call("POST", "/api/v2/wfm/schedule/agent/swap", body) for body in swaps),
        *(patch(planner, request, {"status": "APPROVED"}) for request in asked),
    ]
    await asyncio.gather(*(jobs if turn else reversed(jobs)))
    codes = [code for code, _, _ in await activities(planner)]
    assert codes == ["0", *["5"] * 6, "0"]


async def test_entries_for_several_agents_and_approvals_at_once_never_deadlock(planner: Planner) -> None:
    await planner.bring(part("ann", MONDAY), part("bob", shift("2023-10-30T06:00:00-05:00")), week=WEEK)
    asked = [
        await enter(planner, partly(f"2023-10-30T{hour:02}:00:00-05:00", 30), status="PENDING", who=who)
        for hour in (6, 7)
        for who in ("ann", "bob")
    ]

    def enter_for(hour: int, *who: str) -> Any:
        times = partly(f"2023-10-30T{hour:02}:00:00-05:00", 30)
        body = {"activityCodeId": "5", "users": [{"id": each} for each in who], "status": "APPROVED", **times}
        return planner.call("POST", f"{UNIT}/timeoffrequests", body, status=201)

    await asyncio.gather(
        *(enter_for(hour, *(("ann", "bob") if hour % 2 else ("bob", "ann"))) for hour in (8, 9, 10, 11)),
        *(patch(planner, request, {"status": "APPROVED"}) for request in asked),
    )
    for who in ("ann", "bob"):
        assert [code for code, _, _ in await activities(planner, who)].count("5") == 6


async def test_the_database_refuses_a_mark_and_a_request_that_disagree(planner: Planner) -> None:
    await publish(planner, MONDAY, TUESDAY)
    await enter(planner, whole("2023-10-30"))
    await enter(planner, partly("2023-10-31T06:00:00-05:00", 60))
    another: LiteralString = """
    insert into schedule.full_day
    select organization_id, schedule_id, agent_id, day + 3, from_revision, null, activity_code_id, paid, length_minutes,
           payable_minutes, null, null, null, time_off_request_id, 9
    from schedule.full_day
    """
    statements: tuple[LiteralString, ...] = (
        "update timeoff.request set sync_version = sync_version + 1 where days is not null",
        "update timeoff.request set status = 'CANCELED' where days is null",
        "update schedule.time_off set status = 'DENIED'",
        "update schedule.time_off set sync_version = 7",
        another,
    )
    for statement in statements:
        with pytest.raises(Conflict, match=r"(mark|record)_agrees_with_request"):
            async with planner.tenant.context.transaction() as tx:
                await tx.execute(statement, {})
    async with planner.tenant.context.transaction() as tx:  # history is nobody's concern
        await tx.execute("update schedule.full_day set to_revision = 2", {})


async def test_another_tenants_time_off_touches_nothing(planner: Planner, context: SettableContext) -> None:
    await publish(planner, MONDAY)
    before = await content(planner)
    actor = replace(context.actor, organization_id="org-2", person_id="admin-2")
    tenant = await make_tenant(context.acting_as(actor))
    async with serve(planner.tenant.context.database, context.clock, ROUTES) as api:
        other = Planner(api, tenant)
        await other.settle()
        await other.hire("ann")
        request = await enter(other, whole("2023-10-30"))
        assert await content(planner) == before
        path = f"{UNIT}/users/ann/timeoffrequests/{request['id']}"
        await planner.call("PATCH", path, {"metadata": {"version": 1}, "status": "DENIED"}, status=404)
        await publish(other, MONDAY)
        assert await walls(other) == []
    assert await walls(planner) == ["10-30T06:00 14:00"]
