"""The mission's swap, sentence by sentence, on a real PostgreSQL."""

import asyncio
import copy
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Tenant
from tests.store.schedule.planner import Planner, activity, part, shift, walls

from shiftline.publishing.events import SwapPublished
from shiftline.workforce.schedule.events import ScheduleUpdated

SWAP = "/api/v2/wfm/schedule/agent/swap"
SCHEDULE = "sch-987654321"

# The mission's payload, of this file's agent.
PAYLOAD: dict[str, Any] = {
    "userId": "ann",
    "scheduleId": SCHEDULE,
    "shifts": [
        {
            "startTime": "2023-10-27T06:00:00-05:00",
            "endTime": "2023-10-27T14:00:00-05:00",
            "skillIds": ["skill-voice-support"],
            "isSwap": True,
            "swapReason": "Agent Preference",
        }
    ],
    "timeOffRequests": [
        {
            "startTime": "2023-10-28T08:00:00-05:00",
            "endTime": "2023-10-28T16:00:00-05:00",
            "status": "PENDING",
            "type": "PAID_TIME_OFF",
        }
    ],
}


def asking(*shifts: tuple[str, str], **more: Any) -> dict[str, Any]:
    """A swap for these times and nothing else."""
    return {
        "userId": "ann",
        "scheduleId": SCHEDULE,
        "shifts": [{"startTime": start, "endTime": end} for start, end in shifts],
        **more,
    }


async def swap(planner: Planner, body: Any, *, status: int | None = 200, token: str | None = None) -> Any:
    return await planner.call("POST", SWAP, body, status=status, token=token)


async def publish_week(planner: Planner, *shifts: Any) -> None:
    standing = shifts or (
        shift("2023-10-27T10:00:00-05:00", id="friday"),
        shift("2023-10-26T10:00:00-05:00", id="thursday"),
    )
    await planner.bring(part("ann", *standing), part("bob", shift("2023-10-27T10:00:00-05:00")), id=SCHEDULE)


async def test_the_missions_payload_is_in_force_at_once(planner: Planner) -> None:
    await publish_week(planner)
    await planner.tenant.news()
    done = await swap(planner, PAYLOAD)
    assert (done["changed"], done["version"], done["previousVersion"]) == (True, 2, 1)
    assert done["sentence"] == "1 shift on 1 day put in force in place of 1; 1 time-off request filed."
    [schedule] = done["schedules"]
    [day] = schedule["days"]
    assert day["date"] == "2023-10-27"
    assert [(each["id"], each["wallStart"]) for each in day["replaced"]] == [("friday", "2023-10-27T10:00:00")]
    [now] = day["shifts"]
    assert (now["wallStart"], now["wallEnd"], now["timeZone"]) == (
        "2023-10-27T06:00:00",
        "2023-10-27T14:00:00",
        "America/Chicago",
    )
    assert (now["isSwap"], now["swapReason"], now["skillIds"]) == (True, "Agent Preference", ["skill-voice-support"])
    assert walls(await planner.in_force("ann")) == ["2023-10-26T10:00-18:00", "2023-10-27T06:00-14:00"]
    assert walls(await planner.in_force("bob")) == ["2023-10-27T10:00-18:00"]
    [request] = done["timeOffRequests"]
    assert (request["status"], request["created"]) == ("PENDING", True)
    assert [warning["code"] for warning in done["warnings"]] == ["skill.not.held"]
    access = done["access"]
    assert access["allowed"] is True, access["sentence"]
    assert {each["code"] for each in access["not_a_cause"]} >= {"timeoff.pending", "shift.swapped"}
    happened = await planner.tenant.news(ScheduleUpdated, SwapPublished)
    assert [type(each) for each in happened] == [ScheduleUpdated, SwapPublished]
    assert (happened[0].kind, happened[0].reason, list(happened[0].agents)) == ("swap", "Agent Preference", ["ann"])
    assert (happened[1].versions, happened[1].reason) == ({SCHEDULE: 2}, "Agent Preference")


