"""Work plans on a real PostgreSQL: made, changed under their version, copied, given to agents, deleted, and kept apart."""

import asyncio
from datetime import date
from typing import Any

import pytest
from tests.store.conftest import Api, serve
from tests.store.workforce.conftest import Centre, person_id

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.errors import NotFound
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.workplans.endpoints import ROUTES
from shiftline.workforce.workplans.errors import WorkPlanNotFound
from shiftline.workforce.workplans.events import AgentOverridesChanged, AgentPlanChanged, WorkPlanChanged
from shiftline.workforce.workplans.model import PlanDraft, WorkPlan
from shiftline.workforce.workplans.model.agents import AgentPlan, Failing, Failure, OverrideAction, OverrideDraft
from shiftline.workforce.workplans.operations import assigning
from shiftline.workforce.workplans.operations import plans as operations
from shiftline.workforce.workplans.operations.reading import find_plans_of

SHIFT = {
    "name": "Day",
    "days": {"values": ["Friday", "Monday", "Tuesday", "Wednesday", "Thursday"]},
    "flexibleStartTime": True,
    "earliestStartTimeMinutesFromMidnight": 360,
    "latestStartTimeMinutesFromMidnight": 600,
    "exactPaidTimeMinutes": 480,
    "activities": [
        {
            "activityCodeId": "2",
            "description": "lunch",
            "lengthMinutes": 30,
            "startTimeIsRelativeToShiftStart": True,
            "exactStartTimeMinutes": 240,
        }
    ],
}
PLAN: dict[str, Any] = {
    "name": "Full Time",
    "enabled": True,
    "constrainWeeklyPaidTime": True,
    "flexibleWeeklyPaidTime": False,
    "weeklyExactPaidMinutes": 2400,
    "constrainMinimumTimeBetweenShifts": True,
    "minimumTimeBetweenShiftsMinutes": 660,
    "maximumDays": 5,
    "optionalDays": {"values": []},
    "shiftStartVarianceType": "ShiftStart",
    "shiftStartVariancePeriod": "Weekly",
    "shiftStartVariances": {"values": [{"applicableDays": ["Monday"], "maxShiftStartVarianceMinutes": 60}]},
    "shifts": [SHIFT],
}


