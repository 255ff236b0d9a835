"""The vendor's shapes of e-mails, and our own of addresses.

Source: EmailMessage, EmailMessagePreview, EmailMessagePreviewListing, EmailAddress, Attachment. How far a reply is
(``deliveryState``, ``deliveryText``) stands beside the vendor's fields, as the digests do.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta, field

from shiftline.conversations.model.conversations import Direction
from shiftline.foundation.time import offset_text
from shiftline.foundation.web.paging import Listing, Page, listing
from shiftline.foundation.web.wire import Identifier, NamedReference, ShortText, Wire
from shiftline.messaging.model import (
    LARGEST_MAIL,
    MOST_FILES,
    MOST_RECIPIENTS,
    Address,
    Attachment,
    Dispatch,
    Mail,
    MailAddress,
    Message,
    ReplyDraft,
)
from shiftline.messaging.wire.vendor import CONVERSATIONS, OURS, attachment_uri

PREVIEW = 200
Email = Annotated[str, Meta(min_length=3, max_length=320, pattern=r"^[^\s<>,;:\"\x00@]+@[^\s<>,;:\"\x00@]+$")]
BodyText = Annotated[str, Meta(max_length=200_000, pattern=r"^[^\x00]*$")]


class WireMailAddress(Wire, kw_only=True):
    """EmailAddress."""

    email: str
    name: str | None = None


class WireMailFile(Wire, kw_only=True):
    """Attachment."""

    attachment_id: str
    name: str
    content_uri: str
    content_type: str
    content_length: int
    inline_image: bool
    sha256: str


class _WireMail(Wire, kw_only=True):
    """What EmailMessage and EmailMessagePreview share, and what they lack."""

    id: str
    to: list[WireMailAddress]
    cc: list[WireMailAddress]
    bcc: list[WireMailAddress]
    from_: WireMailAddress = field(name="from")
    reply_to: WireMailAddress | None = None
    subject: str
    attachments: list[WireMailFile]
    time: datetime
    history_included: bool
    self_uri: str
    conversation_id: str
    position: int
    direction: Direction
    message_id: str
    participant_id: str
    user_id: str | None = None
    auto_generated: bool
    delivery_state: str | None = None
    delivery_text: str | None = None
    time_zone: str
    utc_offset: str
    digest: str
    former_digest: str


class WireEmailMessage(_WireMail, kw_only=True):
    """EmailMessage."""

    text_body: str
    html_body: str | None = None
    max_email_size_bytes: int


class WireEmailPreview(_WireMail, kw_only=True):
    """EmailMessagePreview."""

    text_body_preview: str


class MailAddressBody(Wire, kw_only=True):
    """EmailAddress."""

    email: Email
    name: ShortText | None = None


class MailFileBody(Wire, kw_only=True):
    """Attachment, of which its id counts."""

    attachment_id: Identifier


class EmailMessageBody(Wire, kw_only=True):
    """A reply to send. Without ``to`` it goes to whom the conversation is with. Source: EmailMessage."""

    to: Annotated[list[MailAddressBody], Meta(max_length=MOST_RECIPIENTS)] = msgspec.field(default_factory=list)
    cc: Annotated[list[MailAddressBody], Meta(max_length=MOST_RECIPIENTS)] = msgspec.field(default_factory=list)
    subject: ShortText | None = None
    text_body: BodyText = ""
    html_body: BodyText | None = None
    attachments: Annotated[list[MailFileBody], Meta(max_length=MOST_FILES)] = msgspec.field(default_factory=list)


class AddressBody(Wire, kw_only=True):
    """Where e-mail to an address goes. ``name``: what stands beside it in replies."""

    queue_id: Identifier
    name: ShortText = ""


class WireMailbox(Wire, kw_only=True):
    """An address of ours."""

    id: str
    name: str
    queue: NamedReference
    date_modified: datetime
    modified_by: str
    self_uri: str


class WireMailboxes(Wire):
    """All addresses."""

    entities: list[WireMailbox]


def show_mailbox(address: Address) -> WireMailbox:
    """An address of ours."""
    return WireMailbox(
        id=address.address,
        name=address.name,
        queue=NamedReference(id=address.queue_id, self_uri=f"/api/v2/routing/queues/{address.queue_id}"),
        date_modified=address.changed_at,
        modified_by=address.changed_by,
        self_uri=f"{OURS}/addresses/{address.address}",
    )


def read_reply(body: EmailMessageBody) -> ReplyDraft:
    """A reply as an agent wants it."""
    return ReplyDraft(
        text=body.text_body,
        to=tuple(MailAddress(each.email, each.name or "") for each in body.to),
        cc=tuple(MailAddress(each.email, each.name or "") for each in body.cc),
        subject=body.subject,
        html=body.html_body,
        attachment_ids=tuple(each.attachment_id for each in body.attachments),
    )


def show_email(message: Message, dispatch: Dispatch | None) -> WireEmailMessage:
    """EmailMessage."""
    mail = _mail(message)
    return WireEmailMessage(
        **_common(message, mail, dispatch),
        text_body=message.text,
        html_body=mail.html,
        max_email_size_bytes=LARGEST_MAIL,
    )


def show_previews(
    messages: Sequence[Message], dispatches: Mapping[str, Dispatch], conversation_id: str
) -> Listing[WireEmailPreview]:
    """EmailMessagePreviewListing: all of a conversation, as one page."""
    found = [
        WireEmailPreview(**_common(each, _mail(each), dispatches.get(each.id)), text_body_preview=each.text[:PREVIEW])
        for each in messages
    ]
    path = f"{CONVERSATIONS}/emails/{conversation_id}/messages"
    return listing(found, len(found), Page(max(25, len(found))), path)


def _mail(message: Message) -> Mail:
    assert message.mail is not None
    return message.mail


def _common(message: Message, mail: Mail, dispatch: Dispatch | None) -> dict[str, Any]:
    return {
        "id": message.id,
        "to": [_address(each) for each in mail.to],
        "cc": [_address(each) for each in mail.cc],
        "bcc": [],
        "from_": _address(mail.sender),
        "reply_to": None if mail.reply_to is None else _address(mail.reply_to),
        "subject": mail.subject,
        "attachments": [_file(message, each) for each in message.attachments],
        "time": message.sent_at,
        "history_included": False,
        "self_uri": f"{CONVERSATIONS}/emails/{message.conversation_id}/messages/{message.id}",
        "conversation_id": message.conversation_id,
        "position": message.position,
        "direction": message.direction,
        "message_id": mail.message_id,
        "participant_id": message.participant_id,
        "user_id": message.person_id,
        "auto_generated": mail.auto_generated,
        "delivery_state": None if dispatch is None else dispatch.state,
        "delivery_text": None if dispatch is None else dispatch.said,
        "time_zone": message.zone,
        "utc_offset": offset_text(timedelta(seconds=message.utc_offset_seconds)),
        "digest": message.digest.hex(),
        "former_digest": message.former_digest.hex(),
    }


def _address(address: MailAddress) -> WireMailAddress:
    return WireMailAddress(email=address.email, name=address.name or None)


def _file(message: Message, attachment: Attachment) -> WireMailFile:
    return WireMailFile(
        attachment_id=attachment.id,
        name=attachment.name,
        content_uri=attachment_uri(message.conversation_id, attachment.id),
        content_type=attachment.media_type,
        content_length=attachment.size,
        inline_image=False,
        sha256=attachment.sha256,
    )
