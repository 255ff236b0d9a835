"""The shapes: Conversation, CallConversation, their participants, calls and wrap-ups."""

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import Meta, field

from shiftline.conversations.model.conversations import (
    AfterCallWorkState,
    CallState,
    Direction,
    DisconnectType,
    MessageStatus,
    Purpose,
    RecordingState,
    WrapupPrompt,
)
from shiftline.foundation.web.wire import LongText, NamedReference, ShortText, Wire

AttributeName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256, pattern=r"^[^\x00]*$")]


class WireAddress(Wire, kw_only=True):
    """Address: one side of a call."""

    name: str | None = None
    address_normalized: str | None = None
    address_raw: str | None = None
    address_displayable: str | None = None


class WireErrorInfo(Wire, kw_only=True):
    """ErrorInfo: why a call did not come about or broke."""

    code: str
    message: str


class WireMessageMedia(Wire, kw_only=True):
    """MessageMedia: a file of a message."""

    id: str
    name: str
    media_type: str
    content_length_bytes: int
    url: str


class WireMessageDetails(Wire, kw_only=True):
    """MessageDetails: that a message was written; its text is read where ``messageURI`` says."""

    message_id: str
    message_uri: str = field(name="messageURI")
    message_status: MessageStatus
    message_segment_count: int
    message_time: datetime
    media: list[WireMessageMedia]


class WireAfterCallWork(Wire, kw_only=True):
    """AfterCallWork."""

    state: AfterCallWorkState
    start_time: datetime | None = None
    end_time: datetime | None = None


class WireWrapup(Wire, kw_only=True):
    """Wrapup."""

    code: str | None = None
    name: str | None = None
    notes: str | None = None
    tags: list[str]
    duration_seconds: int | None = None
    end_time: datetime | None = None
    provisional: bool


class WireAssignedWrapup(Wire, kw_only=True):
    """AssignedWrapupCode."""

    code: str | None = None
    notes: str | None = None
    tags: list[str]
    duration_seconds: int | None = None
    end_time: datetime | None = None


class WireCall(Wire, kw_only=True):
    """Call: a participant's communication."""

    id: str
    state: CallState
    direction: Direction
    recording: bool
    recording_state: RecordingState
    muted: bool
    held: bool
    confined: bool
    error_info: WireErrorInfo | None = None
    disconnect_type: DisconnectType | None = None
    start_hold_time: datetime | None = None
    start_alerting_time: datetime | None = None
    connected_time: datetime | None = None
    disconnected_time: datetime | None = None
    provider: str
    own: WireAddress = field(name="self")
    other: WireAddress | None = None
    wrapup: WireWrapup | None = None
    after_call_work: WireAfterCallWork
    after_call_work_required: bool


class _WireWritten(Wire, kw_only=True):
    """What Message and Email share."""

    id: str
    state: str
    direction: Direction
    held: bool
    error_info: WireErrorInfo | None = None
    disconnect_type: DisconnectType | None = None
    start_hold_time: datetime | None = None
    start_alerting_time: datetime | None = None
    connected_time: datetime | None = None
    disconnected_time: datetime | None = None
    provider: str
    wrapup: WireWrapup | None = None
    after_call_work: WireAfterCallWork
    after_call_work_required: bool


class WireMessage(_WireWritten, kw_only=True):
    """Message: a participant's communication by message."""

    type: str
    to_address: WireAddress | None = None
    from_address: WireAddress
    messages: list[WireMessageDetails]


class WireEmail(_WireWritten, kw_only=True):
    """Email: a participant's communication by e-mail."""

    subject: str | None = None
    messages_sent: int
    message_id: str | None = None


