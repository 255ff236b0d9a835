"""Who may see a conversation, and what they see.

Whoever takes or took part sees it. Others need ``conversation:communication:view`` in one of its divisions, which are those of
its queues (and of the people in it who are there for no queue).
"""

from shiftline.authorization.model import EVERY_DIVISION
from shiftline.authorization.operations import may, require
from shiftline.conversations import store
from shiftline.conversations.errors import ConversationNotFound, ParticipantNotFound, WrapupNotFound
from shiftline.conversations.model.conversations import Conversation, Participant, Wrapup
from shiftline.conversations.topics import VIEW
from shiftline.foundation.context import Context
from shiftline.foundation.database import Reader
from shiftline.identity.operations.targets import own_person_id
from shiftline.routing.model.queues import Medium
from shiftline.routing.model.wrapup_codes import WrapupCode
from shiftline.routing.operations.wrapup_codes import find_queue_wrapup_codes


def require_view(context: Context, conversation: Conversation) -> None:
    """Go on only for one who may see the conversation. Raises PermissionMissing."""
    if not conversation.has_person(context.actor.person_id):
        require_in(context, conversation, VIEW)


def require_in(context: Context, conversation: Conversation, permission: str) -> None:
    """Go on only with a permission in one of the conversation's divisions. Raises PermissionMissing."""
    divisions = conversation.division_ids or (EVERY_DIVISION,)
    if not any(may(context, permission, division_id=each) for each in divisions):
        require(context, permission, division_id=divisions[0])


async def read_conversation(context: Context, reader: Reader, conversation_id: str) -> Conversation:
    """A conversation for one who may see it. Raises ConversationNotFound, PermissionMissing."""
    conversation = await store.find_conversation(reader, context.organization_id, conversation_id)
    if conversation is None:
        raise ConversationNotFound(conversation_id)
    require_view(context, conversation)
    return conversation


async def get_conversation(context: Context, conversation_id: str, medium: Medium | None = None) -> Conversation:
    """A conversation, live or not. Raises ConversationNotFound (for one of another medium, too), PermissionMissing."""
    async with context.reader() as reader:
        conversation = await read_conversation(context, reader, conversation_id)
    if medium is not None and conversation.medium is not medium:
        raise ConversationNotFound(conversation_id)
    return conversation


async def list_own_conversations(context: Context, medium: Medium | None = None) -> list[Conversation]:
    """The caller's conversations that are live, or whose after-call work they have not ended. Raises Invalid for a program."""
    person_id = own_person_id(context)
    async with context.reader() as reader:
        ids = await store.active_of(reader, context.organization_id, person_id)
        found = await store.find_conversations(reader, context.organization_id, ids)
    return [each for each in found if medium is None or each.medium is medium]


async def get_wrapup(context: Context, conversation_id: str, participant_id: str, *, provisional: bool) -> Wrapup:
    """A participant's wrap-up; one that is not final only when asked for.

    Raises ConversationNotFound, ParticipantNotFound, WrapupNotFound, PermissionMissing.
    """
    wrapup = find_participant(await get_conversation(context, conversation_id), participant_id).wrapup
    if wrapup is None or (wrapup.provisional and not provisional):
        raise WrapupNotFound(participant_id)
    return wrapup


async def list_offered_codes(context: Context, conversation_id: str, participant_id: str) -> list[WrapupCode]:
    """The wrap-up codes that a participant can give: their queue's, by name.

    Raises ConversationNotFound, ParticipantNotFound, PermissionMissing.
    """
    async with context.reader() as reader:
        conversation = await read_conversation(context, reader, conversation_id)
        queue_id = find_participant(conversation, participant_id).queue_id
        return [] if queue_id is None else await find_queue_wrapup_codes(reader, context.organization_id, queue_id)


def find_participant(conversation: Conversation, participant_id: str) -> Participant:
    """One who takes or took part. Raises ParticipantNotFound."""
    participant = conversation.participant(participant_id)
    if participant is None:
        raise ParticipantNotFound(participant_id)
    return participant
