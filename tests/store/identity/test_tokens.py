"""How programs come by tokens, and how they lose them, through the real application."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.store.conftest import Api, Tenant, serve

from shiftline.authorization.model import RoleDraft
from shiftline.authorization.operations import create_role_in, replace_grants_in
from shiftline.identity import endpoints
from shiftline.identity.events import TokenIssued, TokensRevoked
from shiftline.identity.model import ClientDraft, Person
from shiftline.identity.operations.clients import change_client, create_client, create_client_in, delete_client
from shiftline.identity.operations.people import change_state, set_password

# Source: RFC 7636 appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
WEB = {"client_id": "shiftline-web", "redirect_uri": "https://apps.localhost:8443/signed-in"}
PASSWORD = "correct horse"
ME = "/api/v2/tokens/me"


@pytest.fixture
async def api(tenant: Tenant) -> AsyncIterator[Api]:
    async with serve(tenant.context.database, tenant.context.clock, endpoints.ROUTES) as served:
        yield served


@pytest.fixture
async def ana(tenant: Tenant) -> Person:
    person = await tenant.person("Ana")
    await set_password(tenant.context, person.id, PASSWORD)
    return person


async def code_for(api: Api, person: Person, request: dict[str, str]) -> str:
    form = {"response_type": "code", "email": person.email, "password": PASSWORD, **request}
    answer = await api.client.post("/sign-in", data=form)
    assert answer.status_code == 302, answer.text
    return httpx.URL(answer.headers["location"]).params["code"]


def basic(auth: tuple[str, str] | None) -> dict[str, str]:
    if auth is None:
        return {}
    return {"Authorization": f"Basic {base64.b64encode(':'.join(auth).encode()).decode()}"}


async def token_request(api: Api, form: dict[str, str], auth: tuple[str, str] | None = None) -> httpx.Response:
    return await api.client.post("/oauth/token", data=form, headers=basic(auth))


async def status_of(api: Api, token: str, path: str = ME) -> int:
    return (await api.call("GET", path, token)).status_code


async def a_client(tenant: Tenant, *redirects: str) -> tuple[str, str]:
    kind: Any = "CODE" if redirects else "CLIENT-CREDENTIALS"
    client, secret = await create_client(tenant.context, ClientDraft("Program", kind, redirect_uris=redirects))
    return client.id, secret


async def test_client_credentials_give_a_token_with_the_clients_own_roles(tenant: Tenant, api: Api) -> None:
    async with tenant.context.transaction() as tx:
        client, secret = await create_client_in(tx, ClientDraft("Nightly", "CLIENT-CREDENTIALS", token_seconds=300))
    answer = await token_request(api, {"grant_type": "client_credentials"}, (client.id, secret))
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "bearer", 300)
    assert "refresh_token" not in body
    token, path = body["access_token"], "/api/v2/telephony/settings"
    assert await status_of(api, token, path) == 403
    async with tenant.context.transaction() as tx:
        role = await create_role_in(tx, RoleDraft("Telephony", None, ("telephony:settings:view",)))
        await replace_grants_in(tx, client.id, [(role.id, "*")])
    assert await status_of(api, token, path) == 200  # without another token
    me = await api.call("GET", "/api/v2/users/me", token)
    assert (me.status_code, me.json()["details"][0]["fieldName"]) == (400, "userId")
    info = (await api.call("GET", ME, token)).json()
    assert (info["OAuthClient"]["name"], info["organization"]["id"]) == ("Nightly", "org-1")
    [issued] = [each for each in await tenant.news(TokenIssued) if each.client_id == client.id]
    assert issued.person_id is None
    assert token not in repr(issued)


async def test_credentials_in_the_form_are_as_good_but_not_both(tenant: Tenant, api: Api) -> None:
    client_id, secret = await a_client(tenant)
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    assert (await token_request(api, form)).status_code == 200
    both = await token_request(api, form, (client_id, secret))
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("form", "auth", "status", "error"),
    [
        ({"grant_type": "client_credentials"}, None, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, ("nobody", "x"), 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "ID"}, None, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, ("ID", "wrong"), 401, "invalid_client"),
        ({"grant_type": "password"}, ("ID", "SECRET"), 400, "unsupported_grant_type"),
        ({}, ("ID", "SECRET"), 400, "invalid_request"),
        ({"grant_type": "authorization_code"}, ("ID", "SECRET"), 400, "invalid_request"),
        ({"grant_type": "refresh_token"}, ("ID", "SECRET"), 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, ("ID", "SECRET"), 400, "invalid_grant"),
        (
            {"grant_type": "authorization_code", "code": "x", "redirect_uri": "y"},
            ("ID", "SECRET"),
            400,
            "invalid_grant",
        ),
        ({"grant_type": "x" * 5000}, ("ID", "SECRET"), 400, "invalid_request"),
    ],
)
async def test_refusals_speak_oauth(
    tenant: Tenant, api: Api, form: dict[str, str], auth: tuple[str, str] | None, status: int, error: str
) -> None:
    client_id, secret = await a_client(tenant)
    known = {"ID": client_id, "SECRET": secret}
    answer = await token_request(
        api,
        {name: known.get(value, value) for name, value in form.items()},
        None if auth is None else (known.get(auth[0], auth[0]), known.get(auth[1], auth[1])),
    )
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, error)
    assert body["description"] == body["error_description"]
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer x", "Basic AAA6eA==", "Basic /w=="]
)
async def test_a_broken_authorization_header_is_an_invalid_client(api: Api, header: str) -> None:
    answer = await api.client.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": header}
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_body_that_is_no_form_or_repeats_a_field_is_refused(tenant: Tenant, api: Api) -> None:
    auth = await a_client(tenant)
    for kind, content in (
        ("application/json", b'{"grant_type": "client_credentials"}'),
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"grant_type=client_credentials&grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", b"%ff%fe%zz&&=="),
    ):
        answer = await api.client.post("/oauth/token", auth=auth, content=content, headers={"content-type": kind})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), content


async def test_a_code_with_pkce_gives_the_web_client_a_token_once(tenant: Tenant, api: Api, ana: Person) -> None:
    code = await code_for(api, ana, {**WEB, "code_challenge": CHALLENGE, "code_challenge_method": "S256"})
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, **WEB}
    answer = await token_request(api, form)
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()
    token = answer.json()["access_token"]
    assert (await api.call("GET", "/api/v2/users/me", token)).json()["id"] == ana.id
    assert (await api.call("GET", ME, token)).json()["OAuthClient"]["id"] == "shiftline-web"
    again = await token_request(api, form)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert await status_of(api, token) == 401  # RFC 6749 section 4.1.2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": VERIFIER[:-1] + "X"}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "https://localhost:8443/signed-in"}, "invalid_grant"),
        ({"client_id": "another"}, "invalid_grant"),
    ],
)
async def test_a_code_is_for_who_asked_for_it(api: Api, ana: Person, change: dict[str, str], error: str) -> None:
    code = await code_for(api, ana, {**WEB, "code_challenge": CHALLENGE, "code_challenge_method": "S256"})
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, **WEB}
    answer = await token_request(api, {**form, **change})
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert (await token_request(api, form)).status_code == 200  # a wrong guess does not use it up


async def test_a_code_ends_after_two_minutes(tenant: Tenant, api: Api, ana: Person) -> None:
    code = await code_for(api, ana, {**WEB, "code_challenge": CHALLENGE, "code_challenge_method": "S256"})
    async with tenant.context.reader() as reader:
        await reader.connection.execute("update identity.authorization_code set expires_at = clock_timestamp()")
    answer = await token_request(
        api, {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, **WEB}
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert "expired" in answer.json()["description"]


async def test_a_confidential_client_gets_a_refresh_token_that_survives_a_repeat(
    tenant: Tenant, api: Api, ana: Person
) -> None:
    redirect = "https://crm.example.test/back?from=shiftline"
    auth = await a_client(tenant, redirect)
    code = await code_for(api, ana, {"client_id": auth[0], "redirect_uri": redirect})
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
    without = await token_request(api, {**form, "client_id": auth[0]})
    assert (without.status_code, without.json()["error"]) == (401, "invalid_client")
    downgrade = await token_request(api, {**form, "code_verifier": VERIFIER}, auth)
    assert (downgrade.status_code, downgrade.json()["error"]) == (400, "invalid_grant")
    first = (await token_request(api, form, auth)).json()
    renew = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    seen = [first["access_token"]]
    for _ in range(2):
        answer = await token_request(api, renew, auth)
        assert answer.status_code == 200
        assert answer.json()["refresh_token"] == first["refresh_token"]
        seen.append(answer.json()["access_token"])
    assert len(set(seen)) == 3
    assert await status_of(api, first["refresh_token"]) == 401  # it is no access token
    stranger = await token_request(api, renew, await a_client(tenant))
    assert (stranger.status_code, stranger.json()["error"]) == (400, "invalid_grant")
    revoked = await api.client.post("/oauth/revoke", data={"token": first["refresh_token"]}, auth=auth)
    assert revoked.status_code == 200
    assert [await status_of(api, token) for token in seen] == [401, 401, 401]
    assert (await token_request(api, renew, auth)).json()["error"] == "invalid_grant"


async def test_a_deactivated_person_gets_no_token_and_is_told_why(tenant: Tenant, api: Api, ana: Person) -> None:
    redirect = "https://crm.example.test/back"
    auth = await a_client(tenant, redirect)
    code = await code_for(api, ana, {"client_id": auth[0], "redirect_uri": redirect})
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
    refresh = (await token_request(api, form, auth)).json()["refresh_token"]
    await change_state(tenant.context, ana.id, "inactive", version=None)
    answer = await token_request(api, {"grant_type": "refresh_token", "refresh_token": refresh}, auth)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert "Ana is not an active user" in answer.json()["description"]


async def test_a_deactivated_persons_token_stays_a_token(tenant: Tenant, api: Api) -> None:
    person = await tenant.person("Ben")
    token = tenant.tokens[person.id]
    await change_state(tenant.context, person.id, "inactive", version=None)
    refused = await api.call("GET", "/api/v2/users/me", token)
    body = refused.json()
    assert (refused.status_code, body["contextId"]) == (403, body["decisionId"])
    assert "Ben is not an active user" in body["message"]
    assert await status_of(api, token) == 200
    await change_state(tenant.context, person.id, "active", version=None)
    assert await status_of(api, token, "/api/v2/users/me") == 200


async def test_introspection_tells_authenticated_clients_of_the_same_organization(
    tenant: Tenant, other_tenant: Tenant, api: Api
) -> None:
    person, auth = await tenant.person("Cy"), await a_client(tenant)
    token = tenant.tokens[person.id]
    stranger = await create_client(other_tenant.context, ClientDraft("Other", "CLIENT-CREDENTIALS"))

    async def ask(who: tuple[str, str] | None, what: str = token) -> httpx.Response:
        return await api.client.post("/oauth/introspect", data={"token": what}, headers=basic(who))

    facts = (await ask(auth)).json()
    assert (facts["active"], facts["sub"], facts["organization_id"]) == (True, person.id, "org-1")
    assert facts["exp"] - facts["iat"] == 86400
    assert (await ask((stranger[0].id, stranger[1]))).json() == {"active": False}
    assert (await ask(auth, "nonsense")).json() == {"active": False}
    assert (await ask(None)).status_code == 401
    await change_state(tenant.context, person.id, "inactive", version=None)
    assert (await ask(auth)).json() == {"active": False}


async def test_a_public_client_revokes_its_own_tokens_only(tenant: Tenant, api: Api, ana: Person) -> None:
    code = await code_for(api, ana, {**WEB, "code_challenge": CHALLENGE, "code_challenge_method": "S256"})
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER, **WEB}
    mine, others = (await token_request(api, form)).json()["access_token"], tenant.tokens[ana.id]

    async def revoke(token: str, client_id: str) -> int:
        return (await api.client.post("/oauth/revoke", data={"token": token, "client_id": client_id})).status_code

    assert await revoke(others, "shiftline-web") == 200
    assert await status_of(api, others) == 200
    assert await revoke(mine, (await a_client(tenant))[0]) == 401  # it must authenticate itself
    assert await revoke(mine, "shiftline-web") == 200
    assert await revoke(mine, "shiftline-web") == 200
    assert await status_of(api, mine) == 401
    [news] = await tenant.news(TokensRevoked)
    assert (news.person_id, len(news.digests)) == (ana.id, 1)


async def test_signing_out_and_being_signed_out(tenant: Tenant, other_tenant: Tenant, api: Api) -> None:
    person = await tenant.person("Dee")
    token, admin = tenant.tokens[person.id], tenant.tokens["admin-1"]
    assert (await api.client.head(ME, headers={"Authorization": f"Bearer {token}"})).status_code == 200
    assert (await api.call("DELETE", ME, token)).status_code == 204
    gone = await api.call("GET", ME, token)
    assert (gone.status_code, gone.json()["code"]) == (401, "bad.credentials")
    other = await tenant.person("Eve")
    path = f"/api/v2/tokens/{other.id}"
    missing = await api.call("DELETE", path, tenant.tokens[(await tenant.person("Fay")).id])
    assert (missing.status_code, missing.json()["messageParams"]["permissions"]) == (403, "oauth:token:delete")
    assert (await api.call("DELETE", path, other_tenant.tokens["admin-2"])).status_code == 404
    assert (await api.call("DELETE", path, admin)).status_code == 204
    assert await status_of(api, tenant.tokens[other.id]) == 401


async def test_an_expired_token_says_so(tenant: Tenant, api: Api) -> None:
    async with tenant.context.reader() as reader:
        await reader.connection.execute("update identity.token set expires_at = clock_timestamp()")
    answer = await api.call("GET", ME, tenant.tokens["admin-1"])
    assert (answer.status_code, answer.json()["code"]) == (401, "credentials.expired")


async def test_a_client_switched_off_or_deleted_loses_its_tokens(tenant: Tenant, api: Api) -> None:
    for end in ("off", "deleted"):
        client, secret = await create_client(tenant.context, ClientDraft(end, "CLIENT-CREDENTIALS"))
        form = {"grant_type": "client_credentials"}
        token = (await token_request(api, form, (client.id, secret))).json()["access_token"]
        if end == "off":
            await change_client(tenant.context, client.id, ClientDraft(end, "CLIENT-CREDENTIALS", active=False))
        else:
            await delete_client(tenant.context, client.id)
        assert await status_of(api, token) == 401
        assert (await token_request(api, form, (client.id, secret))).status_code == 401


async def test_login_paths_never_carry_cors(api: Api) -> None:
    for method, path in (("POST", "/oauth/token"), ("GET", "/oauth/authorize"), ("POST", "/sign-in")):
        answer = await api.client.request(method, path, headers={"Origin": "https://evil.example"})
        assert not [name for name in answer.headers if name.startswith("access-control")]
        preflight = await api.client.options(
            path, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": method}
        )
        assert "access-control-allow-origin" not in preflight.headers
