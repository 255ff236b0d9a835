"""What lets calls be offered again: by the agent, or by somebody for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from shiftline.access.model.connecting import Snapshot, StationFact
from shiftline.access.model.receiving import MembershipFact, PresenceFact, Reception, SessionFact, SkillFact, StatusFact
from shiftline.access.model.remedies import Facts
from shiftline.access.rules.lifts.lift import Lift
from shiftline.access.rules.receiving import SOFTPHONE_TRANSPORT
from shiftline.foundation.decision import Fact, Operation, Reason
from shiftline.presence.model import SYSTEM_LABELS, SystemPresence

_PROFICIENCY = 3
_MEMBERS = "routing:queueMember:manage"


def lift(gate: Reason, snapshot: Snapshot, reception: Reception) -> Lift:
    """What lifts a gate of being offered calls."""
    way = _WAYS.get(gate.code)
    if way is None:
        return Lift()
    return Lift(way.call and way.call(gate, snapshot, reception), way.effect(gate, snapshot, reception))


_Effect: TypeAlias = Callable[[Reason, Snapshot, Reception], Facts | None]
_Call: TypeAlias = Callable[[Reason, Snapshot, Reception], Operation | None]


def _connected(_: Reason, snapshot: Snapshot, reception: Reception) -> Facts:
    session = SessionFact(SOFTPHONE_TRANSPORT, snapshot.at)
    return Facts(snapshot, replace(reception, sessions=(*reception.sessions, session)))


def _seated(_: Reason, snapshot: Snapshot, reception: Reception) -> Facts:
    station = reception.own_station or StationFact("", "a station")
    return Facts(replace(snapshot, station=station), reception)


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


# The calls, each None where what it needs is not known


def _be_there(_: Reason, snapshot: Snapshot, reception: Reception) -> Operation:
    del reception
    path = f"/api/v2/users/{snapshot.person_id}/routingstatus"
    return _of_person(snapshot, "PUT", path, {"status": "IDLE"}, "presence:userPresence:edit", own=True)


def _say_on_queue(_: Reason, snapshot: Snapshot, reception: Reception) -> Operation:
    del reception
    path = f"/api/v2/users/{snapshot.person_id}/presences/purecloud"
    body = {"presenceDefinition": {"systemPresence": SYSTEM_LABELS[SystemPresence.ON_QUEUE]}}
    return _of_person(snapshot, "PATCH", path, body, "presence:userPresence:edit", own=True)


def _sit_down(_: Reason, snapshot: Snapshot, reception: Reception) -> Operation | None:
    """At a station of their own; whoever has none needs a phone first."""
    if reception.own_station is None:
        return None
    path = f"/api/v2/users/{snapshot.person_id}/station/associatedstation/{reception.own_station.id}"
    operation = _of_person(snapshot, "PUT", path, None, "telephony:otherStationAssociation:edit", own=True)
    return replace(operation, own_permission="telephony:selfStationAssociation:edit")


def _join(gate: Reason, snapshot: Snapshot, reception: Reception) -> Operation | None:
    del reception
    queue_id = gate.facts.get("queueId")
    path, body = f"/api/v2/users/{snapshot.person_id}/queues/{queue_id}", {"id": queue_id, "joined": True}
    return Operation("PATCH", path, body, permission=_MEMBERS) if isinstance(queue_id, str) else None


def _add(gate: Reason, snapshot: Snapshot, reception: Reception) -> Operation | None:
    del reception
    queue_id = gate.facts.get("queueId")
    path, body = f"/api/v2/routing/queues/{queue_id}/members", [{"id": snapshot.person_id}]
    return Operation("POST", path, body, permission=_MEMBERS) if isinstance(queue_id, str) else None


def _move_inwards(gate: Reason, snapshot: Snapshot, reception: Reception) -> Operation | None:
    del reception
    queue_id, reached = gate.facts.get("queueId"), gate.facts.get("reached")
    if not isinstance(queue_id, str) or not isinstance(reached, int):
        return None
    path = f"/api/v2/routing/queues/{queue_id}/members/{snapshot.person_id}"
    return Operation("PATCH", path, {"ringNumber": reached}, permission=_MEMBERS)


def _give_skill(gate: Reason, snapshot: Snapshot, reception: Reception) -> Operation | None:
    del reception
    skill_ids = gate.facts.get("skillIds")
    if not isinstance(skill_ids, list) or len(skill_ids) != 1:
        return None
    path, body = f"/api/v2/users/{snapshot.person_id}/routingskills", {"id": skill_ids[0], "proficiency": _PROFICIENCY}
    return _of_person(snapshot, "POST", path, body, "routing:skill:assign")


def _of_person(
    snapshot: Snapshot, method: str, path: str, body: Fact, permission: str, *, own: bool = False
) -> Operation:
    division_id = snapshot.person.division_id if snapshot.person else None
    return Operation(method, path, body, permission=permission, division_id=division_id, own=own)


@dataclass(frozen=True, slots=True)
class _Way:
    """What becomes of the facts, and by which call; None: only the agent can, or only time."""

    effect: _Effect
    call: _Call | None = None


_WAYS: Mapping[str, _Way] = {
    "no.session": _Way(_connected),
    "no.station": _Way(_seated, _sit_down),
    "presence.not_on_queue": _Way(_on_queue, _say_on_queue),
    "not.on.queue": _Way(_on_queue, _say_on_queue),
    "status.NOT_RESPONDING": _Way(_there_again, _be_there),
    "status.INTERACTING": _Way(_finished),
    "status.COMMUNICATING": _Way(_finished),
    "capacity.reached": _Way(_finished),
    "busy.with.offer": _Way(_silent),
    "not.joined": _Way(_member, _join),
    "not.member": _Way(_member, _add),
    "ring.not.reached": _Way(_innermost, _move_inwards),
    "skill.missing": _Way(_skilled, _give_skill),
}
