"""Pure rules of identity: digests, PKCE, redirects, and whether somebody may sign in."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlencode, urlsplit

from shiftline.foundation.decision import Decision, Reason, Remedy, Source
from shiftline.identity.model import CodeProof, IssuedCode, ShiftRuleChange, SignInRequest, TenantSettings

_ATEXT = re.compile(r"[^a-z0-9.]+")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


def digest(secret: str) -> bytes:
    """SHA-256 of a token, code or client secret; these are random enough to need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def is_same_secret(secret: str, stored: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(digest(secret), stored)


def is_pkce_proof(verifier: str, challenge: str) -> bool:
    """Whether a verifier proves an S256 challenge. Source: RFC 7636 section 4.6."""
    computed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii", "ignore")).digest()).rstrip(b"=")
    return hmac.compare_digest(computed, challenge.encode("ascii", "ignore"))


def choose_jabber_id(person_id: str, email: str, domain: str) -> str:
    """The bare JID of a person: readable, unique by their id, fixed for life."""
    local = _ATEXT.sub("-", email.split("@", maxsplit=1)[0].lower()).strip("-.") or "agent"
    return f"{local}.{hashlib.sha256(person_id.encode()).hexdigest()[:8]}@{domain}"


def judge_organization(name: str, active: bool, source: Source) -> Reason:  # noqa: FBT001 - a fact, not a switch
    """The gate that the organization is active."""
    remedy = Remedy("the operator of this installation", "activate the organization", True, "The operator can activate "
                    "the organization again.")  # fmt: skip
    return Reason(
        code="organization.active" if active else "organization.inactive",
        holds=active,
        sentence=f"The organization {name} is {'active' if active else 'not active'}.",
        facts={"active": active},
        source=source,
        remedies=() if active else (remedy,),
    )


def judge_person(name: str, state: str, source: Source) -> Reason:
    """The gate that the person is active."""
    active = state == "active"
    remedy = Remedy(
        who="an administrator with directory:user:edit",
        what="set the user's state to active",
        at_once=True,
        sentence=f"An administrator can activate {name} again; the same token then works at once.",
    )
    return Reason(
        code=f"person.{state}",
        holds=active,
        sentence=f"{name} is {'an active user' if active else f'not an active user (state: {state})'}.",
        facts={"state": state},
        source=source,
        remedies=(remedy,) if state == "inactive" else (),  # who is deleted stays so
    )


def judge_standing(
    subject_id: str, gates: tuple[Reason, ...], now: datetime, *, who: str = "You", what: str = "use this token now"
) -> Decision | None:
    """The decision that bars a proven caller from everything, or None."""
    decision = Decision(action="sign-in", subject_id=subject_id, evaluated_at=now, gates=gates, who=who, what=what)
    return decision if decision.allowed is False else None


def web_redirects(environment: str) -> tuple[str, ...]:
    """Where the built-in web client may be sent after a sign-in."""
    return (f"https://apps.{environment}/signed-in", f"https://{environment}/signed-in")


def is_redirect(uri: str) -> bool:
    """Whether a client may register a redirect: absolute, no fragment, https, loopback http, or an app's own scheme.

    Source: RFC 6749 section 3.1.2, RFC 8252 section 7.
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.fragment or "#" in uri or not uri.isascii() or any(c.isspace() or not c.isprintable() for c in uri):
        return False
    if parts.scheme == "https":
        return bool(host)
    if parts.scheme == "http":
        return host in {"localhost", "127.0.0.1", "::1"}
    return "." in parts.scheme


def with_parameters(uri: str, parameters: Mapping[str, str | None]) -> str:
    """A redirect with its answer added to whatever query it already has."""
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{uri}{'&' if '?' in uri else '?'}{query}"


def find_request_fault(request: SignInRequest, *, must_prove: bool) -> tuple[str, str] | None:
    """What is wrong with a request whose client and redirect are right, as (OAuth error, sentence), or None."""
    if request.response_type != "code":
        return "unsupported_response_type", "Only response_type=code is answered here."
    if request.challenge is None:
        return ("invalid_request", "This client needs PKCE: send code_challenge.") if must_prove else None
    if request.challenge_method != "S256":
        return "invalid_request", "code_challenge_method must be S256."
    if _CHALLENGE.fullmatch(request.challenge) is None:
        return "invalid_request", "code_challenge must be 43 characters of base64url."
    return None


def find_code_fault(code: IssuedCode, proof: CodeProof) -> str | None:
    """Why a code does not belong to who shows it, or None. Source: RFC 6749 section 4.1.3, RFC 7636 section 4.6,
    RFC 9700 section 4.8.2 (a verifier for a code without a challenge is a downgrade).
    """
    if code.expired and not code.used:
        return "The code has expired; sign in again."
    if code.client_id != proof.client_id:
        return "The code was issued to another client."
    if code.redirect_uri != proof.redirect_uri:
        return "redirect_uri is not the one that the code was asked for with."
    if code.challenge is None:
        return "code_verifier was sent for a code without code_challenge." if proof.verifier is not None else None
    if proof.verifier is None or not is_pkce_proof(proof.verifier, code.challenge):
        return "code_verifier does not prove the code_challenge."
    return None


def email_key(email: str) -> str:
    """By what attempts with an e-mail address are counted."""
    return f"email:{email.strip().casefold()}"


def address_key(address: str | None) -> str:
    """By what attempts from a network address are counted: an IPv6 client has a whole /64 to itself."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "address:unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return f"address:{ip_network((found, 64), strict=False)}"
    return f"address:{found}"


def list_rule_changes(rule: ShiftRuleChange) -> dict[str, bool | int | None]:
    """What of the tenant's settings a change of the shift rule sets; None: nothing. The margin sets both graces."""
    return {
        "softphone_within_shift": rule.enabled,
        "shift_margin_minutes": rule.margin,
        "shift_grace_before_minutes": rule.margin if rule.grace_before is None else rule.grace_before,
        "shift_grace_after_minutes": rule.margin if rule.grace_after is None else rule.grace_after,
        "shift_override_default_minutes": rule.override_default,
        "shift_override_most_minutes": rule.override_most,
    }


def find_rule_problem(current: TenantSettings, rule: ShiftRuleChange) -> tuple[str, str] | None:
    """What contradicts itself in the shift rule as it would be: the field of the request, and a sentence."""
    lasts = current.shift_override_default_minutes if rule.override_default is None else rule.override_default
    most = current.shift_override_most_minutes if rule.override_most is None else rule.override_most
    if lasts <= most:
        return None
    field = "overrideMostMinutes" if rule.override_default is None else "overrideDefaultMinutes"
    sentence = (
        f"an override would last {lasts} minutes unless said otherwise, and {most} at most: "
        "give an overrideDefaultMinutes that is no longer than overrideMostMinutes."
    )
    return f"softphoneOnlyWithinShift.{field}", sentence
