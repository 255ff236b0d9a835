"""Recordings as the vendor shows them.

Source: Recording, RecordingMetadata, MediaResult, RecordingSettings. What the vendor lacks (zone, offsets, hash, what ended it)
stands beside its fields: its clients leave out what they do not know.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeAlias

from msgspec import Meta, field

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import offset_text
from shiftline.foundation.web.paging import commas
from shiftline.foundation.web.wire import Instant, NamedReference, Wire
from shiftline.recordings.model import CALL, OffsetChange, Recording, RecordingSettings, State
from shiftline.recordings.operations.controlled import Controlled
from shiftline.recordings.wire.annotations import WireAnnotation, show_annotations
from shiftline.recordings.wire.media import MEDIA
from shiftline.recordings.wire.transcripts import WireRecordedMail, WireRecordedMessage, show_written

MediaUri: TypeAlias = Callable[[Recording], str | None]

FORMATS = frozenset({"WAV", "WEBM", "WAV_ULAW", "OGG_VORBIS", "OGG_OPUS", "MP3", "NONE"})
NO_MEDIA = "NONE"
ONLY_CHANNEL = "0"

# COMPAT: the vendor knows no state for "still being recorded"; clients wait while it is UPLOADING.
FILE_STATES = {
    State.OPEN: "UPLOADING",
    State.STOPPING: "UPLOADING",
    State.SEALED: "AVAILABLE",
    State.LOST: "ERROR",
    State.DESTROYED: "DELETED",
}
ARCHIVED = "ARCHIVED"

MEDIA_NAMES = {CALL: "audio", "message": "message", "email": "email"}

_Minutes: TypeAlias = Annotated[int, Meta(ge=2, le=60)]
_Streams: TypeAlias = Annotated[int, Meta(ge=0, le=100)]


class WireOffset(Wire):
    """From an instant on, the zone's offset from UTC, as -05:00."""

    from_: datetime = field(name="from")
    utc_offset: str


class WireMedia(Wire):
    """Where one channel is heard."""

    media_uri: str


class WireMetadata(Wire, kw_only=True):
    """The vendor's RecordingMetadata, and what it lacks."""

    id: str
    conversation_id: str
    path: str
    start_time: datetime
    media: str
    media_subtype: str | None = None
    annotations: list[WireAnnotation]
    file_state: str
    session_id: str
    self_uri: str
    end_time: datetime | None = None
    archive_date: datetime | None = None
    delete_date: datetime | None = None
    time_zone: str
    utc_offset: str
    tzdata_version: str
    offsets: list[WireOffset]
    direction: str
    ended_by: str | None = None
    duration_ms: int | None = None
    packets: int | None = None
    packets_lost: int | None = None
    sha256: str | None = None
    revision: int = 0


class WireRecording(WireMetadata, kw_only=True):
    """The vendor's Recording: with ways to hear it."""

    media_uris: dict[str, WireMedia]
    estimated_transcode_time_ms: int
    actual_transcode_time_ms: int
    users: list[NamedReference]
    recording_file_role: str
    original_recording_start_time: datetime
    creation_time: datetime
    messaging_transcript: list[WireRecordedMessage] | None = None
    email_transcript: list[WireRecordedMail] | None = None
    output_duration_ms: int | None = None
    output_size_in_bytes: int | None = None


class RecordingBody(Wire):
    """What can be changed of a Recording; a date that is left out is taken away."""

    archive_date: Instant | None = None
    delete_date: Instant | None = None


class WireSettings(Wire, omit_defaults=False):
    """The vendor's RecordingSettings."""

    max_simultaneous_streams: int
    max_configurable_screen_recording_streams: int
    regional_recording_storage_enabled: bool
    recording_playback_url_ttl: int
    recording_batch_download_url_ttl: int
    stop_recording_when_only_external_participants: bool


class SettingsBody(Wire):
    """What is set anew; the rest becomes the default. Lifetimes are minutes."""

    max_simultaneous_streams: _Streams = 1
    max_configurable_screen_recording_streams: _Streams = 1
    regional_recording_storage_enabled: bool = False
    recording_playback_url_ttl: _Minutes = 60
    recording_batch_download_url_ttl: _Minutes = 60
    stop_recording_when_only_external_participants: bool = False


def show_metadata(recording: Recording, controlled: Controlled) -> WireMetadata:
    """RecordingMetadata."""
    return WireMetadata(
        **_common(recording, controlled), self_uri=f"{_path(recording)}/recordingmetadata/{recording.id}"
    )


