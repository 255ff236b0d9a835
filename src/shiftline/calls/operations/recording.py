"""Recordings follow the call: opened in the transaction in which a leg is first to be recorded, stopped in the one in which it is not."""

from datetime import timedelta

from shiftline.calls import rules, store
from shiftline.calls.media.announcements import RECORDED
from shiftline.calls.model import Call, Leg, LegState
from shiftline.conversations.model.changes import Change, SetRecording
from shiftline.conversations.model.conversations import Conversation, Participant, Purpose
from shiftline.foundation.database import Transaction
from shiftline.recordings.control.model import Channel, Scope
from shiftline.recordings.model import EndedBy, ParticipantSnapshot, RecordingDraft
from shiftline.recordings.operations.opening import find_open, open_recording_in, stop_recording_in
from shiftline.recordings.operations.pausing import announce_in, end_pause_in, find_policy
from shiftline.recordings.operations.snippets import end_snippet_in

CONSENT_LASTS = timedelta(seconds=2)
"""The prompt, and a moment for what is under way."""

NO_ZONE = "UTC"
"""Where nobody of the call works in a unit."""


async def follow_recordings_in(tx: Transaction, before: Conversation, call: Call) -> tuple[Change, ...]:
    """Open and stop recordings as the call is now; what that changes in the conversation."""
    wanted = {leg.participant_id: leg for leg in call.legs if rules.is_recorded(call, leg)}
    was = {each.id for each in before.participants if each.recording}
    ended = was - set(wanted)
    if ended:
        await _stop(tx, call, ended)
    begun = [each for each in call.conversation.participants if each.id in wanted and each.id not in was]
    opened = [each.id for each in begun if await _open(tx, call, each, wanted[each.id])]
    if opened:
        await _announce(tx, call)
    still = [each.id for each in call.conversation.participants if each.id in ended and each.recording]
    if before.live and not call.conversation.live:
        await end_pause_in(tx, call.conversation.id)
        await end_snippet_in(tx, call.conversation.id)
    return (*(SetRecording(each, False) for each in still), *(SetRecording(each, True) for each in opened))


async def _announce(tx: Transaction, call: Call) -> None:
    """Say once in a call that it is recorded, where its policy wants that; media nodes play it."""
    agent = agent_of(call)
    scope = Scope(Channel.CALL, agent and agent.queue_id, str(call.conversation.direction))
    policy = await find_policy(tx, tx.context.organization_id, scope)
    if policy.terms.announce:
        await announce_in(tx, call.conversation.id, RECORDED, CONSENT_LASTS)


async def stop_by_hand_in(tx: Transaction, call: Call) -> tuple[Change, ...]:
    """Stop what somebody recorded by hand, while the call goes on; what that changes in the conversation."""
    legs = {leg.id: leg.participant_id for leg in call.legs}
    stopped = await find_open(tx, tx.context.organization_id, legs)
    for recording in stopped:
        await stop_recording_in(tx, recording.id, tx.context.now(), EndedBy.POLICY)
    ids = {legs[each.leg_id] for each in stopped}
    return tuple(SetRecording(each.id, False) for each in call.conversation.participants if each.id in ids)


async def _stop(tx: Transaction, call: Call, ended: set[str]) -> None:
    legs = {leg.id: leg for leg in call.legs if leg.participant_id in ended}
    for recording in await find_open(tx, tx.context.organization_id, legs):
        died = legs[recording.leg_id].state is LegState.LOST or legs[recording.leg_id].reinvite
        await stop_recording_in(tx, recording.id, tx.context.now(), EndedBy.CRASH if died else EndedBy.CALL)


async def _open(tx: Transaction, call: Call, participant: Participant, leg: Leg) -> bool:
    agent = agent_of(call)
    zone = await store.find_zone(tx, tx.context.organization_id, agent.person_id) if agent and agent.person_id else None
    draft = RecordingDraft(
        conversation_id=call.conversation.id,
        participant_id=participant.id,
        leg_id=leg.id,
        started_at=tx.context.now(),
        zone=zone or NO_ZONE,
        direction=call.conversation.direction,
        person_id=participant.person_id,
        queue_id=participant.queue_id or (agent and agent.queue_id),
        participants=tuple(
            ParticipantSnapshot(each.id, each.purpose, each.person_id, each.queue_id, each.name, each.address)
            for each in call.conversation.participants
        ),
    )
    return await open_recording_in(tx, draft) is not None


def agent_of(call: Call) -> Participant | None:
    """Whose zone the recordings of a call are told in: the agent's, else whoever else of ours is in it."""
    here = [each for each in rules.humans(call.conversation) if each.person_id is not None]
    return next((each for each in here if each.purpose is Purpose.AGENT), here[0] if here else None)
