"""The one way a conversation by message or e-mail changes: the changes asked for, and all that follows, in one transaction."""

from collections.abc import Iterable

from shiftline.conversations.errors import ConversationNotFound
from shiftline.conversations.model.changes import Change, Move
from shiftline.conversations.model.conversations import CallState, Conversation, DisconnectType
from shiftline.conversations.operations.conversations import change_conversation_in, lock_conversation_in
from shiftline.conversations.operations.following import follow_people_in, leave_queue_in
from shiftline.conversations.rules.changing import apply
from shiftline.foundation.database import Transaction
from shiftline.messaging.model import WRITTEN
from shiftline.messaging.operations.recording import end_transcript_in, place_transcript_in
from shiftline.messaging.rules.conversing import choose_departures, find_answering
from shiftline.routing.model.queues import Medium


async def lock_written_in(tx: Transaction, conversation_id: str, medium: Medium | None = None) -> Conversation:
    """A conversation, held until the transaction ends. Raises ConversationNotFound, also for one of another medium."""
    conversation = await lock_conversation_in(tx, conversation_id)
    if conversation.medium not in WRITTEN or medium not in (None, conversation.medium):
        raise ConversationNotFound(conversation_id)
    return conversation


async def move_in(
    tx: Transaction,
    before: Conversation,
    changes: Iterable[Change],
    peers: DisconnectType = DisconnectType.PEER,
) -> Conversation:
    """Change a conversation that the caller holds. ``peers``: how those who are left behind are disconnected."""
    asked = tuple(changes)
    planned = apply(before, asked, tx.context.now())
    leaving = tuple(Move(each, CallState.DISCONNECTED, peers) for each in choose_departures(planned))
    if not asked and not leaving:
        return before
    after = await change_conversation_in(tx, before.id, *asked, *leaving)
    await follow_people_in(tx, before, after)
    await leave_queue_in(tx, before, after)
    for each in find_answering(before, after):
        await place_transcript_in(tx, after.id, each)
    if before.live and not after.live:
        await end_transcript_in(tx, after.id)
    return after
