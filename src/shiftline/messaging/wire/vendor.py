"""The vendor's shapes of messages, and of what is asked of a participant.

Source: MessageData, TextMessageListing, AdditionalMessage, ConversationNormalizedMessage, MediaParticipantRequest. What the
vendor lacks (place, zone, offset, digests) stands beside its fields: its clients leave out what they do not know.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from shiftline.conversations.model.conversations import CallState, Direction, Wrapup
from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import offset_text
from shiftline.foundation.web.wire import Identifier, Instant, LongText, NamedReference, ShortText, Wire
from shiftline.messaging.errors import TransferInvalid
from shiftline.messaging.model import MOST_FILES, Attachment, Message, MessageDraft
from shiftline.messaging.operations.controls import Wish

CONVERSATIONS = "/api/v2/conversations"
OURS = "/api/v2/shiftline/messaging"
MOST_IDS = 500

WireState = Literal[
    "alerting", "dialing", "contacting", "offering", "connected", "disconnected", "terminated", "converting", "uploading",
    "transmitting", "scheduled", "parked", "none",
]  # fmt: skip


class WrittenWrapupBody(Wire):
    """A wrap-up as given. Source: WrapupInput."""

    code: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] | None = None
    name: ShortText | None = None
    notes: LongText | None = None
    tags: Annotated[list[ShortText], Meta(max_length=50)] = msgspec.field(default_factory=list)
    duration_seconds: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    end_time: Instant | None = None
    provisional: bool = False


class WrittenParticipantBody(Wire):
    """What shall change of a participant's part. Source: MediaParticipantRequest."""

    state: WireState | None = None
    held: bool | None = None
    muted: bool | None = None
    confined: bool | None = None
    recording: bool | None = None
    wrapup: WrittenWrapupBody | None = None
    wrapup_skipped: bool | None = None


class WrittenTransferBody(Wire):
    """Where an agent's part goes. Source: TransferRequest."""

    queue_id: Identifier | None = None
    user_id: Identifier | None = None
    address: ShortText | None = None
    user_name: ShortText | None = None
    voicemail: bool = False


class AdditionalMessageBody(Wire):
    """A message to send. ``mediaIds``: files that were uploaded for this conversation. Source: AdditionalMessage.

    ``clientId`` is ours: a repeat with the same one is the same message.
    """

    text_body: LongText = ""
    media_ids: Annotated[list[Identifier], Meta(max_length=MOST_FILES)] = msgspec.field(default_factory=list)
    messaging_template: dict[str, object] | None = None
    client_id: Identifier | None = None


MessageIds = Annotated[list[Identifier], Meta(max_length=MOST_IDS)]


class WireChannel(Wire, kw_only=True):
    """ConversationMessagingChannel."""

    platform: str
    type: str
    message_id: str
    time: datetime


class WireContentAttachment(Wire, kw_only=True):
    """ConversationContentAttachment."""

    id: str
    media_type: str
    url: str
    mime: str
    sha256: str
    filename: str
    content_size_bytes: int


class WireContent(Wire, kw_only=True):
    """ConversationMessageContent, of which there are files only."""

    content_type: str
    attachment: WireContentAttachment


class WireNormalized(Wire, kw_only=True):
    """ConversationNormalizedMessage."""

    id: str
    channel: WireChannel
    type: str
    text: str
    content: list[WireContent]
    direction: str
    originating_entity: str
    status: str


class WireMessageData(Wire, kw_only=True):
    """MessageData, and what it lacks."""

    id: str
    timestamp: datetime
    from_address: str
    to_address: str | None = None
    direction: Direction
    messenger_type: str
    status: str
    text_body: str
    normalized_message: WireNormalized
    created_by: NamedReference | None = None
    conversation_id: str
    self_uri: str
    position: int
    from_name: str
    participant_id: str
    client_id: str | None = None
    time_zone: str
    utc_offset: str
    digest: str
    former_digest: str


class WireMessageListing(Wire):
    """TextMessageListing."""

    entities: list[WireMessageData]


