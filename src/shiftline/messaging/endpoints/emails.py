"""Agents' conversations by e-mail: the vendor's operations, and ours for the addresses that lead to queues."""

from litestar import MediaType, Response, delete, get, patch, post, put

from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing
from shiftline.messaging.endpoints.files import Asked, objects_of
from shiftline.messaging.operations import addresses, answering, controls, replying, transferring
from shiftline.messaging.wire.emails import (
    AddressBody,
    EmailMessageBody,
    WireEmailMessage,
    WireEmailPreview,
    WireMailbox,
    WireMailboxes,
    read_reply,
    show_email,
    show_mailbox,
    show_previews,
)
from shiftline.messaging.wire.vendor import (
    CONVERSATIONS,
    OURS,
    WrittenParticipantBody,
    WrittenTransferBody,
    read_queue,
    read_wish,
)
from shiftline.routing.model.queues import Medium

TAGS = ["Conversations"]
OWN_TAGS = ["Shiftline Messaging"]
EMAILS = f"{CONVERSATIONS}/emails/{{conversation_id:str}}"
ADDRESSES = f"{OURS}/addresses"


@get(f"{EMAILS}/messages", operation_id="getConversationsEmailMessages", tags=TAGS)
async def get_emails(context: Context, conversation_id: str) -> Listing[WireEmailPreview]:
    """All e-mails of a conversation, in order, with how far replies are."""
    found = await answering.list_messages(context, conversation_id, Medium.EMAIL)
    return show_previews(found, await replying.list_dispatches(context, conversation_id), conversation_id)


@get(f"{EMAILS}/messages/{{message_id:str}}", operation_id="getConversationsEmailMessage", tags=TAGS)
async def get_email(context: Context, conversation_id: str, message_id: str) -> WireEmailMessage:
    """One e-mail."""
    found = await answering.get_message(context, conversation_id, message_id, Medium.EMAIL)
    dispatches = await replying.list_dispatches(context, conversation_id)
    return show_email(found, dispatches.get(message_id))


@post(f"{EMAILS}/messages", operation_id="postConversationsEmailMessages", status_code=200, tags=TAGS)
async def post_email(
    request: Asked, context: Context, conversation_id: str, data: EmailMessageBody
) -> WireEmailMessage:
    """Reply: it is written at once and sent as soon as the relay takes it; ``deliveryState`` says how far it is."""
    relay = bool(getattr(request.app.state, "mail_relay", False))
    sent = await replying.reply_by_mail(context, objects_of(request), conversation_id, read_reply(data), relay=relay)
    dispatches = await replying.list_dispatches(context, conversation_id)
    return show_email(sent, dispatches.get(sent.id))


@patch(
    f"{EMAILS}/participants/{{participant_id:str}}",
    operation_id="patchConversationsEmailParticipant",
    status_code=202,
    tags=TAGS,
)
async def patch_participant(
    context: Context, conversation_id: str, participant_id: str, data: WrittenParticipantBody
) -> Response[None]:
    """Accept (connected), decline or end (disconnected), hold, or give a wrap-up."""
    await controls.change_participant(context, Medium.EMAIL, conversation_id, participant_id, read_wish(data))
    return Response(None, status_code=202, media_type=MediaType.TEXT)


@post(
    f"{EMAILS}/participants/{{participant_id:str}}/replace",
    operation_id="postConversationsEmailParticipantReplace",
    status_code=202,
    tags=TAGS,
)
async def post_replace(
    context: Context, conversation_id: str, participant_id: str, data: WrittenTransferBody
) -> Response[None]:
    """Hand an agent's part to a queue: who wrote waits there, and whoever accepts reads what was written."""
    await transferring.transfer_to_queue(context, Medium.EMAIL, conversation_id, participant_id, read_queue(data))
    return Response(None, status_code=202, media_type=MediaType.TEXT)


@get(ADDRESSES, operation_id="getShiftlineMessagingAddresses", tags=OWN_TAGS)
async def get_addresses(context: Context) -> WireMailboxes:
    """The addresses whose e-mail waits in queues."""
    return WireMailboxes(entities=[show_mailbox(each) for each in await addresses.list_addresses(context)])


@put(f"{ADDRESSES}/{{address:str}}", operation_id="putShiftlineMessagingAddress", tags=OWN_TAGS)
async def put_address(context: Context, address: str, data: AddressBody) -> WireMailbox:
    """Lead an address to a queue: e-mail to it is taken from now on."""
    return show_mailbox(await addresses.put_address(context, address, data.name, data.queue_id))


@delete(f"{ADDRESSES}/{{address:str}}", operation_id="deleteShiftlineMessagingAddress", status_code=200, tags=OWN_TAGS)
async def delete_address(context: Context, address: str) -> None:
    """Take an address away: e-mail to it is refused from now on."""
    await addresses.delete_address(context, address)


ROUTES = [
    get_emails,
    get_email,
    post_email,
    patch_participant,
    post_replace,
    get_addresses,
    put_address,
    delete_address,
]
