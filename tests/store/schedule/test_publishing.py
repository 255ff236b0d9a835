"""Making, changing and publishing schedules over HTTP, on a real PostgreSQL."""

import asyncio
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.schedule.planner import ROOT, WEEK, Planner, activity, part, shift, walls

from shiftline.workforce.schedule.events import (
    ScheduleCreated,
    ScheduleDeleted,
    SchedulePublished,
    ScheduleSuperseded,
    ScheduleUpdated,
)
from shiftline.workforce.schedule.topics import notifications

FRIDAY = "2023-10-27T06:00:00-05:00"
SATURDAY = "2023-10-28T06:00:00-05:00"


async def test_a_blank_schedule_is_a_draft_with_a_version(planner: Planner) -> None:
    made = await planner.call("POST", planner.path(), {"description": "Plan B", "weekCount": 2}, status=201)
    assert (made["weekDate"], made["weekCount"], made["published"]) == (WEEK, 2, False)
    assert made["metadata"]["version"] == 1
    listed = (await planner.call("GET", planner.path(week="2023-10-29")))["entities"]
    assert [schedule["id"] for schedule in listed] == [made["id"]]
    assert (await planner.call("GET", planner.path(week="2023-11-05")))["entities"] == []


async def test_an_imported_week_is_in_force_with_wall_times_and_paid_minutes(planner: Planner) -> None:
    breaks = [activity("2023-10-27T08:00:00-05:00", 15, "1"), activity("2023-10-27T10:00:00-05:00", 30, "2")]
    made = await planner.bring(part("ann", shift(FRIDAY, activities=breaks)), id="sch-987654321")
    assert made["status"] == "Complete"
    assert made["result"]["id"] == "sch-987654321"
    [found] = await planner.in_force("ann")
    assert found["startDate"] == "2023-10-27T11:00:00Z"
    assert (found["wallStart"], found["wallEnd"]) == ("2023-10-27T06:00", "2023-10-27T14:00")
    assert (found["timeZone"], found["utcOffsetStart"]) == ("America/Chicago", "-05:00")
    assert [(a["activityCodeId"], a["lengthMinutes"], a["paid"]) for a in found["activities"]] == [
        ("0", 120, True),
        ("1", 15, True),
        ("0", 105, True),
        ("2", 30, False),
        ("0", 210, True),
    ]
    assert found["paidMinutes"] == 450
    assert found["schedule"]["id"] == "sch-987654321"


async def test_a_draft_is_seen_by_planners_and_is_not_in_force(planner: Planner) -> None:
    made = await planner.bring(part("ann", shift(FRIDAY)), published=False)
    schedule_id = made["result"]["id"]
    assert await planner.in_force("ann") == []
    assert walls((await planner.parts(schedule_id))["ann"]["shifts"]) == ["2023-10-27T06:00-14:00"]
    viewer = await planner.tenant.person("viewer", "wfm:publishedSchedule:view")
    token = planner.tenant.tokens[viewer.id]
    await planner.call("GET", planner.path(f"/{schedule_id}"), token=token, status=403)
    assert (await planner.call("GET", planner.path(), token=token))["entities"] == []


async def test_publishing_over_another_sets_it_aside(planner: Planner) -> None:
    first = (await planner.bring(part("ann", shift(FRIDAY)), part("bob", shift(FRIDAY))))["result"]
    second = (await planner.bring(part("ann", shift(SATURDAY)), published=False))["result"]
    await planner.tenant.news()
    published = await planner.change(second["id"], published=True)
    assert published["result"]["published"] is True
    assert walls(await planner.in_force("ann")) == ["2023-10-28T06:00-14:00"]
    assert await planner.in_force("bob") == []
    aside = await planner.call("GET", planner.path(f"/{first['id']}"))
    assert (aside["published"], aside["metadata"]["version"]) == (False, 2)
    news = await planner.tenant.news(SchedulePublished, ScheduleSuperseded)
    told = [message for happened in news for message in notifications(happened)]
    own = {message.topic: message.body["updates"] for message in told if message.topic.startswith("v2.users")}
    assert own == {
        "v2.users.ann.workforcemanagement.schedules": [
            {"type": "Added", "shiftStartDates": ["2023-10-28T11:00:00.000Z"]},
            {"type": "Deleted", "shiftStartDates": ["2023-10-27T11:00:00.000Z"]},
        ],
        "v2.users.bob.workforcemanagement.schedules": [
            {"type": "Deleted", "shiftStartDates": ["2023-10-27T11:00:00.000Z"]}
        ],
    }
    unit = [message.body for message in told if message.topic.startswith("v2.workforcemanagement")]
    assert {(body["eventType"], body["result"]["id"], body["result"]["published"]) for body in unit} == {
        ("Update", second["id"], True),
        ("Update", first["id"], False),
    }


