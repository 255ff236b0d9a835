"""From conversations to their shapes."""

from collections.abc import Sequence
from typing import Any

from shiftline.conversations.model.conversations import (
    OUTSIDE,
    Conversation,
    MessageMark,
    Participant,
    RecordingState,
    Wrapup,
)
from shiftline.conversations.topics import (
    ERROR_CODE,
    PROVIDER,
    WEB_MESSAGING,
    communication_state,
    file_uri,
    kind_of,
    message_uri,
    provider_of,
)
from shiftline.conversations.wire.shapes import (
    WireAddress,
    WireAfterCallWork,
    WireAssignedWrapup,
    WireCall,
    WireCallConversation,
    WireCallParticipant,
    WireConversation,
    WireEmail,
    WireErrorInfo,
    WireMembership,
    WireMessage,
    WireMessageDetails,
    WireMessageMedia,
    WireOfferedCode,
    WireParticipant,
    WireStarrableDivision,
    WireWrapup,
    WireWrittenConversation,
    WireWrittenParticipant,
)
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.foundation.web.wire import NamedReference
from shiftline.routing.model.queues import Medium
from shiftline.routing.model.wrapup_codes import WrapupCode

CONVERSATIONS = "/api/v2/conversations"
CALLS = f"{CONVERSATIONS}/calls"


def show_conversation(conversation: Conversation) -> WireConversation:
    """A conversation with all participants."""
    return WireConversation(
        id=conversation.id,
        start_time=conversation.started_at,
        end_time=conversation.ended_at,
        address=conversation.address,
        external_tag=conversation.external_tag,
        state=conversation.state,
        recording_state=conversation.recording_state.upper(),
        participants=[_participant(conversation, each) for each in conversation.participants],
        divisions=_divisions(conversation),
        self_uri=f"{CONVERSATIONS}/{conversation.id}",
    )


def show_call_conversation(conversation: Conversation) -> WireCallConversation:
    """A conversation as a call."""
    return WireCallConversation(
        id=conversation.id,
        recording_state=conversation.recording_state,
        participants=[_call_participant(conversation, each) for each in conversation.participants],
        divisions=_divisions(conversation),
        self_uri=f"{CALLS}/{conversation.id}",
    )


def show_conversations(conversations: Sequence[Conversation]) -> Listing[WireConversation]:
    """All of somebody's conversations, as one page."""
    return listing(
        [show_conversation(each) for each in conversations], len(conversations), _whole(conversations), CONVERSATIONS
    )


def show_call_conversations(conversations: Sequence[Conversation]) -> Listing[WireCallConversation]:
    """All of somebody's calls, as one page."""
    return listing(
        [show_call_conversation(each) for each in conversations], len(conversations), _whole(conversations), CALLS
    )


def show_written_conversation(conversation: Conversation) -> WireWrittenConversation:
    """A conversation by message or e-mail."""
    return WireWrittenConversation(
        id=conversation.id,
        name=conversation.subject,
        participants=[_written_participant(conversation, each) for each in conversation.participants],
        divisions=_divisions(conversation),
        self_uri=f"{CONVERSATIONS}/{kind_of(conversation)}/{conversation.id}",
    )


def show_written_conversations(
    conversations: Sequence[Conversation], medium: Medium
) -> Listing[WireWrittenConversation]:
    """All of somebody's conversations of such a medium, as one page."""
    path = f"{CONVERSATIONS}/{medium}s"
    found = [show_written_conversation(each) for each in conversations]
    return listing(found, len(found), _whole(conversations), path)


def _whole(entities: Sequence[Conversation]) -> Page:
    return Page(max(25, len(entities)))


def _divisions(conversation: Conversation) -> list[WireMembership]:
    return [
        WireMembership(
            division=NamedReference(id=each, self_uri=f"/api/v2/authorization/divisions/{each}"), entities=[]
        )
        for each in conversation.division_ids
    ]


def _participant(conversation: Conversation, participant: Participant) -> WireParticipant:
    person_id = participant.person_id
    return WireParticipant(
        **_part(conversation, participant),
        user_id=person_id,
        user_uri=None if person_id is None else f"/api/v2/users/{person_id}",
        queue_id=participant.queue_id,
        queue_name=participant.queue_name,
        calls=[] if conversation.medium in (Medium.MESSAGE, Medium.EMAIL) else [_call(conversation, participant)],
        messages=[_message(conversation, participant)] if conversation.medium is Medium.MESSAGE else None,
        emails=[_email(conversation, participant)] if conversation.medium is Medium.EMAIL else None,
    )


def _message(conversation: Conversation, participant: Participant) -> WireMessage:
    return WireMessage(**_communication(conversation, participant), **_texts(conversation, participant))


def _email(conversation: Conversation, participant: Participant) -> WireEmail:
    return WireEmail(**_communication(conversation, participant), **_mails(conversation, participant))


