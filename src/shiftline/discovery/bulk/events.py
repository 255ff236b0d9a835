"""What happened to recording jobs."""

from dataclasses import dataclass

from shiftline.foundation.events import event

SERVICE = "Recording"
ENTITY = ("RecordingJob", "job_id")


@event("discovery.recording_job.created", service=SERVICE, entity=ENTITY, action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class JobCreated:
    """Somebody wants something done with many recordings."""

    organization_id: str
    job_id: str
    action: str
    integration_id: str | None


@event("discovery.recording_job.moved", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class JobMoved:
    """A job has another state; ``problem`` says why it failed."""

    organization_id: str
    job_id: str
    action: str
    state: str
    recordings: int
    processed: int
    skipped: int
    failed: int
    problem: str | None = None


@event("discovery.recording_job.removed", service=SERVICE, entity=ENTITY, action="Delete")
@dataclass(frozen=True, slots=True, kw_only=True)
class JobRemoved:
    """A job that was over is not listed any more; what it did stays."""

    organization_id: str
    job_id: str


@event("discovery.recording.exported", service=SERVICE, entity=("Recording", "recording_id"), action="Export")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingExported:
    """A recording was stored into an integration's bucket and read back. ``sha256`` and ``size`` are of its plain sound."""

    organization_id: str
    recording_id: str
    conversation_id: str
    job_id: str
    integration_id: str
    object_key: str
    sha256: str
    size: int