class _WirePart(Wire, kw_only=True):
    """What Participant and CallMediaParticipant share."""

    id: str
    name: str | None = None
    purpose: Purpose
    address: str | None = None
    start_time: datetime
    connected_time: datetime | None = None
    end_time: datetime | None = None
    ani: str | None = None
    dnis: str | None = None
    consult_participant_id: str | None = None
    wrapup_required: bool
    wrapup_prompt: WrapupPrompt | None = None
    wrapup_timeout_ms: int | None = None
    wrapup_skipped: bool
    wrapup: WireWrapup | None = None
    start_acw_time: datetime | None = None
    end_acw_time: datetime | None = None
    alerting_timeout_ms: int | None = None
    attributes: dict[str, str]


class WireParticipant(_WirePart, kw_only=True):
    """Participant, with its call in a list."""

    user_id: str | None = None
    user_uri: str | None = None
    queue_id: str | None = None
    queue_name: str | None = None
    calls: list[WireCall]
    messages: list[WireMessage] | None = None
    emails: list[WireEmail] | None = None


class WireWrittenParticipant(_WirePart, kw_only=True):
    """MessageMediaParticipant or EmailMediaParticipant: a participant and what they write in one."""

    user: NamedReference | None = None
    queue: NamedReference | None = None
    state: CallState
    direction: Direction
    held: bool
    disconnect_type: DisconnectType | None = None
    start_hold_time: datetime | None = None
    start_alerting_time: datetime | None = None
    error_info: WireErrorInfo | None = None
    provider: str
    type: str | None = None
    to_address: WireAddress | None = None
    from_address: WireAddress | None = None
    messages: list[WireMessageDetails] | None = None
    subject: str | None = None
    messages_sent: int | None = None
    message_id: str | None = None


class WireCallParticipant(_WirePart, kw_only=True):
    """CallMediaParticipant: a participant and their call in one."""

    user: NamedReference | None = None
    queue: NamedReference | None = None
    state: CallState
    direction: Direction
    muted: bool
    held: bool
    confined: bool
    recording: bool
    recording_state: RecordingState
    disconnect_type: DisconnectType | None = None
    start_hold_time: datetime | None = None
    start_alerting_time: datetime | None = None
    error_info: WireErrorInfo | None = None
    provider: str


class WireMembership(Wire, kw_only=True):
    """ConversationDivisionMembership."""

    division: NamedReference
    entities: list[NamedReference]


class WireConversation(Wire, kw_only=True):
    """Conversation. ``recordingState`` is in capitals here and nowhere else."""

    id: str
    start_time: datetime
    end_time: datetime | None = None
    address: str | None = None
    external_tag: str | None = None
    state: CallState
    recording_state: str
    participants: list[WireParticipant]
    divisions: list[WireMembership]
    self_uri: str


class WireCallConversation(Wire, kw_only=True):
    """CallConversation."""

    id: str
    recording_state: RecordingState
    participants: list[WireCallParticipant]
    divisions: list[WireMembership]
    self_uri: str


class WireWrittenConversation(Wire, kw_only=True):
    """MessageConversation or EmailConversation. ``name``: an e-mail's subject."""

    id: str
    name: str | None = None
    participants: list[WireWrittenParticipant]
    divisions: list[WireMembership]
    self_uri: str


class WireStarrableDivision(Wire, kw_only=True):
    """StarrableDivision; ``*`` for every division."""

    id: str
    name: str


class WireOfferedCode(Wire, kw_only=True):
    """WrapupCode, as a participant can give it."""

    id: str
    name: str
    description: str | None = None
    division: WireStarrableDivision
    date_created: datetime
    date_modified: datetime
    created_by: str
    modified_by: str
    self_uri: str


class AttributesBody(Wire, kw_only=True):
    """ParticipantAttributes: those that are not named stay."""

    attributes: Annotated[dict[AttributeName, LongText], Meta(max_length=250)] = field(default_factory=dict[str, str])


class TagsBody(Wire, kw_only=True):
    """ConversationTagsUpdate: without a tag, or with an empty one, the conversation has none."""

    external_tag: ShortText | None = None
