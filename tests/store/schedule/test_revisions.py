"""Every revision stays readable as it was, and any can be put into force again."""

from typing import Any

from tests.conftest import SettableContext
from tests.store.schedule.planner import Planner, activity, part, shift, walls

from shiftline.workforce.schedule.events import ScheduleReverted
from shiftline.workforce.schedule.topics import notifications

FRIDAY = "2023-10-27T06:00:00-05:00"
LATER = "2023-10-27T10:00:00-05:00"


async def revisions(planner: Planner, schedule_id: str) -> list[Any]:
    return (await planner.call("GET", f"/api/v2/shiftline/schedules/{schedule_id}/revisions"))["entities"]


async def revision(planner: Planner, schedule_id: str, number: int, *, status: int = 200) -> Any:
    return await planner.call("GET", f"/api/v2/shiftline/schedules/{schedule_id}/revisions/{number}", status=status)


async def republish(planner: Planner, schedule_id: str, number: int, body: Any = None, *, status: int = 200) -> Any:
    path = f"/api/v2/shiftline/schedules/{schedule_id}/revisions/{number}/republish"
    return await planner.call("POST", path, body, status=status)


async def test_an_earlier_revision_comes_back_into_force_with_all_it_had(
    planner: Planner, context: SettableContext
) -> None:
    context.clock.set("2023-10-20T10:00:00Z")
    meal = [activity("2023-10-27T10:00:00-05:00", 30, "2", description='Lunch\twith "quotes" and \\ {braces}\nhere')]
    first = shift(FRIDAY, id="s-1", activities=meal, isSwap=True, swapReason="Agent Preference, \\N")
    off = [{"businessUnitDate": "2023-10-25"}]
    made = (await planner.bring(part("ann", first, fullDayTimeOffMarkers=off), part("bob", shift(FRIDAY)), id="sch-1"))[
        "result"
    ]
    before = await revision(planner, "sch-1", 1)
    context.clock.set("2023-10-21T10:00:00Z")
    gone = [{"businessUnitDate": "2023-10-25", "delete": True}]
    await planner.change("sch-1", part("ann", shift(LATER, id="s-1"), fullDayTimeOffMarkers=gone, version=1))
    await planner.change("sch-1", part("bob", version=1, delete=True))
    assert walls(await planner.in_force("ann")) == ["2023-10-27T10:00-18:00"]
    await planner.tenant.news()
    context.clock.set("2023-10-22T10:00:00Z")
    done = await republish(planner, "sch-1", 1, {"version": 3, "reason": "Back to the first plan"})
    assert (done["changed"], done["version"], done["previousVersion"]) == (True, 4, 3)
    assert done["changedUserIds"] == ["ann", "bob"]
    after = await revision(planner, "sch-1", 4)
    assert content(after) == content(before)
    assert content(await revision(planner, "sch-1", 1)) == content(before)
    listed = await revisions(planner, "sch-1")
    assert [(each["number"], each["kind"], each.get("restores"), each.get("reason")) for each in listed] == [
        (4, "republish", 1, "Back to the first plan"),
        (3, "update", None, None),
        (2, "update", None, None),
        (1, "import", None, None),
    ]
    assert listed[0]["at"] == "2023-10-22T10:00:00Z"
    [happened] = await planner.tenant.news(ScheduleReverted)
    own = {m.topic: m.body["updates"] for m in notifications(happened) if m.topic.startswith("v2.users")}
    assert own["v2.users.ann.workforcemanagement.schedules"] == [
        {"type": "Edited", "shiftStartDates": ["2023-10-27T11:00:00.000Z"]}
    ]
    assert made["metadata"]["version"] == 1


def content(told: Any) -> dict[str, Any]:
    """What agents have in a revision, without the versions of their parts."""
    return {each["user"]["id"]: (each["shifts"], each["fullDayTimeOffMarkers"]) for each in told["agentSchedules"]}


async def test_what_is_in_force_already_is_not_republished(planner: Planner) -> None:
    await planner.bring(part("ann", shift(FRIDAY)), id="sch-1")
    done = await republish(planner, "sch-1", 1)
    assert (done["changed"], done["version"], done["previousVersion"]) == (False, 1, 1)
    assert len(await revisions(planner, "sch-1")) == 1


async def test_republishing_sets_aside_what_came_between(planner: Planner) -> None:
    await planner.bring(part("ann", shift(FRIDAY)), id="last")
    await planner.bring(part("ann", shift(LATER)), id="next")
    assert walls(await planner.in_force("ann")) == ["2023-10-27T10:00-18:00"]
    done = await republish(planner, "last", 1)
    assert done["supersededScheduleIds"] == ["next"]
    assert walls(await planner.in_force("ann")) == ["2023-10-27T06:00-14:00"]
    again = await republish(planner, "next", 1)
    assert again["supersededScheduleIds"] == ["last"]
    assert walls(await planner.in_force("ann")) == ["2023-10-27T10:00-18:00"]


