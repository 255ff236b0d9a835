"""A conversation that took place elsewhere is entered, or completed, in the caller's transaction."""

from shiftline.conversations import store
from shiftline.conversations.events import ConversationRecalled
from shiftline.conversations.model.conversations import Conversation
from shiftline.conversations.model.past import PastConversation
from shiftline.conversations.rules.recalling import recall
from shiftline.foundation.database import Transaction


async def recall_conversation_in(tx: Transaction, leg: PastConversation) -> Conversation:
    """The conversation with what a leg from elsewhere tells of it; records ConversationRecalled when that is news.

    One that took place here stays as it is: it knows itself better. Nobody is told as of a call that goes on.
    """
    known = await store.lock_past(tx, leg.id)
    if known is not None and not known.imported:
        return known
    after = recall(known, leg, tx.context.organization_id)
    if after is known:
        return after
    if known is None:
        await store.insert_conversation(tx, after)
    else:
        await store.update_conversation(tx, after)
    tx.record(
        ConversationRecalled(
            organization_id=after.organization_id, conversation_id=after.id, version=after.version, conversation=after
        )
    )
    return after