def _communication(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    return {
        **_progress(conversation, participant),
        "id": participant.communication_id,
        "state": communication_state(participant),
        "connected_time": participant.connected_at,
        "disconnected_time": participant.ended_at,
        "wrapup": _wrapup(participant.wrapup),
        "after_call_work": WireAfterCallWork(
            state=participant.acw_state, start_time=participant.acw_started_at, end_time=participant.acw_ended_at
        ),
        "after_call_work_required": participant.wrapup_required,
    }


def _progress(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    return {
        "direction": participant.direction,
        "held": participant.held,
        "disconnect_type": participant.disconnect_type,
        "start_hold_time": participant.held_at,
        "start_alerting_time": participant.alerted_at,
        "error_info": None if participant.error is None else WireErrorInfo(code=ERROR_CODE, message=participant.error),
        "provider": provider_of(conversation),
    }


def _texts(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    other = conversation.other_than(participant)
    return {
        "type": WEB_MESSAGING,
        "to_address": None if other is None else _address(other),
        "from_address": _address(participant),
        "messages": [_details(conversation, each) for each in participant.messages],
    }


def _mails(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    return {
        "subject": conversation.subject,
        "messages_sent": 0 if participant.purpose in OUTSIDE else len(participant.messages),
        "message_id": participant.messages[-1].id if participant.messages else None,
    }


def _details(conversation: Conversation, mark: MessageMark) -> WireMessageDetails:
    media = [
        WireMessageMedia(
            id=each.id,
            name=each.name,
            media_type=each.media_type,
            content_length_bytes=each.size,
            url=file_uri(conversation, each.id),
        )
        for each in mark.files
    ]
    return WireMessageDetails(
        message_id=mark.id,
        message_uri=message_uri(conversation, mark.id),
        message_status=mark.status,
        message_segment_count=1,
        message_time=mark.at,
        media=media,
    )


def _written_participant(conversation: Conversation, participant: Participant) -> WireWrittenParticipant:
    person_id, queue_id = participant.person_id, participant.queue_id
    written = _mails if conversation.medium is Medium.EMAIL else _texts
    return WireWrittenParticipant(
        **_part(conversation, participant),
        **_progress(conversation, participant),
        **written(conversation, participant),
        state=participant.state,
        user=None if person_id is None else _reference("users", person_id, participant.name),
        queue=None if queue_id is None else _reference("routing/queues", queue_id, participant.queue_name),
    )


def _call_participant(conversation: Conversation, participant: Participant) -> WireCallParticipant:
    person_id, queue_id = participant.person_id, participant.queue_id
    return WireCallParticipant(
        **_part(conversation, participant),
        **_state(conversation, participant),
        user=None if person_id is None else _reference("users", person_id, participant.name),
        queue=None if queue_id is None else _reference("routing/queues", queue_id, participant.queue_name),
    )


def _reference(path: str, identifier: str, name: str | None) -> NamedReference:
    return NamedReference(id=identifier, name=name, self_uri=f"/api/v2/{path}/{identifier}")


def _part(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    from_outside = participant.purpose in OUTSIDE
    return {
        "id": participant.id,
        "name": participant.name,
        "purpose": participant.purpose,
        "address": participant.address,
        "start_time": participant.started_at,
        "connected_time": participant.connected_at,
        "end_time": participant.ended_at,
        "ani": participant.address if from_outside else None,
        "dnis": conversation.address if from_outside else None,
        "consult_participant_id": participant.consult_participant_id,
        "wrapup_required": participant.wrapup_required,
        "wrapup_prompt": participant.wrapup_prompt,
        "wrapup_timeout_ms": participant.wrapup_timeout_ms,
        "wrapup_skipped": participant.wrapup_skipped,
        "wrapup": _wrapup(participant.wrapup),
        "start_acw_time": participant.acw_started_at,
        "end_acw_time": participant.acw_ended_at,
        "alerting_timeout_ms": participant.alerting_timeout_ms,
        "attributes": dict(participant.attributes),
    }


def _state(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    return {
        "state": participant.state,
        "direction": participant.direction,
        "muted": participant.muted,
        "held": participant.held,
        "confined": participant.confined,
        "recording": participant.recording,
        "recording_state": conversation.recording_state if participant.recording else RecordingState.NONE,
        "disconnect_type": participant.disconnect_type,
        "start_hold_time": participant.held_at,
        "start_alerting_time": participant.alerted_at,
        "error_info": None if participant.error is None else WireErrorInfo(code=ERROR_CODE, message=participant.error),
        "provider": PROVIDER,
    }


def _call(conversation: Conversation, participant: Participant) -> WireCall:
    other = conversation.other_than(participant)
    return WireCall(
        **_state(conversation, participant),
        id=participant.communication_id,
        connected_time=participant.connected_at,
        disconnected_time=participant.ended_at,
        own=_address(participant),
        other=None if other is None else _address(other),
        wrapup=_wrapup(participant.wrapup),
        after_call_work=WireAfterCallWork(
            state=participant.acw_state, start_time=participant.acw_started_at, end_time=participant.acw_ended_at
        ),
        after_call_work_required=participant.wrapup_required,
    )


def _address(participant: Participant) -> WireAddress:
    address = participant.address
    return WireAddress(
        name=participant.name, address_normalized=address, address_raw=address, address_displayable=address
    )


def _wrapup(wrapup: Wrapup | None) -> WireWrapup | None:
    if wrapup is None:
        return None
    return WireWrapup(
        code=wrapup.code_id,
        name=wrapup.name,
        notes=wrapup.notes,
        tags=list(wrapup.tags),
        duration_seconds=wrapup.duration_seconds,
        end_time=wrapup.ended_at,
        provisional=wrapup.provisional,
    )


def show_assigned_wrapup(wrapup: Wrapup) -> WireAssignedWrapup:
    """A participant's wrap-up by itself."""
    return WireAssignedWrapup(
        code=wrapup.code_id,
        notes=wrapup.notes,
        tags=list(wrapup.tags),
        duration_seconds=wrapup.duration_seconds,
        end_time=wrapup.ended_at,
    )


def show_offered_code(code: WrapupCode) -> WireOfferedCode:
    """A wrap-up code that can be given."""
    return WireOfferedCode(
        id=code.id,
        name=code.name,
        description=code.description,
        division=WireStarrableDivision(id=code.division.id, name=code.division.name),
        date_created=code.record.created_at,
        date_modified=code.record.changed_at,
        created_by=code.record.created_by,
        modified_by=code.record.changed_by,
        self_uri=f"/api/v2/routing/wrapupcodes/{code.id}",
    )
