"""Conversations on the vendor's topics: the whole state at each change.

To each person, and each queue, that somebody takes part for, that is in after-call work, or that this version changed.

A conversation by message or e-mail is told in the same way on topics of its own medium.

Source: ConversationEventTopicConversation, ConversationCallEventTopicCallConversation, QueueConversationEventTopicConversation,
ConversationMessageEventTopicMessageConversation, ConversationEmailEventTopicEmailConversation.
"""

from collections.abc import Iterator
from typing import Any

from shiftline.conversations.events import ConversationChanged
from shiftline.conversations.model.conversations import (
    ENDED,
    OUTSIDE,
    CallState,
    Conversation,
    MessageMark,
    Participant,
    Wrapup,
)
from shiftline.foundation.events import Event, Notification, Topic
from shiftline.routing.model.queues import Medium

VIEW = "conversation:communication:view"
# COMPAT: clients know by this word that a call is carried here, not by another maker's telephony.
PROVIDER = "Edge"
PROVIDERS = {Medium.MESSAGE: "PureCloud Messaging", Medium.EMAIL: "PureCloud Email"}
KINDS = ("calls", "messages", "emails")
"""How the vendor names the communications of conversations."""
ERROR_CODE = "error.call.failed"
WEB_MESSAGING = "webmessaging"

TOPICS: tuple[Topic, ...] = (
    # COMPAT: the softphone SDK subscribes to a person's conversations when it starts, calls or not.
    Topic("v2.users.{id}.conversations", "A user's conversations, whole at each change.", (VIEW,), own=True),
    Topic("v2.users.{id}.conversations.calls", "A user's calls, whole at each change.", (VIEW,), own=True),
    Topic("v2.users.{id}.conversations.messages", "A user's conversations by message.", (VIEW,), own=True),
    Topic("v2.users.{id}.conversations.emails", "A user's conversations by e-mail.", (VIEW,), own=True),
    Topic("v2.routing.queues.{id}.conversations", "A queue's conversations, whole at each change.", (VIEW,)),
)


def notifications(happened: Event) -> list[Notification]:
    """The messages that an event makes."""
    return list(_tell(happened.conversation)) if isinstance(happened, ConversationChanged) else []


def _tell(conversation: Conversation) -> Iterator[Notification]:
    told = [
        each for each in conversation.participants if each.concerned or each.changed_version == conversation.version
    ]
    whole, alone = show_conversation(conversation), show_medium(conversation)
    for person_id in dict.fromkeys(each.person_id for each in told if each.person_id is not None):
        yield Notification(conversation.organization_id, f"v2.users.{person_id}.conversations", whole)
        yield Notification(
            conversation.organization_id, f"v2.users.{person_id}.conversations.{kind_of(conversation)}", alone
        )
    for queue_id in dict.fromkeys(each.queue_id for each in told if each.queue_id is not None):
        yield Notification(conversation.organization_id, f"v2.routing.queues.{queue_id}.conversations", whole)


def kind_of(conversation: Conversation) -> str:
    """How the vendor names the communications of a conversation: calls, messages or emails."""
    return {Medium.MESSAGE: "messages", Medium.EMAIL: "emails"}.get(conversation.medium, "calls")


def provider_of(conversation: Conversation) -> str:
    """The vendor's name of what carries a conversation."""
    return PROVIDERS.get(conversation.medium, PROVIDER)


def communication_state(participant: Participant) -> str:
    """A message's or e-mail's state: the vendor knows three of them."""
    if participant.state in ENDED:
        return "disconnected"
    return "connected" if participant.state is CallState.CONNECTED else "alerting"


def message_uri(conversation: Conversation, message_id: str) -> str:
    """Where a message is read."""
    return f"/api/v2/conversations/{kind_of(conversation)}/{conversation.id}/messages/{message_id}"


def file_uri(conversation: Conversation, file_id: str) -> str:
    """Where a file that came with a message is read."""
    return f"/api/v2/shiftline/messaging/conversations/{conversation.id}/attachments/{file_id}"


def show_conversation(conversation: Conversation) -> dict[str, Any]:
    """ConversationEventTopicConversation: what the softphone SDK reads."""
    return _said(
        id=conversation.id,
        participants=[_participant(conversation, each) for each in conversation.participants],
        recordingState=conversation.recording_state,
        address=conversation.address,
        externalTag=conversation.external_tag,
        divisions=_divisions(conversation),
    )


def show_calls(conversation: Conversation) -> dict[str, Any]:
    """ConversationCallEventTopicCallConversation: each participant with their call in one."""
    return _said(
        id=conversation.id,
        participants=[_call_participant(conversation, each) for each in conversation.participants],
        recordingState=conversation.recording_state,
        address=conversation.address,
        divisions=_divisions(conversation),
    )


def show_medium(conversation: Conversation) -> dict[str, Any]:
    """What is told on the topic of a conversation's own medium."""
    if conversation.medium not in PROVIDERS:
        return show_calls(conversation)
    return _said(
        id=conversation.id,
        name=conversation.subject,
        participants=[_written_participant(conversation, each) for each in conversation.participants],
        address=conversation.address,
        divisions=_divisions(conversation),
    )


def _said(**fields: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value is not None}


def _divisions(conversation: Conversation) -> list[dict[str, Any]]:
    return [{"division": {"id": each}, "entities": []} for each in conversation.division_ids]


