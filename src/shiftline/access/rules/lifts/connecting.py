"""What lets a softphone connect again."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from shiftline.access.model.connecting import Holding, OverrideFact, TokenFact
from shiftline.access.model.remedies import Facts, Giver
from shiftline.access.rules.lifts.lift import Lift
from shiftline.foundation.decision import Operation

_LET_IN_MINUTES = 60
_LET_IN_REASON = "Let in after asking why the softphone was refused."
_TOKEN_LIFE = timedelta(days=1)


def _sign_in(facts: Facts) -> Lift:
    snapshot = facts.snapshot
    token = TokenFact(snapshot.at, snapshot.at + _TOKEN_LIFE)
    return Lift(after=replace(facts, snapshot=replace(snapshot, token=token)))


def _activate_organization(facts: Facts) -> Lift:
    snapshot = facts.snapshot
    organization = snapshot.organization and replace(snapshot.organization, active=True)
    return Lift(after=replace(facts, snapshot=replace(snapshot, organization=organization)))


def _activate(facts: Facts) -> Lift:
    snapshot = facts.snapshot
    assert snapshot.person is not None
    operation = Operation(
        "PUT",
        f"/api/v2/users/{snapshot.person_id}/state",
        {"state": "active"},
        permission="directory:user:edit",
        division_id=snapshot.person.division_id,
    )
    after = replace(snapshot, person=replace(snapshot.person, state="active"))
    return Lift(operation, replace(facts, snapshot=after))


def _enable_webrtc(facts: Facts) -> Lift:
    snapshot = facts.snapshot
    assert snapshot.tenant is not None
    path, permission = "/api/v2/organizations/features/webRTC", "directory:organization:admin"
    after = replace(snapshot, tenant=replace(snapshot.tenant, webrtc_enabled=True))
    operation = Operation("PATCH", path, {"enabled": True}, permission=permission)
    return Lift(operation, replace(facts, snapshot=after))


def grant(facts: Facts, giver: Giver) -> Lift:
    """Grant the role that gives the softphone, in the person's division."""
    snapshot = facts.snapshot
    path = f"/api/v2/authorization/subjects/{snapshot.person_id}/divisions/{giver.division_id}/roles/{giver.role_id}"
    operation = Operation("POST", path, permission="authorization:grant:add", division_id=giver.division_id)
    held = Holding(
        giver.role_id, giver.role, giver.division_id, giver.permissions, active=True, since=snapshot.at, by=""
    )
    after = replace(snapshot, holdings=(*snapshot.holdings, held))
    return Lift(operation, replace(facts, snapshot=after), giver.role)


def switch_rule_off(facts: Facts) -> Lift:
    """Switch the tenant's shift rule off, for everybody."""
    snapshot = facts.snapshot
    assert snapshot.tenant is not None
    operation = Operation(
        "PUT",
        "/api/v2/telephony/settings",
        {"softphoneOnlyWithinShift": {"enabled": False}},
        permission="telephony:settings:edit",
    )
    after = replace(snapshot, tenant=replace(snapshot.tenant, softphone_within_shift=False))
    return Lift(operation, replace(facts, snapshot=after))


def let_in(facts: Facts) -> Lift:
    """Let the person in for a while in spite of the shift rule."""
    snapshot = facts.snapshot
    assert snapshot.tenant is not None
    minutes = min(_LET_IN_MINUTES, snapshot.tenant.shift_override_most_minutes)
    body = {"userId": snapshot.person_id, "minutes": minutes, "reason": _LET_IN_REASON}
    operation = Operation(
        "POST",
        "/api/v2/shiftline/access/shiftoverrides",
        body,
        permission="access:shiftRule:override",
        division_id=snapshot.person and snapshot.person.division_id,
    )
    end = snapshot.at + timedelta(minutes=minutes)
    override = OverrideFact("", _LET_IN_REASON, snapshot.at, end, snapshot.at, "a supervisor")
    after = replace(snapshot, overrides=(*snapshot.overrides, override))
    return Lift(operation, replace(facts, snapshot=after))


LIFTS: Mapping[str, Callable[[Facts], Lift]] = {
    "token.none": _sign_in,
    "token.revoked": _sign_in,
    "token.expired": _sign_in,
    "organization.inactive": _activate_organization,
    "person.inactive": _activate,
    "person.deleted": _activate,
    "tenant.webrtc_disabled": _enable_webrtc,
}
