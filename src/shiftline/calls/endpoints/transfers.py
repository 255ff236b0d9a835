"""Transfers, consultations, conferences."""

from litestar import Response, delete, patch, post

from shiftline.calls.endpoints.controls import CALLS, PARTICIPANT, TAGS, accepted
from shiftline.calls.errors import CalleeInvalid
from shiftline.calls.operations import controls, transfers
from shiftline.calls.operations.controls import Wish
from shiftline.calls.wire import (
    ConsultBody,
    ConsultUpdateBody,
    ParticipantsBody,
    TransferBody,
    WireConsult,
    read_destination,
    read_speak_to,
)
from shiftline.conversations.model.conversations import CallState
from shiftline.foundation.context import Context

CONSULT = f"{PARTICIPANT}/consult"


@post(f"{PARTICIPANT}/replace", operation_id="postConversationsCallParticipantReplace", status_code=202, tags=TAGS)
async def post_replace(
    context: Context, conversation_id: str, participant_id: str, data: TransferBody
) -> Response[None]:
    """Hand a participant's part of a call to a person or queue."""
    if data.voicemail:
        # COMPAT: the vendor's softphone declines a direct call by sending it to voicemail; there is none, so it is declined.
        await controls.change_participant(context, conversation_id, participant_id, Wish(state=CallState.DISCONNECTED))
        return accepted()
    await transfers.transfer_blind(context, conversation_id, participant_id, read_destination(data, "userId"))
    return accepted()


@post(
    f"{CALLS}/{{conversation_id:str}}/participants",
    operation_id="postConversationsCallParticipants",
    status_code=202,
    tags=TAGS,
)
async def post_participants(context: Context, conversation_id: str, data: ParticipantsBody) -> Response[None]:
    """Call others into a call that goes on: a conference."""
    callees = tuple(read_destination(each, f"participants[{i}]") for i, each in enumerate(data.participants))
    await transfers.add_to_conference(context, conversation_id, callees)
    return accepted()


@post(CONSULT, operation_id="postConversationsCallParticipantConsult", status_code=202, tags=TAGS)
async def post_consult(context: Context, conversation_id: str, participant_id: str, data: ConsultBody) -> WireConsult:
    """Ask somebody while the other party waits."""
    speak_to = read_speak_to(data.speak_to)
    assert speak_to is not None
    callee = read_destination(data.destination, "destination.userId")
    _, asked = await transfers.begin_consultation(context, conversation_id, participant_id, callee, speak_to)
    return WireConsult(destination_participant_id=asked)


@patch(CONSULT, operation_id="patchConversationsCallParticipantConsult", status_code=202, tags=TAGS)
async def patch_consult(
    context: Context, conversation_id: str, participant_id: str, data: ConsultUpdateBody
) -> WireConsult:
    """Speak with the one asked, with the other party, with both; CONFERENCE makes it a call of all."""
    changed, asked = await transfers.change_consultation(context, conversation_id, read_speak_to(data.speak_to))
    if changed.participant(participant_id) is None:
        raise CalleeInvalid("participantId", "is not in the conversation.")
    return WireConsult(destination_participant_id=asked)


@delete(CONSULT, operation_id="deleteConversationsCallParticipantConsult", status_code=204, tags=TAGS)
async def delete_consult(context: Context, conversation_id: str, participant_id: str) -> None:
    """Cancel a consultation: the one who was asked goes, the other party is spoken to again."""
    del participant_id
    await transfers.cancel_consultation(context, conversation_id)


ROUTES = [post_replace, post_participants, post_consult, patch_consult, delete_consult]
