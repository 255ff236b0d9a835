"""What lets calls be recorded, or one be recorded again."""

from dataclasses import replace

from shiftline.access.model.recording import PolicyFact, Recorded, RecordingWish
from shiftline.access.model.remedies import Facts
from shiftline.access.rules.lifts.lift import Lift
from shiftline.foundation.decision import Fact, Operation, Reason, Remedy
from shiftline.recordings.control.rules import SWITCH_ON

_POLICIES = "/api/v2/shiftline/recordings/policies"


def lift(remedy: Remedy, gate: Reason, facts: Facts) -> Lift:
    """What lifts a gate of recording: a policy's, or a pause's."""
    if facts.wish is not None and remedy == SWITCH_ON:
        return _switch_on(gate, facts, facts.wish)
    if facts.recorded is not None and gate.code == "recording.paused":
        return _resume(gate, facts, facts.recorded)
    return Lift()


def _switch_on(gate: Reason, facts: Facts, wish: RecordingWish) -> Lift:
    """The policy that decides, of its queue and direction, records from now on."""
    queue_id, direction = gate.facts.get("queueId"), gate.facts.get("direction")
    assert queue_id is None or isinstance(queue_id, str)
    assert direction is None or isinstance(direction, str)
    body: dict[str, Fact] = {"record": True, "snippet": False}
    body |= {} if queue_id is None else {"queueId": queue_id}
    body |= {} if direction is None else {"direction": direction}
    operation = Operation("PUT", _POLICIES, body, permission="recording:retentionPolicy:edit")
    others = [each for each in wish.policies if (each.queue_id, each.direction) != (queue_id, direction)]
    made = PolicyFact(queue_id, True, facts.snapshot.at, "", direction=direction)
    return Lift(operation, replace(facts, wish=replace(wish, policies=(*others, made))))


def _resume(gate: Reason, facts: Facts, recorded: Recorded) -> Lift:
    path = f"/api/v2/conversations/calls/{gate.facts['conversationId']}/recordingstate"
    takes_part = any(each.person_id == facts.snapshot.person_id and each.ended_at is None for each in recorded.speakers)
    operation = Operation(
        "PUT",
        path,
        {"recordingState": "active"},
        permission="conversation:recording:pauseOthers",
        own=takes_part,
        own_permission="conversation:call:record" if takes_part else None,
    )
    over = tuple(
        each if each.until_at is not None else replace(each, until_at=facts.snapshot.at, until_by="")
        for each in recorded.pauses
    )
    return Lift(operation, replace(facts, recorded=replace(recorded, pauses=over)))
