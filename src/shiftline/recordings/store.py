"""Recordings and all that is known of them, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.foundation.time import Interval
from shiftline.recordings.model import (
    Access,
    Attendant,
    Change,
    EndedBy,
    Metadata,
    OffsetChange,
    OpenRecording,
    ParticipantSnapshot,
    Peaks,
    Recording,
    RecordingDraft,
    RecordingFilter,
    RecordingSettings,
    RefreshJob,
    Revision,
    SourceFacts,
    State,
    Use,
)

SQL = Queries.beside(__file__)


async def known_queues(reader: Reader, organization_id: str, ids: Collection[str]) -> set[str]:
    """Those of the ids that are queues."""
    rows = await reader.all(SQL["known_queues"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["id"] for row in rows}


async def find_settings(reader: Reader, organization_id: str) -> RecordingSettings:
    """An organization's settings; what was never set takes its default."""
    row = await reader.one(SQL["find_settings"], {"organization_id": organization_id})
    return RecordingSettings() if row is None else msgspec.convert(row["settings"], RecordingSettings)


async def set_settings(tx: Transaction, settings: RecordingSettings) -> None:
    """An organization's settings."""
    await tx.execute(SQL["set_settings"], {**_mine(tx), "settings": Jsonb(asdict(settings))})


async def insert_recording(
    tx: Transaction, draft: RecordingDraft, *, recording_id: str, reason: str, offset: tuple[int, str]
) -> bool:
    """A new open recording, with the offset as (seconds, release of the zones); False when the leg is being recorded."""
    parameters = {
        **_mine(tx),
        "id": recording_id,
        "conversation_id": draft.conversation_id,
        "participant_id": draft.participant_id,
        "leg_id": draft.leg_id,
        "person_id": draft.person_id,
        "queue_id": draft.queue_id,
        "direction": str(draft.direction),
        "reason": reason,
        "started_at": draft.started_at,
        "zone": draft.zone,
        "utc_offset_seconds": offset[0],
        "tzdata_version": offset[1],
        "participants": _json([_snapshot(each) for each in draft.participants]),
        "codec": draft.codec,
        "container": draft.container,
        "medium": draft.medium,
    }
    return await tx.one(SQL["insert_recording"], parameters) is not None


async def find_open(reader: Reader, organization_id: str, leg_ids: Collection[str]) -> list[OpenRecording]:
    """The open recordings of some legs."""
    rows = await reader.all(SQL["find_open"], {"organization_id": organization_id, "leg_ids": list(leg_ids)})
    return [OpenRecording(**row) for row in rows]


async def set_key(tx: Transaction, recording_id: str, key_id: str, wrapped_key: bytes) -> None:
    """The key of a recording that has none yet."""
    parameters = {**_mine(tx), "id": recording_id, "key_id": key_id, "wrapped_key": wrapped_key}
    await tx.execute(SQL["set_key"], parameters)


async def find_recording(reader: Reader, organization_id: str, recording_id: str) -> Recording | None:
    """One recording."""
    row = await reader.one(SQL["find_recording"], {"organization_id": organization_id, "id": recording_id})
    return None if row is None else _recording(row)


async def known_recordings(reader: Reader, organization_id: str, ids: Collection[str]) -> list[str]:
    """Those of the ids of which there are recordings."""
    rows = await reader.all(SQL["known_recordings"], {"organization_id": organization_id, "ids": list(ids)})
    return [row["id"] for row in rows]


async def lock_recording(tx: Transaction, recording_id: str) -> Recording | None:
    """One recording that nobody else changes until the end of the transaction."""
    row = await tx.one(SQL["lock_recording"], {"organization_id": tx.context.organization_id, "id": recording_id})
    return None if row is None else _recording(row)


async def list_recordings(
    reader: Reader,
    organization_id: str,
    wanted: RecordingFilter,
    division_ids: Collection[str] | None,
    *,
    part: tuple[int, int],
) -> tuple[list[Recording], int]:
    """Recordings in some divisions (None: all), latest first, ``part`` as (limit, offset); and how many there are."""
    parameters = {**_filter(organization_id, wanted, division_ids), "limit": part[0], "offset": part[1]}
    rows = await reader.all(SQL["list_recordings"], parameters)
    total = rows[0]["total"] if rows else await count_recordings(reader, organization_id, wanted, division_ids)
    return [_recording(row) for row in rows], total


