"""Small edits of a published week on a real PostgreSQL: one revision or nothing, previewed, judged, told."""

import asyncio
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.publishing.edits import (
    ID,
    MEETING,
    PATH,
    asked,
    body,
    codes,
    edit,
    inside,
    placed,
    preview,
    publish,
)
from tests.store.publishing.test_time_off import enter, partly, whole
from tests.store.schedule.planner import Planner, part, shift, walls

from shiftline.workforce.preferences.model import WishChange
from shiftline.workforce.preferences.operations.stating import change_unavailable_times_of
from shiftline.workforce.schedule.events import ScheduleUpdated
from shiftline.workforce.schedule.topics import notifications


@pytest.fixture(autouse=True)
def before_the_week(planner: Planner, context: SettableContext) -> None:
    del planner  # it sets the clock itself
    context.clock.set("2023-10-20T12:00:00-05:00")


async def now_of(planner: Planner, agent: str, *, which: int = 0) -> Any:
    return (await planner.parts(ID))[agent]["shifts"][which]


async def test_a_meeting_is_added_as_one_revision_and_told(planner: Planner) -> None:
    await publish(planner)
    await planner.tenant.news()
    add = asked("addActivity", startDate="2023-10-25T10:00:00-05:00", lengthMinutes=60, activityCodeId=MEETING)
    answer = await edit(planner, {**add, "description": "All hands"}, reason="All hands")
    assert (answer["changed"], answer["version"], answer["previousVersion"]) == (True, 2, 1)
    [agent] = answer["agents"]
    assert (agent["user"]["id"], agent["paidMinutesBefore"], agent["paidMinutesAfter"]) == ("ann", 450, 450)
    assert {each["minutesDifference"] for each in answer["coverage"]} == {-15}
    assert [each["startDate"] for each in answer["coverage"]][::3] == ["2023-10-25T15:00:00Z", "2023-10-25T15:45:00Z"]
    assert inside(await now_of(planner, "ann")) == [
        ("13:00", 120, "0"),
        ("15:00", 60, MEETING),
        ("16:00", 60, "0"),
        ("17:00", 30, "2"),
        ("17:30", 210, "0"),
    ]
    [told] = await planner.tenant.news(ScheduleUpdated)
    assert (told.kind, told.reason, list(told.agents)) == ("edit", "All hands", ["ann"])
    own = [each for each in notifications(told) if each.topic == "v2.users.ann.workforcemanagement.schedules"]
    assert [each.body["updates"] for each in own] == [
        [{"type": "Edited", "shiftStartDates": ["2023-10-25T13:00:00.000Z"]}]
    ]


async def test_every_kind_of_edit_in_one_request(planner: Planner) -> None:
    await publish(planner)
    meal = "2023-10-25T12:00:00-05:00"
    answer = await edit(
        planner,
        asked("moveActivity", shiftId="ann-wed", activityStartDate=meal, startDate="2023-10-25T11:00:00-05:00"),
        asked("resizeActivity", shiftId="ann-wed", activityStartDate="2023-10-25T11:00:00-05:00", lengthMinutes=45),
        asked(
            "splitActivity",
            shiftId="ann-wed",
            activityStartDate="2023-10-25T08:00:00-05:00",
            startDate="2023-10-25T09:00:00-05:00",
            activityCodeId="4",
        ),
        asked("moveShift", "bob", shiftId="bob-wed", startDate="2023-10-26T08:00:00-05:00"),
        asked("removeActivity", "bob", shiftId="bob-wed", activityStartDate="2023-10-26T12:00:00-05:00"),
        asked("resizeShift", "bob", shiftId="bob-fri", lengthMinutes=540),
        asked("addShift", "bob", startDate="2023-10-28T08:00:00-05:00", lengthMinutes=240),
        reason="A new plan",
        acceptBreaches=[{"code": "edit.over.meal", "userId": "bob"}],
    )
    assert answer["version"] == 2
    ann, bob = (await planner.parts(ID))["ann"], (await planner.parts(ID))["bob"]
    assert inside(ann["shifts"][0]) == [
        ("13:00", 60, "0"),
        ("14:00", 120, "4"),
        ("16:00", 45, "2"),
        ("16:45", 255, "0"),
    ]
    assert walls(bob["shifts"]) == [
        "2023-10-26T08:00-16:00",
        "2023-10-27T08:00-17:00",
        "2023-10-28T08:00-12:00",
    ]
    assert inside(bob["shifts"][0]) == [("13:00", 480, "0")]
    kinds = {each["user"]["id"]: [shift["kind"] for shift in each["shifts"]] for each in answer["agents"]}
    assert kinds == {"ann": ["changed"], "bob": ["moved", "moved", "added"]}
    removed = await edit(planner, asked("removeShift", "bob", shiftId="bob-fri"), version=2)
    assert [each["kind"] for each in removed["agents"][0]["shifts"]] == ["removed"]
    [latest, *_] = (await planner.call("GET", f"{PATH}/revisions"))["entities"]
    assert (latest["number"], latest["kind"]) == (3, "edit")