def show_recording(
    recording: Recording, media_uri: MediaUri | None, controlled: Controlled, document: bytes | None = None
) -> WireRecording:
    """Recording; None: without ways to hear it, or without what was written."""
    uri = None if media_uri is None else media_uri(recording)
    users = [
        NamedReference(id=each.person_id, name=each.name, self_uri=f"/api/v2/users/{each.person_id}")
        for each in recording.participants
        if each.person_id is not None
    ]
    return WireRecording(
        **_common(recording, controlled),
        **({} if document is None else show_written(document)),
        self_uri=f"{_path(recording)}/recordings/{recording.id}",
        media_uris={} if uri is None else {ONLY_CHANNEL: WireMedia(media_uri=uri)},
        # Nothing is ever transcoded: what was recorded is what is heard.
        estimated_transcode_time_ms=0,
        actual_transcode_time_ms=0,
        users=users,
        recording_file_role="CUSTOMER_EXPERIENCE",
        original_recording_start_time=recording.started_at,
        creation_time=recording.started_at,
        output_duration_ms=recording.duration_ms,
        output_size_in_bytes=recording.size,
    )


def _is_archived(recording: Recording) -> bool:
    return recording.state is State.SEALED and recording.archived_at is not None


def _path(recording: Recording) -> str:
    return f"/api/v2/conversations/{recording.conversation_id}"


def _common(recording: Recording, controlled: Controlled) -> dict[str, Any]:
    return {
        "path": f"{MEDIA}/{recording.id}/media",
        "media": MEDIA_NAMES[recording.medium],
        "media_subtype": _subtype(recording),
        "annotations": show_annotations(recording, controlled),
        "file_state": ARCHIVED if _is_archived(recording) else FILE_STATES[recording.state],
        "session_id": recording.leg_id,
        **show_known(recording),
    }


def _subtype(recording: Recording) -> str | None:
    if recording.medium != CALL:
        return None
    return "Trunk" if recording.person_id is None else "Station"


def show_known(recording: Recording) -> dict[str, Any]:
    """What each shape of a recording tells by the same names."""
    begins = (OffsetChange(recording.started_at, recording.utc_offset_seconds),)
    return {
        "id": recording.id,
        "conversation_id": recording.conversation_id,
        "direction": recording.direction,
        "start_time": recording.started_at,
        "end_time": recording.ended_at,
        "time_zone": recording.zone,
        "utc_offset": _offset(recording.utc_offset_seconds),
        "tzdata_version": recording.tzdata_version,
        "offsets": [
            WireOffset(from_=each.at, utc_offset=_offset(each.utc_offset_seconds))
            for each in recording.offsets or begins
        ],
        "ended_by": None if recording.ended_by is None else recording.ended_by.value,
        "duration_ms": recording.duration_ms,
        "packets": recording.packets,
        "packets_lost": recording.lost,
        "sha256": None if recording.sha256 is None else recording.sha256.hex(),
        "archive_date": recording.archive_at,
        "delete_date": recording.delete_at,
        "revision": recording.revision,
    }


def _offset(seconds: int) -> str:
    return offset_text(timedelta(seconds=seconds))


def wants_media(format_id: str | None, media_formats: str | None) -> bool:
    """Whether ways to hear it are wanted. Raises Invalid for a format that the vendor does not know.

    What was recorded is handed out as it is, whatever format is asked for.
    """
    for name, asked in (("mediaFormats", commas(media_formats) or []), ("formatId", [format_id] if format_id else [])):
        wrong = next((each for each in asked if each.upper() not in FORMATS), None)
        if wrong is not None:
            raise Invalid(Problem(name, f"{wrong[:40]!r} is none of {', '.join(sorted(FORMATS))}."))
    return bool(media_formats) or (format_id or "").upper() != NO_MEDIA


def show_settings(settings: RecordingSettings) -> WireSettings:
    """RecordingSettings."""
    return WireSettings(
        max_simultaneous_streams=settings.max_simultaneous_streams,
        max_configurable_screen_recording_streams=settings.max_configurable_screen_recording_streams,
        regional_recording_storage_enabled=settings.regional_storage,
        recording_playback_url_ttl=settings.playback_minutes,
        recording_batch_download_url_ttl=settings.batch_download_minutes,
        stop_recording_when_only_external_participants=settings.stop_when_only_external,
    )


def read_settings(body: SettingsBody) -> RecordingSettings:
    """The settings that a body means."""
    return RecordingSettings(
        max_simultaneous_streams=body.max_simultaneous_streams,
        max_configurable_screen_recording_streams=body.max_configurable_screen_recording_streams,
        regional_storage=body.regional_recording_storage_enabled,
        playback_minutes=body.recording_playback_url_ttl,
        batch_download_minutes=body.recording_batch_download_url_ttl,
        stop_when_only_external=body.stop_recording_when_only_external_participants,
    )
