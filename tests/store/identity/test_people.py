"""Users through the real application: read, made, changed, and refused with a reason."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Api, Tenant, serve

from shiftline.authorization.operations import create_division_in
from shiftline.identity import endpoints
from shiftline.identity.events import PersonChanged
from shiftline.identity.model import Person

USERS = "/api/v2/users"


@pytest.fixture
async def api(tenant: Tenant) -> AsyncIterator[Api]:
    async with serve(tenant.context.database, tenant.context.clock, endpoints.ROUTES) as served:
        yield served


@pytest.fixture
def admin(tenant: Tenant) -> str:
    return tenant.tokens["admin-1"]


def path_of(person: Person) -> str:
    return f"{USERS}/{person.id}"


async def test_a_user_is_made_read_and_found_again(tenant: Tenant, api: Api, admin: str) -> None:
    body = {
        "name": "Ana Ruiz",
        "email": "ana.ruiz@example.test",
        "title": "Agent",
        "addresses": [{"address": "+13125550123", "mediaType": "PHONE", "type": "WORK"}],
        "state": "active",
        "unknownField": 1,
    }
    made = await api.call("POST", USERS, admin, body)
    assert made.status_code == 200, made.text
    user = made.json()
    assert user["chat"]["jabberId"].endswith("@org-1.localhost")
    assert (user["version"], user["division"]["name"], user["addresses"]) == (1, "Home", body["addresses"])
    assert (await api.call("GET", f"{USERS}/{user['id']}", admin)).json() == user
    again = await api.call("POST", USERS, admin, {**body, "email": "ANA.ruiz@example.test"})
    assert (again.status_code, again.json()["code"]) == (409, "general.conflict")
    assert len([each for each in await tenant.news(PersonChanged) if each.person_id == user["id"]]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (None, "body"),
        ([], "body"),
        ("text", "body"),
        ({"email": "a@b.test"}, "name"),
        ({"name": " ", "email": "a@b.test"}, "name"),
        ({"name": "A", "email": "nonsense"}, "email"),
        ({"name": "A\u0000", "email": "a@b.test"}, "name"),
        ({"name": "A" * 300, "email": "a@b.test"}, "name"),
        ({"name": 7, "email": "a@b.test"}, "name"),
        ({"name": "A", "email": "a@b.test", "password": "short"}, "password"),
        ({"name": "A", "email": "a@b.test", "divisionId": "not an id"}, "divisionId"),
        ({"name": "A", "email": "a@b.test", "addresses": [{}] * 51}, "addresses"),
        ({"name": "A", "email": "a@b.test", "addresses": [{"type": "X"}]}, "addresses[0].type"),
        ({"name": "A", "email": "a@b.test", "state": "deleted"}, "state"),
    ],
)
async def test_a_bad_user_is_refused_naming_the_field(
    tenant: Tenant, api: Api, admin: str, body: Any, field: str
) -> None:
    answer = await api.call("POST", USERS, admin, body)
    assert answer.status_code == 400
    assert answer.json()["details"][0]["fieldName"] == field, answer.text
    assert not await tenant.news(PersonChanged) or (await api.call("GET", USERS, admin)).json()["total"] == 1


async def test_me_is_the_caller_with_what_expand_asks_for(tenant: Tenant, api: Api) -> None:
    person = await tenant.person("Ana", "webRTC:enable")
    token = tenant.tokens[person.id]
    me = (await api.call("GET", f"{USERS}/me", token)).json()
    assert me["id"] == person.id
    assert me["chat"] == {"jabberId": person.jabber_id}
    assert me["organization"]["id"] == "org-1"
    assert "authorization" not in me
    me = (await api.call("GET", f"{USERS}/me?expand=authorization,nonsense", token)).json()
    assert me["authorization"]["permissions"] == ["webRTC:enable"]
    assert me["authorization"]["roles"][0]["name"] == f"role of {person.id}"


async def test_another_rooms_expansion_is_asked_for_all_people_at_once(tenant: Tenant) -> None:
    import httpx

    from shiftline.foundation.web.application import WebOptions, build
    from shiftline.foundation.web.wire import NamedReference
    from shiftline.identity.operations.tokens import authenticate

    asked: list[list[str]] = []

    async def expand(reader: Any, organization_id: str, ids: list[str]) -> dict[str, NamedReference]:
        asked.append(list(ids))
        return {"admin-1": NamedReference(id="st-1", name=organization_id)}

    context = tenant.context
    ben = await tenant.person("Ben")
    app: Any = build(
        endpoints.ROUTES,
        database=context.database,
        clock=context.clock,
        authenticate=lambda token: authenticate(context.database, context.clock, token),
        options=WebOptions("localhost:8443", extra_state={"expansions": {"station": expand}}),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://x") as client:
        headers = {"Authorization": f"Bearer {tenant.tokens['admin-1']}"}
        found = (await client.get(f"{USERS}?expand=station,presence", headers=headers)).json()["entities"]
    assert asked == [["admin-1", ben.id]]
    assert [user.get("station") for user in found] == [{"id": "st-1", "name": "org-1"}, None]


async def test_roles_of_others_are_shown_to_those_who_may_see_grants(tenant: Tenant, api: Api, admin: str) -> None:
    ana, ben = await tenant.person("Ana", "webRTC:enable"), await tenant.person("Ben")
    path = f"{path_of(ana)}?expand=authorization"
    assert "authorization" not in (await api.call("GET", path, tenant.tokens[ben.id])).json()
    assert (await api.call("GET", path, admin)).json()["authorization"]["permissions"] == ["webRTC:enable"]


async def test_users_are_listed_by_name_in_pages(tenant: Tenant, api: Api, admin: str) -> None:
    people = [await tenant.person(f"Person {number}") for number in range(5)]
    first = (await api.call("GET", f"{USERS}?pageSize=4", admin)).json()
    assert [user["name"] for user in first["entities"]] == ["Admin", "Person 0", "Person 1", "Person 2"]
    assert (first["total"], first["pageCount"], first["nextUri"]) == (6, 2, f"{USERS}?pageSize=4&pageNumber=2")
    beyond = (await api.call("GET", f"{USERS}?pageSize=4&pageNumber=9", admin)).json()
    assert (beyond["entities"], beyond["total"]) == ([], 6)
    for descending in ("desc", "DESC", "descending"):
        last = (await api.call("GET", f"{USERS}?pageSize=1&sortOrder={descending}", admin)).json()
        assert last["entities"][0]["id"] == people[4].id
    ids = f"{people[3].id}%2C{people[1].id}"
    assert (await api.call("GET", f"{USERS}?id={ids}", admin)).json()["total"] == 2
    jid = people[2].jabber_id
    assert (await api.call("GET", f"{USERS}?jabberId={jid}", admin)).json()["entities"][0]["id"] == people[2].id
    for query, field in (("pageSize=501", "pageSize"), ("pageNumber=0", "pageNumber"), ("state=gone", "state")):
        answer = await api.call("GET", f"{USERS}?{query}", admin)
        assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, field)


async def test_a_change_needs_the_current_version_and_tells_who_has_changed_it(
    tenant: Tenant, api: Api, admin: str
) -> None:
    ana = await tenant.person("Ana")
    changed = await api.call("PATCH", path_of(ana), admin, {"version": 1, "title": "Lead", "department": "Sales"})
    assert (changed.status_code, changed.json()["version"], changed.json()["title"]) == (200, 2, "Lead")
    emptied = await api.call("PATCH", path_of(ana), admin, {"version": 2, "title": None})
    assert "title" not in emptied.json()
    assert emptied.json()["department"] == "Sales"
    same = await api.call("PATCH", path_of(ana), admin, {"version": 3, "department": "Sales"})
    assert (same.status_code, same.json()["version"]) == (200, 3)
    stale = await api.call("PATCH", path_of(ana), admin, {"version": 1, "title": "X"})
    params = stale.json()["messageParams"]
    assert (stale.status_code, params["currentVersion"], params["modifiedBy"]) == (409, "3", "admin-1")
    assert params["dateModified"].endswith("+00:00")
    missing = await api.call("PATCH", path_of(ana), admin, {"title": "X"})
    assert (missing.status_code, missing.json()["details"][0]["fieldName"]) == (400, "version")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": 1, "name": None}, "name"),
        ({"version": "one"}, "version"),
        ({"version": 1, "email": "x"}, "email"),
        ({"version": 1, "manager": "nobody"}, "manager"),
        ({"version": 1, "manager": "admin-1"}, "manager"),
        ({"version": 1, "state": "inactive"}, "state"),
        ({"version": 2**40}, "version"),
    ],
)
async def test_a_bad_change_names_its_field(api: Api, admin: str, body: Any, field: str) -> None:
    answer = await api.call("PATCH", f"{USERS}/admin-1", admin, body)
    assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, field)


async def test_an_email_address_belongs_to_one_person_of_an_organization(
    tenant: Tenant, other_tenant: Tenant, api: Api, admin: str
) -> None:
    ana, ben = await tenant.person("Ana"), await tenant.person("Ben")
    taken = await api.call("PATCH", path_of(ben), admin, {"version": 1, "email": ana.email.upper()})
    assert taken.status_code == 409
    other = await other_tenant.person("Ana")
    assert other.email == ana.email
    assert (await api.call("DELETE", path_of(ana), admin)).status_code == 200
    assert (await api.call("PATCH", path_of(ben), admin, {"version": 1, "email": ana.email})).status_code == 200


async def test_a_person_is_deactivated_and_activated_and_the_past_is_kept(
    context: SettableContext, tenant: Tenant, api: Api, admin: str
) -> None:
    context.clock.set("2023-10-27T05:00:00-05:00")
    ana = await tenant.person("Ana")
    path = f"{path_of(ana)}/state"
    before = (await api.call("GET", path, admin)).json()
    assert (before["state"], before["version"]) == ("active", 1)
    context.clock.advance(timedelta(hours=1))
    body = {"state": "inactive", "version": 1, "stateChangeReason": "Leave"}
    after = (await api.call("PUT", path, admin, body)).json()
    assert (after["state"], after["version"], after["stateChangeReason"]) == ("inactive", 2, "Leave")
    assert after["stateChangeDate"] == "2023-10-27T11:00:00Z"
    assert (await api.call("PUT", path, admin, body)).status_code == 409  # the version has moved on
    repeated = await api.call("PUT", path, admin, {**body, "version": 2})
    assert (repeated.status_code, repeated.json()["version"]) == (200, 2)
    async with tenant.context.reader() as reader:
        rows = await reader.all(
            "select state, lower(valid) as since from identity.public_person_timeline where id = %(id)s order by since",
            {"id": ana.id},
        )
    assert [row["state"] for row in rows] == ["active", "inactive"]
    assert rows[1]["since"] - rows[0]["since"] == timedelta(hours=1)
    assert (await api.call("GET", f"{USERS}?state=inactive", admin)).json()["total"] == 1


async def test_a_deleted_person_is_gone_but_named_by_history(tenant: Tenant, api: Api, admin: str) -> None:
    ana = await tenant.person("Ana")
    assert (await api.call("DELETE", path_of(ana), admin)).json() == {}
    assert (await api.call("GET", path_of(ana), admin)).status_code == 404
    assert (await api.call("GET", f"{path_of(ana)}?state=deleted", admin)).json()["state"] == "deleted"
    assert (await api.call("DELETE", path_of(ana), admin)).status_code == 404
    assert (await api.call("GET", f"{USERS}/me", tenant.tokens[ana.id])).status_code == 403


@pytest.mark.parametrize(
    ("method", "suffix", "body", "permission"),
    [
        ("PATCH", "", {"version": 1, "title": "x"}, "directory:user:edit"),
        ("DELETE", "", None, "directory:user:delete"),
        ("GET", "/state", None, "directory:userStateChange:view"),
        ("PUT", "/state", {"state": "inactive", "version": 1}, "directory:user:edit"),
        ("PUT", "/state", {"state": "deleted", "version": 1}, "directory:user:delete"),
        ("GET", "/profileskills", None, "directory:userProfile:view"),
        ("PUT", "/profileskills", ["x"], "directory:userProfile:edit"),
        ("POST", "/password", {"newPassword": "correct horse"}, "directory:user:setPassword"),
    ],
)
async def test_each_operation_names_its_permission_and_takes_it_in_the_persons_division_only(
    tenant: Tenant, other_tenant: Tenant, api: Api, method: str, suffix: str, body: Any, permission: str
) -> None:
    async with tenant.context.transaction() as tx:
        east = await create_division_in(tx, "East")
        home = await create_division_in(tx, "West")
    target = await tenant.person("Target")
    path = f"{path_of(target)}{suffix}"
    nobody, elsewhere, here, stranger = (
        await tenant.person("Nobody"),
        await tenant.person("Elsewhere", permission, division_id=east.id),
        await tenant.person("Here", permission, division_id=target.division_id),
        await other_tenant.person("Stranger", permission),
    )
    assert home
    for person in (nobody, elsewhere):
        answer = await api.call(method, path, tenant.tokens[person.id], body)
        assert (answer.status_code, answer.json()["messageParams"]["permissions"]) == (403, permission)
    assert (await api.call(method, path, other_tenant.tokens[stranger.id], body)).status_code == 404
    answer = await api.call(method, path, tenant.tokens[here.id], body)
    assert answer.status_code in (200, 204), answer.text


async def test_making_a_user_needs_the_permission_where_the_user_will_be(tenant: Tenant, api: Api) -> None:
    async with tenant.context.transaction() as tx:
        east = await create_division_in(tx, "East")
    maker = tenant.tokens[(await tenant.person("Maker", "directory:user:add", division_id=east.id)).id]
    body = {"name": "New", "email": "new@example.test"}
    assert (await api.call("POST", USERS, maker, body)).status_code == 403  # the home division
    made = await api.call("POST", USERS, maker, {**body, "divisionId": east.id})
    assert (made.status_code, made.json()["division"]) == (
        200,
        {"id": east.id, "name": "East", "selfUri": f"/api/v2/authorization/divisions/{east.id}"},
    )
    assert (await api.call("POST", USERS, maker, {**body, "divisionId": "nowhere"})).status_code == 404


async def test_people_move_between_divisions_all_or_none(tenant: Tenant, api: Api, admin: str) -> None:
    async with tenant.context.transaction() as tx:
        east = await create_division_in(tx, "East")
    people = [await tenant.person(f"P{number}") for number in range(3)]
    path = f"/api/v2/authorization/divisions/{east.id}/objects"
    ids = [person.id for person in people]
    assert (await api.call("POST", f"{path}/USER", admin, [*ids, "nobody"])).status_code == 404
    assert (await api.call("GET", path_of(people[0]), admin)).json()["division"]["name"] == "Home"
    assert (await api.call("POST", f"{path}/USER", admin, ids)).status_code == 204
    assert (await api.call("GET", path_of(people[2]), admin)).json()["division"]["name"] == "East"
    assert (await api.call("POST", f"{path}/QUEUE", admin, ids)).status_code == 400


async def test_a_bulk_changes_all_or_none(tenant: Tenant, api: Api, admin: str) -> None:
    people = [await tenant.person(f"P{number}") for number in range(3)]
    body = [{"id": person.id, "acdAutoAnswer": True} for person in people]
    failed = await api.call("PATCH", f"{USERS}/bulk", admin, [*body, {"id": "nobody", "acdAutoAnswer": True}])
    assert failed.status_code == 404
    assert (await api.call("GET", path_of(people[0]), admin)).json()["acdAutoAnswer"] is False
    done = (await api.call("PATCH", f"{USERS}/bulk", admin, body)).json()
    assert [(user["id"], user["acdAutoAnswer"]) for user in done["entities"]] == [(p.id, True) for p in people]


async def test_profile_skills(tenant: Tenant, api: Api, admin: str) -> None:
    ana = await tenant.person("Ana")
    path = f"{path_of(ana)}/profileskills"
    assert (await api.call("PUT", path, admin, ["Spanish", "Billing", "Spanish"])).json() == ["Spanish", "Billing"]
    assert (await api.call("GET", path, tenant.tokens[ana.id])).json() == ["Spanish", "Billing"]
    assert (await api.call("PUT", path, admin, [7])).json()["details"][0]["fieldName"] == "[0]"
    assert (await api.call("PUT", path, admin, ["x"] * 101)).status_code == 400


async def test_a_cursor_survives_people_who_come_and_go(tenant: Tenant, api: Api, admin: str) -> None:
    people = [await tenant.person(f"P{number}") for number in range(5)]
    seen: list[str] = []
    cursor = ""
    for step in range(10):
        query = f"pageSize=2{cursor and f'&cursor={cursor}'}"
        answer = (await api.call("GET", f"{USERS}/query?{query}", admin)).json()
        seen += [user["name"] for user in answer["entities"]]
        cursor = answer.get("cursor", "")
        if step == 0:
            await tenant.person("A newcomer before")
            await api.call("DELETE", path_of(people[0]), admin)
        if not cursor:
            break
    assert seen == ["Admin", "P0", "P1", "P2", "P3", "P4"]
    for wrong in ("nonsense", "e30=", "%00"):
        assert (await api.call("GET", f"{USERS}/query?cursor={wrong}", admin)).status_code == 400


async def search(api: Api, token: str, *criteria: dict[str, Any], **more: Any) -> list[str]:
    answer = await api.call("POST", f"{USERS}/search", token, {"query": criteria, **more})
    assert answer.status_code == 200, answer.text
    return [user["name"] for user in answer.json()["results"]]


async def test_searches(tenant: Tenant, other_tenant: Tenant, api: Api, admin: str) -> None:
    for name in ("Ana Ruiz", "Anabel Li", "Ben Ruiz", "100% Bo_b"):
        await tenant.person(name)
    await other_tenant.person("Ana Stranger")
    name = ["name"]
    assert await search(api, admin, {"fields": name, "type": "EXACT", "value": "ana ruiz"}) == ["Ana Ruiz"]
    assert await search(api, admin, {"fields": name, "type": "STARTS_WITH", "value": "ana"}) == [
        "Ana Ruiz",
        "Anabel Li",
    ]
    assert await search(api, admin, {"fields": name, "type": "CONTAINS", "value": "%"}) == ["100% Bo_b"]
    assert await search(api, admin, {"fields": name, "type": "CONTAINS", "value": "_"}) == ["100% Bo_b"]
    both = [
        {"fields": name, "type": "CONTAINS", "value": "ruiz", "operator": "AND"},
        {"fields": name, "type": "STARTS_WITH", "value": "ana", "operator": "NOT"},
    ]
    assert await search(api, admin, *both) == ["Ben Ruiz"]
    either = [{"fields": name, "type": "EXACT", "value": each, "operator": "OR"} for each in ("Ben Ruiz", "Anabel Li")]
    assert await search(api, admin, *either, sortBy="name", sortOrder="DESC") == ["Ben Ruiz", "Anabel Li"]
    assert await search(api, admin, {"fields": name, "type": "EXACT", "values": ["Ben Ruiz", "Ana Ruiz"]}) == [
        "Ana Ruiz",
        "Ben Ruiz",
    ]
    assert len(await search(api, admin, pageSize=2)) == 2
    body = base64.urlsafe_b64encode(json.dumps({"query": both}).encode()).decode().rstrip("=")
    got = (await api.call("GET", f"{USERS}/search?q64={body}", admin)).json()
    assert [user["name"] for user in got["results"]] == ["Ben Ruiz"]
    for wrong, field in (
        ({"query": [{"fields": ["password"], "value": "x"}]}, "query[0].fields[0]"),
        ({"query": [{"fields": ["name"]}]}, "query[0].value"),
        ({"query": [{"type": "REGEX", "value": "x"}]}, "query[0].type"),
        ({"sortBy": "secret"}, "sortBy"),
        ({"pageSize": 0}, "pageSize"),
    ):
        answer = await api.call("POST", f"{USERS}/search", admin, wrong)
        assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, field), answer.text
    assert (await api.call("GET", f"{USERS}/search?q64=!!", admin)).status_code == 400
    nobody = tenant.tokens[(await tenant.person("Nobody")).id]
    refused = await api.call("POST", f"{USERS}/search", nobody, {})
    assert refused.json()["messageParams"]["permissions"] == "directory:user:view"