async def test_a_preview_writes_nothing_and_says_what_the_edit_then_does(planner: Planner) -> None:
    await publish(planner)
    before = await planner.parts(ID)
    change = placed("ann", "bob", startDate="2023-10-25T11:30:00-05:00")
    would = await preview(planner, change)
    assert (would["changed"], would["possible"], would["version"]) == (False, True, 1)
    assert codes(would) == [("edit.over.meal", "ann"), ("edit.over.meal", "bob")]
    assert await planner.parts(ID) == before
    assert len((await planner.call("GET", f"{PATH}/revisions"))["entities"]) == 1
    did = await edit(planner, change, reason="Urgent", acceptBreaches=[{"code": "edit.over.meal"}])
    same = ("agents", "coverage", "breaches", "placements", "problems", "conflicts")
    assert {name: did[name] for name in same} == {name: would[name] for name in same}


async def test_a_breach_must_be_named_and_reasoned_and_stays_in_the_history(planner: Planner) -> None:
    await publish(planner)
    late = asked("addShift", "bob", startDate="2023-10-25T20:00:00-05:00", lengthMinutes=120)
    refused = await edit(planner, late, status=400)
    assert refused["code"] == "edit.breaches"
    assert "4 h 00 min of rest" in refused["message"]
    assert '"rest.too.short"' in refused["message"]
    named = [{"code": "rest.too.short", "userId": "bob"}]
    assert (await edit(planner, late, status=400, acceptBreaches=named))["code"] == "reason.required"
    others = [{"code": "rest.too.short", "userId": "ann"}]
    assert (await edit(planner, late, status=400, acceptBreaches=others, reason="x"))["code"] == "edit.breaches"
    assert await planner.version(ID) == 1
    await edit(planner, late, acceptBreaches=named, reason="Storm night")
    [latest, *_] = (await planner.call("GET", f"{PATH}/revisions"))["entities"]
    assert latest["reason"] == "Storm night"
    assert [(each["code"], each["user"]["id"]) for each in latest["acceptedBreaches"]] == [("rest.too.short", "bob")]
    # What was so before the next edit is told, and not held against it.
    harmless = asked("resizeShift", "bob", shiftId="bob-fri", lengthMinutes=420)
    answer = await edit(planner, harmless, version=2)
    assert codes(answer) == []
    assert codes(answer, "notice") == [("rest.too.short", "bob")]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        (asked("addShift", startDate="2023-10-25T12:00:00-05:00", lengthMinutes=60), "startDate", "shift.overlap"),
        (asked("addShift", startDate="2023-10-30T12:00:00-05:00", lengthMinutes=60), "startDate", "shift.outside.schedule"),
        (asked("addActivity", startDate="2023-10-25T10:00:00-05:00", lengthMinutes=60, activityCodeId="nope"),
         "activityCodeId", "activity.code.unknown"),
        (asked("addActivity", startDate="2023-10-26T10:00:00-05:00", lengthMinutes=60, activityCodeId="3"),
         "startDate", "activity.outside.shift"),
        (asked("addActivity", startDate="2023-10-25T15:30:00-05:00", lengthMinutes=60, activityCodeId="3"),
         "startDate", "activity.outside.shift"),
        (asked("removeActivity", shiftId="ann-wed", activityStartDate="2023-10-25T12:01:00-05:00"),
         "activityStartDate", "activity.unknown"),
        (asked("removeActivity", shiftId="ann-wed", activityStartDate="2023-10-25T08:00:00-05:00"),
         "activityStartDate", "edit.nothing.to.remove"),
        (asked("removeShift", shiftId="bob-wed"), "shiftId", "shift.unknown"),
        (asked("removeShift"), "shiftId", "edit.incomplete"),
        (asked("removeShift", "nobody", shiftId="x"), "userId", "agent.unknown"),
        (asked("moveShift", shiftId="ann-wed", startDate="2023-10-25T08:00:30-05:00"), "startDate", "invalid.date"),
        (asked("splitActivity", shiftId="ann-wed", activityStartDate="2023-10-25T12:00:00-05:00",
               startDate="2023-10-25T12:30:00-05:00"), "startDate", "activity.outside.shift"),
        (asked("resizeShift", shiftId="ann-wed"), "lengthMinutes", "edit.incomplete"),
        (placed("ann", "bob", startDate="2023-10-27T10:00:00-05:00"), "userIds[0]", "activity.outside.shift"),
        (placed("ann", minutes=60), "window", "edit.incomplete"),
        (placed("ann", "ann", startDate="2023-10-25T10:00:00-05:00"), "userIds", "agent.twice"),
        (placed("ann", minutes=250, window={"startDate": "2023-10-25T08:00:00-05:00",
                                            "endDate": "2023-10-25T16:00:00-05:00"}), "userIds[0]", "edit.no.room"),
    ],
)  # fmt: skip
async def test_what_can_never_be_is_refused_at_its_field(
    planner: Planner, change: dict[str, Any], field: str, code: str
) -> None:
    await publish(planner)
    good = asked("resizeShift", "bob", shiftId="bob-fri", lengthMinutes=420)
    refused = await edit(planner, good, change, status=400)
    assert {(each["fieldName"], each["errorCode"]) for each in refused["details"]} == {(f"edits[1].{field}", code)}
    told = await preview(planner, good, change)
    assert (told["possible"], [(each["field"], each["code"]) for each in told["problems"]]) == (
        False,
        [(f"edits[1].{field}", code)],
    )
    assert await planner.version(ID) == 1


