"""Begin a call, answer, hang up, mute, hold, wrap up. The vendor answers 202 without a body: news comes by topic."""

from litestar import MediaType, Response, patch, post

from shiftline.calls.operations import controls, outbound
from shiftline.calls.operations.controls import Wish
from shiftline.calls.operations.recording_control import record_by_hand, set_recording_paused
from shiftline.calls.wire import (
    CallBody,
    DigitsBody,
    ParticipantBody,
    WireCreatedCall,
    read_call,
    read_paused,
    read_wish,
)
from shiftline.foundation.context import Context

TAGS = ["Conversations"]
CONVERSATIONS = "/api/v2/conversations"
CALLS = f"{CONVERSATIONS}/calls"
PARTICIPANT = f"{CALLS}/{{conversation_id:str}}/participants/{{participant_id:str}}"


def accepted() -> Response[None]:
    """202 without a body."""
    return Response(None, status_code=202, media_type=MediaType.TEXT)


@post(CALLS, operation_id="postConversationsCalls", status_code=202, tags=TAGS)
async def post_call(context: Context, data: CallBody) -> WireCreatedCall:
    """Call somebody or a queue: one's own softphone answers by itself, then they ring."""
    conversation = await outbound.begin_call(context, read_call(data))
    return WireCreatedCall(id=conversation.id, self_uri=f"{CALLS}/{conversation.id}")


@patch(PARTICIPANT, operation_id="patchConversationsCallParticipant", status_code=202, tags=TAGS)
async def patch_participant(
    context: Context, conversation_id: str, participant_id: str, data: ParticipantBody
) -> Response[None]:
    """Answer, hang up, mute, hold, give a wrap-up, pause the recording, or record by hand."""
    await _change(context, conversation_id, participant_id, data)
    return accepted()


async def _change(context: Context, conversation_id: str, participant_id: str, data: ParticipantBody) -> None:
    wish = read_wish(data)
    paused = None if data.recording_state is None else read_paused(data.recording_state)
    if wish != Wish() or (paused is None and data.recording is None):
        await controls.change_participant(context, conversation_id, participant_id, wish)
    if data.recording is not None:
        await record_by_hand(context, conversation_id, participant_id, record=data.recording, kind="adhoc")
    if paused is not None:
        await set_recording_paused(context, conversation_id, paused=paused, participant_id=participant_id)


@patch(
    f"{PARTICIPANT}/communications/{{communication_id:str}}",
    operation_id="patchConversationsCallParticipantCommunication",
    status_code=202,
    media_type=MediaType.JSON,
    tags=TAGS,
)
async def patch_communication(
    context: Context, conversation_id: str, participant_id: str, communication_id: str, data: ParticipantBody
) -> dict[str, str]:
    """The same for one communication of a participant; a call has one."""
    await controls.require_communication(context, conversation_id, participant_id, communication_id)
    await _change(context, conversation_id, participant_id, data)
    return {}


@post(
    f"{CONVERSATIONS}/{{conversation_id:str}}/participants/{{participant_id:str}}/digits",
    operation_id="postConversationParticipantDigits",
    status_code=202,
    tags=TAGS,
)
async def post_digits(context: Context, conversation_id: str, participant_id: str, data: DigitsBody) -> Response[None]:
    """Press keys for a participant: the others hear them as tone events."""
    await controls.send_digits(context, conversation_id, participant_id, data.digits)
    return accepted()


@post(
    f"{CONVERSATIONS}/{{conversation_id:str}}/disconnect",
    operation_id="postConversationDisconnect",
    status_code=202,
    tags=TAGS,
)
async def post_disconnect(context: Context, conversation_id: str) -> Response[str]:
    """End a conversation for all who are in it."""
    await controls.end_conversation(context, conversation_id)
    # A text is sent as it stands: its quotation marks make it JSON.
    return Response('"Accepted"', status_code=202, media_type=MediaType.JSON)


ROUTES = [post_call, patch_participant, patch_communication, post_digits, post_disconnect]
