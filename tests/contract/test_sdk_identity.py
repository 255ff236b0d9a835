"""The vendor's Python SDK, unmodified, drives tokens, organization, users, authorization and audit on a real port."""

import asyncio
from typing import Any

import PureCloudPlatformClientV2 as Vendor
import pytest
from tests.contract.driving import Sdk, drive, listening
from tests.store.conftest import Tenant, make_tenant

from shiftline.audit import endpoints as audit
from shiftline.authorization import endpoints as authorization
from shiftline.foundation.context import Context
from shiftline.identity import endpoints as identity
from shiftline.identity.model import Credentials, SignInRequest
from shiftline.identity.operations.people import set_password
from shiftline.identity.operations.sign_in import sign_in

sdk: Any = Vendor
ROUTES = [*authorization.ROUTES, *identity.ROUTES, *audit.ROUTES]
REDIRECT, WEB_REDIRECT = "https://crm.example.test/back", "https://apps.localhost:8443/signed-in"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
async def tenant(context: Context) -> Tenant:
    return await make_tenant(context)


def made(kind: str, **values: Any) -> Any:
    """One of the SDK's models."""
    model = getattr(sdk, kind)()
    for name, value in values.items():
        setattr(model, name, value)
    return model


def refusal(call: Any, *arguments: Any) -> int:
    with pytest.raises(sdk.rest.ApiException) as refused:
        call(*arguments)
    return refused.value.status


async def test_users(tenant: Tenant) -> None:
    def script(admin: Sdk) -> None:
        users = sdk.UsersApi(admin)
        assert users.get_users_me(expand=["authorization", "station"]).organization.id == "org-1"
        phone = made("Contact", address="+13125550123", media_type="PHONE", type="WORK")
        ana = users.post_users(made("CreateUser", name="Ana", email="ana@example.test", addresses=[phone]))
        assert (ana.chat.jabber_id.endswith("@org-1.localhost"), ana.addresses[0].address) == (True, "+13125550123")
        ana = users.patch_user(ana.id, made("UpdateUser", version=ana.version, title="Lead"))
        assert (ana.title, ana.version, ana.name) == ("Lead", 2, "Ana")
        assert refusal(users.patch_user, ana.id, made("UpdateUser", version=1, title="X")) == 409
        assert users.get_user(ana.id, expand=["authorization"]).authorization.roles == []
        assert users.get_users(id=[ana.id, "admin-1"], page_size=1, sort_order="DESC").entities[0].id == ana.id
        assert [each.name for each in users.get_users_query().entities] == ["Admin", "Ana"]
        criterion = made("UserSearchCriteria", fields=["name"], value="an", type="STARTS_WITH")
        found = users.post_users_search(made("UserSearchRequest", query=[criterion], sort_order="ASC"))
        assert [each.id for each in found.results] == [ana.id]
        q64 = found.current_page.partition("q64=")[2].replace("%3D", "=")
        assert users.get_users_search(q64).total == 1
        assert users.put_user_profileskills(ana.id, body=["Spanish"]) == ["Spanish"]
        assert users.get_user_profileskills(ana.id) == ["Spanish"]
        state = users.put_user_state(ana.id, made("UserState", state="inactive", version=3))
        assert (state.state, users.get_user_state(ana.id).version) == ("inactive", 4)
        users.post_user_password(ana.id, made("ChangePasswordRequest", new_password="correct horse"))
        changed = users.patch_users_bulk([made("PatchUser", id=ana.id, acd_auto_answer=True)])
        assert changed.entities[0].acd_auto_answer is True
        users.delete_user(ana.id)
        assert refusal(users.get_user, ana.id) == 404
        assert refusal(users.post_users, made("CreateUser", name="B", email="nonsense")) == 400

    await drive(tenant, ROUTES, script, "admin-1")


