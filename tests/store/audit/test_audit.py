"""What happened, asked for through the real application: every change is there, once, and only for its own tenant."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import SettableContext
from tests.store.conftest import Api, Tenant, serve

from shiftline.audit import endpoints, topics
from shiftline.identity import endpoints as identity
from shiftline.identity.events import PersonChanged
from shiftline.identity.operations.people import PersonDraft, change_state, create_person

QUERY = "/api/v2/audits/query"
DAY = "2023-10-27T00:00:00-05:00/2023-10-28T00:00:00-05:00"


@pytest.fixture
async def api(context: SettableContext, tenant: Tenant) -> AsyncIterator[Api]:
    context.clock.set("2023-10-27T05:45:00-05:00")
    async with serve(tenant.context.database, tenant.context.clock, [*endpoints.ROUTES, *identity.ROUTES]) as served:
        yield served


@pytest.fixture
def admin(tenant: Tenant) -> str:
    return tenant.tokens["admin-1"]


def people(*more: dict[str, str]) -> dict[str, Any]:
    return {
        "interval": DAY,
        "serviceName": "Directory",
        "filters": [{"property": "EntityType", "value": "User"}, *more],
    }


async def answer(api: Api, token: str, body: dict[str, Any], page_size: int = 25) -> list[dict[str, Any]]:
    started = await api.call("POST", QUERY, token, body)
    assert started.status_code == 200, started.text
    path, found, cursor = f"{QUERY}/{started.json()['id']}", [], ""
    assert (await api.call("GET", path, token)).json()["state"] == "Succeeded"
    while True:
        page = await api.call("GET", f"{path}/results?pageSize={page_size}{cursor and f'&cursor={cursor}'}", token)
        found += page.json()["entities"]
        cursor = page.json().get("cursor", "")
        if not cursor:
            return found


async def test_a_change_says_who_did_what_when_and_from_where(
    context: SettableContext, tenant: Tenant, api: Api, admin: str
) -> None:
    ana = await tenant.person("Ana")
    context.clock.advance(timedelta(minutes=1))
    headers = {"Authorization": f"Bearer {admin}", "x-forwarded-for": "192.0.2.7", "inin-correlation-id": "corr-1"}
    body = {"state": "inactive", "version": 1}
    assert (await api.client.put(f"/api/v2/users/{ana.id}/state", headers=headers, json=body)).status_code == 200
    newest, *_ = await answer(api, admin, people({"property": "EntityId", "value": ana.id}))
    assert newest["eventDate"] == "2023-10-27T10:46:00Z"
    assert newest["user"] == {"id": "admin-1", "name": "Admin"}
    assert (newest["level"], newest["remoteIp"], newest["status"]) == ("USER", ["192.0.2.7"], "SUCCESS")
    assert (newest["entityType"], newest["entity"]["id"], newest["action"]) == ("User", ana.id, "Update")
    assert newest["initiatingAction"] == {"transactionId": "corr-1"}
    assert newest["context"]["state"] == "inactive"
    assert newest["message"]["localizableMessageCode"] == "identity.person.changed"


async def test_an_answer_is_frozen_whole_and_in_order(
    context: SettableContext, tenant: Tenant, api: Api, admin: str
) -> None:
    made = []
    for number in range(7):
        made.append((await tenant.person(f"P{number}")).id)  # several at one instant: the id decides
        if number % 3 == 0:
            context.clock.advance(timedelta(seconds=1))
    oldest_first = {**people(), "sort": [{"name": "Timestamp", "sortOrder": "ascending"}]}
    started = (await api.call("POST", QUERY, admin, oldest_first)).json()
    await tenant.person("Latecomer")
    path, seen, cursor = f"{QUERY}/{started['id']}/results", [], ""
    while True:
        page = (await api.call("GET", f"{path}?pageSize=2{cursor and f'&cursor={cursor}'}", admin)).json()
        seen += [entry["entity"]["id"] for entry in page["entities"]]
        cursor = page.get("cursor", "")
        if not cursor:
            break
    assert seen == made
    assert [entry["entity"]["id"] for entry in await answer(api, admin, people(), 3)][1:] == made[::-1]


async def test_filters_and_the_interval_choose(context: SettableContext, tenant: Tenant, api: Api, admin: str) -> None:
    ana, ben = await tenant.person("Ana"), await tenant.person("Ben")
    await change_state(tenant.acting_as(ben, "directory:user:edit"), ana.id, "inactive", version=None)
    by_ben = await answer(api, admin, people({"property": "UserId", "value": ben.id}))
    assert [entry["entity"]["id"] for entry in by_ben] == [ana.id]
    two = [{"property": "EntityId", "value": each} for each in (ana.id, ben.id)]
    assert len(await answer(api, admin, people(*two))) == 3
    assert not await answer(api, admin, people({"property": "Action", "value": "Delete"}))
    assert not await answer(api, admin, {**people(), "serviceName": "Telephony"})
    before = {**people(), "interval": "2023-10-27T00:00:00-05:00/2023-10-27T05:45:00-05:00"}
    assert not await answer(api, admin, before)  # half-open


async def test_a_question_is_answered_at_once_by_pages(tenant: Tenant, api: Api, admin: str) -> None:
    made = [(await tenant.person(f"P{number}")).id for number in range(5)]
    page = (await api.call("POST", f"{QUERY}/realtime", admin, {**people(), "pageSize": 2, "pageNumber": 2})).json()
    assert [entry["entity"]["id"] for entry in page["entities"]] == [made[2], made[1]]
    assert (page["total"], page["pageCount"], page["pageNumber"]) == (5, 3, 2)


async def test_what_can_be_asked_for_is_listed(api: Api, admin: str) -> None:
    for path in (f"{QUERY}/servicemapping", f"{QUERY}/realtime/servicemapping"):
        services = {each["name"]: each for each in (await api.call("GET", path, admin)).json()["services"]}
        entities = {each["name"]: each["actions"] for each in services["Directory"]["entities"]}
        assert "Update" in entities["User"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"interval": None}, "interval"),
        ({"interval": "2023-10-27T00:00:00/2023-10-28T00:00:00"}, "interval"),
        ({"interval": "2023-10-28T00:00:00Z/2023-10-27T00:00:00Z"}, "interval"),
        ({"interval": "2023-10-27T00:00:00Z"}, "interval"),
        ({"interval": "0001-01-01T00:00:00+14:00/9999-12-31T23:59:59-14:00"}, "interval"),
        ({"interval": "x" * 200}, "interval"),
        ({"filters": [{"property": "Nonsense", "value": "x"}]}, "filters[0].property"),
        ({"filters": [{"property": "TrusteeOrganizationId", "value": "x"}]}, "filters[0].property"),
        ({"filters": [{"property": "Action"}]}, "filters[0].value"),
        ({"filters": [{"property": "Action", "value": "\u0000"}]}, "filters[0].value"),
        ({"sort": [{"sortOrder": "up"}]}, "sort[0].sortOrder"),
        ({"pageSize": 0}, "pageSize"),
    ],
)
async def test_a_bad_question_names_its_field(api: Api, admin: str, change: dict[str, Any], field: str) -> None:
    body = {name: value for name, value in {**people(), **change}.items() if value is not None}
    refused = await api.call("POST", f"{QUERY}/realtime", admin, body)
    assert (refused.status_code, refused.json()["details"][0]["fieldName"]) == (400, field), refused.text


async def test_the_audit_is_for_those_who_may_and_of_one_tenant(
    context: SettableContext, tenant: Tenant, other_tenant: Tenant, api: Api, admin: str
) -> None:
    started = (await api.call("POST", QUERY, admin, people())).json()
    nobody = tenant.tokens[(await tenant.person("Nobody")).id]
    path = f"{QUERY}/{started['id']}"
    for method, where, body in (
        ("POST", QUERY, people()),
        ("POST", f"{QUERY}/realtime", people()),
        ("GET", path, None),
        ("GET", f"{path}/results", None),
        ("GET", f"{QUERY}/servicemapping", None),
        ("GET", f"{QUERY}/realtime/servicemapping", None),
    ):
        refused = await api.call(method, where, nobody, body)
        assert refused.json()["messageParams"]["permissions"] == "audits:audit:view", where
    stranger = other_tenant.tokens["admin-2"]
    assert (await api.call("GET", path, stranger)).status_code == 404
    assert (await api.call("GET", f"{path}/results", stranger)).status_code == 404
    await create_person(other_tenant.context, PersonDraft("Theirs", "theirs@example.test"))
    mine = await answer(api, admin, {"interval": "2000-01-01T00:00:00Z/2100-01-01T00:00:00Z"}, 500)
    assert mine
    assert "Theirs" not in repr(mine)
    for wrong in ("nonsense", "bnVsbA==", "WyIyMDIzIiwxXQ==", "%FF"):
        assert (await api.call("GET", f"{path}/results?cursor={wrong}", admin)).status_code == 400, wrong


def test_whatever_happens_is_told_to_who_watches_its_entity() -> None:
    happened = PersonChanged(organization_id="o", person_id="p", state="active", division_id="d", version=2)
    [told] = topics.notifications(happened)
    assert told.topic == "v2.audits.entitytype.User.entityid.p"
    assert told.body["context"]["version"] == "2"
    assert told.body["message"] == {"localizableMessageCode": "identity.person.changed"}
