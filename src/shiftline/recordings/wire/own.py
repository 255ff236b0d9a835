"""Recordings as our own operations show them: all that is known, its revisions, who heard them, and waveforms.

Source: audiowaveform's JSON data format, version 2.
"""

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shiftline.foundation.errors import Invalid, Problem
from shiftline.foundation.time import Interval, parse_instant
from shiftline.foundation.web.paging import commas
from shiftline.foundation.web.wire import NamedReference, Wire
from shiftline.recordings.model import (
    Access,
    Change,
    ParticipantSnapshot,
    Peaks,
    Recording,
    RecordingFilter,
    Revision,
    State,
)
from shiftline.recordings.operations.controlled import Controlled
from shiftline.recordings.wire.control import WirePause, show_pause
from shiftline.recordings.wire.media import MEDIA
from shiftline.recordings.wire.vendor import MediaUri, WireOffset, show_known


class WireParticipant(Wire):
    """One who took part."""

    id: str
    purpose: str
    user_id: str | None = None
    queue_id: str | None = None
    name: str | None = None
    address: str | None = None


class WireOwnRecording(Wire):
    """A recording with all that is known of it."""

    id: str
    conversation_id: str
    participant_id: str
    leg_id: str
    direction: str
    division_ids: Sequence[str]
    reason: str
    state: State
    start_time: datetime
    time_zone: str
    utc_offset: str
    tzdata_version: str
    offsets: list[WireOffset]
    participants: list[WireParticipant]
    codec: str
    container: str
    medium: str
    self_uri: str
    pauses: list[WirePause]
    reason_required: bool
    user_id: str | None = None
    user_name: str | None = None
    queue_id: str | None = None
    end_time: datetime | None = None
    ended_by: str | None = None
    duration_ms: int | None = None
    packets: int | None = None
    packets_lost: int | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    archive_date: datetime | None = None
    delete_date: datetime | None = None
    revision: int = 0
    media_uri: str | None = None


class WireChange(Wire, omit_defaults=False):
    """A field of the metadata with both its values."""

    field: str
    before: Any
    after: Any


class WireRevision(Wire):
    """What was known from an instant on. ``digest`` is chained to the former revision's."""

    revision: int
    date: datetime
    by: NamedReference
    reason: str
    difference: list[WireChange]
    metadata: dict[str, Any]
    digest: str


class WireRevisions(Wire):
    """All revisions, oldest first."""

    entities: list[WireRevision]
    total: int
    self_uri: str


class WireAccess(Wire, omit_defaults=False):
    """One who heard a recording, or was refused it; ``range`` as asked for."""

    id: str
    date: datetime
    user_id: str | None
    client_id: str | None
    address: str | None
    what: str
    by_ticket: bool
    range: str | None
    allowed: bool
    code: str
    reason: str | None


class WirePeaks(Wire, rename=None):
    """Audiowaveform's JSON, version 2."""

    version: int
    channels: int
    sample_rate: int
    samples_per_pixel: int
    bits: int
    length: int
    data: list[int]


def show_own(recording: Recording, media_uri: MediaUri, controlled: Controlled) -> WireOwnRecording:
    """A recording with all that is known of it."""
    return WireOwnRecording(
        **show_known(recording),
        participant_id=recording.participant_id,
        leg_id=recording.leg_id,
        division_ids=recording.division_ids,
        reason=recording.reason,
        state=recording.state,
        participants=[_participant(each) for each in recording.participants],
        codec=recording.codec,
        container=recording.container,
        medium=recording.medium,
        user_id=recording.person_id,
        user_name=next((each.name for each in recording.participants if each.person_id == recording.person_id), None)
        if recording.person_id is not None
        else None,
        queue_id=recording.queue_id,
        size_bytes=recording.size,
        pauses=[show_pause(recording, each) for each in controlled.pauses],
        reason_required=controlled.reason_required,
        media_uri=media_uri(recording),
        self_uri=f"{MEDIA}/{recording.id}",
    )


