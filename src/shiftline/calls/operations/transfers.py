"""Blind transfer, consultation, conference: who else comes into a call, and who leaves it for them."""

from dataclasses import replace

from shiftline.authorization.operations import require
from shiftline.calls import rules, store
from shiftline.calls.errors import CalleeInvalid, NotPossibleNow
from shiftline.calls.model import Call, Callee, Consultation, SpeakTo
from shiftline.calls.operations.callees import draft_callee_in, require_free
from shiftline.calls.operations.controls import Wish, require_part
from shiftline.calls.operations.moving import lock_call_in, move_in
from shiftline.calls.operations.ringing import ring_in
from shiftline.conversations.errors import ParticipantNotFound
from shiftline.conversations.model.changes import Join, Move
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    DisconnectType,
    Participant,
    ParticipantDraft,
    Purpose,
)
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.ids import new_id
from shiftline.routing.model.interactions import InteractionDraft
from shiftline.routing.operations.interactions import enqueue_in

BLIND = "conversation:communication:blindTransfer"
CONSULT = "conversation:communication:consultTransfer"
CONFERENCE = "conversation:conference:add"


async def transfer_blind(context: Context, conversation_id: str, participant_id: str, callee: Callee) -> Conversation:
    """Hand a participant's part of a call to a person or queue, without asking.

    Whoever is in the call may, and who may disconnect others. Raises CalleeInvalid, Conflict, PermissionMissing.
    """
    async with context.transaction() as tx:
        call, participant = await _lock_part(tx, conversation_id, participant_id, BLIND)
        draft = await draft_callee_in(
            tx, callee, "userId", state=CallState.ALERTING, from_queue_id=participant.queue_id
        )
        require_free(call.conversation, draft, "userId")
        call = await move_in(
            tx,
            call,
            Join(draft),
            Move(participant.id, CallState.DISCONNECTED, DisconnectType.TRANSFER),
        )
        call = await bring_in(tx, call, draft)
        return call.conversation


async def bring_in(tx: Transaction, call: Call, draft: ParticipantDraft) -> Call:
    """Ring one who has joined, or look for somebody of the queue that has."""
    joined = call.conversation.participant(draft.id)
    if joined is None or not joined.live:
        raise NotPossibleNow("Nobody is left in the call who could be transferred.")
    if draft.purpose is Purpose.ACD:
        assert draft.queue_id is not None
        await enqueue_in(tx, InteractionDraft(call.conversation.id, draft.queue_id))
        return call
    return await ring_in(tx, call, joined)


async def begin_consultation(
    context: Context, conversation_id: str, participant_id: str, callee: Callee, speak_to: SpeakTo
) -> tuple[Conversation, str]:
    """Ask somebody while the other party waits with music. The id of the participant who is asked.

    ``participant_id``: who shall be transferred. Raises CalleeInvalid, NotPossibleNow, PermissionMissing.
    """
    async with context.transaction() as tx:
        call = await lock_call_in(tx, conversation_id)
        require(context, CONSULT, BLIND)
        initiator, target = _initiator(context, call.conversation), call.conversation.participant(participant_id)
        if target is None:
            raise ParticipantNotFound(participant_id)
        if target.id == initiator.id:
            target = _other(call.conversation, initiator)
        if call.consultation is not None:
            raise NotPossibleNow("A consultation is under way: complete or cancel it first.")
        draft = await draft_callee_in(
            tx, callee, "destination.userId", state=CallState.ALERTING, from_queue_id=initiator.queue_id
        )
        if draft.purpose is Purpose.ACD:
            raise CalleeInvalid(
                "destination.queueId", "a queue cannot be consulted: transfer to it blindly, or ask an agent."
            )
        require_free(call.conversation, draft, "destination.userId")
        consultation = Consultation(new_id(), initiator.id, target.id, draft.id, speak_to)
        await store.insert_consultation(tx, conversation_id, consultation)
        draft = replace(draft, consult_participant_id=target.id)
        call = await move_in(tx, replace(call, consultation=consultation), Join(draft))
        call = await bring_in(tx, call, draft)
        return call.conversation, draft.id


