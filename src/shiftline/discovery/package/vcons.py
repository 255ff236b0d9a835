"""A conversation as a vCon. Pure. Source: draft-ietf-vcon-vcon-core-04 (7 September 2026), syntax 0.4.0, unsigned form.

COMPAT: the draft wants an HTTPS URL for what lies outside; in a package ``url`` is relative to the vCon itself.
"""

import base64
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from shiftline.discovery.canonical import instant
from shiftline.discovery.model import Content, Conversation, Email, Export, Message, Participant, RecordedLeg
from shiftline.discovery.package import records
from shiftline.recordings.model import MEDIA_TYPES

SYNTAX = "0.4.0"
SCHEMA = "vcon"
_NAMESPACE = uuid.UUID("6f1c2a0e-7d0b-5c39-9c2e-3a7f3d1b8e55")


def describe(export: Export, conversation: Conversation) -> dict[str, Any]:
    """The vCon of a conversation in an export. Its uuid is made of both ids: the draft's version 8 holds a random part."""
    parties = {each.id: index for index, each in enumerate(conversation.participants)}
    dialogs = list(_dialogs(conversation, parties))
    return {
        "vcon": SYNTAX,
        "uuid": str(uuid.uuid5(_NAMESPACE, f"{export.id}/{conversation.id}")),
        "created_at": instant(export.frozen_at),
        "subject": conversation.subject,
        "parties": [_party(each) for each in conversation.participants],
        "dialog": [dialog for dialog, _ in dialogs],
        "attachments": [
            _attachment(content, dialog, index)
            for index, (dialog, attachments) in enumerate(dialogs)
            for content in attachments
        ],
    }


def _party(each: Participant) -> dict[str, Any]:
    address = each.address or ""
    kind, _, value = address.partition(":")
    return {
        "name": each.name,
        "tel": address if kind == "tel" else None,
        "sip": address if kind in {"sip", "sips"} else None,
        "mailto": value if kind == "mailto" else address if "@" in address and ":" not in address else None,
        "uuid": each.person_id or each.id,
        "type": "person" if each.purpose in {"agent", "user", "customer", "external"} else None,
        "validation": "none" if each.name is not None else None,
        # Beyond the draft, whose contact-centre extension calls it role.
        "role": each.purpose,
    }


def _dialogs(
    conversation: Conversation, parties: dict[str, int]
) -> Iterator[tuple[dict[str, Any], tuple[Content, ...]]]:
    for leg in conversation.recordings:
        yield _recording(leg, conversation, parties), ()
    if conversation.messages is not None:
        for message in conversation.messages.messages:
            yield _message(message, conversation.messages.platform, parties), message.attachments
    for email in conversation.emails:
        yield _email(email, parties), email.attachments


def _recording(leg: RecordedLeg, conversation: Conversation, parties: dict[str, int]) -> dict[str, Any]:
    metadata = leg.metadata
    return {
        "type": "recording",
        "start": _local(metadata.started_at, metadata.utc_offset_seconds),
        "duration": metadata.duration_ms / 1000,
        "parties": [parties[each.id] for each in metadata.participants if each.id in parties],
        "originator": _originator(conversation, parties),
        "mediatype": MEDIA_TYPES[metadata.container],
        "filename": records.media_name(metadata),
        "url": records.media_name(metadata),
        "content_hash": [*_hashes(metadata.sha256, leg.sha512)],
        "application": "shiftline",
        "party_history": list(_history(conversation, parties)),
    }


def _local(at: datetime, offset: int) -> str:
    """An instant by the clocks of its place: 2023-11-05T01:59:59.000-05:00."""
    return at.astimezone(timezone(timedelta(seconds=offset))).isoformat(timespec="milliseconds")


def _originator(conversation: Conversation, parties: dict[str, int]) -> int | None:
    if conversation.direction == "inbound":
        first = next((each for each in conversation.participants if each.purpose in {"customer", "external"}), None)
    else:
        first = next((each for each in conversation.participants if each.purpose in {"agent", "user"}), None)
    return None if first is None else parties[first.id]


def _history(conversation: Conversation, parties: dict[str, int]) -> Iterator[dict[str, Any]]:
    moves = [
        (at, event, parties[each.id])
        for each in conversation.participants
        for at, event in ((each.joined_at, "join"), (each.left_at, "drop"))
        if at is not None
    ]
    for at, event, party in sorted(moves, key=lambda move: (move[0], move[2], move[1] == "drop")):
        yield {"party": party, "event": event, "time": instant(at)}


def _message(message: Message, platform: str, parties: dict[str, int]) -> dict[str, Any]:
    return {
        "type": "text",
        "start": instant(message.sent_at),
        "parties": sorted(parties.values()),
        "originator": parties.get(message.participant_id),
        "mediatype": "text/plain",
        "encoding": "none",
        "body": message.text,
        "message_id": message.id,
        "application": platform,
    }


def _email(email: Email, parties: dict[str, int]) -> dict[str, Any]:
    content = email.original
    known: dict[str, Any] = {"encoding": "none", "body": email.text, "mediatype": "text/plain"}
    if content is not None:
        known = {
            "url": records.email_name(email),
            "content_hash": list(_hashes(content.sha256, content.sha512)),
            "mediatype": "message/rfc822",
        }
    return {
        "type": "text",
        "start": instant(email.sent_at),
        "parties": sorted(parties.values()),
        "filename": records.email_name(email),
        "message_id": email.message_id or email.id,
        "application": "email",
        **known,
    }


def _attachment(content: Content, dialog: dict[str, Any], index: int) -> dict[str, Any]:
    return {
        "purpose": "attachment",
        "start": dialog["start"],
        "party": dialog.get("originator") or 0,
        "dialog": index,
        "mediatype": content.media_type,
        "filename": content.file_name,
        "url": f"attachments/{records.attachment_name(content)}",
        "content_hash": list(_hashes(content.sha256, content.sha512)),
    }


def _hashes(sha256: str, sha512: str | None) -> Iterator[str]:
    """The draft asks for SHA-512 and lets others stand beside it: it is there when it was known at the freeze."""
    if sha512 is not None:
        yield f"sha512-{_base64url(sha512)}"
    yield f"sha256-{_base64url(sha256)}"


def _base64url(hexadecimal: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(hexadecimal)).decode().rstrip("=")
