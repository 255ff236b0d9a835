"""Notes on recordings, as the vendor shows them. Source: Annotation."""

from datetime import timedelta
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, field

from shiftline.foundation.web.wire import LongText, NamedReference, ShortText, Wire
from shiftline.recordings.control.model import Annotation, AnnotationDraft
from shiftline.recordings.model import Recording
from shiftline.recordings.operations.controlled import Controlled

USUAL_KIND = "bookmark"
_MS = timedelta(milliseconds=1)

Place: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
WireReason: TypeAlias = Literal["Hold", "SecurePause", "FlowOrQueue", "Pause"]


class AnnotationBody(Wire):
    """A note; ``location`` and ``durationMs`` are milliseconds of the recording's sound."""

    location: Place
    duration_ms: Place | None = None
    type: ShortText | None = None
    name: ShortText | None = None
    description: LongText | None = None
    reason: WireReason | None = None


class WireAnnotation(Wire):
    """A note. Nothing is cut out of a recording, so that all locations are the same."""

    id: str
    type: str
    location: int
    duration_ms: int
    absolute_location: int
    absolute_duration_ms: int
    recording_location: int
    recording_duration_ms: int
    realtime_location: int
    name: str | None = None
    user: NamedReference | None = None
    description: str | None = None
    reason: WireReason | None = None
    annotations: list[Any] = field(default_factory=list[Any])
    self_uri: str | None = None


def read_annotation(body: AnnotationBody) -> AnnotationDraft:
    """What shall be noted."""
    return AnnotationDraft(
        kind=body.type or USUAL_KIND,
        location_ms=body.location,
        duration_ms=body.duration_ms or 0,
        name=body.name,
        description=body.description,
        reason=body.reason,
    )


def show_annotation(note: Annotation, conversation_id: str) -> WireAnnotation:
    """A note."""
    draft = note.draft
    path = f"/api/v2/conversations/{conversation_id}/recordings/{note.recording_id}/annotations/{note.id}"
    return WireAnnotation(
        id=note.id,
        type=draft.kind,
        name=draft.name,
        description=draft.description,
        reason=draft.reason,  # type: ignore[arg-type]
        user=NamedReference(id=note.made_by, self_uri=f"/api/v2/users/{note.made_by}"),
        self_uri=path,
        **_places(draft.location_ms, draft.duration_ms),
    )


def show_annotations(recording: Recording, controlled: Controlled) -> list[WireAnnotation]:
    """What lies in a sealed recording: its pauses as the system notes them, then what people noted."""
    pauses = [
        WireAnnotation(
            id=f"{recording.id}-pause-{index}",
            type="pause",
            reason="SecurePause",
            **_places((each.start - recording.started_at) // _MS, each.length // _MS),
        )
        for index, each in enumerate(recording.pauses)
    ]
    return [*pauses, *(show_annotation(each, recording.conversation_id) for each in controlled.annotations)]


def _places(location: int, duration: int) -> dict[str, Any]:
    return {
        **dict.fromkeys(("location", "absolute_location", "recording_location", "realtime_location"), location),
        **dict.fromkeys(("duration_ms", "absolute_duration_ms", "recording_duration_ms"), duration),
    }
