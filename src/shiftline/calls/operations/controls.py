"""What a party does to a call: answer, hang up, mute, hold, send digits, wrap up. By the vendor's PATCH of a participant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shiftline.authorization.operations import may, require
from shiftline.calls.errors import CalleeInvalid, NotPossibleNow
from shiftline.calls.model import Call, LegState
from shiftline.calls.operations.legs import change_leg_in
from shiftline.calls.operations.moving import lock_any_in, lock_call_in, move_in
from shiftline.conversations.errors import ConversationNotFound, ParticipantNotFound
from shiftline.conversations.model.changes import Change, EndWrapup, Move, SetHeld, SetMuted
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    DisconnectType,
    Participant,
    Purpose,
    Wrapup,
)
from shiftline.conversations.operations.conversations import find_conversation
from shiftline.conversations.operations.reading import require_in
from shiftline.conversations.operations.wrapups import check_wrapup
from shiftline.conversations.topics import VIEW
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Refused
from shiftline.routing.model.interactions import OfferState
from shiftline.routing.operations.offers import accept_offer_in, decline_offer_in, fail_offer_in, find_offer

DISCONNECT_OTHERS = "conversation:communication:disconnect"
WRAP_UP_OTHERS = "conversation:participant:wrapup"
HUNG_UP = "hung.up.before.connected"
DIGITS = frozenset("0123456789*#ABCD")
MOST_DIGITS = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What a PATCH of a participant asks for; None leaves a thing as it is."""

    state: CallState | None = None
    muted: bool | None = None
    held: bool | None = None
    wrapup: Wrapup | None = None
    wrapup_skipped: bool | None = None


async def change_participant(context: Context, conversation_id: str, participant_id: str, wish: Wish) -> Conversation:
    """Answer, hang up, mute, hold, or wrap up. Raises ConversationNotFound, ParticipantNotFound, PermissionMissing, Conflict.

    Everybody moves their own part; an agent also ends, mutes or holds others of their own conversation.
    """
    async with context.transaction() as tx:
        call = await lock_call_in(tx, conversation_id)
        participant = call.conversation.participant(participant_id)
        if participant is None:
            raise ParticipantNotFound(participant_id)
        require_part(context, call.conversation, participant, wish)
        if wish.state is CallState.DISCONNECTED:
            call = await leave_in(tx, call, participant, DisconnectType.CLIENT)
        elif wish.state is CallState.CONNECTED:
            call = await answer_in(tx, call, participant)
        rest = await _changes(tx, participant, wish)
        if rest:
            call = await move_in(tx, call, *rest)
        return call.conversation


def require_part(context: Context, conversation: Conversation, participant: Participant, wish: Wish) -> None:
    """Go on only for one who may do this. Raises PermissionMissing, ConversationNotFound where they may not know of it."""
    mine = context.actor.person_id
    if context.actor.kind == "system" or participant.person_id == mine:
        return
    live = (each for each in conversation.participants if each.live and each.person_id is not None)
    if mine is not None and any(each.person_id == mine for each in live) and wish.state is not CallState.CONNECTED:
        return
    wraps_up = wish.wrapup is not None or wish.wrapup_skipped is not None
    try:
        require_in(context, conversation, WRAP_UP_OTHERS if wraps_up else DISCONNECT_OTHERS)
    except Refused:
        if may(context, VIEW) or conversation.has_person(mine):
            raise
        raise ConversationNotFound(conversation.id) from None


async def _changes(tx: Transaction, participant: Participant, wish: Wish) -> Sequence[Change]:
    changes: list[Change] = []
    if wish.muted is not None:
        changes.append(SetMuted(participant.id, wish.muted))
    if wish.held is not None:
        changes.append(SetHeld(participant.id, wish.held))
    if wish.wrapup is not None or wish.wrapup_skipped:
        given = wish.wrapup
        if given is not None:
            given = await check_wrapup(tx, tx.context.organization_id, participant, given)
        changes.append(EndWrapup(participant.id, given, skipped=bool(wish.wrapup_skipped)))
    return changes


