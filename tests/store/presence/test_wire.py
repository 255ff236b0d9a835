"""Presence over HTTP, with real tokens: the vendor's shapes, three ways to patch, 4xx that name the field."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.store.conftest import Api, Tenant, serve

from shiftline.presence.endpoints import EXPANSIONS, ROUTES
from shiftline.presence.model import SYSTEM_DEFINITIONS, SystemPresence
from shiftline.presence.operations.definitions import prepare_organization

ON_QUEUE = SYSTEM_DEFINITIONS[SystemPresence.ON_QUEUE]


@pytest.fixture
async def api(tenant: Tenant) -> AsyncIterator[Api]:
    async with tenant.context.transaction() as tx:
        await prepare_organization(tx, "org-1")
    async with serve(tenant.context.database, tenant.context.clock, ROUTES) as api:
        yield api


async def test_the_agents_main_path(api: Api, tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    token = tenant.tokens[ada.id]
    path = f"/api/v2/users/{ada.id}/presences/purecloud"
    answer = await api.call("PATCH", path, token, {"presenceDefinition": {"id": ON_QUEUE}})
    assert answer.status_code == 200
    body = answer.json()
    assert body == {
        "id": ada.id,
        "source": "PURECLOUD",
        "sourceId": "PURECLOUD",
        "primary": True,
        "presenceDefinition": {
            "id": ON_QUEUE,
            "systemPresence": "OnQueue",
            "selfUri": f"/api/v2/presencedefinitions/{ON_QUEUE}",
        },
        "message": "",
        "modifiedDate": body["modifiedDate"],
        "selfUri": f"/api/v2/users/{ada.id}/presences/PURECLOUD",
    }
    assert body["modifiedDate"].endswith("Z")
    # The whole object sent back, as the SDK's users do, says nothing new.
    assert (await api.call("PATCH", path, token, body)).json() == body
    said = (await api.call("PATCH", path, token, {"message": "desk 4"})).json()
    assert (said["message"], said["presenceDefinition"]["id"]) == ("desk 4", ON_QUEUE)
    assert (await api.call("PATCH", path, token, {"primary": True})).status_code == 200
    assert (await api.call("GET", path.replace("purecloud", "PureCloud"), token)).json()["message"] == "desk 4"
    status = (await api.call("GET", f"/api/v2/users/{ada.id}/routingstatus", token)).json()
    assert (status["userId"], status["status"]) == (ada.id, "IDLE")
    assert status["startTime"].endswith("Z")
    misuse = await api.call("PUT", f"/api/v2/users/{ada.id}/routingstatus", token, {"status": "OFF_QUEUE"})
    assert misuse.status_code == 400
    assert misuse.json()["code"] == "routing.status.misused"
    assert "presence" in misuse.json()["message"]
    same = await api.call("PUT", f"/api/v2/users/{ada.id}/routingstatus", token, status)
    assert (same.status_code, same.json()) == (200, status)


@pytest.mark.parametrize("spelling", ["OnQueue", "On Queue", "ON_QUEUE", "onqueue"])
async def test_a_system_presence_is_enough(api: Api, tenant: Tenant, spelling: str) -> None:
    ada = await tenant.person("Ada")
    body = {"presenceDefinition": {"systemPresence": spelling}}
    answer = await api.call("PATCH", f"/api/v2/users/{ada.id}/presences/purecloud", tenant.tokens[ada.id], body)
    assert answer.json()["presenceDefinition"]["id"] == ON_QUEUE


async def test_many_at_once(api: Api, tenant: Tenant, other_tenant: Tenant) -> None:
    ada, bob, eve = await tenant.person("Ada"), await tenant.person("Bob"), await other_tenant.person("Eve")
    admin = tenant.tokens["admin-1"]
    bodies = [{"id": each.id, "presenceDefinition": {"id": ON_QUEUE}} for each in (ada, bob)]
    put = await api.call("PUT", "/api/v2/users/presences/bulk", admin, bodies)
    assert [each["id"] for each in put.json()] == [ada.id, bob.id]
    ids = f"{bob.id},{eve.id},{ada.id},nobody"
    found = (await api.call("GET", f"/api/v2/users/presences/purecloud/bulk?id={ids}", admin)).json()
    assert [(each["userId"], each["presenceDefinition"]["systemPresence"]) for each in found] == [
        (bob.id, "OnQueue"),
        (ada.id, "OnQueue"),
    ]
    stolen = await api.call("PUT", "/api/v2/users/presences/bulk", admin, [{"id": eve.id, "message": "x"}])
    assert stolen.status_code == 404
    primary = (await api.call("GET", f"/api/v2/presence/users/{ada.id}/primarysource", admin)).json()
    assert (primary["sourceId"], primary["registered"]) == ("PURECLOUD", False)


async def test_definitions_over_http(api: Api, tenant: Tenant) -> None:
    admin = tenant.tokens["admin-1"]
    everything = (await api.call("GET", "/api/v2/presence/definitions", admin)).json()
    assert everything["total"] == len(everything["entities"]) == 10
    draft = {"languageLabels": {"en_US": "Coffee"}, "systemPresence": "Break", "deactivated": False}
    coffee = (await api.call("POST", "/api/v2/presence/definitions", admin, draft)).json()
    assert (coffee["type"], coffee["divisionId"]) == ("User", "*")
    path = f"/api/v2/presence/definitions/{coffee['id']}"
    tea = (await api.call("PUT", path, admin, {**coffee, "languageLabels": {"en_US": "Tea"}})).json()
    assert (await api.call("GET", path, admin)).json() == tea
    old = (await api.call("GET", "/api/v2/presencedefinitions?pageSize=5&pageNumber=3", admin)).json()
    assert [(each["name"], each["primary"]) for each in old["entities"]] == [("Tea", False)]
    assert old["total"] == 11
    assert (await api.call("DELETE", path, admin)).status_code == 204
    gone = (await api.call("GET", "/api/v2/presence/definitions?deactivated=true", admin)).json()
    assert [each["id"] for each in gone["entities"]] == [coffee["id"]]
    system = (await api.call("GET", "/api/v2/systempresences", admin)).json()
    assert {each["name"] for each in system} == set(SystemPresence)
    source = (await api.call("POST", "/api/v2/presence/sources", admin, {"name": "Teams"})).json()
    assert (await api.call("GET", "/api/v2/presence/sources", admin)).json()["entities"] == [source]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", "users/{ada}/presences/purecloud", {}, "presenceDefinition"),
        ("PATCH", "users/{ada}/presences/purecloud", None, "body"),
        ("PATCH", "users/{ada}/presences/purecloud", {"presenceDefinition": {"id": ""}}, "presenceDefinition.id"),
        ("PATCH", "users/{ada}/presences/purecloud", {"presenceDefinition": {"id": "x"}}, "presenceDefinition.id"),
        ("PATCH", "users/{ada}/presences/purecloud", {"presenceDefinition": {"systemPresence": "Asleep"}},
         "presenceDefinition.systemPresence"),
        ("PATCH", "users/{ada}/presences/purecloud", {"message": "x" * 300}, "message"),
        ("PATCH", "users/{ada}/presences/purecloud", {"message": "\x00"}, "message"),
        ("PATCH", "users/{ada}/presences/purecloud", {"message": 7}, "message"),
        ("PATCH", "users/{ada}/presences/purecloud", {"primary": "yes"}, "primary"),
        ("PATCH", "users/{ada}/presences/a%20b", {"message": "x"}, "sourceId"),
        ("PATCH", "users/{ada}/presences/TEAMS", {"presenceDefinition": {"id": ON_QUEUE}}, "presenceDefinition.id"),
        ("PUT", "users/presences/bulk", [{"message": "x"}], "[0].id"),
        ("PUT", "users/presences/bulk", [{"id": "{ada}"}], "[0].presenceDefinition"),
        ("PUT", "users/presences/bulk", {}, "body"),
        ("PUT", "users/{ada}/routingstatus", {"status": "ASLEEP"}, "status"),
        ("PUT", "users/{ada}/routingstatus", {}, "status"),
        ("PUT", "users/{ada}/routingstatus", {"status": "IDLE", "userId": "bob"}, "userId"),
        ("POST", "presence/definitions", {"systemPresence": "Break"}, "languageLabels"),
        ("POST", "presence/definitions", {"systemPresence": "Break", "languageLabels": {}}, "languageLabels"),
        ("POST", "presence/definitions", {"systemPresence": "Break", "languageLabels": {"en": " "}}, "languageLabels"),
        ("POST", "presence/definitions", {"systemPresence": "Asleep", "languageLabels": {"en": "Z"}}, "systemPresence"),
        ("POST", "presence/definitions", {"systemPresence": "Break", "languageLabels": {"en": "Z"}, "divisionId": "x"},
         "divisionId"),
        ("POST", "presence/sources", {"name": ""}, "name"),
        ("GET", "presence/definitions?deactivated=perhaps", None, "deactivated"),
    ],
)  # fmt: skip
async def test_bad_requests_are_refused_by_field(
    api: Api, tenant: Tenant, method: str, path: str, body: Any, field: str
) -> None:
    ada = await tenant.person("Ada", person_id="ada")
    if isinstance(body, list) and body and body[0].get("id") == "{ada}":
        body = [{"id": ada.id}]
    await tenant.news()
    answer = await api.call(method, f"/api/v2/{path.replace('{ada}', ada.id)}", tenant.tokens["admin-1"], body)
    assert answer.status_code == 400, answer.text
    assert any(field in detail["fieldName"] for detail in answer.json()["details"]), answer.text
    assert await tenant.news() == []


async def test_expanding_users(tenant: Tenant) -> None:
    ada = await tenant.person("Ada")
    expansions: dict[str, Any] = EXPANSIONS
    async with tenant.context.reader() as reader:
        presences = await expansions["presence"](reader, "org-1", [ada.id])
        statuses = await expansions["routingStatus"](reader, "org-1", [ada.id])
    assert presences[ada.id].presence_definition.system_presence == "Offline"
    assert statuses[ada.id].status == "OFF_QUEUE"