async def test_the_same_again_changes_nothing_and_says_so(planner: Planner) -> None:
    await publish_week(planner)
    first = await swap(planner, PAYLOAD)
    await planner.tenant.news()
    again = await swap(planner, PAYLOAD)
    assert (again["changed"], again["version"], again["previousVersion"]) == (False, 2, 2)
    assert again["sentence"].startswith("Nothing changed")
    assert again["timeOffRequests"][0] == {**first["timeOffRequests"][0], "created": False}
    assert await planner.tenant.news() == []


async def test_after_a_revert_the_same_body_swaps_again(planner: Planner) -> None:
    await publish_week(planner)
    await swap(planner, PAYLOAD)
    path = f"/api/v2/shiftline/schedules/{SCHEDULE}/revisions/1/republish"
    assert (await planner.call("POST", path, {}))["version"] == 3
    assert walls(await planner.in_force("ann"))[1] == "2023-10-27T10:00-18:00"
    again = await swap(planner, PAYLOAD)
    assert (again["changed"], again["version"]) == (True, 4)
    assert again["timeOffRequests"][0]["created"] is False
    assert walls(await planner.in_force("ann"))[1] == "2023-10-27T06:00-14:00"
    kinds = (await planner.call("GET", f"/api/v2/shiftline/schedules/{SCHEDULE}/revisions"))["entities"]
    assert [each["kind"] for each in kinds] == ["swap", "republish", "swap", "import"]


async def test_a_plan_that_already_equals_the_request_is_left_alone(planner: Planner) -> None:
    standing = shift(
        "2023-10-27T06:00:00-05:00", isSwap=True, swapReason="Agent Preference", skillIds=["skill-voice-support"]
    )
    await publish_week(planner, standing)
    body = {**PAYLOAD, "timeOffRequests": []}
    done = await swap(planner, body)
    assert (done["changed"], done["version"]) == (False, 1)
    other = copy.deepcopy(body)
    other["shifts"][0]["swapReason"] = "Medical"
    changed = await swap(planner, other)
    assert (changed["changed"], changed["version"]) == (True, 2)


async def test_a_shift_without_reason_equals_itself(planner: Planner) -> None:
    await publish_week(planner)
    body = asking(("2023-10-27T06:00:00-05:00", "2023-10-27T14:00:00-05:00"))
    assert (await swap(planner, body))["changed"] is True
    assert (await swap(planner, body))["changed"] is False


async def test_a_day_without_shift_gets_one_and_several_are_all_replaced_and_named(planner: Planner) -> None:
    split = [shift("2023-10-27T06:00:00-05:00", 120, id="a"), shift("2023-10-27T10:00:00-05:00", 120, id="b")]
    await publish_week(planner, *split, shift("2023-10-27T20:00:00-05:00", 120, id="c"))
    body = asking(
        ("2023-10-25T08:00:00-05:00", "2023-10-25T12:00:00-05:00"),
        ("2023-10-27T09:00:00-05:00", "2023-10-27T13:00:00-05:00"),
    )
    [schedule] = (await swap(planner, body))["schedules"]
    days = {day["date"]: [each["id"] for each in day["replaced"]] for day in schedule["days"]}
    assert days == {"2023-10-25": [], "2023-10-27": ["a", "b", "c"]}
    assert walls(await planner.in_force("ann")) == ["2023-10-25T08:00-12:00", "2023-10-27T09:00-13:00"]


async def test_breaks_move_with_a_shift_of_the_same_length(planner: Planner) -> None:
    meal = [activity("2023-10-27T14:00:00-05:00", 30, "2")]
    await publish_week(planner, shift("2023-10-27T10:00:00-05:00", activities=meal))
    await swap(planner, PAYLOAD)
    [found] = await planner.in_force("ann")
    assert [(each["activityCodeId"], each["startDate"][11:16]) for each in found["activities"]] == [
        ("0", "11:00"),
        ("2", "15:00"),
        ("0", "15:30"),
    ]
    assert found["paidMinutes"] == 450


