"""Pure rules of identity: digests, PKCE, redirects, and whether somebody may sign in."""

import base64
import hashlib
import hmac
import re
from datetime import datetime

from shiftline.foundation.decision import Decision, Reason, Remedy, Source

_ATEXT = re.compile(r"[^a-z0-9.]+")


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
        remedies=() if active else (remedy,),
    )


def judge_standing(person_id: str, gates: tuple[Reason, ...], now: datetime) -> Decision | None:
    """The decision that bars a proven caller from everything, or None."""
    decision = Decision(action="signing in", subject_id=person_id, evaluated_at=now, gates=gates)
    return decision if decision.allowed is False else None
