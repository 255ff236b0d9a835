"""What happened to batch requests."""

from dataclasses import dataclass

from shiftline.foundation.events import event

SERVICE = "Recording"
ENTITY = ("RecordingBatchRequest", "batch_id")


@event("discovery.batch.requested", service=SERVICE, entity=ENTITY, action="Create")
@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequested:
    """Somebody asked for many recordings at once."""

    organization_id: str
    batch_id: str
    asked: int
    expected: int


@event("discovery.batch.completed", service=SERVICE, entity=ENTITY)
@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCompleted:
    """Every result of a batch request is settled."""

    organization_id: str
    batch_id: str
    results: int
    errors: int
