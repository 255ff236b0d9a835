"""The sign-in page: who gets a code, who is slowed down, and what nobody learns from it."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
from tests.store.conftest import Api, Tenant, serve

from shiftline.identity import endpoints
from shiftline.identity.events import SignedIn, SignInRefused
from shiftline.identity.model import ClientDraft, Person
from shiftline.identity.operations.clients import create_client
from shiftline.identity.operations.people import change_state, set_password

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
REDIRECT = "https://apps.localhost:8443/signed-in"
ASKED = {
    "client_id": "shiftline-web",
    "redirect_uri": REDIRECT,
    "response_type": "code",
    "state": 'a "state" & more',
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
PASSWORD = "correct horse"


@pytest.fixture
async def api(tenant: Tenant) -> AsyncIterator[Api]:
    async with serve(tenant.context.database, tenant.context.clock, endpoints.ROUTES) as served:
        yield served


@pytest.fixture
async def ana(tenant: Tenant) -> Person:
    person = await tenant.person("Ana")
    await set_password(tenant.context, person.id, PASSWORD)
    return person


async def ask(api: Api, **change: str) -> httpx.Response:
    return await api.client.get("/oauth/authorize", params={**ASKED, **change})


async def post(api: Api, email: str, password: str = PASSWORD, /, **change: str) -> httpx.Response:
    forwarded = {"x-forwarded-for": change.pop("address", "192.0.2.1")}
    return await api.client.post(
        "/sign-in", data={**ASKED, "email": email, "password": password, **change}, headers=forwarded
    )


async def test_the_page_carries_the_request_along_and_needs_no_script(api: Api) -> None:
    answer = await ask(api, prompt="login", state="<b>")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'nonce-")
    assert "form-action 'self' https://apps.localhost:8443" in policy
    assert "frame-ancestors 'none'" in policy
    page = answer.text
    assert "<script" not in page
    assert "<b>" not in page
    assert '<label for="email">' in page
    assert '<label for="password">' in page
    for name, value in ASKED.items():
        shown = "&lt;b&gt;" if name == "state" else value
        assert f'name="{name}" value="{shown}"' in page


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "nobody"},
        {"client_id": ""},
        {"client_id": "a\0b"},
        {"redirect_uri": "https://apps.localhost:8443/signed-in/"},
        {"redirect_uri": "https://apps.localhost:8443/signed-in?x=1"},
        {"redirect_uri": "http://apps.localhost:8443/signed-in"},
        {"redirect_uri": "https://evil.example/signed-in"},
        {"redirect_uri": ""},
        {"state": "x" * 3000},
    ],
)
async def test_a_wrong_client_or_redirect_is_a_page_and_never_a_redirect(api: Api, change: dict[str, str]) -> None:
    for answer in (await ask(api, **change), await post(api, "Ana@example.test", PASSWORD, **change)):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
async def test_what_else_is_wrong_is_told_to_the_application(api: Api, change: dict[str, str], error: str) -> None:
    answer = await ask(api, **change)
    location = httpx.URL(answer.headers["location"])
    assert answer.status_code == 302
    assert str(location).startswith(REDIRECT + "?")
    assert (location.params["error"], location.params["state"]) == (error, ASKED["state"])


async def test_a_parameter_given_twice_is_refused(api: Api) -> None:
    answer = await api.client.get("/oauth/authorize", params=[*ASKED.items(), ("client_id", "other")])
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_a_right_password_leads_back_with_a_code(tenant: Tenant, api: Api, ana: Person) -> None:
    answer = await post(api, f"  {ana.email.upper()} ")
    location = httpx.URL(answer.headers["location"])
    assert answer.status_code == 302
    assert str(location.copy_with(query=None)) == REDIRECT
    assert set(location.params) == {"code", "state"}
    assert location.params["state"] == ASKED["state"]
    [signed_in] = await tenant.news(SignedIn)
    assert (signed_in.person_id, signed_in.client_id) == (ana.id, "shiftline-web")


async def test_a_wrong_password_and_an_unknown_address_look_the_same(api: Api, ana: Person) -> None:
    wrong = await post(api, ana.email, "wrong horse")
    unknown = await post(api, "nobody@example.test", "wrong horse")
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text.count('role="alert"') == 1
    assert 'aria-invalid="true"' in wrong.text
    assert "wrong horse" not in wrong.text

    def without_what_differs(answer: httpx.Response, email: str) -> str:
        nonce = answer.headers["content-security-policy"].split("nonce-")[1].split("'")[0]
        return answer.text.replace(nonce, "").replace(email, "")

    assert without_what_differs(wrong, ana.email) == without_what_differs(unknown, "nobody@example.test")


async def test_an_unknown_address_takes_as_long(tenant: Tenant, api: Api) -> None:
    known = [await tenant.person(f"Person {number}") for number in range(12)]
    for person in known:
        await set_password(tenant.context, person.id, PASSWORD)
    seconds: dict[str, list[float]] = {"known": [], "unknown": []}
    for number, person in enumerate(known):  # alternately, so that both meet the same load
        for kind, email in (("known", person.email), ("unknown", f"nobody{number}@example.test")):
            started = time.perf_counter()
            await post(api, email, "wrong horse", address=f"198.51.100.{number}")
            seconds[kind].append(time.perf_counter() - started)
    known_median, unknown_median = statistics.median(seconds["known"]), statistics.median(seconds["unknown"])
    # Without the second hash an unknown address is answered in a fraction of the time.
    assert unknown_median > 0.6 * known_median


async def test_five_failures_close_an_address_for_a_quarter_of_an_hour(tenant: Tenant, api: Api, ana: Person) -> None:
    for number in range(5):
        assert (await post(api, ana.email, "wrong", address=f"192.0.2.{number}")).status_code == 403
    refused = await post(api, ana.email, address="192.0.2.99")
    wait = int(refused.headers["retry-after"])
    assert (refused.status_code, 850 < wait <= 900) == (429, True)
    assert "Try again in 15 minutes, after " in refused.text
    await _let_time_pass(tenant, "14 minutes 50 seconds")
    assert (await post(api, ana.email)).status_code == 429
    await _let_time_pass(tenant, "11 seconds")
    assert (await post(api, ana.email)).status_code == 302


async def test_an_unknown_address_is_closed_alike(api: Api) -> None:
    answers = [(await post(api, "nobody@example.test", address=f"192.0.2.{n}")).status_code for n in range(6)]
    assert answers == [403, 403, 403, 403, 403, 429]


async def test_a_success_starts_afresh(api: Api, ana: Person) -> None:
    for _ in range(3):
        for _ in range(4):
            assert (await post(api, ana.email, "wrong", address="203.0.113.5")).status_code == 403
        assert (await post(api, ana.email, address="203.0.113.5")).status_code == 302


async def test_twenty_failures_close_a_network_address_and_no_other(api: Api, ana: Person) -> None:
    answers = [(await post(api, f"{n}@example.test", address="2001:db8::1")).status_code for n in range(21)]
    assert answers == [403] * 20 + [429]
    assert (await post(api, ana.email, address="2001:db8::2")).status_code == 429  # the same /64
    assert (await post(api, ana.email, address="2001:db8:0:1::2")).status_code == 302


async def test_guesses_made_at_once_are_counted_one_by_one(api: Api, ana: Person) -> None:
    answers = await asyncio.gather(*(post(api, ana.email, f"guess {n}") for n in range(12)))
    assert sorted(answer.status_code for answer in answers) == [403] * 5 + [429] * 7


async def test_a_deactivated_person_is_told_why_and_gets_no_code(tenant: Tenant, api: Api, ana: Person) -> None:
    await change_state(tenant.context, ana.id, "inactive", version=None)
    await tenant.news()
    answer = await post(api, ana.email)
    assert answer.status_code == 403
    text = unescape(answer.text)
    assert "Ana is not an active user" in text
    assert "An administrator can activate Ana again" in text
    assert (await tenant.news(SignInRefused))[0].reasons == ("person.inactive",)
    wrong = await post(api, ana.email, "wrong")
    assert "not an active user" not in wrong.text  # the reason is for who knows the password
    await change_state(tenant.context, ana.id, "active", version=None)
    assert (await post(api, ana.email)).status_code == 302


async def test_nobody_of_an_inactive_organization_signs_in(tenant: Tenant, api: Api, ana: Person) -> None:
    async with tenant.context.reader() as reader:
        await reader.connection.execute(
            "update identity.organization set active = false, since = since + interval '1 s'"
        )
    answer = await post(api, ana.email)
    assert answer.status_code == 403
    assert "is not active" in answer.text


async def test_a_deleted_person_is_nobody(tenant: Tenant, api: Api, ana: Person) -> None:
    await change_state(tenant.context, ana.id, "deleted", version=None)
    answer = await post(api, ana.email)
    assert answer.status_code == 403
    assert "do not belong together" in answer.text


async def test_one_of_several_organizations_is_chosen(
    tenant: Tenant, other_tenant: Tenant, api: Api, ana: Person
) -> None:
    twin = await other_tenant.person("Ana")
    await set_password(other_tenant.context, twin.id, PASSWORD)
    answer = await post(api, ana.email)
    assert answer.status_code == 403
    assert '<option value="org-1">' in answer.text
    assert '<option value="org-2">' in answer.text
    assert (await post(api, ana.email, organization="org-2")).status_code == 302
    assert [each.person_id for each in await tenant.news(SignedIn)] == [twin.id]


async def test_a_tenants_own_client_is_for_its_own_people(tenant: Tenant, other_tenant: Tenant, api: Api) -> None:
    client, _ = await create_client(
        tenant.context, ClientDraft("CRM", "CODE", redirect_uris=("https://crm.example/b",))
    )
    stranger = await other_tenant.person("Stranger")
    await set_password(other_tenant.context, stranger.id, PASSWORD)
    asked = {"client_id": client.id, "redirect_uri": "https://crm.example/b"}
    assert (await post(api, stranger.email, **asked)).status_code == 403
    page = await ask(api, **asked)
    assert "to go on to CRM" in page.text


async def test_a_form_sent_from_another_site_is_refused(api: Api, ana: Person) -> None:
    form = {**ASKED, "email": ana.email, "password": PASSWORD}
    answer = await api.client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def _let_time_pass(tenant: Tenant, span: str) -> None:
    """Move the attempts into the past: they are counted in the database's real time."""
    async with tenant.context.reader() as reader:
        await reader.connection.execute("update identity.sign_in_attempt set at = at - %s::interval", (span,))
