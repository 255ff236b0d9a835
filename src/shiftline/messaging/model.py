"""Deployments, guests, messages and the files that come with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from shiftline.conversations.model.conversations import Direction
from shiftline.routing.model.queues import Medium

LONGEST_TEXT = 4000
"""Characters of a guest's or agent's message. Source: the vendor's web messaging takes 4,096."""
LONGEST_NAME = 200
"""Characters of a file's name."""
LARGEST_FILE = 5 * 1024 * 1024
MOST_FILES = 10
"""Files with one message."""
MOST_UNSENT_FILES = 20
"""Files of a guest that they have sent with no message yet."""
MOST_MESSAGES = 2000
"""Messages in one conversation by its guest: a person writes tens."""
MOST_FROM_ONE_ADDRESS = 30
"""Conversations by message under way of one address: an office has some, a flood has many."""
PAGE_OF_TRANSCRIPT = 200

WRITTEN = frozenset({Medium.MESSAGE, Medium.EMAIL})
"""The media that this room carries."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A queue opened to messages from the web, from pages of some origins (none named: of any)."""

    organization_id: str
    id: str
    name: str
    queue_id: str
    allowed_origins: tuple[str, ...]
    enabled: bool
    version: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class DeploymentDraft:
    """What a deployment shall be."""

    name: str
    queue_id: str
    allowed_origins: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Guest:
    """A browser that may write to a deployment. ``conversation_id``: what its next message belongs to, while that lasts."""

    organization_id: str
    id: str
    deployment_id: str
    name: str
    remote_address: str | None
    conversation_id: str | None
    participant_id: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was let in. ``media_type`` is what its content is, ``size`` in bytes."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A mailbox and the name that stands with it."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """What an e-mail has beside its text. ``message_id`` and ``references`` with their angle brackets. Source: RFC 5322."""

    message_id: str
    subject: str
    sender: MailAddress
    to: tuple[MailAddress, ...]
    cc: tuple[MailAddress, ...] = ()
    reply_to: MailAddress | None = None
    references: tuple[str, ...] = ()
    html: str | None = None
    written_at: datetime | None = None
    auto_generated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a transcript, for good.

    ``position`` counts from 1; ``sent_at`` is the application's instant, ``zone`` where the agent works (UTC without one),
    ``utc_offset_seconds`` its offset then. ``digest`` covers everything here and the message before. ``raw_sha256``: an
    e-mail as it stood on the wire, an object by this digest. ``destroyed_at``: since when it says nothing any more; its digest
    is of what it said.
    """

    organization_id: str
    conversation_id: str
    position: int
    id: str
    medium: Medium
    direction: Direction
    participant_id: str
    communication_id: str
    purpose: str
    author: str
    sent_at: datetime
    real_at: datetime
    zone: str
    utc_offset_seconds: int
    tzdata_version: str
    text: str
    person_id: str | None = None
    queue_id: str | None = None
    client_id: str | None = None
    mail: Mail | None = None
    attachments: tuple[Attachment, ...] = ()
    raw_sha256: str | None = None
    former_digest: bytes = b""
    digest: bytes = b""
    destroyed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDraft:
    """A message to be written. ``client_id``: what its writer calls it; a repeat is the same message."""

    text: str
    client_id: str | None = None
    attachment_ids: tuple[str, ...] = ()
    mail: Mail | None = None
    raw_sha256: str | None = None


GuestState: TypeAlias = Literal["new", "waiting", "ringing", "connected", "ended"]


@dataclass(frozen=True, slots=True)
class GuestStatus:
    """How a guest's conversation stands. ``agent``: the name of whoever answers; ``position``: in the queue, from 1."""

    state: GuestState
    conversation_id: str | None = None
    agent: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """All that was written in a conversation, in order, with the files by their digests.

    ``head``: the last message's digest, which holds for all. ``objects``: where each digest's content is kept.
    """

    conversation_id: str
    medium: Medium
    messages: tuple[Message, ...]
    head: bytes
    objects: Mapping[str, str] = field(default_factory=dict[str, str])


Canonical: TypeAlias = Mapping[str, Any]


LARGEST_MAIL = 20 * 1024 * 1024
MOST_RECIPIENTS = 20


@dataclass(frozen=True, slots=True)
class Address:
    """An address of ours whose e-mail waits in a queue."""

    address: str
    organization_id: str
    name: str
    queue_id: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file of an e-mail, not yet checked."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail that was read: what it says, and its files."""

    mail: Mail
    text: str
    files: tuple[MailFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """A reply as an agent wants it. Without ``to`` it goes to whom the conversation is with."""

    text: str
    to: tuple[MailAddress, ...] = ()
    cc: tuple[MailAddress, ...] = ()
    subject: str | None = None
    html: str | None = None
    attachment_ids: tuple[str, ...] = ()


DispatchState: TypeAlias = Literal["queued", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A reply under way: how far it is, and what the relay said last."""

    organization_id: str
    message_id: str
    conversation_id: str
    participant_id: str
    sender: str
    recipients: tuple[str, ...]
    state: DispatchState
    attempts: int
    said: str | None = None
