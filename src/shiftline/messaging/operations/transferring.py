"""What is written goes to another queue: the agent leaves, and whoever wrote waits there for somebody else."""

from shiftline.authorization.operations import require
from shiftline.conversations.errors import ParticipantNotFound
from shiftline.conversations.model.changes import Join, Move
from shiftline.conversations.model.conversations import (
    CallState,
    Conversation,
    Direction,
    DisconnectType,
    ParticipantDraft,
    Purpose,
)
from shiftline.foundation.context import Context
from shiftline.messaging.errors import TransferImpossible, TransferInvalid
from shiftline.messaging.operations.controls import Wish, require_part
from shiftline.messaging.operations.moving import lock_written_in, move_in
from shiftline.routing.errors import QueueNotFound
from shiftline.routing.model.interactions import InteractionDraft
from shiftline.routing.model.queues import Medium
from shiftline.routing.operations.interactions import enqueue_in

BLIND = "conversation:communication:blindTransfer"


async def transfer_to_queue(
    context: Context, medium: Medium, conversation_id: str, participant_id: str, queue_id: str
) -> Conversation:
    """Hand an agent's part to a queue, without asking. What was written stays, and whoever accepts next reads it.

    Everybody hands on their own part, and who may disconnect others theirs. Raises ConversationNotFound,
    ParticipantNotFound, PermissionMissing, TransferImpossible, TransferInvalid.
    """
    async with context.transaction() as tx:
        conversation = await lock_written_in(tx, conversation_id, medium)
        participant = conversation.participant(participant_id)
        if participant is None:
            raise ParticipantNotFound(participant_id)
        require(context, BLIND)
        require_part(context, conversation, participant, Wish())
        if participant.state is not CallState.CONNECTED or participant.person_id is None:
            raise TransferImpossible
        waiting = ParticipantDraft(
            purpose=Purpose.ACD, direction=Direction.INBOUND, state=CallState.CONNECTED, queue_id=queue_id
        )
        leave = Move(participant.id, CallState.DISCONNECTED, DisconnectType.TRANSFER)
        try:
            await enqueue_in(tx, InteractionDraft(conversation_id, queue_id, medium))
        except QueueNotFound:
            raise TransferInvalid("queueId", f"there is no queue with id {queue_id}.") from None
        return await move_in(tx, conversation, [Join(waiting), leave])