async def leave_in(tx: Transaction, call: Call, participant: Participant, how: DisconnectType) -> Call:
    """Somebody hangs up, or does not take a call. Who has left already stays gone."""
    if not participant.live:
        return call
    leg = call.leg_of(participant.id)
    if participant.state is CallState.ALERTING and leg is not None and leg.offer_id is not None:
        await _give_back_in(tx, leg.offer_id)
    peers = DisconnectType.ENDPOINT if participant.purpose is Purpose.CUSTOMER else DisconnectType.PEER
    return await move_in(tx, call, Move(participant.id, CallState.DISCONNECTED, how), peers=peers)


async def _give_back_in(tx: Transaction, offer_id: str) -> None:
    """An offer is declined; one that was taken already, and hung up before sound flowed, came to nothing."""
    offer = await find_offer(tx, tx.context.organization_id, offer_id)
    if offer is not None and offer.state is OfferState.ALERTING:
        await decline_offer_in(tx, offer_id)
    else:
        await fail_offer_in(tx, offer_id, HUNG_UP)


async def answer_in(tx: Transaction, call: Call, participant: Participant) -> Call:
    """Take a call on the session that the softphone has already; without one the softphone answers the proposal itself.

    Raises NotPossibleNow.
    """
    if participant.state is CallState.CONNECTED:
        return call
    leg = call.leg_of(participant.id)
    if leg is None:
        raise NotPossibleNow("No softphone rings for this participant: it is answered by the softphone that rings.")
    if leg.state is LegState.PROPOSED:
        raise NotPossibleNow("The softphone has not taken the call yet: accept it there.")
    if leg.offer_id is not None:
        await accept_offer_in(tx, leg.offer_id)
    # The node that carries the leg connects the participant: at once, or as soon as the leg is there.
    answered = await change_leg_in(
        tx, leg, auto_answer=True, due_at=None if leg.state is LegState.CONNECTED else leg.due_at
    )
    return replace(call, legs=tuple(answered if each.id == leg.id else each for each in call.legs))


async def require_communication(
    context: Context, conversation_id: str, participant_id: str, communication_id: str
) -> None:
    """Raises ConversationNotFound, ParticipantNotFound for a communication that the participant has not."""
    async with context.reader() as reader:
        conversation = await find_conversation(reader, context.organization_id, conversation_id)
    if conversation is None:
        raise ConversationNotFound(conversation_id)
    participant = conversation.participant(participant_id)
    if participant is None or participant.communication_id != communication_id:
        raise ParticipantNotFound(participant_id)


async def end_conversation(context: Context, conversation_id: str) -> Conversation:
    """End a conversation for all, whatever carries it. Raises ConversationNotFound, PermissionMissing."""
    require(context, DISCONNECT_OTHERS)
    async with context.transaction() as tx:
        call = await lock_any_in(tx, conversation_id)
        require_in(context, call.conversation, DISCONNECT_OTHERS)
        ends = [
            Move(each.id, CallState.DISCONNECTED, DisconnectType.CLIENT)
            for each in call.conversation.participants
            if each.live
        ]
        return (await move_in(tx, call, *ends)).conversation


async def send_digits(context: Context, conversation_id: str, participant_id: str, digits: str) -> None:
    """Send tones to the other side of a participant's leg. Raises as ``change_participant``; Invalid for other signs."""
    if not digits or len(digits) > MOST_DIGITS or set(digits.upper()) - DIGITS:
        raise CalleeInvalid("digits", f"must be 1 to {MOST_DIGITS} of 0-9, *, # and A-D.")
    async with context.transaction() as tx:
        call = await lock_call_in(tx, conversation_id)
        participant = call.conversation.participant(participant_id)
        if participant is None:
            raise ParticipantNotFound(participant_id)
        require_part(context, call.conversation, participant, Wish())
        for leg in call.legs:
            if leg.participant_id != participant_id and leg.state is LegState.CONNECTED:
                await change_leg_in(tx, leg, digits=leg.digits + digits.upper())
