"""Deletions, tombstones, and policies of retention."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Cause(StrEnum):
    """Why a recording is to be deleted: its date came, or a person wants it."""

    RETENTION = "retention"
    PERSON = "person"


class DeletionState(StrEnum):
    """Where a deletion is. HELD: a hold of a matter ended it."""

    MARKED = "marked"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A recording's deletion. ``asked_by`` marked it, or set the date; ``due_at``: the grace's end; ``approved_by``: another."""

    id: str
    recording_id: str
    conversation_id: str
    division_ids: tuple[str, ...]
    cause: Cause
    reason: str
    marked_at: datetime
    asked_by: str
    due_at: datetime
    state: DeletionState
    approved_at: datetime | None = None
    approved_by: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What is left of a recording's sound. ``object_gone_at`` None: its object, which nobody can read, is not removed yet."""

    recording_id: str
    deletion_id: str
    destroyed_at: datetime
    cause: Cause
    reason: str
    asked_by: str
    asked_at: datetime
    approved_by: str
    approved_at: datetime
    sha256: bytes
    size: int
    stored_sha256: bytes
    key_id: str
    key_digest: bytes
    object_key: str
    object_gone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A recording that is to be marked or destroyed, locked."""

    id: str
    conversation_id: str
    medium: str
    division_ids: tuple[str, ...]
    state: str
    held_by: int
    destroyed_at: datetime | None
    key_id: str | None
    wrapped_key: bytes | None
    sha256: bytes | None
    size: int | None
    stored_sha256: bytes | None
    object_key: str | None


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """Days after a recording's end until it is archived and deleted, None: never. ``queue_id`` None: all other queues."""

    archive_days: int | None = None
    delete_days: int | None = None
    queue_id: str | None = None
    since: datetime | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a recording is archived and deleted by policy, and who set that."""

    archive_at: datetime | None
    delete_at: datetime | None
    set_by: str | None


DEFAULT_GRACE_DAYS = 30
