"""The metadata beside a recording in the vendor's layout of exported recordings. Pure.

Source: "Working with exported recordings in AWS S3 bucket" (the vendor's help): folders by the hour in UTC in which the
conversation began, ``<recordingId>_metadata.json``. ``sha256``, ``sizeBytes``, zone and offsets are ours: the vendor has none.
"""

from typing import Any

from shiftline.discovery import places
from shiftline.discovery.canonical import instant, optional_instant
from shiftline.discovery.model import Conversation, Export, RecordedLeg
from shiftline.discovery.package import records
from shiftline.recordings.model import CALL

SCHEMA = "vendor-metadata"
_FORMATS = {"ogg": "OGG_OPUS", "wav": "WAV", "mp3": "MP3", "json": "JSON"}


def metadata_path(conversation: Conversation, leg: RecordedLeg) -> str:
    """Where a recording's metadata lie."""
    name = f"{places.segment(leg.metadata.recording_id)}_metadata.json"
    return places.vendor(conversation.id, conversation.started_at, name)


def media_path(conversation: Conversation, leg: RecordedLeg) -> str:
    """Where its sound lies, when it is wanted there: the vendor's files have no ending."""
    return places.vendor(conversation.id, conversation.started_at, places.segment(leg.metadata.recording_id))


def describe(export: Export, conversation: Conversation, leg: RecordedLeg) -> dict[str, Any]:
    """What the vendor's metadata file tells in a package."""
    return describe_at(export.organization_id, conversation, leg, _file_path(export, conversation, leg))


def describe_at(organization_id: str, conversation: Conversation, leg: RecordedLeg, file_path: str) -> dict[str, Any]:
    """What it tells of a sound that lies at ``file_path``; what is None is not known, and not written."""
    metadata = leg.metadata
    people = dict.fromkeys(each.person_id for each in conversation.participants if each.person_id is not None)
    queues = dict.fromkeys(each.queue_id for each in conversation.participants if each.queue_id is not None)
    return {
        **form_of(CALL, metadata.container),
        "provider": "shiftline",
        "organizationId": organization_id,
        "conversationId": conversation.id,
        "recordingId": metadata.recording_id,
        "userIds": list(people),
        "queueIds": list(queues),
        "divisionIds": list(metadata.division_ids),
        "initialDirection": conversation.direction,
        "conversationStartTime": instant(conversation.started_at),
        "conversationEndTime": optional_instant(conversation.ended_at),
        "startTime": instant(metadata.started_at),
        "endTime": instant(metadata.ended_at),
        "durationMs": metadata.duration_ms,
        "timeZone": metadata.zone,
        "offsets": list(records.offsets(metadata)),
        "filePath": file_path,
        "sizeBytes": metadata.size,
        "sha256": metadata.sha256,
        "legalHold": bool(leg.holds),
        "archiveDate": optional_instant(metadata.archive_at),
        "deleteDate": optional_instant(metadata.delete_at),
    }


def form_of(medium: str, container: str) -> dict[str, str]:
    """The vendor's names for what a recording is of, and how it is kept."""
    return {"mediaType": medium.capitalize(), "mediaFormat": _FORMATS[container]}


def _file_path(export: Export, conversation: Conversation, leg: RecordedLeg) -> str:
    if export.vendor_media:
        return media_path(conversation, leg)
    return places.conversation(conversation.id, records.media_name(leg.metadata))
