"""Whoever calls has a leg now: a web caller enters the queue, an agent's call rings whom it is for."""

from shiftline.calls import rules
from shiftline.calls.model import Call
from shiftline.calls.operations.moving import move_in
from shiftline.calls.operations.ringing import ring_in
from shiftline.conversations.model.changes import Change, Join, Move
from shiftline.conversations.model.conversations import (
    CallState,
    Direction,
    DisconnectType,
    Participant,
    ParticipantDraft,
    Purpose,
)
from shiftline.foundation.database import Transaction
from shiftline.routing.model.interactions import InteractionDraft
from shiftline.routing.operations.interactions import enqueue_in


async def connect_in(tx: Transaction, call: Call, participant: Participant) -> Call:
    """A participant whose leg carries sound is in the call; one who waited in a queue for them waits no more."""
    changes: list[Change] = [Move(participant.id, CallState.CONNECTED)]
    for each in call.conversation.participants:
        if each.live and each.purpose is Purpose.ACD and participant.purpose is Purpose.AGENT:
            changes.append(Move(each.id, CallState.DISCONNECTED, DisconnectType.TRANSFER))
        elif each.state is CallState.DIALING:
            changes.append(Move(each.id, CallState.CONNECTED))
    return await move_in(tx, call, *changes)


async def dial_in(tx: Transaction, call: Call, caller: Participant) -> Call:
    """Go on with a call whose caller's leg is there."""
    if caller.purpose is Purpose.CUSTOMER:
        assert caller.queue_id is not None
        return await _enter_queue(tx, call, caller, caller.queue_id)
    others = [each for each in rules.humans(call.conversation) if each.id != caller.id]
    if any(each.state is CallState.CONNECTED for each in others):
        return await move_in(tx, call, Move(caller.id, CallState.CONNECTED))
    queue = rules.queue_of(call.conversation)
    if queue is not None and queue.queue_id is not None:
        call = await move_in(tx, call, Move(caller.id, CallState.CONNECTED), Move(queue.id, CallState.CONNECTED))
        await enqueue_in(tx, _draft(call, caller, queue.queue_id))
        return call
    call = await move_in(tx, call, Move(caller.id, CallState.DIALING))
    for other in others:
        if other.state is CallState.OFFERING:
            call = await ring_participant_in(tx, call, other)
    return call


async def ring_participant_in(tx: Transaction, call: Call, participant: Participant) -> Call:
    """Ring somebody who is in the conversation and does not ring yet."""
    call = await move_in(tx, call, Move(participant.id, CallState.ALERTING))
    ringing = call.conversation.participant(participant.id)
    assert ringing is not None
    return await ring_in(tx, call, ringing) if ringing.live else call


async def _enter_queue(tx: Transaction, call: Call, caller: Participant, queue_id: str) -> Call:
    """Put a caller into a queue: the queue takes part, and routing looks for somebody."""
    queue = ParticipantDraft(
        purpose=Purpose.ACD, direction=Direction.INBOUND, state=CallState.CONNECTED, queue_id=queue_id
    )
    call = await move_in(tx, call, Join(queue), Move(caller.id, CallState.CONNECTED))
    await enqueue_in(tx, _draft(call, caller, queue_id))
    return call


def _draft(call: Call, caller: Participant, queue_id: str) -> InteractionDraft:
    """A caller's place in a queue, with what they asked for."""
    leg = call.leg_of(caller.id)
    wish = leg.wish if leg is not None else {}
    return InteractionDraft(
        call.conversation.id,
        queue_id,
        skill_ids=tuple(wish.get("skill_ids", ())),
        language_id=wish.get("language_id"),
        priority=wish.get("priority", 0),
    )
