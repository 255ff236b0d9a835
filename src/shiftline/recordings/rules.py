"""Whether sound can be kept, what is known of a recording, and how that changes. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec

from shiftline.foundation.decision import Reason, Remedy
from shiftline.foundation.time import SECOND, TZDATA_VERSION, Interval, Zone, find_zone, offset_at
from shiftline.recordings.errors import RetentionInvalid
from shiftline.recordings.model import (
    ByteRange,
    Change,
    EndedBy,
    Metadata,
    OffsetChange,
    Recording,
    RecordingFilter,
    SealedFile,
    SourceFacts,
    Storage,
)

_HOUR = timedelta(hours=1)
_SECONDS_OF_HOUR = 3600

MOST_PIXELS = 4000
FINEST_PIXEL = 256
"""Samples of a waveform's pixel in a short recording; longer ones are coarser, so that no answer is huge."""


def judge_storage(storage: Storage) -> Reason:
    """The gate of keeping sound."""
    remedy = Remedy(
        who="the operator of the installation",
        what="bring the file of key-encryption keys into order",
        at_once=True,
        sentence="The file is read again at the next call; nothing needs a restart.",
    )
    return Reason(
        code="storage.available" if storage.problem is None else "storage.unavailable",
        holds=storage.problem is None,
        sentence=storage.problem or "Sound can be encrypted and kept.",
        facts={"keysFile": storage.keys_file},
        remedies=() if storage.problem is None else (remedy,),
    )