async def test_a_draft_tells_nobody_but_planners(planner: Planner) -> None:
    await planner.tenant.news()
    await planner.bring(part("ann", shift(FRIDAY)), published=False)
    [made] = await planner.tenant.news(ScheduleCreated)
    assert [message.topic for message in notifications(made)] == ["v2.workforcemanagement.businessunits.bu-1.schedules"]


async def test_what_is_published_stays_published(planner: Planner) -> None:
    made = (await planner.bring(part("ann", shift(FRIDAY))))["result"]
    refused = await planner.change(made["id"], published=False, status=400)
    assert refused["details"][0]["fieldName"] == "published"


async def test_an_update_edits_adds_and_deletes_by_id_and_leaves_the_rest(planner: Planner) -> None:
    days = [shift(f"2023-10-{day}T06:00:00-05:00", id=f"s-{day}") for day in (23, 24, 25)]
    made = (await planner.bring(part("ann", *days), part("bob", shift(FRIDAY))))["result"]
    await planner.tenant.news()
    edits = [
        {"id": "s-23", "startDate": "2023-10-23T07:00:00-05:00"},
        {"id": "s-24", "delete": True},
        shift(FRIDAY, id="s-27"),
    ]
    await planner.change(made["id"], part("ann", *edits, version=1))
    found = (await planner.parts(made["id"]))["ann"]
    assert [(each["id"], each["wallStart"]) for each in found["shifts"]] == [
        ("s-23", "2023-10-23T07:00"),
        ("s-25", "2023-10-25T06:00"),
        ("s-27", "2023-10-27T06:00"),
    ]
    assert found["metadata"]["version"] == 2
    assert (await planner.parts(made["id"]))["bob"]["metadata"]["version"] == 1
    [happened] = await planner.tenant.news(ScheduleUpdated)
    update = happened.agents["ann"]
    assert [len(update.added), len(update.edited), len(update.deleted)] == [1, 1, 1]
    assert list(happened.agents) == ["ann"]


async def test_the_same_update_again_changes_nothing(planner: Planner) -> None:
    made = (await planner.bring(part("ann", shift(FRIDAY, id="s-1"))))["result"]
    again = await planner.change(made["id"], part("ann", shift(FRIDAY, id="s-1"), version=1))
    assert again["result"]["metadata"]["version"] == 1
    revisions = await planner.call("GET", f"/api/v2/shiftline/schedules/{made['id']}/revisions")
    assert [revision["number"] for revision in revisions["entities"]] == [1]


async def test_stale_versions_are_refused_with_the_current_one_and_its_author(
    planner: Planner, context: SettableContext
) -> None:
    context.clock.set("2023-10-20T12:00:00Z")
    made = (await planner.bring(part("ann", shift(FRIDAY, id="s-1"))))["result"]
    await planner.change(made["id"], part("ann", shift(SATURDAY, id="s-2"), version=1))
    stale = await planner.change(
        made["id"], part("ann", shift(SATURDAY, id="s-2"), version=2), metadata={"version": 1}, status=409
    )
    assert stale["messageParams"]["currentVersion"] == "2"
    assert stale["messageParams"]["modifiedBy"] == "admin-1"
    assert stale["messageParams"]["dateModified"] == "2023-10-20T12:00:00+00:00"
    of_agent = await planner.change(made["id"], part("ann", shift(FRIDAY, id="s-1"), version=1), status=409)
    assert "agentSchedules[0].metadata.version" in of_agent["message"]
    assert of_agent["messageParams"]["currentVersion"] == "2"
    blind = await planner.change(made["id"], part("ann", shift(FRIDAY, id="s-1")), status=400)
    assert blind["details"][0]["fieldName"] == "agentSchedules[0].metadata.version"
    blind = await planner.change(made["id"], metadata={}, status=400)
    assert blind["details"][0]["fieldName"] == "metadata.version"
    gone = await planner.change(made["id"], part("bob", version=1, delete=True), status=409)
    assert "bob" in gone["message"]


