"""Our own descriptions: of a conversation and of a recording, with everything that is known. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec

from shiftline.discovery import canonical, places
from shiftline.discovery.canonical import instant, optional_instant
from shiftline.discovery.model import (
    Content,
    Conversation,
    Email,
    Export,
    Hold,
    Kind,
    Messages,
    Participant,
    RecordedLeg,
)
from shiftline.foundation.time import offset_text
from shiftline.recordings.model import Access, Metadata, Revision
from shiftline.recordings.rules import describe_content

RECORD = "recording"
CONVERSATION = "conversation"
EXPORT = "export"


def describe_recording(export: Export, leg: RecordedLeg) -> dict[str, Any]:
    """A recording: metadata, the chain of its revisions, who heard it, and what keeps it."""
    metadata = leg.metadata
    return {
        "number": export.numbered(leg.number),
        "file": media_name(metadata),
        "metadata": show_metadata(metadata),
        "offsets": list(offsets(metadata)),
        "revisions": [_revision(each) for each in leg.revisions],
        "accesses": [_access(each) for each in leg.accesses],
        "holds": list(show_holds(leg.holds)),
        "retention": retention(metadata.archive_at, metadata.delete_at),
    }


def describe_conversation(export: Export, conversation: Conversation) -> dict[str, Any]:
    """A conversation, who took part in it, and its documents."""
    return {
        "id": conversation.id,
        "organizationId": export.organization_id,
        "channel": conversation.channel.value,
        "direction": conversation.direction,
        "startTime": instant(conversation.started_at),
        "endTime": optional_instant(conversation.ended_at),
        "subject": conversation.subject,
        "divisionIds": conversation.division_ids,
        "participants": [show_participant(each) for each in conversation.participants],
        "documents": list(_documents(export, conversation)),
        "transcripts": [
            {
                "id": each.metadata.recording_id,
                "file": media_name(each.metadata),
                "sha256": each.metadata.sha256,
                "size": each.metadata.size,
            }
            for each in conversation.transcripts
        ],
    }


def describe_export(export: Export) -> dict[str, Any]:
    """What was asked for, when it was frozen, what must be there, and what was left out."""
    counts = export.counts
    return {
        "id": export.id,
        "organization": {"id": export.organization_id, "name": export.organization_name},
        "matter": {"id": export.matter_id, "name": export.matter_name},
        "reason": export.reason,
        "operator": {"id": export.operator.id, "name": export.operator.name},
        "query": export.query,
        "frozenAt": instant(export.frozen_at),
        "software": export.software,
        "numbers": {"first": export.numbered(1), "last": export.numbered(counts.documents)} if counts.documents else {},
        "counts": {
            "conversations": counts.conversations,
            "documents": counts.documents,
            "recordings": counts.recordings,
            "messages": counts.messages,
            "emails": counts.emails,
            "mediaBytes": counts.media_bytes,
            "agents": [
                {
                    "id": each.agent.id,
                    "name": each.agent.name,
                    "conversations": each.conversations,
                    "documents": each.documents,
                }
                for each in counts.agents
            ],
        },
        "exclusions": [
            {
                "kind": each.kind,
                "id": each.id,
                "conversationId": each.conversation_id,
                "reason": each.reason,
                "agentIds": each.agent_ids,
            }
            for each in export.exclusions
        ],
        "ledger": None if export.ledger is None else {"origin": export.ledger.origin},
    }


def media_name(metadata: Metadata) -> str:
    """How a recording's sound is called."""
    return f"{places.segment(metadata.recording_id)}.{places.segment(metadata.container)}"


def record_name(metadata: Metadata) -> str:
    """How what is known of a recording is called."""
    return f"{places.segment(metadata.recording_id)}.recording.json"


def email_name(email: Email) -> str:
    """How an e-mail is called."""
    return f"{places.segment(email.id)}.eml"


def attachment_name(content: Content) -> str:
    """How an attachment is called: its id, and its own name for people."""
    return places.segment(f"{content.id}-{content.file_name}" if content.file_name else content.id)


MESSAGES_NAME = "messages.rsmf"


def show_metadata(metadata: Metadata) -> dict[str, Any]:
    """Metadata by their own names, as revisions hash them, without what is not known."""
    return canonical.without_nulls(describe_content(metadata))


