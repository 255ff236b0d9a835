"""Conversations: the caller's own, one by its id, wrap-ups, attributes, tag. What moves a call is in the room ``calls``."""

from typing import Annotated

from litestar import MediaType, Response, get, patch, put
from litestar.params import Parameter

from shiftline.conversations.operations import describing, reading
from shiftline.conversations.wire.shapes import (
    AttributesBody,
    TagsBody,
    WireAssignedWrapup,
    WireCallConversation,
    WireConversation,
    WireOfferedCode,
    WireWrittenConversation,
)
from shiftline.conversations.wire.showing import (
    CALLS,
    CONVERSATIONS,
    show_assigned_wrapup,
    show_call_conversation,
    show_call_conversations,
    show_conversation,
    show_conversations,
    show_offered_code,
    show_written_conversation,
    show_written_conversations,
)
from shiftline.foundation.context import Context
from shiftline.foundation.web.paging import Listing
from shiftline.routing.model.queues import Medium

TAGS = ["Conversations"]
CONVERSATION = f"{CONVERSATIONS}/{{conversation_id:str}}"
CALL = f"{CALLS}/{{conversation_id:str}}"
MESSAGES = f"{CONVERSATIONS}/messages"
EMAILS = f"{CONVERSATIONS}/emails"
PARTICIPANT = f"{CALL}/participants/{{participant_id:str}}"

CommunicationType = Annotated[
    str | None,
    Parameter(query="communicationType", max_length=100, description="call, message, email, or none for every kind"),
]
Provisional = Annotated[bool, Parameter(query="provisional", description="a wrap-up that is not final, too")]


@get(CONVERSATIONS, operation_id="getConversations", tags=TAGS)
async def get_conversations(
    context: Context, communication_type: CommunicationType = None
) -> Listing[WireConversation]:
    """The caller's conversations that are not over for them: live ones, and those in after-call work."""
    found = await reading.list_own_conversations(context)
    wanted = None if communication_type is None else communication_type.lower()
    return show_conversations([each for each in found if wanted is None or each.medium == wanted])


@get(CALLS, operation_id="getConversationsCalls", tags=TAGS)
async def get_calls(context: Context) -> Listing[WireCallConversation]:
    """The caller's calls that are not over for them."""
    return show_call_conversations(await reading.list_own_conversations(context, Medium.CALL))


@get(MESSAGES, operation_id="getConversationsMessages", tags=TAGS)
async def get_messages(context: Context) -> Listing[WireWrittenConversation]:
    """The caller's conversations by message that are not over for them."""
    return show_written_conversations(await reading.list_own_conversations(context, Medium.MESSAGE), Medium.MESSAGE)


@get(f"{MESSAGES}/{{conversation_id:str}}", operation_id="getConversationsMessage", tags=TAGS)
async def get_message_conversation(context: Context, conversation_id: str) -> WireWrittenConversation:
    """A conversation by message, live or not."""
    return show_written_conversation(await reading.get_conversation(context, conversation_id, Medium.MESSAGE))


@get(EMAILS, operation_id="getConversationsEmails", tags=TAGS)
async def get_emails(context: Context) -> Listing[WireWrittenConversation]:
    """The caller's conversations by e-mail that are not over for them."""
    return show_written_conversations(await reading.list_own_conversations(context, Medium.EMAIL), Medium.EMAIL)


@get(f"{EMAILS}/{{conversation_id:str}}", operation_id="getConversationsEmail", tags=TAGS)
async def get_email_conversation(context: Context, conversation_id: str) -> WireWrittenConversation:
    """A conversation by e-mail, live or not."""
    return show_written_conversation(await reading.get_conversation(context, conversation_id, Medium.EMAIL))


@get(CONVERSATION, operation_id="getConversation", tags=TAGS)
async def get_conversation(context: Context, conversation_id: str) -> WireConversation:
    """A conversation, live or not: for whoever takes or took part, or may see those of its divisions."""
    return show_conversation(await reading.get_conversation(context, conversation_id))


@get(CALL, operation_id="getConversationsCall", tags=TAGS)
async def get_call(context: Context, conversation_id: str) -> WireCallConversation:
    """A conversation as a call."""
    return show_call_conversation(await reading.get_conversation(context, conversation_id, Medium.CALL))


@get(f"{PARTICIPANT}/wrapup", operation_id="getConversationsCallParticipantWrapup", tags=TAGS)
async def get_wrapup(
    context: Context, conversation_id: str, participant_id: str, *, provisional: Provisional = False
) -> WireAssignedWrapup:
    """A participant's wrap-up."""
    return show_assigned_wrapup(
        await reading.get_wrapup(context, conversation_id, participant_id, provisional=provisional)
    )


@get(f"{PARTICIPANT}/wrapupcodes", operation_id="getConversationsCallParticipantWrapupcodes", tags=TAGS)
async def get_offered_codes(context: Context, conversation_id: str, participant_id: str) -> list[WireOfferedCode]:
    """The wrap-up codes that a participant's queue offers."""
    found = await reading.list_offered_codes(context, conversation_id, participant_id)
    return [show_offered_code(each) for each in found]


@patch(
    f"{CONVERSATION}/participants/{{participant_id:str}}/attributes",
    operation_id="patchConversationParticipantAttributes",
    status_code=202,
    tags=TAGS,
)
async def patch_attributes(
    context: Context, conversation_id: str, participant_id: str, data: AttributesBody
) -> Response[None]:
    """Give a participant attributes; others that they have stay."""
    await describing.set_attributes(context, conversation_id, participant_id, data.attributes)
    return Response(None, status_code=202, media_type=MediaType.TEXT)


@put(f"{CONVERSATION}/tags", operation_id="putConversationTags", status_code=202, tags=TAGS)
async def put_tags(context: Context, conversation_id: str, data: TagsBody) -> Response[str]:
    """Tag a conversation for another system, or take its tag."""
    await describing.set_tag(context, conversation_id, data.external_tag)
    # A text is sent as it stands: its quotation marks make it JSON.
    return Response('"Accepted"', status_code=202, media_type=MediaType.JSON)


ROUTES = [
    get_conversations,
    get_calls,
    get_conversation,
    get_call,
    get_messages,
    get_message_conversation,
    get_emails,
    get_email_conversation,
    get_wrapup,
    get_offered_codes,
    patch_attributes,
    put_tags,
]