async def test_authorization(tenant: Tenant) -> None:
    person = await tenant.person("Ana")

    def script(admin: Sdk, ana: Sdk) -> None:
        api, own = sdk.AuthorizationApi(admin), sdk.AuthorizationApi(ana)
        home = api.get_authorization_divisions_home()
        assert home.home_division
        east = api.post_authorization_divisions(made("AuthzDivision", name="East"))
        east.name = "Far East"
        assert api.put_authorization_division(east.id, east).name == "Far East"
        assert api.get_authorization_division(east.id).name == "Far East"
        assert api.get_authorization_divisions().total == 2
        policy = made("DomainPermissionPolicy", domain="authorization", entity_name="role", action_set=["view"])
        draft = made("DomainOrganizationRoleCreate", name="Agent", permissions=["webRTC:enable"])
        draft.permission_policies = [policy]
        role = api.post_authorization_roles(draft)
        assert (role.permissions, role.permission_policies[0].action_set) == (["webRTC:enable"], ["view"])
        assert refusal(own.get_authorization_roles) == 403
        api.post_authorization_subject_division_role(person.id, "*", role.id, subject_type="PC_USER")
        assert own.get_authorization_roles(name="agent").total == 1
        [grant] = own.get_authorization_subjects_me().grants
        assert (grant.role.id, grant.division.id) == (role.id, "*")
        assert api.get_authorization_role_users(role.id).entities[0].id == person.id
        pair = made("RoleDivisionPair", role_id=role.id, division_id=east.id)
        grants = made("RoleDivisionGrants", grants=[pair])
        api.post_authorization_subject_bulkadd(person.id, grants)
        assert len(api.get_authorization_subject(person.id).grants) == 2
        api.post_authorization_subject_bulkremove(person.id, grants)
        api.post_authorization_subject_bulkreplace(person.id, grants)
        assert [each.division.id for each in api.get_authorization_subject(person.id).grants] == [east.id]
        [permitted] = own.get_authorization_divisionspermitted_me("authorization:role:view")
        assert permitted.id == east.id
        api.delete_authorization_subject_division_role(person.id, east.id, role.id)
        assert api.put_authorization_role_users_add(role.id, [person.id]) == [person.id]
        users = sdk.UsersApi(admin)
        assert set(users.get_user_roles(person.id).permissions) == {"authorization:role:view", "webRTC:enable"}
        assert users.put_user_roles(person.id, []).roles == []
        role = api.get_authorization_role(role.id)
        role.permissions = []
        assert api.put_authorization_role(role.id, role).permissions == []
        api.delete_authorization_role(role.id)
        assert refusal(api.get_authorization_role, role.id) == 404
        api.post_authorization_division_object(east.id, "USER", [person.id])
        assert users.get_user(person.id).division.id == east.id
        assert "webRTC" in [each.domain for each in api.get_authorization_permissions(page_size=100).entities]

    await drive(tenant, ROUTES, script, "admin-1", person.id)


async def test_organization(tenant: Tenant) -> None:
    def script(admin: Sdk) -> None:
        api, telephony = sdk.OrganizationApi(admin), sdk.TelephonyApi(admin)
        mine = api.get_organizations_me()
        mine.name = "Acme"
        assert (api.put_organizations_me(body=mine).name, mine.features) == ("Acme", {"webRTC": True})
        assert refusal(lambda: api.put_organizations_me(body=mine)) == 409
        api.patch_organizations_feature("webRTC", made("FeatureState", enabled=False))
        assert api.get_organizations_me().features == {"webRTC": False}
        assert api.get_organizations_authentication_settings().password_requirements.minimum_length == 8
        assert telephony.get_telephony_settings().persistent_connection_required is False
        settings = made("TelephonySettings", persistent_connection_required=True)
        assert telephony.put_telephony_settings(settings).persistent_connection_required is True

    await drive(tenant, ROUTES, script, "admin-1")