class WireAttachment(Wire, kw_only=True):
    """A file that was let in: ``id`` is sent in ``mediaIds`` or ``attachmentIds``."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    url: str | None = field(default=None)


def attachment_uri(conversation_id: str, attachment_id: str) -> str:
    """Where a file of a conversation is read."""
    return f"{OURS}/conversations/{conversation_id}/attachments/{attachment_id}"


def show_attachment(attachment: Attachment, url: str | None = None) -> WireAttachment:
    """A file."""
    return WireAttachment(
        id=attachment.id,
        name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        sha256=attachment.sha256,
        url=url,
    )


def show_message(message: Message) -> WireMessageData:
    """MessageData."""
    inbound = message.direction is Direction.INBOUND
    status = "received" if inbound else "sent"
    person_id = message.person_id
    return WireMessageData(
        id=message.id,
        timestamp=message.sent_at,
        from_address=message.participant_id,
        direction=message.direction,
        messenger_type="webmessaging",
        status=status,
        text_body=message.text,
        normalized_message=_normalize(message, inbound=inbound),
        created_by=None
        if person_id is None
        else NamedReference(id=person_id, name=message.author, self_uri=f"/api/v2/users/{person_id}"),
        conversation_id=message.conversation_id,
        self_uri=f"{CONVERSATIONS}/messages/{message.conversation_id}/messages/{message.id}",
        position=message.position,
        from_name=message.author,
        participant_id=message.participant_id,
        client_id=message.client_id,
        time_zone=message.zone,
        utc_offset=offset_text(timedelta(seconds=message.utc_offset_seconds)),
        digest=message.digest.hex(),
        former_digest=message.former_digest.hex(),
    )


def _normalize(message: Message, *, inbound: bool) -> WireNormalized:
    return WireNormalized(
        id=message.id,
        channel=WireChannel(
            platform="WebMessaging", type="Private", message_id=message.client_id or message.id, time=message.sent_at
        ),
        type="Structured" if message.attachments else "Text",
        text=message.text,
        content=[_content(message, each) for each in message.attachments],
        direction="Inbound" if inbound else "Outbound",
        originating_entity="Human",
        status="Delivered" if inbound else "Sent",
    )


def _content(message: Message, attachment: Attachment) -> WireContent:
    return WireContent(
        content_type="Attachment",
        attachment=WireContentAttachment(
            id=attachment.id,
            media_type="Image" if attachment.media_type.startswith("image/") else "File",
            url=attachment_uri(message.conversation_id, attachment.id),
            mime=attachment.media_type,
            sha256=attachment.sha256,
            filename=attachment.name,
            content_size_bytes=attachment.size,
        ),
    )


def show_messages(messages: Sequence[Message]) -> WireMessageListing:
    """Some messages."""
    return WireMessageListing(entities=[show_message(each) for each in messages])


def read_additional(body: AdditionalMessageBody) -> MessageDraft:
    """A message to be written. Raises Invalid for a template: there are none."""
    if body.messaging_template is not None:
        raise Invalid(Problem("messagingTemplate", "there are no templates here: send textBody or mediaIds."))
    return MessageDraft(text=body.text_body, client_id=body.client_id, attachment_ids=tuple(body.media_ids))


def read_queue(body: WrittenTransferBody) -> str:
    """The queue that it goes to. Raises TransferInvalid.

    COMPAT: the vendor also hands on to a person; here a colleague gets what is written by a queue, so that their utilization counts.
    """
    for name in ("user_id", "address", "user_name"):
        if getattr(body, name):
            field = {"user_id": "userId", "user_name": "userName"}.get(name, name)
            raise TransferInvalid(
                field, "what is written is handed to a queue: name one whose members shall get it as queueId."
            )
    if body.voicemail:
        raise TransferInvalid("voicemail", "belongs to calls.")
    if body.queue_id is None:
        raise TransferInvalid("queueId", "must name the queue that it is handed to.")
    return body.queue_id


def read_wish(body: WrittenParticipantBody) -> Wish:
    """What is asked for. Raises Invalid for what nobody can ask for."""
    for name in ("muted", "confined", "recording"):
        if getattr(body, name) is not None:
            raise Invalid(Problem(name, "belongs to calls: what is written has no such state."))
    state = None if body.state is None else _read_state(body.state)
    wrapup = None
    if body.wrapup is not None:
        wrapup = Wrapup(
            code_id=body.wrapup.code or None,
            name=body.wrapup.name,
            notes=body.wrapup.notes,
            tags=tuple(body.wrapup.tags),
            duration_seconds=body.wrapup.duration_seconds,
            ended_at=body.wrapup.end_time,
            provisional=body.wrapup.provisional,
        )
    return Wish(state, body.held, wrapup, body.wrapup_skipped)


def _read_state(state: str) -> CallState:
    if state == "terminated":
        return CallState.DISCONNECTED
    if state not in {"connected", "disconnected"}:
        raise Invalid(Problem("state", f"can be set to connected or disconnected, not to {state}."))
    return CallState(state)