class Desk:
    """The administrator at the API of one management unit."""

    def __init__(self, api: Api, centre: Centre) -> None:
        self.api, self.centre = api, centre
        self.unit = centre.chicago.id

    async def __call__(self, method: str, path: str = "", body: Any = None, *, status: int = 200) -> Any:
        place = f"/api/v2/workforcemanagement/managementunits/{self.unit}{path}"
        boss = self.centre.boss.actor.person_id or ""
        answer = await self.api.call(method, place, self.centre.tenant.tokens[boss], body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def made(self, **more: Any) -> Any:
        return await self("POST", "/workplans", {**PLAN, **more}, status=201)


@pytest.fixture
async def desk(context: Any, centre: Centre) -> Any:
    context.clock.set("2023-10-20T12:00:00-05:00")
    async with serve(context.database, context.clock, ROUTES) as api:
        yield Desk(api, centre)


async def test_a_plan_is_read_back_as_it_was_made(desk: Desk) -> None:
    made = await desk.made()
    assert {name: made[name] for name in PLAN if name != "shifts"} == {
        name: value for name, value in PLAN.items() if name != "shifts"
    }
    (shift,) = made["shifts"]
    assert shift["days"]["values"] == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    assert shift["activities"][0]["countsAsPaidTime"] is False
    assert shift["id"] != shift["activities"][0]["id"]
    assert (made["valid"], made["agentCount"], made["metadata"]["version"]) == (True, 0, 1)
    assert await desk("GET", f"/workplans/{made['id']}") == made
    assert (await desk("GET", "/workplans"))["entities"] == [made]
    assert (await desk("GET", f"/workplans/{made['id']}?includeOnly=name")).keys() == {"id", "name", "selfUri"}
    (listed,) = (await desk("GET", "/workplans?exclude=shifts&expand=agents"))["entities"]
    assert "shifts" not in listed
    assert listed["agents"] == []


async def test_a_change_merges_shifts_and_activities_and_raises_the_version(desk: Desk) -> None:
    made = await desk.made()
    day, meal = made["shifts"][0], made["shifts"][0]["activities"][0]
    late = {**SHIFT, "name": "Late", "activities": [], "latestStartTimeMinutesFromMidnight": 660}
    changes = [
        {"id": day["id"], "name": "Early", "activities": [{"id": meal["id"], "lengthMinutes": 45}]},
        late,
    ]
    body = {"metadata": {"version": 1}, "maximumDays": 6, "shifts": changes}
    changed = await desk("PATCH", f"/workplans/{made['id']}", body)
    early, added = changed["shifts"]
    assert (early["id"], early["name"], early["exactPaidTimeMinutes"]) == (day["id"], "Early", 480)
    assert (early["activities"][0]["lengthMinutes"], early["activities"][0]["description"]) == (45, "lunch")
    assert (added["name"], changed["maximumDays"], changed["weeklyExactPaidMinutes"]) == ("Late", 6, 2400)
    assert changed["metadata"]["version"] == 2
    gone = [{"id": early["id"], "delete": True}, {"id": added["id"], "days": {"values": ["Monday"]}}]
    few = {"metadata": {"version": 2}, "shifts": gone, "constrainWeeklyPaidTime": False}
    less = await desk("PATCH", f"/workplans/{made['id']}", few)
    assert [each["days"]["values"] for each in less["shifts"]] == [["Monday"]]
    same = await desk("PATCH", f"/workplans/{made['id']}", {"metadata": {"version": 3}, "maximumDays": 6})
    assert same["metadata"]["version"] == 3


async def test_a_stale_version_is_refused_with_the_current_one(desk: Desk) -> None:
    made = await desk.made()
    body = {"metadata": {"version": 1}, "name": "Other"}
    await desk("PATCH", f"/workplans/{made['id']}", body)
    refused = await desk("PATCH", f"/workplans/{made['id']}", body, status=409)
    assert refused["messageParams"]["currentVersion"] == "2"
    assert refused["messageParams"]["modifiedBy"] == desk.centre.boss.actor.person_id
    missing = await desk("PATCH", f"/workplans/{made['id']}", {"name": "Third"}, status=400)
    assert missing["details"][0]["fieldName"] == "metadata.version"


async def test_the_past_of_a_plan_is_kept(desk: Desk, centre: Centre) -> None:
    made = await desk.made()
    await desk("PATCH", f"/workplans/{made['id']}", {"metadata": {"version": 1}, "maximumDays": 6})
    async with centre.boss.reader() as reader:
        rows = await reader.all("select version, terms from workplans.work_plan_timeline order by version", {})
    assert [(row["version"], row["terms"]["maximum_days"]) for row in rows] == [(1, 5), (2, 6)]


async def test_contradictory_rules_are_refused_by_both_names_unless_that_is_asked_for(desk: Desk) -> None:
    refused = await desk("POST", "/workplans", {**PLAN, "maximumDays": 4}, status=400)
    assert {each["fieldName"] for each in refused["details"]} == {"optionalDays", "maximumDays"}
    for name in ("optionalDays", "maximumDays", "weeklyExactPaidMinutes"):
        assert name in refused["message"]
    assert (await desk("GET", "/workplans"))["entities"] == []
    kept = await desk("POST", "/workplans?validationMode=Ignore", {**PLAN, "maximumDays": 4}, status=201)
    assert kept["valid"] is False
    still = {"metadata": {"version": 1}, "name": "Still wrong"}
    await desk("PATCH", f"/workplans/{kept['id']}", still, status=400)
    right = await desk("PATCH", f"/workplans/{kept['id']}", {"metadata": {"version": 1}, "maximumDays": 5})
    assert right["valid"] is True


async def test_a_plan_is_checked_before_it_is_there(desk: Desk) -> None:
    found = await desk("POST", "/workplans/new/validate", {**PLAN, "maximumDays": 4})
    assert found["valid"] is False
    messages = found["messages"]["violationMessages"]
    assert {each["type"] for each in messages} >= {"DailyRequiredDaysGreaterThanWeeklyMaxDays"}
    made = await desk.made()
    found = await desk("POST", f"/workplans/{made['id']}/validate", {"weeklyExactPaidMinutes": 2500})
    assert found["messages"]["violationMessages"][0]["fields"] == [
        "weeklyExactPaidMinutes",
        "shifts[].maximumPaidTimeMinutes",
    ]
    assert (await desk("POST", f"/workplans/{made['id']}/validate", {}))["valid"] is True
    assert (await desk("GET", f"/workplans/{made['id']}"))["metadata"]["version"] == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"maximumDays": 8}, "maximumDays"),
        ({"weeklyExactPaidMinutes": None}, "weeklyExactPaidMinutes"),
        ({"name": "   "}, "name"),
        ({"optionalDays": {"values": ["Caturday"]}}, "optionalDays.values[0]"),
        ({"shifts": [{**SHIFT, "days": {"values": []}}]}, "shifts[0].days"),
        ({"shifts": [{**SHIFT, "name": None}]}, "shifts[0].name"),
        ({"shifts": [{**SHIFT, "id": "nobody"}]}, "shifts[0].id"),
        ({"shifts": [{**SHIFT, "activities": [{"lengthMinutes": 5}]}]}, "shifts[0].activities[0].activityCodeId"),
        (
            {
                "shifts": [
                    {**SHIFT, "activities": [{"activityCodeId": "99", "lengthMinutes": 5, "exactStartTimeMinutes": 0}]}
                ]
            },
            "shifts[0].activities[0].activityCodeId",
        ),
        ({"agents": [{"id": "nobody"}]}, "agents[0]"),
    ],
)
async def test_bad_input_names_its_field(desk: Desk, more: dict[str, Any], field: str) -> None:
    refused = await desk("POST", "/workplans", {**PLAN, **more}, status=400)
    assert [each["fieldName"] for each in refused["details"]] == [field], refused
    assert (await desk("GET", "/workplans"))["entities"] == []