async def test_an_agents_part_can_be_deleted_and_made_again_under_a_new_version(planner: Planner) -> None:
    made = (await planner.bring(part("ann", shift(FRIDAY, id="s-1")), part("bob")))["result"]
    await planner.change(made["id"], part("ann", version=1, delete=True))
    assert list(await planner.parts(made["id"])) == ["bob"]
    assert await planner.in_force("ann") == []
    await planner.change(made["id"], part("ann", shift(FRIDAY)))
    assert (await planner.parts(made["id"]))["ann"]["metadata"]["version"] == 2


BAD: list[tuple[Any, str]] = [
    ({"agentSchedules": [{"shifts": []}]}, "agentSchedules[0].userId"),
    ({"agentSchedules": [part("eve", shift(FRIDAY))]}, "agentSchedules[0].userId"),
    ({"agentSchedules": [part("ann"), part("ann")]}, "agentSchedules[1].userId"),
    ({"agentSchedules": [part("ann", {"lengthMinutes": 60})]}, "agentSchedules[0].shifts[0].startDate"),
    ({"agentSchedules": [part("ann", {"startDate": FRIDAY})]}, "agentSchedules[0].shifts[0].lengthMinutes"),
    ({"agentSchedules": [part("ann", shift("2023-10-27T06:00:00"))]}, "agentSchedules[0].shifts[0].startDate"),
    ({"agentSchedules": [part("ann", shift("tomorrow"))]}, "agentSchedules[0].shifts[0].startDate"),
    ({"agentSchedules": [part("ann", shift("0001-01-01T00:00:00+14:00"))]}, "agentSchedules[0].shifts[0].startDate"),
    ({"agentSchedules": [part("ann", shift("2023-10-27T06:00:30Z"))]}, "agentSchedules[0].shifts[0].startDate"),
    ({"agentSchedules": [part("ann", shift("2023-10-29T06:00:00-05:00"))]}, "agentSchedules[0].shifts[0].startDate"),
    ({"agentSchedules": [part("ann", shift("2023-10-21T23:59:00-05:00"))]}, "agentSchedules[0].shifts[0].startDate"),
    ({"agentSchedules": [part("ann", shift(FRIDAY, 0))]}, "agentSchedules[0].shifts[0].lengthMinutes"),
    ({"agentSchedules": [part("ann", shift(FRIDAY, 1441))]}, "agentSchedules[0].shifts[0].lengthMinutes"),
    ({"agentSchedules": [part("ann", shift(FRIDAY, 10**9))]}, "agentSchedules[0].shifts[0].lengthMinutes"),
    (
        {
            "agentSchedules": [
                part("bob"),
                part("ann", shift(SATURDAY), shift(FRIDAY, 24 * 60), shift("2023-10-28T05:00:00-05:00", 60)),
            ]
        },
        "agentSchedules[1].shifts[2].startDate",
    ),
    (
        {"agentSchedules": [part("ann", shift(FRIDAY, activities=[activity(FRIDAY, 60, "99")]))]},
        "agentSchedules[0].shifts[0].activities[0].activityCodeId",
    ),
    (
        {"agentSchedules": [part("ann", shift(FRIDAY, activities=[activity(FRIDAY, 481, "0")]))]},
        "agentSchedules[0].shifts[0].activities[0].startDate",
    ),
    (
        {
            "agentSchedules": [
                part(
                    "ann",
                    shift(
                        FRIDAY, activities=[activity(FRIDAY, 60, "0"), activity("2023-10-27T06:30:00-05:00", 60, "1")]
                    ),
                )
            ]
        },
        "agentSchedules[0].shifts[0].activities[1].startDate",
    ),
    (
        {"agentSchedules": [part("ann", shift(FRIDAY, activities=[activity(FRIDAY, 60, "0", payableMinutes=61)]))]},
        "agentSchedules[0].shifts[0].activities[0].payableMinutes",
    ),
    (
        {"agentSchedules": [part("ann", shift(FRIDAY, activities=[activity("2023-10-27T06:00:00", 60, "0")]))]},
        "agentSchedules[0].shifts[0].activities[0].startDate",
    ),
    ({"agentSchedules": [part("ann", shift(FRIDAY, skillIds=["no-such"]))]}, "agentSchedules[0].shifts[0].skillIds[0]"),
    (
        {"agentSchedules": [part("ann", shift(FRIDAY, id="x"), shift(SATURDAY, id="x"))]},
        "agentSchedules[0].shifts[1].id",
    ),
    ({"agentSchedules": [part("ann", {"id": "nope", "delete": True})]}, "agentSchedules[0].shifts[0].id"),
    ({"agentSchedules": [part("ann", {"wallStart": "2023-10-27T06:00"})]}, "agentSchedules[0].shifts[0].wallEnd"),
    ({"agentSchedules": [part("ann", {"wallStart": "2023-10-32T06:00"})]}, "agentSchedules[0].shifts[0].wallStart"),
    ({"agentSchedules": [part("ann", {"wallStart": "2023-10-27T06:00Z"})]}, "agentSchedules[0].shifts[0].wallStart"),
    (
        {"agentSchedules": [part("ann", fullDayTimeOffMarkers=[{"businessUnitDate": "2023-10-29"}])]},
        "agentSchedules[0].fullDayTimeOffMarkers[0].businessUnitDate",
    ),
    (
        {
            "agentSchedules": [
                part("ann", fullDayTimeOffMarkers=[{"businessUnitDate": "2023-10-27", "activityCodeId": "1"}])
            ]
        },
        "agentSchedules[0].fullDayTimeOffMarkers[0].activityCodeId",
    ),
    (
        {
            "agentSchedules": [
                part(
                    "ann",
                    fullDayTimeOffMarkers=[
                        {"businessUnitDate": "2023-10-27", "lengthMinutes": 60, "payableMinutes": 61}
                    ],
                )
            ]
        },
        "agentSchedules[0].fullDayTimeOffMarkers[0].payableMinutes",
    ),
    ({"weekCount": 7}, "weekCount"),
    ({"id": "../etc"}, "id"),
    ({"description": "a\u0000b"}, "description"),
    ({"agentSchedules": {}}, "agentSchedules"),
    ([], "body"),
]


