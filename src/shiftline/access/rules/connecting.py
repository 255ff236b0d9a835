"""May somebody sign in, may they connect a softphone: gate by gate. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from shiftline.access.model.connecting import Action, Holding, Snapshot
from shiftline.access.rules.irrelevances import list_irrelevances
from shiftline.access.rules.shifts import OUTSIDE, judge_shift
from shiftline.access.rules.words import when
from shiftline.authorization.model import SOFTPHONE
from shiftline.authorization.rules import covers, grants_of, holds
from shiftline.foundation.decision import Decision, Irrelevance, Reason, Remedy, Source
from shiftline.identity.rules import judge_organization, judge_person

WHAT = {"sign-in": "sign in", "connect": "connect the softphone"}


def judge_access(action: Action, snapshot: Snapshot, *, ahead: bool = False) -> Decision:
    """Signing in or connecting: every gate judged on the snapshot; all blockers, not just the first.

    ``ahead``: the instant is still to come, and whoever needs a token then will have signed in.
    """
    gates, next_change_at = list_gates(action, snapshot, ahead=ahead)
    return Decision(
        action=action,
        subject_id=snapshot.person_id,
        evaluated_at=snapshot.at,
        gates=gates,
        not_a_cause=list_irrelevances(action, snapshot),
        warnings=_list_warnings(action, snapshot),
        next_change_at=next_change_at,
        who=name_of(snapshot),
        what=WHAT[action],
    )


def list_gates(
    action: Action, snapshot: Snapshot, *, ahead: bool = False
) -> tuple[tuple[Reason, ...], datetime | None]:
    """The gates of signing in, and with any other action those of connecting; and when they change by themselves."""
    gates = [] if ahead else [_judge_token(snapshot)]
    gates += [_judge_organization(snapshot), _judge_person(snapshot)]
    next_change_at: datetime | None = None
    if action != "sign-in":
        gates += [_judge_tenant(snapshot), _judge_permission(snapshot)]
        if snapshot.tenant is not None and snapshot.tenant.softphone_within_shift:
            shift_gate, next_change_at = judge_shift(snapshot, name_of(snapshot))
            gates.append(shift_gate)
    return tuple(gates), next_change_at


def name_of(snapshot: Snapshot) -> str:
    """What to call the person in a sentence."""
    return snapshot.person.name if snapshot.person else f"User {snapshot.person_id}"


def retry_at_of(decision: Decision) -> datetime | None:
    """When a denial ends by itself: known only if the shift rule is all that blocks."""
    codes = {gate.code for gate in decision.blockers}
    return decision.next_change_at if codes and codes <= OUTSIDE else None


def _judge_token(snapshot: Snapshot) -> Reason:
    token, again = snapshot.token, _sign_in_again()
    if token is None:
        return Reason("token.none", False, "There was no token: nobody had signed in.", remedies=(again,))
    facts = {"issuedAt": token.issued_at.isoformat(), "expiresAt": token.expires_at.isoformat()}
    source = Source("identity.token", token.issued_at)
    if token.revoked_at is not None and token.revoked_at <= snapshot.at:
        sentence = f"The token was revoked on {when(token.revoked_at)} ({token.revoke_reason})."
        return Reason("token.revoked", False, sentence, facts, source, (again,))
    if token.expires_at <= snapshot.at:
        sentence = f"The token expired on {when(token.expires_at)}."
        return Reason("token.expired", False, sentence, facts, source, (again,))
    return Reason("token.valid", True, "The token is valid.", facts, source)


def _sign_in_again() -> Remedy:
    return Remedy("the agent", "sign in", True, "Signing in at the sign-in page gives a new token.")


def _judge_organization(snapshot: Snapshot) -> Reason:
    fact = snapshot.organization
    if fact is None:
        return Reason("organization.unknown", False, "The organization did not exist at that instant.")
    return judge_organization(fact.name, fact.active, Source("identity.organization", fact.since, fact.by))


def _judge_person(snapshot: Snapshot) -> Reason:
    fact = snapshot.person
    if fact is None:
        return Reason("person.unknown", False, "The user did not exist at that instant.")
    return judge_person(fact.name, fact.state, Source("identity.person", fact.since, fact.by))


def _judge_tenant(snapshot: Snapshot) -> Reason:
    fact = snapshot.tenant
    if fact is None:
        return Reason("tenant.webrtc_unknown", None, "The tenant's WebRTC setting could not be read.")
    source = Source("identity.tenant_settings", fact.since, fact.by)
    facts = {"enabled": fact.webrtc_enabled}
    if fact.webrtc_enabled:
        return Reason("tenant.webrtc_enabled", True, "WebRTC is enabled for the tenant.", facts, source)
    remedy = Remedy(
        who="an administrator with directory:organization:admin",
        what="enable WebRTC for the tenant",
        at_once=True,
        sentence="An administrator can enable WebRTC for the tenant again; nobody needs to sign in anew.",
    )
    sentence = f"WebRTC is disabled for the whole tenant since {when(fact.since)}."
    return Reason("tenant.webrtc_disabled", False, sentence, facts, source, (remedy,))


def _judge_permission(snapshot: Snapshot) -> Reason:
    division_id = snapshot.person.division_id if snapshot.person else None
    held = [holding for holding in snapshot.holdings if holding.active]
    grants = grants_of([(holding.division_id, holding.permissions) for holding in held])
    if holds(grants, SOFTPHONE, division_id):
        giver = next(h for h in held if holds(grants_of([(h.division_id, h.permissions)]), SOFTPHONE, division_id))
        facts = {"permission": SOFTPHONE, "role": giver.role, "divisionId": giver.division_id}
        source = Source("authorization.role_grant", giver.since, giver.by)
        return Reason("permission.held", True, f"The role {giver.role} gives {SOFTPHONE}.", facts, source)
    lost = _find_lost(snapshot)
    elsewhere = sorted({h.division_id for h in held if any(covers(p, SOFTPHONE) for p in h.permissions)})
    sentence = f"The permission {SOFTPHONE} is missing{_lost_clause(lost, elsewhere)}."
    unnamed = f"The permission {SOFTPHONE} is missing{_lost_clause(lost and replace(lost, name=None), elsewhere)}."
    remedy = Remedy(
        who="an administrator with authorization:grant:add",
        what=f"grant a role with {SOFTPHONE} in the user's division",
        at_once=True,
        sentence=f"An administrator can grant a role with {SOFTPHONE}; it holds at once, with the same token.",
    )
    return Reason(
        code="permission.missing",
        holds=False,
        sentence=sentence,
        facts={
            "permission": SOFTPHONE,
            "divisionId": division_id,
            "roles": [holding.role for holding in held],
            "heldInOtherDivisions": elsewhere,
            "lostAt": lost.at.isoformat() if lost else None,
        },
        source=Source("authorization.role_grant", lost.at, lost.by) if lost else None,
        remedies=(remedy,),
        unnamed=None if unnamed == sentence else unnamed,
    )


@dataclass(frozen=True, slots=True)
class _Loss:
    """When the permission was lost, with which role, and by whom."""

    at: datetime
    role: str
    by: str | None
    name: str | None


def _find_lost(snapshot: Snapshot) -> _Loss | None:
    for former in snapshot.former_holdings:
        if former.until is not None and any(covers(p, SOFTPHONE) for p in former.permissions):
            after = [h for h in snapshot.holdings if _is_same_grant(h, former)]
            taken = after[0] if after else None
            return _Loss(former.until, former.role, taken and taken.by, taken and (taken.by_name or taken.by))
    return None


def _is_same_grant(one: Holding, other: Holding) -> bool:
    return (one.role_id, one.division_id) == (other.role_id, other.division_id)


def _lost_clause(lost: _Loss | None, elsewhere: list[str]) -> str:
    if elsewhere:
        return f" in the user's division (it is held in {', '.join(elsewhere)} only)"
    if lost is None:
        return ": no role of the user has it"
    by = f" by {lost.name}" if lost.name else ""
    return f": the role {lost.role} gave it until {when(lost.at)}, when it was taken away{by}"


def _list_warnings(action: Action, snapshot: Snapshot) -> tuple[Irrelevance, ...]:
    if action != "connect" or snapshot.station is not None:
        return ()
    sentence = "No station is associated: the softphone starts, but calls need one."
    return (Irrelevance("station.none", sentence),)