@pytest.mark.parametrize(
    ("start", "end", "minutes", "walls_seen"),
    [
        ("2023-10-27T22:00:00-05:00", "2023-10-28T06:00:00-05:00", 480, "2023-10-27T22:00-06:00"),
        ("2023-10-28T22:00:00-05:00", "2023-10-29T06:00:00-05:00", 480, "2023-10-28T22:00-06:00"),
    ],
)
async def test_over_midnight_and_over_the_weeks_boundary(
    planner: Planner, start: str, end: str, minutes: int, walls_seen: str
) -> None:
    await publish_week(planner, shift("2023-10-26T10:00:00-05:00"))
    await planner.bring(part("ann", shift("2023-10-29T08:00:00-05:00")), week="2023-10-29", id="next")
    done = await swap(planner, asking((start, end)))
    [now] = done["schedules"][0]["days"][0]["shifts"]
    assert now["paidMinutes"] == minutes
    assert walls_seen in walls(await planner.in_force("ann"))


async def test_both_nights_on_which_the_clocks_change(planner: Planner) -> None:
    for week, start, end, minutes in (
        ("2023-10-29", "2023-11-04T22:00:00-05:00", "2023-11-05T06:00:00-06:00", 540),
        ("2024-03-03", "2024-03-09T22:00:00-06:00", "2024-03-10T06:00:00-05:00", 420),
    ):
        await planner.bring(part("ann"), week=week, id=f"sch-{week}")
        body = asking((start, end), scheduleId=f"sch-{week}")
        done = await swap(planner, body)
        [now] = done["schedules"][0]["days"][0]["shifts"]
        assert (now["wallStart"][11:16], now["wallEnd"][11:16], now["paidMinutes"]) == ("22:00", "06:00", minutes)
        assert "offset.contradicts.zone" not in {warning["code"] for warning in done["warnings"]}
        assert (await swap(planner, body))["changed"] is False


async def test_a_swap_over_two_weeks_is_atomic_over_both(planner: Planner) -> None:
    await publish_week(planner, shift("2023-10-28T10:00:00-05:00", id="sat"))
    await planner.bring(part("ann", shift("2023-10-29T10:00:00-05:00", id="sun")), week="2023-10-29", id="next")
    both = asking(
        ("2023-10-28T06:00:00-05:00", "2023-10-28T14:00:00-05:00"),
        ("2023-10-29T06:00:00-05:00", "2023-10-29T14:00:00-05:00"),
    )
    bad = copy.deepcopy(both)
    bad["shifts"][1]["endTime"] = "2023-10-31T06:00:00-05:00"
    refused = await swap(planner, bad, status=400)
    assert refused["details"][0]["fieldName"] == "shifts[1].endTime"
    assert walls(await planner.in_force("ann")) == ["2023-10-28T10:00-18:00", "2023-10-29T10:00-18:00"]
    done = await swap(planner, both)
    assert [(each["scheduleId"], each["version"]) for each in done["schedules"]] == [(SCHEDULE, 2), ("next", 2)]
    assert (done["version"], done["previousVersion"]) == (2, 1)
    assert walls(await planner.in_force("ann")) == ["2023-10-28T06:00-14:00", "2023-10-29T06:00-14:00"]


async def test_shifts_may_trade_places_over_the_weeks_boundary(planner: Planner) -> None:
    # Each new shift meets the old one of the other week: only the right order of writing avoids a false overlap.
    await publish_week(planner, shift("2023-10-28T12:00:00-05:00", 600, id="sat"))
    await planner.bring(part("ann", shift("2023-10-29T00:00:00-05:00", id="sun")), week="2023-10-29", id="next")
    body = asking(
        ("2023-10-28T20:00:00-05:00", "2023-10-29T04:00:00-05:00"),
        ("2023-10-29T12:00:00-05:00", "2023-10-29T20:00:00-05:00"),
    )
    assert (await swap(planner, body))["changed"] is True
    assert walls(await planner.in_force("ann")) == ["2023-10-28T20:00-04:00", "2023-10-29T12:00-20:00"]


