"""PKCE, redirects, sign-in keys and standing, on values."""

from datetime import UTC, datetime

import pytest

from shiftline.foundation.decision import Source
from shiftline.identity import rules
from shiftline.identity.model import CodeProof, IssuedCode, SignInRequest

# Source: RFC 7636 appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
NOW = datetime(2023, 10, 27, 10, 45, tzinfo=UTC)


def test_the_verifier_of_the_rfc_proves_its_challenge() -> None:
    assert rules.is_pkce_proof(VERIFIER, CHALLENGE)


@pytest.mark.parametrize("verifier", ["", VERIFIER[:-1], VERIFIER + "=", VERIFIER.lower(), CHALLENGE, "é"])
def test_anything_else_proves_nothing(verifier: str) -> None:
    assert not rules.is_pkce_proof(verifier, CHALLENGE)


@pytest.mark.parametrize(
    "uri",
    [
        "https://apps.example.com/signed-in",
        "https://example.com",
        "https://example.com:8443/a?b=c",
        "http://localhost:3000/cb",
        "http://127.0.0.1/cb",
        "http://[::1]:99/cb",
        "com.example.app:/cb",
    ],
)
def test_redirects_that_may_be_registered(uri: str) -> None:
    assert rules.is_redirect(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/signed-in",
        "example.com/cb",
        "http://example.com/cb",
        "http://localhost.example.com/cb",
        "https:///cb",
        "https://a/b#c",
        "https://a/b#",
        "https://a/b c",
        "https://a/b\nc",
        "https://a/é",
        "https://[::1",
        "javascript:alert(1)",
        "data:text/html,x",
    ],
)
def test_redirects_that_may_not(uri: str) -> None:
    assert not rules.is_redirect(uri)


def test_an_answer_is_added_to_a_redirect_with_its_own_query() -> None:
    answer = {"code": "a b&c", "state": None}
    assert rules.with_parameters("https://x/y", answer) == "https://x/y?code=a+b%26c"
    assert rules.with_parameters("https://x/y?z=1", answer) == "https://x/y?z=1&code=a+b%26c"


def a_request(**change: str | None) -> SignInRequest:
    values = {"challenge": CHALLENGE, "challenge_method": "S256", **change}
    return SignInRequest(client_id="c", redirect_uri="https://x/y", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_", "must_prove", "error"),
    [
        (a_request(), True, None),
        (a_request(challenge=None, challenge_method=None), False, None),
        (a_request(challenge=None), True, "invalid_request"),
        (a_request(challenge_method=None), True, "invalid_request"),
        (a_request(challenge_method="plain"), False, "invalid_request"),
        (a_request(challenge=CHALLENGE + "="), True, "invalid_request"),
        (a_request(challenge=CHALLENGE[:-1] + "+"), True, "invalid_request"),
        (a_request(response_type="token"), True, "unsupported_response_type"),
    ],
)
def test_what_an_application_may_ask(request_: SignInRequest, must_prove: bool, error: str | None) -> None:
    fault = rules.find_request_fault(request_, must_prove=must_prove)
    assert (fault[0] if fault else None) == error


def a_code(challenge: str | None = CHALLENGE, *, used: bool = False, expired: bool = False) -> IssuedCode:
    return IssuedCode("o", "p", "c", "https://x/y", challenge, used, expired)


@pytest.mark.parametrize(
    ("code", "proof", "word"),
    [
        (a_code(), CodeProof("k", "c", "https://x/y", VERIFIER), None),
        (a_code(None), CodeProof("k", "c", "https://x/y", secret="s"), None),
        (a_code(expired=True), CodeProof("k", "c", "https://x/y", VERIFIER), "expired"),
        (a_code(), CodeProof("k", "d", "https://x/y", VERIFIER), "another client"),
        (a_code(), CodeProof("k", "c", "https://x/z", VERIFIER), "redirect_uri"),
        (a_code(), CodeProof("k", "c", None, VERIFIER), "redirect_uri"),
        (a_code(), CodeProof("k", "c", "https://x/y", None, "s"), "code_verifier"),
        (a_code(), CodeProof("k", "c", "https://x/y", "wrong"), "code_verifier"),
        (a_code(None), CodeProof("k", "c", "https://x/y", VERIFIER, "s"), "without code_challenge"),
    ],
)
def test_who_may_have_the_tokens_of_a_code(code: IssuedCode, proof: CodeProof, word: str | None) -> None:
    fault = rules.find_code_fault(code, proof)
    assert (fault is None) == (word is None)
    assert word is None or word in (fault or "")


def test_a_code_used_twice_is_told_from_one_that_expired() -> None:
    """So that the tokens of a stolen code end even when the thief comes late."""
    assert rules.find_code_fault(a_code(used=True, expired=True), CodeProof("k", "c", "https://x/y", VERIFIER)) is None


def test_attempts_are_counted_by_who_they_are_about() -> None:
    assert rules.email_key(" Ana@Example.test ") == rules.email_key("ana@example.TEST")
    assert rules.address_key("192.0.2.1") != rules.address_key("192.0.2.2")
    assert rules.address_key("2001:db8::1") == rules.address_key("2001:db8::ffff:1")
    assert rules.address_key("2001:db8::1") != rules.address_key("2001:db8:0:1::1")
    assert rules.address_key("::ffff:192.0.2.1") != rules.address_key("::ffff:192.0.2.2")
    assert rules.address_key(None) == rules.address_key("nonsense") == "address:unknown"


def test_a_jabber_id_is_readable_unique_and_has_one_domain() -> None:
    one = rules.choose_jabber_id("id-1", "Ana.Ruiz+x@example.test", "org.localhost")
    assert one.startswith("ana.ruiz-x.")
    assert one.endswith("@org.localhost")
    assert one != rules.choose_jabber_id("id-2", "Ana.Ruiz+x@example.test", "org.localhost")
    assert rules.choose_jabber_id("id-3", "Ü@example.test", "org.localhost").startswith("agent.")


@pytest.mark.parametrize(
    ("organization", "state", "blockers"),
    [
        (True, "active", []),
        (False, "active", ["organization.inactive"]),
        (True, "inactive", ["person.inactive"]),
        (False, "deleted", ["organization.inactive", "person.deleted"]),
    ],
)
def test_standing_names_every_blocker(organization: bool, state: str, blockers: list[str]) -> None:
    gates = (
        rules.judge_organization("Acme", organization, Source("identity.organization", NOW, "root")),
        rules.judge_person("Ana", state, Source("identity.person", NOW, "boss")),
    )
    decision = rules.judge_standing("p", gates, NOW)
    found = [] if decision is None else [gate.code for gate in decision.blockers]
    assert found == blockers
    # Nothing brings a deleted person back.
    assert decision is None or len(decision.remedies) == len([code for code in blockers if code != "person.deleted"])