async def list_recordings_after(
    reader: Reader,
    organization_id: str,
    wanted: RecordingFilter,
    division_ids: Collection[str] | None,
    *,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[Recording]:
    """The next recordings in order of start and id."""
    parameters = {
        **_filter(organization_id, wanted, division_ids),
        "after_started_at": None if after is None else after[0],
        "after_id": None if after is None else after[1],
        "limit": limit,
    }
    return [_recording(row) for row in await reader.all(SQL["list_recordings_after"], parameters)]


async def count_recordings(
    reader: Reader, organization_id: str, wanted: RecordingFilter, division_ids: Collection[str] | None
) -> int:
    """How many recordings there are."""
    row = await reader.one(SQL["count_recordings"], _filter(organization_id, wanted, division_ids))
    return 0 if row is None else row["total"]


async def stop_recording(tx: Transaction, recording_id: str, stop_at: datetime, by: EndedBy) -> Row | None:
    """Ask for the end of an open recording; None when it is not open."""
    parameters = {**_mine(tx), "id": recording_id, "stop_at": stop_at, "stop_by": by.value}
    return await tx.one(SQL["stop_recording"], parameters)


async def lose_recording(tx: Transaction, recording_id: str, ended_at: datetime) -> Row | None:
    """Give a recording up that has no sound; None when it was sealed or given up before."""
    return await tx.one(SQL["lose_recording"], {**_mine(tx), "id": recording_id, "ended_at": ended_at})


async def update_recording(tx: Transaction, recording: Recording) -> None:
    """The new state of a recording that was locked."""
    parameters = {
        **_mine(tx),
        **{name: getattr(recording, name) for name in _PLAIN},
        "state": recording.state.value,
        "division_ids": list(recording.division_ids),
        "participants": _json(recording.participants),
        "ended_by": None if recording.ended_by is None else recording.ended_by.value,
        "offsets": None if recording.offsets is None else _json(recording.offsets),
        "pauses": _json(recording.pauses),
    }
    await tx.execute(SQL["update_recording"], parameters)


_PLAIN = (
    "id", "person_id", "queue_id", "utc_offset_seconds", "tzdata_version", "ended_at", "duration_ms", "packets", "lost",
    "sha256", "size", "object_key", "stored_sha256", "stored_size", "archive_at", "delete_at", "revision",
)  # fmt: skip


async def find_facts(reader: Reader, recording: Recording, until: datetime) -> SourceFacts:
    """What is known of a recording's conversation now: who was in it until an instant."""
    parameters = {
        "organization_id": recording.organization_id,
        "conversation_id": recording.conversation_id,
        "participant_id": recording.participant_id,
        "started_at": recording.started_at,
        "ended_at": until,
    }
    rows = await reader.all(SQL["find_facts"], parameters)
    mine = next((row for row in rows if row["mine"]), None)
    names = ("id", "purpose", "person_id", "queue_id", "name", "address")
    return SourceFacts(
        participants=tuple(ParticipantSnapshot(**{name: row[name] for name in names}) for row in rows),
        division_ids=tuple(rows[0]["division_ids"]) if rows else (),
        person_id=None if mine is None else mine["person_id"],
        queue_id=None if mine is None else mine["queue_id"],
    )


async def conversation_people(reader: Reader, organization_id: str, conversation_id: str) -> tuple[str, ...]:
    """The people who took part in a conversation."""
    parameters = {"organization_id": organization_id, "conversation_id": conversation_id}
    return tuple(row["person_id"] for row in await reader.all(SQL["conversation_people"], parameters))


async def insert_revision(tx: Transaction, revision: Revision) -> None:
    """A new revision."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "recording_id": revision.recording_id,
        "revision": revision.number,
        "metadata": _json(revision.metadata),
        "difference": _json(revision.difference),
        "reason": revision.reason,
        "by": revision.by,
        "at": revision.at,
        "digest": revision.digest,
    }
    await tx.execute(SQL["insert_revision"], parameters)


async def list_revisions(reader: Reader, organization_id: str, recording_id: str) -> list[Revision]:
    """A recording's revisions, oldest first."""
    parameters = {"organization_id": organization_id, "recording_id": recording_id}
    return [_revision(row) for row in await reader.all(SQL["list_revisions"], parameters)]


async def latest_revision(reader: Reader, organization_id: str, recording_id: str) -> Revision | None:
    """A recording's last revision."""
    parameters = {"organization_id": organization_id, "recording_id": recording_id}
    row = await reader.one(SQL["latest_revision"], parameters)
    return None if row is None else _revision(row)


async def insert_access(tx: Transaction, access: Access) -> None:
    """One more row of the access log."""
    parameters = {
        **asdict(access),
        "organization_id": tx.context.organization_id,
        "what": access.what.value,
        "correlation_id": tx.context.correlation_id,
    }
    await tx.execute(SQL["insert_access"], parameters)


async def list_accesses(
    reader: Reader, organization_id: str, recording_id: str, *, part: tuple[int, int]
) -> tuple[list[Access], int]:
    """Who heard a recording or was refused it, latest first, ``part`` as (limit, offset); and how many rows there are."""
    parameters = {
        "organization_id": organization_id,
        "recording_id": recording_id,
        "limit": part[0],
        "offset": part[1],
    }
    rows = await reader.all(SQL["list_accesses"], parameters)
    return [_access(row) for row in rows], rows[0]["total"] if rows else 0


async def find_peaks(reader: Reader, organization_id: str, recording_id: str) -> Peaks | None:
    """A waveform that was computed before."""
    row = await reader.one(SQL["find_peaks"], {"organization_id": organization_id, "recording_id": recording_id})
    return None if row is None else Peaks(row["sample_rate"], row["samples_per_pixel"], bytes(row["data"]))


async def insert_peaks(tx: Transaction, recording_id: str, peaks: Peaks) -> None:
    """Keep a waveform, unless somebody did."""
    parameters = {"organization_id": tx.context.organization_id, "recording_id": recording_id, **asdict(peaks)}
    await tx.execute(SQL["insert_peaks"], parameters)


async def insert_refresh(
    tx: Transaction, job_id: str, selection: RecordingFilter, *, reason: str, division_ids: list[str] | None, total: int
) -> None:
    """A refresh of many recordings."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": job_id,
        "selection": _json(selection),
        "reason": reason,
        "started_by": tx.context.actor.id,
        "now": tx.context.now(),
        "division_ids": division_ids,
        "total": total,
    }
    await tx.execute(SQL["insert_refresh"], parameters)


async def find_refresh(reader: Reader, organization_id: str, job_id: str) -> tuple[RefreshJob, Row] | None:
    """A refresh of many recordings; and its row, for who goes on with it."""
    row = await reader.one(SQL["find_refresh"], {"organization_id": organization_id, "id": job_id})
    if row is None:
        return None
    names = RefreshJob.__dataclass_fields__
    return RefreshJob(**{name: row[name] for name in names}), row


async def advance_refresh(
    tx: Transaction, job_id: str, counts: Mapping[str, int], until: tuple[datetime, str], problems: Sequence[Any]
) -> None:
    """How far a refresh has come."""
    parameters = {
        "organization_id": tx.context.organization_id,
        "id": job_id,
        **counts,
        "until_started_at": until[0],
        "until_id": until[1],
        "problems": _json(problems),
    }
    await tx.execute(SQL["advance_refresh"], parameters)


async def end_refresh(tx: Transaction, job_id: str, state: str) -> None:
    """A refresh is through."""
    await tx.execute(SQL["end_refresh"], {**_mine(tx), "id": job_id, "state": state})


async def list_unbegun(reader: Reader, before: datetime, age: timedelta, limit: int) -> list[tuple[str, str]]:
    """Organization and id of recordings that were asked to end and never began, in all organizations."""
    rows = await reader.all(SQL["list_unbegun"], {"before": before, "age": age, "limit": limit})
    return [(row["organization_id"], row["id"]) for row in rows]


async def list_stale(reader: Reader, before: datetime, age: timedelta, limit: int) -> list[tuple[str, str]]:
    """Organization and id of recordings that should have been sealed long ago, in all organizations."""
    rows = await reader.all(SQL["list_stale"], {"before": before, "age": age, "limit": limit})
    return [(row["organization_id"], row["id"]) for row in rows]


def _mine(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def _json(value: Any) -> Jsonb:
    return Jsonb(msgspec.to_builtins(value))


def _filter(organization_id: str, wanted: RecordingFilter, division_ids: Collection[str] | None) -> Row:
    lists = {
        "division_ids": division_ids,
        "conversation_ids": wanted.conversation_ids,
        "person_ids": wanted.person_ids,
        "queue_ids": wanted.queue_ids,
    }
    return {
        "organization_id": organization_id,
        **{name: None if values is None else list(values) for name, values in lists.items()},
        "started_from": None if wanted.started is None else wanted.started.start,
        "started_until": None if wanted.started is None else wanted.started.end,
        "sealed_only": wanted.sealed_only,
    }


def _snapshot(each: Attendant) -> ParticipantSnapshot:
    return ParticipantSnapshot(each.id, str(each.purpose), each.person_id, each.queue_id, each.name, each.address)


def _access(row: Row) -> Access:
    values: Row = {**{name: row[name] for name in Access.__dataclass_fields__}, "what": Use(row["what"])}
    return Access(**values)


def _recording(row: Row) -> Recording:
    values: Row = {name: row[name] for name in Recording.__dataclass_fields__}
    values["state"] = State(row["state"])
    values["division_ids"] = tuple(row["division_ids"])
    values["participants"] = msgspec.convert(row["participants"], tuple[ParticipantSnapshot, ...])
    values["pauses"] = msgspec.convert(row["pauses"], tuple[Interval, ...])
    values["offsets"] = msgspec.convert(row["offsets"], tuple[OffsetChange, ...] | None)
    values |= {name: row[name] and EndedBy(row[name]) for name in ("stop_by", "ended_by")}
    return Recording(**values)


def _revision(row: Row) -> Revision:
    return Revision(
        recording_id=row["recording_id"],
        number=row["revision"],
        metadata=msgspec.json.decode(row["metadata"], type=Metadata),
        difference=msgspec.json.decode(row["difference"], type=tuple[Change, ...]),
        reason=row["reason"],
        by=row["by"],
        at=row["at"],
        digest=bytes(row["digest"]),
    )