async def change_consultation(
    context: Context, conversation_id: str, speak_to: SpeakTo | None
) -> tuple[Conversation, str]:
    """With whom the initiator speaks; None completes it as a conference of all. The id of the participant who was asked.

    Raises NotPossibleNow.
    """
    async with context.transaction() as tx:
        call, consultation = await _lock_consultation(tx, conversation_id)
        if speak_to is None:
            await store.end_consultation(tx, consultation, "conference")
            return (await move_in(tx, replace(call, consultation=None))).conversation, consultation.destination_id
        changed = replace(consultation, speak_to=speak_to)
        await store.update_consultation(tx, changed)
        return (await move_in(tx, replace(call, consultation=changed))).conversation, consultation.destination_id


async def complete_consultation_in(tx: Transaction, call: Call, consultation: Consultation) -> Call:
    """The initiator leaves, the two others go on."""
    await store.end_consultation(tx, consultation, "transferred")
    leave = Move(consultation.initiator_id, CallState.DISCONNECTED, DisconnectType.TRANSFER_CONSULT)
    return await move_in(tx, replace(call, consultation=None), leave)


async def complete_consultation(context: Context, conversation_id: str) -> Conversation:
    """Complete a consultation as a transfer. Raises NotPossibleNow."""
    async with context.transaction() as tx:
        call, consultation = await _lock_consultation(tx, conversation_id)
        return (await complete_consultation_in(tx, call, consultation)).conversation


async def cancel_consultation(context: Context, conversation_id: str) -> Conversation:
    """Let the one who was asked go, and speak to the other party again. Raises NotPossibleNow."""
    async with context.transaction() as tx:
        call, consultation = await _lock_consultation(tx, conversation_id)
        await store.end_consultation(tx, consultation, "cancelled")
        leave = Move(consultation.destination_id, CallState.DISCONNECTED, DisconnectType.CLIENT)
        return (await move_in(tx, replace(call, consultation=None), leave)).conversation


async def add_to_conference(context: Context, conversation_id: str, callees: tuple[Callee, ...]) -> Conversation:
    """Call others into a call that goes on. Raises CalleeInvalid, PermissionMissing."""
    async with context.transaction() as tx:
        call = await lock_call_in(tx, conversation_id)
        require(context, CONFERENCE, BLIND)
        initiator = _initiator(context, call.conversation)
        for index, callee in enumerate(callees):
            field = f"participants[{index}]"
            draft = await draft_callee_in(tx, callee, field, state=CallState.ALERTING, from_queue_id=initiator.queue_id)
            if draft.purpose is Purpose.ACD:
                raise CalleeInvalid(field, "a queue cannot join a conference.")
            require_free(call.conversation, draft, field)
            call = await bring_in(tx, await move_in(tx, call, Join(draft)), draft)
        return call.conversation


def _initiator(context: Context, conversation: Conversation) -> Participant:
    """The caller's own part of a call. Raises NotPossibleNow."""
    mine = (each for each in conversation.participants if each.live and each.person_id == context.actor.person_id)
    found = next((each for each in mine if each.state is CallState.CONNECTED), None)
    if context.actor.person_id is None or found is None:
        raise NotPossibleNow("Only who is connected in the call can do that.")
    return found


def _other(conversation: Conversation, one: Participant) -> Participant:
    others = [each for each in rules.humans(conversation) if each.id != one.id and each.state is CallState.CONNECTED]
    customer = next((each for each in others if each.purpose in {Purpose.CUSTOMER, Purpose.EXTERNAL}), None)
    if customer is None and not others:
        raise NotPossibleNow("Nobody else is in the call.")
    return customer or others[0]


async def _lock_part(
    tx: Transaction, conversation_id: str, participant_id: str, permission: str
) -> tuple[Call, Participant]:
    call = await lock_call_in(tx, conversation_id)
    participant = call.conversation.participant(participant_id)
    if participant is None:
        raise ParticipantNotFound(participant_id)
    require(tx.context, permission)
    require_part(tx.context, call.conversation, participant, Wish())
    if participant.state is not CallState.CONNECTED:
        raise NotPossibleNow("Only a connected call can be transferred.")
    return call, participant


async def _lock_consultation(tx: Transaction, conversation_id: str) -> tuple[Call, Consultation]:
    call = await lock_call_in(tx, conversation_id)
    require(tx.context, CONSULT, BLIND)
    _initiator(tx.context, call.conversation)
    if call.consultation is None:
        raise NotPossibleNow("No consultation is under way.")
    return call, call.consultation