async def test_a_bad_file_is_refused_naming_the_field_and_nothing_is_stored(planner: Planner) -> None:
    told: dict[str, str] = {}
    for index, (data, field) in enumerate(BAD):
        body = data if isinstance(data, list) else {"published": True, **data}
        refused = await planner.upload(planner.path("/import"), body, status=None)
        if refused["status"] != 400 or refused["details"][0]["fieldName"] != field:
            told[f"{index}: {field}"] = str(refused.get("message", refused))
    assert not told
    assert (await planner.call("GET", planner.path()))["entities"] == []


async def test_all_mistakes_of_a_file_are_told_at_once(planner: Planner) -> None:
    parts = [part("ann", shift(FRIDAY, 0), shift("2023-10-29T06:00:00-05:00")), part("eve")]
    refused = await planner.bring(*parts, status=400)
    assert {detail["fieldName"] for detail in refused["details"]} == {
        "agentSchedules[0].shifts[0].lengthMinutes",
        "agentSchedules[0].shifts[1].startDate",
        "agentSchedules[1].userId",
    }


@pytest.mark.parametrize(
    ("week", "message"),
    [("2023-10-23", "start then, like 2023-10-22"), ("soon", "no date"), ("9999-12-26", "the year")],
)
async def test_a_week_is_one_of_the_unit(planner: Planner, week: str, message: str) -> None:
    refused = await planner.call("POST", planner.path(week=week), {}, status=400)
    assert refused["details"][0]["fieldName"] == "weekId"
    assert message in refused["message"]


async def test_ids_brought_along_are_taken_once(planner: Planner) -> None:
    await planner.bring(id="sch-1", published=False)
    await planner.bring(id="sch-1", published=False, status=409)


async def test_a_shift_over_the_weeks_boundary_meets_the_next_weeks_shifts(planner: Planner) -> None:
    night = shift("2023-10-28T22:00:00-05:00", id="night")
    await planner.bring(part("ann", night))
    early = shift("2023-10-29T05:00:00-05:00")
    refused = await planner.bring(part("bob"), part("ann", early), week="2023-10-29", status=400)
    assert refused["details"][0]["fieldName"] == "agentSchedules[1].shifts[0].startDate"
    assert "2023-10-29T03:00Z to 2023-10-29T11:00Z" in refused["message"]
    after = shift("2023-10-29T06:00:00-05:00")
    await planner.bring(part("ann", after), week="2023-10-29")
    assert walls(await planner.in_force("ann")) == ["2023-10-28T22:00-06:00", "2023-10-29T06:00-14:00"]


