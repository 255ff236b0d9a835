"""What happened to deployments, and what was written."""

from dataclasses import dataclass

from shiftline.foundation.events import event


@event("messaging.deployment.changed", service="WebDeployments", entity=("Deployment", "deployment_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentChangedEvent:
    """A deployment was made, changed or deleted (``active`` false)."""

    organization_id: str
    deployment_id: str
    name: str
    queue_id: str
    active: bool
    version: int


@event(
    "messaging.message.written", service="ContactCenter", entity=("Conversation", "conversation_id"), action="Create"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWritten:
    """A message was written; its text is in the transcript alone."""

    organization_id: str
    conversation_id: str
    message_id: str
    position: int
    medium: str
    direction: str
    participant_id: str
    person_id: str | None
    digest: str
    attachments: int


@event(
    "messaging.transcript.purged", service="ContactCenter", entity=("Conversation", "conversation_id"), action="Delete"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptPurged:
    """What was written in a conversation went with its recording: so many messages and contents."""

    organization_id: str
    conversation_id: str
    messages: int
    contents: int


@event("messaging.attachment.read", service="ContactCenter", entity=("Conversation", "conversation_id"), action="View")
@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRead:
    """Somebody of the organization read a file of a conversation."""

    organization_id: str
    conversation_id: str
    attachment_id: str
    person_id: str | None


@event("messaging.address.changed", service="ContactCenter", entity=("Address", "address"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChanged:
    """An address leads to a queue, or to none any more (``queue_id`` None)."""

    organization_id: str
    address: str
    queue_id: str | None


@event("messaging.mail.dispatched", service="ContactCenter", entity=("Conversation", "conversation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class MailDispatched:
    """The relay took a reply, refused it, or was not there; ``said``: in whose words."""

    organization_id: str
    conversation_id: str
    message_id: str
    state: str
    attempt: int
    said: str
