"""What happened to deletions and policies of retention."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.foundation.events import event

SERVICE = "Recording"
ENTITY = ("Recording", "recording_id")


@event("recordings.deletion.marked", service=SERVICE, entity=ENTITY, action="Delete")
@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionMarked:
    """A recording is to be destroyed after ``due_at``, once a second person approved."""

    organization_id: str
    recording_id: str
    conversation_id: str
    deletion_id: str
    cause: str
    reason: str
    asked_by: str
    due_at: datetime


@event("recordings.deletion.approved", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionApproved:
    """A second person agreed to a recording's destruction."""

    organization_id: str
    recording_id: str
    conversation_id: str
    deletion_id: str
    approved_by: str


@event("recordings.deletion.withdrawn", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionWithdrawn:
    """A recording is not to be destroyed after all."""

    organization_id: str
    recording_id: str
    conversation_id: str
    deletion_id: str
    reason: str


@event("recordings.recording.destroyed", service=SERVICE, entity=ENTITY, action="Delete")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingDestroyed:
    """A recording's key is gone: nobody can hear it again. Hashes are hexadecimal; ``medium``: call, message or email."""

    organization_id: str
    recording_id: str
    conversation_id: str
    medium: str
    deletion_id: str
    cause: str
    reason: str
    asked_by: str
    approved_by: str
    sha256: str
    size: int
    key_id: str
    key_digest: str


@event("recordings.recording.erased", service=SERVICE, entity=ENTITY, action="Delete")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingErased:
    """The object of a destroyed recording was removed, too."""

    organization_id: str
    recording_id: str
    conversation_id: str
    object_key: str


@event("recordings.recording.archived", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingArchived:
    """A recording's date of archiving came: it is heard again once that date is moved."""

    organization_id: str
    recording_id: str
    conversation_id: str
    archive_at: datetime


@event("recordings.retention.changed", service=SERVICE, entity=("RetentionPolicy", "policy_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionChanged:
    """Recordings of a queue (``policy_id`` is its id), or all others (``default``), are archived and deleted after days."""

    organization_id: str
    policy_id: str
    archive_days: int | None
    delete_days: int | None


@event("recordings.deletion.grace_changed", service=SERVICE, entity=("RecordingDeletionSettings", "settings_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class GraceChanged:
    """How many days pass between a mark and the destruction."""

    organization_id: str
    settings_id: str
    grace_days: int