async def test_a_day_of_another_weeks_schedule_alone(planner: Planner) -> None:
    await publish_week(planner)
    await planner.bring(part("bob"), week="2023-10-29", id="next")
    done = await swap(planner, asking(("2023-10-30T06:00:00-05:00", "2023-10-30T14:00:00-05:00")))
    assert [(each["scheduleId"], each["version"]) for each in done["schedules"]] == [("next", 2)]
    assert (done["version"], done["previousVersion"]) == (1, 1)
    assert "2023-10-30T06:00-14:00" in walls(await planner.in_force("ann"))


async def test_a_version_is_optional_and_a_stale_one_is_refused(planner: Planner) -> None:
    await publish_week(planner)
    assert (await swap(planner, {**PAYLOAD, "version": 1}))["version"] == 2
    other = copy.deepcopy(PAYLOAD)
    other["shifts"][0]["endTime"] = "2023-10-27T13:00:00-05:00"
    stale = await swap(planner, {**other, "version": 1}, status=409)
    assert stale["messageParams"]["currentVersion"] == "2"
    assert stale["messageParams"]["modifiedBy"] == "admin-1"
    assert stale["messageParams"]["dateModified"] == "2023-10-26T17:00:00+00:00"
    assert (await swap(planner, other))["version"] == 3


async def test_of_a_hundred_swaps_with_one_version_exactly_one_wins(planner: Planner) -> None:
    await publish_week(planner)

    async def attempt(number: int) -> Any:
        body = copy.deepcopy(PAYLOAD)
        body["version"] = 1
        body["timeOffRequests"] = []
        body["shifts"][0]["endTime"] = f"2023-10-27T{12 + number // 60}:{number % 60:02d}:00-05:00"
        for _ in range(60):
            answer = await planner.api.call("POST", SWAP, planner.token, body)
            if answer.status_code != 503:
                return answer.status_code
            await asyncio.sleep(0.05)  # no connection was free: like the vendor's SDK, repeat
        return 503

    answers = await asyncio.gather(*(attempt(number) for number in range(100)))
    assert sorted(answers) == [200] + [409] * 99
    assert await planner.version(SCHEDULE) == 2


async def test_warnings_name_their_field_and_stop_nothing(planner: Planner, context: SettableContext) -> None:
    await publish_week(planner, shift("2023-10-26T20:00:00-05:00", id="late"))
    off = {
        "startTime": "2023-10-27T10:00:00-05:00",
        "endTime": "2023-10-27T12:00:00-05:00",
        "status": "APPROVED",
        "type": "PAID_TIME_OFF",
    }
    body = copy.deepcopy(PAYLOAD)
    body["shifts"][0] |= {"startTime": "2023-10-27T05:00:00-06:00", "endTime": "2023-10-27T13:00:00-06:00"}
    body["timeOffRequests"] = [off]
    context.clock.set("2023-10-27T08:00:00-05:00")
    done = await swap(planner, body)
    told = {(warning["code"], warning["field"]) for warning in done["warnings"]}
    assert told == {
        ("offset.contradicts.zone", "shifts[0].startTime"),
        ("offset.contradicts.zone", "shifts[0].endTime"),
        ("shift.in.past", "shifts[0].startTime"),
        ("shift.over.approved.time.off", "shifts[0]"),
        ("rest.too.short", "shifts[0]"),
        ("skill.not.held", "shifts[0].skillIds[0]"),
    }
    assert done["changed"] is True
    assert walls(await planner.in_force("ann"))[1] == "2023-10-27T06:00-14:00"


