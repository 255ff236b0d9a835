"""The recording of a call: paused, going on, made by hand, and what may be done to it."""

from litestar import MediaType, Response, get, patch, post, put

from shiftline.calls.endpoints.controls import CALLS, CONVERSATIONS, PARTICIPANT, TAGS, accepted
from shiftline.calls.operations.recording_control import read_control, record_by_hand, set_recording_paused
from shiftline.calls.wire import RecordingStateBody, SnippetBody, WireRecordingControl, read_paused, show_control
from shiftline.foundation.context import Context


def said() -> Response[str]:
    """202 with a text. It is sent as it stands: its quotation marks make it JSON."""
    return Response('"Accepted"', status_code=202, media_type=MediaType.JSON)


@put(
    f"{CALLS}/{{conversation_id:str}}/recordingstate",
    operation_id="putConversationsCallRecordingstate",
    status_code=202,
    tags=TAGS,
)
async def put_state(context: Context, conversation_id: str, data: RecordingStateBody) -> Response[str]:
    """Pause a call's recording (``paused``) or go on (``active``); once it answers, nothing more is kept."""
    await set_recording_paused(context, conversation_id, paused=read_paused(data.recording_state))
    return said()


@patch(
    f"{CONVERSATIONS}/{{conversation_id:str}}/recordingstate",
    operation_id="patchConversationRecordingstate",
    status_code=202,
    tags=TAGS,
)
async def patch_state(context: Context, conversation_id: str, data: RecordingStateBody) -> Response[None]:
    """The same for a conversation of any medium; only a call's can pause."""
    await set_recording_paused(context, conversation_id, paused=read_paused(data.recording_state))
    return accepted()


@post(
    f"{PARTICIPANT}/snippet/record",
    operation_id="postConversationsCallParticipantSnippetRecord",
    status_code=202,
    tags=TAGS,
)
async def post_snippet(context: Context, conversation_id: str, participant_id: str, data: SnippetBody) -> Response[str]:
    """Begin to record a call by hand, or end it, where its policy leaves it to who is in it."""
    await record_by_hand(context, conversation_id, participant_id, record=data.record, kind=data.type)
    return said()


@get(
    f"/api/v2/shiftline{CONVERSATIONS.removeprefix('/api/v2')}/{{conversation_id:str}}/recordingcontrol",
    operation_id="getShiftlineConversationRecordingcontrol",
    tags=TAGS,
)
async def get_control(context: Context, conversation_id: str) -> WireRecordingControl:
    """How a call's recording stands, whether it may be paused or made by hand, and why (not)."""
    return show_control(conversation_id, await read_control(context, conversation_id))


ROUTES = [put_state, patch_state, post_snippet, get_control]