def revision_content(revision: Revision) -> str:
    """The bytes, as text, that a revision's digest is of, behind the former one's. Source: recordings.rules.digest_revision."""
    content = [revision.number, revision.reason, describe_content(revision.metadata)]
    return msgspec.json.encode(content, order="sorted").decode()


def offsets(metadata: Metadata) -> Iterable[dict[str, str]]:
    """From which instant on the zone's clocks showed which offset; they rise in elapsed time."""
    for each in metadata.offsets:
        yield {"from": instant(each.at), "utcOffset": offset_text(timedelta(seconds=each.utc_offset_seconds))}


def show_holds(holds: Iterable[Hold]) -> Iterable[dict[str, str]]:
    """The matters that keep a document."""
    for each in holds:
        yield {"matterId": each.matter_id, "matterName": each.matter_name, "since": instant(each.since)}


def retention(archive_at: Any, delete_at: Any) -> dict[str, str | None]:
    """When a document is to be archived and deleted."""
    return {"archiveDate": optional_instant(archive_at), "deleteDate": optional_instant(delete_at)}


def show_participant(each: Participant) -> dict[str, Any]:
    """One who took part."""
    return {
        "id": each.id,
        "purpose": each.purpose,
        "userId": each.person_id,
        "queueId": each.queue_id,
        "name": each.name,
        "address": each.address,
        "joinTime": optional_instant(each.joined_at),
        "leaveTime": optional_instant(each.left_at),
    }


def _documents(export: Export, conversation: Conversation) -> Iterable[dict[str, Any]]:
    for leg in conversation.recordings:
        yield {
            "number": export.numbered(leg.number),
            "kind": Kind.RECORDING.value,
            "id": leg.metadata.recording_id,
            "file": media_name(leg.metadata),
            "sha256": leg.metadata.sha256,
            "size": leg.metadata.size,
            "holds": list(show_holds(leg.holds)),
            "retention": retention(leg.metadata.archive_at, leg.metadata.delete_at),
            "attachments": [],
        }
    if conversation.messages is not None:
        yield _messages(export, conversation.id, conversation.messages)
    for email in conversation.emails:
        yield _email(export, email)


def _messages(export: Export, conversation_id: str, messages: Messages) -> dict[str, Any]:
    return {
        "number": export.numbered(messages.number),
        "kind": Kind.MESSAGES.value,
        "id": conversation_id,
        "file": MESSAGES_NAME,
        "messages": len(messages.messages),
        "platform": messages.platform,
        "holds": list(show_holds(messages.holds)),
        "retention": retention(messages.archive_at, messages.delete_at),
        "attachments": [_attachment(each) for message in messages.messages for each in message.attachments],
    }


def _email(export: Export, email: Email) -> dict[str, Any]:
    original = email.original
    return {
        "number": export.numbered(email.number),
        "kind": Kind.EMAIL.value,
        "id": email.id,
        "file": email_name(email),
        "sha256": None if original is None else original.sha256,
        "size": None if original is None else original.size,
        "asReceived": original is not None,
        "sentTime": instant(email.sent_at),
        "holds": list(show_holds(email.holds)),
        "retention": retention(email.archive_at, email.delete_at),
        "attachments": [_attachment(each) for each in email.attachments],
    }


def _attachment(content: Content) -> dict[str, Any]:
    return {
        "id": content.id,
        "file": f"attachments/{attachment_name(content)}",
        "name": content.file_name,
        "mediaType": content.media_type,
        "size": content.size,
        "sha256": content.sha256,
    }


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "at": instant(revision.at),
        "by": revision.by,
        "reason": revision.reason,
        "changed": [each.field for each in revision.difference],
        "content": revision_content(revision),
        "digest": revision.digest.hex(),
    }


def _access(access: Access) -> dict[str, Any]:
    return {
        "id": access.id,
        "at": instant(access.at),
        "actorId": access.actor_id,
        "actorKind": access.actor_kind,
        "clientId": access.client_id,
        "address": access.address,
        "what": access.what.value,
        "byTicket": access.by_ticket,
        "firstByte": access.first_byte,
        "lastByte": access.last_byte,
        "allowed": access.allowed,
        "code": access.code,
    }
