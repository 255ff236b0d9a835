"""Calls to look at: who takes part, with legs that carry their sound."""

from datetime import UTC, datetime
from typing import Any

from shiftline.calls.model import Call, Leg, LegKind, LegState, MediaNode
from shiftline.conversations.model.conversations import CallState, Conversation, Direction, Participant, Purpose

AT = datetime(2023, 10, 27, 10, 45, tzinfo=UTC)
CONNECTED = CallState.CONNECTED


def party(party_id: str, purpose: Purpose = Purpose.AGENT, state: CallState = CONNECTED, **more: Any) -> Participant:
    """Somebody who is connected, unless told otherwise."""
    was_connected = more.pop("was_connected", False) or state is CONNECTED
    ended = state in {CallState.DISCONNECTED, CallState.TERMINATED}
    return Participant(
        id=party_id,
        communication_id=f"call of {party_id}",
        purpose=purpose,
        direction=Direction.INBOUND,
        state=state,
        started_at=AT,
        connected_at=AT if was_connected else None,
        ended_at=AT if ended else None,
        changed_version=1,
        **more,
    )


def caller(state: CallState = CONNECTED, **more: Any) -> Participant:
    """A customer."""
    return party("caller", Purpose.CUSTOMER, state, **more)


def agent(state: CallState = CONNECTED, **more: Any) -> Participant:
    """An agent of a queue."""
    return party("agent", Purpose.AGENT, state, **more)


def queue(state: CallState = CONNECTED, **more: Any) -> Participant:
    """The queue in which a customer waits."""
    return party("queue", Purpose.ACD, state, queue_id="voice", **more)


def gone(participant_id: str, purpose: Purpose = Purpose.AGENT, **more: Any) -> Participant:
    """Somebody who was connected and has left."""
    return party(participant_id, purpose, CallState.DISCONNECTED, was_connected=True, **more)


def conversation(*participants: Participant) -> Conversation:
    """A conversation of these."""
    live = any(each.live for each in participants)
    return Conversation(
        id="c",
        organization_id="org-1",
        direction=Direction.INBOUND,
        started_at=AT,
        ended_at=None if live else AT,
        version=1,
        participants=participants,
    )


def leg(participant_id: str | None, state: LegState = LegState.CONNECTED, **more: Any) -> Leg:
    """The leg of a participant: ``leg of caller``."""
    values: dict[str, Any] = {
        "id": f"leg of {participant_id}",
        "session_id": f"session of {participant_id}",
        "kind": LegKind.SOFTPHONE,
    }
    ended: dict[str, Any] = {"ended_at": AT, "end_reason": "endpoint"} if state is LegState.ENDED else {}
    return Leg(
        organization_id="org-1",
        state=state,
        made_at=AT,
        conversation_id="c",
        participant_id=participant_id,
        **{**values, **ended, **more},
    )


def call(*participants: Participant, **more: Any) -> Call:
    """A call of these; whoever is no queue and not gone has a leg that carries sound."""
    there = [each for each in participants if each.live and each.purpose is not Purpose.ACD]
    return Call(conversation(*participants), tuple(leg(each.id) for each in there), **more)


def node(slot: str, **more: Any) -> MediaNode:
    """A media node that lives, named after its slot."""
    return MediaNode(id=f"node {slot}", slot=slot, started_at=AT, expires_at=AT, **more)
