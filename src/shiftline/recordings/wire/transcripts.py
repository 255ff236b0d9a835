"""What was written, out of a recording's document, in the vendor's shapes.

Source: RecordingMessagingMessage, MessageMediaAttachment, RecordingEmailMessage, EmailAddress, EmailAttachment. What they lack
(place, zone, offset, digests) stands beside their fields.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import field

from shiftline.foundation.time import offset_text
from shiftline.foundation.web.wire import NamedReference, Wire

FILES = "/api/v2/shiftline/messaging/conversations"


class _File(msgspec.Struct):
    id: str
    name: str
    media_type: str
    size: int
    sha256: str


class _Mailbox(msgspec.Struct):
    email: str
    name: str = ""


class _Mail(msgspec.Struct):
    subject: str
    sender: _Mailbox
    to: list[_Mailbox]
    cc: list[_Mailbox] = []
    reply_to: _Mailbox | None = None
    html: str | None = None


class _Message(msgspec.Struct):
    """What is read of a message in a document; the rest of it stays where it is."""

    id: str
    position: int
    participant_id: str
    purpose: str
    author: str
    sent_at: datetime
    zone: str
    utc_offset_seconds: int
    text: str
    digest: str
    former_digest: str
    attachments: list[_File] = []
    person_id: str | None = None
    queue_id: str | None = None
    mail: _Mail | None = None


class _Document(msgspec.Struct):
    conversation_id: str
    messages: list[_Message]


class WireQueue(Wire):
    """AddressableEntityRef."""

    id: str
    self_uri: str


class WireMessageFile(Wire, kw_only=True):
    """MessageMediaAttachment; ``sha256`` is ours."""

    id: str
    name: str
    media_type: str
    content_length: int
    url: str
    sha256: str


class WireRecordedMessage(Wire, kw_only=True):
    """RecordingMessagingMessage."""

    id: str
    from_: str = field(name="from")
    from_user: NamedReference | None = None
    timestamp: datetime
    purpose: str
    participant_id: str
    queue: WireQueue | None = None
    message_text: str
    message_media_attachments: list[WireMessageFile]
    content_type: str
    position: int
    time_zone: str
    utc_offset: str
    digest: str
    former_digest: str


class WireRecordedMailbox(Wire, kw_only=True):
    """EmailAddress."""

    email: str
    name: str | None = None


class WireRecordedMailFile(Wire, kw_only=True):
    """EmailAttachment; ``sha256`` is ours."""

    attachment_id: str
    name: str
    content_type: str
    content_length: int
    content_path: str
    sha256: str


class WireRecordedMail(Wire, kw_only=True):
    """RecordingEmailMessage."""

    id: str
    from_: WireRecordedMailbox = field(name="from")
    to: list[WireRecordedMailbox]
    cc: list[WireRecordedMailbox]
    bcc: list[WireRecordedMailbox]
    reply_to: WireRecordedMailbox | None = None
    subject: str
    text_body: str
    html_body: str | None = None
    attachments: list[WireRecordedMailFile]
    time: datetime
    position: int
    time_zone: str
    utc_offset: str
    digest: str
    former_digest: str


def show_written(document: bytes) -> dict[str, Any]:
    """The field of a Recording that holds its transcript: ``messaging_transcript`` or ``email_transcript``."""
    whole = msgspec.json.decode(document, type=_Document)
    if any(each.mail is not None for each in whole.messages):
        return {
            "email_transcript": [_mail(whole.conversation_id, each, each.mail) for each in whole.messages if each.mail]
        }
    return {"messaging_transcript": [_message(whole.conversation_id, each) for each in whole.messages]}


def _place(message: _Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "position": message.position,
        "time_zone": message.zone,
        "utc_offset": offset_text(timedelta(seconds=message.utc_offset_seconds)),
        "digest": message.digest,
        "former_digest": message.former_digest,
    }


def _message(conversation_id: str, message: _Message) -> WireRecordedMessage:
    person_id, queue_id = message.person_id, message.queue_id
    user = (
        NamedReference(id=person_id, name=message.author, self_uri=f"/api/v2/users/{person_id}") if person_id else None
    )
    return WireRecordedMessage(
        **_place(message),
        from_=message.author,
        from_user=user,
        timestamp=message.sent_at,
        purpose=message.purpose,
        participant_id=message.participant_id,
        queue=WireQueue(id=queue_id, self_uri=f"/api/v2/routing/queues/{queue_id}") if queue_id else None,
        message_text=message.text,
        message_media_attachments=[
            WireMessageFile(
                id=each.id,
                name=each.name,
                media_type=each.media_type,
                content_length=each.size,
                url=_uri(conversation_id, each),
                sha256=each.sha256,
            )
            for each in message.attachments
        ],
        content_type="Attachment" if message.attachments else "Text",
    )


def _mail(conversation_id: str, message: _Message, mail: _Mail) -> WireRecordedMail:
    return WireRecordedMail(
        **_place(message),
        from_=_mailbox(mail.sender),
        to=_mailboxes(mail.to),
        cc=_mailboxes(mail.cc),
        bcc=[],
        reply_to=_mailbox(mail.reply_to) if mail.reply_to else None,
        subject=mail.subject,
        text_body=message.text,
        html_body=mail.html,
        attachments=[
            WireRecordedMailFile(
                attachment_id=each.id,
                name=each.name,
                content_type=each.media_type,
                content_length=each.size,
                content_path=_uri(conversation_id, each),
                sha256=each.sha256,
            )
            for each in message.attachments
        ],
        time=message.sent_at,
    )


def _mailbox(mailbox: _Mailbox) -> WireRecordedMailbox:
    return WireRecordedMailbox(email=mailbox.email, name=mailbox.name or None)


def _mailboxes(mailboxes: Sequence[_Mailbox]) -> list[WireRecordedMailbox]:
    return [_mailbox(each) for each in mailboxes]


def _uri(conversation_id: str, file: _File) -> str:
    return f"{FILES}/{conversation_id}/attachments/{file.id}"