async def test_what_is_in_force_in_another_week_is_not_overlapped(planner: Planner) -> None:
    await publish(planner)
    await planner.bring(part("bob", shift("2023-10-29T00:00:00-05:00")), week="2023-10-29")
    late = asked("addShift", "bob", startDate="2023-10-28T20:00:00-05:00", lengthMinutes=480)
    refused = await edit(planner, late, status=400)
    assert [(each["fieldName"], each["errorCode"]) for each in refused["details"]] == [
        ("edits[0].startDate", "shift.overlap")
    ]
    early = asked("addShift", "bob", startDate="2023-10-28T18:00:00-05:00", lengthMinutes=240)
    assert codes(await preview(planner, early)) == [("rest.too.short", "bob")]


async def test_a_moved_schedule_is_409_with_the_current_version(planner: Planner) -> None:
    await publish(planner)
    change = asked("resizeShift", "bob", shiftId="bob-fri", lengthMinutes=420)
    await edit(planner, change)
    for call in (edit, preview):
        refused = await call(planner, change, status=409)
        assert refused["messageParams"]["currentVersion"] == "2"
    missing = await edit(planner, change, status=400, version=None)
    assert missing["code"] == "version.required"


async def test_of_many_at_once_one_wins(planner: Planner) -> None:
    await publish(planner)
    changes = [asked("resizeShift", "bob", shiftId="bob-fri", lengthMinutes=420 + index) for index in range(8)]
    answers = await asyncio.gather(
        *(planner.api.call("POST", f"{PATH}/edits", planner.token, body(change)) for change in changes)
    )
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    assert await planner.version(ID) == 2


async def test_each_agent_gets_their_best_instant_in_a_window(planner: Planner) -> None:
    await publish(planner)
    window = {"startDate": "2023-10-25T11:00:00-05:00", "endDate": "2023-10-25T15:00:00-05:00"}
    answer = await edit(planner, placed("ann", "bob", window=window, code="6", minutes=45))
    starts = {each["user"]["id"]: each["startDate"] for each in answer["placements"]}
    # Never over the meal at noon, and not both at once.
    assert starts == {"ann": "2023-10-25T16:00:00Z", "bob": "2023-10-25T17:30:00Z"}
    assert codes(answer) == []
    assert inside(await now_of(planner, "bob")) == [
        ("13:00", 240, "0"), ("17:00", 30, "2"), ("17:30", 45, "6"), ("18:15", 165, "0"),
    ]  # fmt: skip


