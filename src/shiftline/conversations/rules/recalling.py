"""A conversation that took place elsewhere, made of what its legs tell: over from the first, and growing. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from shiftline.conversations.model.conversations import CallState, Conversation, Direction, DisconnectType, Participant
from shiftline.conversations.model.past import PastConversation, PastParticipant


def recall(known: Conversation | None, past: PastConversation, organization_id: str) -> Conversation:
    """A conversation with what a leg tells of it; the same one when that is nothing new. It grows to both sides.

    Raises ValueError for one without participants.
    """
    if not past.participants:
        raise ValueError("somebody took part in a conversation")
    version = 1 if known is None else known.version + 1
    participants = () if known is None else known.participants
    for each in past.participants:
        participants = _with(participants, each, past.direction, version)
    if known is not None and participants == known.participants and set(past.division_ids) <= set(known.division_ids):
        return known
    began, ended = (
        min(each.started_at for each in participants),
        max(each.ended_at or each.started_at for each in participants),
    )
    if known is None:
        return Conversation(
            id=past.id,
            organization_id=organization_id,
            direction=past.direction,
            started_at=began,
            ended_at=ended,
            address=next((each.address for each in past.participants if each.address is not None), None),
            division_ids=tuple(dict.fromkeys(past.division_ids)),
            version=version,
            participants=participants,
            imported=True,
        )
    divisions = tuple(dict.fromkeys((*known.division_ids, *past.division_ids)))
    return replace(
        known, version=version, participants=participants, division_ids=divisions, started_at=began, ended_at=ended
    )


def _with(
    known: Sequence[Participant], past: PastParticipant, direction: Direction, version: int
) -> tuple[Participant, ...]:
    there = next((each for each in known if each.id == past.id), None)
    if there is None:
        return (*known, _participant(past, direction, version))
    began, ended = min(there.started_at, past.started_at), max(there.ended_at or past.ended_at, past.ended_at)
    grown = replace(there, started_at=began, connected_at=began, ended_at=ended)
    if grown == there:
        return tuple(known)
    return tuple(replace(grown, changed_version=version) if each is there else each for each in known)


def _participant(past: PastParticipant, direction: Direction, version: int) -> Participant:
    return Participant(
        id=past.id,
        communication_id=past.id,
        purpose=past.purpose,
        direction=direction,
        state=CallState.TERMINATED,
        person_id=past.person_id,
        queue_id=past.queue_id,
        queue_name=past.queue_name,
        name=past.name,
        address=past.address,
        started_at=past.started_at,
        connected_at=past.started_at,
        ended_at=past.ended_at,
        disconnect_type=DisconnectType.OTHER,
        changed_version=version,
    )