def _participant(each: ParticipantSnapshot) -> WireParticipant:
    return WireParticipant(
        id=each.id,
        purpose=each.purpose,
        user_id=each.person_id,
        queue_id=each.queue_id,
        name=each.name,
        address=each.address,
    )


def read_filter(
    conversation_id: str | None, user_id: str | None, queue_id: str | None, interval: str | None
) -> RecordingFilter:
    """Which recordings a query means; ids may be several, joined by commas."""
    return RecordingFilter(
        conversation_ids=commas(conversation_id),
        person_ids=commas(user_id),
        queue_ids=commas(queue_id),
        started=None if interval is None else read_interval(interval),
    )


def read_interval(text: str) -> Interval:
    """Two instants joined by a slash, the second not included. Raises Invalid, InstantNaive."""
    start, slash, end = text.partition("/")
    if not slash:
        raise Invalid(Problem("interval", "must be two instants joined by a slash."))
    begins, ends = parse_instant(start, "interval"), parse_instant(end, "interval")
    if ends <= begins:
        raise Invalid(Problem("interval", "must end after it starts."))
    return Interval(begins, ends)


def show_changes(difference: Sequence[Change]) -> list[WireChange]:
    """A difference, field by field."""
    return [
        WireChange(
            field=_FIELDS.get(each.field, _camel(each.field)), before=_spell(each.before), after=_spell(each.after)
        )
        for each in difference
    ]


def show_revisions(revisions: Sequence[Revision], recording_id: str) -> WireRevisions:
    """All revisions of a recording."""
    entities = [
        WireRevision(
            revision=each.number,
            date=each.at,
            by=NamedReference(id=each.by),
            reason=each.reason,
            difference=show_changes(each.difference),
            metadata=dict(_rename(msgspec.to_builtins(each.metadata))),
            digest=each.digest.hex(),
        )
        for each in revisions
    ]
    return WireRevisions(entities=entities, total=len(entities), self_uri=f"{MEDIA}/{recording_id}/revisions")


# The names that the other shapes of a recording have for these.
_FIELDS = {
    "recording_id": "id",
    "person_id": "userId",
    "started_at": "startTime",
    "ended_at": "endTime",
    "zone": "timeZone",
    "utc_offset_seconds": "utcOffsetSeconds",
    "lost": "packetsLost",
    "size": "sizeBytes",
    "archive_at": "archiveDate",
    "delete_at": "deleteDate",
    "at": "from",
}


def _rename(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        yield _FIELDS.get(name, _camel(name)), _spell(value)


def _spell(value: Any) -> Any:
    if isinstance(value, Mapping):
        inner = dict(_rename(value))  # pyright: ignore[reportUnknownArgumentType]
        return {"id" if name == "recordingId" else name: each for name, each in inner.items()}
    if isinstance(value, list | tuple):
        return [_spell(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


def show_access(access: Access) -> WireAccess:
    """A row of the access log."""
    first, last = access.first_byte, access.last_byte
    asked = (
        None
        if first is None and last is None
        else f"bytes={'' if first is None else first}-{'' if last is None else last}"
    )
    return WireAccess(
        id=access.id,
        date=access.at,
        user_id=access.actor_id if access.actor_kind == "person" else None,
        client_id=access.client_id,
        address=access.address,
        what=access.what.value,
        by_ticket=access.by_ticket,
        range=asked,
        allowed=access.allowed,
        code=access.code,
        reason=access.reason,
    )


def show_peaks(peaks: Peaks) -> WirePeaks:
    """A waveform."""
    return WirePeaks(
        version=2,
        channels=1,
        sample_rate=peaks.sample_rate,
        samples_per_pixel=peaks.samples_per_pixel,
        bits=8,
        length=peaks.length,
        data=array("b", peaks.data).tolist(),
    )