async def test_a_draft_that_would_overlap_cannot_come_into_force(planner: Planner) -> None:
    await planner.bring(part("ann", shift("2023-10-28T22:00:00-05:00")))
    draft = (await planner.bring(part("ann", shift("2023-10-29T05:00:00-05:00")), week="2023-10-29", published=False))[
        "result"
    ]
    refused = await planner.change(draft["id"], week="2023-10-29", published=True, status=409)
    assert refused["code"] == "shift.overlap"
    assert "ann" in refused["message"]
    assert (await planner.call("GET", planner.path(f"/{draft['id']}", week="2023-10-29")))["published"] is False


async def test_wall_times_in_a_gap_or_fold_are_resolved_and_told(planner: Planner) -> None:
    night = {"wallStart": "2023-11-04T22:00", "wallEnd": "2023-11-05T06:00"}
    fold = {"wallStart": "2023-11-05T06:30", "wallEnd": "2023-11-05T07:00"}
    made = await planner.bring(part("ann", night), part("bob", fold), week="2023-10-29", weekCount=2)
    assert "notes" not in made["result"]
    [found] = await planner.in_force("ann")
    assert (found["lengthMinutes"], found["paidMinutes"]) == (540, 540)
    assert (found["utcOffsetStart"], found["utcOffsetEnd"]) == ("-05:00", "-06:00")
    spring = {"wallStart": "2024-03-10T02:30", "wallEnd": "2024-03-10T10:00"}
    made = await planner.bring(part("ann", spring), week="2024-03-10")
    [note] = made["result"]["notes"]
    assert note["code"] == "wall.time.gap"
    assert note["field"] == "agentSchedules[0].shifts[0].wallStart"
    assert "2024-03-10 03:30 was taken" in note["sentence"]
    rejected = {**spring, "disambiguation": "reject"}
    refused = await planner.bring(part("bob", rejected), week="2024-03-10", published=False, status=400)
    assert refused["details"][0]["fieldName"] == "agentSchedules[0].shifts[0].wallStart"


async def test_an_agents_wall_hangs_in_their_own_sites_zone(planner: Planner) -> None:
    await planner.open_site("mu-manila", "Asia/Manila")
    await planner.hire("may", site="mu-manila")
    await planner.bring(part("may", shift("2023-10-27T06:00:00-05:00")))
    [found] = await planner.in_force("may")
    assert (found["wallStart"], found["timeZone"]) == ("2023-10-27T19:00", "Asia/Manila")


async def test_whole_days_off_are_kept_by_day(planner: Planner) -> None:
    off = {
        "businessUnitDate": "2023-10-27",
        "lengthMinutes": 480,
        "timeOffRequestId": "req-1",
        "timeOffRequestSyncVersion": 3,
    }
    made = (await planner.bring(part("ann", fullDayTimeOffMarkers=[off])))["result"]
    [found] = (await planner.parts(made["id"]))["ann"]["fullDayTimeOffMarkers"]
    assert found == {**off, "activityCodeId": "5", "paid": True, "payableMinutes": 480}
    gone = {"businessUnitDate": "2023-10-27", "delete": True}
    await planner.change(made["id"], part("ann", fullDayTimeOffMarkers=[gone], version=1))
    assert (await planner.parts(made["id"]))["ann"]["fullDayTimeOffMarkers"] == []


async def test_a_schedule_is_deleted_with_what_it_had_in_force(planner: Planner) -> None:
    made = (await planner.bring(part("ann", shift(FRIDAY))))["result"]
    await planner.tenant.news()
    await planner.call("DELETE", planner.path(f"/{made['id']}"))
    await planner.call("GET", planner.path(f"/{made['id']}"), status=404)
    assert await planner.in_force("ann") == []
    [happened] = await planner.tenant.news(ScheduleDeleted)
    topics = {message.topic: message.body for message in notifications(happened)}
    assert topics["v2.users.ann.workforcemanagement.schedules"]["updates"][0]["type"] == "Deleted"
    await planner.bring(part("ann", shift(FRIDAY)))


