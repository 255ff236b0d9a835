"""What agents write, and what they and others of the organization read."""

from collections.abc import Collection

from shiftline.authorization.operations import require
from shiftline.conversations.errors import ConversationNotFound
from shiftline.conversations.model.conversations import Conversation
from shiftline.conversations.operations.conversations import find_conversation
from shiftline.conversations.operations.reading import require_in
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader, Transaction
from shiftline.foundation.errors import Refused
from shiftline.messaging import store
from shiftline.messaging.errors import CommunicationNotFound, MessageNotFound
from shiftline.messaging.model import WRITTEN, Message, MessageDraft, Transcript
from shiftline.messaging.operations.moving import lock_written_in, move_in
from shiftline.messaging.operations.transcripts import transcript_of
from shiftline.messaging.operations.writing import find_repeat, write_in
from shiftline.messaging.rules.conversing import find_author
from shiftline.routing.model.queues import Medium

CREATE = ("conversation:message:create", "conversation:webmessaging:create")
READ = ("conversation:message:view", "conversation:webmessaging:view")


async def write_as_agent(context: Context, conversation_id: str, communication_id: str, draft: MessageDraft) -> Message:
    """What an agent writes in a conversation that they are connected to. A repeat by its client id is the same message.

    Raises ConversationNotFound, CommunicationNotFound, NotInConversation, TextInvalid, AttachmentNotFound, PermissionMissing.
    """
    async with context.transaction() as tx:
        conversation = await lock_written_in(tx, conversation_id, Medium.MESSAGE)
        author = find_author(conversation, communication_id, context.actor.person_id)
        if author is None:
            require_read(context, conversation)
            raise CommunicationNotFound(communication_id)
        require(context, *CREATE)
        repeated = await find_repeat(tx, context.organization_id, conversation.id, author.id, draft)
        if repeated is not None:
            return repeated
        message, told = await write_in(tx, conversation, author, draft)
        await move_in(tx, conversation, [told])
        return message


def require_read(context: Context, conversation: Conversation) -> None:
    """Go on only for one who takes or took part, or may read what is written in its divisions. Raises PermissionMissing."""
    if conversation.has_person(context.actor.person_id):
        return
    try:
        require_in(context, conversation, READ[0])
    except Refused:
        require_in(context, conversation, READ[1])


async def read_written(
    context: Context, reader: Reader, conversation_id: str, medium: Medium | None = None
) -> Conversation:
    """A conversation whose messages the caller may read. Raises ConversationNotFound, PermissionMissing."""
    conversation = await find_conversation(reader, context.organization_id, conversation_id)
    if conversation is None or conversation.medium not in WRITTEN or medium not in (None, conversation.medium):
        raise ConversationNotFound(conversation_id)
    require_read(context, conversation)
    return conversation


async def list_messages(
    context: Context, conversation_id: str, medium: Medium, ids: Collection[str] | None = None
) -> list[Message]:
    """Those of the messages that there are, in order; None: all. Raises ConversationNotFound, PermissionMissing."""
    async with context.reader() as reader:
        await read_written(context, reader, conversation_id, medium)
        if ids is None:
            return await store.list_messages(reader, context.organization_id, conversation_id)
        return await store.find_messages(reader, context.organization_id, conversation_id, ids)


async def get_message(context: Context, conversation_id: str, message_id: str, medium: Medium) -> Message:
    """One message. Raises ConversationNotFound, MessageNotFound, PermissionMissing."""
    found = await list_messages(context, conversation_id, medium, [message_id])
    if not found:
        raise MessageNotFound(message_id)
    return found[0]


async def get_transcript(context: Context, conversation_id: str) -> Transcript:
    """All that was written in a conversation, for whoever may read it. Raises ConversationNotFound, PermissionMissing."""
    async with context.reader() as reader:
        await read_written(context, reader, conversation_id)
        found = await transcript_of(reader, context.organization_id, conversation_id)
    if found is None:
        raise ConversationNotFound(conversation_id)
    return found


async def lock_own_in(tx: Transaction, conversation_id: str) -> Conversation:
    """A written conversation that the caller takes part in, held. Raises ConversationNotFound."""
    conversation = await lock_written_in(tx, conversation_id)
    mine = tx.context.actor.person_id
    if not any(each.live and mine is not None and each.person_id == mine for each in conversation.participants):
        raise ConversationNotFound(conversation_id)
    return conversation