async def test_what_a_swap_newly_breaks_of_the_work_plan_is_a_warning(planner: Planner) -> None:
    """Ann's shifts have no meal, and her plan wants one: that is so before and after. Her plan starts from 08:00 to 12:00."""
    await publish_week(planner)
    meal = {"activityCodeId": "2", "lengthMinutes": 30, "startTimeIsRelativeToShiftStart": True,
            "exactStartTimeMinutes": 240}  # fmt: skip
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    day = {
        "name": "Day",
        "days": {"values": days},
        "flexibleStartTime": True,
        "earliestStartTimeMinutesFromMidnight": 480,
        "latestStartTimeMinutesFromMidnight": 720,
        "exactPaidTimeMinutes": 480,
        "activities": [meal],
    }
    plan = {"name": "Days", "optionalDays": {"values": days}, "shifts": [day], "agents": [{"id": "ann"}]}
    await planner.call("POST", "/api/v2/workforcemanagement/managementunits/mu-1/workplans", plan, status=201)
    same_time = await swap(planner, asking(("2023-10-27T10:00:00-05:00", "2023-10-27T18:00:00-05:00")))
    assert same_time["warnings"] == []
    early = await swap(planner, asking(("2023-10-27T06:00:00-05:00", "2023-10-27T14:00:00-05:00")))
    told = {(warning["code"], warning["field"]) for warning in early["warnings"]}
    assert ("workplan.start", "shifts[0]") in told
    assert "starts at 06:00, but Day starts from 08:00 to 12:00" in str(early["warnings"])
    back = await swap(planner, asking(("2023-10-27T09:00:00-05:00", "2023-10-27T17:00:00-05:00")))
    assert "workplan.start" not in {warning["code"] for warning in back["warnings"]}


async def test_rest_is_counted_into_the_week_before(planner: Planner) -> None:
    await publish_week(planner, shift("2023-10-28T14:00:00-05:00", id="sat"))
    await planner.bring(part("ann"), week="2023-10-29", id="next")
    done = await swap(planner, asking(("2023-10-29T02:00:00-05:00", "2023-10-29T10:00:00-05:00")))
    [warning] = done["warnings"]
    assert (warning["code"], warning["field"]) == ("rest.too.short", "shifts[0]")
    assert "only 4 h 00 min" in warning["sentence"]


async def test_a_status_other_than_pending_needs_the_approvers_permission(planner: Planner) -> None:
    await publish_week(planner)
    editor = await planner.tenant.person("editor", "wfm:schedule:edit")
    token = planner.tenant.tokens[editor.id]
    body = copy.deepcopy(PAYLOAD)
    body["timeOffRequests"][0]["status"] = "APPROVED"
    refused = await swap(planner, body, status=403, token=token)
    assert refused["messageParams"]["permissions"] == "wfm:timeOffRequest:edit"
    assert await planner.version(SCHEDULE) == 1
    assert (await swap(planner, PAYLOAD, token=token))["changed"] is True


async def test_a_swap_needs_the_permission_to_edit_schedules(planner: Planner) -> None:
    await publish_week(planner)
    viewer = await planner.tenant.person("viewer", "wfm:schedule:view")
    refused = await swap(planner, PAYLOAD, status=403, token=planner.tenant.tokens[viewer.id])
    assert refused["messageParams"]["permissions"] == "wfm:schedule:edit"


