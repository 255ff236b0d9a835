"""What people and programs note on a conversation: attributes of its participants, and a tag of another system."""

from collections.abc import Mapping

from shiftline.conversations.model.changes import SetAttributes, SetTag
from shiftline.conversations.model.conversations import Conversation
from shiftline.conversations.operations.conversations import change_conversation_in
from shiftline.conversations.operations.reading import read_conversation, require_in
from shiftline.foundation.context import Context

EDIT_TAG = "conversation:externalTag:edit"


async def set_attributes(
    context: Context, conversation_id: str, participant_id: str, attributes: Mapping[str, str]
) -> Conversation:
    """Give a participant attributes, of an ended call too; for whoever may see the conversation.

    Raises ConversationNotFound, ParticipantNotFound, TooManyAttributes, PermissionMissing.
    """
    async with context.transaction() as tx:
        await read_conversation(context, tx, conversation_id)
        return await change_conversation_in(tx, conversation_id, SetAttributes(participant_id, attributes))


async def set_tag(context: Context, conversation_id: str, tag: str | None) -> Conversation:
    """Tag a conversation, of an ended one too. Raises ConversationNotFound, PermissionMissing."""
    async with context.transaction() as tx:
        conversation = await read_conversation(context, tx, conversation_id)
        require_in(context, conversation, EDIT_TAG)
        return await change_conversation_in(tx, conversation_id, SetTag(tag))