async def test_a_name_is_there_once_in_a_unit(desk: Desk, centre: Centre) -> None:
    made = await desk.made()
    await desk("POST", "/workplans", {**PLAN, "name": "full time"}, status=409)
    copied = await desk("POST", f"/workplans/{made['id']}/copy", {"name": "Copy"}, status=201)
    await desk("POST", f"/workplans/{made['id']}/copy", {"name": "Copy"}, status=409)
    assert copied["shifts"][0]["id"] != made["shifts"][0]["id"]
    assert copied["shifts"][0]["exactPaidTimeMinutes"] == 480
    assert (copied["metadata"]["version"], copied["agents"]) == (1, [])
    outcomes = await asyncio.gather(
        *(operations.create_work_plan(centre.boss, centre.chicago.id, PlanDraft(name="Twin")) for _ in range(2)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, WorkPlan) for each in outcomes) == 1


async def test_a_plan_that_agents_have_is_not_deleted(desk: Desk, centre: Centre) -> None:
    ada = person_id(centre.ada)
    made = await desk.made(agents=[{"id": ada}])
    assert (made["agentCount"], [each["id"] for each in made["agents"]]) == (1, [ada])
    refused = await desk("DELETE", f"/workplans/{made['id']}", status=409)
    assert "1 agents" in refused["message"]
    body = {"metadata": {"version": 1}, "agents": [{"id": ada, "delete": True}]}
    freed = await desk("PATCH", f"/workplans/{made['id']}", body)
    assert (freed["agentCount"], freed["metadata"]["version"]) == (0, 1)
    await desk("DELETE", f"/workplans/{made['id']}", status=204)
    await desk("DELETE", f"/workplans/{made['id']}", status=404)
    await desk("GET", f"/workplans/{made['id']}", status=404)
    assert await desk.made()  # its name is free again
    happened = await centre.tenant.news(WorkPlanChanged, AgentPlanChanged)
    assert [getattr(each, "active", None) for each in happened] == [True, None, None, False, True]