async def test_clients_and_tokens(tenant: Tenant) -> None:
    ana = await tenant.person("Ana")
    await set_password(tenant.context, ana.id, "correct horse")

    def clients(address: str) -> tuple[Any, Any]:
        sdk.configuration.host = address
        admin = sdk.api_client.ApiClient()
        admin.access_token = tenant.tokens["admin-1"]
        api = sdk.OAuthApi(admin)
        program = api.post_oauth_clients(
            made("OAuthClientRequest", name="Nightly", authorized_grant_type="CLIENT-CREDENTIALS")
        )
        token = sdk.api_client.ApiClient().get_client_credentials_token(program.id, program.secret)
        tokens = sdk.TokensApi(token)
        assert tokens.get_tokens_me().o_auth_client.name == "Nightly"
        tokens.head_tokens_me()
        assert refusal(sdk.UsersApi(token).get_users_me) == 400
        tokens.delete_tokens_me()
        assert refusal(tokens.get_tokens_me) == 401
        renewed = api.post_oauth_client_secret(program.id)
        assert renewed.secret != program.secret
        change = made("OAuthClientRequest", name="Weekly", authorized_grant_type="CLIENT-CREDENTIALS")
        assert api.put_oauth_client(program.id, change).name == "Weekly"
        assert api.get_oauth_client(program.id).secret is None
        assert api.get_oauth_clients().total == 1
        api.delete_oauth_client(program.id)
        assert api.get_oauth_scopes().total == 0
        code = made("OAuthClientRequest", name="CRM", authorized_grant_type="CODE", registered_redirect_uri=[REDIRECT])
        return admin, api.post_oauth_clients(code)

    def exchange(admin: Any, crm: Any, location: str, proven: str) -> None:
        code = location.partition("code=")[2]
        person, answer = sdk.api_client.ApiClient().get_code_authorization_token(crm.id, crm.secret, code, REDIRECT)
        assert sdk.UsersApi(person).get_users_me().id == ana.id
        again, _ = sdk.api_client.ApiClient().refresh_code_authorization_token(
            crm.id, crm.secret, answer["refresh_token"]
        )
        assert sdk.UsersApi(again).get_users_me().id == ana.id
        by_proof, _ = sdk.api_client.ApiClient().get_pkce_token(
            "shiftline-web", VERIFIER, proven.partition("code=")[2], WEB_REDIRECT
        )
        assert sdk.UsersApi(by_proof).get_users_me().id == ana.id
        sdk.TokensApi(admin).delete_token(ana.id)
        assert refusal(sdk.TokensApi(again).get_tokens_me) == 401

    async with listening(tenant.context, ROUTES) as address:
        admin, crm = await asyncio.to_thread(clients, address)
        location, proven = [
            await sign_in(tenant.context, "localhost:8443", asked, Credentials(ana.email, "correct horse"))
            for asked in (
                SignInRequest(crm.id, REDIRECT),
                SignInRequest("shiftline-web", WEB_REDIRECT, challenge=CHALLENGE, challenge_method="S256"),
            )
        ]
        await asyncio.to_thread(exchange, admin, crm, location, proven)


async def test_audit(tenant: Tenant) -> None:
    for number in range(3):
        await tenant.person(f"P{number}")

    def script(admin: Sdk) -> None:
        api = sdk.AuditApi(admin)
        question = made(
            "AuditQueryRequest",
            interval="2020-01-01T00:00:00Z/2100-01-01T00:00:00Z",
            service_name="Directory",
            filters=[made("AuditQueryFilter", pcProperty="EntityType", value="User")],
            sort=[made("AuditQuerySort", name="Timestamp", sort_order="ascending")],
        )
        started = api.post_audits_query(question)
        assert api.get_audits_query_transaction_id(started.id).state == "Succeeded"
        first = api.get_audits_query_transaction_id_results(started.id, page_size=3)
        rest = api.get_audits_query_transaction_id_results(started.id, page_size=3, cursor=first.cursor)
        assert (len(first.entities), len(rest.entities), rest.cursor) == (3, 1, None)
        assert first.entities[0].user.name == "Admin"
        now = made("AuditRealtimeQueryRequest", interval=question.interval, service_name="Directory", page_size=2)
        assert len(api.post_audits_query_realtime(now).entities) == 2
        assert "Directory" in [each.name for each in api.get_audits_query_servicemapping().services]
        assert api.get_audits_query_realtime_servicemapping().services

    await drive(tenant, ROUTES, script, "admin-1")
