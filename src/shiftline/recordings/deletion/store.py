"""Deletions, tombstones and policies of retention, in PostgreSQL."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from shiftline.foundation.database import Queries, Reader, Row, Transaction
from shiftline.recordings.deletion.model import (
    DEFAULT_GRACE_DAYS,
    Cause,
    Deletion,
    DeletionState,
    RetentionPolicy,
    Target,
    Tombstone,
)

SQL = Queries.beside(__file__)


async def lock_targets(tx: Transaction, recording_ids: Collection[str]) -> list[Target]:
    """Recordings that nobody else changes until the end of the transaction."""
    rows = await tx.all(SQL["lock_targets"], {**_mine(tx), "ids": list(recording_ids)})
    return [_target(row) for row in rows]


async def insert_deletion(tx: Transaction, deletion: Deletion) -> None:
    """A recording that was not marked is."""
    parameters = {
        **_mine(tx),
        "id": deletion.id,
        "recording_id": deletion.recording_id,
        "cause": deletion.cause.value,
        "reason": deletion.reason,
        "asked_by": deletion.asked_by,
        "due_at": deletion.due_at,
    }
    await tx.execute(SQL["insert_deletion"], parameters)


async def find_deletions(reader: Reader, organization_id: str, ids: Collection[str]) -> list[Deletion]:
    """Deletions by their ids."""
    rows = await reader.all(SQL["find_deletions"], {"organization_id": organization_id, "ids": list(ids)})
    return [_deletion(row) for row in rows]


async def list_deletions(
    reader: Reader,
    organization_id: str,
    division_ids: Collection[str] | None,
    *,
    state: DeletionState | None,
    waiting: bool,
    part: tuple[int, int],
) -> tuple[list[Deletion], int]:
    """Deletions in some divisions (None: all), the next due first, ``part`` as (limit, offset); and how many there are."""
    parameters = {
        "organization_id": organization_id,
        "division_ids": None if division_ids is None else list(division_ids),
        "state": None if state is None else state.value,
        "waiting": waiting,
        "limit": part[0],
        "offset": part[1],
    }
    rows = await reader.all(SQL["list_deletions"], parameters)
    return [_deletion(row) for row in rows], rows[0]["total"] if rows else 0


async def latest_deletions(reader: Reader, organization_id: str, ids: Collection[str]) -> dict[str, Deletion]:
    """The deletion in force, else the last one, of recordings that have any."""
    rows = await reader.all(SQL["latest_deletions"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["recording_id"]: _deletion(row) for row in rows}


async def approve(tx: Transaction, ids: Collection[str]) -> None:
    """Deletions that wait are approved."""
    await tx.execute(SQL["approve"], {**_mine(tx), "ids": list(ids)})


async def end_deletions(tx: Transaction, ids: Collection[str], state: DeletionState, why: str) -> None:
    """Deletions that were marked are over."""
    await tx.execute(SQL["end_deletions"], {**_mine(tx), "ids": list(ids), "state": state.value, "why": why})


async def list_due(reader: Reader, now: datetime, limit: int) -> list[Row]:
    """Deletions of all organizations whose time came: organization_id, id, recording_id."""
    return await reader.all(SQL["list_due"], {"now": now, "limit": limit})


async def destroy_key(tx: Transaction, recording_id: str) -> None:
    """A locked recording has no key any more, nor a waveform."""
    await tx.execute(SQL["destroy_key"], {**_mine(tx), "id": recording_id})
    await tx.execute(SQL["delete_peaks"], {**_mine(tx), "id": recording_id})


async def insert_tombstone(tx: Transaction, tombstone: Tombstone) -> None:
    """What is left of a recording."""
    await tx.execute(SQL["insert_tombstone"], {**_mine(tx), **asdict(tombstone), "cause": tombstone.cause.value})


async def find_tombstones(reader: Reader, organization_id: str, ids: Collection[str]) -> dict[str, Tombstone]:
    """What is left of recordings that were destroyed."""
    rows = await reader.all(SQL["find_tombstones"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["recording_id"]: _tombstone(row) for row in rows}


async def list_left(reader: Reader, limit: int) -> list[Row]:
    """Objects of destroyed recordings that are still there: organization_id, recording_id, object_key, conversation_id."""
    return await reader.all(SQL["list_left"], {"limit": limit})


async def object_gone(tx: Transaction, recording_id: str) -> bool:
    """The object of a destroyed recording is gone; whether that is new."""
    return await tx.execute(SQL["object_gone"], {**_mine(tx), "id": recording_id}) > 0


async def list_expired(reader: Reader, now: datetime, limit: int) -> list[Row]:
    """Recordings of all organizations whose date of deletion came: organization_id, id, conversation_id, delete_at, set_by."""
    return await reader.all(SQL["list_expired"], {"now": now, "limit": limit})


async def list_to_archive(reader: Reader, now: datetime, limit: int) -> list[Row]:
    """Recordings of all organizations to be archived: organization_id, id, conversation_id, archive_at."""
    return await reader.all(SQL["list_to_archive"], {"now": now, "limit": limit})


async def archive(tx: Transaction, recording_id: str) -> bool:
    """A recording whose date came is archived; whether that is new."""
    return await tx.execute(SQL["archive"], {**_mine(tx), "id": recording_id}) > 0


async def restore(tx: Transaction, recording_id: str) -> None:
    """A recording is not archived any more."""
    await tx.execute(SQL["restore"], {**_mine(tx), "id": recording_id})


async def set_expiry_author(tx: Transaction, recording_id: str, set_by: str) -> None:
    """Whose policy gave a recording its dates."""
    await tx.execute(SQL["set_expiry_author"], {**_mine(tx), "id": recording_id, "set_by": set_by})


async def find_grace(reader: Reader, organization_id: str) -> int:
    """Days between a mark and the destruction."""
    row = await reader.one(SQL["find_grace"], {"organization_id": organization_id})
    return DEFAULT_GRACE_DAYS if row is None else row["grace_days"]


async def set_grace(tx: Transaction, days: int) -> None:
    """Days between a mark and the destruction, for what is marked from now on."""
    await tx.execute(SQL["set_grace"], {**_mine(tx), "grace_days": days})


async def list_policies(reader: Reader, organization_id: str) -> list[RetentionPolicy]:
    """The policies of an organization; the one of all other queues first."""
    rows = await reader.all(SQL["list_policies"], {"organization_id": organization_id})
    return [
        RetentionPolicy(
            row["archive_days"], row["delete_days"], row["queue_id"] or None, row["since"], row["changed_by"]
        )
        for row in rows
    ]


async def set_policy(tx: Transaction, policy: RetentionPolicy) -> bool:
    """A policy of a queue, or of all others; whether that is new. Of a queue without days: it has none of its own."""
    parameters = {
        **_mine(tx),
        "queue_id": policy.queue_id or "",
        "archive_days": policy.archive_days,
        "delete_days": policy.delete_days,
    }
    return await tx.execute(SQL["set_policy"], parameters) > 0


async def known_queues(reader: Reader, organization_id: str, ids: Collection[str]) -> set[str]:
    """Those of the ids that are queues."""
    rows = await reader.all(SQL["known_queues"], {"organization_id": organization_id, "ids": list(ids)})
    return {row["id"] for row in rows}


def _mine(tx: Transaction) -> Row:
    return {"organization_id": tx.context.organization_id, "now": tx.context.now(), "by": tx.context.actor.id}


def _target(row: Row) -> Target:
    known: Row = {**row, "division_ids": tuple(row["division_ids"])}
    return Target(**known)


def _deletion(row: Row) -> Deletion:
    known: Row = {name: row[name] for name in Deletion.__dataclass_fields__}
    known |= {
        "cause": Cause(row["cause"]),
        "state": DeletionState(row["state"]),
        "division_ids": tuple(row["division_ids"]),
    }
    return Deletion(**known)


def _tombstone(row: Row) -> Tombstone:
    known: Row = {**row, "cause": Cause(row["cause"])}
    known |= {name: bytes(row[name]) for name in ("sha256", "stored_sha256", "key_digest")}
    return Tombstone(**known)
