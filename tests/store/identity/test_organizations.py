"""The organization and its switches, and its OAuth clients, through the real application."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.store.conftest import Api, Tenant, serve

from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import create_role_in
from shiftline.identity import endpoints
from shiftline.identity.events import OrganizationChanged, TenantSettingsChanged

MINE, FEATURE = "/api/v2/organizations/me", "/api/v2/organizations/features/webRTC"
TELEPHONY, CLIENTS = "/api/v2/telephony/settings", "/api/v2/oauth/clients"


@pytest.fixture
async def api(tenant: Tenant) -> AsyncIterator[Api]:
    async with serve(tenant.context.database, tenant.context.clock, endpoints.ROUTES) as served:
        yield served


@pytest.fixture
def admin(tenant: Tenant) -> str:
    return tenant.tokens["admin-1"]


async def test_an_organization_is_changed_at_its_current_version(tenant: Tenant, api: Api, admin: str) -> None:
    before = (await api.call("GET", MINE, admin)).json()
    assert (before["id"], before["state"], before["version"]) == ("org-1", "active", 1)
    body = {"version": 1, "name": "Acme", "supportURI": "https://help.acme.test", "defaultCountryCode": "DE"}
    after = (await api.call("PUT", MINE, admin, body)).json()
    assert (after["name"], after["version"], after["supportURI"]) == ("Acme", 2, "https://help.acme.test")
    stale = await api.call("PUT", MINE, admin, body)
    params = stale.json()["messageParams"]
    assert (stale.status_code, params["currentVersion"], params["modifiedBy"]) == (409, "2", "admin-1")
    same = (await api.call("PUT", MINE, admin, {**body, "version": 2})).json()
    assert same["version"] == 2  # nothing changed
    for wrong, field in (
        ({"name": "X"}, "version"),
        ({"version": 2, "name": ""}, "name"),
        ({"version": 2, "defaultCountryCode": "Germany"}, "defaultCountryCode"),
        ({"version": 2, "defaultLanguage": "x y"}, "defaultLanguage"),
        ({"version": 2, "supportURI": 7}, "supportURI"),
    ):
        answer = await api.call("PUT", MINE, admin, wrong)
        assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, field)
    assert [each.version for each in await tenant.news(OrganizationChanged)][-1] == 2
    nobody = tenant.tokens[(await tenant.person("Nobody")).id]
    refused = await api.call("PUT", MINE, nobody, body)
    assert refused.json()["messageParams"]["permissions"] == "directory:organization:admin"


async def test_the_softphone_is_switched_for_the_whole_organization(tenant: Tenant, api: Api, admin: str) -> None:
    await tenant.news()
    for _ in range(2):
        assert (await api.call("PATCH", FEATURE, admin, {"enabled": False})).json() == {"webRTC": False}
    assert (await api.call("GET", MINE, admin)).json()["features"] == {"webRTC": False}
    [news] = await tenant.news(TenantSettingsChanged)  # the repeat changed nothing
    assert news.webrtc_enabled is False
    assert (await api.call("PATCH", FEATURE, admin, {"enabled": True})).json() == {"webRTC": True}
    assert (await api.call("PATCH", FEATURE.replace("webRTC", "hipaa"), admin, {"enabled": True})).status_code == 404
    for wrong in ({}, {"enabled": None}, {"enabled": "perhaps"}):
        answer = await api.call("PATCH", FEATURE, admin, wrong)
        assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, "enabled")
    nobody = tenant.tokens[(await tenant.person("Nobody", "telephony:settings:edit")).id]
    refused = await api.call("PATCH", FEATURE, nobody, {"enabled": False})
    assert refused.json()["messageParams"]["permissions"] == "directory:organization:admin"


async def test_the_shift_rule_is_off_and_is_switched_with_its_margin(tenant: Tenant, api: Api, admin: str) -> None:
    off = (await api.call("GET", TELEPHONY, admin)).json()
    assert off["persistentConnectionRequired"] is False
    rule = off["softphoneOnlyWithinShift"]
    assert (rule["enabled"], rule["marginMinutes"], rule["switchedBy"]) == (False, 15, {"id": "admin-1"})
    body = {"softphoneOnlyWithinShift": {"enabled": True, "marginMinutes": 30}}
    on = (await api.call("PUT", TELEPHONY, admin, body)).json()
    graces = {"graceBeforeMinutes": 30, "graceAfterMinutes": 30}
    switched = {"dateSwitched": on["softphoneOnlyWithinShift"]["dateSwitched"]}
    assert switched["dateSwitched"] > rule["dateSwitched"]
    changed = {"enabled": True, "marginMinutes": 30, **graces, **switched}
    assert on == {**off, "softphoneOnlyWithinShift": {**rule, **changed}}
    kept = (await api.call("PUT", TELEPHONY, admin, {"persistentConnectionRequired": True})).json()
    assert kept == {**on, "persistentConnectionRequired": True}
    for margin in (-1, 1441, "x", 1.5):
        wrong = {"softphoneOnlyWithinShift": {"enabled": True, "marginMinutes": margin}}
        answer = await api.call("PUT", TELEPHONY, admin, wrong)
        field = "softphoneOnlyWithinShift.marginMinutes"
        assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, field)
    nobody = tenant.tokens[(await tenant.person("Nobody")).id]
    for method, permission in (("GET", "telephony:settings:view"), ("PUT", "telephony:settings:edit")):
        refused = await api.call(method, TELEPHONY, nobody, body)
        assert refused.json()["messageParams"]["permissions"] == permission


async def test_authentication_settings_tell_what_holds(tenant: Tenant, api: Api, admin: str) -> None:
    path = "/api/v2/organizations/authentication/settings"
    settings = (await api.call("GET", path, admin)).json()
    assert settings["passwordRequirements"] == {"minimumLength": 8}
    assert settings["multifactorAuthenticationRequired"] is False
    nobody = tenant.tokens[(await tenant.person("Nobody")).id]
    assert (await api.call("GET", path, nobody)).status_code == 403


async def test_a_client_is_made_with_roles_and_its_secret_is_told_once(tenant: Tenant, api: Api, admin: str) -> None:
    async with tenant.context.transaction() as tx:
        role = await create_role_in(tx, RoleDraft("Reader", None, ("telephony:settings:view",)))
    body = {
        "name": "Nightly",
        "authorizedGrantType": "CLIENT-CREDENTIALS",
        "roleDivisions": [{"roleId": role.id, "divisionId": "*"}],
        "accessTokenValiditySeconds": 600,
    }
    made = (await api.call("POST", CLIENTS, admin, body)).json()
    assert made["roleDivisions"] == body["roleDivisions"]
    assert made["modifiedBy"] == {"id": "admin-1"}
    path = f"{CLIENTS}/{made['id']}"
    read = (await api.call("GET", path, admin)).json()
    assert "secret" not in read
    listed = (await api.call("GET", CLIENTS, admin)).json()
    assert listed["entities"] == [read]

    async def token(secret: str) -> int:
        form = {"grant_type": "client_credentials", "client_id": made["id"], "client_secret": secret}
        answer = await api.client.post("/oauth/token", data=form)
        if answer.status_code == 200:
            assert answer.json()["expires_in"] == 600
            got = await api.call("GET", TELEPHONY, answer.json()["access_token"])
            assert got.status_code == 200
        return answer.status_code

    assert await token(made["secret"]) == 200
    renewed = (await api.call("POST", f"{path}/secret", admin)).json()
    assert renewed["secret"] != made["secret"]
    assert (await token(made["secret"]), await token(renewed["secret"])) == (401, 200)
    change = {**body, "name": "Weekly", "state": "inactive", "roleDivisions": []}
    changed = (await api.call("PUT", path, admin, change)).json()
    assert (changed["name"], changed["state"], changed["roleDivisions"]) == ("Weekly", "inactive", [])
    assert await token(renewed["secret"]) == 401
    assert (await api.call("DELETE", path, admin)).status_code == 204
    assert (await api.call("GET", path, admin)).status_code == 404
    async with tenant.context.reader() as reader:
        rows = await reader.all("select body::text as body from foundation.audit", {})
    assert not [row for row in rows if made["secret"] in row["body"] or renewed["secret"] in row["body"]]


async def test_a_client_is_given_no_role_that_its_maker_may_not_grant(tenant: Tenant, api: Api) -> None:
    maker = tenant.tokens[(await tenant.person("Maker", "oauth:client:add", "oauth:client:view")).id]
    async with tenant.context.transaction() as tx:
        role = await create_role_in(tx, RoleDraft("Everything", None, ("*:*:*",)))
    body = {"name": "Mine", "authorizedGrantType": "CLIENT-CREDENTIALS", "roleIds": [role.id]}
    refused = await api.call("POST", CLIENTS, maker, body)
    assert (refused.status_code, refused.json()["messageParams"]["permissions"]) == (403, "authorization:grant:add")
    assert (await api.call("GET", CLIENTS, maker)).json()["total"] == 0


CODE = {"name": "A", "authorizedGrantType": "CODE"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (CODE, "registeredRedirectUri"),
        ({**CODE, "registeredRedirectUri": ["https://a.test/b", "http://a.test/b"]}, "registeredRedirectUri[1]"),
        ({**CODE, "registeredRedirectUri": ["https://a.test/b#c"]}, "registeredRedirectUri[0]"),
        ({**CODE, "registeredRedirectUri": ["https://a.test/b\r\nSet-Cookie: x"]}, "registeredRedirectUri[0]"),
        ({**CODE, "registeredRedirectUri": ["javascript:alert(1)"]}, "registeredRedirectUri[0]"),
        ({**CODE, "registeredRedirectUri": ["/relative"]}, "registeredRedirectUri[0]"),
        ({**CODE, "authorizedGrantType": "PASSWORD"}, "authorizedGrantType"),
        ({**CODE, "accessTokenValiditySeconds": 1}, "accessTokenValiditySeconds"),
        ({"authorizedGrantType": "CODE"}, "name"),
    ],
)
async def test_a_bad_client_names_its_field(api: Api, admin: str, body: Any, field: str) -> None:
    answer = await api.call("POST", CLIENTS, admin, body)
    assert (answer.status_code, answer.json()["details"][0]["fieldName"]) == (400, field), answer.text


@pytest.mark.parametrize(
    ("method", "suffix", "permission"),
    [
        ("GET", "", "oauth:client:view"),
        ("POST", "", "oauth:client:add"),
        ("GET", "/ID", "oauth:client:view"),
        ("PUT", "/ID", "oauth:client:edit"),
        ("DELETE", "/ID", "oauth:client:delete"),
        ("POST", "/ID/secret", "oauth:client:edit"),
    ],
)
async def test_clients_are_for_those_who_may_and_of_one_tenant(
    tenant: Tenant, other_tenant: Tenant, api: Api, method: str, suffix: str, permission: str
) -> None:
    admin = tenant.tokens["admin-1"]
    body = {"name": "A", "authorizedGrantType": "CLIENT-CREDENTIALS"}
    client = (await api.call("POST", CLIENTS, admin, body)).json()
    path = f"{CLIENTS}{suffix.replace('ID', client['id'])}"
    nobody = tenant.tokens[(await tenant.person("Nobody")).id]
    refused = await api.call(method, path, nobody, body)
    assert (refused.status_code, refused.json()["messageParams"]["permissions"]) == (403, permission)
    stranger = await api.call(method, path, other_tenant.tokens["admin-2"], body)
    if suffix:
        assert stranger.status_code == 404
    elif method == "GET":
        assert stranger.json()["total"] == 0


async def test_scopes_are_none(api: Api, admin: str) -> None:
    assert (await api.call("GET", "/api/v2/oauth/scopes", admin)).json()["entities"] == []