async def test_agents_are_given_plans_in_bulk(desk: Desk, centre: Centre) -> None:
    ada, bob, cleo = (person_id(each) for each in (centre.ada, centre.bob, centre.cleo))
    one, two = await desk.made(), await desk.made(name="Part Time")
    entities = [
        {"userId": ada, "workPlanId": {"value": one["id"]}},
        {"userId": bob, "workPlanId": {"value": "no-such-plan"}},
        {"userId": cleo, "workPlanId": {"value": one["id"]}},
    ]
    failures = (await desk("PATCH", "/agents/workplans/bulk", {"entities": entities}))["failures"]
    assert [(each["user"]["id"], each["failure"]) for each in failures] == [
        (bob, "WorkPlanNotFound"),
        (cleo, "AgentNotInManagementUnit"),
    ]
    assert failures[0]["notFoundWorkPlanId"] == "no-such-plan"
    change = {"entities": [{"userId": ada, "workPlanId": {"value": two["id"]}}]}
    assert await desk("PATCH", "/agents/workplans/bulk", change) == {"failures": []}
    asked = {"agentIds": [ada, bob, cleo], "startDate": "2023-10-23", "weekCount": 2}
    result = (await desk("POST", "/agents/workplans/query", asked))["result"]
    assert [(each["user"]["id"], each["workPlanLookupKeysPerWeek"]) for each in result["entities"]] == [
        (ada, [0, 0]),
        (bob, [None, None]),
    ]
    assert result["workPlanLookup"]["0"]["id"] == two["id"]
    away = {"entities": [{"userId": ada, "workPlanId": {"value": None}}]}
    await desk("PATCH", "/agents/workplans/bulk", away)
    async with centre.boss.reader() as reader:
        assert await find_plans_of(reader, centre.boss.organization_id, [ada, bob]) == {}


async def test_who_moves_leaves_their_plan_behind(desk: Desk, centre: Centre) -> None:
    ada = person_id(centre.ada)
    made = await desk.made(agents=[{"id": ada}])
    async with centre.boss.reader() as reader:
        plans = await find_plans_of(reader, centre.boss.organization_id, [ada])
    assert plans[ada].own == made["id"]
    async with centre.boss.transaction() as tx:
        await move_agents_in(tx, [ada], centre.berlin.id)
        assert await find_plans_of(tx, centre.boss.organization_id, [ada]) == {}
    assert (await desk("GET", f"/workplans/{made['id']}"))["agentCount"] == 0


async def test_another_unit_and_another_tenant_see_nothing(desk: Desk, centre: Centre, other_centre: Centre) -> None:
    ada = person_id(centre.ada)
    made = await desk.made(agents=[{"id": ada}])
    stranger, boss = other_centre.boss, centre.boss
    draft = PlanDraft(name="Mine", version=1)
    for context, unit in ((boss, centre.berlin.id), (stranger, other_centre.chicago.id), (stranger, centre.chicago.id)):
        for asked in (
            operations.get_work_plan(context, unit, made["id"]),
            operations.change_work_plan(context, unit, made["id"], draft),
            operations.copy_work_plan(context, unit, made["id"], "Copy"),
            operations.delete_work_plan(context, unit, made["id"]),
            operations.validate_work_plan(context, unit, made["id"], draft),
        ):
            with pytest.raises(NotFound):
                await asked
    for listed in (
        operations.list_work_plans(stranger, centre.chicago.id),
        operations.create_work_plan(stranger, centre.chicago.id, PlanDraft(name="Theirs")),
        assigning.assign_work_plans(stranger, centre.chicago.id, [AgentPlan(ada, None)]),
        assigning.list_agent_plans(stranger, centre.chicago.id, [ada]),
    ):
        with pytest.raises(NotFound):
            await listed
    assert await operations.list_work_plans(stranger, other_centre.chicago.id) == []
    wanted = [AgentPlan(ada, made["id"]), AgentPlan(person_id(other_centre.ada), made["id"])]
    failures = await assigning.assign_work_plans(stranger, other_centre.chicago.id, wanted)
    assert failures == [
        Failure(wanted[0].person_id, Failing.STRANGER),
        Failure(wanted[1].person_id, Failing.NO_PLAN, made["id"]),
    ]
    async with stranger.reader() as reader:
        assert await find_plans_of(reader, stranger.organization_id, [ada]) == {}
    assert (await desk("GET", f"/workplans/{made['id']}"))["agentCount"] == 1


