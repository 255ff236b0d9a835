"""Whoever is the last who may grant roles stays: whatever would take them away is refused, two at once included."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.store.conftest import Api, Tenant, serve

from shiftline.authorization import endpoints as authorization
from shiftline.authorization.errors import LastAdministrator
from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import change_role, create_division, create_role, grant_roles, list_grants
from shiftline.foundation.context import Actor, Context
from shiftline.identity import endpoints
from shiftline.identity.model import ClientDraft
from shiftline.identity.operations.clients import create_client
from shiftline.identity.operations.people import change_people, change_state

GRANT = "authorization:grant:add"
CODE = "last.administrator"


@pytest.fixture
async def api(tenant: Tenant) -> AsyncIterator[Api]:
    routes = [*endpoints.ROUTES, *authorization.ROUTES]
    async with serve(tenant.context.database, tenant.context.clock, routes) as served:
        yield served


@pytest.fixture
async def helper(tenant: Tenant) -> str:
    """The token of somebody who may do whatever takes others away, and may grant nothing."""
    permissions = (
        "directory:user:edit",
        "directory:user:delete",
        "authorization:role:edit",
        "authorization:role:delete",
        "authorization:grant:delete",
        "oauth:client:edit",
        "oauth:client:delete",
    )
    return tenant.tokens[(await tenant.person("Helper", *permissions)).id]


async def admin_role(tenant: Tenant) -> str:
    (grant,) = await list_grants(tenant.context, subject_id="admin-1")
    return grant.role.id


Ask = Callable[[Tenant, Api, str], Awaitable[Any]]


async def deactivate(tenant: Tenant, api: Api, token: str) -> Any:
    return await api.call("PUT", "/api/v2/users/admin-1/state", token, {"state": "inactive", "version": 1})


async def deactivate_by_patch(tenant: Tenant, api: Api, token: str) -> Any:
    return await api.call("PATCH", "/api/v2/users/admin-1", token, {"state": "inactive", "version": 1})


async def delete(tenant: Tenant, api: Api, token: str) -> Any:
    return await api.call("DELETE", "/api/v2/users/admin-1", token)


async def take_the_role(tenant: Tenant, api: Api, token: str) -> Any:
    path = "/api/v2/authorization/subjects/admin-1/bulkremove"
    return await api.call("POST", path, token, {"grants": [{"roleId": await admin_role(tenant), "divisionId": "*"}]})


async def take_the_permission(tenant: Tenant, api: Api, token: str) -> Any:
    path = f"/api/v2/authorization/roles/{await admin_role(tenant)}"
    return await api.call("PUT", path, token, {"name": "Less", "permissions": ["directory:user:view"]})


async def delete_the_role(tenant: Tenant, api: Api, token: str) -> Any:
    return await api.call("DELETE", f"/api/v2/authorization/roles/{await admin_role(tenant)}", token)


async def replace_roles(tenant: Tenant, api: Api, token: str) -> Any:
    # Only who may grant can replace; so it is the last one themselves.
    return await api.call("PUT", "/api/v2/users/admin-1/roles", tenant.tokens["admin-1"], [])


async def replace_grants(tenant: Tenant, api: Api, token: str) -> Any:
    path = "/api/v2/authorization/subjects/admin-1/bulkreplace"
    return await api.call("POST", path, tenant.tokens["admin-1"], {"grants": []})


WAYS: dict[str, Ask] = {
    each.__name__: each
    for each in (
        deactivate,
        deactivate_by_patch,
        delete,
        take_the_role,
        take_the_permission,
        delete_the_role,
        replace_roles,
        replace_grants,
    )
}


@pytest.mark.parametrize("way", list(WAYS))
async def test_the_last_administrator_is_not_taken_away(tenant: Tenant, api: Api, helper: str, way: str) -> None:
    refused = await WAYS[way](tenant, api, helper)
    assert (refused.status_code, refused.json()["code"]) == (409, CODE), refused.text
    assert "Admin (admin-1) is the last" in refused.json()["message"]
    assert "Nothing was changed" in refused.json()["message"]
    me = await api.call("GET", "/api/v2/authorization/subjects/admin-1", tenant.tokens["admin-1"])
    assert len(me.json()["grants"]) == 1
    await tenant.person("Second", GRANT)
    allowed = await WAYS[way](tenant, api, helper)
    assert allowed.status_code < 300, allowed.text


@pytest.mark.parametrize("act", ["delete", "deactivate", "strip"])
async def test_a_client_that_may_grant_is_an_administrator_too(tenant: Tenant, api: Api, helper: str, act: str) -> None:
    context = tenant.context
    role = await create_role(context, RoleDraft("Provisioning", None, (GRANT,)))
    draft = ClientDraft(name="Nightly", description=None, grant_type="CLIENT-CREDENTIALS", roles=((role.id, "*"),))
    client, _ = await create_client(context, draft)
    assert (await delete(tenant, api, helper)).status_code == 200  # the client is left
    path = f"/api/v2/oauth/clients/{client.id}"
    body: dict[str, Any] = {"name": "Nightly", "authorizedGrantType": "CLIENT-CREDENTIALS"}
    if act == "delete":
        refused = await api.call("DELETE", path, helper)
    elif act == "deactivate":
        refused = await api.call("PUT", path, helper, {**body, "state": "inactive"})
    else:
        path = f"/api/v2/authorization/subjects/{client.id}/bulkremove"
        refused = await api.call("POST", path, helper, {"grants": [{"roleId": role.id, "divisionId": "*"}]})
    assert (refused.status_code, refused.json()["code"]) == (409, CODE), refused.text
    assert f"Nightly ({client.id})" in refused.json()["message"]


async def test_who_is_inactive_or_may_grant_in_one_division_only_does_not_stand_in(
    tenant: Tenant, api: Api, helper: str
) -> None:
    idle = await tenant.person("Idle", GRANT)
    await change_state(tenant.context, idle.id, "inactive", version=None)
    north = await create_division(tenant.context, "North", None)
    local = await tenant.person("Local", GRANT, division_id=north.id)
    assert (await delete(tenant, api, helper)).status_code == 409
    await change_state(tenant.context, local.id, "inactive", version=None)  # of several, a lesser one may go
    await change_state(tenant.context, idle.id, "active", version=None)
    assert (await delete(tenant, api, helper)).status_code == 200


async def test_a_role_is_exchanged_for_another_that_may_grant(tenant: Tenant, api: Api) -> None:
    other = await create_role(tenant.context, RoleDraft("Other", None, ("authorization:*:*",)))
    path = "/api/v2/authorization/subjects/admin-1/bulkreplace"
    body = {"grants": [{"roleId": other.id, "divisionId": "*"}]}
    answer = await api.call("POST", path, tenant.tokens["admin-1"], body)
    assert answer.status_code < 300, answer.text
    assert [each.role.id for each in await list_grants(tenant.context, subject_id="admin-1")] == [other.id]


async def test_a_refusal_leaves_no_trace(tenant: Tenant, api: Api, helper: str) -> None:
    await tenant.news()
    for way in WAYS.values():
        await way(tenant, api, helper)
    assert not await tenant.news(object)


# Two at once


Take = Callable[[Context], Awaitable[object]]


async def racing(tenant: Tenant, *takes: Take) -> list[BaseException | None]:
    """What became of changes that were begun together."""
    done = await asyncio.gather(*(take(tenant.context) for take in takes), return_exceptions=True)
    return [each if isinstance(each, BaseException) else None for each in done]


async def test_two_at_once_do_not_each_take_the_other_away(tenant: Tenant) -> None:
    ways: list[Callable[[str, str, str], Take]] = [
        lambda person, role, division: lambda context: change_state(context, person, "inactive", version=None),
        lambda person, role, division: lambda context: grant_roles(context, person, [(role, division)], active=False),
        lambda person, role, division: lambda context: change_role(context, role, RoleDraft(role, None, ("a:b:c",))),
    ]
    system = tenant.context.acting_as(Actor(tenant.context.organization_id, "system"))
    rounds, before = 0, ["admin-1"]
    for first in ways:
        for second in ways:
            for _ in range(3):
                rounds += 1
                pair = [await tenant.person(f"P{rounds}{side}", GRANT) for side in "ab"]
                for person_id in before:
                    await change_state(system, person_id, "inactive", version=None)
                before = [person.id for person in pair]
                grants = [(await list_grants(tenant.context, subject_id=person.id))[0] for person in pair]
                takes = [
                    way(person.id, grant.role.id, grant.division_id)
                    for way, person, grant in zip((first, second), pair, grants, strict=True)
                ]
                outcome = await racing(tenant, *takes)
                refused = [each for each in outcome if each is not None]
                assert [type(each) for each in refused] == [LastAdministrator], outcome


async def test_crossing_bulks_wait_and_do_not_deadlock(tenant: Tenant) -> None:
    people = [(await tenant.person(f"P{number}", GRANT)).id for number in range(6)]

    async def switch(context: Context, ids: list[str], state: Any) -> None:
        await change_people(context, {each: lambda one: replace(one, state=state) for each in ids})

    for _ in range(5):
        outcome = await racing(
            tenant,
            lambda context: switch(context, people[:4], "inactive"),
            lambda context: switch(context, people[::-1][:4], "inactive"),
            lambda context: change_state(context, people[2], "inactive", version=None),
            lambda context: switch(context, people[1:5], "inactive"),
        )
        assert outcome == [None] * 4  # the administrator is left, and nobody was undone by a deadlock
        await switch(tenant.context, people, "active")
