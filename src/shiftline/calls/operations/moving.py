"""The one way a call changes: the changes asked for, and all that follows from them, in one transaction.

What follows: who is left alone goes, hold music begins and ends, legs of those who went are ended, recordings open and stop, agents
are released to routing. ``rules.py`` says what; here it is done. The conversation's row is locked first, always.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from shiftline.calls import rules, store
from shiftline.calls.model import Call, Consultation, Leg
from shiftline.calls.operations.legs import change_leg_in, end_leg_in
from shiftline.calls.operations.recording import follow_recordings_in
from shiftline.conversations.errors import ConversationNotFound
from shiftline.conversations.model.changes import Change, EndConsultation, Move, SetConfined
from shiftline.conversations.model.conversations import CallState, Conversation, DisconnectType, Participant
from shiftline.conversations.operations.conversations import (
    change_conversation_in,
    find_conversation,
    lock_conversation_in,
)
from shiftline.conversations.operations.following import follow_people_in, leave_queue_in
from shiftline.conversations.rules.changing import apply
from shiftline.foundation.database import Reader, Transaction
from shiftline.routing.model.queues import Medium


async def lock_call_in(tx: Transaction, conversation_id: str) -> Call:
    """A call, held until the transaction ends. Raises ConversationNotFound, also for a conversation of another medium."""
    call = await lock_any_in(tx, conversation_id)
    if call.conversation.medium is not Medium.CALL:
        raise ConversationNotFound(conversation_id)
    return call


async def lock_any_in(tx: Transaction, conversation_id: str) -> Call:
    """A conversation of any medium as a call, which may have no legs; held as ``lock_call_in``."""
    conversation = await lock_conversation_in(tx, conversation_id)
    legs = await store.lock_legs_of_conversation(tx, conversation_id)
    consultation = await store.find_consultation(tx, tx.context.organization_id, conversation_id)
    return Call(conversation, legs, consultation)


async def read_call(reader: Reader, organization_id: str, conversation_id: str) -> Call | None:
    """A call as it stands."""
    conversation = await find_conversation(reader, organization_id, conversation_id)
    if conversation is None:
        return None
    legs = await store.legs_of_conversation(reader, organization_id, conversation_id)
    return Call(conversation, legs, await store.find_consultation(reader, organization_id, conversation_id))


async def move_in(tx: Transaction, call: Call, *changes: Change, peers: DisconnectType = DisconnectType.PEER) -> Call:
    """Change a call and do all that follows. ``peers``: how those who are left alone are disconnected."""
    before, now = call.conversation, tx.context.now()
    plan = plan_changes(call, changes, now, peers)
    recorded = await follow_recordings_in(tx, before, replace(call, conversation=plan.conversation))
    every = (*plan.changes, *recorded)
    after = await change_conversation_in(tx, before.id, *every) if every else before
    legs = [await _follow_leg(tx, leg, after) for leg in call.legs]
    await _end_consultation(tx, call.consultation, after)
    await follow_people_in(tx, before, after)
    moved = Call(after, tuple(leg for leg in legs if leg.live and leg.conversation_id), plan.consultation)
    asked = _asked_by_queue(moved) if await leave_queue_in(tx, before, after) else ()
    if not asked:
        return moved
    ends = (Move(each.id, CallState.DISCONNECTED, DisconnectType.TRANSFER) for each in asked)
    return await move_in(tx, moved, *ends, peers=peers)


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for with what follows from it, and the conversation then."""

    changes: tuple[Change, ...]
    conversation: Conversation
    consultation: Consultation | None


def plan_changes(call: Call, changes: Iterable[Change], now: datetime, peers: DisconnectType) -> Plan:
    """Add to changes what follows from them: departures first, then hold music and the end of a consultation."""
    asked = tuple(changes)
    conversation = apply(call.conversation, asked, now)
    leaving = tuple(
        Move(participant_id, CallState.DISCONNECTED, peers) for participant_id in rules.choose_departures(conversation)
    )
    conversation = apply(conversation, leaving, now)
    consultation = call.consultation if _consults(call.consultation, conversation) else None
    confined = rules.choose_confined(replace(call, conversation=conversation, consultation=consultation))
    followed = (
        *(
            SetConfined(each.id, confined[each.id])
            for each in conversation.participants
            if each.id in confined and each.confined != confined[each.id]
        ),
        *(EndConsultation(each) for each in rules.asked_no_more(conversation, consultation)),
    )
    return Plan((*asked, *leaving, *followed), apply(conversation, followed, now), consultation)


def _consults(consultation: Consultation | None, conversation: Conversation) -> bool:
    if consultation is None:
        return False
    ids = (consultation.initiator_id, consultation.object_id, consultation.destination_id)
    return all(each is not None and each.live for each in map(conversation.participant, ids))


async def _end_consultation(tx: Transaction, consultation: Consultation | None, after: Conversation) -> None:
    if consultation is not None and not _consults(consultation, after):
        await store.end_consultation(tx, consultation, "left")


async def _follow_leg(tx: Transaction, leg: Leg, after: Conversation) -> Leg:
    participant = after.participant(leg.participant_id or "")
    if participant is not None and participant.live:
        return leg
    if leg.persistent:
        return await change_leg_in(tx, leg, conversation_id=None, participant_id=None, offer_id=None, due_at=None)
    reason = participant.disconnect_type if participant is not None else None
    return await end_leg_in(tx, leg, reason or DisconnectType.SYSTEM)


def _asked_by_queue(call: Call) -> list[Participant]:
    """Whose phones still ring, or are being set up, for a queue."""
    asked = [call.participant_of(leg) for leg in call.legs if leg.offer_id is not None]
    return [each for each in asked if each is not None and each.state is CallState.ALERTING]
