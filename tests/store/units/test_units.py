"""Units, agents and activity codes over HTTP, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Api, Tenant, serve

from shiftline.apps.sample.organization import AGENT as SAMPLE_AGENT
from shiftline.authorization.operations import create_division_in
from shiftline.foundation.database import Database
from shiftline.workforce.units import endpoints
from shiftline.workforce.units.events import AgentsMoved
from shiftline.workforce.units.topics import notifications
from shiftline.workforce.workplans.endpoints import ROUTES as WORK_PLANS

ROOT = "/api/v2/workforcemanagement"


@pytest.fixture
async def api(database: Database, context: SettableContext) -> AsyncIterator[Api]:
    async with serve(database, context.clock, [*endpoints.ROUTES, *WORK_PLANS]) as served:
        yield served


class Admin:
    """The administrator at the API."""

    def __init__(self, api: Api, tenant: Tenant) -> None:
        self.api = api
        self.token = tenant.tokens["admin-1"]

    async def __call__(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        answer = await self.api.call(method, ROOT + path, self.token, body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
async def admin(api: Api, tenant: Tenant) -> Admin:
    return Admin(api, tenant)


SETTINGS = {
    "timeZone": "America/Chicago",
    "startDayOfWeek": "Sunday",
    "scheduling": {"enableTimeOffFullDayEstimation": True},
}


async def make_unit(admin: Admin, name: str = "Voice") -> Any:
    return await admin("POST", "/businessunits", {"name": name, "settings": SETTINGS}, status=201)


async def make_site(admin: Admin, unit: Any, name: str = "Chicago", **more: Any) -> Any:
    body = {"name": name, "businessUnitId": unit["id"], **more}
    return await admin("POST", "/managementunits", body, status=201)


async def test_a_business_unit_is_made_read_and_changed_under_its_version(admin: Admin) -> None:
    made = await make_unit(admin)
    assert made["settings"]["metadata"]["version"] == 1
    assert (await admin("GET", f"/businessunits/{made['id']}"))["settings"]["scheduling"] == SETTINGS["scheduling"]
    change = {
        "name": "Voice and mail",
        "settings": {"timeZone": "America/Denver", "scheduling": {"maximum": 3}, "metadata": {"version": 1}},
    }
    changed = await admin("PATCH", f"/businessunits/{made['id']}", change)
    assert changed["name"] == "Voice and mail"
    assert changed["settings"]["timeZone"] == "America/Denver"
    assert changed["settings"]["startDayOfWeek"] == "Sunday"
    assert changed["settings"]["scheduling"] == {"enableTimeOffFullDayEstimation": True, "maximum": 3}
    assert changed["settings"]["metadata"]["version"] == 2
    assert changed["settings"]["metadata"]["modifiedBy"]["id"] == "admin-1"
    refused = await admin("PATCH", f"/businessunits/{made['id']}", change, status=409)
    assert refused["messageParams"]["currentVersion"] == "2"
    assert refused["messageParams"]["modifiedBy"] == "admin-1"
    assert "dateModified" in refused["messageParams"]


async def test_the_same_change_again_keeps_the_version(admin: Admin) -> None:
    made = await make_unit(admin)
    same = {"name": "Voice", "settings": {"timeZone": "America/Chicago", "metadata": {"version": 1}}}
    assert (await admin("PATCH", f"/businessunits/{made['id']}", same))["settings"]["metadata"]["version"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "A", "settings": {"timeZone": "Mars/Olympus"}}, "settings.timeZone"),
        ({"name": "A", "settings": {}}, "settings.timeZone"),
        ({"name": "  ", "settings": SETTINGS}, "name"),
        ({"name": "A" * 300, "settings": SETTINGS}, "name"),
        ({"name": "A", "settings": {"timeZone": "UTC", "startDayOfWeek": "Someday"}}, "settings.startDayOfWeek"),
        ({"name": "A", "settings": {"timeZone": "UTC", "learning": {"x": "\0"}}}, "settings"),
        ({"name": "A", "settings": {"timeZone": "UTC", "learning": {"x": "y" * 70_000}}}, "settings"),
        ({"settings": SETTINGS}, "name"),
    ],
)
async def test_a_bad_business_unit_is_refused_naming_the_field(admin: Admin, body: Any, field: str) -> None:
    refused = await admin("POST", "/businessunits", body, status=400)
    assert field in refused["message"]
    assert (await admin("GET", "/businessunits"))["entities"] == []


async def test_settings_cannot_be_changed_blindly(admin: Admin) -> None:
    made = await make_unit(admin)
    refused = await admin("PATCH", f"/businessunits/{made['id']}", {"settings": {"timeZone": "UTC"}}, status=400)
    assert refused["details"][0]["fieldName"] == "settings.metadata.version"


async def test_names_are_taken_once(admin: Admin) -> None:
    unit = await make_unit(admin)
    await admin("POST", "/businessunits", {"name": "voice", "settings": SETTINGS}, status=409)
    await make_site(admin, unit)
    await admin("POST", "/managementunits", {"name": "CHICAGO", "businessUnitId": unit["id"]}, status=409)
    code = {"name": "on queue", "category": "Meeting", "lengthInMinutes": 45}
    refused = await admin("POST", f"/businessunits/{unit['id']}/activitycodes", code, status=409)
    assert refused["message"] == "There is already an activity code named on queue."


async def test_a_management_unit_takes_its_zone_from_the_business_unit_or_has_its_own(admin: Admin) -> None:
    unit = await make_unit(admin)
    assert (await make_site(admin, unit))["timeZone"] == "America/Chicago"
    own = await make_site(admin, unit, "Manila", timeZone="Asia/Manila", startDayOfWeek="Monday")
    assert (own["timeZone"], own["startDayOfWeek"]) == ("Asia/Manila", "Monday")
    trading = {"minMinutesBetweenShifts": 600}
    change = {"settings": {"shiftTrading": trading, "metadata": {"version": 1}}}
    changed = await admin("PATCH", f"/managementunits/{own['id']}", change)
    assert (changed["settings"]["shiftTrading"], changed["version"]) == (trading, 2)
    await admin("PATCH", f"/managementunits/{own['id']}", change, status=409)
    inside = await admin("GET", f"/businessunits/{unit['id']}/managementunits?pageSize=1")
    assert (inside["total"], len(inside["entities"]), inside["pageCount"]) == (2, 1, 2)


async def test_a_unit_that_holds_something_is_not_deleted(admin: Admin, tenant: Tenant) -> None:
    unit = await make_unit(admin)
    site = await make_site(admin, unit)
    ann = await tenant.person("Ann")
    move = {"userIds": [ann.id], "destinationManagementUnitId": site["id"]}
    await admin("POST", "/agents", move, status=202)
    assert "1 agents" in (await admin("DELETE", f"/managementunits/{site['id']}", status=409))["message"]
    assert "Chicago" in (await admin("DELETE", f"/businessunits/{unit['id']}", status=409))["message"]
    left = await admin("POST", "/agents", {"userIds": [ann.id]}, status=202)
    assert left["results"][0]["result"] == "MoveSuccessful"
    await admin("DELETE", f"/managementunits/{site['id']}", status=204)
    await admin("DELETE", f"/businessunits/{unit['id']}", status=204)
    await admin("GET", f"/businessunits/{unit['id']}", status=404)
    await make_unit(admin)


async def test_agents_are_moved_and_where_they_were_stays_known(
    admin: Admin, tenant: Tenant, context: SettableContext
) -> None:
    unit = await make_unit(admin)
    chicago, denver = await make_site(admin, unit), await make_site(admin, unit, "Denver", timeZone="America/Denver")
    ann, bob = await tenant.person("Ann"), await tenant.person("Bob")
    context.clock.set("2023-10-01T00:00:00Z")
    move = {"userIds": [ann.id, bob.id], "destinationManagementUnitId": chicago["id"]}
    await admin("POST", "/agents", move, status=202)
    context.clock.set("2023-10-20T00:00:00Z")
    await tenant.news()
    answer = await admin(
        "POST", "/agents", {**move, "userIds": [ann.id], "destinationManagementUnitId": denver["id"]}, status=202
    )
    assert answer["requestingUser"]["id"] == "admin-1"
    [moved] = await tenant.news(AgentsMoved)
    [message] = notifications(moved)
    assert message.topic == "v2.workforcemanagement.agents"
    assert message.body["destinationManagementUnit"] == {"id": denver["id"]}
    assert message.body["results"] == [{"user": {"id": ann.id}, "result": "MoveSuccessful"}]
    assert (await admin("GET", f"/agents/{ann.id}/managementunit"))["managementUnit"]["id"] == denver["id"]
    users = await admin("GET", f"/managementunits/{chicago['id']}/users")
    assert [user["id"] for user in users["entities"]] == [bob.id]
    by_unit = (await admin("GET", f"/businessunits/{unit['id']}/users"))["managementUnits"]
    assert {each["managementUnit"]["id"]: [u["id"] for u in each["users"]] for each in by_unit} == {
        chicago["id"]: [bob.id],
        denver["id"]: [ann.id],
    }
    async with context.reader() as reader:
        past = await reader.all(
            "select management_unit_id from units.public_agent_timeline "
            "where person_id = %(person_id)s and valid @> '2023-10-10Z'::timestamptz",
            {"person_id": ann.id},
        )
    assert [row["management_unit_id"] for row in past] == [chicago["id"]]


async def test_moving_somebody_twice_says_so_and_changes_nothing(admin: Admin, tenant: Tenant) -> None:
    site = await make_site(admin, await make_unit(admin))
    ann = await tenant.person("Ann")
    move = {"userIds": [ann.id, ann.id], "destinationManagementUnitId": site["id"]}
    first = await admin("POST", "/agents", move, status=202)
    second = await admin("POST", "/agents", move, status=202)
    assert [each["result"] for each in first["results"]] == ["MoveSuccessful"]
    assert [each["result"] for each in second["results"]] == ["AlreadyMoved"]
    stranger = await tenant.person("Sue")
    gone = await admin("POST", "/agents", {"userIds": [stranger.id]}, status=202)
    assert [each["result"] for each in gone["results"]] == ["NothingToDo"]


async def test_unknown_people_and_other_tenants_are_refused_by_index(
    admin: Admin, tenant: Tenant, other_tenant: Tenant
) -> None:
    site = await make_site(admin, await make_unit(admin))
    ann, eve = await tenant.person("Ann"), await other_tenant.person("Eve")
    move = {"userIds": [ann.id, eve.id], "destinationManagementUnitId": site["id"]}
    refused = await admin("POST", "/agents", move, status=400)
    assert refused["details"][0]["fieldName"] == "userIds[1]"
    await admin("GET", f"/agents/{ann.id}/managementunit", status=404)


async def test_an_agent_sees_where_they_work_and_not_the_list(api: Api, admin: Admin, tenant: Tenant) -> None:
    site = await make_site(admin, await make_unit(admin))
    ann = await tenant.person("Ann", "wfm:agentSchedule:view")
    await admin("POST", "/agents", {"userIds": [ann.id], "destinationManagementUnitId": site["id"]}, status=202)
    token = tenant.tokens[ann.id]
    mine = await api.call("GET", f"{ROOT}/agents/me/managementunit", token)
    assert mine.json()["managementUnit"]["id"] == site["id"]
    assert (await api.call("GET", f"{ROOT}/managementunits/{site['id']}/users", token)).status_code == 403
    assert (await api.call("POST", f"{ROOT}/agents", token, {"userIds": [ann.id]})).status_code == 403


async def test_an_agent_reads_the_zone_week_and_codes_of_their_own_unit_whatever_its_division(
    api: Api, admin: Admin, tenant: Tenant
) -> None:
    async with tenant.context.transaction() as tx:
        site_division = await create_division_in(tx, "Chicago")
    own, other = await make_unit(admin), await make_unit(admin, "Chat")
    site = await make_site(admin, own)
    people = {
        "everywhere": await tenant.person("Ann", *SAMPLE_AGENT.permissions),
        "at the site": await tenant.person("Bob", *SAMPLE_AGENT.permissions, division_id=site_division.id),
        "without a permission": await tenant.person("Cyd"),
    }
    ids = [person.id for person in people.values()]
    await admin("POST", "/agents", {"userIds": ids, "destinationManagementUnitId": site["id"]}, status=202)

    async def statuses(unit: Any) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for who, person in people.items():
            token, path = tenant.tokens[person.id], f"{ROOT}/businessunits/{unit['id']}"
            read = await api.call("GET", f"{path}?expand=settings", token)
            if read.status_code == 200:
                settings = read.json()["settings"]
                assert (settings["timeZone"], settings["startDayOfWeek"]) == ("America/Chicago", "Sunday")
            codes = await api.call("GET", f"{path}/activitycodes", token)
            found[who] = (read.status_code, codes.status_code)
        return found

    assert await statuses(own) == {
        "everywhere": (200, 200),
        "at the site": (200, 200),
        "without a permission": (403, 403),
    }
    assert await statuses(other) == {
        "everywhere": (200, 200), "at the site": (403, 403), "without a permission": (403, 403)
    }  # fmt: skip


async def test_an_agent_can_be_made_unschedulable(admin: Admin, tenant: Tenant) -> None:
    site = await make_site(admin, await make_unit(admin))
    ann = await tenant.person("Ann")
    await admin("POST", "/agents", {"userIds": [ann.id], "destinationManagementUnitId": site["id"]}, status=202)
    body = {"entities": [{"userId": ann.id, "schedulable": False}]}
    await admin("PATCH", f"/managementunits/{site['id']}/agents", body, status=204)
    assert (await admin("GET", f"/managementunits/{site['id']}/agents/{ann.id}"))["schedulable"] is False
    body = {"entities": [{"userId": ann.id, "minorUntil": {"value": "2030-02-03"}}]}
    await admin("PATCH", f"/managementunits/{site['id']}/agents", body, status=204)
    shown = await admin("GET", f"/managementunits/{site['id']}/agents/{ann.id}")
    assert (shown["minorUntil"], shown["schedulable"]) == ("2030-02-03", False)
    await admin("PATCH", f"/managementunits/{site['id']}/agents", {"entities": [{"userId": ann.id, "minorUntil": {}}]},
                status=204)  # fmt: skip
    assert "minorUntil" not in await admin("GET", f"/managementunits/{site['id']}/agents/{ann.id}")
    stranger = await tenant.person("Sue")
    body = {"entities": [{"userId": stranger.id, "schedulable": False}]}
    await admin("PATCH", f"/managementunits/{site['id']}/agents", body, status=404)


async def test_every_unit_starts_with_the_same_eight_codes(admin: Admin) -> None:
    listings = [
        (await admin("GET", f"/businessunits/{(await make_unit(admin, name))['id']}/activitycodes"))["entities"]
        for name in ("Voice", "Mail")
    ]
    named = [{code["id"]: code["name"] for code in codes} for codes in listings]
    assert named[0] == named[1]
    assert named[0] == {
        "0": "On Queue",
        "1": "Break",
        "2": "Meal",
        "3": "Meeting",
        "4": "Off Queue",
        "5": "Time Off",
        "6": "Training",
        "7": "Unavailable",
    }
    assert {code["id"] for code in listings[0] if not code["countsAsPaidTime"]} == {"2", "7"}


async def test_codes_are_versioned_as_one_list(admin: Admin) -> None:
    path = f"/businessunits/{(await make_unit(admin))['id']}/activitycodes"
    coaching = {"name": "Coaching", "category": "Meeting", "lengthInMinutes": 45, "countsAsPaidTime": True}
    made = await admin("POST", path, coaching, status=201)
    assert (made["metadata"]["version"], made["defaultCode"]) == (2, False)
    change = {"lengthInMinutes": 20, "metadata": {"version": 2}, "planningGroupIds": {"values": ["g-1"]}}
    changed = await admin("PATCH", f"{path}/1", change)
    assert (changed["lengthInMinutes"], changed["metadata"]["version"]) == (20, 3)
    assert changed["planningGroups"] == [{"id": "g-1"}]
    stale = await admin("PATCH", f"{path}/{made['id']}", {"name": "Coach", "metadata": {"version": 2}}, status=409)
    assert stale["messageParams"]["currentVersion"] == "3"
    await admin("PATCH", f"{path}/{made['id']}", {"name": "Coach"}, status=400)
    await admin("POST", path, {**coaching, "name": "coaching"}, status=409)


async def test_a_default_code_stays_and_another_can_go(admin: Admin) -> None:
    path = f"/businessunits/{(await make_unit(admin))['id']}/activitycodes"
    await admin("DELETE", f"{path}/0", status=409)
    await admin("PATCH", f"{path}/0", {"category": "Break", "metadata": {"version": 1}}, status=409)
    made = await admin("POST", path, {"name": "Coaching", "category": "Meeting", "lengthInMinutes": 45}, status=201)
    await admin("DELETE", f"{path}/{made['id']}", status=204)
    await admin("DELETE", f"{path}/{made['id']}", status=404)
    assert (await admin("GET", f"{path}/{made['id']}"))["active"] is False


async def test_another_tenant_sees_nothing(api: Api, admin: Admin, other_tenant: Tenant) -> None:
    unit = await make_unit(admin)
    site = await make_site(admin, unit)
    token = other_tenant.tokens["admin-2"]
    for path in (
        f"/businessunits/{unit['id']}",
        f"/businessunits/{unit['id']}/activitycodes",
        f"/businessunits/{unit['id']}/managementunits",
        f"/businessunits/{unit['id']}/users",
        f"/managementunits/{site['id']}",
        f"/managementunits/{site['id']}/users",
    ):
        assert (await api.call("GET", ROOT + path, token)).status_code == 404, path
    body = {"name": "X", "businessUnitId": unit["id"]}
    assert (await api.call("POST", f"{ROOT}/managementunits", token, body)).status_code == 404


async def test_of_many_changes_with_one_version_exactly_one_wins(admin: Admin) -> None:
    unit = await make_unit(admin)

    async def change(number: int) -> int:
        body = {"name": f"Name {number}", "settings": {"metadata": {"version": 1}, "timeZone": "UTC"}}
        path = f"{ROOT}/businessunits/{unit['id']}"
        return (await admin.api.call("PATCH", path, admin.token, body)).status_code

    answers = await asyncio.gather(*(change(number) for number in range(8)))
    assert sorted(answers) == [200] + [409] * 7
