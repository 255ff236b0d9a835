"""Rotations of work plans and planning periods on a real PostgreSQL; what counts in a week is what swaps are judged by."""

from typing import Any

import pytest
from tests.store.conftest import serve
from tests.store.workforce.conftest import Centre, person_id
from tests.store.workforce.test_workplans import SHIFT, Desk, plans_by_week, with_overrides

from shiftline.authorization.errors import PermissionMissing
from shiftline.foundation.errors import NotFound
from shiftline.workforce.units.endpoints import ROUTES as UNITS
from shiftline.workforce.units.operations.agents import move_agents_in
from shiftline.workforce.workplans.endpoints import ROUTES
from shiftline.workforce.workplans.events import RotationChanged
from shiftline.workforce.workplans.model.agents import RotationDraft
from shiftline.workforce.workplans.operations import rotating
from shiftline.workforce.workplans.operations.reading import find_plans_of
from shiftline.workforce.workplans.rules.choosing import choose_plan

PATH = "/workplanrotations"
RANGE = {"startBusinessUnitDate": "2023-10-23"}


@pytest.fixture
async def desk(context: Any, centre: Centre) -> Any:
    context.clock.set("2023-10-20T12:00:00-05:00")
    async with serve(context.database, context.clock, [*ROUTES, *UNITS]) as api:
        yield Desk(api, centre)


async def rotate(desk: Desk, *agents: dict[str, Any], name: str = "Turns", **more: Any) -> Any:
    """A rotation of two new plans, Early and Late."""
    ids = [(await desk.made(name=f"{plan} {name}"))["id"] for plan in ("Early", "Late")]
    body = {"name": name, "dateRange": RANGE, "pattern": {"workPlanIds": ids}, "agents": list(agents), **more}
    return await desk("POST", PATH, body, status=201)


async def test_plans_take_turns_and_single_weeks_go_before(desk: Desk, centre: Centre) -> None:
    ada, bob = person_id(centre.ada), person_id(centre.bob)
    own = await desk.made(agents=[{"id": ada}])
    ends = {"startBusinessUnitDate": "2023-10-30", "endBusinessUnitDate": "2023-11-12"}
    made = await rotate(desk, {"userId": ada, "position": 1}, {"userId": bob, "dateRange": ends})
    assert (made["agentCount"], made["enabled"], made["metadata"]["version"]) == (2, True, 1)
    early, late = "Early Turns", "Late Turns"
    assert await plans_by_week(desk, ada, 3) == [late, early, late]
    assert await plans_by_week(desk, bob, 4) == [None, early, late, None]
    single = {"startDate": "2023-10-30", "weekCount": 1, "workPlanId": own["id"]}
    await desk("PATCH", "/agents/workplans/bulk", with_overrides(ada, single))
    assert await plans_by_week(desk, ada, 3) == [late, "Full Time", late]
    shown = await desk("GET", f"/agents/{ada}")
    assert (shown["workPlan"]["id"], shown["workPlanRotation"]["id"]) == (own["id"], made["id"])
    (listed,) = (await desk("GET", PATH))["entities"]
    assert (listed["agents"], listed["agentCount"]) == ([], 2)
    assert (await desk("GET", f"{PATH}?expand=agents"))["entities"] == [made]
    assert await desk("GET", f"{PATH}/{made['id']}") == made
    refused = await desk("DELETE", f"/workplans/{made['pattern']['workPlans'][0]['id']}", status=409)
    assert "in 1 rotations" in refused["message"]


