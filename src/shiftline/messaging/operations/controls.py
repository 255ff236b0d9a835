"""What an agent does to a conversation by message or e-mail: accept, decline, end, wrap up. By the vendor's PATCH of a participant."""

from dataclasses import dataclass

from shiftline.authorization.operations import may
from shiftline.conversations.errors import ConversationNotFound, ParticipantNotFound
from shiftline.conversations.model.changes import Change, EndWrapup, Move, SetHeld
from shiftline.conversations.model.conversations import CallState, Conversation, DisconnectType, Participant, Wrapup
from shiftline.conversations.operations.reading import require_in
from shiftline.conversations.operations.wrapups import check_wrapup
from shiftline.conversations.topics import VIEW
from shiftline.foundation.context import Context
from shiftline.foundation.database import Transaction
from shiftline.foundation.errors import Refused
from shiftline.messaging import store
from shiftline.messaging.errors import NotAlerting
from shiftline.messaging.operations.moving import lock_written_in, move_in
from shiftline.messaging.rules.conversing import is_queue
from shiftline.routing.model.queues import Medium
from shiftline.routing.operations.offers import accept_offer_in, decline_offer_in

DISCONNECT_OTHERS = "conversation:communication:disconnect"
WRAP_UP_OTHERS = "conversation:participant:wrapup"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a PATCH of a participant asks for; None leaves a thing as it is."""

    state: CallState | None = None
    held: bool | None = None
    wrapup: Wrapup | None = None
    wrapup_skipped: bool | None = None


async def change_participant(
    context: Context, medium: Medium, conversation_id: str, participant_id: str, wish: Wish
) -> Conversation:
    """Accept, decline, end, hold or wrap up.

    Everybody moves their own part; who is in the conversation ends others'. Raises ConversationNotFound,
    ParticipantNotFound, PermissionMissing, NotAlerting, and the refusals of ``conversations.rules.changing.apply``.
    """
    async with context.transaction() as tx:
        conversation = await lock_written_in(tx, conversation_id, medium)
        participant = conversation.participant(participant_id)
        if participant is None:
            raise ParticipantNotFound(participant_id)
        require_part(context, conversation, participant, wish)
        if wish.state is CallState.DISCONNECTED:
            conversation = await leave_in(tx, conversation, participant)
        elif wish.state is CallState.CONNECTED:
            conversation = await accept_in(tx, conversation, participant)
        return await move_in(tx, conversation, await _changes(tx, participant, wish))


def require_part(context: Context, conversation: Conversation, participant: Participant, wish: Wish) -> None:
    """Go on only for one who may do this. Raises PermissionMissing, ConversationNotFound where they may not know of it."""
    mine = context.actor.person_id
    if context.actor.kind == "system" or (mine is not None and participant.person_id == mine):
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


async def accept_in(tx: Transaction, conversation: Conversation, participant: Participant) -> Conversation:
    """Take what alerts: the offer is accepted, and nobody waits in the queue any more. Raises NotAlerting."""
    if participant.state is CallState.CONNECTED:
        return conversation
    offer_id = await _find_offer(tx, conversation, participant)
    if offer_id is None:
        raise NotAlerting
    await accept_offer_in(tx, offer_id)
    waits_no_more = (
        Move(each.id, CallState.DISCONNECTED, DisconnectType.TRANSFER)
        for each in conversation.participants
        if is_queue(each)
    )
    return await move_in(tx, conversation, [Move(participant.id, CallState.CONNECTED), *waits_no_more])


async def leave_in(tx: Transaction, conversation: Conversation, participant: Participant) -> Conversation:
    """Somebody of ours declines what alerts them, or ends their part. Who has left already stays gone."""
    if not participant.live:
        return conversation
    offer_id = await _find_offer(tx, conversation, participant)
    if offer_id is not None:
        await decline_offer_in(tx, offer_id)
    end = Move(participant.id, CallState.DISCONNECTED, DisconnectType.CLIENT)
    return await move_in(tx, conversation, [end])


async def _find_offer(tx: Transaction, conversation: Conversation, participant: Participant) -> str | None:
    if participant.state is not CallState.ALERTING or participant.person_id is None:
        return None
    return await store.find_offer_to(tx, conversation.organization_id, conversation.id, participant.person_id)


async def _changes(tx: Transaction, participant: Participant, wish: Wish) -> list[Change]:
    changes: list[Change] = []
    if wish.held is not None:
        changes.append(SetHeld(participant.id, wish.held))
    if wish.wrapup is not None or wish.wrapup_skipped:
        given = wish.wrapup
        if given is not None:
            given = await check_wrapup(tx, tx.context.organization_id, participant, given)
        changes.append(EndWrapup(participant.id, given, skipped=bool(wish.wrapup_skipped)))
    return changes