def _common(participant: Participant) -> dict[str, Any]:
    return _said(
        id=participant.id,
        name=participant.name,
        purpose=participant.purpose,
        address=participant.address,
        connectedTime=participant.connected_at,
        endTime=participant.ended_at,
        consultParticipantId=participant.consult_participant_id,
        wrapupRequired=participant.wrapup_required,
        wrapupPrompt=participant.wrapup_prompt,
        wrapupTimeoutMs=participant.wrapup_timeout_ms,
        wrapup=_wrapup(participant.wrapup),
        startAcwTime=participant.acw_started_at,
        endAcwTime=participant.acw_ended_at,
        alertingTimeoutMs=participant.alerting_timeout_ms,
        attributes=dict(participant.attributes),
    )


def _participant(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    return {
        **_common(participant),
        **_said(userId=participant.person_id, queueId=participant.queue_id),
        "wrapupExpected": participant.wrapup_required,
        # COMPAT: clients look through everybody's calls, of conversations without any, too.
        "calls": [],
        kind_of(conversation): [_communication(conversation, participant)],
    }


def _communication(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    if conversation.medium not in PROVIDERS:
        return _call(conversation, participant)
    work = {"startTime": participant.acw_started_at, "endTime": participant.acw_ended_at}
    return {
        **_written(conversation, participant),
        **_said(
            id=participant.communication_id,
            state=communication_state(participant),
            connectedTime=participant.connected_at,
            disconnectedTime=participant.ended_at,
            wrapup=_wrapup(participant.wrapup),
            afterCallWork=_said(state=participant.acw_state, **work),
            afterCallWorkRequired=participant.wrapup_required,
        ),
    }


def _written_participant(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    return {
        **_common(participant),
        **_written(conversation, participant),
        **_said(
            state=participant.state,
            startTime=participant.started_at,
            user=_reference(participant.person_id, participant.name),
            queue=_reference(participant.queue_id, participant.queue_name),
            wrapupSkipped=participant.wrapup_skipped,
        ),
    }


def _written(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    """What a message's or e-mail's communication and participant share."""
    common = _said(
        direction=participant.direction,
        held=participant.held,
        disconnectType=participant.disconnect_type,
        startHoldTime=participant.held_at,
        provider=provider_of(conversation),
        errorInfo=_error(participant.error),
    )
    if conversation.medium is Medium.EMAIL:
        last = participant.messages[-1].id if participant.messages else None
        sent = 0 if participant.purpose in OUTSIDE else len(participant.messages)
        return {**common, **_said(subject=conversation.subject, messagesSent=sent, messageId=last)}
    marks = [_mark(conversation, each) for each in participant.messages]
    other = conversation.other_than(participant)
    sides = _said(fromAddress=_address(participant), toAddress=_address(other) if other else None)
    return {**common, **sides, "type": WEB_MESSAGING, "messages": marks}


def _mark(conversation: Conversation, mark: MessageMark) -> dict[str, Any]:
    return {
        # COMPAT: the two topics name the message in two ways.
        "message": {"id": mark.id},
        "messageId": mark.id,
        "messageURI": message_uri(conversation, mark.id),
        "messageTime": mark.at,
        "messageStatus": mark.status,
        "messageSegmentCount": 1,
        "media": [
            {
                "id": each.id,
                "name": each.name,
                "mediaType": each.media_type,
                "contentLengthBytes": each.size,
                "url": file_uri(conversation, each.id),
            }
            for each in mark.files
        ],
    }


def _call(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    other = conversation.other_than(participant)
    work = {"startTime": participant.acw_started_at, "endTime": participant.acw_ended_at}
    return {
        **_state(conversation, participant),
        **_said(
            id=participant.communication_id,
            errorInfo=_error(participant.error),
            self=_address(participant),
            other=_address(other) if other else None,
            connectedTime=participant.connected_at,
            disconnectedTime=participant.ended_at,
            wrapup=_wrapup(participant.wrapup),
            afterCallWork=_said(state=participant.acw_state, **work),
            afterCallWorkRequired=participant.wrapup_required,
        ),
    }


def _call_participant(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    return {
        **_common(participant),
        **_state(conversation, participant),
        **_said(
            startTime=participant.started_at,
            user=_reference(participant.person_id, participant.name),
            queue=_reference(participant.queue_id, participant.queue_name),
            errorInfo=_error(participant.error),
            wrapupSkipped=participant.wrapup_skipped,
        ),
    }


def _state(conversation: Conversation, participant: Participant) -> dict[str, Any]:
    return _said(
        state=participant.state,
        direction=participant.direction,
        muted=participant.muted,
        held=participant.held,
        confined=participant.confined,
        recording=participant.recording,
        recordingState=conversation.recording_state if participant.recording else "none",
        disconnectType=participant.disconnect_type,
        startHoldTime=participant.held_at,
        provider=PROVIDER,
    )


def _reference(identifier: str | None, name: str | None) -> dict[str, Any] | None:
    return None if identifier is None else _said(id=identifier, name=name)


def _error(sentence: str | None) -> dict[str, Any] | None:
    return None if sentence is None else {"code": ERROR_CODE, "message": sentence}


def _address(participant: Participant) -> dict[str, Any]:
    address = participant.address
    return _said(name=participant.name, addressNormalized=address, addressRaw=address, addressDisplayable=address)


def _wrapup(wrapup: Wrapup | None) -> dict[str, Any] | None:
    if wrapup is None:
        return None
    return _said(
        code=wrapup.code_id,
        notes=wrapup.notes,
        tags=list(wrapup.tags),
        durationSeconds=wrapup.duration_seconds,
        endTime=wrapup.ended_at,
    )
