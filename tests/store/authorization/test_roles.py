"""Divisions, roles and grants through the real application: what holds at once, and what is refused."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.store.conftest import Api, Tenant, serve

from shiftline.authorization import endpoints
from shiftline.authorization.events import GrantChanged, RoleChanged
from shiftline.authorization.model import ENFORCED
from shiftline.authorization.operations import create_division_in
from shiftline.identity import endpoints as identity
from shiftline.identity.model import ClientDraft
from shiftline.identity.operations.clients import create_client

DIVISIONS, ROLES = "/api/v2/authorization/divisions", "/api/v2/authorization/roles"
SUBJECTS = "/api/v2/authorization/subjects"


@pytest.fixture
async def api(tenant: Tenant) -> AsyncIterator[Api]:
    routes = [*endpoints.ROUTES, *identity.ROUTES]
    async with serve(tenant.context.database, tenant.context.clock, routes) as served:
        yield served


@pytest.fixture
def admin(tenant: Tenant) -> str:
    return tenant.tokens["admin-1"]


async def a_role(api: Api, admin: str, name: str, *permissions: str) -> dict[str, Any]:
    answer = await api.call("POST", ROLES, admin, {"name": name, "permissions": permissions})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_role_is_told_as_policies_and_survives_a_round_trip(tenant: Tenant, api: Api, admin: str) -> None:
    body = {
        "name": "Agent",
        "description": "Takes calls",
        "permissions": ["webRTC:enable", "wfm:agentSchedule:view"],
        "permissionPolicies": [
            {"domain": "routing", "entityName": "queue", "actionSet": ["view", "join"]},
            {"domain": "wfm", "entityName": "*", "actionSet": ["view"]},
        ],
    }
    made = (await api.call("POST", ROLES, admin, body)).json()
    assert made["permissions"] == ["webRTC:enable"]
    told = {(each["domain"], each["entityName"]): each["actionSet"] for each in made["permissionPolicies"]}
    assert told == {("wfm", "agentSchedule"): ["view"], ("routing", "queue"): ["view", "join"], ("wfm", "*"): ["view"]}
    path = f"{ROLES}/{made['id']}"
    await tenant.news()
    same = await api.call("PUT", path, admin, (await api.call("GET", path, admin)).json())
    assert same.status_code == 200
    assert not await tenant.news(RoleChanged)  # nothing changed, and nobody is told it did
    less = {**made, "permissions": []}
    changed = (await api.call("PUT", path, admin, less)).json()
    assert changed["permissions"] == []
    assert changed["permissionPolicies"] == made["permissionPolicies"]
    [news] = await tenant.news(RoleChanged)
    assert "webRTC:enable" not in news.permissions


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "R", "permissions": ["nonsense"]}, "permissions[0]"),
        ({"name": "R", "permissions": ["a:b:c", "a:b:c:d"]}, "permissions[1]"),
        ({"name": "R", "permissions": ["a::c"]}, "permissions[0]"),
        ({"name": "R", "permissions": ["a:b c:d"]}, "permissions[0]"),
        ({"name": "R", "permissions": "a:b:c"}, "permissions"),
        (
            {"name": "R", "permissionPolicies": [{"domain": "a", "entityName": "", "actionSet": ["x"]}]},
            "permissionPolicies[0]",
        ),
        ({"name": "R", "permissionPolicies": [{"entityName": "b"}]}, "permissionPolicies[0].domain"),
        ({"permissions": []}, "name"),
        ({"name": "\u0000"}, "name"),
        ({"name": "R", "permissions": ["a:b:c"] * 1001}, "permissions"),
        ({"name": "R", "permissions": ["a:b:" + "c" * 250]}, "permissions[0]"),
    ],
)
async def test_a_bad_role_names_its_field(tenant: Tenant, api: Api, admin: str, body: Any, field: str) -> None:
    answer = await api.call("POST", ROLES, admin, body)
    assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, field), answer.text
    assert (await api.call("GET", ROLES, admin)).json()["total"] == 1


async def test_a_name_is_taken_until_its_role_is_deleted(api: Api, admin: str) -> None:
    role = await a_role(api, admin, "Agent")
    taken = await api.call("POST", ROLES, admin, {"name": "AGENT"})
    assert (taken.status_code, taken.json()["code"]) == (409, "general.conflict")
    assert (await api.call("DELETE", f"{ROLES}/{role['id']}", admin)).status_code == 204
    assert (await api.call("DELETE", f"{ROLES}/{role['id']}", admin)).status_code == 404
    assert (await api.call("POST", ROLES, admin, {"name": "Agent"})).status_code == 200


async def test_roles_are_found_by_name_id_and_permission(api: Api, admin: str) -> None:
    one = await a_role(api, admin, "Agent North", "wfm:schedule:view")
    two = await a_role(api, admin, "Agent_South", "wfm:schedule:view", "wfm:schedule:edit")
    for query, expected in (
        ("name=agent*", [one, two]),
        ("name=agent_south", [two]),
        (f"id={one['id']}", [one]),
        ("permission=wfm:schedule:view,wfm:schedule:edit", [two]),
        ("name=%25", []),
    ):
        found = (await api.call("GET", f"{ROLES}?{query}", admin)).json()["entities"]
        assert [role["id"] for role in found] == [role["id"] for role in expected], query


async def test_a_grant_holds_and_ends_at_once_without_another_token(tenant: Tenant, api: Api, admin: str) -> None:
    ana = await tenant.person("Ana")
    token = tenant.tokens[ana.id]
    role = await a_role(api, admin, "Reader", "authorization:role:view")
    path = f"{SUBJECTS}/{ana.id}/divisions/*/roles/{role['id']}"
    assert (await api.call("GET", ROLES, token)).status_code == 403
    await tenant.news()
    for _ in range(2):
        assert (await api.call("POST", path, admin)).status_code == 204
    assert (await api.call("GET", ROLES, token)).status_code == 200
    assert len(await tenant.news(GrantChanged)) == 1  # the repeat changed nothing
    [grant] = (await api.call("GET", f"{SUBJECTS}/me", token)).json()["grants"]
    assert (grant["role"]["id"], grant["division"]["id"]) == (role["id"], "*")
    policy = {"domain": "authorization", "entityName": "role", "actions": ["view"]}
    assert grant["role"]["policies"] == [policy]
    await api.call("PUT", f"{ROLES}/{role['id']}", admin, {"name": "Reader"})
    assert (await api.call("GET", ROLES, token)).status_code == 403  # the role has lost it
    await api.call(
        "PUT", f"{ROLES}/{role['id']}", admin, {"name": "Reader", "permissions": ["authorization:role:view"]}
    )
    assert (await api.call("GET", ROLES, token)).status_code == 200
    assert (await api.call("DELETE", path, admin)).status_code == 204
    assert (await api.call("GET", ROLES, token)).status_code == 403


async def test_nobody_grants_beyond_the_divisions_they_may_grant_in(tenant: Tenant, api: Api, admin: str) -> None:
    async with tenant.context.transaction() as tx:
        east, west = await create_division_in(tx, "East"), await create_division_in(tx, "West")
    boss = await tenant.person("Boss", "authorization:grant:add", "authorization:grant:delete", division_id=east.id)
    ana, token = await tenant.person("Ana"), tenant.tokens[boss.id]
    role = await a_role(api, admin, "Reader", "authorization:role:view")

    def pairs(*divisions: str) -> dict[str, Any]:
        return {"grants": [{"roleId": role["id"], "divisionId": each} for each in divisions]}

    path = f"{SUBJECTS}/{ana.id}"
    for division in (west.id, "*"):
        refused = await api.call("POST", f"{path}/divisions/{division}/roles/{role['id']}", token)
        assert refused.json()["messageParams"]["permissions"] == "authorization:grant:add"
        assert (await api.call("POST", f"{path}/bulkadd", token, pairs(east.id, division))).status_code == 403
        assert (await api.call("POST", f"{path}/bulkreplace", token, pairs(east.id, division))).status_code == 403
    assert (await api.call("GET", path, admin)).json()["grants"] == []  # all or none
    assert (await api.call("POST", f"{path}/bulkadd", token, pairs(east.id))).status_code == 204
    assert (await api.call("POST", f"{path}/bulkadd", admin, pairs(west.id))).status_code == 204
    assert (await api.call("POST", f"{path}/bulkreplace", token, pairs(east.id))).status_code == 403
    assert (await api.call("POST", f"{path}/bulkremove", token, pairs(west.id))).status_code == 403
    assert (await api.call("POST", f"{path}/bulkremove", token, pairs(east.id))).status_code == 204
    [left] = (await api.call("GET", path, admin)).json()["grants"]
    assert left["division"]["id"] == west.id


async def test_bulkreplace_leaves_exactly_what_is_given(tenant: Tenant, api: Api, admin: str) -> None:
    ana = await tenant.person("Ana", "webRTC:enable")
    one, two = await a_role(api, admin, "One"), await a_role(api, admin, "Two")
    body = {"grants": [{"roleId": one["id"], "divisionId": "*"}, {"roleId": two["id"], "divisionId": "*"}]}
    for _ in range(2):
        assert (await api.call("POST", f"{SUBJECTS}/{ana.id}/bulkreplace", admin, body)).status_code == 204
        grants = (await api.call("GET", f"{SUBJECTS}/{ana.id}", admin)).json()["grants"]
        assert [grant["role"]["name"] for grant in grants] == ["One", "Two"]
    unknown = {"grants": [{"roleId": "nope", "divisionId": "*"}]}
    assert (await api.call("POST", f"{SUBJECTS}/{ana.id}/bulkreplace", admin, unknown)).status_code == 404
    broken = {"grants": [{"roleId": one["id"], "divisionId": "**"}]}
    answer = await api.call("POST", f"{SUBJECTS}/{ana.id}/bulkreplace", admin, broken)
    assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, "grants[0].divisionId")


async def test_users_roles_keep_their_divisions_and_new_ones_are_held_at_home(
    tenant: Tenant, api: Api, admin: str
) -> None:
    ana = await tenant.person("Ana", "webRTC:enable")
    path = f"/api/v2/users/{ana.id}/roles"
    held = (await api.call("GET", path, admin)).json()
    assert held["permissions"] == ["webRTC:enable"]
    role = await a_role(api, admin, "Reader", "authorization:role:view")
    both = [held["roles"][0]["id"], role["id"]]
    answer = (await api.call("PUT", path, admin, both)).json()
    assert {each["id"] for each in answer["roles"]} == set(both)
    grants = (await api.call("GET", f"{SUBJECTS}/{ana.id}", admin)).json()["grants"]
    assert sorted(grant["division"].get("name") or "*" for grant in grants) == ["*", "Home"]
    assert (await api.call("PUT", path, admin, [])).json()["roles"] == []
    assert (await api.call("PUT", path, admin, "x")).status_code == 400


async def test_a_roles_holders(tenant: Tenant, api: Api, admin: str) -> None:
    people = [await tenant.person(f"P{number}") for number in range(3)]
    ids = sorted(person.id for person in people)
    role = await a_role(api, admin, "Reader")
    path = f"{ROLES}/{role['id']}/users"
    assert (await api.call("PUT", f"{path}/add", admin, [*ids, "nobody"])).status_code == 404
    assert (await api.call("GET", path, admin)).json()["total"] == 0
    assert (await api.call("PUT", f"{path}/add", admin, ids)).json() == ids
    page = (await api.call("GET", f"{path}?pageSize=2", admin)).json()
    assert ([each["id"] for each in page["entities"]], page["total"], page["pageCount"]) == (ids[:2], 3, 2)
    assert (await api.call("GET", f"{ROLES}/{role['id']}", admin)).json()["userCount"] == 3


async def test_a_client_holds_roles_as_a_person_does(tenant: Tenant, api: Api, admin: str) -> None:
    client, _ = await create_client(tenant.context, ClientDraft("Nightly", "CLIENT-CREDENTIALS"))
    role = await a_role(api, admin, "Reader")
    path = f"{SUBJECTS}/{client.id}"
    assert (await api.call("POST", f"{path}/divisions/*/roles/{role['id']}", admin)).status_code == 204
    subject = (await api.call("GET", path, admin)).json()
    assert (subject["name"], len(subject["grants"])) == ("Nightly", 1)


async def test_divisions(tenant: Tenant, api: Api, admin: str) -> None:
    home = (await api.call("GET", f"{DIVISIONS}/home", admin)).json()
    assert (home["name"], home["homeDivision"]) == ("Home", True)
    east = (await api.call("POST", DIVISIONS, admin, {"name": "East", "description": "of the river"})).json()
    assert (await api.call("GET", f"{DIVISIONS}/{east['id']}", admin)).json() == east
    assert (await api.call("POST", DIVISIONS, admin, {"name": "EAST"})).status_code == 409
    renamed = await api.call("PUT", f"{DIVISIONS}/{east['id']}", admin, {"name": "Far East"})
    assert renamed.json()["name"] == "Far East"
    assert (await api.call("PUT", f"{DIVISIONS}/{east['id']}", admin, {"name": "home"})).status_code == 409
    listed = (await api.call("GET", DIVISIONS, admin)).json()
    assert [each["name"] for each in listed["entities"]] == ["Home", "Far East"]
    assert (await api.call("GET", f"{DIVISIONS}?name=far*", admin)).json()["total"] == 1
    permitted = "/api/v2/authorization/divisionspermitted/me?permission=routing:queue:view"
    boss = await tenant.person("Boss", "routing:queue:*", division_id=east["id"])
    assert [each["name"] for each in (await api.call("GET", permitted, tenant.tokens[boss.id])).json()] == ["Far East"]
    assert len((await api.call("GET", permitted, admin)).json()) == 2
    missing = await api.call("GET", "/api/v2/authorization/divisionspermitted/me", admin)
    assert (missing.status_code, missing.json()["details"][0]["fieldName"]) == (400, "permission")


async def test_the_catalogue_tells_every_permission_that_is_enforced(api: Api, admin: str) -> None:
    listed = (await api.call("GET", "/api/v2/authorization/permissions?pageSize=100", admin)).json()
    told = {each["domain"]: each["permissionMap"] for each in listed["entities"]}
    assert set(told) == {*ENFORCED, "webRTC"}
    assert [each["action"] for each in told["wfm"]["schedule"]] == list(ENFORCED["wfm"]["schedule"])


@pytest.mark.parametrize(
    ("method", "path", "body", "permission"),
    [
        ("POST", DIVISIONS, {"name": "X"}, "authorization:division:add"),
        ("PUT", f"{DIVISIONS}/DIVISION", {"name": "X"}, "authorization:division:edit"),
        ("GET", ROLES, None, "authorization:role:view"),
        ("GET", f"{ROLES}/ROLE", None, "authorization:role:view"),
        ("POST", ROLES, {"name": "X"}, "authorization:role:add"),
        ("PUT", f"{ROLES}/ROLE", {"name": "X"}, "authorization:role:edit"),
        ("DELETE", f"{ROLES}/ROLE", None, "authorization:role:delete"),
        ("GET", f"{SUBJECTS}/PERSON", None, "authorization:grant:view"),
        ("GET", "/api/v2/users/PERSON/roles", None, "authorization:grant:view"),
        ("PUT", "/api/v2/users/PERSON/roles", [], "authorization:grant:add"),
        ("POST", f"{SUBJECTS}/PERSON/bulkadd", {"grants": []}, "authorization:grant:add"),
        ("POST", f"{SUBJECTS}/PERSON/bulkremove", {"grants": []}, "authorization:grant:delete"),
        ("POST", f"{SUBJECTS}/PERSON/bulkreplace", {"grants": []}, "authorization:grant:add"),
        ("POST", f"{SUBJECTS}/PERSON/divisions/*/roles/ROLE", None, "authorization:grant:add"),
        ("DELETE", f"{SUBJECTS}/PERSON/divisions/*/roles/ROLE", None, "authorization:grant:delete"),
        ("PUT", f"{ROLES}/ROLE/users/add", ["PERSON"], "authorization:grant:add"),
    ],
)
async def test_each_operation_names_its_permission_and_knows_no_other_tenant(
    tenant: Tenant, other_tenant: Tenant, api: Api, method: str, path: str, body: Any, permission: str
) -> None:
    admin = tenant.tokens["admin-1"]
    role, target = await a_role(api, admin, "Role"), await tenant.person("Target")
    division = (await api.call("POST", DIVISIONS, admin, {"name": "East"})).json()
    for word, known in (("DIVISION", division["id"]), ("ROLE", role["id"]), ("PERSON", target.id)):
        path = path.replace(word, known)
        body = [known] if body == [word] else body
    nobody = tenant.tokens[(await tenant.person("Nobody")).id]
    refused = await api.call(method, path, nobody, body)
    assert (refused.status_code, refused.json()["messageParams"]["permissions"]) == (403, permission)
    assert refused.json()["contextId"] == refused.json()["decisionId"]
    stranger = await api.call(method, path, other_tenant.tokens["admin-2"], body)
    if target.id in path or role["id"] in path or division["id"] in path:
        assert stranger.status_code == 404, stranger.text
    assert (await api.call(method, path, admin, body)).status_code in (200, 204)