def list_offsets(span: Interval, zone: Zone) -> tuple[OffsetChange, ...]:
    """The zone's offset at the start of a span and where it changes within, in order of time.

    Elapsed time has no gap and no repetition: over the night of 2023-11-05 in America/Chicago the second entry is at
    07:00Z, although the wall clock then shows 01:00 for the second time.
    """
    found = [OffsetChange(span.start, _seconds(span.start, zone))]
    hours = -(-span.length // _HOUR)
    steps = [*(span.start + hour * _HOUR for hour in range(hours)), span.end]
    for before, after in pairwise(steps):
        if _seconds(after, zone) != found[-1].utc_offset_seconds:
            at = _find_change(before, after, zone)
            if at < span.end:
                found.append(OffsetChange(at, _seconds(at, zone)))
    return tuple(found)


def _find_change(before: datetime, after: datetime, zone: Zone) -> datetime:
    """The first whole second at which the offset is that of ``after``; the two are an hour apart at most."""
    first = before.replace(microsecond=0)
    low, high, wanted = 0, _SECONDS_OF_HOUR + 1, _seconds(after, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _seconds(first + middle * SECOND, zone) == wanted:
            high = middle
        else:
            low = middle
    return first + high * SECOND


def _seconds(instant: datetime, zone: Zone) -> int:
    return round(offset_at(instant, zone).total_seconds())


def offset_seconds(instant: datetime, zone: Zone) -> int:
    """How many seconds a zone is ahead of UTC at an instant."""
    return _seconds(instant, zone)


def choose_end(recording: Recording, file: SealedFile) -> tuple[datetime, EndedBy]:
    """When a recording ended, and by what: after a crash with its last packet, else when its end was asked for."""
    last_at = max(file.last_at or recording.started_at, recording.started_at)
    if file.crashed:
        return last_at, EndedBy.CRASH
    if recording.stop_at is None or recording.stop_by is None:
        return last_at, EndedBy.CALL
    return max(recording.stop_at, recording.started_at), recording.stop_by


def describe_metadata(recording: Recording) -> Metadata:
    """What a revision says of a sealed recording. Raises ValueError for one that is not whole."""
    parts = (recording.ended_at, recording.ended_by, recording.offsets, recording.sha256)
    counts = (recording.duration_ms, recording.packets, recording.lost, recording.size)
    if any(part is None for part in (*parts, *counts)):
        raise ValueError("only a sealed recording has metadata")
    known: dict[str, Any] = {field.name: getattr(recording, field.name, None) for field in fields(Metadata)}
    assert recording.sha256 is not None
    known |= {"recording_id": recording.id, "sha256": recording.sha256.hex()}
    return Metadata(**known)


def find_difference(before: Metadata, after: Metadata) -> tuple[Change, ...]:
    """The fields in which two descriptions differ, as JSON would hold them."""
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    return tuple(Change(name, old[name], new[name]) for name in sorted(new) if old[name] != new[name])


def digest_revision(former: bytes, number: int, metadata: Metadata, reason: str) -> bytes:
    """The chained SHA-256 of a revision: of the former one's digest and this one's content."""
    content = msgspec.json.encode([number, reason, describe_content(metadata)], order="sorted")
    return hashlib.sha256(former + content).digest()


def describe_content(metadata: Metadata) -> dict[str, Any]:
    """Metadata as a revision's digest is of them: pauses only where there are any, as before there could be some."""
    content: dict[str, Any] = msgspec.to_builtins(metadata)
    return content if metadata.pauses else {name: value for name, value in content.items() if name != "pauses"}


def refresh(recording: Recording, facts: SourceFacts) -> Recording:
    """A sealed recording as its sources tell it now; the start and the end stay, whatever was known of them since."""
    assert recording.ended_at is not None
    zone = find_zone(recording.zone)
    offsets = list_offsets(Interval(recording.started_at, recording.ended_at), zone)
    changed = replace(
        recording,
        participants=facts.participants or recording.participants,
        division_ids=facts.division_ids or recording.division_ids,
        person_id=facts.person_id or recording.person_id,
        queue_id=facts.queue_id or recording.queue_id,
        offsets=offsets,
        utc_offset_seconds=offsets[0].utc_offset_seconds,
        pauses=facts.pauses,
    )
    if offsets != recording.offsets:  # another release of the zones that tells the same is no news
        changed = replace(changed, tzdata_version=TZDATA_VERSION)
    if facts.media is None:
        return changed
    return replace(
        changed,
        duration_ms=facts.media.duration // timedelta(milliseconds=1),
        packets=facts.media.packets,
        lost=facts.media.lost,
    )


def check_retention(recording: Recording, archive_at: datetime | None, delete_at: datetime | None) -> None:
    """Dates of archiving and deletion lie after the start, archiving not after deletion. Raises RetentionInvalid."""
    for name, date in (("archiveDate", archive_at), ("deleteDate", delete_at)):
        if date is not None and date < recording.started_at:
            raise RetentionInvalid(name, "must not be before the recording started.")
    if archive_at is not None and delete_at is not None and delete_at < archive_at:
        raise RetentionInvalid("deleteDate", "must not be before the archiveDate.")


def resolve_range(wanted: ByteRange | None, size: int) -> tuple[int, int] | None:
    """The bytes from, up to and without, that a range means in so many; None when it lies outside of them.

    Source: RFC 9110, section 14.1.2.
    """
    if wanted is None:
        return 0, size
    if wanted.start is None:
        return (max(0, size - wanted.end), size) if wanted.end and size else None
    if wanted.start >= size:
        return None
    return wanted.start, size if wanted.end is None else min(size, wanted.end + 1)


def choose_samples_per_pixel(samples: int) -> int:
    """How fine a waveform of so many samples is drawn: a whole multiple of ``FINEST_PIXEL``."""
    return FINEST_PIXEL * max(1, -(-samples // (FINEST_PIXEL * MOST_PIXELS)))


def count_outcomes(outcomes: Sequence[str]) -> Mapping[str, Any]:
    """How often each outcome came."""
    return {name: sum(1 for each in outcomes if each == name) for name in ("revised", "unchanged", "skipped", "failed")}


def list_without(wanted: RecordingFilter, found: Sequence[Recording]) -> tuple[str, ...]:
    """The ids of a selector, people or conversations, for which there is no recording."""
    known = {each.person_id for each in found} | {each.conversation_id for each in found}
    named = dict.fromkeys((*(wanted.person_ids or ()), *(wanted.conversation_ids or ())))
    return tuple(each for each in named if each not in known)
