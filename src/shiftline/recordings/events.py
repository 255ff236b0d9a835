"""What happened to recordings."""

from dataclasses import dataclass
from datetime import datetime

from shiftline.foundation.events import event

SERVICE = "Recording"
ENTITY = ("Recording", "recording_id")
CONVERSATION = ("Conversation", "conversation_id")


@event("recordings.recording.opened", service=SERVICE, entity=ENTITY, action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingOpened:
    """A leg is being recorded from now on."""

    organization_id: str
    recording_id: str
    conversation_id: str
    participant_id: str
    leg_id: str
    person_id: str | None
    queue_id: str | None
    started_at: datetime
    zone: str
    utc_offset_seconds: int
    reason: str


@event("recordings.recording.not_made", service=SERVICE, entity=("Conversation", "conversation_id"), action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingNotMade:
    """A leg is not recorded: a policy says so, or its sound could not be kept. ``codes`` are the gates that refused."""

    organization_id: str
    conversation_id: str
    participant_id: str
    leg_id: str
    codes: tuple[str, ...]
    sentence: str


@event("recordings.recording.stopped", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStopped:
    """The end of a recording was asked for; media nodes finish its file."""

    organization_id: str
    recording_id: str
    conversation_id: str
    leg_id: str
    stop_at: datetime
    by: str


@event("recordings.recording.sealed", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSealed:
    """A recording's sound lies in the objects; its end, counts and hash are fixed."""

    organization_id: str
    recording_id: str
    conversation_id: str
    person_ids: tuple[str, ...]
    started_at: datetime
    ended_at: datetime
    ended_by: str
    duration_ms: int
    size: int
    sha256: str


@event("recordings.recording.lost", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingLost:
    """Nothing of a recording's sound was found."""

    organization_id: str
    recording_id: str
    conversation_id: str
    person_ids: tuple[str, ...]
    ended_at: datetime
    why: str


@event("recordings.recording.refreshed", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRefreshed:
    """A recording's metadata have a new revision; ``fields`` are those that changed."""

    organization_id: str
    recording_id: str
    conversation_id: str
    revision: int
    fields: tuple[str, ...]
    reason: str


@event("recordings.recording.accessed", service=SERVICE, entity=ENTITY, action="View")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingAccessed:
    """Somebody heard a recording or a part of it, or was refused it."""

    organization_id: str
    recording_id: str
    conversation_id: str
    access_id: str
    what: str
    allowed: bool
    code: str
    first_byte: int | None
    last_byte: int | None


@event("recordings.policy.changed", service=SERVICE, entity=("RecordingPolicy", "policy_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged:
    """Calls are recorded or not: those of a queue (``policy_id`` is its id), or all others (``default``)."""

    organization_id: str
    policy_id: str
    record: bool


@event("recordings.settings.changed", service=SERVICE, entity=("RecordingSettings", "settings_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChanged:
    """The organization's settings of recordings."""

    organization_id: str
    settings_id: str
    playback_minutes: int


@event("recordings.pause.begun", service=SERVICE, entity=CONVERSATION)
@dataclass(frozen=True, slots=True, kw_only=True)
class PauseBegun:
    """Nothing of a conversation is recorded from an instant on."""

    organization_id: str
    conversation_id: str
    pause_id: str
    at: datetime
    by: str


@event("recordings.pause.ended", service=SERVICE, entity=CONVERSATION)
@dataclass(frozen=True, slots=True, kw_only=True)
class PauseEnded:
    """A conversation is recorded again, or over."""

    organization_id: str
    conversation_id: str
    pause_id: str
    at: datetime
    by: str


@event("recordings.snippet.begun", service=SERVICE, entity=CONVERSATION)
@dataclass(frozen=True, slots=True, kw_only=True)
class SnippetBegun:
    """Somebody records a conversation by hand."""

    organization_id: str
    conversation_id: str
    snippet_id: str
    kind: str
    at: datetime
    by: str


@event("recordings.snippet.ended", service=SERVICE, entity=CONVERSATION)
@dataclass(frozen=True, slots=True, kw_only=True)
class SnippetEnded:
    """A recording by hand is over."""

    organization_id: str
    conversation_id: str
    snippet_id: str
    at: datetime
    by: str


@event("recordings.consent.announced", service=SERVICE, entity=CONVERSATION)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAnnounced:
    """That a call is recorded is said in it, until an instant."""

    organization_id: str
    conversation_id: str
    prompt: str
    at: datetime
    until: datetime


@event("recordings.policy.scoped", service=SERVICE, entity=("RecordingPolicy", "policy_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedPolicyChanged:
    """What is recorded of a queue, direction and channel is set, or taken away (``active`` false)."""

    organization_id: str
    policy_id: str
    queue_id: str | None
    direction: str | None
    channel: str
    active: bool
    record: bool
    snippet: bool
    pause: bool
    announce: bool
    reason_required: bool


@event("recordings.access_reasons.changed", service=SERVICE, entity=("RecordingAccessReasons", "organization_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessReasonsChanged:
    """For which reasons recordings may be heard."""

    organization_id: str
    codes: tuple[str, ...]


@event("recordings.annotation.changed", service=SERVICE, entity=("RecordingAnnotation", "annotation_id"))
@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationChanged:
    """A note on a recording was made, changed or (``deleted``) taken away."""

    organization_id: str
    annotation_id: str
    recording_id: str
    conversation_id: str
    deleted: bool