async def test_a_stale_version_an_unknown_revision_and_too_few_rights_are_refused(planner: Planner) -> None:
    await planner.bring(part("ann", shift(FRIDAY, id="s-1")), id="sch-1")
    await planner.change("sch-1", part("ann", shift(LATER, id="s-1"), version=1))
    stale = await republish(planner, "sch-1", 1, {"version": 1}, status=409)
    assert stale["messageParams"]["currentVersion"] == "2"
    await republish(planner, "sch-1", 9, status=404)
    for number in (9, 0, -1, 10**12):
        await revision(planner, "sch-1", number, status=404)
    await republish(planner, "nope", 1, status=404)
    viewer = await planner.tenant.person("viewer", "wfm:schedule:view")
    path = "/api/v2/shiftline/schedules/sch-1/revisions/1/republish"
    token = planner.tenant.tokens[viewer.id]
    refused = await planner.call("POST", path, token=token, status=403)
    assert refused["messageParams"]["permissions"] == "wfm:schedule:edit"


async def test_a_revision_that_meets_another_weeks_shift_by_now_is_refused(planner: Planner) -> None:
    night = shift("2023-10-28T22:00:00-05:00", id="s-1")
    await planner.bring(part("ann", night), id="sch-1")
    await planner.change("sch-1", part("ann", {"id": "s-1", "delete": True}, version=1))
    await planner.bring(part("ann", shift("2023-10-29T05:00:00-05:00")), id="sch-2", week="2023-10-29")
    refused = await republish(planner, "sch-1", 1, status=400)
    assert "sch-2" in refused["message"]
    assert await planner.version("sch-1") == 2


async def test_what_was_in_force_stays_known_for_every_instant(planner: Planner, context: SettableContext) -> None:
    context.clock.set("2023-10-20T10:00:00Z")
    await planner.bring(part("ann", shift(FRIDAY, id="s-1")), id="sch-1")
    context.clock.set("2023-10-21T10:00:00Z")
    await planner.change("sch-1", part("ann", shift(LATER, id="s-1"), version=1))
    context.clock.set("2023-10-22T10:00:00Z")
    await planner.bring(part("bob", shift(FRIDAY)), id="sch-2")
    context.clock.set("2023-10-23T10:00:00Z")
    await republish(planner, "sch-1", 2)

    async def stood(at: str) -> list[int]:
        async with context.reader() as reader:
            rows = await reader.all(
                "select extract(hour from wall_start)::int as hour from schedule.public_published_shift "
                "where organization_id = 'org-1' and agent_id = 'ann' and valid @> %(at)s::timestamptz",
                {"at": at},
            )
        return [row["hour"] for row in rows]

    assert await stood("2023-10-20T09:59:59Z") == []
    assert await stood("2023-10-20T10:00:00Z") == [6]
    assert await stood("2023-10-21T10:00:00Z") == [10]
    assert await stood("2023-10-22T10:00:00Z") == []
    assert await stood("2023-10-23T10:00:00Z") == [10]


async def test_an_agents_history_tells_each_change_and_its_author(planner: Planner, context: SettableContext) -> None:
    context.clock.set("2023-10-20T10:00:00Z")
    await planner.bring(part("ann", shift(FRIDAY, id="s-1")), id="last")
    await planner.bring(part("ann", shift(FRIDAY, id="s-1")), part("bob"), id="sch-1")
    context.clock.set("2023-10-21T10:00:00Z")
    await planner.change("sch-1", part("ann", shift(LATER, id="s-1"), version=1))
    await planner.change("sch-1", part("bob", shift(FRIDAY, id="s-2"), version=1))
    await planner.change("sch-1", part("ann", {"id": "s-1", "delete": True}, version=2))
    await planner.change("sch-1", part("ann", version=3, delete=True))
    history = await planner.call("GET", planner.path("/sch-1/history/agents/ann"))
    assert [each["id"] for each in history["priorPublishedSchedules"]] == ["last"]
    assert walls(history["basePublishedSchedule"]["shifts"]) == ["2023-10-27T06:00-14:00"]
    told = [(each["metadata"]["revision"], walls(each["shifts"]), each.get("deletes")) for each in history["changes"]]
    nothing = {"shiftIds": [], "fullDayTimeOffMarkerDates": [], "agentSchedule": True}
    assert told == [
        (2, ["2023-10-27T10:00-18:00"], None),
        (4, [], {**nothing, "shiftIds": ["s-1"], "agentSchedule": False}),
        (5, [], nothing),
    ]
    assert history["changes"][0]["metadata"]["modifiedBy"]["id"] == "admin-1"
    assert history["changes"][0]["metadata"]["dateModified"] == "2023-10-21T10:00:00Z"
