"""Agents' conversations by message: the vendor's operations, and ours for files and transcripts."""

from litestar import MediaType, Response, get, patch, post

from shiftline.foundation.context import Context
from shiftline.messaging.endpoints.files import BYTES, Asked, FileName, Uploading, download, objects_of, read_content
from shiftline.messaging.operations import answering, attachments, controls, transferring
from shiftline.messaging.wire.own import WireTranscript, show_transcript
from shiftline.messaging.wire.vendor import (
    CONVERSATIONS,
    OURS,
    AdditionalMessageBody,
    MessageIds,
    WireAttachment,
    WireMessageData,
    WireMessageListing,
    WrittenParticipantBody,
    WrittenTransferBody,
    attachment_uri,
    read_additional,
    read_queue,
    read_wish,
    show_attachment,
    show_message,
    show_messages,
)
from shiftline.routing.model.queues import Medium

TAGS = ["Conversations"]
OWN_TAGS = ["Shiftline Messaging"]
MESSAGES = f"{CONVERSATIONS}/messages/{{conversation_id:str}}"
OF = f"{OURS}/conversations/{{conversation_id:str}}"


@post(
    f"{MESSAGES}/communications/{{communication_id:str}}/messages",
    operation_id="postConversationsMessageCommunicationMessages",
    status_code=200,
    tags=TAGS,
)
async def post_message(
    context: Context, conversation_id: str, communication_id: str, data: AdditionalMessageBody
) -> WireMessageData:
    """Send a message by one's own communication, which must be connected."""
    return show_message(
        await answering.write_as_agent(context, conversation_id, communication_id, read_additional(data))
    )


@post(f"{MESSAGES}/messages/bulk", operation_id="postConversationsMessageMessagesBulk", status_code=200, tags=TAGS)
async def post_bulk(context: Context, conversation_id: str, data: MessageIds) -> WireMessageListing:
    """Some messages by their ids, in order; of an empty list, all. Those that are not there are left out."""
    return show_messages(await answering.list_messages(context, conversation_id, Medium.MESSAGE, data or None))


@get(f"{MESSAGES}/messages/{{message_id:str}}", operation_id="getConversationsMessageMessage", tags=TAGS)
async def get_message(context: Context, conversation_id: str, message_id: str) -> WireMessageData:
    """One message."""
    return show_message(await answering.get_message(context, conversation_id, message_id, Medium.MESSAGE))


@patch(
    f"{MESSAGES}/participants/{{participant_id:str}}",
    operation_id="patchConversationsMessageParticipant",
    status_code=202,
    tags=TAGS,
)
async def patch_participant(
    context: Context, conversation_id: str, participant_id: str, data: WrittenParticipantBody
) -> Response[None]:
    """Accept (connected), decline or end (disconnected), hold, or give a wrap-up."""
    await controls.change_participant(context, Medium.MESSAGE, conversation_id, participant_id, read_wish(data))
    return Response(None, status_code=202, media_type=MediaType.TEXT)


@post(
    f"{MESSAGES}/participants/{{participant_id:str}}/replace",
    operation_id="postConversationsMessageParticipantReplace",
    status_code=202,
    tags=TAGS,
)
async def post_replace(
    context: Context, conversation_id: str, participant_id: str, data: WrittenTransferBody
) -> Response[None]:
    """Hand an agent's part to a queue: who wrote waits there, and whoever accepts reads what was written."""
    await transferring.transfer_to_queue(context, Medium.MESSAGE, conversation_id, participant_id, read_queue(data))
    return Response(None, status_code=202, media_type=MediaType.TEXT)


@post(
    f"{OF}/attachments",
    operation_id="postShiftlineMessagingConversationAttachments",
    operation_class=Uploading,
    status_code=201,
    tags=OWN_TAGS,
)
async def post_attachment(request: Asked, context: Context, conversation_id: str, name: FileName) -> WireAttachment:
    """Let a file in that will be sent with a message: the body is its content. A refusal says why."""
    content = await read_content(request)
    kept = await attachments.keep_for_agent(context, objects_of(request), conversation_id, name, content)
    return show_attachment(kept, attachment_uri(conversation_id, kept.id))


@get(
    f"{OF}/attachments/{{attachment_id:str}}",
    operation_id="getShiftlineMessagingConversationAttachment",
    media_type=BYTES,
    tags=OWN_TAGS,
)
async def get_attachment(request: Asked, context: Context, conversation_id: str, attachment_id: str) -> Response[bytes]:
    """A file that was sent in a conversation; the audit says who read it."""
    return download(*await attachments.read_as_agent(context, objects_of(request), conversation_id, attachment_id))


@get(f"{OF}/transcript", operation_id="getShiftlineMessagingConversationTranscript", tags=OWN_TAGS)
async def get_transcript(context: Context, conversation_id: str) -> WireTranscript:
    """All that was written in a conversation, in order, with the digests that chain it."""
    return show_transcript(await answering.get_transcript(context, conversation_id))


ROUTES = [
    post_message,
    post_bulk,
    get_message,
    patch_participant,
    post_replace,
    post_attachment,
    get_attachment,
    get_transcript,
]