FRIDAY = ("2023-10-27T06:00:00-05:00", "2023-10-27T14:00:00-05:00")
BAD: list[tuple[dict[str, Any], str]] = [
    ({"userId": "eve"}, "userId"),
    ({"userId": None}, "userId"),
    ({"scheduleId": "nope"}, "scheduleId"),
    ({"scheduleId": "draft"}, "scheduleId"),
    ({"shifts": []}, "shifts"),
    ({"shifts": [{"startTime": FRIDAY[0]}]}, "shifts[0].endTime"),
    ({"shifts": [{"startTime": FRIDAY[1], "endTime": FRIDAY[0]}]}, "shifts[0].endTime"),
    ({"shifts": [{"startTime": "2023-10-27T06:00:00", "endTime": FRIDAY[1]}]}, "shifts[0].startTime"),
    ({"shifts": [{"startTime": "2023-10-27T06:00:01Z", "endTime": FRIDAY[1]}]}, "shifts[0].startTime"),
    ({"shifts": [{"startTime": "0001-01-01T00:00:00+14:00", "endTime": FRIDAY[1]}]}, "shifts[0].startTime"),
    ({"shifts": [{"startTime": FRIDAY[0], "endTime": "9999-12-31T23:59:00-14:00"}]}, "shifts[0].endTime"),
    ({"shifts": [{"startTime": FRIDAY[0], "endTime": "2023-10-28T07:00:00-05:00"}]}, "shifts[0].endTime"),
    ({"shifts": [{"startTime": "2023-12-27T06:00:00Z", "endTime": "2023-12-27T14:00:00Z"}]}, "shifts[0].startTime"),
    ({"shifts": [{"startTime": FRIDAY[0], "endTime": FRIDAY[1], "skillIds": ["skill-x"]}]}, "shifts[0].skillIds[0]"),
    ({"shifts": [{"startTime": FRIDAY[0], "endTime": FRIDAY[1], "isSwap": "yes"}]}, "shifts[0].isSwap"),
    ({"shifts": [{"startTime": FRIDAY[0], "endTime": FRIDAY[1]}] * 2}, "shifts[1].startTime"),
    (
        {"shifts": [{"startTime": "2023-10-26T12:00:00-05:00", "endTime": "2023-10-27T11:00:00-05:00"}]},
        "shifts[0].startTime",
    ),
    ({"timeOffRequests": [{"startTime": FRIDAY[1], "endTime": FRIDAY[0]}]}, "timeOffRequests[0].endTime"),
    ({"timeOffRequests": [{"startTime": "2023-10-27", "endTime": FRIDAY[1]}]}, "timeOffRequests[0].startTime"),
    (
        {"timeOffRequests": [{"startTime": FRIDAY[0], "endTime": FRIDAY[1], "status": "MAYBE"}]},
        "timeOffRequests[0].status",
    ),
    ({"timeOffRequests": [{"startTime": FRIDAY[0], "endTime": FRIDAY[1], "type": "BEACH"}]}, "timeOffRequests[0].type"),
    ({"version": 0}, "version"),
    ({"version": "one"}, "version"),
]


async def test_a_bad_swap_is_refused_naming_the_field_and_nothing_is_stored(planner: Planner) -> None:
    await publish_week(planner)
    await planner.bring(part("ann"), published=False, id="draft")
    await planner.tenant.news()
    wrong: dict[str, str] = {}
    for index, (more, field) in enumerate(BAD):
        answer = await planner.api.call("POST", SWAP, planner.token, {**PAYLOAD, **more})
        told = answer.json()
        names = [detail.get("fieldName") for detail in told.get("details", [])]
        if answer.status_code != 400 or field not in names:
            wrong[f"{index}: {field}"] = f"{answer.status_code} {told['message']} {names}"
    assert not wrong
    assert await planner.tenant.news() == []
    assert await planner.version(SCHEDULE) == 1


async def test_ids_of_another_tenant_are_unknown(planner: Planner, other_tenant: Tenant) -> None:
    await publish_week(planner)
    answer = await swap(planner, PAYLOAD, status=400, token=other_tenant.tokens["admin-2"])
    assert answer["details"][0]["fieldName"] == "userId"
    assert await planner.version(SCHEDULE) == 1


async def test_the_days_are_the_business_units_and_the_wall_is_the_agents(planner: Planner) -> None:
    await planner.open_site("mu-manila", "Asia/Manila")
    await planner.hire("may", site="mu-manila")
    # 06:00 on Saturday in Manila is Friday in Chicago: it takes the place of what starts on Friday there.
    standing = shift("2023-10-27T20:00:00-05:00", 60, id="fri"), shift("2023-10-28T10:00:00-05:00", 60, id="sat")
    await planner.bring(part("may", *standing), id=SCHEDULE)
    body = asking(("2023-10-28T06:00:00+08:00", "2023-10-28T14:00:00+08:00"), userId="may")
    done = await swap(planner, body)
    [day] = done["schedules"][0]["days"]
    assert (day["date"], [each["id"] for each in day["replaced"]]) == ("2023-10-27", ["fri"])
    assert day["shifts"][0]["wallStart"] == "2023-10-28T06:00:00"
    assert [warning["code"] for warning in done["warnings"]] == []