async def test_a_rotation_changes_under_its_version(desk: Desk, centre: Centre) -> None:
    ada, bob = person_id(centre.ada), person_id(centre.bob)
    made = await rotate(desk, {"userId": ada}, {"userId": bob})
    path = f"{PATH}/{made['id']}"
    body = {"metadata": {"version": 1}, "agents": [{"userId": bob, "delete": True}, {"userId": ada, "position": 1}]}
    changed = await desk("PATCH", path, body)
    assert [(each["user"]["id"], each["position"]) for each in changed["agents"]] == [(ada, 1)]
    assert changed["metadata"]["version"] == 2
    await desk("PATCH", path, body, status=409)
    missing = await desk("PATCH", path, {"name": "No version"}, status=400)
    assert missing["details"][0]["fieldName"] == "metadata.version"
    same = await desk("PATCH", path, {"metadata": {"version": 2}, "name": "Turns"})
    assert same["metadata"]["version"] == 2
    off = await desk("PATCH", path, {"metadata": {"version": 2}, "enabled": False})
    assert off["enabled"] is False
    assert await plans_by_week(desk, ada, 1) == [None]
    copied = await desk("POST", f"{path}/copy", {"name": "Copy"}, status=201)
    assert (copied["agents"], copied["pattern"], copied["dateRange"]) == ([], made["pattern"], made["dateRange"])
    await desk("POST", f"{path}/copy", {"name": "copy"}, status=409)
    await desk("DELETE", path, status=204)
    await desk("DELETE", path, status=404)
    again = await rotate(desk, {"userId": ada}, name="Again")
    assert again["agentCount"] == 1
    happened = await centre.tenant.news(RotationChanged)
    assert [(each.name, each.active) for each in happened] == [
        ("Turns", True),
        ("Turns", True),
        ("Turns", True),
        ("Copy", True),
        ("Turns", False),
        ("Again", True),
    ]


async def test_nobody_is_in_two_rotations_at_once(desk: Desk, centre: Centre) -> None:
    ada = person_id(centre.ada)
    first = {"startBusinessUnitDate": "2023-10-23", "endBusinessUnitDate": "2023-11-12"}
    await rotate(desk, {"userId": ada, "dateRange": first})
    made = await rotate(desk, name="Other")
    path, agent = f"{PATH}/{made['id']}", {"userId": ada, "dateRange": {"startBusinessUnitDate": "2023-11-12"}}
    refused = await desk("PATCH", path, {"metadata": {"version": 1}, "agents": [agent]}, status=409)
    assert f"{ada} is in Turns" in refused["message"]
    agent["dateRange"] = {"startBusinessUnitDate": "2023-11-13"}
    await desk("PATCH", path, {"metadata": {"version": 1}, "agents": [agent]})
    assert await plans_by_week(desk, ada, 4) == ["Early Turns", "Late Turns", "Early Turns", "Early Other"]


async def test_who_moves_leaves_their_rotation_behind(desk: Desk, centre: Centre) -> None:
    ada = person_id(centre.ada)
    made = await rotate(desk, {"userId": ada})
    async with centre.boss.transaction() as tx:
        await move_agents_in(tx, [ada], centre.berlin.id)
    assert (await desk("GET", f"{PATH}/{made['id']}"))["agentCount"] == 0
    desk.unit = centre.berlin.id
    assert await plans_by_week(desk, ada, 1) == [None]
    await rotate(desk, {"userId": ada}, name="Berlin")
    assert await plans_by_week(desk, ada, 1) == ["Early Berlin"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "  "}, "name"),
        ({"pattern": {"workPlanIds": ["nowhere"]}}, "pattern.workPlanIds[0]"),
        ({"pattern": {"workPlanIds": []}}, "pattern.workPlanIds"),
        ({"dateRange": {**RANGE, "endBusinessUnitDate": "2023-10-22"}}, "dateRange.endBusinessUnitDate"),
        ({"dateRange": {"startBusinessUnitDate": "9999-12-31"}}, "dateRange.startBusinessUnitDate"),
        ({"agents": [{"userId": "nobody"}]}, "agents[0].userId"),
        ({"agents": [{"userId": "nobody", "position": 1}]}, "agents[0].position"),
    ],
)
async def test_bad_input_names_its_field(desk: Desk, more: dict[str, Any], field: str) -> None:
    plan = await desk.made()
    body = {"name": "Turns", "dateRange": RANGE, "pattern": {"workPlanIds": [plan["id"]]}, **more}
    refused = await desk("POST", PATH, body, status=400)
    assert refused["details"][0]["fieldName"] == field, refused
    assert (await desk("GET", PATH))["entities"] == []


