"""What lifts a refusal: the one call that does it, and what the verdict would be then, by the function that refused. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from shiftline.access.model.connecting import Holding, OverrideFact, Snapshot, StationFact, TokenFact
from shiftline.access.model.receiving import MembershipFact, PresenceFact, Reception, SessionFact, SkillFact, StatusFact
from shiftline.access.model.remedies import Facts, Giver
from shiftline.access.rules.receiving import SOFTPHONE_TRANSPORT
from shiftline.access.rules.shifts import OUTSIDE
from shiftline.foundation.decision import Decision, Operation, Preview, Reason, Remedy
from shiftline.presence.model import SystemPresence

_PROFICIENCY = 3
_LET_IN_MINUTES = 60
_LET_IN_REASON = "Let in after asking why the softphone was refused."
_TOKEN_LIFE = timedelta(days=1)

Judge: TypeAlias = Callable[[Facts], Decision]


@dataclass(frozen=True, slots=True)
class _Lift:
    """What a remedy does: the one call, where there is one, and the facts after it, where they can be told.

    ``role``: the one that the call grants, to be named before anybody makes it.
    """

    operation: Operation | None = None
    after: Facts | None = None
    role: str | None = None


def with_remedies(decision: Decision, facts: Facts, judge: Judge, giver: Giver | None, *, past: bool) -> Decision:
    """The decision with each remedy's call and preview. ``giver``: the role that would give the softphone.

    ``past``: the instant is over. Nothing can be done for it any more, so there are previews only.
    """

    def complete(remedy: Remedy, gate: Reason) -> Remedy:
        lift = _find_lift(remedy, gate, facts, giver)
        preview = None if lift.after is None else _preview(judge(lift.after), past=past)
        if past:
            return replace(remedy, preview=preview)
        if lift.role is not None:
            remedy = replace(
                remedy,
                what=f"grant the role {lift.role} in the user's division",
                sentence=f"An administrator can grant the role {lift.role}; it holds at once, with the same token.",
            )
        return replace(remedy, operation=lift.operation, preview=preview)

    gates = tuple(
        replace(gate, remedies=tuple(complete(each, gate) for each in gate.remedies)) if gate.holds is False else gate
        for gate in decision.gates
    )
    return replace(decision, gates=gates)


def _preview(then: Decision, *, past: bool) -> Preview:
    still = tuple((gate.code, gate.unnamed or gate.sentence) for gate in then.blockers)
    told = " ".join(sentence for _, sentence in still)
    unknown = " ".join(gate.unnamed or gate.sentence for gate in then.unknown)
    if past:
        said = f"This would still have stood against it: {told}" if still else "Nothing would have stood against it."
        return Preview(then.allowed, f"It would not be known: {unknown}" if unknown and not still else said, still)
    if still:
        return Preview(then.allowed, f"{then.who} still may not {then.what}: {told}", still)
    if unknown:
        return Preview(then.allowed, f"Whether {then.who} may {then.what} is not known: {unknown}")
    return Preview(then.allowed, f"{then.who} may {then.what}.")


def _find_lift(remedy: Remedy, gate: Reason, facts: Facts, giver: Giver | None) -> _Lift:
    if gate.code == "permission.missing":
        return _Lift() if giver is None else _grant(facts, giver)
    if gate.code in _CONNECTING:
        return _CONNECTING[gate.code](facts)
    if gate.code in OUTSIDE:
        return _switch_rule_off(facts) if remedy.what.startswith("switch the shift rule off") else _let_in(facts)
    return _Lift() if facts.reception is None else _lift_reception(gate, facts.snapshot, facts.reception)


def _sign_in(facts: Facts) -> _Lift:
    snapshot = facts.snapshot
    token = TokenFact(snapshot.at, snapshot.at + _TOKEN_LIFE)
    return _Lift(after=replace(facts, snapshot=replace(snapshot, token=token)))


def _activate_organization(facts: Facts) -> _Lift:
    snapshot = facts.snapshot
    organization = snapshot.organization and replace(snapshot.organization, active=True)
    return _Lift(after=replace(facts, snapshot=replace(snapshot, organization=organization)))


def _activate(facts: Facts) -> _Lift:
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
    return _Lift(operation, replace(facts, snapshot=after))


def _enable_webrtc(facts: Facts) -> _Lift:
    snapshot = facts.snapshot
    assert snapshot.tenant is not None
    path, permission = "/api/v2/organizations/features/webRTC", "directory:organization:admin"
    after = replace(snapshot, tenant=replace(snapshot.tenant, webrtc_enabled=True))
    operation = Operation("PATCH", path, {"enabled": True}, permission=permission)
    return _Lift(operation, replace(facts, snapshot=after))


def _grant(facts: Facts, giver: Giver) -> _Lift:
    snapshot = facts.snapshot
    path = f"/api/v2/authorization/subjects/{snapshot.person_id}/divisions/{giver.division_id}/roles/{giver.role_id}"
    operation = Operation("POST", path, permission="authorization:grant:add", division_id=giver.division_id)
    held = Holding(
        giver.role_id, giver.role, giver.division_id, giver.permissions, active=True, since=snapshot.at, by=""
    )
    after = replace(snapshot, holdings=(*snapshot.holdings, held))
    return _Lift(operation, replace(facts, snapshot=after), giver.role)


def _switch_rule_off(facts: Facts) -> _Lift:
    snapshot = facts.snapshot
    assert snapshot.tenant is not None
    operation = Operation(
        "PUT",
        "/api/v2/telephony/settings",
        {"softphoneOnlyWithinShift": {"enabled": False}},
        permission="telephony:settings:edit",
    )
    after = replace(snapshot, tenant=replace(snapshot.tenant, softphone_within_shift=False))
    return _Lift(operation, replace(facts, snapshot=after))


def _let_in(facts: Facts) -> _Lift:
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
    return _Lift(operation, replace(facts, snapshot=after))


_CONNECTING: Mapping[str, Callable[[Facts], _Lift]] = {
    "token.none": _sign_in,
    "token.revoked": _sign_in,
    "token.expired": _sign_in,
    "organization.inactive": _activate_organization,
    "person.inactive": _activate,
    "person.deleted": _activate,
    "tenant.webrtc_disabled": _enable_webrtc,
}


def _lift_reception(gate: Reason, snapshot: Snapshot, reception: Reception) -> _Lift:
    """What lifts a gate of being offered calls: by the agent, or by somebody for them."""
    found = _RECEPTION.get(gate.code)
    if found is None:
        return _Lift()
    return _Lift(_call(gate, snapshot), found(gate, snapshot, reception))


def _call(gate: Reason, snapshot: Snapshot) -> Operation | None:
    """The call that lifts a gate of being offered calls, where all that it needs is known."""
    person_id = snapshot.person_id
    division_id = snapshot.person.division_id if snapshot.person else None
    queue_id, skill_ids = gate.facts.get("queueId"), gate.facts.get("skillIds")
    match gate.code:
        case "status.NOT_RESPONDING":
            path, permission = f"/api/v2/users/{person_id}/routingstatus", "presence:userPresence:edit"
            return Operation("PUT", path, {"status": "IDLE"}, permission=permission, division_id=division_id, own=True)
        case "not.joined" if isinstance(queue_id, str):
            path = f"/api/v2/users/{person_id}/queues/{queue_id}"
            return Operation("PATCH", path, {"id": queue_id, "joined": True}, permission="routing:queueMember:manage")
        case "not.member" if isinstance(queue_id, str):
            path, body = f"/api/v2/routing/queues/{queue_id}/members", [{"id": person_id}]
            return Operation("POST", path, body, permission="routing:queueMember:manage")
        case "skill.missing" if isinstance(skill_ids, list) and len(skill_ids) == 1:
            body = {"id": skill_ids[0], "proficiency": _PROFICIENCY}
            path, permission = f"/api/v2/users/{person_id}/routingskills", "routing:skill:assign"
            return Operation("POST", path, body, permission=permission, division_id=division_id)
        case _:
            return None


_Effect: TypeAlias = Callable[[Reason, Snapshot, Reception], Facts | None]


def _connected(_: Reason, snapshot: Snapshot, reception: Reception) -> Facts:
    session = SessionFact(SOFTPHONE_TRANSPORT, snapshot.at)
    return Facts(snapshot, replace(reception, sessions=(*reception.sessions, session)))


def _seated(_: Reason, snapshot: Snapshot, reception: Reception) -> Facts:
    return Facts(replace(snapshot, station=StationFact("", "a station")), reception)


def _idle(reception: Reception, snapshot: Snapshot) -> StatusFact:
    return StatusFact("IDLE" if not reception.handled else "INTERACTING", snapshot.at, snapshot.at, "")


def _on_queue(_: Reason, snapshot: Snapshot, reception: Reception) -> Facts:
    presence = PresenceFact(SystemPresence.ON_QUEUE, snapshot.at, "")
    status = reception.status
    if status is None or status.status == "OFF_QUEUE":
        status = _idle(reception, snapshot)
    return Facts(snapshot, replace(reception, presence=presence, status=status))


def _there_again(_: Reason, snapshot: Snapshot, reception: Reception) -> Facts:
    return Facts(snapshot, replace(reception, status=_idle(reception, snapshot)))


def _finished(_: Reason, snapshot: Snapshot, reception: Reception) -> Facts:
    status = reception.status
    if status is not None and status.status in ("INTERACTING", "COMMUNICATING"):
        status = replace(status, status="IDLE")
    return Facts(snapshot, replace(reception, handled=(), status=status))


def _silent(_: Reason, snapshot: Snapshot, reception: Reception) -> Facts:
    return Facts(snapshot, replace(reception, alert=None))


def _member(gate: Reason, snapshot: Snapshot, reception: Reception) -> Facts | None:
    queue_id = gate.facts.get("queueId")
    if not isinstance(queue_id, str):
        return None
    others = tuple(each for each in reception.memberships if each.queue_id != queue_id)
    place = MembershipFact(
        queue_id, str(gate.facts.get("queue")), active=True, joined=True, ring_number=1, since=snapshot.at, by=""
    )
    former = next((each for each in reception.memberships if each.queue_id == queue_id and each.active), place)
    return Facts(snapshot, replace(reception, memberships=(*others, replace(former, joined=True))))


def _innermost(gate: Reason, snapshot: Snapshot, reception: Reception) -> Facts | None:
    reached = gate.facts.get("reached")
    if not isinstance(reached, int):
        return None
    places = tuple(replace(each, ring_number=min(each.ring_number, reached)) for each in reception.memberships)
    return Facts(snapshot, replace(reception, memberships=places))


def _skilled(gate: Reason, snapshot: Snapshot, reception: Reception) -> Facts | None:
    skill_ids = gate.facts.get("skillIds")
    if not isinstance(skill_ids, list):
        return None
    given = tuple(SkillFact(str(each), _PROFICIENCY) for each in skill_ids)
    return Facts(snapshot, replace(reception, skills=(*reception.skills, *given)))


_RECEPTION: Mapping[str, _Effect] = {
    "no.session": _connected,
    "no.station": _seated,
    "presence.not_on_queue": _on_queue,
    "not.on.queue": _on_queue,
    "status.NOT_RESPONDING": _there_again,
    "status.INTERACTING": _finished,
    "status.COMMUNICATING": _finished,
    "capacity.reached": _finished,
    "busy.with.offer": _silent,
    "not.joined": _member,
    "not.member": _member,
    "ring.not.reached": _innermost,
    "skill.missing": _skilled,
}