async def test_permissions_and_the_unit_of_the_caller(centre: Centre) -> None:
    plan = await operations.create_work_plan(centre.boss, centre.chicago.id, PlanDraft(name="Full Time"))
    for asked in (
        operations.list_work_plans(centre.ada, centre.chicago.id),
        operations.get_work_plan(centre.ada, "mine", plan.id),
        operations.create_work_plan(centre.ada, centre.chicago.id, PlanDraft(name="Mine")),
        operations.change_work_plan(centre.ada, centre.chicago.id, plan.id, PlanDraft(name="Mine", version=1)),
        operations.delete_work_plan(centre.ada, centre.chicago.id, plan.id),
        assigning.assign_work_plans(centre.ada, centre.chicago.id, [AgentPlan(person_id(centre.ada), plan.id)]),
    ):
        with pytest.raises(PermissionMissing):
            await asked
    person = await centre.tenant.person("planner")
    planner = centre.tenant.acting_as(person, "wfm:workPlan:view")
    assert [each.id for each in await operations.list_work_plans(planner, centre.chicago.id)] == [plan.id]
    with pytest.raises(NotFound):  # a planner who is no agent has no unit of their own
        await operations.list_work_plans(planner, "mine")
    with pytest.raises(WorkPlanNotFound):
        await operations.get_work_plan(planner, centre.chicago.id, "no-such-plan")


MU = "/agents/workplans/bulk"


def with_overrides(who: str, *values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"entities": [{"userId": who, "workPlanOverrides": {"values": list(values), **more}}]}


async def plans_by_week(desk: Desk, who: str, weeks: int) -> list[str | None]:
    """The names of the plans that count for an agent from 2023-10-23 on."""
    names = {plan["id"]: plan["name"] for plan in (await desk("GET", "/workplans"))["entities"]}
    asked = {"agentIds": [who], "startDate": "2023-10-23", "weekCount": weeks}
    result = (await desk("POST", "/agents/workplans/query", asked))["result"]
    keys = result["entities"][0]["workPlanLookupKeysPerWeek"]
    return [None if key is None else names[result["workPlanLookup"][str(key)]["id"]] for key in keys]