async def test_who_is_in_a_schedule_is_told_by_site(planner: Planner) -> None:
    made = (await planner.bring(part("ann", shift(FRIDAY), shift(SATURDAY)), part("bob")))["result"]
    [site] = (await planner.call("GET", planner.path(f"/{made['id']}")))["managementUnits"]
    assert (site["managementUnit"]["id"], site["agentCount"]) == ("mu-1", 2)
    assert (site["startDate"], site["endDate"]) == ("2023-10-27T11:00:00Z", "2023-10-28T19:00:00Z")
    assert list(await planner.parts(made["id"], userIds=["bob"])) == ["bob"]
    assert list(await planner.parts(made["id"], managementUnitId="mu-1")) == ["ann", "bob"]


async def test_an_agent_reads_their_own_shifts_in_both_shapes(planner: Planner) -> None:
    await planner.bring(part("ann", shift(FRIDAY)), part("bob", shift(FRIDAY)))
    token = planner.tenant.tokens["ann"]
    span = {"startDate": "2023-10-22T00:00:00-05:00", "endDate": "2023-10-29T00:00:00-05:00"}
    mine = await planner.call("POST", f"{ROOT}/agentschedules/mine", span, token=token)
    assert [each["user"]["id"] for each in mine["agentSchedules"]] == ["ann"]
    assert mine["businessUnitTimeZone"] == "America/Chicago"
    assert mine["publishedSchedules"][0]["weekDate"] == WEEK
    older = await planner.call("POST", f"{ROOT}/schedules", span, token=token)
    assert [each["startDate"] for each in older["userSchedules"]["ann"]["shifts"]] == ["2023-10-27T11:00:00Z"]
    both = await planner.call("POST", f"{ROOT}/managementunits/mu-1/schedules/search", span)
    assert sorted(both["userSchedules"]) == ["ann", "bob"]
    await planner.call("POST", f"{ROOT}/businessunits/bu-1/agentschedules/search", span, token=token, status=403)
    backwards = {"startDate": span["endDate"], "endDate": span["startDate"]}
    refused = await planner.call("POST", f"{ROOT}/agentschedules/mine", backwards, token=token, status=400)
    assert refused["details"][0]["fieldName"] == "endDate"


async def test_an_agent_sees_colleagues_by_category_only(planner: Planner) -> None:
    meal = [activity("2023-10-27T08:00:00-05:00", 30, "2", description="with the boss")]
    await planner.open_site("mu-2")
    await planner.hire("cat", site="mu-2")
    await planner.bring(part("bob", shift(FRIDAY, activities=meal)), part("cat", shift(FRIDAY)))
    dan = await planner.hire("dan", "wfm:agentManagementUnitSchedule:view")
    span = {"startDate": "2023-10-27T00:00:00-05:00", "endDate": "2023-10-28T00:00:00-05:00"}
    path = f"{ROOT}/agentschedules/managementunits/mine"
    told = await planner.call("POST", path, span, token=planner.tenant.tokens[dan.id])
    [bob] = told["result"]["agentSchedules"]
    assert (bob["agent"]["id"], bob["shifts"][0]["startOffsetMinutes"]) == ("bob", 360)
    assert [each["activityCategory"] for each in bob["shifts"][0]["activities"]] == [
        "OnQueueWork",
        "Meal",
        "OnQueueWork",
    ]
    assert "boss" not in str(told)
    await planner.call("POST", path, span, token=planner.tenant.tokens["ann"], status=403)


async def test_of_many_updates_with_one_version_exactly_one_wins(planner: Planner) -> None:
    made = (await planner.bring(part("ann", shift(FRIDAY, id="s-1"))))["result"]

    async def change(minute: int) -> Any:
        moved = shift(f"2023-10-27T06:{minute:02d}:00-05:00", id="s-1")
        return await planner.change(made["id"], part("ann", moved, version=1), metadata={"version": 1}, status=None)

    answers = await asyncio.gather(*(change(minute) for minute in range(1, 9)))
    assert sorted(answer["status"] for answer in answers if isinstance(answer["status"], int)) == [409] * 7
    assert [answer["status"] for answer in answers].count("Complete") == 1
    assert await planner.version(made["id"]) == 2