async def test_approved_time_off_stays_over_what_is_edited(planner: Planner) -> None:
    await publish(planner)
    request = await enter(planner, partly("2023-10-25T10:00:00-05:00", 120))
    version = await planner.version(ID)
    change = asked("addActivity", startDate="2023-10-25T11:00:00-05:00", lengthMinutes=120, activityCodeId=MEETING)
    would = await preview(planner, change, version=version)
    assert codes(would) == [("edit.over.meal", "ann"), ("edit.over.time.off", "ann")]
    named = [{"code": code} for code, _ in codes(would)]
    await edit(planner, change, version=version, acceptBreaches=named, reason="All hands")
    assert inside(await now_of(planner, "ann")) == [
        ("13:00", 120, "0"), ("15:00", 120, "5"), ("17:00", 60, MEETING), ("18:00", 180, "0"),
    ]  # fmt: skip
    # What lies beneath is kept with the edit: without the time off the whole meeting stands there.
    path = f"/api/v2/workforcemanagement/managementunits/mu-1/users/ann/timeoffrequests/{request['id']}"
    await planner.call("PATCH", path, {"metadata": request["metadata"], "status": "DENIED"})
    assert inside(await now_of(planner, "ann")) == [("13:00", 180, "0"), ("16:00", 120, MEETING), ("18:00", 180, "0")]


async def test_a_placement_avoids_time_off_and_a_mark_is_no_activity_to_edit(planner: Planner) -> None:
    await publish(planner)
    await enter(planner, partly("2023-10-25T08:00:00-05:00", 180))
    await enter(planner, whole("2023-10-27"), who="bob")
    version = await planner.version(ID)
    window = {"startDate": "2023-10-25T08:00:00-05:00", "endDate": "2023-10-25T16:00:00-05:00"}
    would = await preview(planner, placed("ann", window=window), version=version)
    assert [each["startDate"] for each in would["placements"]] == ["2023-10-25T16:00:00Z"]
    friday = asked("addShift", "bob", startDate="2023-10-27T10:00:00-05:00", lengthMinutes=60)
    assert codes(await preview(planner, friday, version=version)) == [("edit.over.time.off", "bob")]
    gone = await preview(planner, asked("removeShift", "bob", shiftId="bob-fri"), version=version)
    assert [each["code"] for each in gone["problems"]] == ["shift.unknown"]


async def test_unavailable_times_and_the_past_are_told(planner: Planner, context: SettableContext) -> None:
    await publish(planner)
    start = context.now().replace(hour=15, minute=0, second=0, microsecond=0, day=28)
    await change_unavailable_times_of(planner.tenant.context, "bob", [WishChange("x", start=start, minutes=240)])
    saturday = asked("addShift", "bob", startDate="2023-10-28T08:00:00-05:00", lengthMinutes=240)
    assert codes(await preview(planner, saturday)) == [("unavailable.time", "bob")]
    context.clock.set("2023-10-26T12:00:00-05:00")
    past = asked("resizeShift", shiftId="ann-wed", lengthMinutes=510)
    answer = await edit(planner, past)
    assert (codes(answer), codes(answer, "notice")) == ([], [("edit.in.past", "ann")])


async def test_a_draft_is_edited_without_telling_agents(planner: Planner) -> None:
    await publish(planner, published=False)
    await planner.tenant.news()
    await edit(planner, asked("moveShift", shiftId="ann-wed", startDate="2023-10-26T08:00:00-05:00"))
    [told] = await planner.tenant.news(ScheduleUpdated)
    assert [each.topic for each in notifications(told)] == ["v2.workforcemanagement.businessunits.bu-1.schedules"]
    assert await planner.in_force("ann") == []


async def test_only_planners_edit(planner: Planner) -> None:
    await publish(planner)
    change = body(asked("removeShift", shiftId="ann-wed"))
    token = planner.tenant.tokens["ann"]
    for path in ("edits", "edits/preview"):
        await planner.call("POST", f"{PATH}/{path}", change, status=403, token=token)
    await planner.call("POST", "/api/v2/shiftline/schedules/other/edits", change, status=404)
