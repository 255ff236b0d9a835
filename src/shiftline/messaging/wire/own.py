"""Our own shapes: deployments, guests, transcripts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from shiftline.conversations.model.conversations import Direction
from shiftline.foundation.time import offset_text
from shiftline.foundation.web.wire import Identifier, LongText, NamedReference, Wire
from shiftline.messaging.model import (
    LARGEST_FILE,
    LONGEST_TEXT,
    MOST_FILES,
    Deployment,
    DeploymentDraft,
    GuestStatus,
    Message,
    MessageDraft,
    Transcript,
)
from shiftline.messaging.rules.files import TYPES
from shiftline.messaging.wire.vendor import OURS, WireAttachment, attachment_uri, show_attachment

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Origin = Annotated[str, Meta(max_length=300, pattern=r"^https?://[^/?#\s]+$", description="as https://shop.example")]


class DeploymentBody(Wire, kw_only=True):
    """A queue opened to messages from the web. Without ``allowedOrigins``: from pages of any origin."""

    name: Name
    queue_id: Identifier
    allowed_origins: Annotated[list[Origin], Meta(max_length=50)] = msgspec.field(default_factory=list)
    enabled: bool = True


class DeploymentChangeBody(DeploymentBody, kw_only=True):
    """What a deployment shall be, and the version that was read."""

    version: Annotated[int, Meta(ge=1)]


class WireDeployment(Wire, kw_only=True):
    """A deployment."""

    id: str
    name: str
    queue: NamedReference
    allowed_origins: list[str]
    enabled: bool
    version: int
    date_created: datetime
    created_by: str
    date_modified: datetime
    modified_by: str
    self_uri: str


class WireDeployments(Wire):
    """All deployments, by name."""

    entities: list[WireDeployment]


class WireOpenDeployment(Wire, kw_only=True):
    """What a guest's page needs before it writes, and what it may send."""

    id: str
    name: str
    longest_text: int
    largest_file: int
    most_files: int
    media_types: list[str]


class GuestBody(Wire):
    """Who a guest says they are."""

    name: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00-\x1f]*$")] = ""


class WireGuest(Wire):
    """A new guest: ``resource`` is the address by which they write and read, with their secret in it. Keep it."""

    resource: str


class GuestMessageBody(Wire, kw_only=True):
    """What a guest writes. A repeat with the same ``clientId`` is the same message."""

    client_id: Identifier
    text: LongText = ""
    attachment_ids: Annotated[list[Identifier], Meta(max_length=MOST_FILES)] = msgspec.field(default_factory=list)


class WireGuestMessage(Wire, kw_only=True):
    """A message as a guest sees it; ``position`` counts from 1 within the conversation."""

    id: str
    conversation_id: str
    position: int
    sender: Literal["guest", "agent"]
    name: str
    text: str
    time: datetime
    client_id: str | None = None
    attachments: list[WireAttachment]


class WireGuestConversation(Wire, kw_only=True):
    """How a guest's conversation stands. ``position`` in the queue, from 1."""

    state: Literal["new", "waiting", "ringing", "connected", "ended"]
    conversation_id: str | None = None
    agent: str | None = None
    position: int | None = None
    messages: list[WireGuestMessage]


class WireTranscriptMessage(Wire, kw_only=True):
    """A message as evidence: all that its digest covers."""

    position: int
    id: str
    direction: Direction
    participant_id: str
    purpose: str
    author: str
    user_id: str | None = None
    queue_id: str | None = None
    time: datetime
    time_zone: str
    utc_offset: str
    tzdata_version: str
    text: str
    attachments: list[WireAttachment]
    raw_sha256: str | None = None
    former_digest: str
    digest: str
    destroyed_date: datetime | None = None


class WireTranscript(Wire, kw_only=True):
    """All that was written in a conversation; ``head`` is the digest that holds for all of it."""

    conversation_id: str
    medium: str
    head: str
    messages: list[WireTranscriptMessage]


def read_deployment(body: DeploymentBody) -> DeploymentDraft:
    """What a deployment shall be."""
    origins = tuple(dict.fromkeys(each.rstrip("/") for each in body.allowed_origins))
    return DeploymentDraft(body.name, body.queue_id, origins, body.enabled)


def show_deployment(deployment: Deployment) -> WireDeployment:
    """A deployment."""
    return WireDeployment(
        id=deployment.id,
        name=deployment.name,
        queue=NamedReference(id=deployment.queue_id, self_uri=f"/api/v2/routing/queues/{deployment.queue_id}"),
        allowed_origins=list(deployment.allowed_origins),
        enabled=deployment.enabled,
        version=deployment.version,
        date_created=deployment.created_at,
        created_by=deployment.created_by,
        date_modified=deployment.changed_at,
        modified_by=deployment.changed_by,
        self_uri=f"{OURS}/deployments/{deployment.id}",
    )


def show_open_deployment(deployment: Deployment) -> WireOpenDeployment:
    """A deployment for a guest's page."""
    return WireOpenDeployment(
        id=deployment.id,
        name=deployment.name,
        longest_text=LONGEST_TEXT,
        largest_file=LARGEST_FILE,
        most_files=MOST_FILES,
        media_types=sorted(TYPES),
    )


def read_guest_message(body: GuestMessageBody) -> MessageDraft:
    """What a guest writes."""
    return MessageDraft(text=body.text, client_id=body.client_id, attachment_ids=tuple(body.attachment_ids))


def show_guest_message(message: Message, resource: str) -> WireGuestMessage:
    """A message for its guest; ``resource`` is the path of the guest."""
    inbound = message.direction is Direction.INBOUND
    return WireGuestMessage(
        id=message.id,
        conversation_id=message.conversation_id,
        position=message.position,
        sender="guest" if inbound else "agent",
        name=message.author,
        text=message.text,
        time=message.sent_at,
        client_id=message.client_id if inbound else None,
        attachments=[show_attachment(each, f"{resource}/attachments/{each.id}") for each in message.attachments],
    )


def show_guest_conversation(status: GuestStatus, messages: Sequence[Message], resource: str) -> WireGuestConversation:
    """How a guest's conversation stands, and what was written."""
    return WireGuestConversation(
        state=status.state,
        conversation_id=status.conversation_id,
        agent=status.agent,
        position=status.position,
        messages=[show_guest_message(each, resource) for each in messages],
    )


def show_transcript(transcript: Transcript) -> WireTranscript:
    """A whole transcript."""
    return WireTranscript(
        conversation_id=transcript.conversation_id,
        medium=transcript.medium,
        head=transcript.head.hex(),
        messages=[_evidence(each) for each in transcript.messages],
    )


def _evidence(message: Message) -> WireTranscriptMessage:
    return WireTranscriptMessage(
        position=message.position,
        id=message.id,
        direction=message.direction,
        participant_id=message.participant_id,
        purpose=message.purpose,
        author=message.author,
        user_id=message.person_id,
        queue_id=message.queue_id,
        time=message.sent_at,
        time_zone=message.zone,
        utc_offset=offset_text(timedelta(seconds=message.utc_offset_seconds)),
        tzdata_version=message.tzdata_version,
        text=message.text,
        attachments=[
            show_attachment(each, attachment_uri(message.conversation_id, each.id)) for each in message.attachments
        ],
        raw_sha256=message.raw_sha256,
        former_digest=message.former_digest.hex(),
        digest=message.digest.hex(),
        destroyed_date=message.destroyed_at,
    )