async def test_a_plan_of_single_weeks_counts_in_these(desk: Desk, centre: Centre) -> None:
    ada = person_id(centre.ada)
    await desk.made(agents=[{"id": ada}])
    summer, winter = await desk.made(name="Summer"), await desk.made(name="Winter")
    two = {"action": "Add", "startDate": "2023-10-30", "weekCount": 2, "workPlanId": summer["id"]}
    assert await desk("PATCH", MU, with_overrides(ada, two)) == {"failures": []}
    assert await plans_by_week(desk, ada, 4) == ["Full Time", "Summer", "Summer", "Full Time"]
    shown = await desk("GET", f"/agents/{ada}?expand=workPlanOverrides")
    assert [(each["startDate"], each["weekCount"], each["workPlan"]["id"]) for each in shown["workPlanOverrides"]] == [
        ("2023-10-30", 2, summer["id"])
    ]
    assert "workPlanOverrides" not in await desk("GET", f"/agents/{ada}")
    for again, why in (
        ({**two, "startDate": "2023-11-06"}, "OverlappingOverride"),
        ({"action": "Delete", "startDate": "2023-11-06"}, "OverrideNotFound"),
        ({**two, "startDate": "2023-11-13", "workPlanId": "nowhere"}, "WorkPlanNotFound"),
    ):
        (failure,) = (await desk("PATCH", MU, with_overrides(ada, again)))["failures"]
        assert failure["failure"] == why
    late = {**two, "action": "Update", "weekCount": 1, "workPlanId": winter["id"]}
    assert await desk("PATCH", MU, with_overrides(ada, late)) == {"failures": []}
    assert await plans_by_week(desk, ada, 3) == ["Full Time", "Winter", "Full Time"]
    refused = await desk("DELETE", f"/workplans/{winter['id']}", status=409)
    assert "single weeks of 1 agents" in refused["message"]
    await desk("DELETE", f"/workplans/{summer['id']}", status=204)
    assert await desk("PATCH", MU, with_overrides(ada, deleteAll=True)) == {"failures": []}
    assert await plans_by_week(desk, ada, 2) == ["Full Time", "Full Time"]
    assert await desk("PATCH", MU, with_overrides(ada, late | {"action": "Add"})) == {"failures": []}
    happened = await centre.tenant.news(AgentOverridesChanged)
    assert [each.weeks for each in happened] == [2, 1, 0, 1]
    async with centre.boss.reader() as reader:
        rows = await reader.all("select active from workplans.agent_override_timeline order by lower(valid)", {})
    assert [row["active"] for row in rows] == [True, True, False, True]


async def test_an_override_that_begins_within_a_week_names_its_field(desk: Desk, centre: Centre) -> None:
    made = await desk.made()
    wrong = {"startDate": "2023-10-31", "workPlanId": made["id"]}
    refused = await desk("PATCH", MU, with_overrides(person_id(centre.ada), wrong), status=400)
    at = "entities[0].workPlanOverrides.values[0]"
    assert [each["fieldName"] for each in refused["details"]] == [f"{at}.startDate", f"{at}.weekCount"]


async def test_what_somebody_had_elsewhere_gives_way(desk: Desk, centre: Centre) -> None:
    ada, berlin = person_id(centre.ada), centre.berlin.id
    made = await desk.made()
    two = {"startDate": "2023-10-30", "weekCount": 2, "workPlanId": made["id"]}
    await desk("PATCH", MU, with_overrides(ada, two))
    async with centre.boss.transaction() as tx:
        await move_agents_in(tx, [ada], berlin)
    desk.unit = berlin
    assert (await desk("GET", f"/agents/{ada}?expand=workPlanOverrides"))["workPlanOverrides"] == []
    there = await desk.made(name="Berlin")
    over = {"startDate": "2023-11-06", "weekCount": 3, "workPlanId": there["id"]}
    assert await desk("PATCH", MU, with_overrides(ada, over)) == {"failures": []}
    assert await plans_by_week(desk, ada, 3) == [None, None, "Berlin"]


async def test_changes_at_once_leave_no_two_plans_in_one_week(desk: Desk, centre: Centre) -> None:
    ada = person_id(centre.ada)
    made = await desk.made()
    wanted = [
        AgentPlan(
            ada,
            None,
            keeps=True,
            overrides=(OverrideDraft("at", OverrideAction.ADD, date(2023, 10, 30), weeks, made["id"]),),
        )
        for weeks in (1, 2, 3, 4)
    ]
    outcomes = await asyncio.gather(
        *(assigning.assign_work_plans(centre.boss, centre.chicago.id, [each]) for each in wanted)
    )
    whys = [failure.why for outcome in outcomes for failure in outcome]
    assert (outcomes.count([]), whys) == (1, [Failing.OVERLAPPING] * 3)