async def test_plans_that_cannot_follow_each_other_are_refused(desk: Desk) -> None:
    every = {"values": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]}
    shift = {**SHIFT, "days": every, "flexibleStartTime": False, "activities": []}
    rest = {"maximumDays": 7, "weeklyExactPaidMinutes": 3360, "minimumTimeBetweenShiftsMinutes": 960}
    ids = []
    for name, start in (("Dawn", 360), ("Dusk", 960)):
        shifts = [{**shift, "exactStartTimeMinutesFromMidnight": start}]
        ids.append((await desk.made(name=name, shifts=shifts, **rest))["id"])
    body = {"name": "Turns", "dateRange": RANGE, "pattern": {"workPlanIds": ids}}
    refused = await desk("POST", PATH, body, status=400)
    assert refused["details"][0]["fieldName"] == "pattern.workPlanIds[1]"
    assert "Dusk requires work on Sunday and Dawn on the Monday after it" in refused["message"]


async def test_another_unit_and_another_tenant_see_nothing(desk: Desk, centre: Centre, other_centre: Centre) -> None:
    made = await rotate(desk, {"userId": person_id(centre.ada)})
    stranger, boss = other_centre.boss, centre.boss
    draft = RotationDraft(name="Mine", version=1)
    for context, unit in ((boss, centre.berlin.id), (stranger, other_centre.chicago.id), (stranger, centre.chicago.id)):
        for asked in (
            rotating.get_rotation(context, unit, made["id"]),
            rotating.change_rotation(context, unit, made["id"], draft),
            rotating.copy_rotation(context, unit, made["id"], "Copy"),
            rotating.delete_rotation(context, unit, made["id"]),
        ):
            with pytest.raises(NotFound):
                await asked
    for asked in (
        rotating.list_rotations(stranger, centre.chicago.id),
        rotating.create_rotation(stranger, centre.chicago.id, draft),
    ):
        with pytest.raises(NotFound):
            await asked
    for asked in (
        rotating.create_rotation(centre.ada, centre.chicago.id, draft),
        rotating.change_rotation(centre.ada, centre.chicago.id, made["id"], draft),
        rotating.delete_rotation(centre.ada, centre.chicago.id, made["id"]),
    ):
        with pytest.raises(PermissionMissing):
            await asked
    assert (await desk("GET", f"{PATH}/{made['id']}"))["metadata"]["version"] == 1


async def test_a_units_planning_period_is_shown_and_bounds_plans(desk: Desk, centre: Centre) -> None:
    ada = person_id(centre.ada)
    unit = await desk("GET")
    period = {"weekCount": 4, "startDate": "2023-10-23"}
    settings = {"metadata": unit["settings"]["metadata"], "scheduling": {"planningPeriod": {"value": period}}}
    changed = await desk("PATCH", "", {"settings": settings})
    assert changed["settings"]["scheduling"]["planningPeriod"] == period
    months = {"monthlyPlanningPeriod": {"value": {"startDate": "2023-11-01"}}}
    both = {"metadata": changed["settings"]["metadata"], "scheduling": months}
    refused = await desk("PATCH", "", {"settings": both}, status=400)
    assert refused["details"][0]["fieldName"] == "settings.scheduling.planningPeriod"
    wrong = {"minimumDaysOffPerPlanningPeriod": 9}
    refused = await desk("POST", "/workplans", {"name": "No", "shifts": [SHIFT], **wrong}, status=400)
    assert "minimumDaysOffPerPlanningPeriod" in refused["message"]
    assert "optionalDays" in refused["message"]
    await desk.made(agents=[{"id": ada}], minimumDaysOffPerPlanningPeriod=8)
    async with centre.boss.reader() as reader:
        having = (await find_plans_of(reader, centre.boss.organization_id, [ada]))[ada]
    assert having.periods is not None
    assert having.periods.weeks == 4
    chosen = choose_plan(having, having.periods.start)
    assert chosen.plan is not None
    assert chosen.plan.terms.minimum_days_off_per_planning_period == 8
